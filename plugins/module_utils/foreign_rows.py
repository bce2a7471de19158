# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows that are not ours and work against a plan, and own rows that the router does not use. Only looks.

They are told, never changed: what to do about them is the operator's decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from . import foreign_marks, leases, names
from .diff import Found
from .menus import canonical, menu
from .plan import Row
from .preflight_finding import Finding, error, warning
from .preflight_view import (
    DNS,
    DNS_PROPERTIES,
    FILTER,
    FILTER_PROPERTIES,
    LIST,
    MANGLE,
    MEMBER,
    NAT,
    ROUTE,
    TABLE_MENU,
    Reader,
    Router,
    View,
    enabled,
    foreign,
    yes,
)


def findings(view: View, reader: Reader) -> Iterator[Finding]:
    """Of a plan with rows. Reads ``/ip/firewall/filter`` and ``/ip/dns``."""
    filters = foreign(reader.rows(FILTER, FILTER_PROPERTIES))
    yield from _routes(view)
    yield from foreign_marks.fasttrack(view, reader.rows(FILTER, FILTER_PROPERTIES))
    yield from _lan_nat(view)
    yield from _lists(view, filters)
    yield from _resolvers(view, reader.rows(DNS, DNS_PROPERTIES))
    yield from _invalid(view.router)
    yield from _leftovers(view)


def _resolvers(view: View, settings: Iterable[Found]) -> Iterator[Finding]:
    """A resolver that is an anchor is reached by its uplink only; one that an ISP gave is given no more."""
    settings = list(settings)
    if settings and not any(row.values.get("servers") or row.values.get("use-doh-server") for row in settings):
        yield from _nobody_asked(view, sorted({row.values.get("dynamic-servers", "") for row in settings} - {""}))
    anchors = {str(row.values["dst-address"]).removesuffix("/32") for row in view.rows if _is_anchor(row)}
    for row in settings:
        for server in sorted(anchors & set(row.values.get("servers", "").split(","))):
            yield warning(
                "resolver",
                f"/ip/dns asks {server}, which is an anchor: the router's names die with that uplink. Choose another"
                " anchor or another resolver",
            )


def _nobody_asked(view: View, given: list[str]) -> Iterator[Finding]:
    """The router has no name servers of its own. A client of ours takes none from its ISP: it would be asked over
    another line, too, where that ISP does not answer."""
    cure = "Give it servers that every line reaches: /ip/dns/set servers=1.1.1.1,8.8.8.8"
    ours = any(row.values.get("use-peer-dns") == "no" for row in view.rows)
    if given and ours:
        yield error(
            "resolver",
            f"/ip/dns asks only {', '.join(given)}, which an ISP gave it, and the lines of the plan take no name"
            f" servers from ISPs: names would die with this change. {cure}",
        )
    elif not given and any(row.values.get("name") == names.SCRIPT_TELEGRAM for row in view.rows):
        yield warning("resolver", f"/ip/dns has no servers, so messages do not find their way. {cure}")


def _is_anchor(row: Row) -> bool:
    return row.menu == ROUTE and ":anchor" in row.tag


def _routes(view: View) -> Iterator[Finding]:
    """A foreign route of a better or equal distance decides in our place: equal ones share, unchecked."""
    ours: dict[tuple[str, ...], int] = {}
    for row in view.rows:
        if row.menu == ROUTE and not row.tag.endswith(":last-resort"):
            key, distance = _place(row.values)
            ours[key] = max(distance, ours.get(key, 0))
    going = leases.routes_that_go(view.router, view.operations)
    for other in view.others(ROUTE):
        key, distance = _place(other.values)
        if other.id in going or (other.dynamic and _table(key).startswith(names.OWN_PREFIX)):
            continue  # of a client that is ours, or will be
        if key in ours and distance <= ours[key] and not yes(other.values.get("connect")):
            cure = (
                "set add-default-route=no or a higher default-route-distance where it comes from"
                if yes(other.values.get("dynamic"))
                else "set distance=240"
            )
            yield warning(
                "routes",
                f"/ip/route {other.id}, which is not ours, leads to {key[0]} by {other.values.get('gateway', '?')} with"
                f" distance {distance}: it competes with the routes of the plan and nobody checks it. To keep it for"
                f" emergencies only, {cure}",
            )


def _table(key: tuple[str, ...]) -> str:
    return key[2] or key[1]


def _place(values: Mapping[str, str]) -> tuple[tuple[str, ...], int]:
    of = menu(ROUTE)
    form = canonical(of, {name: text for name, text in values.items() if isinstance(text, str)})
    defaults = {name: of.defaults[name] for name in ("dst-address", "routing-table", "routing-mark", "distance")}
    whole = {**defaults, **form}
    key = (whole["dst-address"], whole["routing-table"], whole["routing-mark"])
    return key, int(whole["distance"]) if whole["distance"].isdecimal() else 0


def _lan_nat(view: View) -> Iterator[Finding]:
    for row in view.others(NAT):
        values = row.values
        towards_us = values.get("in-interface") or values.get("in-interface-list")
        turns = values.get("chain") == "dstnat" and values.get("action") in ("redirect", "dst-nat")
        if turns and not towards_us and not yes(values.get("dynamic")):
            yield warning(
                "nat",
                f"{NAT} {row.id} ({values['action']}) may catch connections of the segments. New ones are balanced"
                " before that row changes their destination, so those that it turns inside get lost: give it an"
                " in-interface-list of the uplinks, or put its destinations into multiwan_bypass",
            )


def _lists(view: View, filters: Iterable[Found]) -> Iterator[Finding]:
    """A firewall that names a list with some of the uplinks protects only those."""
    uplinks = frozenset(view.uplinks)
    used = {row.values.get(way) for row in filters for way in ("in-interface-list", "out-interface-list")}
    for name in sorted({word.lstrip("!") for word in used if word} - {names.WAN_LIST, names.LAN_LIST}):
        members = {r.values.get("interface") for r in view.others(MEMBER) if r.values.get("list") == name}
        missing = sorted(uplinks - members)
        if missing and uplinks & members:
            yield warning(
                "firewall-lists",
                f"{FILTER} filters by the interface list {name}, which holds some uplinks but not {', '.join(missing)}:"
                " the firewall does not see those as the internet. Add them to that list",
            )


def _invalid(router: Router) -> Iterator[Finding]:
    for path, found in router.items():
        for row in found:
            if row.tag is not None and yes(row.values.get("invalid")):
                yield warning(
                    "invalid",
                    f"{path} [{row.tag}] is there, but the router calls it invalid and does not use it. An interface"
                    " that is a bridge port, or does not exist, is the usual reason",
                )


def _leftovers(view: View) -> Iterator[Finding]:
    """Somebody wrote behind our mark, or copied a row: it is not known again."""
    for path in view.router:
        for row in view.others(path):
            comment = row.values.get("comment", "")
            if "[multiwan:" in comment and not yes(row.values.get("dynamic")):
                yield warning(
                    "leftovers",
                    f"{path} {row.id} ({comment!r}) carries our mark, but not at the end of its comment, so it counts"
                    " as somebody else's: it is neither mended nor removed. Put the mark at the end, or take it out",
                )


# --- what a removal needs


def references(view: View, reader: Reader) -> Iterator[Finding]:
    """A row that names a list or table which is gone becomes invalid: a firewall would open, a route die."""
    gone = {
        (o.menu, o.old.get("name", "")) for o in view.operations if o.verb == "remove" and o.menu in (LIST, TABLE_MENU)
    }
    lists = frozenset(name for path, name in gone if path == LIST)
    tables = frozenset(name for path, name in gone if path == TABLE_MENU)
    if not gone:
        return
    for path, row in _referring(view, reader):
        ways = ("in-interface-list", "out-interface-list")
        named = {row.values.get(key, "").lstrip("!") for key in ways} & lists
        named |= {row.values.get(key, "") for key in ("routing-table", "new-routing-mark", "table")} & tables
        for name in sorted(named):
            yield error(
                "references",
                f"{path} {row.id}, which is not ours, names {name}, which would be removed: that row would stop working"
                " as it is meant to. Let it name something else, or remove it",
            )


def _referring(view: View, reader: Reader) -> Iterator[tuple[str, Found]]:
    for path in (NAT, MANGLE, ROUTE):
        for row in view.others(path):
            if not yes(row.values.get("dynamic")):
                yield path, row
    for row in enabled(reader.rows(FILTER, FILTER_PROPERTIES)):
        yield FILTER, row
    rules, properties = foreign_marks.rules_menu(view.version)
    for row in enabled(reader.rows(rules, properties)):
        yield rules, row
