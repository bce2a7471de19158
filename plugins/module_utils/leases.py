# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the clients of a router hold at this moment, and what a change of them does to the routes that RouterOS sets.

A row that follows a lease (``line_ways.py``) is written with the lease that is there, so that a deploy need not wait
for the script that keeps it right. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Interface, IPv4Network, NetmaskValueError

from .found import Found, Operation
from .plan import Row

CLIENT, LTE, ROUTE, LIST = "/ip/dhcp-client", "/interface/lte", "/ip/route", "/ip/firewall/address-list"
_HOLDS = ("bound", "renewing", "rebinding")
_YES = ("true", "yes")
#: What decides whether, and where, a client sets a default route.
_ROUTING = frozenset({"add-default-route", "default-route-tables"})
_MAIN = ("", "default", "main")

Router = Mapping[str, Sequence[Found]]


@dataclass(frozen=True)
class Lease:
    """``gateway``: an address. ``network``: of the address that the client got."""

    interface: str
    gateway: str
    network: IPv4Network


def lease_of(client: Found) -> Lease | None:
    """What a row of ``/ip/dhcp-client`` holds; ``None`` without a lease."""
    values = client.values
    if values.get("disabled") in _YES or not values.get("status", "").startswith(_HOLDS):
        return None
    try:
        own = IPv4Interface(values.get("address", ""))
    except (AddressValueError, NetmaskValueError, ValueError):
        return None
    gateway = values.get("gateway", "")
    return Lease(values.get("interface", ""), gateway, own.network) if gateway else None


def filled(plan: Sequence[Row], router: Router) -> tuple[Row, ...]:
    """The plan with the leases that are there, in rows that follow one. Rows that exist are left alone all the same."""
    held = {lease.interface: lease for lease in map(lease_of, router.get(CLIENT, ())) if lease}
    lines = {_uplink(row): held.get(str(row.values.get("interface"))) for row in plan if row.menu == CLIENT}
    listed = _networks(plan, router)
    return tuple(
        _with(row, lease, listed) if row.runtime and (lease := lines.get(_uplink(row))) else row for row in plan
    )


def _uplink(row: Row) -> str:
    return row.tag.split(":")[2]


def _networks(plan: Sequence[Row], router: Router) -> frozenset[tuple[str, str]]:
    """List and network of every entry that is there, or will be: a list refuses the same one twice."""
    planned = ((row.values.get("list"), row.values.get("address")) for row in plan if row.menu == LIST)
    there = ((found.values.get("list"), found.values.get("address")) for found in router.get(LIST, ()))
    return frozenset((str(name), str(address)) for name, address in (*planned, *there))


def _with(row: Row, lease: Lease, listed: frozenset[tuple[str, str]]) -> Row:
    network = str(lease.network)
    if row.menu == ROUTE and "gateway" in row.runtime:
        known = {"gateway": f"{lease.gateway}%{lease.interface}"}
    elif row.menu == ROUTE and "dst-address" in row.runtime:
        known = {"dst-address": network}
    elif row.menu == LIST and (str(row.values.get("list")), network) not in listed:
        known = {"address": network}
    else:
        return row
    return replace(row, values={**row.values, **known, "disabled": "no"})


# --- what RouterOS does when a client changes


def routes_that_go(router: Router, operations: Iterable[Operation]) -> frozenset[str]:
    """Ids of default routes in ``main`` that RouterOS set for a client and takes away with these writes."""
    hops: set[str] = set()
    for operation in operations:
        if operation.menu == CLIENT and (operation.verb == "remove" or _ROUTING & set(operation.values)):
            hops |= _hops(operation.old.get("gateway", ""), operation.old.get("interface", ""))
        elif operation.menu == LTE and "apn-profiles" in operation.values:
            hops.add(operation.old.get("name", ""))
    return frozenset(row.id for row in router.get(ROUTE, ()) if _is_dynamic_default(row, hops))


def _hops(gateway: str, interface: str) -> set[str]:
    return {gateway, f"{gateway}%{interface}"} if gateway else set()


def _is_dynamic_default(row: Found, hops: set[str]) -> bool:
    values = row.values
    table = values.get("routing-table") or values.get("routing-mark") or "main"
    anywhere = values.get("dst-address", "0.0.0.0/0") == "0.0.0.0/0"
    return row.dynamic and anywhere and table == "main" and values.get("gateway", "").partition("@")[0] in hops


def routes_that_come(operations: Iterable[Operation]) -> Iterator[Found]:
    """Default routes in ``main`` that RouterOS sets again when a client is given back."""
    for number, operation in enumerate(operations):
        if operation.menu != CLIENT or operation.verb != "set" or not _ROUTING & set(operation.values):
            continue
        now = {**operation.old, **operation.values}
        lease = lease_of(Found(operation.id or "", now))
        tables = {part.partition(":")[0] for part in now.get("default-route-tables", "").split(",")}
        if lease and now.get("add-default-route", "yes") not in ("no", "false") and tables & set(_MAIN):
            gateway = f"{lease.gateway}%{lease.interface}"
            distance = now.get("default-route-distance") or "1"
            values = {"dst-address": "0.0.0.0/0", "gateway": gateway, "distance": distance, "dynamic": "true"}
            yield Found(f"lease{number}", values)
