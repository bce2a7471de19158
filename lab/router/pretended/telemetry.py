# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counters and tables of a router without a kernel, from the loads that its lines pretend to carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lab.derive.interfaces import Interfaces
from lab.router.pretended.around import Around
from lab.router.telemetry import Telemetry
from lab.store import Store, Trap
from lab.verbs import Engine

Values = Mapping[str, str]

_PACKET = 900  # bytes, on average


class PretendedTelemetry(Telemetry):
    def __init__(self, store: Store, known: Callable[[], Interfaces], around: Around) -> None:
        super().__init__("", store, lambda: (), known)
        self._around = around

    def plug(self, engine: Engine) -> None:
        super().plug(engine)
        engine.virtual["/interface/bridge/host"] = _Rows(self._learnt)
        engine.virtual["/ip/arp"] = _Rows(lambda: ())

    def _read(self) -> Mapping[int, Values]:
        found: dict[int, Values] = {}
        lan_down = lan_up = 0
        ports = {one.name: one for one in self._known()}
        for name in self._around.loads:
            if name in ports:
                down, up = self._around.carried(name)
                lan_down, lan_up = lan_down + down, lan_up + up
                found[ports[name].row_id] = _counters(down, up)
        for one in ports.values():
            if one.menu == "/interface/bridge":
                found[one.row_id] = _counters(lan_up, lan_down)
        return found

    def _learnt(self) -> Sequence[tuple[int, Values]]:
        bridges = [one.name for one in self._known() if one.menu == "/interface/bridge"]
        return [
            (
                number + 1,
                {
                    "mac-address": rogue.mac,
                    "bridge": rogue.interface if rogue.interface in bridges else (bridges or [""])[0],
                    "interface": rogue.port,
                    "on-interface": rogue.port,
                    "local": "false",
                    "invalid": "false",
                    "external": "false",
                },
            )
            for number, rogue in enumerate(self._around.rogues)
            if rogue.port
        ]


def _counters(received: int, sent: int) -> Values:
    row = {"rx-byte": received, "tx-byte": sent, "rx-packet": received // _PACKET, "tx-packet": sent // _PACKET}
    row |= {"rx-bytes": received, "tx-bytes": sent, "rx-drop": 0, "tx-drop": 0, "rx-error": 0, "tx-error": 0}
    return {**{name: str(number) for name, number in row.items()}, "actual-mtu": "1500"}


class _Rows:
    def __init__(self, read: Callable[[], Sequence[tuple[int, Values]]]) -> None:
        self.rows = read

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("failure: this table is pretended in the lab")
