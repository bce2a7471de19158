# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``export``: the configuration as commands that would make it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lab.schema.model import MenuAt, Schema
from lab.store import Store
from lab.values.scalar import PresenceType, StringType

_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,*!@%+|")


@dataclass(frozen=True)
class Style:
    """``verbose``: defaults too. ``terse``: every line with its whole path. ``rows``: only these of the menu itself."""

    verbose: bool = False
    terse: bool = False
    sensitive: bool = False
    rows: Collection[int] | None = None


COMPACT = Style()
#: written also where it is the default: every export of a firewall that was posted anywhere has ``action=accept``
_ALWAYS = {(f"/ip/firewall/{menu}", "action") for menu in ("filter", "mangle", "nat", "raw")}


def export(store: Store, under: str = "", style: Style = COMPACT) -> str:
    """Every menu at or below ``under``; without secrets unless the style has them. A line is as long as it is."""
    parts = []
    for path in _in_order(store.schema):
        menu = store.schema.menus[path]
        inside = path == under or path.startswith(under.rstrip("/") + "/")
        if inside and not menu.menu.views and not menu.menu.hidden and "export" in menu.menu.commands:
            lines = _menu(store, menu, style, style.rows if path == under else None)
            name = "/" + path[1:].replace("/", " ")
            if lines and style.terse:
                parts += [f"{name} {line}\n" for line in lines]
            elif lines:
                parts.append("\n".join([name, *lines]) + "\n")
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


def _menu(store: Store, menu: MenuAt, style: Style, chosen: Collection[int] | None) -> list[str]:
    built_in = {row.id: row for row in menu.menu.builtin}
    lines = []
    for row in store.rows(menu.path):
        if row.dynamic or (chosen is not None and row.id not in chosen):
            continue
        if menu.menu.singleton:
            words = _words(menu, row.values, style)
            lines += [f"set {words}"] if words else []
        elif row.id in built_in or "add" not in menu.menu.commands:
            name = row.get("default-name")
            which = f"[ find default-name={name} ]" if name else quote(row.get("name") or str(row.id))
            kept = {"name": name, **menu.defaults, **(built_in[row.id].values if row.id in built_in else {})}
            changed = {n: text for n, text in row.values.items() if style.verbose or kept.get(n) != text}
            now = _words(menu, changed, style)
            lines += [f"set {which} {now}"] if now else []
        else:
            lines.append(f"add {_words(menu, row.values, style)}".rstrip())
    return lines


def _words(menu: MenuAt, values: Mapping[str, str], style: Style) -> str:
    """Properties by name. Verbose: those that equal their default, and ``!name`` for what is not set."""
    out = []
    for name in sorted(menu.arguments if style.verbose else values):
        argument = menu.arguments.get(name)
        if argument is None or argument.write_only or (argument.secret and not style.sensitive):
            continue
        text = values.get(name)
        if text is None:
            out += [f"!{name}"] if argument.unset and argument.add else []
        elif style.verbose or text != argument.default or (menu.path, name) in _ALWAYS:
            if not isinstance(argument.type, StringType):  # the console writes booleans so; a text may be "true" itself
                text = {"true": "yes", "false": "no"}.get(text, text)
            bare = isinstance(argument.type, PresenceType) or (not text and argument.default is None)
            out.append(name if bare else f"{name}={quote(text)}")
    return " ".join(out)


def quote(text: str) -> str:
    """A script literal that reads back as ``text``."""
    if text and set(text) <= _PLAIN:
        return text
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
