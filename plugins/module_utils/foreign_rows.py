# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows that are not ours and work against a plan, and own rows that the router calls invalid. Only looks.

They are told, never changed: what to do about them is the operator's decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from . import names
from .diff import Found
from .menus import canonical, menu
from .plan import Row

ROUTE, NAT, MEMBER = "/ip/route", "/ip/firewall/nat", "/interface/list/member"
FILTER = "/ip/firewall/filter"
FILTER_PROPERTIES = (
    "chain",
    "action",
    "connection-mark",
    "in-interface-list",
    "out-interface-list",
    "disabled",
    "dynamic",
)
_YES = ("true", "yes")

Router = Mapping[str, Sequence[Found]]


def notes(rows: Sequence[Row], router: Router) -> Iterator[str]:
    """One sentence for each thing that an operator should know."""
    yield from _routes(rows, router.get(ROUTE, ()))
    yield from _fasttrack(router.get(FILTER, ()))
    yield from _lan_nat(router.get(NAT, ()))
    yield from _lists(rows, router)
    yield from _invalid(router)


def resolvers(rows: Sequence[Row], settings: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """``settings``: rows of ``/ip/dns``. A resolver that is an anchor is reached by its uplink only."""
    anchors = {str(row.values["dst-address"]).removesuffix("/32") for row in rows if _is_anchor(row)}
    for row in settings:
        for server in sorted(anchors & set(row.get("servers", "").split(","))):
            yield (
                f"/ip/dns asks {server}, which is an anchor: the router's names die with that uplink. Choose another"
                " anchor or another resolver"
            )


def _is_anchor(row: Row) -> bool:
    return row.menu == ROUTE and ":anchor" in row.tag


def _foreign(found: Iterable[Found]) -> Iterator[Found]:
    for row in found:
        if row.tag is None and row.values.get("disabled") not in _YES:
            yield row


def _routes(rows: Sequence[Row], found: Sequence[Found]) -> Iterator[str]:
    """A foreign route of a better or equal distance decides in our place: equal ones share, unchecked."""
    ours: dict[tuple[str, ...], int] = {}
    for row in rows:
        if row.menu == ROUTE and not row.tag.endswith(":last-resort"):
            key, distance = _place(row.values)
            ours[key] = max(distance, ours.get(key, 0))
    for other in _foreign(found):
        key, distance = _place(other.values)
        if key in ours and distance <= ours[key] and other.values.get("connect") not in _YES:
            cure = (
                "set add-default-route=no or a higher default-route-distance where it comes from"
                if other.values.get("dynamic") in _YES
                else "set distance=240"
            )
            yield (
                f"/ip/route {other.id}, which is not ours, leads to {key[0]} by {other.values.get('gateway', '?')} with"
                f" distance {distance}: it competes with the routes of the plan and nobody checks it. To keep it for"
                f" emergencies only, {cure}"
            )


def _place(values: Mapping[str, str]) -> tuple[tuple[str, ...], int]:
    of = menu(ROUTE)
    form = canonical(of, {name: text for name, text in values.items() if isinstance(text, str)})
    defaults = {name: of.defaults[name] for name in ("dst-address", "routing-table", "routing-mark", "distance")}
    whole = {**defaults, **form}
    key = (whole["dst-address"], whole["routing-table"], whole["routing-mark"])
    return key, int(whole["distance"]) if whole["distance"].isdecimal() else 0


def _fasttrack(found: Sequence[Found]) -> Iterator[str]:
    for row in _foreign(found):
        if row.values.get("action") == "fasttrack-connection" and not row.values.get("connection-mark"):
            yield (
                f"{FILTER} {row.id} fast-tracks every connection: such packets skip mangle, so connections of all"
                " uplinks but the first will break. Set connection-mark=no-mark on that row, or disable it"
            )


def _lan_nat(found: Sequence[Found]) -> Iterator[str]:
    for row in _foreign(found):
        values = row.values
        towards_us = values.get("in-interface") or values.get("in-interface-list")
        if values.get("chain") == "dstnat" and values.get("action") in ("redirect", "dst-nat") and not towards_us:
            yield (
                f"{NAT} {row.id} ({values['action']}) may catch connections of the segments. New ones are balanced"
                " before that row changes their destination, so those that it turns inside get lost: give it an"
                " in-interface-list of the uplinks, or put its destinations into multiwan_bypass"
            )


def _lists(rows: Sequence[Row], router: Router) -> Iterator[str]:
    """A firewall that names a list with some of the uplinks protects only those."""
    uplinks = {
        str(row.values["interface"]) for row in rows if row.menu == MEMBER and row.values.get("list") == names.WAN_LIST
    }
    used = {
        row.values.get(way)
        for row in _foreign(router.get(FILTER, ()))
        for way in ("in-interface-list", "out-interface-list")
    }
    for name in sorted({word.lstrip("!") for word in used if word} - {names.WAN_LIST, names.LAN_LIST}):
        members = {r.values.get("interface") for r in _foreign(router.get(MEMBER, ())) if r.values.get("list") == name}
        missing = sorted(uplinks - members)
        if missing and uplinks & members:
            yield (
                f"{FILTER} filters by the interface list {name}, which holds some uplinks but not {', '.join(missing)}:"
                " the firewall does not see those as the internet. Add them to that list"
            )


def _invalid(router: Router) -> Iterator[str]:
    for path, found in router.items():
        for row in found:
            if row.tag is not None and row.values.get("invalid") in _YES:
                yield (
                    f"{path} [{row.tag}] is there, but the router calls it invalid and does not use it. An interface"
                    " that is a bridge port, or does not exist, is the usual reason"
                )
