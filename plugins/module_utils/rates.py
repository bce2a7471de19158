# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Speeds as people write them: ``10M``, ``1G``, ``512k``, or plain bits per second."""

from __future__ import annotations

import re
from fractions import Fraction

#: RouterOS counts rates in powers of ten (10M is 10,000,000 bit/s; API records of the queue menus).
_UNITS = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_RATE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)([kMG]?)")
ALLOWED = "a speed such as 10M, 512k or 1G (bit/s)"


def parse_rate(value: object) -> int:
    """Bits per second. Raises ``ValueError`` when it is no speed, is zero or has a broken bit."""
    match = _RATE.fullmatch(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    if match is None:
        raise ValueError(ALLOWED)
    bits = Fraction(match[1]) * _UNITS[match[2]]
    if bits <= 0 or bits.denominator != 1:
        raise ValueError(ALLOWED)
    return int(bits)
