# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the root menu that clients of the API use: ``/ping`` and ``/execute`` (command tree 7.22.3)."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from lab.observe.ping import DEFAULT_SIZE, Outcome, Ping, Pinger
from lab.router.services.base import RouterHost, at_least
from lab.router.services.scripts import ScriptService
from lab.schema.snapshot import Snapshot
from lab.script import ScriptError
from lab.store import Trap, format_id
from lab.values import BadValue
from lab.values.scalar import format_duration, parse_duration
from lab.verbs import Caller, Reply

_PING_ARGS = frozenset(
    {"address", "count", "size", "ttl", "interval", "src-address", "interface", "do-not-fragment", "as-value"}
)
_PASSED_OVER = frozenset({"vrf", "routing-table", "arp-ping", "dscp"})  # known to the router, not to the lab
_TIMEOUT_S = 1.0  # a probe that is not answered when the next is due counts as lost
_STATUS = {
    Outcome.TIMEOUT: "timeout",
    Outcome.UNREACHABLE: "host unreachable",
    Outcome.EXCEEDED: "TTL exceeded",
    Outcome.UNSENT: "no route to host",
}


@dataclass(frozen=True)
class Wanted:
    """What a ping was asked for. ``count`` 0: until it is cancelled."""

    address: str
    count: int
    size: int
    ttl: int
    interval_s: float
    source: str
    interface: str
    whole: bool


def wanted_ping(args: Mapping[str, str]) -> Wanted:
    """Raises Trap in the router's words."""
    unknown = set(args) - _PING_ARGS - _PASSED_OVER - {".proplist", "proplist", "without-paging"}
    if unknown:
        raise Trap("unknown parameter")
    if not args.get("address"):
        raise Trap("missing =address=", 0)
    if refused := sorted(set(args) & _PASSED_OVER):
        raise Trap(f"failure: {refused[0]} of a ping is not emulated")
    try:
        address = str(ipaddress.IPv4Address(args["address"]))
    except ValueError:
        raise Trap("invalid value for argument address", 1) from None
    return Wanted(
        address,
        _number(args, "count", 0, 0, 1_000_000_000),
        _number(args, "size", DEFAULT_SIZE, 28, 65535),
        _number(args, "ttl", 255, 1, 255),
        _interval(args.get("interval", "1s")),
        args.get("src-address", ""),
        args.get("interface", ""),
        args.get("do-not-fragment", "no") not in ("no", "false"),
    )


def _number(args: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Trap(f'invalid value "{text}" for argument {name}', 1)
    if not low <= int(text) <= high:
        raise Trap(f"value of {name} out of range ({low}..{high})", 1)
    return int(text)


def _interval(text: str) -> float:
    try:
        seconds = parse_duration(text) / 1e6
    except BadValue as bad:
        raise Trap(bad.text("interval"), 1) from bad
    if not 0.01 <= seconds <= 5:
        raise Trap("value of interval out of range (10ms..5s)", 1)
    return seconds


class Tally:
    """Counts answers and writes the rows of a ping as the API gives them."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._sent = 0
        self._times: list[int] = []

    def row(self, number: int, ping: Ping) -> Mapping[str, str]:
        self._sent += 1
        row = {"seq": str(number), "host": ping.sender or self._wanted.address}
        if ping.outcome is Outcome.REPLY and ping.rtt_s is not None:
            self._times.append(max(1, round(ping.rtt_s * 1e6)))
            row |= {"size": str(self._wanted.size), "ttl": str(ping.ttl), "time": format_duration(self._times[-1])}
        else:
            row["status"] = _STATUS[ping.outcome]
        got = len(self._times)
        row |= {"sent": str(self._sent), "received": str(got)}
        row["packet-loss"] = str(round(100 * (self._sent - got) / self._sent))
        if got:
            row["min-rtt"] = format_duration(min(self._times))
            row["avg-rtt"] = format_duration(sum(self._times) // got)
            row["max-rtt"] = format_duration(max(self._times))
        return row


class Tools:
    """Registers the commands; nothing runs by itself."""

    def __init__(self, host: RouterHost, scripts: ScriptService) -> None:
        self._host = host
        self._scripts = scripts

    def plug(self) -> None:
        actions = self._host.engine.actions
        actions["/", "ping"] = self._ping
        actions["/", "execute"] = self._execute

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop: a ping ends with the command that asked for it."""

    def refresh(self, snapshot: Snapshot) -> None:
        """The commands look at nothing that is configured."""

    async def _ping(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """One row for each probe. Without ``count`` it runs until it is cancelled, like the router's."""
        wanted = wanted_ping(args)
        tally, rows = Tally(wanted), []
        async with Pinger(self._host.netns) as pinger:
            for number in itertools.count():
                began = asyncio.get_running_loop().time()
                ping = await pinger.ping(
                    wanted.address,
                    timeout_s=min(_TIMEOUT_S, wanted.interval_s),
                    size=wanted.size,
                    ttl=wanted.ttl,
                    source=wanted.source,
                    interface=wanted.interface,
                    dont_fragment=wanted.whole,
                )
                rows.append(tally.row(number, ping))
                if wanted.count and number + 1 >= wanted.count:
                    return Reply(rows=tuple(rows))
                rows = rows[-_KEPT:]
                await asyncio.sleep(max(0.0, began + wanted.interval_s - asyncio.get_running_loop().time()))
        raise AssertionError("the loop has no end of its own")

    async def _execute(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """``script`` in the background (``ret``: the job), into a file, or waited for with ``as-string`` (7.0)."""
        if not caller.may("read"):  # measured on 7.20.8: no write is needed
            raise Trap("not enough permissions (9)")
        string = "as-string" in args and args["as-string"] not in ("no", "false")
        if set(args) - {"script", "as-string", "file"} or (string and not at_least(self._host.version, "7.0")):
            raise Trap("unknown parameter")
        source = args.get("script", "")
        if not source:
            raise Trap("missing =script=", 0)
        if string:
            return Reply(ret=await self._output(source, caller))
        if "file" in args:
            return Reply(ret=self._into_file(source, args["file"], caller))
        return Reply(ret=await self._scripts.execute(source, caller))

    async def _output(self, source: str, caller: Caller) -> str:
        """What the script prints; an error is part of it, as it is at the console."""
        printed: list[str] = []
        try:
            await self._host.interpreter.run(source, caller=caller, output=printed.append)
        except ScriptError as error:
            printed.append(self._scripts.words(error))
        return "\r\n".join(printed)

    def _into_file(self, source: str, name: str, caller: Caller) -> str:
        async def work() -> str:
            text = await self._output(source, caller)
            self._host.engine.write_file(f"{name}.txt", text)
            return ""

        return format_id(self._scripts.jobs.start("", caller, work).id)


_KEPT = 100_000  # rows of a ping that nobody stops
