# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from an address that an ISP has given, by DHCP, PPPoE or LTE: routes and name servers (facts 2.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lab.derive.observations import Given, Observations
from lab.schema.snapshot import ConfigRow, Snapshot

DHCP_CLIENT, PPPOE_CLIENT, LTE = "/ip/dhcp-client", "/interface/pppoe-client", "/interface/lte"
APN = "/interface/lte/apn"
#: the flag of ``/ip/route`` that tells where a dynamic default comes from (facts 2.1)
FLAGS: Mapping[str, str] = {DHCP_CLIENT: "dhcp", PPPOE_CLIENT: "vpn", LTE: "modem"}


@dataclass(frozen=True)
class Line:
    """A client that is connected. ``tables``: (routing table, distance) of each default route that it adds."""

    menu: str
    row_id: int
    interface: str
    given: Given
    tables: tuple[tuple[str, int], ...] = ()
    classless: bool = False  # option 121 takes the place of option 3
    peer_dns: bool = False

    @property
    def key(self) -> str:
        return f"{self.menu}*{self.row_id:X}"

    def routes(self) -> Iterator[tuple[str, str, str, int]]:
        """(destination, gateway, routing table, distance) of the routes that it adds."""
        for table, distance in self.tables:
            for destination, gateway in self.given.routes:
                yield destination, gateway, table, distance
            if not (self.classless and self.given.routes):
                yield "0.0.0.0/0", self.given.gateway or self.interface, table, distance


def read_lines(snapshot: Snapshot, seen: Observations) -> tuple[Line, ...]:
    """Every enabled client that has been given something, in menu order."""
    found = []
    for menu, read in ((DHCP_CLIENT, _dhcp), (PPPOE_CLIENT, _pppoe), (LTE, _lte)):
        for row in snapshot.rows(menu):
            given = seen.given.get((menu, row.id))
            if given is not None and row.enabled:
                found.append(read(row, given, snapshot))
    return tuple(found)


def dynamic_servers(lines: tuple[Line, ...]) -> str:
    """``/ip/dns dynamic-servers``: those of every line whose name servers are used."""
    servers = (server for line in lines if line.peer_dns for server in line.given.dns)
    return ",".join(dict.fromkeys(servers))


def _dhcp(row: ConfigRow, given: Given, snapshot: Snapshot) -> Line:
    wanted = row.get("add-default-route") or "yes"
    tables = tuple(_tables(row)) if wanted != "no" else ()
    return Line(
        DHCP_CLIENT,
        row.id,
        row.get("interface"),
        given,
        tables=tables,
        classless=wanted == "yes",
        peer_dns=row.flag("use-peer-dns"),
    )


def _tables(row: ConfigRow) -> Iterator[tuple[str, int]]:
    """``default-route-tables`` (7.18+): ``table`` or ``table:distance``; ``default`` is that of the client's VRF."""
    distance = row.num("default-route-distance", 1)
    for word in (row.get("default-route-tables") or "default").split(","):
        table, _, own = word.partition(":")
        yield ("main" if table == "default" else table), int(own) if own else distance


def _pppoe(row: ConfigRow, given: Given, snapshot: Snapshot) -> Line:
    tables = (("main", row.num("default-route-distance", 1)),) if row.flag("add-default-route") else ()
    return Line(PPPOE_CLIENT, row.id, row.get("name"), given, tables=tables, peer_dns=row.flag("use-peer-dns"))


def _lte(row: ConfigRow, given: Given, snapshot: Snapshot) -> Line:
    profile = apn_profile(snapshot, row)
    wanted = profile is None or profile.get("add-default-route", "true") in ("true", "yes")
    distance = profile.num("default-route-distance", 2) if profile is not None else 2
    dns = profile is None or profile.get("use-peer-dns", "true") in ("true", "yes")
    return Line(LTE, row.id, row.get("name"), given, tables=(("main", distance),) if wanted else (), peer_dns=dns)


def apn_profile(snapshot: Snapshot, row: ConfigRow) -> ConfigRow | None:
    """The first of the interface's ``apn-profiles``."""
    first = (row.get("apn-profiles") or "default").partition(",")[0]
    return next((apn for apn in snapshot.rows(APN) if apn.get("name") == first), None)
