# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_bridge``, and what shows only when it is held against segments and uplinks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from typing import Any

from .branch_uplinks import Read
from .fields import Fields, did_you_mean, interface_name
from .model import Segment, Uplink
from .problems import Problems, show
from .segments_model import INSIDE, Bridge

KEYS = ("name", "trunks", "trusted", "dhcp_snooping")
VARIABLE = "multiwan_bridge"
PORTS_ALLOWED = "a list of interfaces, such as [ether3, ether4]"
_PORT_ALLOWED = "the name of an interface on the router, without blanks around it"
_VLAN_ALLOWED = (
    f"a bridge that carries it, such as {VARIABLE}: {{name: bridge, trunks: [ether5]}}; or, in the place of vlan,"
    " interface: the name of a VLAN interface that is there"
)


def read_bridge(value: Any, problems: Problems) -> Read[Bridge]:
    """One bridge, or none."""
    if value is None:
        return Read()
    seen: dict[str, Any] = {}
    fields = Fields(value, VARIABLE, problems, KEYS)
    name = fields.interface("name")
    trunks = read_ports(fields, "trunks", seen)
    trusted = read_ports(fields, "trusted", seen)
    snooping = fields.boolean("dhcp_snooping", False)
    if trusted and not snooping:
        fields.wrong("trusted", "nothing without dhcp_snooping: true, which is what it makes exceptions from")
    seen.update({VARIABLE: True, **({fields.at("name"): name} if name else {})})
    return Read((Bridge(name, trunks, trusted, snooping),) if name else (), seen)


def read_ports(fields: Fields, key: str, seen: dict[str, Any]) -> tuple[str, ...]:
    ports = []
    for path, item in fields.items(key, PORTS_ALLOWED):
        try:
            port = interface_name(item)
        except ValueError:
            fields.problems.add(path, show(item), _PORT_ALLOWED)
            continue
        seen[path] = port
        ports.append(port)
    return tuple(ports)


def check(bridge: Read[Bridge], segments: Read[Segment], uplinks: Read[Uplink], problems: Problems) -> None:
    """Notes every mistake between the bridge, the segments and the uplinks."""
    name = bridge.seen.get(f"{VARIABLE}.name")
    _carried(bridge, segments, name, problems)
    _twice(bridge, segments, problems)
    _taken(bridge, segments, uplinks, name, problems)
    if name is not None:
        _lines(bridge, segments, uplinks, problems)
    _trusted(bridge, segments, problems)
    _resolvers(segments, problems)
    has_vlans = any(tagged for path, tagged in segments.seen.items() if path.endswith("].tagged"))
    has_vlans |= name is not None and any(port == name for port in _of(uplinks, "port").values())
    if any(path.startswith(f"{VARIABLE}.trunks[") for path in bridge.seen) and not has_vlans:
        problems.add(
            f"{VARIABLE}.trunks", "no segment with a vlan", "a segment with vlan:, or an uplink, that it carries"
        )


def _of(read: Read[Any], key: str) -> dict[str, Any]:
    """Path to value: ``name``, or the items of a list such as ``ports``."""
    pattern = re.compile(rf".*\.{key}(\[\d+\])?")
    return {path: value for path, value in read.seen.items() if pattern.fullmatch(path)}


def _segment_of(path: str) -> str:
    return path.partition("]")[0] + "]"


def _carried(bridge: Read[Bridge], segments: Read[Segment], name: str | None, problems: Problems) -> None:
    if VARIABLE not in bridge.seen:
        for path, vlan in _of(segments, "vlan").items():
            if segments.seen.get(path.removesuffix("vlan") + "interface") != f"vlan{vlan}":
                continue  # told already: an interface stands beside it
            problems.add(path, f"{vlan}, and there is no {VARIABLE}", _VLAN_ALLOWED)
    stated = {path for path in segments.seen if path.endswith("].vlan")}
    for path in dict.fromkeys(_segment_of(path) for path in _of(segments, "ports")):
        interface = segments.seen.get(f"{path}.interface")
        if f"{path}.vlan" in stated or interface is None or (name is not None and interface == name):
            continue
        if VARIABLE in bridge.seen and name is None:
            continue
        seen = f"ports of {interface}" + ("" if VARIABLE in bridge.seen else f", and there is no {VARIABLE}")
        allowed = f"ports of the bridge: with vlan:, or with interface: {name or 'bridge'} and {VARIABLE}"
        problems.add(f"{path}.ports", seen, allowed)


def _twice(bridge: Read[Bridge], segments: Read[Segment], problems: Problems) -> None:
    first: dict[str, str] = {}
    for path, port in {**_of(bridge, "trunks"), **_of(segments, "ports")}.items():
        if port in first:
            problems.add(path, f"{port}, as in {first[port]}", "a port once: a trunk, or a port of one segment")
        first.setdefault(port, path)
    names: dict[str, str] = {}
    for path, port in _of(bridge, "trusted").items():
        if port in names:
            problems.add(path, f"{port}, as in {names[port]}", "a port once")
        names.setdefault(port, path)


def _taken(
    bridge: Read[Bridge], segments: Read[Segment], uplinks: Read[Uplink], name: str | None, problems: Problems
) -> None:
    """What has an address of its own, or carries a line, can't be a port of the bridge."""
    ports = {value: path.removesuffix("port") + "interface" for path, value in _of(uplinks, "port").items()}
    lines = {**ports, **{value: path for path, value in _of(uplinks, "interface").items()}}
    places = {value: path for path, value in _of(segments, "interface").items()}
    for path, port in {**_of(bridge, "trunks"), **_of(segments, "ports")}.items():
        if port in lines and port != name:
            by_bridge = f" (one on a VLAN of this trunk has interface: {name})" if name and ".trunks[" in path else ""
            problems.add(path, f"{port}, the uplink at {lines[port]}", f"a port that no uplink uses{by_bridge}")
        elif port == name:
            problems.add(path, f"{port}, the bridge itself", "one of its ports")
        elif port in places:
            problems.add(path, f"{port}, the segment at {places[port]}", "a port that is no segment by itself")
    untagged = {value: path for path, value in _of(uplinks, "interface").items()}
    if name is not None and name in untagged:
        allowed = "a bridge that is no uplink, or a vlan beside that uplink's interface"
        problems.add(f"{VARIABLE}.name", f"{name}, the uplink at {untagged[name]}", allowed)


def _lines(bridge: Read[Bridge], segments: Read[Segment], uplinks: Read[Uplink], problems: Problems) -> None:
    """Uplinks that come by the trunks of the bridge, on VLANs of their own."""
    name = bridge.seen.get(f"{VARIABLE}.name")
    on_bridge = [path.removesuffix(".port") for path, port in _of(uplinks, "port").items() if port == name]
    for path in on_bridge:
        vlan = uplinks.seen.get(f"{path}.vlan")
        twin = next((other for other, value in _of(segments, "vlan").items() if value == vlan), None)
        if vlan is None:
            continue
        if twin is not None:
            problems.add(f"{path}.vlan", f"{vlan}, as in {twin}", "a VLAN that no segment has")
        trunks = set(_of(bridge, "trunks").values())
        if not trunks:
            problems.add(f"{path}.interface", f"{name}, which has no trunk", f"a trunk in {VARIABLE}.trunks")
        elif _is_snooped(bridge, trunks) and uplinks.seen.get(f"{path}.type") == "dhcp":
            seen = f"no trunk, while {path} gets its address by DHCP through one"
            problems.add(f"{VARIABLE}.trusted", seen, "the trunk behind which the ISP's DHCP server is")


def _is_snooped(bridge: Read[Bridge], trunks: set[str]) -> bool:
    """Whether no trunk may bring what a DHCP server says."""
    return any(one.dhcp_snooping for one in bridge.values) and not trunks & set(_of(bridge, "trusted").values())


def _trusted(bridge: Read[Bridge], segments: Read[Segment], problems: Problems) -> None:
    known = {*_of(bridge, "trunks").values(), *_of(segments, "ports").values()}
    for path, port in _of(bridge, "trusted").items():
        if port not in known:
            allowed = did_you_mean(port, known) if known else "nothing: no trunk or port of a segment is named"
            problems.add(path, f"{port}, which is no trunk and no port of a segment", allowed)


def _resolvers(segments: Read[Segment], problems: Problems) -> None:
    """A name server that an isolated segment may not reach."""
    own = [value.ip for value in _of(segments, "address").values()]
    inside = [*INSIDE, *(value.network for value in _of(segments, "address").values())]
    for path, resolver in _isolated_resolvers(segments.seen):
        if resolver not in own and any(resolver in network for network in inside):
            problems.add(
                path,
                f"{resolver}, inside, while the segment is isolated",
                "a name server on the internet, or none: the router itself",
            )


def _isolated_resolvers(seen: Mapping[str, Any]) -> Iterator[tuple[str, IPv4Address]]:
    for path, isolated in seen.items():
        if path.endswith("].isolated") and isolated:
            dhcp = seen.get(f"{_segment_of(path)}.dhcp")
            for index, resolver in enumerate(dhcp.dns if dhcp else ()):
                yield f"{_segment_of(path)}.dhcp.dns[{index}]", resolver
