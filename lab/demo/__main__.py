# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``./dev demo``.

Exit code 0 when every promise was kept, 1 when one was missed or the demo broke, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from lab.demo import event as event_story
from lab.demo.branch import InventoryError
from lab.demo.event_record import Event, as_json
from lab.demo.event_world import EventLab
from lab.demo.fault import NoGates
from lab.demo.page import render
from lab.demo.play import PlayFailed
from lab.demo.record import Check, Record, dumps
from lab.demo.screen import screen_for
from lab.demo.stage import Stage
from lab.demo.story import take_down, tell
from lab.demo.world import Lab, LabError

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
EVENT_FILES = ("stage.json", "stage-drill.html")
#: Written for people; anything else is a defect of the demo and keeps its trace.
SENTENCES = (LabError, PlayFailed, InventoryError, NoGates)


class Busy(Exception):
    """Another demo of this checkout is running."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev demo",
        description="Two 10 Mbit/s lines become one, on a router that runs here; `stage`: an event with stream, crew"
        " and guests, from the router's box to the report of the rehearsal.",
        epilog="Writes build/demo.html and build/demo.json; stage: build/stage.json and build/stage-drill.html.",
    )
    parser.add_argument(
        "story", nargs="?", choices=("branch", "stage"), default="branch", help="what is shown (default branch)"
    )
    parser.add_argument("--short", action="store_true", help="stage: a minute's worth of it, for a test")
    parser.add_argument("--branch", default="jakarta", help="which branch of inventory/ (default jakarta)")
    parser.add_argument(
        "--keep", action="store_true", help="leave the lab up to look around; ./dev lab down --name demo"
    )
    parser.add_argument("--out", type=Path, default=BUILD, metavar="DIR", help="where to write (default build)")
    parser.add_argument("--plain", action="store_true", help="lines instead of the live picture")
    options = parser.parse_args(argv)
    options.out = options.out.resolve()
    return options


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """One demo of a checkout at a time; the kernel drops the lock with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy("another ./dev demo of this checkout is running") from None
    else:
        yield
    finally:
        os.close(fd)


async def run(options: argparse.Namespace, out: TextIO) -> Record:
    """Tell the story; whatever happens, take the lab down again."""
    _on_signals(asyncio.current_task())
    began = time.time()
    console = Console(file=out)
    if options.plain:
        console = Console(file=out, force_terminal=False)
    screen = screen_for(console, out)
    stage = Stage(options.branch, ROOT, options.out / "demo", screen, Lab("demo", began=began), began)
    keep = False
    try:
        record = await tell(stage)
        keep = options.keep
        return record
    finally:
        if not keep:
            screen.note("taking everything down")
            await take_down(stage)
        screen.close()


def _on_signals(task: asyncio.Task[Any] | None) -> None:
    """The first one ends the story in good order; more of them change nothing, since taking down is under way."""
    assert task is not None
    loop = asyncio.get_running_loop()
    told: list[int] = []

    def end(number: int) -> None:
        if not told:
            task.cancel()
        told.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)


def words_of(error: BaseException) -> str | None:
    """The sentence of an expected error, also when a task group wrapped it."""
    if isinstance(error, BaseExceptionGroup):
        return next((words for inner in error.exceptions if (words := words_of(inner))), None)
    return str(error) if isinstance(error, (*SENTENCES, Busy)) else None


def forget(folder: Path) -> None:
    """Remove the figures of an earlier run, so that nobody takes them for those of a run that broke off."""
    for name in ("demo.json", "demo.html"):
        (folder / name).unlink(missing_ok=True)


def write(record: Record, folder: Path) -> None:
    (folder / "demo.json").write_text(dumps(record), encoding="utf-8")
    (folder / "demo.html").write_text(render(record), encoding="utf-8")


def verdict(record: Record, folder: Path, out: TextIO) -> int:
    return told(record.checks, (folder / "demo.html", folder / "demo.json"), record.seconds, out)


def told(checks: Sequence[Check], files: Sequence[Path], seconds: float, out: TextIO) -> int:
    """Every promise, and where to read on; the exit code."""
    missed = [check for check in checks if not check.ok]
    for check in checks:
        print(f"  {'kept  ' if check.ok else 'MISSED'} {check.rule}: {check.seen}", file=out)
    shown = ", ".join(str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file) for file in files)
    print(f"{shown} ({seconds:.0f} s)", file=out)
    if missed:
        print(f"demo: {len(missed)} of {len(checks)} promises missed", file=sys.stderr)
    return 1 if missed else 0


async def run_event(options: argparse.Namespace, out: TextIO) -> Event:
    """The same for the event."""
    _on_signals(asyncio.current_task())
    began = time.time()
    folder = options.out / "stage"
    console = Console(file=out, force_terminal=False) if options.plain else Console(file=out)
    screen = screen_for(console, out)
    lab = EventLab("stage", began=began, folder=folder)
    stage = Stage("stage", ROOT, folder, screen, lab, began)
    keep = False
    try:
        event = await event_story.tell(event_story.Show(stage, lab, folder, options.short))
        keep = options.keep
        return event
    finally:
        if not keep:
            screen.note("taking everything down")
            await take_down(stage)
        screen.close()


def show_event(options: argparse.Namespace) -> int:
    for name in EVENT_FILES:
        (options.out / name).unlink(missing_ok=True)
    event = asyncio.run(run_event(options, sys.stdout))
    words, page = (options.out / name for name in EVENT_FILES)
    words.write_text(json.dumps(as_json(event), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.copyfile(options.out / "stage" / event.drill.report, page)
    return told(event.checks, (words, page), event.seconds, sys.stdout)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    try:
        if options.story == "stage":
            with only_one(options.out / "stage"):
                return show_event(options)
        with only_one(options.out / "demo"):
            forget(options.out)
            record = asyncio.run(run(options, sys.stdout))
            write(record, options.out)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("demo: interrupted, everything is taken down", file=sys.stderr)
        return 130
    except BaseException as error:
        words = words_of(error)
        if words is None:
            raise
        print(f"demo: {words}", file=sys.stderr)
        return 1
    return verdict(record, options.out, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
