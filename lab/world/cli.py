# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``./dev lab …``: the lab on the command line. Results on stdout, progress and errors on stderr."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rich.console import Console

from lab.world import show
from lab.world.client import LabClient, LabError, Options
from lab.world.options import Arguments, parse
from lab.world.shell import PLACES, command_in, is_place
from lab.world.shell import console as router_console
from lab.world.state import names
from lab.world.topology import ROUTER_NS, Topology, TopologyError, parse_uplinks, parse_vlans

SSH_PORT = 2222

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def emit(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


async def up(lab: LabClient, args: Arguments) -> int:
    topology = Topology(
        uplinks=parse_uplinks(args.uplinks, same_gateway=args.same_gateway),
        clients=args.clients,
        extra_anchors=tuple(word for word in args.anchors.split(",") if word),
        version=args.version,
        branch=args.branch,
        vlans=parse_vlans(args.vlans),
        device_mode=args.device_mode,
        factory=args.factory,
        admin_password=not args.no_admin_password,
    )
    ssh_port = args.ssh_port if args.ssh_port is not None else (SSH_PORT if args.api_port else 0)
    options = Options(
        topology,
        args.api_port,
        args.api_ssl_port,
        args.router,
        ssh_port=ssh_port,
        manage_from=args.manage_from,
    )
    with contextlib.ExitStack() as stack:
        spinner = None if args.json else stack.enter_context(err.status("starting"))

        def progress(step: str) -> None:
            if spinner is not None:
                spinner.update(f"lab {lab.folder.name}: {step}")

        paths = await lab.up(options, progress)
    try:
        data = await lab.status()
    except asyncio.CancelledError:
        await lab.down()  # who interrupts `up` wants no lab, however far it was
        raise
    if args.json:
        emit(paths)
    else:
        show.status(out, data)
    return 0


async def down(lab: LabClient, args: Arguments) -> int:
    targets = [LabClient(name) for name in names()] if args.all else [lab]
    stopped = [target.folder.name for target in targets if await target.down()]
    if args.json:
        emit({"stopped": stopped})
    else:
        out.print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


async def status(lab: LabClient, args: Arguments) -> int:
    targets = [LabClient(name) for name in names()] if args.all else [lab]
    found = [await target.status() for target in targets]
    if args.json:
        emit(found if args.all else found[0])
    else:
        for data in found:
            show.status(out, data)
    return 0 if args.all or found[0]["running"] else 3


async def cut(lab: LabClient, args: Arguments) -> int:
    event = await lab.cut(args.uplink, args.fault, percent=args.percent, delay_ms=args.ms)
    _say(args, event, f"{show.clock(event['at'])} {args.uplink}: {args.fault}")
    return 0


async def heal(lab: LabClient, args: Arguments) -> int:
    event = await lab.heal(args.uplink)
    _say(
        args,
        event,
        f"{show.clock(event['at'])} {args.uplink}: healed after {event['lasted_s']:.1f} s ({event['fault']})",
    )
    return 0


async def renumber(lab: LabClient, args: Arguments) -> int:
    event = await lab.renumber(args.uplink, gateway=args.gateway, address=args.address)
    _say(args, event, f"{show.clock(event['at'])} {args.uplink}: {event['address']}, gateway {event['gateway']}")
    return 0


async def kick(lab: LabClient, args: Arguments) -> int:
    event = await lab.kick(args.uplink)
    _say(args, event, f"{show.clock(event['at'])} {args.uplink}: session ended")
    return 0


async def rogue(lab: LabClient, args: Arguments) -> int:
    event = await lab.rogue(args.state == "on", mac=args.mac, count=args.count, at=args.at)
    _say(
        args,
        event,
        f"Rogue DHCP servers: {', '.join(event['macs'])}" if "macs" in event else f"{event['stopped']} taken away",
    )
    return 0


async def lease(lab: LabClient, args: Arguments) -> int:
    found = await lab.lease(args.place, count=args.count, mac=args.mac)
    if args.json:
        emit(found)
    else:
        for one in found["leases"]:
            others = [offer["server"] for offer in one["offers"] if offer["server"] != one["server"]]
            also = f" · offered by {', '.join(others)} too" if others else ""
            out.print(f"{one['mac']} {one['address']} from {one['server']} ({one['server_mac']}){also}")
        for mac in found["refused"]:
            out.print(f"{mac} got nothing")
    return 0 if found["leases"] else 1


async def chat(lab: LabClient, args: Arguments) -> int:
    limits = None
    if args.limits:
        limits = {key: float(value) for key, _, value in (word.partition("=") for word in args.limits.split(","))}
    if args.wait and not args.count:  # then for one that is not there yet
        args.count = 1
        args.after = args.after or len((await lab.chat())["messages"])
    result = await lab.chat(
        after=args.after,
        count=args.count,
        wait_s=args.wait,
        fail=args.fail,
        retry_after=args.retry_after,
        limits=limits,
    )
    if args.json:
        emit(result)
    else:
        show.chat(out, result["messages"])
    if not result["complete"]:
        raise LabError(f"{len(result['messages'])} of {args.count} messages came within {args.wait:g} s")
    return 0


async def traffic(lab: LabClient, args: Arguments) -> int:
    with contextlib.ExitStack() as stack:
        progress = None if args.json else stack.enter_context(err.status(f"traffic: {args.kind}"))
        result: dict[str, Any] = {}
        async for message in lab.traffic(args.kind, **args.traffic_options()):
            if "result" in message:
                result = message["result"]
            elif args.json:
                emit(message)
            elif progress is not None:
                progress.update(show.traffic_event(message))
    if args.json:
        emit({"result": result})
    else:
        show.traffic_result(out, args.kind, result)
    return 0


async def shell(lab: LabClient, args: Arguments) -> int:
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if args.place.startswith("/"):  # lab shell -- /ip/route/print: a line for the router
        args.place, command = ROUTER_NS, [args.place, *command]
    if not is_place(args.place):
        raise LabError(f"no place {args.place!r} in a lab: there are {', '.join(PLACES[:6])}, isp1, isp2, …")
    if args.json:
        if args.place != ROUTER_NS or not command:
            raise LabError(
                "lab shell --json needs the router and a line, as in: lab shell --json router -- /system/identity/print"
            )
        emit({"output": await lab.console(" ".join(command))})
        return 0
    if args.place == ROUTER_NS and not args.linux:
        return await router_console(lab, [" ".join(command)] if command else [])
    return command_in(lab, args.place, command)


async def journal(lab: LabClient, args: Arguments) -> int:
    entries = await lab.journal()
    if args.json:
        emit(entries)
    else:
        show.journal(out, entries)
    return 0


async def export(lab: LabClient, args: Arguments) -> int:
    text = await lab.export()
    if args.json:
        emit({"export": text})
    else:
        print(text, end="" if text.endswith("\n") else "\n")
    return 0


async def power_cycle(lab: LabClient, args: Arguments) -> int:
    event = await lab.power_cycle()
    _say(args, event, f"the router was off for {event['lasted_s']:.1f} s")
    return 0


def _say(args: Arguments, event: dict[str, Any], text: str) -> None:
    if args.json:
        emit(event)
    else:
        out.print(text)


COMMANDS: dict[str, Callable[[LabClient, Arguments], Awaitable[int]]] = {
    "up": up,
    "down": down,
    "status": status,
    "traffic": traffic,
    "cut": cut,
    "heal": heal,
    "renumber": renumber,
    "kick": kick,
    "rogue": rogue,
    "lease": lease,
    "chat": chat,
    "shell": shell,
    "journal": journal,
    "export": export,
    "power-cycle": power_cycle,
}


async def _run(args: Arguments) -> int:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    # a polite kill in the middle of `up` cleans up as Ctrl-C does
    signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(task.cancel))
    code = await COMMANDS[args.do](LabClient(args.name), args)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # too late: it is done, and the exit code says so
    return code


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["fleet"]:
        from lab.world import fleet_cli  # noqa: PLC0415 - a world of its own, which other commands need not load

        return fleet_cli.main(words[1:])
    args = parse(words)
    try:
        return asyncio.run(_run(args))
    except BrokenPipeError:
        sys.stdout = None  # who read our output has gone; nothing more can be said to him
        return 141
    except (LabError, TopologyError, OSError) as error:
        if args.json:
            emit({"error": str(error)})
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        return 130
    except asyncio.CancelledError:
        print("lab: terminated", file=sys.stderr)
        return 143


if __name__ == "__main__":
    sys.exit(main())
