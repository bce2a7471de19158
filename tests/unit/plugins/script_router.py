# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small router for the scripts of a plan: the lab's interpreter over rows in dictionaries, without time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.quoting import quote
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows

from lab.script import Interpreter, Value
from lab.verbs import ALL_POLICIES, Caller, Reply, Trap
from tests.unit.plugins.branches import TOKEN, branch

LISTS = "/ip/firewall/address-list"
MAC, IP = "DC:2C:6E:81:CF:34", "192.168.10.66"
TIMEOUT = "failure: connection timeout"
#: One for each way in which scripts are written, see ``dialect.py``.
VERSIONS = pytest.mark.parametrize("version", ["6.49", "7.9", "7.12", "7.22"])


class Killed(BaseException):
    """A run that ends without a word, as by ``/system script job remove`` or a crash."""


async def _no_time(seconds: float) -> None:
    """Waits are not waited for here."""


@dataclass
class Router:
    """Rows in dictionaries. ``trouble``: the error of each coming fetch, empty for success; then all succeed."""

    rows: Sequence[Row]
    version: str = "7.22"
    trouble: list[str] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    refuse_import: bool = False
    #: Ends a run before its command of this number, counted by ``commands`` from 1; nothing when 0.
    kill_at: int = 0
    commands: int = 0

    def __post_init__(self) -> None:
        self.menus: dict[str, list[dict[str, str]]] = {LISTS: []}
        for number, row in enumerate(self.rows):
            values = {key: value for key, value in row.values.items() if isinstance(value, str)}
            self.menus.setdefault(row.menu, []).append({".id": f"*{number + 1:X}", **values})
        self.menus["/system/clock"] = [{"date": "2026-11-21", "time": "18:00:00"}]
        self.added = 0x1000
        self.interpreter = Interpreter(
            self,
            clock=lambda: 0.0,
            sleep=_no_time,
            log=lambda _, text: self.log.append(text),
            globals_for=lambda _: {},
            version=self.version,
        )

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), caller: Caller
    ) -> Reply:
        del queries
        self.commands += 1
        if self.commands == self.kill_at:
            raise Killed
        await asyncio.sleep(0)  # another run may come between
        rows = self.menus.setdefault(menu, [])
        if (menu, command) == ("/tool", "fetch"):
            for _ in range(20):
                await asyncio.sleep(0)
            return self._fetch(args)
        if (menu, command) == ("/system/script", "run"):
            name = args.get(".id") or args.get("number") or args["numbers"]
            await self.run(self.script(name), user=caller.user)
            return Reply()
        if menu == "/file" and command == "print" and "file" in args:  # RouterOS 6 makes a file like this
            rows.append({".id": f"*F{len(rows)}", "name": f"{args['file']}.txt", "contents": ""})
            return Reply()
        if (menu, command) == ("/certificate", "import"):
            return self._import(args["file-name"])
        if command == "set":
            row = next((row for row in rows if row[".id"] == args[".id"]), None)
            if row is None:
                raise Trap("no such item")
            row.update({key: value for key, value in args.items() if key != ".id"})
            return Reply()
        if command == "print":
            return Reply(tuple(dict(row) for row in rows))
        if command == "add":
            if menu == LISTS and any((row["list"], row["address"]) == (args["list"], args["address"]) for row in rows):
                raise Trap("failure: already have such entry")
            self.added += 1
            rows.append({".id": f"*{self.added:X}", **args})
            return Reply(ret=rows[-1][".id"])
        assert command == "remove"
        ids = (args.get(".id") or args["numbers"]).split(",")
        if not {row[".id"] for row in rows} >= set(ids):
            raise Trap("no such item")
        self.menus[menu] = [row for row in rows if row[".id"] not in ids]
        return Reply()

    def _import(self, name: str) -> Reply:
        """One certificate of a file, which is then called after it, not trusted: the script has to see to it."""
        if self.refuse_import:
            raise Trap("failure: no room")
        file = next((row for row in self.menus["/file"] if row["name"] == name), None)
        if file is None:
            raise Trap("failure: file not found")
        certificates = self.menus.setdefault("/certificate", [])
        number = sum(row["name"].startswith(f"{name}_") for row in certificates)
        found = {"name": f"{name}_{number}", "contents": file["contents"], "trusted": "false"}
        certificates.append({".id": f"*C{len(certificates)}", **found})
        return Reply()

    def _fetch(self, args: Mapping[str, str]) -> Reply:
        error = self.trouble.pop(0) if self.trouble else ""
        if error:
            raise Trap(error)
        self.sent.append(dict(args))
        return Reply()

    def script(self, name: str) -> str:
        return next(row["source"] for row in self.menus["/system/script"] if row["name"] == name)

    async def run(self, source: str, *, user: str = "*sys", **variables: Value) -> None:
        await self.interpreter.run(source, caller=Caller(user, ALL_POLICIES, "test"), variables=variables)

    async def alert(self, *, mac: str = MAC, ip: str = IP, logged: bool = True) -> None:
        """What RouterOS does when it sees a foreign server: the row, the line in the log (facts 4.1), on-alert."""
        [row] = self.menus["/ip/dhcp-server/alert"]
        row["unknown-server"] = mac
        if logged:
            line = f"dhcp alert on {row['interface']}:\n    discovered unknown dhcp server, mac {mac}, ip {ip}"
            self.menus.setdefault("/log", []).append(
                {".id": f"*{len(self.menus.get('/log', [])) + 1:X}", "message": line}
            )
        await self.interpreter.run(row["on-alert"], caller=Caller("*sys", ALL_POLICIES, "test"))

    async def tick(self) -> None:
        """What the scheduler of the outbox does."""
        [row] = [row for row in self.menus["/system/scheduler"] if row["name"] == "mw-outbox"]
        await self.run(row["on-event"], user="admin")

    async def minute(self, *present: str) -> None:
        """What the scheduler of the alerts does each minute, when the router remembers these servers."""
        [row] = self.menus["/ip/dhcp-server/alert"]
        row["unknown-server"] = ",".join(present)
        [row] = [row for row in self.menus["/system/scheduler"] if row["name"] == "mw-dhcp-alert"]
        await self.run(row["on-event"])

    async def notify(self, text: str, time: str = "") -> None:
        """What a script does that has something to say."""
        call = '[:parse [/system script get "mw-notify" source]]'
        await self.run(f":local mwNotify {call}\n$mwNotify mwText={quote(text)} mwTime={quote(time)}")

    def expire(self, *lists: str) -> None:
        """The rows of these lists have reached their timeout."""
        self.menus[LISTS] = [row for row in self.menus[LISTS] if row["list"] not in lists]

    def pauses(self) -> list[str]:
        """The timeout of the lock that keeps the outbox from being sent."""
        return [row["timeout"] for row in self.menus[LISTS] if row["list"] == "mw-sending"]

    def texts(self) -> list[str]:
        return [parse_qs(message["http-data"])["text"][0] for message in self.sent]

    def waiting(self) -> list[dict[str, str]]:
        return [row for row in self.menus[LISTS] if row["list"] == "mw-outbox"]


def router(*trouble: str, label: str = "Kantor", language: str = "id", version: str = "7.22") -> Router:
    raw = {**branch(2), "multiwan_routeros_version": version}
    raw["multiwan_segments"][0]["label"] = label
    raw["multiwan_telegram"]["language"] = language
    rows = fill_rows(assemble(raw, name="jakarta").rows, {"telegram_bot_token": TOKEN})
    return Router([row for row in rows if not row.menu.startswith("/ip/firewall")], version, list(trouble))
