# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which packets a simple queue takes, as nft conditions of a chain that stands before source NAT in postrouting.

There both ends are the true ones: destination NAT is done, source NAT is not. That is the view RouterOS' queues have by
connection tracking (facts 9.3).
"""

from __future__ import annotations

import re

from lab.derive.firewall.context import Unsupported
from lab.derive.interfaces import Interfaces
from lab.derive.ip import collapse
from lab.derive.marks import Marks
from lab.derive.plan import ROUTING_MARK_MASK
from lab.derive.queues.types import DOWN
from lab.schema.snapshot import ConfigRow

_PACKET_MASK = ~ROUTING_MARK_MASK & 0xFFFFFFFF
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_UNITS = re.compile(r"(\d+)([dhms])")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def conditions(row: ConfigRow, direction: int, interfaces: Interfaces, marks: Marks) -> tuple[str, ...]:
    """Alternatives that exclude one another; () when no packet can match. Raises ``Unsupported``."""
    to_target = direction == DOWN
    rest = [*_destination(row.get("dst"), not to_target, interfaces), *_marks(row, marks), *_hours(row.get("time"))]
    if any(condition == "" for condition in rest):
        return ()
    targets = _targets(row.get("target"), to_target, interfaces)
    return tuple(" ".join(word for word in (target, *rest) if word) for target in targets)


def _targets(text: str, to_target: bool, interfaces: Interfaces) -> tuple[str, ...]:
    prefixes, names = split(text)
    end, port = ("daddr", "oifname") if to_target else ("saddr", "iifname")
    spans = collapse(prefixes)
    if "0.0.0.0/0" in spans or not text:
        return ("",)
    kernel = [_kernel(name, interfaces) for name in names]
    found = [f"ip {end} {_choice(spans)}"] if spans else []
    if kernel:
        beside = f"ip {end} != {_choice(spans)} " if spans else ""
        found.append(f"{beside}{port} {_choice([_quoted(name) for name in kernel])}")
    return tuple(found)


def split(text: str) -> tuple[list[str], list[str]]:
    """Addresses and interfaces of a target."""
    words = [word for word in text.split(",") if word]
    prefixes = [word for word in words if _is_prefix(word)]
    return prefixes, [word for word in words if word not in prefixes]


def _is_prefix(word: str) -> bool:
    try:
        collapse([word])
    except ValueError:
        return False
    return True


def _destination(text: str, is_destination: bool, interfaces: Interfaces) -> list[str]:
    """``dst`` is the far end: where uploads go, where downloads come from."""
    if not text:
        return []
    if _is_prefix(text):
        span = collapse([text])[0]
        return [] if span == "0.0.0.0/0" else [f"ip {'daddr' if is_destination else 'saddr'} {span}"]
    return [f"{'oifname' if is_destination else 'iifname'} {_quoted(_kernel(text, interfaces))}"]


def _kernel(name: str, interfaces: Interfaces) -> str:
    found = interfaces.get(name)
    if found is None:
        raise Unsupported(f"no interface {name}")
    if found.master:  # packets between ports of a bridge never meet queues, and others belong to the bridge
        raise Unsupported(f"{name} is a slave of {found.master}")
    return found.kernel


def _marks(row: ConfigRow, marks: Marks) -> list[str]:
    """A mark that no rule sets is on no packet."""
    names = [name for name in row.get("packet-marks").split(",") if name]
    if not names:
        return []
    numbers = [0 if name == "no-mark" else marks.packets[name] for name in names if name_known(name, marks)]
    if not numbers:
        return [""]
    return [f"meta mark & 0x{_PACKET_MASK:x} {_choice([f'0x{number:x}' for number in numbers])}"]


def name_known(name: str, marks: Marks) -> bool:
    return name == "no-mark" or name in marks.packets


def _hours(text: str) -> list[str]:
    """``8h-17h,mon,tue``. The lab's routers live in UTC, and so does the table (``Nftables``)."""
    if not text:
        return []
    window, *days = text.split(",")
    if window.startswith("!"):
        raise Unsupported(f"time={text}")
    first, _, last = window.partition("-")
    begin, end = _clock(first), _clock(last)
    found = [] if (begin, end) == ("00:00:00", "24:00:00") else [f'meta hour "{begin}"-"{min(end, "23:59:59")}"']
    if days and len(days) < len(_DAYS):
        found.append(f"meta day {_choice([_quoted(_DAYS[day]) for day in days])}")
    return found


def _clock(text: str) -> str:
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in _UNITS.findall(text))
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _choice(words: list[str]) -> str:
    return words[0] if len(words) == 1 else "{ " + ", ".join(words) + " }"


def _quoted(word: str) -> str:
    return f'"{word}"'
