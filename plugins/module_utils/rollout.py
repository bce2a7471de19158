# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run over many branches came to, wave by wave: pure, from one record for each branch.

A record is what :func:`branch_result.record` makes: ``branch ok changed reason words version seconds writes uplinks
drift check``. Here each gets its ``wave``; 0 is for a branch that could not even be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Record = Mapping[str, Any]

FORMAT = 1
#: Reasons that only a summary can know: it failed without a record; nobody let it begin.
UNKNOWN, SKIPPED = "other", "skipped"


@dataclass(frozen=True)
class Rollout:
    """``hosts``: everyone of the run, in the order of their turns. ``branches``: what became of those who had theirs.
    ``waves``: how many there were so far. ``check``: nothing is written."""

    hosts: tuple[str, ...]
    branches: Mapping[str, Record]
    waves: int = 0
    check: bool = False

    @property
    def left(self) -> tuple[str, ...]:
        """Who had no turn yet."""
        return tuple(name for name in self.hosts if name not in self.branches)

    @property
    def failed(self) -> tuple[str, ...]:
        """Who had a turn and did not come through."""
        return tuple(name for name in self.hosts if name in self.branches and not self.branches[name]["ok"])

    @property
    def again(self) -> tuple[str, ...]:
        """Whom another run has to see to."""
        return tuple(name for name in self.hosts if name not in self.branches or not self.branches[name]["ok"])

    def of_wave(self, wave: int) -> tuple[Record, ...]:
        """Its branches, in the order of their turns."""
        return tuple(
            self.branches[name] for name in self.hosts if name in self.branches and self.branches[name]["wave"] == wave
        )

    def to_json(self) -> dict[str, Any]:
        branches = {name: dict(record) for name, record in self.branches.items()}
        return {"hosts": list(self.hosts), "branches": branches, "waves": self.waves, "check": self.check}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rollout:
        return cls(tuple(data["hosts"]), dict(data["branches"]), int(data["waves"]), bool(data["check"]))


def begin(hosts: Sequence[str], unreadable: Mapping[str, str], *, check: bool) -> Rollout:
    """A run over ``hosts``. ``unreadable``: those whose variables could not be read, with the reason."""
    branches = {
        name: _blank(name, "variables", words, wave=0, check=check)
        for name, words in unreadable.items()
        if name in hosts
    }
    return Rollout(tuple(hosts), branches, check=check)


def after_wave(
    rollout: Rollout,
    records: Mapping[str, Record],
    *,
    batch: Iterable[str],
    fallen: Iterable[str],
    taken_in: Iterable[str] | None = None,
) -> Rollout:
    """One wave later. ``batch``: who is still fine in Ansible's eyes. ``fallen``: everyone of the run who is not.
    ``taken_in``: everyone whom Ansible has in the play; who is not will never have a turn."""
    wave = rollout.waves + 1
    seen = {name: {**record, "wave": wave} for name, record in records.items()}
    for name in fallen:
        if name not in seen and name not in rollout.branches:
            words = "it failed before it could say why; its error stands above"
            seen[name] = _blank(name, UNKNOWN, words, wave=wave, check=rollout.check)
    for name in batch:
        if name not in seen and name not in rollout.branches:
            words = "no task was run for it"
            seen[name] = _blank(name, SKIPPED, words, wave=wave, check=rollout.check)
    present = frozenset(rollout.hosts if taken_in is None else taken_in)
    for name in rollout.hosts:
        if name not in present and name not in seen and name not in rollout.branches:
            words = "Ansible left it out of the play: has a group of the inventory the same name as a branch?"
            seen[name] = _blank(name, SKIPPED, words, wave=wave, check=rollout.check)
    strangers = tuple(name for name in seen if name not in rollout.hosts)
    return replace(
        rollout, hosts=rollout.hosts + strangers, branches={**rollout.branches, **seen}, waves=rollout.waves + 1
    )


def stop(rollout: Rollout, *, canary: bool) -> str:
    """Why the run has to stop after its newest wave, or nothing. ``canary``: the first wave is there to find out."""
    if not rollout.left:
        return ""
    newest = rollout.of_wave(rollout.waves)
    failed = [str(record["branch"]) for record in newest if not record["ok"]]
    if canary and rollout.waves == 1 and failed:
        return f"{', '.join(failed)} of the first wave failed, so the others were not begun"
    if newest and len(failed) == len(newest):
        return f"none of the branches of wave {rollout.waves} came through, so the others were not begun"
    return ""


def only_unread(rollout: Rollout) -> tuple[str, ...]:
    """Who could not be read, when everyone else came through: nothing but the summary can fail then."""
    unread = tuple(str(record["branch"]) for record in rollout.of_wave(0))
    return unread if unread and rollout.again == unread else ()


def counts(records: Iterable[Record]) -> dict[str, int]:
    """How many branches, how many of them came through, changed, failed."""
    kept = list(records)
    done = [record for record in kept if record["ok"]]
    return {
        "branches": len(kept),
        "done": len(done),
        "changed": sum(bool(record["changed"]) for record in kept),
        "failed": len(kept) - len(done),
    }


def document(rollout: Rollout, *, title: str, made: str, seconds: float | None, stopped: str) -> dict[str, Any]:
    """The run as JSON for machines. ``made``: time in ISO 8601. ``seconds``: since its begin, where that is known."""
    ordered = [dict(rollout.branches[name]) for name in rollout.hosts if name in rollout.branches]
    waves = [{"wave": wave, **counts(rollout.of_wave(wave))} for wave in range(1, rollout.waves + 1)]
    return {
        "format": FORMAT,
        "title": title,
        "made": made,
        "check": rollout.check,
        "complete": not rollout.left,
        "stopped": stopped,
        "seconds": None if seconds is None else round(seconds, 1),
        "counts": {**counts(ordered), "branches": len(rollout.hosts), "left": len(rollout.left)},
        "waves": waves,
        "branches": ordered,
        "left": list(rollout.left),
        "again": list(rollout.again),
    }


def drift(record: Record) -> int:
    """Rows that differ from the plan when the branch was done: what a run with ``--check`` would write, differs."""
    return int(record["drift"] or (record["writes"] if record["check"] else 0))


def _blank(name: str, reason: str, words: str, *, wave: int, check: bool) -> dict[str, Any]:
    return {
        "branch": name,
        "wave": wave,
        "ok": False,
        "changed": False,
        "reason": reason,
        "words": " ".join(words.split()),
        "version": "",
        "seconds": 0.0,
        "writes": 0,
        "uplinks": {},
        "drift": 0,
        "check": check,
    }
