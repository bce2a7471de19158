# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The syntax tree. ``at`` is the offset in the source of the whole script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lab.script.values import Value


@dataclass(frozen=True)
class Literal:
    value: Value
    at: int = 0


@dataclass(frozen=True)
class Word:
    """A bare word as an argument: text for a menu, a value for a command of the language."""

    text: str
    at: int = 0


@dataclass(frozen=True)
class Text:
    """A quoted string: text and nodes to be interpolated."""

    parts: tuple[str | Node, ...]
    at: int = 0


@dataclass(frozen=True)
class Var:
    name: str
    at: int = 0


@dataclass(frozen=True)
class Prop:
    """A bare word in a ``where``: a property on the left, text on the right of a comparison."""

    name: str
    at: int = 0


@dataclass(frozen=True)
class ArrayNode:
    items: tuple[tuple[str | Node | None, Node], ...]
    at: int = 0


@dataclass(frozen=True)
class Unary:
    op: str
    operand: Node
    at: int = 0


@dataclass(frozen=True)
class Binary:
    op: str
    left: Node
    right: Node
    at: int = 0


@dataclass(frozen=True)
class Many:
    """Variadic operators, and ```` (nothing between the operands), which means ``and``."""

    op: str
    operands: tuple[Node, ...]
    at: int = 0


@dataclass(frozen=True)
class Substitution:
    """``[ … ]``"""

    body: Block
    at: int = 0


@dataclass(frozen=True)
class CodeNode:
    """``do={…}``"""

    body: Block
    source: str
    at: int = 0


@dataclass(frozen=True)
class Builtin:
    """A command of the language. ``arguments`` by name; positional ones have got their names."""

    name: str
    arguments: Mapping[str, Node]
    at: int


@dataclass(frozen=True)
class MenuCommand:
    """``unnamed`` are positional arguments; an argument ``!key`` has an empty value; ``where`` is the condition."""

    menu: str
    command: str
    named: tuple[tuple[str, Node], ...]
    unnamed: tuple[Node, ...]
    where: Node | None
    at: int


@dataclass(frozen=True)
class Call:
    """``$f 1 name=2``"""

    function: Node
    named: tuple[tuple[str, Node], ...]
    unnamed: tuple[Node, ...]
    at: int


@dataclass(frozen=True)
class Evaluate:
    """An expression that stands where a command could."""

    expression: Node
    at: int


@dataclass(frozen=True)
class Broken:
    """A command that the router does not know: it fails when it runs, not before (manual, example of :retry)."""

    message: str
    listing: str
    at: int


@dataclass(frozen=True)
class Block:
    """``scope``: whether it opens one (a block does, the body of a substitution does not)."""

    statements: tuple[Statement, ...]
    scope: bool = True
    at: int = 0


@dataclass(frozen=True)
class Script:
    """``menu``: where a path without a command has led to at the end."""

    body: Block
    source: str
    version: tuple[int, ...] = field(default=(7, 22))
    menu: str = "/"


Node: TypeAlias = "Literal | Word | Text | Var | Prop | ArrayNode | Unary | Binary | Many | Substitution | CodeNode"
Statement: TypeAlias = "Builtin | MenuCommand | Call | Evaluate | Broken | Block"
