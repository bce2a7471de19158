# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a plan would move the port or the segment by which the controller comes in. Decided from rows alone.

``/ip/arp`` tells the hardware address behind the session, ``/interface/bridge/host`` the port that it was last seen on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from . import names
from .bridge_ways import MENUS, Bridges
from .diff import Found
from .management_path import ACTIVE, controller
from .preflight_finding import Finding, error
from .preflight_view import BRIDGE_PORT, MEMBER, Reader, View, enabled, yes
from .router_ways import Exit, Ways, after

ARP, HOST = "/ip/arp", "/interface/bridge/host"
_RAW = "/ip/firewall/raw"

Rows = Mapping[str, Sequence[Found]]


def findings(view: View, reader: Reader, *, user: str) -> Iterator[Finding]:
    """Nothing is said of a change that touches neither bridges nor isolation, or when the router does not tell where
    the controller is. ``user``: whose session it is."""
    touched = {operation.menu for operation in view.operations}
    if not touched & (MENUS | {MEMBER, _RAW}):
        return
    peer = controller(reader, user)
    if peer is None or peer.is_loopback:
        return
    later = after(view.router, view.operations)
    for item in sorted(Ways(view.router).exits(peer)):
        seen = f"the controller comes from {peer} ({ACTIVE}), by {item.interface}"
        yield from _isolated(view.router, later, item.interface, seen)
        if touched & MENUS:
            yield from _moved(view, reader, later, item, peer=peer, seen=seen)


def _isolated(before: Rows, later: Rows, interface: str, seen: str) -> Iterator[Finding]:
    if _is_isolated(later, interface) and not _is_isolated(before, interface):
        yield error(
            "management-path",
            f"{seen}, which would become an isolated segment (isolated: true): the router would not answer there any"
            " more. Come in by another segment, or leave this one as it is",
        )


def _is_isolated(rows: Rows, interface: str) -> bool:
    members = enabled(rows.get(MEMBER, ()))
    listed = any(
        row.values.get("list") == names.ISOLATED_LIST and row.values.get("interface") == interface for row in members
    )
    jumps = enabled(rows.get(_RAW, ()))
    return listed and any(row.values.get("jump-target") == names.CHAIN_ISOLATED for row in jumps)


@dataclass(frozen=True)
class _Place:
    """``ports``: by which frames may come in; ``known``: whether the router tells by which."""

    ports: tuple[str, ...]
    known: bool


def _moved(view: View, reader: Reader, later: Rows, item: Exit, *, peer: IPv4Address, seen: str) -> Iterator[Finding]:
    was, will = Bridges(view.router, view.version), Bridges(later, view.version)
    bridge = was.under(item.interface)
    if bridge is None:
        if will.port(item.interface) and not was.port(item.interface):
            yield error(
                "management-path",
                f"{seen}, which would become a port of {will.port(item.interface).get('bridge')}: its addresses stop"
                f" working there. {_CURE}",
            )
        return
    place = _place(reader, was, bridge, _hop(item, peer))
    for port in place.ports:
        tags = [tag for tag in was.tags(item.interface) if was.reaches(port, tag, item.interface)]
        if tags and not all(will.reaches(port, tag, item.interface) for tag in tags):
            by = f"on {port}" if place.known else f"on a port that {HOST} does not tell, maybe {port}"
            yield error("management-path", f"{seen} {by}, and {_why(was, will, bridge, port)}. {_CURE}")
            return


_CURE = (
    "Come in by another port or segment for this change, or leave that port in the VLAN that it is in (multiwan_bridge,"
    " ports)"
)


def _hop(item: Exit, peer: IPv4Address) -> IPv4Address:
    """The neighbour that the frames come from."""
    try:
        return IPv4Address(item.hop)
    except AddressValueError:
        return peer


def _place(reader: Reader, was: Bridges, bridge: str, neighbour: IPv4Address) -> _Place:
    arp = reader.rows(ARP, ("address", "mac-address", "interface"))
    macs = {row.values.get("mac-address", "").upper() for row in arp if row.values.get("address") == str(neighbour)}
    hosts = reader.rows(HOST, ("mac-address", "on-interface", "interface", "bridge", "local")) if macs - {""} else ()
    ports = {
        row.values.get("on-interface") or row.values.get("interface", "")
        for row in hosts
        if row.values.get("mac-address", "").upper() in macs
        and row.values.get("bridge") == bridge
        and not yes(row.values.get("local"))
    }
    found = tuple(sorted(ports - {""}))
    return _Place(found, True) if found else _Place(tuple(was.ports(bridge)), False)


def _why(was: Bridges, will: Bridges, bridge: str, port: str) -> str:
    before, now = was.port(port), will.port(port)
    if now.get("bridge") != bridge:
        return f"that port would no longer be one of {bridge}"
    changed = [
        f"{name} from {before.get(name) or default} to {now.get(name) or default}"
        for name, default in (("pvid", "1"), ("frame-types", "admit-all"))
        if (before.get(name) or default) != (now.get(name) or default)
    ]
    if changed:
        return f"{BRIDGE_PORT} of that port would change {' and '.join(changed)}, so that it is in another VLAN"
    return f"with VLAN filtering of {bridge} as it would be, that port and the router are not in one VLAN"
