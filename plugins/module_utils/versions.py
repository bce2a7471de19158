# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""RouterOS versions and what they can do. The only place that knows about them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_VERSION = re.compile(r"([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:(?:alpha|beta|rc)[0-9]+)?(?: \([a-z -]+\))?")


@dataclass(frozen=True, order=True)
class Version:
    """A RouterOS version. A beta or rc counts as the release it leads to."""

    major: int
    minor: int
    patch: int = field(default=0)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")


#: The rows and scripts need at most what 7.13 brought: ``:onerror`` (7.13) and ``:convert`` (7.11), both seen first in
#: these versions' command trees; tables with ``fib`` are older (7.1).
OLDEST = Version(7, 13)
#: The last version whose command tree was compared.
NEWEST = Version(7, 24, 99)
SUPPORTED = f"a RouterOS version from {OLDEST} to {NEWEST.major}.{NEWEST.minor}, in quotes"


def parse_version(text: str) -> Version:
    """``7.22``, ``7.22.3 (stable)``, ``7.24rc3``. Raises ``ValueError`` for anything else."""
    match = _VERSION.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a RouterOS version")
    major, minor, patch = match.groups()
    return Version(int(major), int(minor), int(patch or 0))


def is_supported(version: Version) -> bool:
    return OLDEST <= version <= NEWEST
