# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a device forbids to everybody, its administrator too (manual, device-mode)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from .plan import Row
from .router_api import Looks
from .versions import TABLES, Version

MENU = "/system/device-mode"
SCHEDULER = "scheduler"
_NO = ("no", "false")


def forbidden(api: Looks, version: Version) -> frozenset[str]:
    """Names of features. RouterOS 6 forbids nothing; a feature that isn't listed is allowed. Raises
    :class:`router_api.RouterError`."""
    if not TABLES.on(version):
        return frozenset()
    mode = next((row.values for row in api.rows(MENU)), {})
    return frozenset(name for name, text in mode.items() if text in _NO)


def left_to_the_device(rows: Sequence[Row], features: Collection[str]) -> tuple[Row, ...]:
    """A device that forbids the scheduler takes its rows and disables them. To call that drift would end every run."""
    if SCHEDULER not in features:
        return tuple(rows)
    return tuple(
        replace(row, runtime=(*row.runtime, "disabled")) if row.menu == "/system/scheduler" else row for row in rows
    )
