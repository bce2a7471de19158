# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``export``: the configuration as commands that would make it again.

Compact form: what equals its default is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from lab.schema.model import MenuAt
from lab.store import Store

_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,*!@%+|")


def export(store: Store, under: str = "") -> str:
    """Every menu at or below ``under``; secrets are left out (v7 hides them, facts 10)."""
    parts = []
    for path, menu in sorted(store.schema.menus.items()):
        inside = path == under or path.startswith(under.rstrip("/") + "/")
        if inside and not menu.menu.views and not menu.menu.hidden and "export" in menu.menu.commands:
            lines = _menu(store, menu)
            if lines:
                parts.append("/" + path[1:].replace("/", " ") + "\n" + "\n".join(lines) + "\n")
    return "".join(parts)


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
            kept = {**menu.defaults, **(built_in[row.id].values if row.id in built_in else {})}
            now = _words(menu, {name: text for name, text in row.values.items() if kept.get(name) != text})
            lines += [f"set {quote(row.get('name') or str(row.id))} {now}"] if now else []
        else:
            lines.append(f"add {words}".rstrip())
    return lines


def _words(menu: MenuAt, values: Mapping[str, str]) -> str:
    out = []
    for name in sorted(values):
        argument = menu.arguments.get(name)
        if argument is None or argument.secret or argument.write_only or values[name] == argument.default:
            continue
        text = {"true": "yes", "false": "no"}.get(values[name], values[name])
        out.append(f"{name}={quote(text)}" if values[name] or argument.default is not None else name)
    return " ".join(out)


def quote(text: str) -> str:
    """A script literal that reads back as ``text``."""
    if text and set(text) <= _PLAIN:
        return text
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
