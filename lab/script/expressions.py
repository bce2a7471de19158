# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions: precedence and associativity as a live 7.23.3 showed them (operators oracle).

Loosest first: ``,`` · or · and · in · comparisons · ``.`` · shifts (right) · ``|`` · ``^`` · ``&`` · ``+ -`` ·
``* / %`` · ``<%%`` (right) · ``->``; the prefixes ``! any ~ - >`` bind tighter than all of them. Operands side by side
mean ``and``, looser than a comparison.
"""

from __future__ import annotations

import re
from abc import abstractmethod

from lab.script import reader as lex
from lab.script.literals import literal, parse_prefix
from lab.script.nodes import (
    ArrayNode,
    Binary,
    Block,
    Literal,
    Many,
    Node,
    Prop,
    Substitution,
    Text,
    Unary,
    Var,
    Word,
)

#: spelling -> how tight it binds
OPERATORS: dict[str, int] = {
    ",": 1,
    "or": 2,
    "||": 2,
    "and": 3,
    "&&": 3,
    "in": 4,
    "<": 5,
    ">": 5,
    "=": 5,
    "<=": 5,
    ">=": 5,
    "!=": 5,
    "~": 5,
    ".": 6,
    "<<": 7,
    ">>": 7,
    "|": 8,
    "^": 9,
    "&": 10,
    "+": 11,
    "-": 11,
    "*": 12,
    "/": 12,
    "%": 12,
    "<%%": 13,
    "->": 14,
}
_TOKEN = re.compile(r"<%%|->|<<|>>|<=|>=|!=|&&|\|\||(?:and|or|in)(?![A-Za-z0-9_.:\-])|[,<>=~.|^&+\-*/%]")
_RIGHT = {7, 13}
_VARIADIC = {",", "or", "and", ".", "|", "^", "&", "+", "*"}
_SAME = {"&&": "and", "||": "or"}
_PREFIXES = re.compile(r"any(?![A-Za-z0-9_.:])|[!~\->]")
#: comparisons and ``in``
_COMPARISONS = {4, 5}
_JUXTAPOSED = 3
_CLOSERS = frozenset(")}]")
_PREFIX_LENGTH = re.compile(r"/\d+")


class ExpressionParser(lex.Reader):
    #: inside a ``where``: bare words are properties and their values
    in_where = False
    #: the expression is the whole command
    alone = False
    #: open brackets and braces of the expression
    depth = 0

    def __init__(self, source: str, version: tuple[int, ...]) -> None:
        super().__init__(source, version)
        self._strings: dict[int, tuple[Text, int]] = {}

    @abstractmethod
    def statements(self, closing: str) -> Block: ...

    def expression(self, level: int = 1) -> Node:
        """An expression of operators that bind at least as tight as ``level``."""
        left = self._prefixed()
        while True:
            start = self.at
            self._gap()
            operator = self._operator()
            if operator is None:
                if level <= _JUXTAPOSED and self._operand_follows():
                    left = self._join("", left, self.expression(_JUXTAPOSED + 1), start)
                    continue
                self.at = start
                return left
            rank = OPERATORS[operator]
            if rank < level:
                self.at = start
                return left
            left = self._binary(_SAME.get(operator, operator), rank, left, start)

    def _binary(self, operator: str, rank: int, left: Node, start: int) -> Node:
        self._gap()
        if self.in_where and rank in _COMPARISONS:
            return Binary(operator, left, self._where_operand(rank), start)
        right = self.expression(rank if rank in _RIGHT else rank + 1)
        if operator in _VARIADIC:
            return self._join(operator, left, right, start)
        return Binary(operator, left, right, start)

    @staticmethod
    def _join(operator: str, left: Node, right: Node, at: int) -> Node:
        if isinstance(left, Many) and left.op == operator:
            return Many(operator, (*left.operands, right), left.at)
        return Many(operator, (left, right), at)

    def _operator(self) -> str | None:
        if self.source.startswith("<>", self.at):
            # lowered to ``<`` with a prefix ``>`` (operators oracle)
            self.at += 1
            return "<"
        return self.match(_TOKEN)

    def _gap(self) -> None:
        """Inside brackets lines may break freely; a ``where`` on the command line ends with its line."""
        if self.in_where and self.depth == 0:
            self.blanks()
        else:
            self.match(lex.BLANKS_AND_LINES)

    def _operand_follows(self) -> bool:
        character = self.peek()
        return bool(character) and (character.isalnum() or character in '"$([{_:!')

    def _prefixed(self) -> Node:
        self._gap()
        at = self.at
        prefix = self.match(_PREFIXES)
        if prefix is not None:
            return Unary(prefix, self._prefixed(), at)
        return self.operand()

    def operand(self) -> Node:
        character = self.peek()
        handler = {
            '"': self.string,
            "$": self.variable,
            "(": self.group,
            "[": self.substitution,
            "{": self.array,
        }.get(character)
        if handler is not None:
            return handler()
        return self._where_word() if self.in_where else self._word()

    def _word(self) -> Node:
        at = self.at
        word = self.match(lex.EXPRESSION_WORD)
        if word is None:
            word = "/" if self.take("/") else ""
            if not word:
                # the router counts a closing bracket as read, but not where the expression stands for a command
                self.fail(at=self.at + (self.peek() in _CLOSERS and not self.alone))
        elif self.peek() == "/" and self.source[self.at + 1 : self.at + 2] in _CLOSERS:
            self.at += 1
            word += "/"
        length = self.looking_at(_PREFIX_LENGTH)
        if length is not None and ("." in word or ":" in word) and parse_prefix(word + length) is not None:
            self.at += len(length)
            word += length
        value = literal(word)
        return Var(word, at) if value is None else Literal(value, at)

    def _where_word(self) -> Node:
        at = self.at
        word = self.match(lex.WHERE_WORD)
        if word is None:
            self.fail()
        return Prop(word, at)

    def _where_operand(self, rank: int) -> Node:
        at = self.at
        if self.peek() and self.peek() not in '"$([!':
            word = self.match(lex.WHERE_VALUE)
            if word is None:
                self.fail()
            return Word(word, at)
        return self.expression(rank + 1)

    def variable(self) -> Node:
        at = self.at
        self.expect("$")
        if self.take('"'):
            end = self.source.find('"', self.at)
            if end < 0:
                self.fail(at=at)
            name = self.source[self.at : end]
            self.at = end + 1
            return Var(name, at)
        plain = self.match(lex.VARIABLE)
        if plain is None:
            if self.peek() and self.peek() in "([$":
                # the router reads on to the end of what follows before it minds (values oracle, keyBinding)
                self.operand()
            self.fail()
        return Var(plain, at)

    def group(self) -> Node:
        self.expect("(")
        self.depth += 1
        node = self.expression()
        self.match(lex.BLANKS_AND_LINES)
        self.expect(")")
        self.depth -= 1
        return node

    def substitution(self) -> Node:
        at = self.at
        self.expect("[")
        where, depth = self.in_where, self.depth
        self.in_where, self.depth = False, 0
        body = self.statements("]")
        self.in_where, self.depth = where, depth
        self.expect("]")
        return Substitution(body, at)

    def array(self) -> Node:
        """``{1;"k"=2}``. A trailing semicolon is fine; an empty one only inside another (values oracle)."""
        at = self.at
        self.expect("{")
        where, self.in_where = self.in_where, False
        self.depth += 1
        items: list[tuple[str | Node | None, Node]] = []
        self.match(lex.BLANKS_AND_LINES)
        if self.peek() == "}" and self.depth == 1:
            self.fail(at=self.at + 1)
        while self.peek() != "}":
            items.append(self._element())
            self.match(lex.BLANKS_AND_LINES)
            if not self.take(";"):
                break
            self.match(lex.BLANKS_AND_LINES)
        self.expect("}")
        self.depth -= 1
        self.in_where = where
        return ArrayNode(tuple(items), at)

    def _element(self) -> tuple[str | Node | None, Node]:
        start = self.at
        key: str | Node | None = None
        found = lex.ARRAY_KEY.match(self.source, self.at)
        if found is not None:
            key, self.at = found[1], found.end()
        elif self.peek() == '"':
            text = self.string()
            if self.peek() == "=":
                self.at += 1
                key = text.parts[0] if text.parts and isinstance(text.parts[0], str) and len(text.parts) == 1 else text
            else:
                self.at = start
        if key is None:
            return None, self.expression()
        self.match(lex.BLANKS_AND_LINES)
        if self.peek() in (";", "}"):
            # ``{a=}`` is the text a without a key (values oracle)
            return None, key if not isinstance(key, str) else Literal(key, start)
        return key, self.expression()

    def string(self) -> Text:
        """Each string is read once: as the possible key of an array and again as its element, nested strings would
        take a time that doubles with each level."""
        known = self._strings.get(self.at)
        if known is not None:
            node, self.at = known
            return node
        at = self.at
        node = self._string(at)
        self._strings[at] = (node, self.at)
        return node

    def _string(self, at: int) -> Text:
        self.expect('"')
        parts: list[str | Node] = []
        run: list[str] = []
        while not self.take('"'):
            piece = self._string_piece(at)
            if isinstance(piece, str):
                run.append(piece)
                continue
            if run:
                parts.append("".join(run))
                run = []
            parts.append(piece)
        if run:
            parts.append("".join(run))
        return Text(tuple(parts), at)

    def _string_piece(self, start: int) -> str | Node:
        character = self.peek()
        if not character:
            self.fail(at=start)
        if self.take("\\"):
            return self.escape()
        if character == "$":
            return self._interpolation()
        self.at += 1
        return character

    def _interpolation(self) -> str | Node:
        following = self.source[self.at + 1 : self.at + 2]
        if following == "[":
            self.at += 1
            return self.substitution()
        if following == "(":
            self.at += 1
            where, self.in_where = self.in_where, False
            node = self.group()
            self.in_where = where
            return node
        at = self.at
        self.at += 1
        quoted = self.match(lex.QUOTED_NAME)
        if quoted is not None:
            return Var(quoted[1:-1], at)
        name = self.match(lex.VARIABLE)
        # a dollar before anything else is itself: ``~"^ether[0-9]$"`` is common (practice)
        return "$" if name is None else Var(name, at)
