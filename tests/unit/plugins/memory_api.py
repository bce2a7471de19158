# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API connection to lists in memory. It counts writes and can refuse one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError


class MemoryApi:
    """``rows``: menu to rows. ``refuse``: number of the write (from 0) that fails."""

    def __init__(self, rows: Mapping[str, Sequence[Found]], *, version: str = "7.22.3 (stable)") -> None:
        self.menus: dict[str, list[Found]] = {menu: list(found) for menu, found in rows.items()}
        self.menus["/system/resource"] = [Found("*0", {"version": version})]
        self.writes: list[str] = []
        self.connections = 0
        self.refuse: int | None = None
        self.on_connect: Callable[[int], None] = lambda _count: None
        self._count = 0

    def __call__(self) -> MemoryApi:
        self.connections += 1
        self.on_connect(self.connections)
        return self

    def __enter__(self) -> MemoryApi:
        return self

    def __exit__(self, *_exc: object) -> None:
        pass

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        del properties
        return list(self.menus.get(menu, []))

    def add(self, menu: str, values: Mapping[str, str], before: str | None = None) -> str:
        self._write(f"{menu} add {dict(values)}")
        self._count += 1
        rows = self.menus.setdefault(menu, [])
        rows.insert(self._at(menu, before) if before else len(rows), Found(f"*N{self._count}", dict(values)))
        return f"*N{self._count}"

    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None:
        self._write(f"{menu} set {row_id} {dict(values)}")
        at = self._at(menu, row_id)
        self.menus[menu][at] = Found(row_id, {**self.menus[menu][at].values, **values})

    def unset(self, menu: str, row_id: str, name: str) -> None:
        self._write(f"{menu} unset {row_id} {name}")
        at = self._at(menu, row_id)
        values = self.menus[menu][at].values
        self.menus[menu][at] = Found(row_id, {key: text for key, text in values.items() if key != name})

    def move(self, menu: str, row_id: str, before: str | None) -> None:
        self._write(f"{menu} move {row_id} {before}")
        row = self.menus[menu].pop(self._at(menu, row_id))
        self.menus[menu].insert(self._at(menu, before) if before else len(self.menus[menu]), row)

    def remove(self, menu: str, row_id: str) -> None:
        self._write(f"{menu} remove {row_id}")
        del self.menus[menu][self._at(menu, row_id)]

    def _write(self, words: str) -> None:
        if self.refuse is not None and len(self.writes) == self.refuse:
            self.refuse = None
            raise RouterError(f"the router says: failure: refused {words}", trap="failure: refused")
        self.writes.append(words)

    def _at(self, menu: str, row_id: str) -> int:
        for index, row in enumerate(self.menus[menu]):
            if row.id == row_id:
                return index
        raise RouterError("no such item", trap="no such item")
