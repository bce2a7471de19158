# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands: paths, arguments, blocks. ``parse`` turns a text into a Script or raises ScriptSyntaxError."""

from __future__ import annotations

import dataclasses
import re

from lab.script import reader as lex
from lab.script.errors import ScriptSyntaxError
from lab.script.expressions import ExpressionParser
from lab.script.grammar import (
    ARGUMENT_SINCE,
    CODE,
    COMMANDS,
    FLAG,
    FLAGS,
    NAME,
    TEXT,
    VALUE,
    WHERE_COMMANDS,
    Command,
    takes_code,
)
from lab.script.listing import expression
from lab.script.nodes import (
    Block,
    Broken,
    Builtin,
    Call,
    CodeNode,
    Evaluate,
    MenuCommand,
    Node,
    Script,
    Statement,
    Text,
    Word,
)
from lab.script.tree import GuessTree, MenuTree, above, below, match

_END = ";\n"
#: the first release that is thought to run up to an unknown command; earlier ones refuse the script (unsure)
_LATE = (7, 0)
_CLOSERS = "]})"


def version_key(version: str | tuple[int, ...]) -> tuple[int, ...]:
    """``7.22.3 (stable)`` is (7, 22, 3)."""
    if isinstance(version, tuple):
        return version
    numbers = []
    for part in version.split()[0].split("."):
        digits = ""
        for character in part:
            if not character.isdigit():
                break
            digits += character
        numbers.append(int(digits or 0))
    return tuple(numbers)


def parse(
    source: str,
    version: str | tuple[int, ...] = "7.22",
    *,
    tree: MenuTree | None = None,
    menu: str = "/",
    late: bool = False,
) -> Script:
    """Parse a whole script that begins in ``menu``. Without a tree, paths are not checked (see GuessTree).

    ``late``: as a router 7 runs it, commands and parameters that it does not know fail when they are reached, and
    on-error catches that (manual, example of :retry; the listings of the parse oracle). Otherwise they are refused.
    """
    key = version_key(version)
    parser = Parser(source, key, tree or GuessTree())
    parser.menu = menu
    parser.late = late and key >= _LATE
    try:
        body = parser.statements("")
        parser.known()
        return Script(body, source, key, parser.last_menu)
    except RecursionError:
        # brackets nested thousands deep; what the router says of them is not known
        parser.fail()


class Parser(ExpressionParser):
    #: unknown commands become nodes that fail when they run
    late = False

    def __init__(self, source: str, version: tuple[int, ...], tree: MenuTree) -> None:
        super().__init__(source, version)
        self.tree = tree
        self.menu = "/"
        self.last_menu = "/"
        self._refused: ScriptSyntaxError | None = None
        #: the first command or parameter that is not known; an error of syntax anywhere comes before it
        self._unknown_first: ScriptSyntaxError | None = None

    def known(self) -> None:
        """Raises at the end for what was not known, unless that is left for later."""
        if self._unknown_first is not None and not self.late:
            raise self._unknown_first

    def statements(self, closing: str) -> Block:
        """Commands up to ``closing`` (not consumed) or the end of the text."""
        at, menu = self.at, self.menu
        where, depth = self.in_where, self.depth
        self.in_where, self.depth = False, 0
        found: list[Statement] = []
        while True:
            self.lines()
            while self.take(";"):
                self.lines()
            if not self.peek() or (closing and self.peek() == closing):
                break
            statement = self._statement()
            if statement is not None:
                found.append(statement)
            self._end_of_statement(closing)
        self.last_menu = self.menu
        self.menu, self.in_where, self.depth = menu, where, depth
        return Block(tuple(found), closing == "}", at)

    def _end_of_statement(self, closing: str) -> None:
        self.blanks()
        if self.peek() == "#":
            return
        character = self.peek()
        if character and character not in _END and character not in ("\r", closing):
            self.fail("syntax error" if character in _CLOSERS else "expected end of command")

    def _statement(self) -> Statement | None:
        at = self.at
        character = self.peek()
        if character == "{":
            return self.block()
        if character in '(["':
            self.alone = True
            expression = self.operand()
            self.alone = False
            return Evaluate(expression, at)
        if character == "$":
            function = self.variable()
            named, unnamed, _ = self._arguments(None)
            return Call(function, named, unnamed, at)
        if character == ":":
            self.at += 1
            return self._from(at, "/", language=True)
        if character == "/":
            self.at += 1
            return self._from(at, "/", language=False)
        return self._from(at, self.menu, language=True)

    def block(self) -> Block:
        self.expect("{")
        body = self.statements("}")
        self.expect("}")
        return body

    # ---- paths

    def _from(self, at: int, menu: str, *, language: bool) -> Statement | None:
        """A command whose path begins in ``menu``; ``language``: commands of the language are meant too."""
        first = True
        while True:
            start = self.at
            word = self.match(lex.COMMAND_WORD)
            if word is None:
                return self._navigate(at, menu, bare=first)
            if word == "..":
                menu = above(menu)
            elif first and language and word in _ALIASES:
                menu = _ALIASES[word]
            elif first and menu == "/" and word in COMMANDS:
                return self._language(at, word, start)
            elif (child := match(word, self.tree.children(menu))) is not None and word not in self._commands(menu):
                menu = below(menu, child)
            elif (command := match(word, self._commands(menu))) is not None:
                return self._menu_command(at, menu, command)
            elif first and language and word in COMMANDS:
                return self._language(at, word, start)
            else:
                return self._unknown(at, word, start)
            first = False
            if not self.take("/"):
                self.blanks()

    def _commands(self, menu: str) -> frozenset[str]:
        return frozenset(self.tree.commands(menu))

    def _language(self, at: int, word: str, start: int) -> Statement:
        if self.version < COMMANDS[word].since:
            return self._unknown(at, word, start)
        return self._builtin(at, word)

    def _unknown(self, at: int, word: str, start: int) -> Broken:
        """``(<%% bad command name poe (line 1 column 21) poe;monitor)`` (parse oracle)."""
        refusal = self.refusal(f"bad command name {word}", start)
        self._unknown_first = self._unknown_first or refusal
        try:
            named, unnamed, _ = self._arguments(None)
        except ScriptSyntaxError:
            # what can't be read behind it can't be left for later; the router would have stopped at the first
            raise self._unknown_first from None
        given = [expression(node) for node in unnamed] + [f"{name}={expression(node)}" for name, node in named]
        return Broken(refusal.message, f"(<%% {refusal.message} {';'.join([word, *given])})", at)

    def _navigate(self, at: int, menu: str, *, bare: bool) -> Statement | None:
        """A path without a command changes the menu for what follows."""
        if bare and self.source[at : at + 1] != "/":
            self.fail("expected command name", at)
        character = self.peek()
        if character and character not in _END + "\r#" + _CLOSERS:
            self.fail("expected command name")
        self.menu = menu
        return None

    # ---- commands of menus

    def _menu_command(self, at: int, menu: str, command: str) -> Statement:
        outer, self.menu = self.menu, menu
        around, self._refused = self._refused, None
        named, unnamed, where = self._arguments((menu, command))
        self.menu, refused, self._refused = outer, self._refused, around
        if refused is not None:
            return Broken(refused.message, f"(evl {refused.message} {menu.rstrip('/')}/{command})", at)
        return MenuCommand(menu, command, named, unnamed, where, at)

    def _arguments(
        self, of: tuple[str, str] | None
    ) -> tuple[tuple[tuple[str, Node], ...], tuple[Node, ...], Node | None]:
        """Named and positional arguments, and the condition, of a menu's command or (None) of a function call."""
        named: list[tuple[str, Node]] = []
        unnamed: list[Node] = []
        while self._more():
            if of is not None and of[1] in WHERE_COMMANDS and self._condition_follows(of[1]):
                return tuple(named), tuple(unnamed), self._where()
            name = self.match(lex.ARGUMENT)
            if name is not None:
                self._check_argument(of, name, first=not named and not unnamed)
                self.at += 1
                named.append((name, self._menu_value(of[0], name) if of else self._value(VALUE)))
                continue
            if of is not None and of[1] == "print" and self.peek() in "({":
                self.fail()
            value = self._unset() or self._value(VALUE if of is None else "")
            if of is not None and isinstance(value, Word) and value.text in FLAGS:
                named.append((value.text, Word("", value.at)))
            elif of is not None and isinstance(value, Word) and self._is_switch(of, value.text, bool(unnamed)):
                named.append((value.text, Word("yes", value.at)))
            else:
                unnamed.append(value)
        return tuple(named), tuple(unnamed), None

    def _is_switch(self, of: tuple[str, str], word: str, named_row: bool) -> bool:
        """``fib``, ``blackhole``: an argument without a value. In ``set`` the first bare word is the row."""
        if of[1] != "add" and not (of[1] == "set" and named_row):
            return False
        known = self.tree.arguments(*of)
        return not word.startswith("!") and (known is None or word in known)

    def _condition_follows(self, command: str) -> bool:
        start = self.at
        if self.match(_WHERE) is not None:
            self.blanks()
            return True
        if command != "find":
            return False
        # ``find`` wants no ``where``; switches before it are not conditions
        word = self.match(lex.WHERE_WORD)
        self.at = start
        return word not in FLAGS

    def _where(self) -> Node | None:
        if not self._more():
            return None
        self.in_where, self.depth = True, 0
        node = self.expression()
        self.in_where = False
        return node

    def _check_argument(self, of: tuple[str, str] | None, name: str, *, first: bool) -> None:
        if of is None:
            return
        known = self.tree.arguments(*of)
        plain = name.removeprefix("!")
        if known is not None and plain not in known and plain not in ("numbers", ".id", "where", "from"):
            # where the router points: behind the name of a first argument, at the name of a later one (parse oracle)
            refusal = self.refusal(f"bad parameter {name}", self.at if first else self.at - len(name))
            self._unknown_first = self._unknown_first or refusal
            self._refused = self._refused or refusal

    def _unset(self) -> Node | None:
        if self.peek() != "!":
            return None
        at = self.at
        self.at += 1
        name = self.match(lex.WHERE_WORD)
        if name is None:
            self.fail()
        return Word("!" + name, at)

    def _menu_value(self, menu: str, name: str) -> Node:
        at = self.at
        node = self._value(TEXT if takes_code(name) else "")
        if self.tree.boolean(menu, name) and _constant(node) not in ("yes", "no", None):
            # unlike the API, the console takes neither true nor 1 (values oracle, booleanGrounding)
            self.fail(at=at)
        return node

    # ---- commands of the language

    def _builtin(self, at: int, name: str) -> Builtin:
        command = COMMANDS[name]
        arguments: dict[str, Node] = {}
        waiting = list(command.order)
        while self._more():
            argument = self._named(command, name)
            if argument is None:
                waiting = [w for w in waiting if w not in arguments]
                if not waiting:
                    self.fail("expected end of command")
                argument = waiting.pop(0)
            elif command.arguments[argument] == FLAG:
                arguments[argument] = Word("", self.at)
                continue
            arguments[argument] = self._value(command.arguments[argument])
        missing = [argument for argument in command.required if argument not in arguments]
        if missing:
            self.fail()
        return Builtin(name, arguments, at)

    def _named(self, command: Command, name: str) -> str | None:
        start = self.at
        found = self.match(lex.ARGUMENT)
        if found is not None and found in command.arguments:
            if self.version < ARGUMENT_SINCE.get((name, found), (0, 0)):
                self.fail(f"bad parameter {found}")
            self.at += 1
            return found
        self.at = start
        word = self.match(lex.COMMAND_WORD)
        if word is not None and command.arguments.get(word) == FLAG:
            return word
        self.at = start
        return None

    def _more(self) -> bool:
        """Skips blanks; whether an argument follows."""
        self.blanks()
        character = self.peek()
        return bool(character) and character not in _END + "\r" + _CLOSERS and character != "#"

    # ---- values

    def _value(self, slot: str) -> Node:
        start = self.at
        if self.blanks() and self.peek() not in "{([":
            self.at = start
        character = self.peek()
        if slot == NAME:
            return self._name()
        if character == "{":
            return self._braces(slot)
        if character and character in '"$([':
            node = self.operand()
            self._delimiter()
            return node
        word = self.match(lex.BARE) or ""
        if slot in (CODE,) or (not word and self.peek() in '"$'):
            self.fail()
        self._delimiter()
        return Word(word, start)

    def _name(self) -> Node:
        """The name of a variable: bare, quoted, or ``($a->"k")`` for :set."""
        at = self.at
        if self.peek() in ('"', "("):
            node = self.operand()
        else:
            word = self.match(lex.BARE)
            if not word:
                self.fail()
            node = Word(word, at)
        self._delimiter()
        return node

    def _braces(self, slot: str) -> Node:
        at = self.at
        if slot == VALUE:
            node = self.array()
            self._delimiter()
            return node
        if slot not in (CODE, TEXT):
            self.fail()
        if slot == TEXT:
            source = self._raw_block()
            return Text((source,), at) if source else Text((), at)
        body = self.block()
        source = self.source[at + 1 : self.at - 1]
        return CodeNode(dataclasses.replace(body, scope=True), source, at)

    def _raw_block(self) -> str:
        """The text between braces. It need be no code: the router takes ``source={1;2}`` (values oracle, positions)."""
        at, menu = self.at, self.menu
        try:
            self.block()
        except ScriptSyntaxError:
            self.at, self.menu = at, menu
            found = lex.BALANCED.match(self.source, at)
            if found is None:
                raise
            self.at = found.end()
        return self.source[at + 1 : self.at - 1]

    def _delimiter(self) -> None:
        """After a value comes a blank or the end of the command."""
        character = self.peek()
        if not character or character in _END + _CLOSERS or character in " \t\r" or self.looking_at(lex.BLANKS):
            return
        self.fail("expected end of command")


def _constant(node: Node) -> str | None:
    """The text of a value that is known before anything runs."""
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Text) and all(isinstance(part, str) for part in node.parts):
        return "".join(str(part) for part in node.parts)
    return None


#: commands of the language that are menus
_ALIASES = {"environment": "/system/script/environment", "terminal": "/terminal"}
_WHERE = re.compile(r"where(?![A-Za-z0-9_.\-=])")
