# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``./dev lab fleet …``: many emulated routers at once, for the tools that run a fleet. Results on stdout."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from lab.router.pretended.around import CUTS
from lab.world.fleet import BASE, Fleet, Options
from lab.world.fleet_branch import SICK
from lab.world.state import LabError

out = Console(highlight=False)
_MAX = 2000


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--name", default="default", help="which fleet; several can run at once (default: default)")
    common.add_argument("--json", action="store_true", help="JSON on stdout instead of words")
    parser = argparse.ArgumentParser(
        prog="./dev lab fleet", description="Many emulated routers that have a control plane only: no packet passes."
    )
    todo = parser.add_subparsers(dest="do", required=True)
    up = todo.add_parser("up", parents=[common], help="start routers and write an inventory for them")
    up.add_argument("--branches", type=int, default=50, metavar="N", help="how many (default: 50)")
    up.add_argument("--versions", default="7.22", help="RouterOS versions, by commas, taken in turn (default: 7.22)")
    up.add_argument("--delay", type=float, default=0.0, metavar="MS", help="a round trip takes so much longer")
    up.add_argument("--still", action="store_true", help="routers run no scripts of their own accord")
    for sick in SICK:
        flag, what = f"--{sick.replace('_', '-')}", "N or NAME,NAME"
        up.add_argument(flag, default="", metavar="WHICH", help=f"branches that are so from the start: {what}")
    todo.add_parser("down", parents=[common], help="stop them and remove their files")
    todo.add_parser("status", parents=[common], help="what runs, and what was done to it")
    cut = todo.add_parser("cut", parents=[common], help="a line of a branch fails")
    cut.add_argument("branch")
    cut.add_argument("uplink")
    cut.add_argument("fault", nargs="?", choices=CUTS, default="upstream")
    for do, words in (
        ("heal", "every line of a branch works again"),
        ("rogue", "somebody plugs a DHCP server in"),
        ("drift", "somebody disables a row by hand"),
        ("certificate", "the API's certificate ends soon"),
        ("unreachable", "connections to it are refused"),
        ("wrong-password", "its password is another than the inventory's"),
        ("hang-up", "the next commit breaks off in the middle"),
        ("mend", "whatever was done to a branch or its variables is over; what its router holds stays"),
        ("journal", "every write that its router has taken"),
        ("sent", "hosts to which its router has sent messages"),
    ):
        todo.add_parser(do, parents=[common], help=words).add_argument("branch")
    shell = todo.add_parser("shell", parents=[common], help="one line at the console of a branch's router")
    shell.add_argument("branch")
    shell.add_argument("line", nargs="+")
    return parser


def _sick(args: argparse.Namespace) -> dict[str, int | Sequence[str]]:
    given = {sick: str(getattr(args, sick)) for sick in SICK}
    return {sick: int(text) if text.isdecimal() else text.split(",") for sick, text in given.items() if text}


def _running(folder: Path) -> Fleet:
    fleet = Fleet.find(folder)
    if fleet is None or not fleet.running:
        raise LabError(f"no fleet {folder.name!r} is running; `./dev lab fleet up` starts one")
    return fleet


def _up(folder: Path, args: argparse.Namespace) -> Any:
    if not 1 <= args.branches <= _MAX:
        raise LabError(f"{args.branches} branches: 1 to {_MAX} are possible")
    old = Fleet.find(folder)
    if old is not None and old.running:
        raise LabError(f"fleet {folder.name!r} is running already; `./dev lab fleet down` stops it")
    if old is not None:
        old.close()
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed while it began; its processes died with it
    options = Options(
        branches=args.branches,
        versions=tuple(args.versions.split(",")),
        sick=_sick(args),
        alive=not args.still,
        delay_ms=args.delay,
        held=False,
    )
    return _told(Fleet.start(folder, options))


def _told(fleet: Fleet) -> dict[str, Any]:
    used = fleet.usage()
    return {
        "branches": len(fleet.names),
        "inventory": str(fleet.inventory),
        "ca": str(fleet.ca_file),
        "sick": fleet.sick,
        "done": fleet.done(),
        "delay_ms": fleet.delay_ms,
        "processes": [one["pid"] for one in used],
        "memory_mb": round(sum(one["peak_kb"] for one in used) / 1024),
    }


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one}{'' if number == 1 else more}"


def _show(told: dict[str, Any]) -> None:
    out.print(
        f"{_counted(told['branches'], 'router', 's')} in {_counted(len(told['processes']), 'process', 'es')}, "
        f"{told['memory_mb']} MB. They have no data plane: what they see of lines is pretended."
    )
    for name in [*told["sick"], *(name for name in told["done"] if name not in told["sick"])]:
        from_start = [told["sick"][name].replace("_", " ")] if name in told["sick"] else []
        out.print(f"  {name}: {', '.join(from_start + told['done'].get(name, []))}", soft_wrap=True)
    out.print(f"Inventory: [bold]{told['inventory']}[/bold]")
    out.print(f"  ./dev run ansible-playbook -i {told['inventory']} playbooks/site.yml", soft_wrap=True)


def _do(args: argparse.Namespace) -> int:
    folder = BASE / str(args.name)
    if args.do == "down":
        fleet = Fleet.find(folder)
        if fleet is not None:
            fleet.close()
        _emit(args, {"stopped": fleet is not None}, "Stopped." if fleet is not None else "Nothing was running.")
        return 0
    if args.do in ("up", "status"):
        told = _up(folder, args) if args.do == "up" else _told(_running(folder))
        if args.json:
            _emit(args, told, "")
        else:
            _show(told)
        return 0
    fleet = _running(folder)
    if args.do == "mend":
        fleet.mend(args.branch)
        _emit(args, {"mended": args.branch}, f"{args.branch}: mended")
        return 0
    answer = fleet.do(*_deed(args), **_words(args))
    _emit(args, {"result": answer}, _said(args, answer))
    return 0


def _said(args: argparse.Namespace, answer: Any) -> str:
    if args.do == "cut":
        return f"{args.branch}: {args.uplink} is cut ({args.fault})"
    if answer is None:
        return f"{args.branch}: {args.do}"
    if args.do == "drift":
        return f"{args.branch}: disabled by hand: {', '.join(answer)}"
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def _deed(args: argparse.Namespace) -> tuple[str, str]:
    return ("console" if args.do == "shell" else args.do.replace("-", "_")), args.branch


def _words(args: argparse.Namespace) -> dict[str, str]:
    if args.do == "cut":
        return {"uplink": args.uplink, "how": args.fault}
    return {"line": " ".join(args.line)} if args.do == "shell" else {}


def _emit(args: argparse.Namespace, value: Any, words: str) -> None:
    print(json.dumps(value, ensure_ascii=False) if args.json else words, flush=True)


def main(argv: Sequence[str]) -> int:
    args = _parser().parse_args(argv)
    try:
        return _do(args)
    except (LabError, OSError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
