# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ping``, ``/tool/fetch`` and ``/resolve`` of a router without a kernel: arguments checked, answers pretended."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import zlib
from collections.abc import Callable, Mapping, Sequence

from lab.observe.ping import Outcome, Ping
from lab.router.pretended.around import Around
from lab.router.services.fetch import read_order
from lab.router.services.tools import Tally, wanted_ping
from lab.store import Trap
from lab.verbs import Caller, Engine, Reply

_KEPT = 1000
#: an answer that every messenger of the product's kind takes for a success
_OK = '{"ok":true,"result":{"message_id":1}}'


class PretendedTools:
    """``reach`` pings once, in no time; ``resolved`` gives the addresses of a name."""

    def __init__(self, engine: Engine, around: Around, reach: Callable[[str, str], Ping]) -> None:
        self._engine = engine
        self._around = around
        self._reach = reach

    def plug(self) -> None:
        self._engine.actions["/", "ping"] = self._ping
        self._engine.actions["/", "resolve"] = self._resolve
        self._engine.actions["/tool", "fetch"] = self._fetch

    async def _ping(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """Takes as long as on a router: an answer is waited for, so is the interval between two."""
        wanted = wanted_ping(args)
        tally, rows = Tally(wanted), []
        for number in itertools.count():
            ping = self._reach(wanted.address, wanted.interface)
            lost_s = min(1.0, wanted.interval_s) if ping.outcome is Outcome.TIMEOUT else 0.0
            await asyncio.sleep(ping.rtt_s or lost_s)
            rows.append(tally.row(number, ping))
            if wanted.count and number + 1 >= wanted.count:
                break
            rows = rows[-_KEPT:]
            await asyncio.sleep(max(0.0, wanted.interval_s - (ping.rtt_s or lost_s)))
        return Reply(rows=tuple(rows))

    async def _fetch(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """Succeeds whenever a line lives; nobody gets anything."""
        order = read_order(args, self._engine.store.version)
        for policy in ("test", "ftp") if order.output == "file" else ("test",):
            if not caller.may(policy):
                raise Trap("not enough permissions (9)")
        if not self._online():
            raise Trap("failure: connection timeout", 4)
        self._around.sent.append(order.url.host)
        del self._around.sent[:-_KEPT]
        row = {"status": "finished", "downloaded": "0", "duration": "1s"}
        return Reply(rows=({**row, "data": _OK} if order.output.startswith("user") else row,))

    async def _resolve(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """Always the same address for a name, in a block for documentation (RFC 5737)."""
        name = args.get("domain-name", "")
        try:
            return Reply(ret=str(ipaddress.ip_address(name)))
        except ValueError:
            pass
        if not self._online():
            raise Trap("failure: dns server failure", 4)
        return Reply(ret=str(ipaddress.IPv4Address("198.51.100.0") + zlib.crc32(name.encode()) % 254 + 1))

    def _online(self) -> bool:
        return bool(self._reach("198.51.100.1", ""))


class PretendedConnections:
    """``/ip/firewall/connection``: as many as ``Around.connections`` says, over the marks that the router gives."""

    finds_itself = True

    def __init__(self, around: Around, marks: Callable[[], Sequence[str]]) -> None:
        self._around = around
        self._marks = marks

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        marks = self._marks() or ("",)
        return [(number + 1, _connection(number, marks)) for number in range(self._around.connections)]

    def remove(self, ids: Sequence[int]) -> None:
        """They are pretended anew at the next look."""


def _connection(number: int, marks: Sequence[str]) -> Mapping[str, str]:
    mark = marks[zlib.crc32(b"%d" % number) % len(marks)]
    row = {
        "protocol": "tcp",
        "src-address": f"192.168.10.{10 + number % 200}:{40000 + number}",
        "dst-address": f"203.0.113.{1 + number % 250}:443",
        "tcp-state": "established",
        "timeout": "23h59m",
        "orig-bytes": str(2000 + 37 * number),
        "repl-bytes": str(90000 + 4211 * number),
        "seen-reply": "true",
        "assured": "true",
        "confirmed": "true",
    }
    return {**row, "connection-mark": mark} if mark else row
