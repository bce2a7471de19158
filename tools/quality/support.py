# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection says that it runs on; ``docs/support.md`` tells the same to people, and a test compares them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Core:
    """One release of ansible-core. ``environment``: its lock in ``requirements/``, empty for the checkout's own.
    ``pythons``: the Python releases that it runs on here, the one to test with first."""

    release: str
    environment: str
    pythons: tuple[str, ...]


#: Every release that is supported is tested. 2.19 is the last one for Python 3.11 (Debian 12).
CORES = (
    Core("2.19", "", ("3.11",)),
    Core("2.20", "core-2.20", ("3.12", "3.13", "3.14")),
    Core("2.21", "core-2.21", ("3.13", "3.12", "3.14")),
)
