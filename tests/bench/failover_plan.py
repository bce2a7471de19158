# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: who against which faults, how long each lasts, what a recipe becomes for N uplinks. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
#: Raised when a stored cell of before can't be judged any more.
FORMAT = 2
MODES = ("balance", "failover")
#: Before the fault: traffic starts, every line is seen to carry its share, and the machine to keep up.
LEAD_S = 4.0
#: How much longer that lasts at most, by the cell: nobody's checks come as often as this (check-gateway every 10 s,
#: netwatch every 2 s), and without it every repeat would meet them in the same moment of their period.
PHASE_S = 10.0
#: From the end of the fault to the end of the cell: a line of ours is used again 20 s after it answers (good_checks x
#: interval, 10 x 2 s unless told otherwise), and a message waits up to 10 s for its sender. The same for everybody.
AFTER_S = 36.0
#: How long a line that came back is only watched, with the collection's defaults.
HOLD_DOWN_S = 20.0
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
    """``recipe``: the beginning of its files in recipes/, empty for the collection (playbooks/site.yml).

    ``probe``: its branch has these thresholds; ``faults``: it is measured with these only, empty for all.
    """

    key: str
    name: str
    version: str
    recipe: str = ""
    probe: tuple[tuple[str, int], ...] = ()
    faults: tuple[str, ...] = ()

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
    Contender("f", "ours, thresholds", "7.22", probe=(("loss", 20), ("latency", 300)), faults=("loss", "delay")),
)


@dataclass(frozen=True)
class Fault:
    """``lasts_s``, ``after_s``: from the fault to its end, and from there to the end of the cell.

    ``kind``: a fault of the lab, or flapping, all, reboot. ``from_end``: outages count from the end of the fault (with
    no line alive there is nothing that could be done before).
    """

    key: str
    words: str
    kind: str
    lasts_s: float
    after_s: float = AFTER_S
    percent: float | None = None
    delay_ms: float | None = None
    from_end: bool = False


FAULTS = (
    Fault("upstream", "internet behind the gateway dead", "upstream", 62.0),
    Fault("cable", "cable pulled", "cable", 62.0),
    Fault("gateway", "gateway dead", "gateway", 62.0),
    Fault("flapping", "upstream dead 5 s in 10", "flapping", 60.0),
    Fault("loss", "30 % loss", "loss", 60.0, percent=30.0),
    Fault("delay", "400 ms delay", "delay", 40.0, delay_ms=400.0),
    Fault("all", "all uplinks dead", "all", 120.0, 60.0, from_end=True),
    Fault("reboot", "router rebooted", "reboot", 0.0, 45.0),
)
#: A cable that is back before a minute is over says nothing of stuck connections, and takes half the time.
SHORT_FAULTS = (FAULTS[0], Fault("cable", "cable pulled", "cable", 15.0))
#: Faults that share a lab, in the order in which a run that ends early should have them. A lab is left before its
#: router has told of six deaths of a line: from then on it holds messages back for an hour.
TOGETHER = (("upstream", "cable"), ("gateway", "flapping"), ("loss", "delay"), ("all", "reboot"))
FLAP_S = 5.0
#: When a new connection, and when an HTTP request, counts as failed.
NEW_TIMEOUT_S, HTTP_TIMEOUT_S = 1.0, 2.0
#: A connection that is silent at this time after the death of a line is called stuck.
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


def phase_s(cell: Cell) -> float:
    """Seconds from 0 to PHASE_S, as good as chance and always the same for a cell."""
    number = int.from_bytes(hashlib.sha256(cell.key.encode()).digest()[:4], "big")
    return round(PHASE_S * number / 2**32, 3)


def cells(
    contenders: Sequence[Contender], modes: Sequence[str], uplinks: Sequence[int], faults: Sequence[Fault], repeats: int
) -> list[Cell]:
    """Every combination; what is compared with each other stands together."""
    settings = [Setting(who, mode, count) for mode, count, who in product(modes, uplinks, contenders)]
    return [
        Cell(setting, fault, repeat)
        for setting, repeat, fault in product(settings, range(1, repeats + 1), faults)
        if fault.key in setting.contender.faults or not setting.contender.faults
    ]


def visits(wanted: Sequence[Cell]) -> list[list[Cell]]:
    """Cells that are measured in one lab after the other, in the order of their beginning.

    All repeats of the first faults, then the others; of each, every setting once before any is repeated. So whenever a
    run ends, what it has compares with each other.
    """
    places = [fault for group in TOGETHER for fault in group]
    found: dict[tuple[int, int, int, Setting], list[Cell]] = {}
    for cell in wanted:
        group = next(n for n, keys in enumerate(TOGETHER) if cell.fault.key in keys)
        order = (0, cell.repeat, 0) if group == 0 else (1, cell.repeat, group)
        found.setdefault((*order, cell.setting), []).append(cell)
    ordered = sorted(found.items(), key=lambda item: item[0][:3])  # stable: settings stay as they were
    return [sorted(group, key=lambda cell: places.index(cell.fault.key)) for _, group in ordered]


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


def branch(setting: Setting, telegram: Mapping[str, Any]) -> dict[str, Any]:
    """The same branch as variables of the collection. ``telegram``: bot and chat as the lab's inventory has them."""
    return {
        "multiwan_mode": setting.mode,
        "multiwan_probe": dict(setting.contender.probe),
        "multiwan_telegram": {**telegram, "language": "en"},
        "multiwan_classifier": "both-addresses",
        "multiwan_uplinks": [
            {
                "name": f"isp{i}",
                "label": label(i),
                "interface": f"ether{i}",
                "type": "static",
                "address": f"192.168.{i}.2/24",
                "gateway": f"192.168.{i}.1",
                "download": "10M",
                "upload": "10M",
                "priority": i,
                "anchors": list(ANCHORS[i - 1]),
            }
            for i in range(1, setting.uplinks + 1)
        ],
    }


def label(number: int) -> str:
    """What messages call an uplink."""
    return f"Modem {number}"


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
