# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/queue/simple``: a list that each packet walks until the first queue that fits, and HTB behind it (facts 9.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lab.derive.firewall.context import Unsupported
from lab.derive.firewall.fasttrack import fasttracks
from lab.derive.interfaces import Interfaces
from lab.derive.ip import span
from lab.derive.marks import Marks
from lab.derive.plan import ClassPlan, LeafPlan, Note, QueuePlan
from lab.derive.queues import chains, match, numbers
from lab.derive.queues.types import BUCKET_S, DOWN, UP, Bursts, Discipline, bursts, discipline, read_types
from lab.schema.snapshot import ConfigRow, Snapshot

MENU = "/queue/simple"
#: Stands for "no limit", and for "nothing guaranteed": HTB wants a number. Bit/s.
UNLIMITED, NOTHING = 10_000_000_000, 1000
#: A bucket holds at least two full frames.
_LEAST_BUCKET = 3028
#: HTB has eight levels, and a queue with bursts takes two of them (kernel: TC_HTB_MAXDEPTH).
_DEEPEST = 7
_DIRECTIONS = (UP, DOWN)
_WORDS = ("up", "down")


@dataclass(frozen=True)
class Queues:
    plan: QueuePlan
    status: Mapping[tuple[str, int], Mapping[str, str]]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Limits:
    """One direction of a queue, in bit/s and bytes."""

    rate: int
    ceil: int
    prio: int
    bucket_s: float
    bursts: Bursts


@dataclass
class _Tree:
    """What the rows come to, while they are walked."""

    snapshot: Snapshot
    interfaces: Interfaces
    marks: Marks
    bases: Mapping[int, int]
    children: Mapping[str, Sequence[ConfigRow]]
    types: Mapping[str, ConfigRow]
    most_slots: int = numbers.MOST_SLOTS
    classes: list[ClassPlan] = field(default_factory=list)
    leaves: list[chains.Leaf] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    counted: dict[int, dict[int, tuple[int, tuple[int, ...]]]] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)

    def level(
        self, rows: Sequence[ConfigRow], directions: Sequence[int], above: Mapping[int, int], depth: int
    ) -> list[str]:
        """Rules of one level of the list. ``above``: the class of the parent in each direction, 0 for none."""
        rules = []
        for row in rows:
            if row.id not in self.bases:
                self.problems[row.id] = f"more than {numbers.MOST_ROWS} queues"
                continue
            try:
                found = {d: match.conditions(row, d, self.interfaces, self.marks) for d in directions}
                limits = {d: read_limits(row, d) for d in directions}
                if depth + any(one.bursts.peak for one in limits.values()) > _DEEPEST:
                    raise Unsupported("too many levels of queues")
            except Unsupported as problem:
                self.problems[row.id] = str(problem)
                continue
            # the destination is looked at first: what fits both ways is a download (facts 9.3)
            for direction in sorted(directions, reverse=True):
                name = self.queue(row, direction, limits[direction], above[direction], depth)
                rules += [f"{condition} goto {name}".lstrip() for condition in found[direction]]
        return rules

    def queue(self, row: ConfigRow, direction: int, limits: Limits, parent: int, depth: int) -> str:
        """Class, leaf and chain of one direction of a row; returns the chain's name."""
        limits = self.narrowed(row, direction, limits)
        number = [numbers.minor(self.bases[row.id], direction, part) for part in range(3)]
        top = number[numbers.NODE]
        if limits.bursts.peak:
            top = number[numbers.PEAK]
            self.add_class(top, parent, limits, rate=limits.rate, ceil=limits.bursts.peak)
            volume = limits.bursts.volume + bucket(limits.ceil, limits.bucket_s)
            self.add_class(number[numbers.NODE], top, limits, volume=volume)
            depth += 1
        else:
            self.add_class(top, parent, limits, rate=limits.rate)
        below = self.children.get(row.get("name"), ())
        name = f"queue-{row.id:x}-{_WORDS[direction]}"
        rules: list[str] = []
        leaf_number = number[numbers.NODE]
        first_leaf = len(self.leaves)
        if below:
            rules += self.level(below, (direction,), {direction: number[numbers.NODE]}, depth + 1)
            leaf_number = number[numbers.REST]
            self.add_class(leaf_number, number[numbers.NODE], limits)
        leaf = self.leaf(row, direction, leaf_number, limits.ceil)
        self.leaves.append(leaf)
        self.lines.append(chains.chain(name, [*rules, *chains.into(leaf)]))
        leaves = tuple(one.minor for one in self.leaves[first_leaf:])
        self.counted.setdefault(row.id, {})[direction] = (top, leaves)
        return name

    def add_class(
        self, minor: int, parent: int, limits: Limits, *, rate: int = NOTHING, ceil: int = 0, volume: int = 0
    ) -> None:
        """A class without a parent has nobody to borrow from: its ceiling is its rate."""
        ceil = ceil or limits.ceil
        rate = ceil if parent == 0 else min(rate, ceil)
        self.classes.append(
            ClassPlan(
                minor,
                parent,
                rate,
                ceil,
                burst=bucket(rate, limits.bucket_s),
                cburst=volume or bucket(ceil, limits.bucket_s),
                prio=limits.prio - 1,
            )
        )

    def narrowed(self, row: ConfigRow, direction: int, limits: Limits) -> Limits:
        """A queue of type cake may have a limit of its own (``cake-bandwidth``)."""
        own = self.discipline(row, direction).ceiling
        if not own or own >= limits.ceil:
            return limits
        return replace(limits, ceil=own, rate=min(limits.rate, own), bursts=Bursts())

    def discipline(self, row: ConfigRow, direction: int) -> Discipline:
        return discipline(self.types.get(pair(row, "queue", "default-small")[direction]), direction)

    def leaf(self, row: ConfigRow, direction: int, minor: int, rate: int) -> chains.Leaf:
        found = self.discipline(row, direction)
        slots = min(self.most_slots, places(row, direction, found)) if found.fields else 0
        return chains.Leaf(minor, slots, found, rate)


def derive_simple(snapshot: Snapshot, interfaces: Interfaces, marks: Marks) -> Queues:
    """All enabled rows; empty when there are none, so that nothing of it is in the kernel."""
    rows = [row for row in snapshot.rows(MENU) if row.enabled]
    named = {row.get("name") for row in rows}
    children: dict[str, list[ConfigRow]] = {}
    for row in rows:
        children.setdefault(parent_of(row), []).append(row)
    tree = _Tree(
        snapshot,
        interfaces,
        marks,
        bases=numbers.bases(row.id for row in snapshot.rows(MENU)),
        children=children,
        types=read_types(snapshot),
    )
    tree.most_slots = numbers.most_slots(sum(bool(tree.discipline(row, d).fields) for row in rows for d in _DIRECTIONS))
    rules = tree.level(children.get("", ()), _DIRECTIONS, dict.fromkeys(_DIRECTIONS, 0), 1)
    for row in rows:
        if parent_of(row) and parent_of(row) not in named:
            tree.problems[row.id] = f"parent {parent_of(row)} is disabled"
        elif row.id not in tree.counted and row.id not in tree.problems:
            tree.problems[row.id] = "its parent is not enacted"
    return Queues(
        plan=_plan(tree, rules, interfaces),
        status={
            (MENU, row.id): {"invalid": "true" if row.id in tree.problems else "false"} for row in snapshot.rows(MENU)
        },
        notes=tuple(Note(MENU, row_id, text) for row_id, text in sorted(tree.problems.items())),
    )


def _plan(tree: _Tree, rules: list[str], interfaces: Interfaces) -> QueuePlan:
    if not tree.classes:
        return QueuePlan()
    return QueuePlan(
        classes=tuple(tree.classes),
        leaves=tuple(leaf_plan(leaf) for leaf in tree.leaves),
        interfaces=frozenset(one.kernel for one in interfaces.by_name.values() if not one.master),
        nft=chains.table([*tree.lines, chains.entry(rules, fasttrack=fasttracks(tree.snapshot))], tree.leaves),
        counted={
            (MENU, row_id): tuple(ways[direction] for direction in _DIRECTIONS if direction in ways)
            for row_id, ways in tree.counted.items()
        },
    )


def leaf_plan(leaf: chains.Leaf) -> LeafPlan:
    kind = leaf.discipline
    limit, in_bytes = kind.limit_at(leaf.rate)
    return LeafPlan(
        minor=leaf.minor,
        limit=limit,
        in_bytes=in_bytes,
        slots=leaf.slots,
        rate=kind.rate,
        burst=bucket(kind.rate, BUCKET_S) + kind.bursts.volume if kind.rate else 0,
        peak=kind.bursts.peak,
    )


def parent_of(row: ConfigRow) -> str:
    name = row.get("parent")
    return "" if name == "none" else name


def pair(row: ConfigRow, name: str, default: str) -> tuple[str, str]:
    """``up/down``; a single value is both."""
    up, _, down = row.get(name, default).partition("/")
    return up, down or up


def read_limits(row: ConfigRow, direction: int) -> Limits:
    def number(name: str) -> int:
        return int(pair(row, name, "0")[direction] or 0)

    limit = number("max-limit")
    seconds = ConfigRow(0, {"t": pair(row, "burst-time", "0s")[direction]}).seconds("t")
    return Limits(
        rate=number("limit-at") or NOTHING,
        ceil=limit or UNLIMITED,
        prio=int(pair(row, "priority", "8")[direction] or 8),
        bucket_s=float(pair(row, "bucket-size", "0.1")[direction] or 0.1),
        bursts=bursts(limit, number("burst-limit"), number("burst-threshold"), seconds),
    )


def bucket(rate: int, seconds: float) -> int:
    """Bytes that a class may save up. Never less than ``BUCKET_S``, or a busy machine keeps it below its rate."""
    return max(_LEAST_BUCKET, round(rate / 8 * max(seconds, BUCKET_S if rate < UNLIMITED else 0.001)))


def places(row: ConfigRow, direction: int, kind: Discipline) -> int:
    """How many sub-queues the target can need: its addresses, where they are the classifier."""
    own = ("src-address",) if direction == UP else ("dst-address",)
    prefixes, names = match.split(row.get("target"))
    if kind.fields != own or names or not prefixes:
        return numbers.MOST_SLOTS
    bits = kind.src_bits if direction == UP else kind.dst_bits
    total = 0
    for prefix in prefixes:
        first, last = span(prefix)
        total += max(1, (last - first + 1) >> (32 - bits))
    return min(total, numbers.MOST_SLOTS)
