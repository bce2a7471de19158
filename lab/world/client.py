# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab for programs: what the command line does, as an asynchronous Python interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from lab.world import launcher, wire
from lab.world.launcher import Options
from lab.world.state import Folder, LabError, State
from lab.world.topology import Topology, parse_uplinks

__all__ = ["LabClient", "LabError", "Options", "Topology", "parse_uplinks"]

Json = dict[str, Any]


class LabClient:
    """One lab, by name. Every method raises ``LabError`` with a sentence for people."""

    def __init__(self, name: str = "default", base: Path | None = None) -> None:
        self.folder = Folder(name) if base is None else Folder(name, base)

    async def up(self, options: Options | None = None, progress: Callable[[str], None] = lambda _step: None) -> Json:
        """Start the lab; returns ports and paths: name, api_port, api_ssl_port, ssh_port, inventory, ca_file, …"""
        return self.paths(await launcher.up(self.folder, options or Options(), progress))

    async def down(self) -> bool:
        """Stop it and remove its files; False when there was none."""
        return await launcher.down(self.folder)

    def running(self) -> State | None:
        return self.folder.running()

    def paths(self, state: State) -> Json:
        return {
            "name": self.folder.name,
            "api_host": "127.0.0.1",
            "api_port": state.api_port,
            "api_ssl_port": state.api_ssl_port,
            "ssh_port": state.ssh_port,
            **({"managed_port": state.managed_port} if state.managed_port else {}),
            **({"managed_ssh_port": state.managed_ssh_port} if state.managed_ssh_port else {}),
            "known_hosts": str(self.folder.known_hosts),
            "inventory": str(self.folder.inventory),
            "ca_file": str(self.folder.ca),
            "log": str(self.folder.log),
        }

    async def status(self) -> Json:
        """See lab/README.md for the fields; ``running: false`` when it is not up, and whether a kill left files."""
        state = self.running()
        if state is None:
            return {"name": self.folder.name, "running": False, "files_left": self.folder.path.is_dir()}
        return {**await self._ask({"do": "status"}), **self.paths(state)}

    async def cut(
        self, uplink: str, fault: str = "upstream", *, percent: float | None = None, delay_ms: float | None = None
    ) -> Json:
        request = {"do": "cut", "uplink": uplink, "fault": fault, "percent": percent, "delay_ms": delay_ms}
        return _object(await self._ask(request))

    async def heal(self, uplink: str) -> Json:
        return _object(await self._ask({"do": "heal", "uplink": uplink}))

    async def renumber(self, uplink: str, *, gateway: str = "", address: str = "") -> Json:
        """The ISP gives the line another address (a.b.c.d[/len]; none: the next one) and gateway (none: the same)."""
        return _object(await self._ask({"do": "renumber", "uplink": uplink, "gateway": gateway, "address": address}))

    async def kick(self, uplink: str) -> Json:
        """The ISP ends the session of a PPPoE or LTE line."""
        return _object(await self._ask({"do": "kick", "uplink": uplink}))

    async def rogue(self, on: bool, *, mac: str = "", count: int = 1, at: str = "") -> Json:
        """``at``: a VLAN's name, ``vlan10`` (behind the trunk), ``access10`` (at its own port); "" is the flat LAN."""
        state = "on" if on else "off"
        return _object(await self._ask({"do": "rogue", "state": state, "mac": mac, "count": count, "on": at}))

    async def lease(
        self,
        place: str,
        *,
        count: int = 1,
        mac: str = "",
        wait_s: float = 30.0,
        listen_s: float = 0.5,
        keep: bool = True,
    ) -> Json:
        """A host of a segment asks for addresses by DHCP and takes them: lab/world/leases.py."""
        options = {"count": count, "mac": mac, "wait_s": wait_s, "listen_s": listen_s, "keep": keep}
        return _object(await self._ask({"do": "lease", "place": place, "options": options}))

    async def chat(
        self,
        *,
        after: int = 0,
        count: int = 0,
        wait_s: float = 0.0,
        fail: str = "",
        retry_after: int = 3,
        limits: Mapping[str, float] | None = None,
    ) -> Json:
        """{"messages": [{message_id, chat_id, at, text, source}], "complete": did ``count`` of them come in time}."""
        request: Json = {"do": "chat", "after": after, "count": count, "wait_s": wait_s}
        if fail:
            request |= {"fail": fail, "retry_after": retry_after}
        if limits is not None:
            request["limits"] = dict(limits)
        return _object(await self._ask(request))

    async def traffic(self, kind: str, **options: Any) -> AsyncIterator[Json]:
        """Events {"event": …} while it runs, then one {"result": …}. Kinds and options: lab/world/traffic."""
        async for message in self._talk({"do": "traffic", "kind": kind, "options": options}):
            yield message

    async def measure(self, kind: str, **options: Any) -> Json:
        """``traffic`` without its events: only the result."""
        result: Json = {}
        async for message in self.traffic(kind, **options):
            result = message.get("result", result)
        return result

    async def router_call(
        self, menu: str, command: str, args: Mapping[str, str] | None = None, queries: Sequence[str] = ()
    ) -> Json:
        """A verb on the router, past its doors: {"rows": […], "ret": …}."""
        request = {"do": "call", "menu": menu, "command": command, "args": dict(args or {}), "queries": list(queries)}
        return _object(await self._ask(request))

    async def console(self, line: str) -> str:
        """One line at the router's console; returns what it prints."""
        return str(await self._ask({"do": "console", "line": line}))

    async def export(self) -> str:
        """The router's configuration as a script, as ``/export`` prints it."""
        return str((await self.router_call("", "export"))["ret"])

    async def rules_passed(self, *, client: int = 0, server: int = 0, packets: int = 10) -> Json:
        """How many firewall rows one packet of a LAN client's connection is held against; see lab/world/passed.py."""
        request = {"do": "rules-passed", "client": client, "server": server, "packets": packets}
        return _object(await self._ask(request))

    async def power_cycle(self) -> Json:
        """Pull the router's plug and put it back. Returns when it is up again: {"event", "at", "lasted_s"}."""
        return _object(await self._ask({"do": "power-cycle"}))

    async def hold_api(self, after: int, *, only: Literal["writes", "all"] = "writes") -> Json:
        """From now on: when ``after`` commands more (at least 1) are done over the API, its doors answer no more.

        Number ``after`` is done, its answer is kept back, and nothing that comes later is done or answered; TCP and
        TLS still connect. Counted over all sessions: commands that ended without an error, with ``only="writes"``
        those that do more than look (lab/doors/gate.py). Other doors work on.
        """
        if after < 1:
            raise LabError(f"hold after {after} commands: at least 1 is possible")
        return _object(await self._ask({"do": "hold-api", "after": after, "only": only}))

    async def held(self, timeout_s: float) -> Json:
        """Wait until the hold was reached: {"reached", "writes": how many so far, "last": "/ip/route/add"}."""
        return _object(await self._ask({"do": "held", "timeout_s": timeout_s}))

    async def release_api(self, cut_s: float | None = None) -> Json:
        """End the hold. None: answer, and go on with what came in. A number: as ``cut_api``, nothing is answered."""
        return _object(await self._ask({"do": "release-api", "cut_s": cut_s}))

    async def cut_api(self, for_s: float = 0.0) -> Json:
        """Every API session gets a TCP reset at once; for so many seconds connections are refused (0: not at all)."""
        return _object(await self._ask({"do": "cut-api", "for_s": for_s}))

    async def manage_from(self, place: str) -> Json:
        """Controllers sit elsewhere from now on (``isp1`` …, ``lan``); only for a lab with ``Options.manage_from``."""
        return _object(await self._ask({"do": "manage-from", "place": place}))

    async def journal(self) -> list[Json]:
        """Every write that the router has seen: time, caller, menu, command, args."""
        return list(await self._ask({"do": "journal"}))

    async def events(self) -> list[Json]:
        """What was done to the world (cuts, heals, rogues), with the wall clock."""
        return list(await self._ask({"do": "events"}))

    async def _ask(self, request: Json) -> Any:
        result = None
        async for message in self._talk(request):
            result = message.get("result", result)
        return result

    async def _talk(self, request: Json) -> AsyncIterator[Json]:
        if self.running() is None:
            raise LabError(f"lab {self.folder.name!r} is not running; `lab up` starts it")
        try:
            reader, writer = await wire.connect(self.folder.socket)
        except OSError as error:
            raise LabError(
                f"lab {self.folder.name!r} does not answer ({error.strerror}); it may still be starting"
            ) from None
        try:
            writer.write(wire.encode(request))
            await writer.drain()
            while line := await reader.readline():
                message = wire.decode(line)
                if "error" in message:
                    raise LabError(message["error"])
                yield message
                if "result" in message:
                    return
        except ConnectionError:
            pass
        finally:
            writer.close()
        raise LabError(f"lab {self.folder.name!r} ended before it answered; its log: {self.folder.log}")


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise LabError(f"the lab answered {type(value).__name__} where an object is expected")
    return value
