# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The bridge that carries VLAN segments: its ports, its VLAN table and the VLAN interfaces on it.

The bridge and its ports may be there already; then only what VLANs need is taken (``claims.py``). The order is the one
of the manual ("bridge VLAN table"): all is in place before ``vlan-filtering`` is switched on, which comes last.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .model import Branch, Segment, Uplink
from .plan import Row
from .segments_model import Bridge
from .tags import ascii_label, owned, tag

ROLE = "lan"
_UNTAGGED_ONLY = "admit-only-untagged-and-priority-tagged"
_TAGGED_ONLY = "admit-only-vlan-tagged"


def own_mac(branch: str, bridge: str) -> str:
    """The address of a bridge that we make: always the same one, so that it is known before the bridge is there.

    Locally administered, hence nobody's.
    """
    digest = hashlib.sha256(f"{branch}/{bridge}".encode()).hexdigest()[:10].upper()
    return ":".join(["02", *(digest[place : place + 2] for place in range(0, 10, 2))])


def mac_of(branch: Branch, segment: Segment) -> dict[str, str]:
    """The hardware address of the router in a segment, as a value that the commit fills in. A VLAN interface has the
    one of its bridge."""
    bridge = branch.bridge
    if bridge is not None and (segment.vlan is not None or segment.interface == bridge.name):
        return {"$router": f"/interface/{bridge.name}/mac-address", "else": own_mac(branch.name, bridge.name)}
    return {"$router": f"/interface/{segment.interface}/mac-address"}


def bridge_rows(branch: Branch) -> Iterator[Row]:
    bridge = branch.bridge
    if bridge is None:
        return
    vlans = [segment for segment in branch.segments if segment.vlan is not None]
    lines = [uplink for uplink in branch.uplinks if uplink.vlan is not None and uplink.port == bridge.name]
    yield _bridge(branch.name, bridge, filtering=bool(vlans or lines))
    for segment in vlans:
        yield _vlan(bridge, segment)
    for uplink in lines:
        yield _line(bridge, uplink)
    for port in bridge.trunks:
        yield _port(bridge, port, "trunk", _trunk(branch, bridge))
    for segment in branch.segments:
        for port in segment.ports:
            yield _port(bridge, port, ascii_label(segment.label), _access(segment))
    for segment in vlans:
        yield _interface(bridge, segment)


def slug(interface: str) -> str:
    """The name of an interface as a piece of a tag. What a tag can't hold is replaced, and told apart by a hash."""
    plain = re.sub(r"[^a-z0-9._-]", "-", interface.lower())
    return plain if plain == interface else f"{plain}-{hashlib.sha256(interface.encode()).hexdigest()[:6]}"


def _bridge(branch: str, bridge: Bridge, *, filtering: bool) -> Row:
    values = {
        "name": bridge.name,
        "admin-mac": own_mac(branch, bridge.name),
        "auto-mac": "no",
        **({"vlan-filtering": "yes"} if filtering else {}),
        **({"dhcp-snooping": "yes"} if bridge.dhcp_snooping else {}),
    }
    return owned("/interface/bridge", tag(ROLE, slug(bridge.name), "bridge"), "Segments", values, claims=("name",))


def _vlan(bridge: Bridge, segment: Segment) -> Row:
    """The bridge itself is a member, so that the router takes part. RouterOS adds it by itself from 7.16 on."""
    values = {
        "bridge": bridge.name,
        "vlan-ids": str(segment.vlan),
        "tagged": ",".join(sorted((bridge.name, *bridge.trunks))),
        **({"untagged": ",".join(sorted(segment.ports))} if segment.ports else {}),
    }
    about = f"{ascii_label(segment.label)}: VLAN {segment.vlan}"
    return owned("/interface/bridge/vlan", tag(ROLE, segment.name, "vlan"), about, values)


def _line(bridge: Bridge, uplink: Uplink) -> Row:
    """A line that comes by the trunks; its VLAN interface is the role wan's."""
    tagged = ",".join(sorted((bridge.name, *bridge.trunks)))
    values = {"bridge": bridge.name, "vlan-ids": str(uplink.vlan), "tagged": tagged}
    about = f"{ascii_label(uplink.label)}: VLAN {uplink.vlan}"
    return owned("/interface/bridge/vlan", tag(ROLE, uplink.name, "line"), about, values)


def _trunk(branch: Branch, bridge: Bridge) -> Mapping[str, str]:
    """Where the bridge itself is a segment, its clients behind a trunk go on without a tag."""
    untagged = any(segment.interface == bridge.name for segment in branch.segments)
    return {"ingress-filtering": "yes", **({} if untagged else {"frame-types": _TAGGED_ONLY})}


def _access(segment: Segment) -> Mapping[str, str]:
    if segment.vlan is None:
        return {}
    return {"pvid": str(segment.vlan), "frame-types": _UNTAGGED_ONLY, "ingress-filtering": "yes"}


def _port(bridge: Bridge, port: str, about: str, values: Mapping[str, str]) -> Row:
    said: dict[str, Any] = {"bridge": bridge.name, "interface": port, "disabled": "no", **values}
    if port in bridge.trusted:
        said["trusted"] = "yes"
    return owned("/interface/bridge/port", tag(ROLE, slug(port), "port"), about, said, claims=("interface",))


def _interface(bridge: Bridge, segment: Segment) -> Row:
    values = {"name": segment.interface, "interface": bridge.name, "vlan-id": str(segment.vlan)}
    about = f"{ascii_label(segment.label)}: VLAN {segment.vlan}"
    return owned("/interface/vlan", tag(ROLE, segment.name), about, values)
