# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``menus/*.yml`` and refuses whatever it does not understand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import yaml

from lab.schema.expr import SchemaError, parse_type
from lab.schema.model import AnyOf, Argument, BuiltinRow, Enacted, Kind, Menu, MenuAt, Schema, Shown, Span, Unique
from lab.values import BadValue, NoReferences

MENU_DIR = Path(__file__).parent / "menus"

_MENU_KEYS = {
    "menu", "kind", "source", "enacted", "since", "until", "arguments", "readonly", "commands", "actions", "unique",
    "builtin", "id_space", "first_id", "auto_name", "views", "any_of", "hidden", "asks",
    "nextid", "refuses", "resets",
}  # fmt: skip
_ARGUMENT_KEYS = {
    "type", "default", "implied", "required", "unset", "secret", "write_only", "enacted", "since", "until", "only",
}  # fmt: skip
_COMMANDS = frozenset(
    [
        "add",
        "set",
        "remove",
        "move",
        "unset",
        "enable",
        "disable",
        "comment",
        "print",
        "get",
        "find",
        "export",
        "reset-counters",
        "reset-counters-all",
    ]
)
#: commands of every menu with ``set`` that the lab knows and does not emulate
CONSOLE_ONLY = frozenset({"edit", "reset"})
_KINDS = ("list", "ordered", "singleton", "view", "virtual")
_ENACTED = ("yes", "stored", "no")
#: five times as quick where PyYAML has libyaml; every lab and every test process reads these files
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_menus(directory: Path = MENU_DIR) -> Mapping[str, Menu]:
    """Every menu of every file, by path. Raises SchemaError naming file, menu and key."""
    menus: dict[str, Menu] = {}
    for file in sorted(directory.glob("*.yml")):
        for raw in _read(file):
            try:
                menu = _menu(raw)
            except (SchemaError, KeyError, TypeError, ValueError) as error:
                name = raw.get("menu") if isinstance(raw, dict) else "?"
                raise SchemaError(f"{file.name}: {name}: {error}") from error
            if menu.path in menus:
                raise SchemaError(f"{file.name}: {menu.path} is described twice")
            menus[menu.path] = menu
    for menu in menus.values():
        _check_links(menu, menus)
    return MappingProxyType(menus)


@cache
def all_menus() -> Mapping[str, Menu]:
    return load_menus()


@cache
def schema_for(version: str) -> Schema:
    """The menus that RouterOS ``version`` has."""
    menus = {}
    for menu in all_menus().values():
        if menu.span.holds(version):
            arguments = {
                name: variant
                for name, variants in menu.arguments.items()
                for variant in variants
                if variant.span.holds(version)
            }
            menus[menu.path] = MenuAt(menu.at(version), MappingProxyType(arguments))
    return Schema(version, MappingProxyType(menus))


def _read(file: Path) -> list[Any]:
    """The list under ``menus:``; other keys of a file hold only what its menus share by YAML anchors."""
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    if not isinstance(document, dict) or not isinstance(document.get("menus"), list):
        raise SchemaError(f"{file.name}: no list 'menus'")
    return list(document["menus"])


def _menu(raw: Mapping[str, Any]) -> Menu:
    unknown = set(raw) - _MENU_KEYS
    if unknown:
        raise SchemaError(f"unknown keys {sorted(unknown)}")
    kind = _word(raw.get("kind"), _KINDS, "kind")
    enacted = cast(Enacted, _word(raw.get("enacted"), _ENACTED, "enacted"))
    if not raw.get("source"):
        raise SchemaError("no source named")
    spans: dict[tuple[str, ...], Span] = {}
    commands = frozenset(_gated(text, spans, "command") for text in raw.get("commands", ()))
    actions = _actions(raw, spans)
    if "set" in commands:
        actions |= _console_only(raw, spans)
    readonly = raw.get("readonly") or {}
    variants = {name: _shown(value) for name, value in readonly.items() if isinstance(value, (dict, list))}
    if commands - _COMMANDS:
        raise SchemaError(f"unknown commands {sorted(commands - _COMMANDS)}")
    arguments = {
        name: tuple(_argument(name, variant, enacted) for variant in (spec if isinstance(spec, list) else [spec]))
        for name, spec in (raw.get("arguments") or {}).items()
    }
    return Menu(
        path=raw["menu"],
        kind=cast(Kind, kind),
        source=raw["source"],
        enacted=enacted,
        span=Span(str(raw.get("since", "")), str(raw.get("until", ""))),
        arguments=MappingProxyType(arguments),
        readonly=MappingProxyType({name: None if name in variants else text for name, text in readonly.items()}),
        commands=commands,
        actions=MappingProxyType(actions),
        unique=tuple(_unique(item) for item in raw.get("unique", ())),
        builtin=tuple(_builtin(item) for item in raw.get("builtin", ())),
        id_space=raw.get("id_space", raw["menu"]),
        first_id=raw.get("first_id", 1),
        auto_name=raw.get("auto_name", ""),
        views=MappingProxyType(dict(raw.get("views") or {})),
        any_of=tuple(_any_of(item) for item in raw.get("any_of", ())),
        hidden=raw.get("hidden", False),
        asks=tuple(raw.get("asks", ())),
        nextid=raw.get("nextid", False),
        refuses=_refuses(raw, actions) | (CONSOLE_ONLY & set(actions)),
        spans=MappingProxyType(spans),
        variants=MappingProxyType(variants),
    )


def _gated(text: str, spans: dict[tuple[str, ...], Span], *kind: str) -> str:
    """``check since 7.18`` -> ``check``; the versions are kept in ``spans``."""
    name, *rest = text.split()
    limits = dict(zip(rest[::2], rest[1::2], strict=True))
    if set(limits) - {"since", "until"}:
        raise SchemaError(f"{text!r}: only since and until may follow a name")
    if limits:
        spans[*kind, name] = Span(limits.get("since", ""), limits.get("until", ""))
    return name


def _actions(raw: Mapping[str, Any], spans: dict[tuple[str, ...], Span]) -> dict[str, tuple[str, ...]]:
    found = {}
    for text, given in (raw.get("actions") or {}).items():
        command = _gated(text, spans, "action")
        found[command] = tuple(_gated(name, spans, "action", command) for name in given or ())
    return found


def _console_only(raw: Mapping[str, Any], spans: dict[tuple[str, ...], Span]) -> dict[str, tuple[str, ...]]:
    """``edit`` and ``reset``, which stand wherever ``set`` does [command trees 7.9 to 7.24; none of version 6]."""
    found: dict[str, tuple[str, ...]] = {"edit": ("value-name",)}
    if raw.get("resets", True):
        spans["action", "reset"] = Span("7.22" if raw.get("kind") == "singleton" else "7.0")
        found["reset"] = ()
    return found


def _refuses(raw: Mapping[str, Any], actions: Mapping[str, object]) -> frozenset[str]:
    refused = frozenset(raw.get("refuses", ()))
    if refused - set(actions):
        raise SchemaError(f"refuses {sorted(refused - set(actions))}, which are no actions")
    return refused


def _shown(raw: Any) -> tuple[Shown, ...]:
    """``{value: …, since: …, until: …}``, or a list of them."""
    found = []
    for item in raw if isinstance(raw, list) else [raw]:
        if set(item) - {"value", "since", "until"}:
            raise SchemaError(f"unknown keys {sorted(item)}")
        found.append(Shown(item.get("value"), Span(str(item.get("since", "")), str(item.get("until", "")))))
    return tuple(found)


def _word(value: object, allowed: tuple[str, ...], key: str) -> str:
    # YAML reads a bare yes/no as a boolean.
    text = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    if text not in allowed:
        raise SchemaError(f"{key} is {value!r}, allowed are {', '.join(allowed)}")
    return str(text)


def _argument(name: str, raw: Mapping[str, Any], enacted: Enacted) -> Argument:
    unknown = set(raw) - _ARGUMENT_KEYS
    if unknown:
        raise SchemaError(f"argument {name}: unknown keys {sorted(unknown)}")
    for key in ("default", "implied"):
        if key in raw and not isinstance(raw[key], str):
            raise SchemaError(f"argument {name}: {key} must be text, quote it")
    if "default" in raw and "implied" in raw:
        raise SchemaError(f"argument {name}: a default is either shown or implied")
    kind = parse_type(raw["type"])
    _check_default(name, raw)
    only = raw.get("only", "")
    if only not in ("", "add", "set"):
        raise SchemaError(f"argument {name}: only is {only!r}")
    return Argument(
        name=name,
        type=kind,
        default=raw.get("default"),
        implied=raw.get("implied"),
        required=raw.get("required", False),
        unset=raw.get("unset", False),
        secret=raw.get("secret", False),
        write_only=raw.get("write_only", False),
        enacted=cast(Enacted, _word(raw.get("enacted", enacted), _ENACTED, "enacted")),
        span=Span(str(raw.get("since", "")), str(raw.get("until", ""))),
        add=only != "set",
        set=only != "add",
    )


def _check_default(name: str, raw: Mapping[str, Any]) -> None:
    """A default must be canonical already: what is shown without a write is what a write of it would show."""
    kind = parse_type(raw["type"])
    text = raw.get("default", raw.get("implied"))
    if text in (None, "") or kind.points_to():
        return
    try:
        canonical = kind.parse(text, NoReferences())
    except BadValue as bad:
        raise SchemaError(f"argument {name}: default {text!r}: {bad.text(name)}") from bad
    if canonical != text:
        raise SchemaError(f"argument {name}: default {text!r} prints as {canonical!r}")


def _any_of(raw: Mapping[str, Any]) -> AnyOf:
    return AnyOf(tuple(raw["names"]), raw["message"], Span(str(raw.get("since", "")), str(raw.get("until", ""))))


def _unique(raw: Mapping[str, Any]) -> Unique:
    return Unique(tuple(raw["by"]), raw["message"], raw.get("space", False))


def _builtin(raw: Mapping[str, Any]) -> BuiltinRow:
    values = dict(raw["values"])
    if not all(isinstance(value, str) for value in values.values()):
        raise SchemaError(f"builtin row {raw['id']}: values must be text, quote them")
    span = Span(str(raw.get("since", "")), str(raw.get("until", "")))
    return BuiltinRow(raw["id"], MappingProxyType(values), raw.get("dynamic", False), span)


def _check_links(menu: Menu, menus: Mapping[str, Menu]) -> None:
    for viewed in menu.views:
        if viewed not in menus:
            raise SchemaError(f"{menu.path}: views {viewed}, which is not described")
    for variants in menu.arguments.values():
        for argument in variants:
            for target in argument.type.points_to() - set(menus):
                raise SchemaError(f"{menu.path}: {argument.name} points to {target}, which is not described")
    for name in menu.asks:
        if not any(variant.required for variant in menu.arguments.get(name, ())):
            raise SchemaError(f"{menu.path}: asks for {name}, which is not required")
    names = set(menu.arguments) | set(menu.readonly)
    for rule in menu.unique:
        if set(rule.by) - names:
            raise SchemaError(f"{menu.path}: unique by {rule.by}: no such property")
    for row in menu.builtin:
        if set(row.values) - names:
            raise SchemaError(f"{menu.path}: builtin row {row.id}: no such property {set(row.values) - names}")
