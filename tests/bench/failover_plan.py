# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: who against which faults, how long each lasts, what a recipe becomes for N uplinks. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
#: Raised when a stored cell of before can't be judged any more.
FORMAT = 1
MODES = ("balance", "failover")
#: Before the fault: traffic starts, every line is seen to carry its share.
LEAD_S = 4.0
#: The uplink that every single fault hits; the primary in mode failover.
DEAD = "isp1"
#: Behind uplink i; answer ping in every lab.
TARGETS = ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1")
ANCHORS = (
    ("8.8.4.4", "9.9.9.10"),
    ("1.0.0.1", "208.67.222.222"),
    ("9.9.9.9", "208.67.220.220"),
    ("149.112.112.112", "1.1.1.2"),
)


@dataclass(frozen=True)
class Contender:
    """``recipe``: the beginning of its files in recipes/, empty for the collection (playbooks/site.yml)."""

    key: str
    name: str
    version: str
    recipe: str = ""

    @property
    def title(self) -> str:
        return f"({self.key}) {self.name}, {self.version}"


#: The recipes run on 7.22, whose gateway check gives up after 1 s instead of 10 (facts 2.4): their best case.
CONTENDERS = (
    Contender("a", "pasted PCC recipe", "7.22", "pcc"),
    Contender("b", "manual's recursion", "7.22", "recursive"),
    Contender("c", "ours", "7.20"),
    Contender("d", "ours", "7.22"),
    Contender("e", "ours", "6.49"),
)


@dataclass(frozen=True)
class Fault:
    """``lasts_s``, ``after_s``: from the fault to its end, and from there to the end of the cell.

    ``kind``: a fault of the lab, or flapping, all, reboot. ``from_end``: outages count from the end of the fault (with
    no line alive there is nothing that could be done before). ``messages``: what one that tells should say of it; None
    where that depends on thresholds that a branch may set.
    """

    key: str
    words: str
    kind: str
    lasts_s: float
    after_s: float = 15.0
    percent: float | None = None
    delay_ms: float | None = None
    from_end: bool = False
    messages: int | None = 2


FAULTS = (
    Fault("upstream", "internet behind the gateway dead", "upstream", 66.0),
    Fault("cable", "cable pulled", "cable", 66.0),
    Fault("gateway", "gateway dead", "gateway", 66.0),
    Fault("loss", "30 % loss", "loss", 60.0, percent=30.0, messages=None),
    Fault("delay", "400 ms delay", "delay", 40.0, delay_ms=400.0, messages=None),
    Fault("flapping", "upstream dead 5 s in 10", "flapping", 60.0, messages=None),
    Fault("all", "all uplinks dead", "all", 120.0, 60.0, from_end=True, messages=None),
    Fault("reboot", "router rebooted", "reboot", 0.0, 45.0, messages=0),
)
#: The short form: long enough for every detection (21 s for the recipes) and the retransmission of TCP after it (27 s).
SHORT_FAULTS = (
    Fault("upstream", "internet behind the gateway dead", "upstream", 36.0, 12.0),
    Fault("cable", "cable pulled", "cable", 12.0, 12.0),
)
FLAP_S = 5.0
#: A connection that is silent at this time after the fault is called stuck.
STUCK_S = 60.0


@dataclass(frozen=True)
class Setting:
    """One lab: who, how, on how many lines."""

    contender: Contender
    mode: str
    uplinks: int

    @property
    def key(self) -> str:
        return f"{self.contender.key}-{self.mode}-{self.uplinks}"


@dataclass(frozen=True)
class Cell:
    """One measurement."""

    setting: Setting
    fault: Fault
    repeat: int

    @property
    def key(self) -> str:
        return f"{self.setting.key}-{self.fault.key}-{self.repeat}"


def cells(
    contenders: Sequence[Contender], modes: Sequence[str], uplinks: Sequence[int], faults: Sequence[Fault], repeats: int
) -> list[Cell]:
    """Every combination, those of one lab together."""
    settings = [Setting(*chosen) for chosen in product(contenders, modes, uplinks)]
    return [Cell(setting, fault, repeat) for setting, repeat, fault in product(settings, range(1, repeats + 1), faults)]


def batches(settings: Sequence[Setting], jobs: int) -> Iterator[list[Setting]]:
    """Labs that run at the same time, at most ``jobs``. When fewer settings are left, they get several labs each."""
    for start in range(0, len(settings), jobs):
        left = list(settings[start : start + jobs])
        yield [left[n % len(left)] for n in range(jobs)]


def recipe(contender: Contender, mode: str, uplinks: int) -> list[str]:
    """The lines to paste into a router's console."""
    text = (HERE / "recipes" / f"{contender.recipe}-{mode}.rsc").read_text(encoding="utf-8")
    return list(expand(text, uplinks))


def expand(text: str, uplinks: int) -> Iterator[str]:
    """A recipe for so many uplinks: lines with <i> or <target> once for each, comments left out."""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        each = "<i" in line or "<target>" in line
        for i in range(1, uplinks + 1) if each else (0,):
            values = {"<i>": str(i), "<i-1>": str(i - 1), "<n>": str(uplinks), "<target>": TARGETS[i - 1]}
            filled = line
            for word, value in values.items():
                filled = filled.replace(word, value)
            yield filled


def branch(mode: str, uplinks: int) -> dict[str, Any]:
    """The same branch as variables of the collection."""
    return {
        "multiwan_mode": mode,
        "multiwan_classifier": "both-addresses",
        "multiwan_uplinks": [
            {
                "name": f"isp{i}",
                "label": f"Modem {i}",
                "interface": f"ether{i}",
                "type": "static",
                "address": f"192.168.{i}.2/24",
                "gateway": f"192.168.{i}.1",
                "download": "10M",
                "upload": "10M",
                "priority": i,
                "anchors": list(ANCHORS[i - 1]),
            }
            for i in range(1, uplinks + 1)
        ],
    }


def digest(root: Path, setting: Setting) -> str:
    """What a result belongs to: the recipe or the collection, and the lab. Another digest: measured again."""
    names = ("tests/bench/recipes",) if setting.contender.recipe else ("plugins", "roles", "playbooks")
    files = sorted(
        path
        for name in (*names, "lab")
        for path in (root / name).rglob("*")
        if path.suffix in (".py", ".yml", ".rsc", ".j2") and path.is_file()
    )
    total = hashlib.sha256(f"{FORMAT} {setting}".encode())
    for path in files:
        total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]
