# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of a running lab: one method per request of the control socket."""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lab.world import leases, measure, passed, wire
from lab.world.cable import CableError
from lab.world.faults import FaultError
from lab.world.https import FailError, Failing
from lab.world.rogue import RogueError
from lab.world.telegram import Limits
from lab.world.topology import ROGUE_MAC, SERVER_BLOCK, TopologyError
from lab.world.world import World

Emit = Callable[[Mapping[str, Any]], Awaitable[None]]
Handler = Callable[[wire.Message, Emit], Awaitable[Any]]
#: Their text is written for the person who asked; anything else is a defect and shows its name.
_SENTENCES = (CableError, FaultError, FailError, RogueError, TopologyError, measure.MeasureError)


class Control:
    def __init__(self, world: World, stop: asyncio.Event) -> None:
        self._world = world
        self._stop = stop
        self._counting = asyncio.Lock()
        self._handlers: dict[str, Handler] = {
            "stop": self._do_stop,
            "status": self._do_status,
            "cut": self._do_cut,
            "heal": self._do_heal,
            "renumber": self._do_renumber,
            "kick": self._do_kick,
            "rogue": self._do_rogue,
            "lease": self._do_lease,
            "chat": self._do_chat,
            "traffic": self._do_traffic,
            "call": self._do_call,
            "console": self._do_console,
            "journal": self._do_journal,
            "events": self._do_events,
            "power-cycle": self._do_power_cycle,
            "rules-passed": self._do_rules_passed,
            "hold-api": self._do_hold_api,
            "held": self._do_held,
            "release-api": self._do_release_api,
            "cut-api": self._do_cut_api,
            "manage-from": self._do_manage_from,
        }

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def emit(event: Mapping[str, Any]) -> None:
            writer.write(wire.encode(event))
            await writer.drain()

        try:
            line = await reader.readline()
            if not line:
                return
            work = asyncio.create_task(self._answer(line, emit))
            gone = asyncio.create_task(reader.read(1))  # the client never writes a second time: this is its end
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            for task in (work, gone):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await task
        except ConnectionError:
            pass  # nobody is left to be told
        finally:
            writer.close()

    async def _answer(self, line: bytes, emit: Emit) -> None:
        try:
            message = wire.decode(line)
            handler = self._handlers.get(str(message.get("do")))
            if handler is None:
                raise TopologyError(f"unknown request {message.get('do')!r}")
            result = await handler(message, emit)
        except _SENTENCES as error:
            await emit({"error": str(error)})
        except ConnectionError:
            raise
        except Exception as error:  # the caller gets the name, the log the whole story
            traceback.print_exc()
            await emit({"error": f"{type(error).__name__}: {error}", "kind": type(error).__name__})
        else:
            await emit({"result": result})

    async def _do_stop(self, _message: wire.Message, _emit: Emit) -> Any:
        self._stop.set()
        return {"stopping": True}

    async def _do_status(self, _message: wire.Message, _emit: Emit) -> Any:
        world = self._world
        topology = world.topology
        return {
            "name": world.name,
            "running": True,
            "branch": topology.branch,
            "version": topology.version,
            "uptime_s": round(time.time() - world.started, 1),
            "uplinks": [
                {
                    "name": uplink.name,
                    "interface": uplink.interface,
                    **world.lines[uplink.name].status(),
                    "public_address": uplink.public_address,
                    "download": uplink.download,
                    "upload": uplink.upload,
                    "fault": world.faults[uplink.name].to_json() if uplink.name in world.faults else None,
                    **measure.isp_counters(uplink.name),
                }
                for uplink in topology.uplinks
            ],
            "lan": {
                "ports": list(topology.lan_ports),
                "clients": [topology.client_addresses[0], topology.client_addresses[-1]],
            },
            "clients": topology.clients,
            "servers": str(SERVER_BLOCK),
            "anchors": list(topology.anchors),
            "segments": [
                {**vlan.to_json(), "gateway": vlan.gateway, "trunk": vlan.trunk, "port": vlan.port}
                for vlan in topology.segments
            ],
            "rogues": [world.rogues.macs[name] for name in sorted(world.rogues.macs)],
            "chat": {"messages": len(world.telegram.api.messages)},
            **({"manage_from": world.relay.place} if world.relay is not None else {}),
        }

    async def _do_cut(self, message: wire.Message, _emit: Emit) -> Any:
        percent, delay_ms = message.get("percent"), message.get("delay_ms")
        return await self._world.cut(message["uplink"], message["fault"], percent, delay_ms)

    async def _do_heal(self, message: wire.Message, _emit: Emit) -> Any:
        return await self._world.heal(message["uplink"])

    async def _do_renumber(self, message: wire.Message, _emit: Emit) -> Any:
        gateway, address = str(message.get("gateway") or ""), str(message.get("address") or "")
        return await self._world.renumber(message["uplink"], gateway=gateway, address=address)

    async def _do_kick(self, message: wire.Message, _emit: Emit) -> Any:
        return self._world.kick(message["uplink"])

    async def _do_rogue(self, message: wire.Message, _emit: Emit) -> Any:
        rogues = self._world.rogues
        if message["state"] == "off":
            return self._world.note("rogue off", stopped=await rogues.stop())
        await rogues.start(message.get("mac") or ROGUE_MAC, int(message.get("count", 1)), message.get("on", ""))
        macs = [rogues.macs[name] for name in sorted(rogues.macs)]
        return self._world.note("rogue on", macs=macs, **rogues.at)

    async def _do_lease(self, message: wire.Message, _emit: Emit) -> Any:
        _vlan, place = self._world.topology.segment(message["place"])
        return await leases.lease(place, **message["options"])

    async def _do_chat(self, message: wire.Message, _emit: Emit) -> Any:
        """Messages with an id above ``after``; waits at most ``wait_s`` until there are ``count`` of them."""
        server = self._world.telegram
        if "fail" in message:
            server.failing = Failing.parse(message["fail"], int(message.get("retry_after", 3)))
        if "limits" in message:
            server.api.limits = Limits(**message["limits"])
        after, count = int(message.get("after", 0)), int(message.get("count", 0))

        def enough() -> bool:
            return len(server.api.messages) - after >= count

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(float(message.get("wait_s", 0)) or 0.001), self._world.chat_grew:
                await self._world.chat_grew.wait_for(enough)
        return {"messages": [m.to_json() for m in server.api.messages[after:]], "complete": enough()}

    async def _do_traffic(self, message: wire.Message, emit: Emit) -> Any:
        return await measure.run(self._world.topology, message, emit)

    async def _do_call(self, message: wire.Message, _emit: Emit) -> Any:
        return await self._world.router.call(
            message["menu"], message["command"], message.get("args", {}), queries=message.get("queries", ())
        )

    async def _do_console(self, message: wire.Message, _emit: Emit) -> Any:
        return await self._world.router.console(message["line"])

    async def _do_power_cycle(self, _message: wire.Message, _emit: Emit) -> Any:
        return await self._world.power_cycle()

    async def _do_hold_api(self, message: wire.Message, _emit: Emit) -> Any:
        self._world.router.api.hold(message["after"], message["only"])
        return self._world.note("hold API", after=message["after"], only=message["only"])

    async def _do_held(self, message: wire.Message, _emit: Emit) -> Any:
        return await self._world.router.api.held(message["timeout_s"])

    async def _do_release_api(self, message: wire.Message, _emit: Emit) -> Any:
        await self._world.router.api.release(message["cut_s"])
        return self._world.note("release API", cut_s=message["cut_s"])

    async def _do_cut_api(self, message: wire.Message, _emit: Emit) -> Any:
        await self._world.router.api.cut(message["for_s"])
        return self._world.note("cut API", for_s=message["for_s"])

    async def _do_manage_from(self, message: wire.Message, _emit: Emit) -> Any:
        if self._world.relay is None:
            raise TopologyError("this lab has no managed path; it is started with one: `lab up --manage-from isp1`")
        self._world.relay.come_from(message["place"])
        return self._world.note("manage from", place=message["place"])

    async def _do_rules_passed(self, message: wire.Message, _emit: Emit) -> Any:
        async with self._counting:
            return await passed.rules_passed(
                self._world.router,
                self._world.topology,
                client=message["client"],
                server=message["server"],
                packets=message["packets"],
            )

    async def _do_journal(self, _message: wire.Message, _emit: Emit) -> Any:
        return list(self._world.router.journal())

    async def _do_events(self, _message: wire.Message, _emit: Emit) -> Any:
        return self._world.events
