# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run over many branches as people read it in a terminal: announced, line by line, and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import rollout as runs
from .rollout import Record, Rollout

#: No estimate before this many branches, or of less than this many seconds.
_ENOUGH, _WORTH_SAYING_S = 10, 60
_NOTHING = "-"
#: How much of a reason has room in a line that passes by, and in one that stays.
_SHORT, _LONG = 100, 300


def announced(names: Sequence[str], sizes: Sequence[int]) -> str:
    """What is about to happen. ``names``: in the order of their turns. ``sizes``: of the waves."""
    head = f"{_branches(len(names))} in {_counted(len(sizes), 'wave')}: {', '.join(map(str, sizes))}"
    if len(sizes) < 2:
        return _branches(len(names))
    canaries = names[: sizes[0]]
    if len(canaries) > 5:
        return head
    return f"{head}; the first: {', '.join(canaries)}"


def progress(number: int, total: int, record: Record, *, gone_s: float) -> str:
    """One line when a branch is done. ``number``: of those that are, ``gone_s``: seconds since the first was."""
    place = f"{number:>{len(str(total))}}/{total}"
    return f"{place} {record['branch']}: {_became(record)}, {record['seconds']:.1f} s{_rest(number, total, gone_s)}"


def table(records: Sequence[Record]) -> str:
    """A line for each branch under a line of names."""
    check = any(record["check"] for record in records)
    head = ("branch", "version", "would change" if check else "changed", "seconds", "uplinks alive", "drift", "reason")
    lines = [head, *(_cells(record) for record in records)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def wave(rollout: Rollout, planned: int) -> str:
    """The newest wave: counted, as a table, its failures with their reasons. ``planned``: number of waves, if known."""
    number = rollout.waves
    records = rollout.of_wave(number)
    of = f" of {planned}" if planned >= number else ""
    return "\n".join([f"Wave {number}{of}: {_summed(records, check=rollout.check)}", table(records), *_why(records)])


def whole(rollout: Rollout, *, seconds: float | None, stopped: str) -> str:
    """The whole run: a table of everyone who had a turn, then what came of it, so that this stands last."""
    records = [rollout.branches[name] for name in rollout.hosts if name in rollout.branches]
    took = "" if seconds is None else f" in {_duration(seconds)}"
    head = f"{_summed(records, check=rollout.check, of=len(rollout.hosts))}{took}"
    lines = [table(records), "", head, *_why(records), *_lines_that_need_a_look(records, check=rollout.check)]
    if rollout.left:
        lines.append(f"not begun: {_listed(rollout.left)}")
    if stopped:
        lines.append(f"The run was stopped: {stopped}.")
    return "\n".join(lines)


def _cells(record: Record) -> tuple[str, ...]:
    read = bool(record["version"])
    return (
        str(record["branch"]),
        str(record["version"]).partition(" ")[0] or _NOTHING,
        _changed(record),
        f"{record['seconds']:.1f}",
        _alive(record["uplinks"]),
        str(runs.drift(record)) if read else _NOTHING,
        str(record["reason"]),
    )


def _changed(record: Record) -> str:
    if not record["changed"]:
        return "no" if record["ok"] or record["version"] else _NOTHING
    return _counted(int(record["writes"]), "row") if record["writes"] else "yes"


def _alive(uplinks: Mapping[str, bool | None]) -> str:
    """``1 of 2, dead: isp2``; lines of which nothing is known are named, too. Before the first deploy that is all."""
    if not uplinks:
        return _NOTHING
    if all(state is None for state in uplinks.values()):
        return "not known"
    words = f"{sum(state is True for state in uplinks.values())} of {len(uplinks)}"
    for label, state in (("dead", False), ("not known", None)):
        names = [name for name, seen in uplinks.items() if seen is state]
        words += f", {label}: {' '.join(names)}" if names else ""
    return words


def _became(record: Record) -> str:
    if not record["ok"]:
        return f"FAILED, {_reason(record, _SHORT)}"
    if not record["changed"]:
        return "unchanged"
    return f"{'would change' if record['check'] else 'changed'}, {_counted(int(record['writes']), 'row')}"


def _summed(records: Sequence[Record], *, check: bool, of: int | None = None) -> str:
    """``46 of 50 branches done (46 changed), 4 failed``."""
    number = runs.counts(records)
    what = f"{number['changed']} would change" if check else f"{number['changed']} changed"
    failed = f", {number['failed']} failed" if number["failed"] else ""
    return f"{number['done']} of {_branches(number['branches'] if of is None else of)} done ({what}){failed}"


def _why(records: Sequence[Record]) -> list[str]:
    return [f"failed: {record['branch']}: {_reason(record, _LONG)}" for record in records if not record["ok"]]


def _lines_that_need_a_look(records: Sequence[Record], *, check: bool) -> list[str]:
    """A branch can be done and have a line that does nothing, such as one with a wrong password."""
    read = [record for record in records if record["ok"]]
    dead = [
        f"{record['branch']} {name}" for record in read for name, state in record["uplinks"].items() if state is False
    ]
    unknown = [str(record["branch"]) for record in read if None in record["uplinks"].values()]
    told = [f"dead lines: {_listed(dead)}"] if dead else []
    if unknown and not check:
        told.append(f"not known yet whether all lines work: {_listed(unknown)}. In a minute, verify.yml tells")
    return told


def _reason(record: Record, most: int) -> str:
    words = str(record["words"])
    cut = words if len(words) <= most else f"{words[: most - 1]}…"
    return ": ".join(part for part in (str(record["reason"]), cut) if part)


def _rest(number: int, total: int, gone_s: float) -> str:
    if number < _ENOUGH or number >= total:
        return ""
    seconds = gone_s / (number - 1) * (total - number)
    return f"; about {_duration(seconds)} to go" if seconds >= _WORTH_SAYING_S else ""


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _listed(names: Sequence[str], most: int = 20) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _branches(number: int) -> str:
    return _counted(number, "branch", "branches")


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
