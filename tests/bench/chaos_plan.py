# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is tried: from which state of a branch to which, what goes wrong, after which write. Pure."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Raised when a stored cell of before can't be judged any more.
FORMAT = 1
BRANCH = "jakarta"
LINES = 3
#: The fault's time limit in the benchmark; branches have 120 s unless told otherwise.
DEAD_MAN_S = 15
#: The dead man looks every tenth of its time, and then writes back; all of it has to happen in so many seconds more.
SETTLE_S = 15.0
#: Power cycles of each scenario, at writes that are chosen by this seed.
REBOOTS, SEED = 10, 5
#: Undisturbed changes, and cases with a real ansible-playbook, of each scenario and fault.
CONTROLS, PLAYBOOKS = 3, 3
ANCHORS = (
    ("8.8.4.4", "9.9.9.10"),
    ("1.0.0.1", "208.67.222.222"),
    ("9.9.9.9", "208.67.220.220"),
)
#: What the technician set up before: one working line. The command lines of a console.
BY_HAND = (
    '/ip/address/add address=192.168.1.2/24 interface=ether1 comment="teknisi: modem 1"',
    '/ip/route/add dst-address=0.0.0.0/0 gateway=192.168.1.1 comment="teknisi: internet"',
    '/ip/firewall/nat/add chain=srcnat out-interface=ether1 action=masquerade comment="teknisi: nat"',
)
#: What the preflight would object to in a branch that is taken over line by line.
FORCED: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """What a branch is told to hold. ``lines`` 0: nothing of ours."""

    key: str
    words: str
    lines: int = 0
    mode: str = "balance"


HAND = State("hand", "one hand-made line")
TWO = State("two", "two lines, balance", 2)
THREE = State("three", "three lines, balance", 3)
FAILOVER = State("failover", "two lines, failover", 2, "failover")
STATES = (HAND, TWO, THREE, FAILOVER)


@dataclass(frozen=True)
class Scenario:
    key: str
    words: str
    before: State
    after: State


SCENARIOS = (
    Scenario("deploy", "first deploy", HAND, TWO),
    Scenario("third-line", "from two lines to three", TWO, THREE),
    Scenario("to-failover", "from balance to failover", TWO, FAILOVER),
    Scenario("removal", "removal", TWO, HAND),
    Scenario("to-balance", "from failover to balance", FAILOVER, TWO),
    Scenario("second-line", "from three lines to two", THREE, TWO),
)


@dataclass(frozen=True)
class Fault:
    key: str
    words: str


NONE = Fault("none", "undisturbed")
CUT = Fault("cut", "connection cut")
KILL = Fault("kill", "controller killed (-9)")
REBOOT = Fault("reboot", "router power-cycled")
FAULTS = (NONE, CUT, KILL, REBOOT)


@dataclass(frozen=True)
class Case:
    """``k``: the fault comes after this write of the change; of an undisturbed one, which repeat it is."""

    scenario: Scenario
    fault: Fault
    k: int
    version: str = "7.22"
    playbook: bool = False

    @property
    def key(self) -> str:
        by = "playbook" if self.playbook else "engine"
        return f"{self.version}-{self.scenario.key}-{self.fault.key}-{by}-{self.k:03d}"


@dataclass(frozen=True)
class Choice:
    """Which cases. ``every``: each so many writes of cuts and kills only."""

    scenarios: Sequence[Scenario] = SCENARIOS
    faults: Sequence[Fault] = FAULTS
    version: str = "7.22"
    every: int = 1
    reboots: int = REBOOTS
    controls: int = CONTROLS
    playbooks: int = PLAYBOOKS
    only_k: Sequence[int] = field(default=())


def controls(choice: Choice) -> list[Case]:
    """The undisturbed changes; the first of each says how many writes it has."""
    return [Case(one, NONE, n, choice.version) for n in range(1, choice.controls + 1) for one in choice.scenarios]


def cases(choice: Choice, writes: Mapping[str, int]) -> list[Case]:
    """All faults at all their writes. ``writes``: scenario to the number of writes of its undisturbed change."""
    return [case for one in choice.scenarios for case in _of(one, choice, writes.get(one.key, 0))]


def _of(scenario: Scenario, choice: Choice, writes: int) -> Iterator[Case]:
    if not writes:
        return
    everywhere = [k for k in choice.only_k if k <= writes] or _thinned(writes, choice.every)
    for fault in choice.faults:
        if fault is REBOOT:
            places: Sequence[int] = sorted(_chance(scenario, fault, writes, choice.reboots))
        else:
            places = everywhere if fault is not NONE else ()
        for k in places:
            yield Case(scenario, fault, k, choice.version)
        if fault in (CUT, KILL):
            for k in sorted(_chance(scenario, fault, writes, choice.playbooks)):
                yield Case(scenario, fault, k, choice.version, playbook=True)


def _thinned(writes: int, every: int) -> list[int]:
    """Every write, or some and in any case the first and the last."""
    return sorted({*range(1, writes + 1, every), writes})


def _chance(scenario: Scenario, fault: Fault, writes: int, count: int) -> list[int]:
    """So many different writes, always the same."""
    chosen = random.Random(f"{SEED} {scenario.key} {fault.key}")
    return chosen.sample(range(1, writes + 1), min(count, writes))


def variables(state: State, *, version: str, telegram: Mapping[str, Any]) -> dict[str, Any]:
    """What a state changes in the inventory's branch. ``telegram``: bot and chat as the lab's inventory has them."""
    return {
        "multiwan_routeros_version": version,
        "multiwan_mode": state.mode,
        "multiwan_telegram": dict(telegram),
        "multiwan_uplinks": [
            {
                "name": f"isp{n}",
                "label": f"Modem {n}",
                "interface": f"ether{n}",
                "type": "static",
                "address": f"192.168.{n}.2/24",
                "gateway": f"192.168.{n}.1",
                "download": "10M",
                "upload": "10M",
                "priority": n,
                "anchors": list(ANCHORS[n - 1]),
            }
            for n in range(1, state.lines + 1)
        ],
    }


def digest(root: Path) -> str:
    """What a result belongs to: the collection, the lab and the cases. Another digest: tried again."""
    folders = [root / name for name in ("plugins", "roles", "playbooks", "lab")]
    files = [path for folder in folders for path in folder.rglob("*")]
    files += [root / "tests" / "bench" / f"chaos_{name}.py" for name in ("case", "plan", "controller", "traffic")]
    total = hashlib.sha256(f"{FORMAT}".encode())
    for path in sorted(files):
        if path.suffix in (".py", ".yml", ".j2") and path.is_file():
            total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]
