# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``/ping`` prints (facts 11.4 [ntc ping samples])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_HEAD = "  SEQ HOST                                     SIZE TTL TIME       STATUS"
_TOTALS = ("sent", "received", "packet-loss", "min-rtt", "avg-rtt", "max-rtt")


def ping(rows: Sequence[Mapping[str, str]]) -> str:
    """A line for each echo, the totals last."""
    lines = [_HEAD]
    for row in rows:
        lines.append(
            f"{row.get('seq', ''):>5} {row.get('host', ''):<40}{row.get('size', ''):>5} {row.get('ttl', ''):>3} "
            f"{row.get('time', ''):<10} {row.get('status', '')}".rstrip()
        )
    if rows:
        lines.append("    " + " ".join(f"{name}={_total(name, rows[-1])}" for name in _TOTALS if name in rows[-1]))
    return "\n".join(lines)


def _total(name: str, row: Mapping[str, str]) -> str:
    return row[name] + ("%" if name == "packet-loss" and not row[name].endswith("%") else "")
