# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_address_lists``, ``multiwan_public_addresses`` and ``multiwan_forwards``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .branch_pins import PORTS_ALLOWED, port_ranges, ports
from .branch_uplinks import Read
from .fields import NAME_ALLOWED, Fields, list_items, name_of_item, strict_network, unicast
from .model import Segment
from .names import OWN_PREFIX
from .problems import Problems, show
from .traffic_model import AddressList, Entry, Forward

LISTS, PUBLIC, FORWARDS = "multiwan_address_lists", "multiwan_public_addresses", "multiwan_forwards"
_ENTRY = "an address, a network such as 203.0.113.0/24 without host bits, or a DNS name such as ibank.example.co.id"
_LIST_ALLOWED = f"a name like banks: a to z, 0 to 9, _ . and -, at most 30 characters, not beginning with {OWN_PREFIX}"
#: In capitals the same list would be another one to RouterOS, and the same one to our tags.
_LIST_NAME = re.compile(rf"(?!{OWN_PREFIX})[a-z0-9][a-z0-9_.-]{{0,29}}")
#: No wildcards: RouterOS looks a name up, it does not watch what clients look up. A last label of digits alone would be
#: a mistyped address.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DNS_NAME = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")
#: DNS allows 253; no bank needs that, and comments stay short.
_LONGEST = 70
_KEYS = ("name", "label", "protocol", "port", "to", "to_port", "uplinks", "hairpin")
_PROTOCOLS = ("tcp", "udp")
_MANAGEMENT_PORT = 8729


def read_address_lists(value: Any, problems: Problems) -> tuple[AddressList, ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        problems.add(LISTS, show(value), "a mapping of list names to lists of entries")
        return ()
    lists = []
    for name, items in value.items():
        if not isinstance(name, str) or not _LIST_NAME.fullmatch(name):
            problems.add(f"{LISTS}[{show(name)}]", "this name", _LIST_ALLOWED)
            continue
        if items is None:
            problems.add(f"{LISTS}.{name}", "nothing", "a list of entries; [] for an empty one")
        lists.append(AddressList(name, _entries(items, f"{LISTS}.{name}", problems)))
    return tuple(sorted(lists, key=lambda one: one.name))


def read_public_addresses(value: Any, problems: Problems) -> tuple[Entry, ...]:
    return _entries(value, PUBLIC, problems)


def _entries(value: Any, path: str, problems: Problems) -> tuple[Entry, ...]:
    found: dict[Entry, str] = {}
    for place, item in list_items(value, path, problems, "a list of entries"):
        try:
            entry = _entry(item)
        except ValueError:
            problems.add(place, show(item), _ENTRY)
            continue
        if entry in found:
            problems.add(place, f"{entry}, as in {found[entry]}", "each entry once")
        found.setdefault(entry, place)
    networks = sorted(entry for entry in found if not isinstance(entry, str))
    return (*networks, *sorted(entry for entry in found if isinstance(entry, str)))


def _entry(value: Any) -> Entry:
    if not isinstance(value, str):
        raise ValueError(value)
    name = value.lower()
    if len(name) <= _LONGEST and _DNS_NAME.fullmatch(name):
        return name
    return strict_network(value)


def read_forwards(value: Any, segments: Read[Segment], management: Any, problems: Problems) -> Read[Forward]:
    """``management``: ``multiwan_api_port`` as it was given; a forward of it would cut the branch off."""
    closed = management if isinstance(management, int) and not isinstance(management, bool) else _MANAGEMENT_PORT
    seen: dict[str, Any] = {}
    forwards: list[tuple[str, Forward]] = []
    for path, item in list_items(value, FORWARDS, problems, "a list of forwards"):
        fields = Fields(item, path, problems, _KEYS)
        forward = _forward(fields, segments, closed, seen)
        if forward is not None:
            _collisions(path, forward, forwards, problems)
            forwards.append((path, forward))
    return Read(tuple(forward for _first, forward in forwards), seen)


def _forward(fields: Fields, segments: Read[Segment], closed: int, seen: dict[str, Any]) -> Forward | None:
    name = fields.name()
    label = fields.label("label", name or "")
    protocol = fields.read("protocol", _protocol, "tcp or udp", required=True)
    port = fields.read("port", ports, PORTS_ALLOWED, required=True)
    to = fields.read("to", unicast, "the address of a host inside", required=True)
    to_port = fields.integer("to_port", 1, 65535)
    hairpin = fields.boolean("hairpin", True)
    uplinks = tuple(_uplinks(fields, seen))
    if name is not None:
        seen[fields.at("name")] = name
    if to is not None:
        _check_host(fields, to, segments)
    if port is not None and to_port is not None and not port.isdigit():
        fields.wrong("to_port", "nothing: several ports or a range keep their numbers")
    if port is not None and protocol == "tcp" and any(low <= closed <= high for low, high in port_ranges(port)):
        fields.wrong("port", f"ports without {closed}, by which the branch is managed (multiwan_api_port)")
    if name is None or protocol is None or port is None or to is None:
        return None
    return Forward(name, label, protocol, port, to, to_port if port != str(to_port) else None, uplinks, hairpin)


def _uplinks(fields: Fields, seen: dict[str, Any]) -> Iterator[str]:
    items = list(fields.items("uplinks", "a list of names of uplinks; left out for all"))
    if fields.has("uplinks") and isinstance(fields.values["uplinks"], (list, tuple)) and not items:
        fields.wrong("uplinks", "at least one uplink; left out for all")
    for path, item in items:
        try:
            name = name_of_item(item)
        except ValueError:
            fields.problems.add(path, show(item), f"the name of an uplink: {NAME_ALLOWED}")
            continue
        seen[f"{path}.uplink"] = name
        yield name


def _check_host(fields: Fields, to: Any, segments: Read[Segment]) -> None:
    """Answers of a host behind no segment would not go back by the uplink of the question."""
    addresses = [value for path, value in segments.seen.items() if path.endswith("].address")]
    for address in addresses:
        if to in address.network:
            if to == address.ip:
                fields.wrong("to", f"another address than the router's own {address.ip}")
            elif address.network.prefixlen < 31 and to in (address.network[0], address.network[-1]):
                fields.wrong("to", f"a host address inside {address.network}")
            return
    fields.wrong("to", "an address inside a segment" + "".join(f" ({address.network})" for address in addresses[:1]))


def _collisions(path: str, forward: Forward, earlier: list[tuple[str, Forward]], problems: Problems) -> None:
    """RouterOS would take the first row; the other forward would never work."""
    for place, other in earlier:
        apart = forward.uplinks and other.uplinks and not {*forward.uplinks} & {*other.uplinks}
        if other.protocol != forward.protocol or apart:
            continue
        for low, high in port_ranges(forward.port):
            if any(low <= last and first <= high for first, last in port_ranges(other.port)):
                problems.add(f"{path}.port", f"{forward.port}, of which {place}.port has a part", "ports of its own")
                return


def _protocol(value: Any) -> str:
    if value not in _PROTOCOLS:
        raise ValueError(value)
    return str(value)
