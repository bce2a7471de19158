# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/interface/pppoe-client``: one client for each enabled row, its log, the scripts of its profile, ``monitor``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from lab.derive.interfaces import Interface, Interfaces
from lab.derive.lines import PPPOE_CLIENT
from lab.derive.observations import Given, Link
from lab.observe.ppp import Login
from lab.observe.ppp_packets import MAX_MTU
from lab.observe.ppp_pump import Pump
from lab.observe.pppoe_client import PppoeClient, Session, Wants
from lab.router.lines import Scripts, Surroundings
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.script import Value
from lab.script.values import Id
from lab.store import Trap, format_id
from lab.values.scalar import format_duration
from lab.verbs import Caller, Engine, Reply

PROFILE = "/ppp/profile"


class _Line:
    """One row that dials."""

    def __init__(self, client: PppoeClient, scripts: Scripts) -> None:
        self.client = client
        self.scripts = scripts
        self.given: Given | None = None
        self.last: Session | None = None
        self.status = "disconnected"


class PppoeLines:
    menu = PPPOE_CLIENT

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._pump = Pump()
        self._lines: dict[int, _Line] = {}

    @property
    def given(self) -> Mapping[int, Given]:
        return {row_id: line.given for row_id, line in self._lines.items() if line.given is not None}

    def plug(self, engine: Engine) -> None:
        engine.actions[self.menu, "monitor"] = self._monitor
        engine.virtual["/ppp/active"] = _NobodyDialsIn()

    def refresh(self, snapshot: Snapshot, interfaces: Interfaces, links: Mapping[str, Link]) -> None:
        wanted = {}
        for row in snapshot.rows(self.menu):
            own, below = interfaces.get(row.get("name")), interfaces.get(row.get("interface"))
            usable = below is not None and not below.master
            self._around.show(self.menu, row.id, invalid="false" if usable or not row.enabled else "true")
            if row.enabled and usable and own is not None and below is not None:
                wanted[row.id] = (_wants(row, own, below), below.running)
        for row_id in [n for n, line in self._lines.items() if n not in wanted or line.client.wants != wanted[n][0]]:
            self._lines[row_id].client.stop()
            del self._lines[row_id]
        for row_id, (wants, running) in wanted.items():
            if row_id not in self._lines:
                self._start(row_id, wants)
            self._lines[row_id].client.link(up=running)

    def live(self, row_id: int) -> Mapping[str, str]:
        return {}

    async def stop(self) -> None:
        for line in self._lines.values():
            line.client.halt()
        self._lines.clear()
        await self._pump.stop()

    # ---- inside

    def _start(self, row_id: int, wants: Wants) -> None:
        client = PppoeClient(
            self._around.namespace,
            wants,
            self._pump,
            on_status=lambda status, why: self._status(row_id, status, why),
            on_session=lambda session: self._session(row_id, session),
        )
        self._lines[row_id] = _Line(client, Scripts(self._around.run, f"pppoe client {wants.name}"))
        self._log(wants.name, "initializing...")

    def _status(self, row_id: int, status: str, why: str) -> None:
        line = self._lines[row_id]
        if status != line.status or why:
            line.status = status
            self._log(line.client.wants.name, f"{status} - {why}" if why else status)

    def _log(self, name: str, words: str) -> None:
        self._around.log("pppoe,ppp,info", f"{name}: {words}")

    def _session(self, row_id: int, session: Session | None) -> None:
        line = self._lines[row_id]
        told, line.last = session or line.last, session
        line.given = None if session is None else session.given
        self._around.changed()
        profile = self._profile(row_id)
        if told is not None and profile is not None:
            line.scripts.start(profile.get("on-up" if session else "on-down"), _variables(told, row_id))

    def _profile(self, row_id: int) -> ConfigRow | None:
        row = next((row for row in self._around.store.rows(self.menu) if row.id == row_id), None)
        name = row.get("profile") if row is not None else ""
        return next((one for one in self._around.store.rows(PROFILE) if one.get("name") == name), None)

    async def _monitor(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """One reading; goes on for ever on a router, clients ask with ``once``."""
        if not caller.may("read"):
            raise Trap("not enough permissions (9)")
        which = args.get("numbers") or args.get(".id") or args.get("number") or ""
        rows = self._around.store.rows(self.menu)
        found = [row for row in rows if which in (row.get("name"), format_id(row.id))]
        if not found and which.isdecimal():
            found = list(rows)[int(which) : int(which) + 1]
        if not found:
            raise Trap("no such item", 0)
        line = self._lines.get(found[0].id)
        return Reply(rows=(_reading(line) if line is not None else {"status": "disabled"},))


class _NobodyDialsIn:
    """``/ppp/active``: the lab's routers serve no PPP."""

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return ()

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("no such item", 0)


def _wants(row: ConfigRow, own: Interface, below: Interface) -> Wants:
    sizes = [int(text) for text in (row.get("max-mtu"), row.get("max-mru")) if text.isdecimal()]
    alive = row.get("keepalive-timeout")
    return Wants(
        name=row.get("name"),
        kernel=own.kernel,
        below=below.kernel,
        login=Login(row.get("user"), row.get("password"), frozenset(row.get("allow").split(","))),
        service=row.get("service-name"),
        ac_name=row.get("ac-name"),
        mtu=min([MAX_MTU, *sizes]),
        keepalive_s=float(alive) if alive.isdecimal() and int(alive) else None,
    )


def _variables(session: Session, row_id: int) -> dict[str, Value]:
    """What the profile's scripts find; ``interface`` is an id (facts 2.5)."""
    return {
        "user": session.up.user,
        "local-address": session.up.local,
        "remote-address": session.up.remote,
        "caller-id": session.ac_mac,
        "called-id": session.service,
        "interface": Id(format_id(row_id)),
    }


def _reading(line: _Line) -> dict[str, str]:
    """Names as in the manual's sample."""
    session = line.client.session
    if session is None:
        return {"status": line.status}
    uptime = int(asyncio.get_running_loop().time() - session.since)
    return {
        "status": "connected",
        "uptime": format_duration(uptime * 1_000_000),
        "active-links": "1",
        "encoding": "",
        "service-name": session.service,
        "ac-name": session.ac_name,
        "ac-mac": session.ac_mac,
        "mtu": str(session.up.mtu),
        "mru": str(session.up.mtu),
        "local-address": session.up.local,
        "remote-address": session.up.remote,
    }
