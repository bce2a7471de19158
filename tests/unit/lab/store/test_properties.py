# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is done to an ordered menu: ids stay, order is what a plain list would hold, old snapshots do not move."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lab.schema.snapshot import Snapshot
from lab.store import Store, Trap

MENU = "/ip/firewall/mangle"


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.model: list[tuple[int, str]] = []
        self.used: set[int] = set()
        self.kept: list[tuple[Snapshot, tuple[tuple[int, str], ...]]] = []

    def _index(self, data: st.DataObject) -> int:
        return data.draw(st.integers(0, len(self.model) - 1))

    @rule(comment=st.text(max_size=5), data=st.data())
    def add(self, comment: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.model)))
        before = self.model[place][0] if place < len(self.model) else None
        number = self.store.add(MENU, {"chain": "prerouting", "comment": comment}, before=before)
        assert number not in self.used
        self.used.add(number)
        self.model.insert(place, (number, comment))

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        number, _ = self.model.pop(self._index(data))
        self.store.remove(MENU, [number])

    @precondition(lambda self: self.model)
    @rule(data=st.data(), comment=st.text(max_size=5))
    def change(self, data: st.DataObject, comment: str) -> None:
        index = self._index(data)
        self.store.set(MENU, self.model[index][0], {"comment": comment})
        self.model[index] = (self.model[index][0], comment)

    @precondition(lambda self: len(self.model) > 1)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        moved = self.model[self._index(data)]
        target = self.model[self._index(data)]
        self.store.move(MENU, [moved[0]], target[0])
        if moved != target:
            self.model.remove(moved)
            self.model.insert(self.model.index(target), moved)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def refused(self, data: st.DataObject) -> None:
        before = self.store.snapshot()
        try:
            with self.store.transaction():
                self.store.remove(MENU, [self.model[self._index(data)][0]])
                self.store.remove(MENU, [0xFFFF])
        except Trap:
            assert self.store.snapshot().menus == before.menus
            return
        raise AssertionError("removing a row that is not there was not refused")

    @rule()
    def keep(self) -> None:
        self.kept.append((self.store.snapshot(), tuple(self.model)))

    @invariant()
    def rows_are_what_a_list_would_hold(self) -> None:
        assert [(row.id, row.get("comment")) for row in self.store.rows(MENU)] == self.model

    @invariant()
    def old_snapshots_do_not_move(self) -> None:
        for snapshot, then in self.kept:
            assert tuple((row.id, row.get("comment")) for row in snapshot.rows(MENU)) == then


StoreMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestStore = StoreMachine.TestCase
