# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix: kinds of lines × modes × versions × faults, and which labs hold its cells. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

#: Raised when a kept cell of before can't be judged any more.
FORMAT = 1
MODES = ("balance", "failover")
VERSIONS = ("6.49", "7.9", "7.16", "7.22", "7.24")


@dataclass(frozen=True)
class Kind:
    """``word``: as ``lab up --uplinks`` writes it, without its speed. ``gives``: its address comes from the ISP."""

    key: str
    words: str
    word: str
    gives: bool = False


@dataclass(frozen=True)
class Group:
    """Kinds that share a lab. ``same_gateway``: its static and dhcp lines all have one gateway address."""

    key: str
    kinds: tuple[Kind, ...]
    same_gateway: bool = False

    @property
    def uplinks(self) -> str:
        return ",".join(f"10M{kind.word}" for kind in self.kinds)


GROUPS = (
    Group(
        "kinds",
        (
            Kind("static", "static", ":static"),
            Kind("dhcp", "dhcp", ":dhcp", gives=True),
            Kind("pppoe", "PPPoE, CHAP", ":pppoe", gives=True),
            Kind("lte", "LTE", ":lte", gives=True),
        ),
    ),
    Group(
        "tagged",
        (
            Kind("static-vlan", "static, tagged", ":static:vlan=10"),
            Kind("dhcp-vlan", "dhcp, tagged", ":dhcp:vlan=20", gives=True),
            Kind("pppoe-vlan", "PPPoE, PAP, tagged", ":pppoe:auth=pap:vlan=35", gives=True),
        ),
    ),
    Group(
        "numbers",
        (
            Kind("static-same", "static, gateway as the next one's", ":static"),
            Kind("dhcp-same", "dhcp, gateway as the one before's", ":dhcp", gives=True),
            Kind("static-31", "static, /31", ":static:prefix=31"),
            Kind("static-32", "static, /32, gateway outside", ":static:prefix=32"),
        ),
        same_gateway=True,
    ),
)
KINDS = tuple(kind for group in GROUPS for kind in group.kinds)


@dataclass(frozen=True)
class Fault:
    """``kind``: a fault of the lab, or ``flapping``, ``all``, ``reboot``, ``renumber``.

    ``needs``: this variable of the branch decides whether the line is left; a version that can't have it is refused.
    """

    key: str
    words: str
    kind: str
    percent: float | None = None
    delay_ms: float | None = None
    needs: str = ""


FAULTS = (
    Fault("upstream", "internet behind the gateway dead", "upstream"),
    Fault("cable", "cable pulled", "cable"),
    Fault("gateway", "gateway dead", "gateway"),
    Fault("flapping", "upstream dead 4 s in 8, three times", "flapping"),
    Fault("loss", "30 % loss", "loss", percent=30.0, needs="loss"),
    Fault("delay", "800 ms delay", "delay", delay_ms=800.0, needs="latency"),
    Fault("all", "all lines dead", "all"),
    Fault("reboot", "router rebooted", "reboot"),
    Fault("renumber", "another address and, by DHCP, another gateway", "renumber"),
)
#: Flapping: dead and alive for so long, so often.
FLAP_S, FLAPS = 4.0, 3


@dataclass(frozen=True)
class Setting:
    """One lab."""

    group: Group
    mode: str
    version: str

    @property
    def key(self) -> str:
        return f"{self.group.key}-{self.mode}-{self.version}"


@dataclass(frozen=True)
class Cell:
    setting: Setting
    kind: Kind
    fault: Fault

    @property
    def key(self) -> str:
        return f"{self.kind.key}-{self.setting.mode}-{self.setting.version}-{self.fault.key}"


def settings(
    groups: Sequence[Group] = GROUPS, modes: Sequence[str] = MODES, versions: Sequence[str] = VERSIONS
) -> list[Setting]:
    """The newest and the oldest version first, so that a run that is broken off has seen the ends."""
    order = [version for version in ("7.22", "6.49", "7.16", "7.9", "7.24") if version in versions]
    return [Setting(group, mode, version) for version, mode, group in product(order, modes, groups)]


def cells(wanted: Sequence[Setting], faults: Sequence[Fault] = FAULTS) -> Iterator[Cell]:
    """Every cell of these labs; a static line is not renumbered by its ISP."""
    for setting in wanted:
        for fault in faults:
            for kind in setting.group.kinds:
                if fault.kind != "renumber" or kind.gives:
                    yield Cell(setting, kind, fault)


def branch(setting: Setting, lines: Sequence[Mapping[str, Any]], *, thresholds: bool) -> dict[str, Any]:
    """The variables of the branch. ``lines``: the lab's ``lab_uplinks``. A modem here is a line like the others.

    Hold-down is short: how long it is does not change who carries what.
    """
    probe: dict[str, Any] = {"good_checks": 3, "interval": "1s"}
    if thresholds:
        probe |= {"loss": 20, "latency": "400ms"}
    return {
        "multiwan_mode": setting.mode,
        "multiwan_uplinks": [{**line, **({"metered": False} if line.get("type") == "lte" else {})} for line in lines],
        "multiwan_probe": probe,
    }


def digest(root: Path, setting: Setting) -> str:
    """Changes when what a cell is made of does: the collection, the lab, this plan."""
    found = hashlib.sha256(f"{FORMAT} {setting.group.uplinks} {setting.group.same_gateway}".encode())
    for pattern in ("plugins/**/*.py", "roles/**/*.yml", "playbooks/*.yml", "tests/bench/matrix_cell.py"):
        for path in sorted(root.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]
