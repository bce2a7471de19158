# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How RouterOS 6 shows the state of a route: ``gateway-status`` in words instead of ``immediate-gw`` (facts 2.1)."""

from __future__ import annotations

from lab.derive.ip import dotted
from lab.derive.plan import DynamicRow
from lab.derive.resolve import Hop, Resolution
from lab.derive.routes import MENU, Gateway, Route


def flags(route: Route, state: Resolution) -> dict[str, str]:
    """Read-only properties of a static route."""
    shown = {"active": _word(state.is_active(route)), "static": "true"}
    if route.gateways and not route.blackhole:
        hops = state.hops[route.key]
        shown["gateway-status"] = ",".join(_status(gateway, hops) for gateway in route.gateways)
        if not hops:
            shown["unreachable"] = "true"
    return shown


def dynamic_row(route: Route, state: Resolution) -> DynamicRow:
    """A connected network; or what a line added, which version 6 flags ADS (facts 2.5, recorded of LTE)."""
    return _connected_row(route, state) if route.key[0] == "connect" else _line_row(route, state)


def _line_row(route: Route, state: Resolution) -> DynamicRow:
    values = {
        "dst-address": str(route.dst),
        "gateway": route.gateways[0].text,
        "distance": str(route.distance),
        "scope": str(route.shown_scope),
        "target-scope": str(route.target_scope),
        "dynamic": "true",
        **flags(route, state),
    }
    return DynamicRow(MENU, str(route.key[1]), values)


def _connected_row(route: Route, state: Resolution) -> DynamicRow:
    name = route.gateways[0].interface
    active = state.is_active(route)
    values = {
        "dst-address": str(route.dst),
        "pref-src": route.pref_src,
        "gateway": name,
        "gateway-status": f"{name} {'reachable' if active else 'unreachable'}",
        "distance": "0",
        "scope": "10",
        "dynamic": "true",
        "connect": "true",
        "active": _word(active),
    }
    return DynamicRow(MENU, str(route.key[1]), values)


def _word(on: bool) -> str:
    return "true" if on else "false"


def _status(gateway: Gateway, hops: tuple[Hop, ...]) -> str:
    """``192.168.8.1 reachable via  lte1`` (two blanks), ``1.2.3.4 recursive via 10.1.1.1 ether5`` [recorded, v6]."""
    where = gateway.text.partition("%")[0]
    if not hops:
        return f"{where} unreachable"
    if gateway.address is None:
        return f"{where} reachable"
    for hop in hops:
        if hop.via in (None, gateway.address):
            return f"{where} reachable via  {hop.interface}"
    ways = ",".join(f"{dotted(hop.via)} {hop.interface}" for hop in hops if hop.via is not None)
    return f"{where} recursive via {ways}"
