# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Global variables: one set for each user (facts 6.6), shown in ``/system/script/environment``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lab.script import NOTHING, Value, to_text
from lab.store import Trap


class Environment:
    """A virtual menu. Globals live in memory only: a reboot loses them."""

    def __init__(self) -> None:
        self._users: dict[str, dict[str, Value]] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._next = 1

    def of(self, user: str) -> dict[str, Value]:
        return self._users.setdefault(user, {})

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return [
            (self._id(user, name), {"name": name, "user": user, "value": to_text(value)})
            for user, variables in self._users.items()
            for name, value in sorted(variables.items())
            if value is not NOTHING
        ]

    def _id(self, user: str, name: str) -> int:
        key = (user, name)
        if key not in self._ids:
            self._ids[key] = self._next
            self._next += 1
        return self._ids[key]

    def remove(self, ids: Sequence[int]) -> None:
        known = {number: key for key, number in self._ids.items()}
        present = {number for number, _ in self.rows()}
        if not set(ids) <= present:
            raise Trap("no such item", 0)
        for number in ids:
            user, name = known[number]
            self._users[user].pop(name, None)
            del self._ids[user, name]
