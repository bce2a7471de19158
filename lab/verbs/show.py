# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows as print, get and find see them: configuration, status, counters and the router's own rows together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lab.schema.model import MenuAt
from lab.schema.snapshot import ConfigRow
from lab.store import Store, format_id
from lab.verbs.caller import Caller
from lab.verbs.reply import DynamicRow, VirtualMenu

ADDRESS_LIST = "/ip/firewall/address-list"  # the one menu whose rows run out
_COUNTERS = ("bytes", "packets", "dropped")
_VERSION = "{version}"  # in menu files: the version that this router plays
LEASES = "/ip/dhcp-server/lease"
_LAST = 0xFFFFFFFF  # what stands after the last row (facts 11.4)
#: the router's own word on a row, shown beside its comment, in every menu
ABOUT = ".about"
#: menus where the router's own rows stand on top
LED = frozenset(f"/ip/firewall/{name}" for name in ("filter", "mangle", "raw"))
BORROWED = 0x40000000  # added to ids of rows that live elsewhere when they share a menu with configuration
FIRST_DYNAMIC = 0x80000001  # v7 route ids are large for the router's own rows (facts 2.1)


class View:
    """Everything that is shown of a row but is not configuration."""

    def __init__(self, store: Store, virtual: Mapping[str, VirtualMenu]) -> None:
        self.store = store
        self.virtual = virtual
        self.live: Callable[[str, int], Mapping[str, str]] | None = None
        self.left: Callable[[int], str | None] = lambda row_id: None
        #: told before rows are shown: who derives late derives now
        self.about_to_show: Callable[[str], None] = lambda menu: None
        self.status: Mapping[tuple[str, int], Mapping[str, str]] = {}
        self.runtime: dict[tuple[str, int], dict[str, str]] = {}
        self.dynamic: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
        self._dynamic_ids: dict[tuple[str, str], int] = {}
        self._zero: dict[tuple[str, int], dict[str, str]] = {}

    def publish(self, status: Mapping[tuple[str, int], Mapping[str, str]], rows: Sequence[DynamicRow]) -> set[str]:
        """Take the derivation's status and own rows; returns the menus whose own rows or status changed."""
        dynamic: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
        for row in rows:
            number = self._dynamic_ids.setdefault((row.menu, row.key), FIRST_DYNAMIC + len(self._dynamic_ids))
            dynamic.setdefault(row.menu, []).append((number, dict(row.values)))
        changed = {menu for menu in {*dynamic, *self.dynamic} if dynamic.get(menu) != self.dynamic.get(menu)}
        changed |= {key[0] for key in {*status, *self.status} if status.get(key) != self.status.get(key)}
        self.dynamic, self.status = dynamic, status
        return changed

    def made_as(self, row_id: int) -> str:
        """The key by which the derivation knows one of the router's own rows; "" for every other row."""
        return next((key for (_menu, key), number in self._dynamic_ids.items() if number == row_id), "")

    def candidates(self, menu: MenuAt) -> list[tuple[int, Mapping[str, str]]]:
        """What a command may mean by id or name. Cheaper than ``rows``: nothing is counted for it."""
        borrowed = self._borrowed(menu.path)
        if menu.menu.kind == "virtual":
            return list(borrowed)
        own = [(row.id, row.values) for row in self.store.rows(menu.path)]
        made = self.dynamic.get(menu.path, [])
        listed = [*made, *own] if menu.path in LED else [*own, *made]
        return [*listed, *((BORROWED + row_id, values) for row_id, values in borrowed)]

    def _borrowed(self, path: str) -> Sequence[tuple[int, Mapping[str, str]]]:
        """Rows that live elsewhere; a lease that was made static is configuration now."""
        rows = self.virtual[path].rows() if path in self.virtual else ()
        if path != LEASES:
            return rows
        kept = {row.get("mac-address") for row in self.store.rows(path)}
        return [(number, values) for number, values in rows if values.get("mac-address") not in kept]

    def rows(self, menu: MenuAt, caller: Caller) -> list[tuple[int, dict[str, str]]]:
        """(id, properties) of every row of ``menu``, in menu order."""
        self.about_to_show(menu.path)
        borrowed = self._borrowed(menu.path)
        if menu.menu.kind == "virtual":
            return [(row_id, dict(values)) for row_id, values in borrowed]
        shown = [(row.id, self._config(menu, row, caller)) for row in self.store.rows(menu.path)]
        fixed = self._fixed(menu)
        made = []
        for number, values in self.dynamic.get(menu.path, ()):
            row = {**fixed, **values, "dynamic": "true"}
            row.update(self._seen(menu.path, number))
            made.append((number, row))
        shown = [*made, *shown] if menu.path in LED else [*shown, *made]
        shown += [(BORROWED + row_id, {**fixed, **values, "dynamic": "true"}) for row_id, values in borrowed]
        if menu.menu.nextid:
            followers = [*(row_id for row_id, _ in shown), _LAST][1:]
            for (_, row), after in zip(shown, followers, strict=True):
                row[".nextid"] = format_id(after)
        return shown

    def reset_counters(self, menu: str, row_ids: Sequence[int]) -> None:
        for row_id in row_ids:
            live = self.live(menu, row_id) if self.live is not None else {}
            self._zero[menu, row_id] = {name: live[name] for name in _COUNTERS if name in live}

    def forget(self, menu: str, row_id: int) -> None:
        self.runtime.pop((menu, row_id), None)
        self._zero.pop((menu, row_id), None)

    def _config(self, menu: MenuAt, row: ConfigRow, caller: Caller) -> dict[str, str]:
        shown = self._fixed(menu)
        for name, text in row.values.items():
            argument = menu.arguments.get(name)
            if argument is None:
                shown[name] = text.replace(_VERSION, self.store.version)
            elif not argument.write_only:
                hidden = argument.secret and not caller.may("sensitive")
                shown[name] = "*****" if hidden else text
        if row.dynamic:
            shown["dynamic"] = "true"
        if menu.path == ADDRESS_LIST and (left := self.left(row.id)) is not None:
            shown["timeout"] = left
        shown.update(self._seen(menu.path, row.id))
        if menu.menu.views:
            owner = self.store.menu(self.store.owner(menu.path, row.id))
            seen = {**self._fixed(owner), **self._seen(owner.path, row.id)}
            shown.update({name: text for name, text in seen.items() if menu.knows(name)})
        return shown

    def _fixed(self, menu: MenuAt) -> dict[str, str]:
        """Read-only properties that every row shows before the router has a value of its own."""
        return {
            name: text.replace(_VERSION, self.store.version)
            for name, text in menu.menu.readonly.items()
            if text is not None
        }

    def _seen(self, menu: str, row_id: int) -> dict[str, str]:
        at = self.store.menu(menu)
        seen = {**self.status.get((menu, row_id), {}), **self.runtime.get((menu, row_id), {})}
        out = {name: text for name, text in seen.items() if name == ABOUT or at.knows(name)}  # what this version has
        if self.live is not None:
            live = {name: text for name, text in self.live(menu, row_id).items() if at.knows(name)}
            for name, base in self._zero.get((menu, row_id), {}).items():
                if name in live:
                    live[name] = _minus(live[name], base)
            out.update(live)
        return out


def _minus(now: str, base: str) -> str:
    """Counter difference; queues count ``up/down``."""
    return "/".join(str(int(a) - int(b)) for a, b in zip(now.split("/"), base.split("/"), strict=True))


def api_row(menu: MenuAt, row_id: int, values: Mapping[str, str], proplist: Sequence[str]) -> dict[str, str]:
    """A row as the API sends it. A property that the row lacks is simply absent (facts 7.3)."""
    row = dict(values) if menu.menu.singleton else {".id": format_id(row_id), **values}
    return {name: row[name] for name in proplist if name in row} if proplist else row
