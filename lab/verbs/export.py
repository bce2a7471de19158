# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``export``: the configuration as commands that would make it again.

Compact form: what equals its default is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab.schema.model import MenuAt, Schema
from lab.store import Store
from lab.values.scalar import StringType

_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,*!@%+|")


def export(store: Store, under: str = "") -> str:
    """Every menu at or below ``under``; secrets are left out (v7 hides them, facts 10)."""
    parts = []
    for path in _in_order(store.schema):
        menu = store.schema.menus[path]
        inside = path == under or path.startswith(under.rstrip("/") + "/")
        if inside and not menu.menu.views and not menu.menu.hidden and "export" in menu.menu.commands:
            lines = _menu(store, menu)
            if lines:
                parts.append("/" + path[1:].replace("/", " ") + "\n" + "\n".join(lines) + "\n")
    return "".join(parts)


def _in_order(schema: Schema) -> list[str]:
    """Menus that others point to come first, so that the text can be read back in one go."""
    depth: dict[str, int] = {}

    def measure(path: str, above: frozenset[str]) -> int:
        if path not in depth and path not in above:
            targets = {t for a in schema.menus[path].arguments.values() for t in a.type.points_to()}
            targets |= set(schema.menus[path].menu.views)
            inner = [measure(t, above | {path}) for t in targets if t in schema.menus and t != path]
            depth[path] = 1 + max(inner, default=0)
        return depth.get(path, 0)

    return sorted(schema.menus, key=lambda path: (measure(path, frozenset()), path))


def _menu(store: Store, menu: MenuAt) -> list[str]:
    built_in = {row.id: row for row in menu.menu.builtin}
    lines = []
    for row in store.rows(menu.path):
        words = _words(menu, row.values)
        if row.dynamic:
            continue
        if menu.menu.singleton:
            lines += [f"set {words}"] if words else []
        elif row.id in built_in or "add" not in menu.menu.commands:
            name = row.get("default-name")
            which = f"[ find default-name={name} ]" if name else quote(row.get("name") or str(row.id))
            kept = {"name": name, **menu.defaults, **(built_in[row.id].values if row.id in built_in else {})}
            now = _words(menu, {name: text for name, text in row.values.items() if kept.get(name) != text})
            lines += [f"set {which} {now}"] if now else []
        else:
            lines.append(f"add {words}".rstrip())
    return lines


def _words(menu: MenuAt, values: Mapping[str, str]) -> str:
    out = []
    for name in sorted(values):
        argument = menu.arguments.get(name)
        if argument is None or argument.secret or argument.write_only or values[name] == argument.default:
            continue
        text = values[name]
        if not isinstance(argument.type, StringType):  # the console writes booleans so; a text may be "true" itself
            text = {"true": "yes", "false": "no"}.get(text, text)
        out.append(f"{name}={quote(text)}" if values[name] or argument.default is not None else name)
    return " ".join(out)


def quote(text: str) -> str:
    """A script literal that reads back as ``text``."""
    if text and set(text) <= _PLAIN:
        return text
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
