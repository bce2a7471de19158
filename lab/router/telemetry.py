# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What monitoring asks of a router: counters of interfaces, the ARP table, the hosts behind a bridge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from lab.derive.interfaces import Interface, Interfaces
from lab.observe import tables
from lab.store import Store, Trap
from lab.verbs import Engine

Values = Mapping[str, str]

#: a list of all rows asks for each row; the kernel is read once for them
_ONE_PRINT_S = 0.05
#: menus whose rows are kernel interfaces
INTERFACE_MENUS = frozenset({"/interface", "/interface/ethernet"})


class Telemetry:
    """``interface(id)`` gives counters; ``plug`` registers the tables."""

    def __init__(
        self,
        netns: str,
        store: Store,
        leases: Callable[[], Sequence[tuple[int, Values]]],
        known: Callable[[], Interfaces],
    ) -> None:
        self._netns = netns
        self._interfaces = known
        self._store = store
        self._leases = leases
        self._counted: tuple[float, Mapping[int, Values]] = (float("-inf"), {})
        self._ids: dict[tuple[str, str], int] = {}

    def plug(self, engine: Engine) -> None:
        engine.virtual["/ip/arp"] = _Table(self._arp)
        engine.virtual["/interface/bridge/host"] = _Table(self._hosts)
        engine.virtual["/ip/pool/used"] = _Table(self._pool_used)
        engine.virtual["/ip/neighbor"] = _Table(list)
        engine.virtual["/ipv6/neighbor"] = _Table(list)

    def interface(self, row_id: int) -> Values:
        """Counters of an interface since it exists, and the MTU that is in force. Ids are one space (facts 7.3)."""
        at, counted = self._counted
        now = time.monotonic()
        if now - at > _ONE_PRINT_S:
            counted = self._read()
            self._counted = (now, counted)
        return counted.get(row_id, {})

    def _read(self) -> Mapping[int, Values]:
        kernel = tables.counters(self._netns)
        names = {one.row_id: one.kernel for one in self._known()}
        names |= {row.id: "lo" for row in self._store.rows("/interface/lo")}
        found = {row_id: kernel[name] for row_id, name in names.items() if name in kernel}
        # the ports' own menu says "bytes" where /interface says "byte" [insp 7.22.3]
        return {n: {**one, "rx-bytes": one["rx-byte"], "tx-bytes": one["tx-byte"]} for n, one in found.items()}

    def _known(self) -> Iterable[Interface]:
        return self._interfaces().by_name.values()

    def _configured(self) -> Mapping[str, str]:
        """Kernel names to the names in the configuration."""
        return {one.kernel: one.name for one in self._known()}

    def _id(self, table: str, key: str) -> int:
        return self._ids.setdefault((table, key), len(self._ids) + 1)

    def _arp(self) -> Sequence[tuple[int, Values]]:
        names, shown = self._configured(), []
        knows_status = self._store.menu("/ip/arp").knows("status")
        for one in sorted(tables.neighbours(self._netns), key=lambda one: (one.interface, one.address)):
            if one.interface in names:
                row = {"address": one.address, "interface": names[one.interface], "published": "false"}
                row |= {"mac-address": one.mac} if one.mac else {}
                row |= {"complete": str(bool(one.mac)).lower(), "dhcp": "false", "invalid": "false"}
                row |= {"status": one.status} if knows_status else {}
                shown.append((self._id("arp", f"{one.interface} {one.address}"), row))
        return shown

    def _hosts(self) -> Sequence[tuple[int, Values]]:
        """The kernel's forwarding tables: of every VLAN of a bridge one. ``vid`` is there when the bridge filters."""
        bridging, shown = self._interfaces().bridging, []
        for one in sorted(tables.bridge_hosts(self._netns), key=lambda one: (one.bridge, one.port, one.mac)):
            if one.bridge not in bridging.segments:
                continue
            bridge, vid = bridging.segments[one.bridge]
            port = bridge if one.port == one.bridge else bridging.wires.get(one.port)
            if port is not None:
                row = {"mac-address": one.mac, "bridge": bridge, "interface": port, "on-interface": port}
                row |= {"local": str(one.local).lower(), "invalid": "false", "external": "false"}
                row |= {"vid": str(vid)} if vid else {}
                shown.append((self._id("host", f"{bridge} {port} {vid} {one.mac}"), row))
        return list(dict(shown).items())  # an address on an untagged wire and a tagged one of the same port is one

    def _pool_used(self) -> Sequence[tuple[int, Values]]:
        pools = {row.get("name"): row.get("address-pool") for row in self._store.rows("/ip/dhcp-server")}
        shown = []
        for _, lease in self._leases():
            row = {"pool": pools.get(lease["server"], ""), "address": lease["address"], "owner": "DHCP"}
            shown.append((self._id("pool", lease["address"]), {**row, "info": lease["mac-address"]}))
        return shown


class _Table:
    """A table that the kernel keeps; its rows are not removed here (said in FIDELITY.md)."""

    def __init__(self, read: Callable[[], Sequence[tuple[int, Values]]]) -> None:
        self._read = read

    def rows(self) -> Sequence[tuple[int, Values]]:
        return self._read()

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("failure: this table is the kernel's own in the lab")
