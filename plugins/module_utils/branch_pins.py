# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_pins``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .branch_uplinks import Read
from .fields import NAME_ALLOWED, Fields, list_items, name_of_item
from .model import Pin
from .problems import Problems

_MATCHERS = (
    "segment",
    "src_address",
    "src_address_list",
    "dst_address",
    "dst_address_list",
    "protocol",
    "dst_port",
)
_KEYS = ("name", "uplink", "fallback", *_MATCHERS)
_PROTOCOLS = ("tcp", "udp", "icmp", "gre", "ipsec-esp", "ipsec-ah")
_LIST = "the name of an address list on the router"
PORTS_ALLOWED = "a port, a range such as 5060-5080, or several with commas"
_LIST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


def read_pins(value: Any, problems: Problems) -> Read[Pin]:
    seen: dict[str, Any] = {}
    pins = []
    for path, item in list_items(value, "multiwan_pins", problems, "a list of pins"):
        pin = _pin(item, path, problems, seen)
        if pin is not None:
            pins.append(pin)
    return Read(tuple(pins), seen)


def _pin(item: Any, path: str, problems: Problems, seen: dict[str, Any]) -> Pin | None:
    fields = Fields(item, path, problems, _KEYS)
    name = fields.name()
    uplink = fields.read("uplink", name_of_item, f"the name of an uplink: {NAME_ALLOWED}", required=True)
    segment = fields.read("segment", name_of_item, f"the name of a segment: {NAME_ALLOWED}")
    pin = Pin(
        name=name or "",
        uplink=uplink or "",
        fallback=fields.boolean("fallback", True),
        segment=segment,
        src_address=fields.network("src_address"),
        src_address_list=fields.read("src_address_list", list_name, _LIST),
        dst_address=fields.network("dst_address"),
        dst_address_list=fields.read("dst_address_list", list_name, _LIST),
        protocol=fields.read("protocol", _protocol, "one of " + ", ".join(_PROTOCOLS)),
        dst_port=fields.read("dst_port", ports, PORTS_ALLOWED),
    )
    if isinstance(item, Mapping):
        if not any(fields.has(key) for key in _MATCHERS):
            problems.add(path, "a pin that matches everything", "at least one of " + ", ".join(_MATCHERS))
        if fields.has("dst_port") and fields.values.get("protocol") not in ("tcp", "udp"):
            fields.wrong("protocol", "tcp or udp, since dst_port is given")
    found = {"name": name, "uplink": uplink, "segment": segment}
    seen.update({fields.at(key): value for key, value in found.items() if value is not None})
    return pin if name and uplink else None


def list_name(value: Any) -> str:
    """Of an address list that anybody keeps. ``ValueError`` otherwise."""
    if not isinstance(value, str) or not _LIST_NAME.fullmatch(value):
        raise ValueError(value)
    return str(value)


def _protocol(value: Any) -> str:
    if value not in _PROTOCOLS:
        raise ValueError(value)
    return str(value)


def ports(value: Any) -> str:
    """Ports as a matcher takes them: ``443``, ``5060-5080``, ``80,443``. ``ValueError`` otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(value)
    parts = str(value).split(",")
    for part in parts:
        ends = part.split("-")
        if len(ends) > 2 or not all(re.fullmatch(r"[0-9]{1,5}", end) and 1 <= int(end) <= 65535 for end in ends):
            raise ValueError(value)
        if len(ends) == 2 and int(ends[0]) > int(ends[1]):
            raise ValueError(value)
    return ",".join(parts)


def port_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """First and last port of each part of what :func:`ports` gave."""
    ends = [part.partition("-") for part in text.split(",")]
    return tuple((int(first), int(last or first)) for first, _second, last in ends)
