# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen of a router and its clients to a verdict. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.chaos_plan import SETTLE_S

#: Menus in which the order of rows means something.
ORDERED = ("/ip firewall mangle", "/ip firewall nat", "/ip firewall filter", "/ip firewall raw")
#: What a commit has on the router for itself, by the name of a script, of a scheduler row, of a list.
PROTECTION = re.compile(r"\bmw-(undo|undoing|undo-tries|keep|dead-man|armed|commit|before)\b|\[multiwan:commit:")
#: Scripts of the collection open and close gates by themselves; whether one is closed is no configuration.
_RUNTIME = re.compile(r"^/(ip route|tool netwatch)$")
_DISABLED = re.compile(r" disabled=(yes|no)\b")

Export = Mapping[str, Sequence[str]]


def parsed(text: str) -> dict[str, list[str]]:
    """An export as menu to its lines: without header, breaks and what a commit has for itself. Order is kept where it
    means something, which is within one chain of a firewall menu."""
    found: dict[str, list[str]] = {}
    menu = ""
    for line in re.sub(r"\\\r?\n\s*", "", text).splitlines():
        if line.startswith("/"):
            menu = line.strip()
        elif line.strip() and not line.startswith("#") and not PROTECTION.search(line):
            own = "[multiwan:" in line
            found.setdefault(menu, []).append(_DISABLED.sub("", line) if own and _RUNTIME.match(menu) else line)
    return {menu: sorted(lines, key=_chain if menu in ORDERED else None) for menu, lines in found.items()}


def _chain(line: str) -> str:
    chain = re.search(r"\bchain=(\S+)", line)
    return chain[1] if chain else ""


def foreign(export: Export) -> dict[str, list[str]]:
    """The lines that are not the collection's, in their order."""
    kept = {menu: [line for line in lines if "[multiwan:" not in line] for menu, lines in export.items()}
    return {menu: lines for menu, lines in kept.items() if lines}


def difference(one: Export, other: Export) -> list[str]:
    """What only one of them has, or has in another place: ``- `` of the first, ``+ `` of the second."""
    words: list[str] = []
    for menu in sorted(set(one) | set(other)):
        had, has = list(one.get(menu, ())), list(other.get(menu, ()))
        if had != has:
            changed = [f"- {menu} {line}" for line in had if line not in has]
            changed += [f"+ {menu} {line}" for line in has if line not in had]
            words += changed or [f"~ {menu}: another order"]
    return words


@dataclass(frozen=True)
class Silence:
    """Seconds. ``longest``: of any flow over a line that the branch has before and after; ``gone``: of those over one
    that it has only before, which the change itself ends, as far as they came back. ``lost``, ``gone_lost``: flows
    of either kind that were silent to the end.
    """

    longest: float
    lost: int
    flows: int
    gone: float
    gone_lost: int
    gone_flows: int
    failed_new: int
    new: int


def silence(seen: Mapping[str, Any], lines: Sequence[str]) -> Silence:
    """``seen``: what the clients of a case say (chaos_traffic). ``lines``: those before and after."""
    flows = [flow for flow in seen["flows"] if flow["began"] < 1.0]
    stay = [flow for flow in flows if not flow["uplinks"] or flow["uplinks"][0] in lines]
    gone = [flow for flow in flows if flow not in stay]
    dead = [flow for flow in gone if _silent(flow, seen["seconds"])]
    return Silence(
        longest=max((float(flow["max_gap_s"]) for flow in stay), default=0.0),
        lost=sum(_silent(flow, seen["seconds"]) for flow in stay),
        flows=len(stay),
        gone=max((float(flow["max_gap_s"]) for flow in gone if flow not in dead), default=0.0),
        gone_lost=len(dead),
        gone_flows=len(gone),
        failed_new=len(seen["failed"]),
        new=int(seen["new"]),
    )


def _silent(flow: Mapping[str, Any], end: float) -> bool:
    return flow["last"] is None or end - float(flow["last"]) > 1.0


def faults(raw: Mapping[str, Any], *, dead_man_s: float) -> list[str]:
    """Why a branch did not survive; empty when it did. ``raw``: one cell (chaos_case)."""
    return [words for words, bad in _tests(raw, dead_man_s) if bad]


def _tests(raw: Mapping[str, Any], dead_man_s: float) -> Iterable[tuple[str, bool]]:
    settled = raw["settled_s"]
    latest = dead_man_s + SETTLE_S
    yield f"not settled: {raw.get('unsettled', '')}", settled is None
    yield f"settled after {settled} s only", settled is not None and settled > latest
    yield f"neither old nor new: {raw['odd'][:3]}", raw["ended"] not in ("old", "new")
    yield "rows of others changed", not raw["foreign_same"]
    again = raw["again"]
    yield f"a second run failed: {again['error']}", bool(again["error"])
    yield f"a second run did not reach the plan: {again['odd'][:3]}", bool(again["odd"])
    yield f"left behind: {again['left']}", bool(again["left"])
    yield f"a third run would write: {again['third']}", bool(again["third"])
    yield "the router rebooted by itself", bool(raw["rebooted"])
    undisturbed = raw["fault"] == "none"
    yield f"undisturbed, and failed: {raw['answer']['error']}", undisturbed and bool(raw["answer"]["error"])
    yield "undisturbed, and not the new state", undisturbed and raw["ended"] != "new"
    yield "the dead man came after success", bool(raw.get("taken_back"))
