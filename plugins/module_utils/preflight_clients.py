# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What others let a router do on the ports of the uplinks: DHCP clients, PPPoE sessions, VLANs. Only looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address

from . import leases
from .diff import Found
from .plan import Row
from .preflight_finding import Finding, error, warning
from .preflight_view import ROUTE, View, enabled, yes

CLIENT, PPPOE, VLAN = leases.CLIENT, "/interface/pppoe-client", "/interface/vlan"
_CHECK = "line-clients"


def findings(view: View) -> Iterator[Finding]:
    yield from _dhcp_clients(view)
    yield from _sessions(view)
    yield from _tags(view)
    yield from _networks(view)


def _ports(view: View) -> dict[str, str]:
    """Interface to uplink: those with the address, and the ports and VLANs below them."""
    ports = dict(view.uplinks)
    for menu in (PPPOE, VLAN):
        for row in view.rows:
            if row.menu == menu and row.tag.startswith("multiwan:wan:"):
                ports.setdefault(str(row.values["interface"]), row.tag.split(":")[2])
    return ports


def _dhcp_clients(view: View) -> Iterator[Finding]:
    """Of somebody else, where the line is of another kind. Where it is one by DHCP, the client is taken over."""
    ports = _ports(view)
    asked_for = {str(row.values["interface"]) for row in view.rows if row.menu == CLIENT}
    for client in enabled(view.router.get(CLIENT, ())):
        interface = client.values.get("interface", "")
        ours = client.dynamic or client.id in view.removed(CLIENT) or client.tag is not None
        if ours or interface in asked_for or interface not in ports:
            continue
        cure = (
            f"Disable it (/ip/dhcp-client/disable [find interface={interface}]), or call the line type: dhcp if that is"
            " what it is"
        )
        where = f"{CLIENT} {client.id} asks for an address on {interface}, the port of {ports[interface]}"
        sets_route = client.values.get("add-default-route", "yes") not in ("no", "false")
        if not sets_route:
            yield warning(_CHECK, f"{where}, which is no line by DHCP: it may get a second address there. {cure}")
        elif leases.lease_of(client):
            yield error(
                _CHECK,
                f"{where}, which is no line by DHCP, and its default route works against the gates of the plan. {cure}",
            )
        else:
            yield warning(
                _CHECK,
                f"{where}, which is no line by DHCP: as soon as somebody answers, its default route works against the"
                f" gates of the plan. {cure}",
            )


def _sessions(view: View) -> Iterator[Finding]:
    planned = {str(row.values["interface"]): row for row in view.rows if row.menu == PPPOE}
    for session in enabled(view.router.get(PPPOE, ())):
        row = planned.get(session.values.get("interface", ""))
        if row is None or session.tag is not None or session.values.get("name") == row.values.get("name"):
            continue
        yield _second_session(session, row)


def _second_session(session: Found, row: Row) -> Finding:
    name, link = session.values.get("name", ""), session.values.get("interface", "")
    uplink = row.tag.split(":")[2]
    cure = f"Disable it first: /interface/pppoe-client/disable {name}"
    if session.values.get("user") == row.values.get("user"):
        return error(
            _CHECK,
            f"{PPPOE} {session.id} ({name}), which is not ours, dials on {link} with the account of {uplink}: an ISP"
            f" takes one session of an account, so the two would throw each other out. {cure}",
        )
    route = "" if not yes(session.values.get("add-default-route")) else ", and its default route is not watched"
    return warning(
        _CHECK,
        f"{PPPOE} {session.id} ({name}), which is not ours, dials on {link}, the port of {uplink}{route}. {cure}",
    )


def _tags(view: View) -> Iterator[Finding]:
    """Two interfaces of one VLAN on one port: which one gets the frames is not documented."""
    for row in view.rows:
        if row.menu != VLAN:
            continue
        for other in enabled(view.router.get(VLAN, ())):
            if other.tag is None and _frames(other.values) == _frames(row.values) and _named_otherwise(other, row):
                yield error(
                    _CHECK,
                    f"{VLAN} {other.id} ({other.values.get('name')}), which is not ours, is VLAN"
                    f" {row.values['vlan-id']} on {row.values['interface']} already, where the plan makes"
                    f" {row.values['name']}. Name it as the interface instead, without vlan, or remove it",
                )


def _frames(values: Mapping[str, object]) -> tuple[str, str]:
    return str(values.get("interface", "")), str(values.get("vlan-id", ""))


def _named_otherwise(other: Found, row: Row) -> bool:
    return other.values.get("name") != row.values.get("name")


def _networks(view: View) -> Iterator[Finding]:
    """What a branch file can't know: the network that a DHCP line has now meets a segment, or holds its own anchor."""
    for client in enabled(view.router.get(CLIENT, ())):
        lease = leases.lease_of(client)
        uplink = view.uplinks.get(lease.interface) if lease else None
        if lease is None or uplink is None:
            continue
        for segment in view.segment_networks():
            if segment.overlaps(lease.network):
                yield error(
                    "addresses",
                    f"{CLIENT} {client.id} has an address in {lease.network} from {uplink} on {lease.interface}, which"
                    f" overlaps {segment} of a segment: answers would leave by the wrong one of the two. Give the"
                    " modem, or the network behind the router, another network",
                )
        for anchor in _anchors(view, uplink):
            if anchor in lease.network or str(anchor) == lease.gateway:
                yield warning(
                    _CHECK,
                    f"the anchor {anchor} of {uplink} is in the network {lease.network} that its modem gives: it"
                    " answers although the internet behind the modem is dead. Choose one on the internet",
                )


def _anchors(view: View, uplink: str) -> Iterator[IPv4Address]:
    for row in view.rows:
        if row.menu == ROUTE and row.tag.startswith(f"multiwan:failover:{uplink}:anchor"):
            try:
                yield IPv4Address(str(row.values["dst-address"]).removesuffix("/32"))
            except AddressValueError:
                continue
