# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/interface/lte``: one modem for each row, its APN profile, ``monitor`` (facts 2.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from lab.derive.interfaces import Interface, Interfaces
from lab.derive.lines import LTE, apn_profile
from lab.derive.observations import Given, Link
from lab.observe.lte_modem import Bearer, LteModem, Wants
from lab.router.lines import Surroundings
from lab.router.services.base import at_least
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.store import Trap
from lab.values.scalar import format_duration
from lab.verbs import Caller, Engine, Reply


class LteLines:
    menu = LTE

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._modems: dict[int, LteModem] = {}

    @property
    def given(self) -> Mapping[int, Given]:
        return {row_id: modem.bearer.given for row_id, modem in self._modems.items() if modem.bearer is not None}

    def plug(self, engine: Engine) -> None:
        engine.actions[self.menu, "monitor"] = self._monitor

    def refresh(self, snapshot: Snapshot, interfaces: Interfaces, links: Mapping[str, Link]) -> None:
        wanted = {}
        for row in snapshot.rows(self.menu):
            interface = interfaces.get(row.get("name"))
            if row.enabled and interface is not None:
                wanted[row.id] = _wants(row, interface, snapshot)
        for row_id in [n for n, modem in self._modems.items() if modem.wants != wanted.get(n)]:
            self._modems[row_id].stop()
            del self._modems[row_id]
        for row_id, wants in wanted.items():
            if row_id not in self._modems:
                self._modems[row_id] = LteModem(self._around.namespace, wants, self._changed)
            link = links.get(wants.kernel)
            self._modems[row_id].link(up=link is not None and link.up)

    def live(self, row_id: int) -> Mapping[str, str]:
        return {}

    async def stop(self) -> None:
        for modem in self._modems.values():
            modem.halt()
        self._modems.clear()

    def _changed(self, bearer: Bearer | None) -> None:
        self._around.changed()

    async def _monitor(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """One reading of the modem; goes on for ever on a router, clients ask with ``once``."""
        if not caller.may("read"):
            raise Trap("not enough permissions (9)")
        which = args.get("numbers") or args.get(".id") or args.get("number") or ""
        found = [row for row in self._around.store.rows(self.menu) if which in (row.get("name"), f"*{row.id:X}")]
        if not found and which.isdecimal():
            found = list(self._around.store.rows(self.menu))[int(which) : int(which) + 1]
        if not found:
            raise Trap("no such item", 0)
        modem = self._modems.get(found[0].id)
        return Reply(rows=(_reading(modem, self._around.store.version),))


def _wants(row: ConfigRow, interface: Interface, snapshot: Snapshot) -> Wants:
    profile = apn_profile(snapshot, row)
    if profile is None:
        return Wants(row.get("name"), interface.kernel, "internet")
    return Wants(row.get("name"), interface.kernel, profile.get("apn"), profile.get("user"), profile.get("password"))


def _reading(modem: LteModem | None, version: str) -> dict[str, str]:
    """Names as in the manual's samples of either version; values are the lab's network's."""
    bearer = modem.bearer if modem is not None else None
    registered = modem is not None and modem.registered
    if at_least(version, "7.0"):
        shown = {"status": "connected" if bearer else "registered" if registered else "searching"}
    else:
        shown = {"pin-status": "ok", "registration-status": "registered" if registered else "searching"}
        shown["functionality"] = "full"
    if bearer is None:
        return shown
    radio = dict(bearer.radio)
    uptime = int(asyncio.get_running_loop().time() - bearer.since)
    shown |= {"current-operator": radio.get("operator", ""), "current-cellid": radio.get("cell", "")}
    shown |= {"access-technology": "LTE", "session-uptime": format_duration(uptime * 1_000_000)}
    return shown | {name: f"{radio[name]}{unit}" for name, unit in _SIGNAL if name in radio}


_SIGNAL = (("rsrp", "dBm"), ("rsrq", "dB"), ("sinr", "dB"))
