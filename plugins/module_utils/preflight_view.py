# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The router as the preflight sees it: what was read already, what is read on demand, and the branch in its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Interface, IPv4Network, NetmaskValueError

from . import names
from .diff import Found, Operation
from .plan import Row
from .router_api import Looks, RouterError
from .versions import Version

ADDRESS, ROUTE, MEMBER = "/ip/address", "/ip/route", "/interface/list/member"
MANGLE, NAT, FILTER = "/ip/firewall/mangle", "/ip/firewall/nat", "/ip/firewall/filter"
LIST, TABLE_MENU, ADDRESS_LIST = "/interface/list", "/routing/table", "/ip/firewall/address-list"
QUEUE = "/queue/simple"
INTERFACE, BRIDGE_PORT = "/interface", "/interface/bridge/port"
FILTER_PROPERTIES = (
    *("chain", "action", "connection-mark", "connection-state", "disabled", "src-address", "dst-address", "protocol"),
    *("in-interface", "out-interface", "in-interface-list", "out-interface-list"),
    *("src-address-list", "dst-address-list", "dst-port", "src-port"),
)
#: Asked in one way, since a menu is read once.
DNS, DNS_PROPERTIES = "/ip/dns", ("servers", "dynamic-servers", "use-doh-server", "allow-remote-requests")
INTERFACE_PROPERTIES = ("name", "type", "running", "disabled", "slave")

Router = Mapping[str, Sequence[Found]]


def yes(text: str | None) -> bool:
    return text in ("true", "yes")


def enabled(rows: Iterable[Found]) -> list[Found]:
    return [row for row in rows if not yes(row.values.get("disabled"))]


def foreign(rows: Iterable[Found]) -> list[Found]:
    """Rows of others that work, those that RouterOS made by itself included."""
    return [row for row in enabled(rows) if row.tag is None]


def network(text: str | None) -> IPv4Network | None:
    """Of an address with its prefix, a network or a single address. ``None`` for anything else."""
    try:
        return IPv4Interface(text or "").network
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


@dataclass
class Reader:
    """Reads each menu once. A menu that the router lacks is empty; one that the user may not read is remembered."""

    api: Looks
    router: Router
    unreadable: dict[str, str] = field(default_factory=dict)
    _read: dict[str, list[Found]] = field(default_factory=dict)

    def rows(self, menu: str, properties: Sequence[str]) -> Sequence[Found]:
        """Raises :class:`router_api.RouterError`. ``properties``: always the same ones for one menu."""
        if menu in self.router:
            return self.router[menu]
        if menu not in self._read:
            self._read[menu] = self._ask(menu, properties)
        return self._read[menu]

    def _ask(self, menu: str, properties: Sequence[str]) -> list[Found]:
        try:
            return self.api.rows(menu, properties)
        except RouterError as refusal:
            words = refusal.trap or ""
            if "no such command" in words:
                return []
            if "not enough permissions" not in words:
                raise
            self.unreadable[menu] = words
            return []


@dataclass(frozen=True)
class View:
    """``rows``: the plan. ``operations``: writes that would be made; ``writing``: whether there are any.
    ``uplinks`` and ``segments``: interface to the name that the branch gives it."""

    version: Version
    rows: tuple[Row, ...]
    router: Router
    operations: tuple[Operation, ...]
    writing: bool
    uplinks: Mapping[str, str]
    segments: Mapping[str, str]

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(row.tag for row in self.rows)

    @property
    def marks(self) -> bool:
        """Whether the plan steers by marks at all; a part of a plan may not."""
        return any(row.menu == MANGLE for row in self.rows)

    @property
    def queues(self) -> bool:
        """Whether the plan limits anything."""
        return any(row.menu == QUEUE for row in self.rows)

    def called(self, interface: str) -> str:
        if interface in self.uplinks:
            return f"the uplink {self.uplinks[interface]}"
        if interface in self.segments:
            return f"the segment {self.segments[interface]}"
        return "the plan"

    def removed(self, menu: str) -> frozenset[str]:
        """Ids of the rows that the plan takes away."""
        return frozenset(o.id or "" for o in self.operations if o.menu == menu and o.verb == "remove")

    def others(self, menu: str) -> list[Found]:
        """Foreign rows that will still work after the writes (adoption takes some away)."""
        gone = self.removed(menu)
        return [row for row in foreign(self.router.get(menu, ())) if row.id not in gone]

    def segment_networks(self) -> list[IPv4Network]:
        """Of the addresses that the segments' interfaces have on the router."""
        held = enabled(self.router.get(ADDRESS, ()))
        found = (network(row.values.get("address")) for row in held if row.values.get("interface") in self.segments)
        return [item for item in found if item]

    def in_list(self, name: str) -> frozenset[str]:
        """Interfaces of a list, by its members alone."""
        members = enabled(self.router.get(MEMBER, ()))
        planned = [str(row.values["interface"]) for row in self.rows if row.menu == MEMBER and _list(row) == name]
        held = [row.values.get("interface", "") for row in members if row.values.get("list") == name]
        return frozenset([*planned, *held])

    def matches(self, values: Mapping[str, str], way: str, interfaces: Iterable[str]) -> frozenset[str]:
        """Which of ``interfaces`` a firewall row matches by ``in`` or ``out``. One without that matcher takes all."""
        left = frozenset(interfaces)
        for name, members in (
            (f"{way}-interface", lambda text: frozenset([text])),
            (f"{way}-interface-list", self._members),
        ):
            text = values.get(name, "")
            if text:
                named = members(text.lstrip("!"))
                left = left - named if text.startswith("!") else left & named
        return left

    def _members(self, name: str) -> frozenset[str]:
        every = frozenset([*self.uplinks, *self.segments])
        return {"all": every, "none": frozenset[str]()}.get(name, self.in_list(name))


def view(version: Version, rows: Sequence[Row], router: Router, operations: Sequence[Operation] | None) -> View:
    """``operations``: ``None`` when they could not be worked out; then writes are expected."""
    known = tuple(operations or ())
    writing = operations is None or bool(known)
    return View(version, tuple(rows), router, known, writing, _in(rows, names.WAN_LIST), _in(rows, names.LAN_LIST))


def _in(rows: Iterable[Row], name: str) -> dict[str, str]:
    return {
        str(row.values["interface"]): row.tag.split(":")[2] for row in rows if row.menu == MEMBER and _list(row) == name
    }


def _list(row: Row) -> str:
    return str(row.values.get("list"))
