# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a plan would cut the way by which the controller reaches the router. Decided from rows alone.

The router tells where the session comes from (``/user/active``). From there on it is a question of answers: whether
what comes in by a line is still answered by that line after the writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Interface

from .preflight_finding import Finding, error
from .preflight_view import ADDRESS, INTERFACE, INTERFACE_PROPERTIES, MANGLE, ROUTE, Reader, View, enabled, yes
from .router_api import Ask
from .router_ways import Exit, Ways, after

ACTIVE = "/user/active"
SESSIONS = Ask(ACTIVE, ("name", "address", "via"))


def controller(reader: Reader, user: str) -> IPv4Address | None:
    """Where our session comes from, as the router sees it. ``None`` when it does not say, or several are possible; also
    for IPv6, which no plan touches."""
    seen = {
        row.values.get("address", "")
        for row in reader.rows(*SESSIONS)
        if row.values.get("name") == user and row.values.get("via", "").startswith("api")
    }
    try:
        return IPv4Address(seen.pop()) if len(seen) == 1 else None
    except AddressValueError:
        return None


def sessions(reader: Reader, user: str) -> frozenset[IPv4Address]:
    """Where API sessions of the user come from, all of them; without those of the router itself."""
    rows = reader.rows(*SESSIONS)
    found = (
        _address(row.values.get("address", ""))
        for row in rows
        if row.values.get("name") == user and row.values.get("via", "").startswith("api")
    )
    return frozenset(peer for peer in found if peer is not None and not peer.is_loopback)


def interfaces(reader: Reader, peers: Iterable[IPv4Address], *, host: str = "") -> frozenset[str]:
    """By which the sessions of ``peers`` may come in. ``host``: what they connect to, when that is an address."""
    rows = {
        ADDRESS: reader.rows(ADDRESS, ("address", "network", "interface", "actual-interface", "disabled", "invalid")),
        ROUTE: reader.rows(ROUTE, ()),
        MANGLE: reader.rows(MANGLE, ()),
    }
    arrivals = (_arrivals(Ways(rows), peer, _address(host)) for peer in peers)
    return frozenset(item.interface for found in arrivals for item in found)


@dataclass(frozen=True)
class _Case:
    """``arrivals``: how the controller's packets may come in. ``host``: the router's address that it talks to."""

    view: View
    peer: IPv4Address
    host: IPv4Address | None
    before: Ways
    after: Ways
    arrivals: frozenset[Exit]

    @property
    def seen(self) -> str:
        ways = ", ".join(sorted({item.interface for item in self.arrivals}))
        return f"the controller comes from {self.peer} ({ACTIVE}), by {ways}"

    @property
    def route(self) -> str:
        """The command that keeps the way as it is, where there is one way only."""
        ways = sorted(item.gateway for item in self.arrivals)
        return f"/ip/route/add dst-address={self.peer}/32 gateway={ways[0] if len(ways) == 1 else '…'}"


def findings(view: View, reader: Reader, *, user: str, host: str = "") -> Iterator[Finding]:
    """``user``: whose session it is. ``host``: what the controller connects to, when that is an address.

    Nothing is said when the router does not tell where the controller is, or tells of itself.
    """
    peer = controller(reader, user)
    if peer is None or peer.is_loopback or not view.operations:
        return
    lines = reader.rows(INTERFACE, INTERFACE_PROPERTIES)
    dead = frozenset(
        row.values.get("name", "")
        for row in lines
        if yes(row.values.get("disabled")) or row.values.get("running") in ("false", "no")
    )
    before, later = Ways(view.router, dead), Ways(after(view.router, view.operations), dead)
    target = _address(host)
    arrivals = _arrivals(before, peer, target)
    if arrivals:
        case = _Case(view, peer, target, before, later, arrivals)
        yield from list(_addresses(case)) or list(_answers(case)) or _session(case)


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None


def _arrivals(before: Ways, peer: IPv4Address, host: IPv4Address | None) -> frozenset[Exit]:
    """The way back to the controller, and every line that is answered by marks: what comes in by one of those need not
    leave by the route that the router would choose. The address that the controller talks to tells which it is."""
    exits = before.exits(peer)
    marked = before.answering()
    if before.default_used(peer) or any(item.interface in marked for item in exits):
        exits |= {item for found in marked.values() for item in found}
    held = {
        row.values.get("interface", "")
        for row in enabled(before.rows.get(ADDRESS, ()))
        if _ip(row.values.get("address", "")) == host and host is not None
    }
    return frozenset(item for item in exits if item.interface in held) or exits


def _ip(text: str) -> IPv4Address | None:
    try:
        return IPv4Interface(text).ip
    except (AddressValueError, ValueError):
        return None


def _addresses(case: _Case) -> Iterator[Finding]:
    """Addresses that go, or become another one, on a line by which the controller may come."""
    lines = {item.interface for item in case.arrivals}
    stay = {
        (row.values.get("interface"), _ip(row.values.get("address", "")))
        for row in enabled(case.after.rows.get(ADDRESS, ()))
    }
    for row in enabled(case.before.rows.get(ADDRESS, ())):
        ip, interface = _ip(row.values.get("address", "")), row.values.get("interface")
        known = case.host is not None and any(
            _ip(other.values.get("address", "")) == case.host for other in case.before.rows.get(ADDRESS, ())
        )
        if interface in lines and (interface, ip) not in stay and (not known or ip == case.host):
            yield error(
                "management-path",
                f"{case.seen}, and {ADDRESS} {row.id} ({row.values.get('address')} on {interface}), which it may be"
                " talking to, would go or change. Come in by another way, or let the next run find the router at its"
                " new address",
            )


def _answers(case: _Case) -> Iterator[Finding]:
    """What comes in by a line must be answered by it. A mark decides before any route of ``main``."""
    exits, marked = case.after.exits(case.peer), case.after.answering()
    lost = {
        item: answer
        for item in sorted(case.arrivals)
        if (answer := marked.get(item.interface) or exits) != {item}
        # a neighbour on an uplink: the uplink's own table leads to its network as well
        and not (not item.hop and item.interface in marked and exits == {item})
    }
    if not lost:
        return
    ways = " and ".join(sorted({item.interface for item in lost}))
    wrong = _named(exit_ for to in lost.values() for exit_ in to)
    if wrong:
        yield error(
            "management-path",
            f"{case.seen}, and answers to what comes in by {ways} would leave by {wrong}. Give the router a route to"
            f" it by the way that it comes in ({case.route}), name that line as an uplink, or come in by a connected"
            " network",
        )
    else:
        yield error(
            "management-path",
            f"{case.seen}, and no route to there would be left: the routes of the plan go and nobody else has one."
            " Give the router a default route of its own first (/ip/route/add gateway=… distance=240), or come in by"
            " a connected network",
        )


def _named(exits: Iterable[Exit]) -> str:
    return ", ".join(sorted({item.gateway for item in exits}))


def _session(case: _Case) -> Iterator[Finding]:
    """New connections will be answered by the line that they come in by. The one that runs bears no mark: it follows
    the routes of ``main`` as soon as they change, and a change whose session breaks is taken back."""
    exits, marked = case.after.exits(case.peer), case.before.answering()
    bare = [item for item in sorted(case.arrivals) if item.hop and item.interface not in marked and exits != {item}]
    if bare:
        ways = " and ".join(sorted({item.interface for item in bare}))
        yield error(
            "management-path",
            f"{case.seen}. New connections by {ways} will be answered there, but the one that makes the change bears"
            f" no mark yet: it would leave by {_named(exits)} in the middle of it and break, and the change would be"
            f" taken back. Give the router a route to the controller for the time of the change ({case.route}), or"
            " come in by a connected network",
        )
