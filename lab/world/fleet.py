# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of emulated routers that have a control plane only: API-SSL, scripts, configuration; no kernel behind it.

    with Fleet.start(folder, Options(branches=50)) as fleet:
        run(["ansible-playbook", "-i", str(fleet.inventory), "playbooks/site.yml"])
        fleet.do("cut", "medan", uplink="isp2")

The routers live in processes of their own; they end with ``close()``, and with the process that started them unless
``Options.held`` is False. Everything is in one folder: state.json, ca.pem, inventory/.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lab.world import pki, wire
from lab.world.fleet_branch import SICK, Branch, branches, spread
from lab.world.fleet_inventory import write_inventory
from lab.world.state import ROOT, LabError, ProcessId, write_private

BASE = Path(os.environ.get("MULTIWAN_FLEET_DIR", ROOT / "build" / "fleet"))
#: routers of one process: more processes than cores are of no use, and each has some 40 MB of its own
_EACH = 150
_LIFE = datetime.timedelta(days=730)
_READY_S = 300.0
_STOP_S = 30.0


@dataclass(frozen=True)
class Options:
    """``sick``: what (fleet_branch.SICK) -> how many, or the names of the branches.

    ``alive``: routers run their schedulers and scripts by themselves; else they only do what the API asks of them.
    ``delay_ms``: how much longer a round trip takes. ``processes`` 0: as many as are worth it. ``held``: see above.
    """

    branches: int = 50
    versions: tuple[str, ...] = ("7.22",)
    sick: Mapping[str, int | Sequence[str]] = field(default_factory=dict)
    alive: bool = True
    delay_ms: float = 0.0
    processes: int = 0
    held: bool = True


@dataclass(frozen=True)
class _Work:
    process: ProcessId
    socket: str
    names: tuple[str, ...]


class Fleet:
    """``inventory``: folder for ``-i``; ``names``: in the inventory's order; ``ports``: name -> API-SSL port."""

    def __init__(self, folder: Path, state: Mapping[str, Any]) -> None:
        self.folder = folder
        self.ports: dict[str, int] = dict(state["ports"])
        self.sick: dict[str, str] = dict(state["sick"])
        self.password: str = state["password"]
        self.delay_ms: float = state["delay_ms"]
        self._versions = tuple(state["versions"])
        self._workers = [
            _Work(ProcessId(**one["process"]), one["socket"], tuple(one["names"])) for one in state["workers"]
        ]
        self._children: list[subprocess.Popen[str]] = []

    # -- life

    @classmethod
    def start(cls, folder: Path, options: Options | None = None) -> Fleet:
        """Returns when every router answers. ``folder`` is made, and removed by ``close``."""
        options = options or Options()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise LabError(f"{folder} is not empty: a fleet wants a folder of its own")
        starting = _Starting(folder.resolve(), options)
        try:
            return starting.go()
        except BaseException:
            starting.undo()
            raise

    @classmethod
    def find(cls, folder: Path) -> Fleet | None:
        """A fleet that runs, or of which something is left; None when there is none."""
        try:
            return cls(folder, json.loads((folder / "state.json").read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
            return None

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def running(self) -> bool:
        return bool(self._workers) and all(worker.process.alive for worker in self._workers)

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(worker.process.pid for worker in self._workers)

    def close(self) -> None:
        """Every process by its id: asked first, then killed."""
        _end([worker.process for worker in self._workers], self._children)
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what there is

    @property
    def inventory(self) -> Path:
        return self.folder / "inventory"

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def names(self) -> list[str]:
        return list(self.ports)

    def branch(self, name: str) -> Branch:
        self._worker(name)
        return next(one for one in branches(len(self.ports), versions=self._versions) if one.name == name)

    # -- what can be done

    def do(self, deed: str, branch: str, **words: Any) -> Any:
        """A deed of fleet_deeds.Deeds: cut, heal, rogue, drift, certificate, unreachable, wrong_password, hang_up,
        mend, journal, rows, console, export, sent. Raises LabError with what the router's process says."""
        return self._ask(self._worker(branch), {"do": deed, "branch": branch, **words})

    def mend(self, name: str) -> None:
        """Whatever was wrong with a branch from the start, or was done to it; its variables too."""
        self.do("mend", name)
        self.sick.pop(name, None)
        write_inventory(self.folder, self._branches(), self.ports, self.password)
        state = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        write_private(self.folder / "state.json", json.dumps({**state, "sick": self.sick}))

    def usage(self) -> list[dict[str, Any]]:
        """For each process: pid, routers, cpu_s since its start, peak_kb."""
        return [self._ask(worker, {"do": "usage"}) for worker in self._workers]

    def done(self) -> dict[str, list[str]]:
        """Branch -> what was done to it since the start and is not over, in words, in the inventory's order."""
        found: dict[str, list[str]] = {}
        for worker in self._workers:
            found |= self._ask(worker, {"do": "done"})
        return {name: found[name] for name in self.names if name in found}

    def _branches(self) -> list[Branch]:
        return branches(len(self.ports), versions=self._versions, sick=self.sick)

    def _worker(self, name: str) -> _Work:
        for worker in self._workers:
            if name in worker.names:
                return worker
        raise LabError(f"no branch {name!r} in this fleet")

    def _ask(self, worker: _Work, message: Mapping[str, Any]) -> Any:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(120)
            try:
                with wire.short_path(self.folder / worker.socket) as name:
                    sock.connect(name)
            except OSError as error:
                raise LabError(f"the fleet does not answer ({error.strerror})") from None
            sock.sendall(wire.encode(message))
            with sock.makefile("rb") as lines:
                answer = wire.decode(lines.readline())
        if "error" in answer:
            raise LabError(str(answer["error"]))
        return answer["result"]


class _Starting:
    def __init__(self, folder: Path, options: Options) -> None:
        self.folder = folder
        self.options = options
        self.children: list[subprocess.Popen[str]] = []

    def go(self) -> Fleet:
        options = self.options
        names = [branch.name for branch in branches(options.branches)]
        sick = _sick(names, options.sick)
        password = secrets.token_urlsafe(18)
        self._certificates()
        count = options.processes or -(-len(names) // _EACH)
        shares = [list(range(first, len(names), count)) for first in range(count)]
        workers = [self._spawn(n, numbers, password, sick) for n, numbers in enumerate(shares)]
        ports = self._ports()
        ordered = {name: ports[name] for name in names}
        state = {
            "ports": ordered,
            "sick": sick,
            "password": password,
            "delay_ms": options.delay_ms,
            "versions": list(options.versions),
            "workers": [
                {**worker, "names": [names[n] for n in numbers]}
                for worker, numbers in zip(workers, shares, strict=True)
            ],
        }
        write_inventory(self.folder, branches(len(names), versions=options.versions, sick=sick), ordered, password)
        write_private(self.folder / "state.json", json.dumps(state))
        fleet = Fleet(self.folder, state)
        fleet._children = self.children
        if not options.held:
            self._let_go()
        return fleet

    def _let_go(self) -> None:
        """Until now they would have ended with us."""
        for child in self.children:
            assert child.stdin is not None
            child.stdin.write(wire.GO)
            child.stdin.close()

    def undo(self) -> None:
        _end([found for child in self.children if (found := ProcessId.of(child.pid)) is not None], self.children)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _certificates(self) -> None:
        now = datetime.datetime.now(datetime.UTC)
        ca = pki.make_ca("Fleet", now, _LIFE)
        door = pki.issue(ca, ("127.0.0.1", "localhost"), now, _LIFE)
        for name, text in (("ca.key", ca.key), ("api.crt", door.certificate), ("api.key", door.key)):
            write_private(self.folder / name, text)
        (self.folder / "ca.pem").write_text(ca.certificate, encoding="ascii")

    def _spawn(self, number: int, numbers: list[int], password: str, sick: Mapping[str, str]) -> dict[str, Any]:
        name = f"control-{number}.sock"
        order = {
            "folder": str(self.folder),
            "socket": str(self.folder / name),
            "numbers": numbers,
            "sick": dict(sick),
            "options": {
                "versions": list(self.options.versions),
                "alive": self.options.alive,
                "delay_ms": self.options.delay_ms,
                "password": password,
                "admin_password": secrets.token_urlsafe(18),
            },
        }
        with open(self.folder / "fleet.log", "ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "lab.world.fleet_worker"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C in the terminal is for who started us
            )
        self.children.append(child)
        process = ProcessId.of(child.pid)
        assert child.stdin is not None
        assert process is not None
        with contextlib.suppress(BrokenPipeError):  # it has died; its silence is told below
            child.stdin.write(json.dumps(order) + "\n")
            child.stdin.flush()
        return {"process": asdict(process), "socket": name}

    def _ports(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for child in self.children:
            assert child.stdout is not None
            line = child.stdout.readline()
            if not line:
                last = (self.folder / "fleet.log").read_text(errors="replace").strip().splitlines()[-5:]
                raise LabError("routers of the fleet did not start: " + "\n".join(last))
            found |= json.loads(line)["ports"]
        return found


def _sick(names: list[str], wanted: Mapping[str, int | Sequence[str]]) -> dict[str, str]:
    for what in wanted:
        if what not in SICK:
            raise LabError(f"{what!r}: {', '.join(SICK)} are possible")
    named = {name: what for what, which in wanted.items() if not isinstance(which, int) for name in which}
    if unknown := sorted(set(named) - set(names)):
        raise LabError(f"no branch {', '.join(unknown)} in this fleet")
    free = [name for name in names if name not in named]
    try:
        return named | spread(free, {what: n for what, n in wanted.items() if isinstance(n, int)})
    except ValueError as error:
        raise LabError(str(error)) from None


def _end(processes: Sequence[ProcessId], children: Sequence[subprocess.Popen[str]]) -> None:
    for process in processes:
        if process.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
    until = time.monotonic() + _STOP_S
    for process in processes:
        if not process.wait_gone(max(0.0, until - time.monotonic())):
            process.kill()
    for child in children:
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        child.wait()
