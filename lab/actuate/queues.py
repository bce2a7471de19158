# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one namespace hold a plan of queues, by difference: what stays keeps its packets and its counters.

All of it hangs on one intermediate device. IPv4 that leaves an interface is sent through it first; there one HTB holds
every queue of both directions, and lets pass what no queue takes.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence

from lab.actuate import tc
from lab.actuate.queuetable import QueueTable
from lab.actuate.rtnetlink import LinkState, RtNetlink
from lab.derive.plan import QUEUE_TABLE, ClassPlan, LeafPlan, QueuePlan
from lab.derive.queues.numbers import PEAK_SLOT

DEVICE = "queues"
_ROOT = 1
#: Frames that no queue takes and that wait for the device itself.
_DIRECT = 1000
#: Bytes a queue may send before it is the next one's turn: a full frame, so that turns are fair byte by byte.
_QUANTUM = 1514
_NO_LIMIT = 10_000_000_000
_GONE = (errno.ENOENT, errno.ENODEV, errno.EINVAL)


class Queues:
    """The queues of one namespace."""

    def __init__(self, namespace: str, kernel: RtNetlink) -> None:
        self._kernel = kernel
        self._filter = QueueTable(namespace, QUEUE_TABLE)
        self._index = 0
        self._classes: dict[int, ClassPlan] = {}
        self._leaves: dict[int, LeafPlan] = {}
        self._attached: dict[str, int] = {}

    def apply(self, plan: QueuePlan, links: Mapping[str, LinkState]) -> None:
        """Raises ``OSError`` or ``RuntimeError`` with what the kernel did not take."""
        if not plan.classes:
            if self._index:
                self.close(links)
            return
        if not self._index:
            self._make_device()
        wanted = {one.minor: one for one in plan.classes}
        leaves = {one.minor: one for one in plan.leaves}
        self._remove({*self._moved(wanted), *(minor for minor in self._classes if minor not in wanted)})
        self._put_classes(plan.classes, leaves)
        self._put_leaves(leaves)
        self._filter.load(plan.nft)
        self._attach(plan.interfaces, links)

    def close(self, links: Mapping[str, LinkState]) -> None:
        """Nothing of it is left."""
        self._filter.load("")
        self._attach(frozenset(), links)
        if self._index:
            self._index, index = 0, self._index
            self._classes, self._leaves = {}, {}
            self._kernel.delete_link(index)

    def counters(self) -> Mapping[int, tc.ClassCount]:
        """Minor number -> counters since the class was made."""
        if not self._index:
            return {}
        found = self._kernel.dump(tc.GETTCLASS, tc.list_classes(self._index, _ROOT))
        return {number & 0xFFFF: count for number, count in tc.counts(found) if number >> 16 == _ROOT}

    # inside

    def _make_device(self) -> None:
        left = self._kernel.links().get(DEVICE)
        if left is not None:  # of a router that was killed
            self._kernel.delete_link(left.index)
        self._kernel.add_ifb(DEVICE, _DIRECT)
        index = self._kernel.links()[DEVICE].index
        self._send([tc.add_htb(index, _ROOT, direct=_DIRECT), tc.leaf_by_mark(index, _ROOT)])
        self._index = index

    def _moved(self, wanted: Mapping[int, ClassPlan]) -> set[int]:
        """Classes that hang on another parent than before, and all below them: HTB can't move a class."""
        moved = {
            minor for minor, one in self._classes.items() if minor in wanted and wanted[minor].parent != one.parent
        }
        while more := {m for m, one in self._classes.items() if one.parent in moved and m not in moved}:
            moved |= more
        return moved

    def _remove(self, minors: set[int]) -> None:
        """Children first. A class that loses its last child is a leaf again."""
        order = sorted(minors, key=self._depth, reverse=True)
        self._send([tc.delete_class(self._index, tc.handle(_ROOT, minor)) for minor in order], accept=_GONE)
        for minor in order:
            del self._classes[minor]
            self._leaves.pop(minor, None)

    def _depth(self, minor: int) -> int:
        depth = 0
        while minor in self._classes:
            minor, depth = self._classes[minor].parent, depth + 1
        return depth

    def _put_classes(self, classes: Sequence[ClassPlan], leaves: Mapping[int, LeafPlan]) -> None:
        changed = [one for one in classes if self._classes.get(one.minor) != one]
        self._send([self._class(one) for one in changed])
        self._classes |= {one.minor: one for one in changed}
        for minor in [minor for minor in self._leaves if minor not in leaves]:
            del self._leaves[minor]  # it has children now: the kernel threw its queue away

    def _class(self, one: ClassPlan) -> tc.Request:
        return tc.put_class(
            self._index,
            tc.handle(_ROOT, one.minor),
            tc.handle(_ROOT, one.parent),
            rate=one.rate,
            ceil=one.ceil,
            burst=one.burst,
            cburst=one.cburst,
            prio=one.prio,
            quantum=_QUANTUM,
            measured=one.minor not in self._classes,
        )

    def _put_leaves(self, leaves: Mapping[int, LeafPlan]) -> None:
        for minor, leaf in leaves.items():
            held = self._leaves.get(minor)
            if held != leaf:
                self._send(self._leaf(held, leaf))
                self._leaves[minor] = leaf

    def _leaf(self, held: LeafPlan | None, leaf: LeafPlan) -> list[tc.Request]:
        parent = tc.handle(_ROOT, leaf.minor)
        if not leaf.slots:
            return [tc.put_fifo(self._index, parent, leaf.limit, in_bytes=leaf.in_bytes)]
        if held is not None and held.slots == leaf.slots and bool(held.peak) == bool(leaf.peak):
            return self._slots(leaf)
        found = [tc.put_fifo(self._index, parent, leaf.limit, in_bytes=leaf.in_bytes)] if held is not None else []
        return [*found, tc.add_htb(self._index, leaf.minor, parent), *self._slots(leaf)]

    def _slots(self, leaf: LeafPlan) -> list[tc.Request]:
        found = []
        for slot in range(1, leaf.slots + 1):
            number, above = tc.handle(leaf.minor, slot), tc.handle(leaf.minor)
            rate = leaf.rate or _NO_LIMIT
            burst = leaf.burst or _NO_LIMIT // 8 // 1000
            if leaf.peak:
                above = tc.handle(leaf.minor, PEAK_SLOT + slot)
                found.append(
                    self._slot(above, tc.handle(leaf.minor), leaf.peak, leaf.peak, max(3028, leaf.peak // 160))
                )
            # with a peak the slot borrows all it sends from the class above, so that the peak counts
            found.append(self._slot(number, above, 1000 if leaf.peak else rate, rate, burst))
            found.append(tc.put_fifo(self._index, number, leaf.limit, in_bytes=leaf.in_bytes))
        return found

    def _slot(self, number: int, parent: int, rate: int, ceil: int, burst: int) -> tc.Request:
        held = min(burst, 3028) if rate < ceil else burst
        return tc.put_class(
            self._index, number, parent, rate=rate, ceil=ceil, burst=held, cburst=burst, quantum=_QUANTUM
        )

    def _attach(self, interfaces: frozenset[str], links: Mapping[str, LinkState]) -> None:
        """Only interfaces that are there. One that was made anew has another index and nothing on it."""
        wanted = {name: links[name].index for name in interfaces if name in links}
        for name, index in list(self._attached.items()):
            if wanted.get(name) != index:
                self._send([tc.delete_clsact(index)], accept=_GONE)
                del self._attached[name]
        for name, index in wanted.items():
            if name not in self._attached:
                self._send([tc.delete_clsact(index)], accept=_GONE)
                self._send([tc.add_clsact(index), tc.redirect_egress(index, self._index)])
                self._attached[name] = index

    def _send(self, requests: Sequence[tc.Request], accept: tuple[int, ...] = ()) -> None:
        for refusal in self._kernel.requests(requests):
            if refusal is not None and refusal.errno not in accept:
                raise refusal
