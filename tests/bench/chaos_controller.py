# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controllers that can be killed: a process each, which makes one commit. The light one calls the collection's engine
with the arguments of its action; the other is a real ansible-playbook.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import yaml

from lab.demo.play import command, last_words
from tests.bench.chaos_plan import BRANCH

ROOT = Path(__file__).parents[2]
#: Where the checkout is the collection (made by ./dev).
COLLECTIONS = str(ROOT / ".dev" / "collections")
if COLLECTIONS not in sys.path:
    sys.path.append(COLLECTIONS)
_HOME = "ansible_collections.multiwan.routeros.plugins.module_utils"
_UTILS: dict[str, Any] = {
    name: importlib.import_module(f"{_HOME}.{name}")
    for name in ("api_client", "assemble", "commit_arguments", "commit_engine", "router_api")
}
_here = importlib.import_module(f"{_HOME.removesuffix('module_utils')}plugin_utils.controller").here
#: One fork of it is a controller; what this file has imported, they have.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Order:
    """``do``: commit or inspect. ``variables``: of the branch, None for one that holds nothing of ours.
    ``arguments``: of the action, those without which it takes its defaults left out."""

    do: str
    variables: Mapping[str, Any] | None
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """How a controller ended. ``error``: its words, empty when it was content; ``killed`` when there is none."""

    changed: bool = False
    writes: int = 0
    seconds: float = 0.0
    error: str = ""
    killed: bool = False
    notes: tuple[str, ...] = ()


def carry_out(order: Order) -> Answer:
    """What the action does, without Ansible around it."""
    began = time.monotonic()
    defaults = {name: entry.get("default") for name, entry in _UTILS["commit_arguments"].SPEC.items()}
    arguments = {**defaults, **{name: value for name, value in order.arguments.items() if name in defaults}}
    plans = []
    if order.variables is not None:
        plans.append(_UTILS["assemble"].assemble(order.variables, name=BRANCH).to_json())
    connect = functools.partial(_UTILS["api_client"].connect, _UTILS["commit_arguments"].target(arguments))
    try:
        request = _UTILS["commit_arguments"].request(
            {**arguments, "plans": plans}, name=BRANCH, controller=_here(lambda _words: None)
        )
        outcome = getattr(_UTILS["commit_engine"], order.do)(request, connect)
    except (_UTILS["commit_engine"].CommitError, _UTILS["router_api"].RouterError) as error:
        return Answer(seconds=time.monotonic() - began, error=str(error))
    return Answer(
        outcome.changed, sum(outcome.writes.values()), time.monotonic() - began, notes=tuple(map(str, outcome.notes))
    )


def plan_rows(variables: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Menu to the values of its rows, as the collection plans them."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in _UTILS["assemble"].assemble(variables, name=BRANCH).rows:
        found.setdefault(row.menu, []).append(row.values)
    return found


def _work(does: Callable[[Order], Answer], order: Order, pipe: Connection) -> None:
    pipe.send(does(order))
    pipe.close()


class Controller(Protocol):
    """One that was started."""

    @property
    def alive(self) -> bool: ...

    async def ended(self) -> Answer:
        """Wait for it."""

    async def kill(self) -> None:
        """-9, at once."""


class Light:
    """A fork of an interpreter that has imported the collection. ``does``: what it does with its order."""

    def __init__(self, order: Order, does: Callable[[Order], Answer] = carry_out) -> None:
        self._pipe, theirs = _FORKS.Pipe(duplex=False)
        self._process = _FORKS.Process(target=_work, args=(does, order, theirs), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    async def ended(self) -> Answer:
        await readable(self._pipe.fileno())
        try:
            answer: Answer = self._pipe.recv()
        except EOFError:
            answer = Answer(killed=True)
        await readable(self._process.sentinel)
        self._process.join()
        return answer

    async def kill(self) -> None:
        self._process.kill()

    def signal(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


class Playbook:
    """A real ``ansible-playbook`` in a session of its own: Ctrl-C is for those alone who get it in a terminal."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._began = time.monotonic()
        self._output = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, playbook: str, inventory: str, extra: Mapping[str, Any], folder: Path) -> Playbook:
        """``playbook``: a path, or the name of one of ours. ``extra``: variables that win over the inventory's."""
        file = folder / "extra.yml"
        file.write_text(yaml.safe_dump(dict(extra)), encoding="utf-8")
        path = playbook if "/" in playbook else f"playbooks/{playbook}.yml"
        words = ["-i", "inventory", "-i", inventory, path, "--limit", BRANCH, "-e", f"@{file}"]
        environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
        process = await asyncio.create_subprocess_exec(
            *command(words),
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        return cls(process)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ended(self) -> Answer:
        output = await self._output
        code = await self._process.wait()
        seconds = time.monotonic() - self._began
        if code < 0:
            return Answer(killed=True, seconds=seconds)
        recap = output.rpartition("PLAY RECAP")[2]
        changed = "changed=" in recap and "changed=0" not in recap
        return Answer(changed, seconds=seconds, error=last_words(output) if code else "")

    async def kill(self) -> None:
        """With its workers, which have sessions of their own and would go on."""
        for pid in (*_descendants(self._process.pid), self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def interrupt(self) -> None:
        """What Ctrl-C in its terminal does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGINT)

    async def _read(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.read()).decode("utf-8", errors="replace")


def _descendants(pid: int) -> list[int]:
    """Those below a process, the lowest first. A process that ends meanwhile has none."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [one for child in map(int, found) for one in (*_descendants(child), child)]


async def readable(fd: int) -> None:
    """Returns when there is something to read, or nobody left who could write."""
    loop, found = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(fd, found.set)
    try:
        await found.wait()
    finally:
        loop.remove_reader(fd)
