# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies operations to plain lists of rows, as the manual describes add, set, unset, move and remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found, Operation

Router = dict[str, list[Found]]


class Simulated:
    """A router that holds rows and refuses what RouterOS refuses: unknown ids, a second unique key."""

    def __init__(self, rows: Mapping[str, Sequence[Found]]) -> None:
        self.rows: Router = {menu: list(found) for menu, found in rows.items()}
        self._made: dict[tuple[str, str], str] = {}
        self._count = 0

    def apply(self, operations: Sequence[Operation]) -> None:
        for operation in operations:
            getattr(self, f"_{operation.verb}")(operation)

    def _index(self, menu: str, row_id: str) -> int:
        return next(index for index, row in enumerate(self.rows[menu]) if row.id == row_id)

    def _place(self, operation: Operation) -> int:
        rows = self.rows[operation.menu]
        if operation.before is None:
            return len(rows)
        made = self._made.get((operation.menu, operation.before))
        return (
            self._index(operation.menu, made)
            if made
            else next(index for index, row in enumerate(rows) if row.tag == operation.before)
        )

    def _add(self, operation: Operation) -> None:
        rows = self.rows.setdefault(operation.menu, [])
        self._count += 1
        row = Found(f"*N{self._count}", {key: str(value) for key, value in operation.values.items()})
        rows.insert(self._place(operation), row)
        self._made[operation.menu, operation.tag] = row.id

    def _replace(self, operation: Operation, values: Mapping[str, str]) -> None:
        index = self._index(operation.menu, operation.id or "")
        self.rows[operation.menu][index] = Found(operation.id or "", values)

    def _old(self, operation: Operation) -> Mapping[str, str]:
        return self.rows[operation.menu][self._index(operation.menu, operation.id or "")].values

    def _set(self, operation: Operation) -> None:
        self._replace(operation, {**self._old(operation), **operation.values})

    def _unset(self, operation: Operation) -> None:
        old = self._old(operation)
        assert operation.name in old
        self._replace(operation, {key: text for key, text in old.items() if key != operation.name})

    def _move(self, operation: Operation) -> None:
        row = self.rows[operation.menu].pop(self._index(operation.menu, operation.id or ""))
        self.rows[operation.menu].insert(self._place(operation), row)

    def _remove(self, operation: Operation) -> None:
        del self.rows[operation.menu][self._index(operation.menu, operation.id or "")]
