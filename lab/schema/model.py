# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Menus as the emulator knows them. Built once by ``load``; frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from lab.values import Type

Kind = Literal["list", "ordered", "singleton", "view", "virtual"]
#: yes: the kernel or a service acts on it · stored: kept and shown only · no: shown with a fixed or empty value
Enacted = Literal["yes", "stored", "no"]


def version_key(text: str) -> tuple[int, ...]:
    """``7.22.3 (stable)`` -> (7, 22, 3), for comparison."""
    match = re.match(r"\d+(?:\.\d+)*", text)
    if match is None:
        raise ValueError(f"{text!r} is no RouterOS version")
    return tuple(int(part) for part in match[0].split("."))


@dataclass(frozen=True)
class Span:
    """The versions in which something exists: from ``since`` on, until before ``until``; empty is unbounded."""

    since: str = ""
    until: str = ""

    def holds(self, version: str) -> bool:
        key = version_key(version)
        return (not self.since or key >= version_key(self.since)) and (not self.until or key < version_key(self.until))


@dataclass(frozen=True)
class Argument:
    """One property that may be written.

    ``default`` is shown when nothing was set; ``implied`` applies but is not shown (the property is absent).
    ``secret``: shown only to callers with the policy ``sensitive``; ``write_only``: never shown.
    """

    name: str
    type: Type
    default: str | None = None
    implied: str | None = None
    required: bool = False
    unset: bool = False
    secret: bool = False
    write_only: bool = False
    enacted: Enacted = "stored"
    span: Span = Span()
    add: bool = True
    set: bool = True


@dataclass(frozen=True)
class Unique:
    """Rows of a menu may not share these properties. ``message`` is what the router says."""

    by: tuple[str, ...]
    message: str
    #: rows of every menu with the same id space count (interfaces of all kinds share their names)
    space: bool = False


@dataclass(frozen=True)
class AnyOf:
    """``add`` wants at least one of ``names``; ``message`` is what the router says otherwise."""

    names: tuple[str, ...]
    message: str
    span: Span = Span()


@dataclass(frozen=True)
class BuiltinRow:
    id: int
    values: Mapping[str, str]
    dynamic: bool = False
    span: Span = Span()


@dataclass(frozen=True)
class Shown:
    """What every row shows of a read-only property in some versions; None: nothing until the router has a value."""

    text: str | None
    span: Span = Span()


@dataclass(frozen=True)
class Menu:
    """One menu. As ``load_menus`` gives it, it holds all versions; ``at`` leaves what one version has."""

    path: str
    kind: Kind
    source: str
    enacted: Enacted
    span: Span
    arguments: Mapping[str, tuple[Argument, ...]]
    #: read-only properties; the text is what every row shows, None is absent until the router has a value
    readonly: Mapping[str, str | None]
    commands: frozenset[str]
    #: commands that services register themselves -> argument names
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unique: tuple[Unique, ...] = ()
    builtin: tuple[BuiltinRow, ...] = ()
    id_space: str = ""
    first_id: int = 1
    auto_name: str = ""
    #: for kind ``view``: the menus whose rows are shown, and the value of ``type`` for each
    views: Mapping[str, str] = field(default_factory=dict)
    any_of: tuple[AnyOf, ...] = ()
    hidden: bool = False
    #: commands that are known and not emulated: their arguments are checked, then the lab says so
    refuses: frozenset[str] = frozenset()
    #: rows say which row stands after them (recorded of /routing/rule, facts 11.4)
    nextid: bool = False
    #: required arguments in the order in which the router asks for them
    asks: tuple[str, ...] = ()
    #: ("command", name), ("action", command), ("action", command, argument) -> versions, where not all have it
    spans: Mapping[tuple[str, ...], Span] = field(default_factory=dict)
    #: read-only properties that not all versions have, or show alike
    variants: Mapping[str, tuple[Shown, ...]] = field(default_factory=dict)

    def at(self, version: str) -> Menu:
        """The menu as ``version`` has it; arguments are left to ``MenuAt``."""

        def here(*key: str) -> bool:
            return key not in self.spans or self.spans[key].holds(version)

        readonly = {name: text for name, text in self.readonly.items() if name not in self.variants}
        for name, variants in self.variants.items():
            for shown in variants:
                if shown.span.holds(version):
                    readonly[name] = shown.text
        actions = {
            command: tuple(name for name in names if here("action", command, name))
            for command, names in self.actions.items()
            if here("action", command)
        }
        if "reset" in actions and "set" in self.commands:  # it takes what set takes
            every = self.arguments.items()
            actions["reset"] = tuple(
                name for name, all_of in every if any(a.set and a.span.holds(version) for a in all_of)
            )
        return replace(
            self,
            commands=frozenset(name for name in self.commands if here("command", name)),
            actions=actions,
            readonly=readonly,
            builtin=tuple(row for row in self.builtin if row.span.holds(version)),
            any_of=tuple(rule for rule in self.any_of if rule.span.holds(version)),
        )

    @property
    def ordered(self) -> bool:
        return self.kind == "ordered"

    @property
    def singleton(self) -> bool:
        return self.kind == "singleton"


@dataclass(frozen=True)
class MenuAt:
    """A menu as one version has it: arguments resolved to the variant of that version."""

    menu: Menu
    arguments: Mapping[str, Argument]

    @property
    def path(self) -> str:
        return self.menu.path

    def knows(self, name: str) -> bool:
        """Whether rows of this menu can have the property."""
        return name in self.arguments or name in self.menu.readonly

    @property
    def asks(self) -> tuple[str, ...]:
        """The required arguments, in the router's order where it is known."""
        required = {argument.name for argument in self.arguments.values() if argument.required}
        named = [name for name in self.menu.asks if name in required]
        return (*named, *sorted(required - set(named)))

    @property
    def defaults(self) -> dict[str, str]:
        return {a.name: a.default for a in self.arguments.values() if a.default is not None and not a.write_only}


@dataclass(frozen=True)
class Schema:
    """All menus of one version."""

    version: str
    menus: Mapping[str, MenuAt]

    def get(self, path: str) -> MenuAt | None:
        return self.menus.get(path)
