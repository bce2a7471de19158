# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lengths of time as RouterOS says them."""

from __future__ import annotations

import re

_UNITS_S = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 0.000001}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|w|d|h|m|s)")


def seconds(text: str) -> float | None:
    """``1m20s``, ``500ms``, ``00:00:05``; ``None`` for anything else."""
    if re.fullmatch(r"\d+:\d\d:\d\d", text):
        hours, minutes, rest = (int(part) for part in text.split(":"))
        return hours * 3600.0 + minutes * 60.0 + rest
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS_S[unit] for number, unit in parts)
