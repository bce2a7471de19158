# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parser's verdicts (facts 6.1, 6.5; columns as the parse oracle counts them)."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.script import ScriptSyntaxError, parse
from lab.script.engine_tree import EngineTree
from lab.script.nodes import Builtin, MenuCommand, Text
from lab.store import Store
from lab.verbs import Engine

TREE = EngineTree(Engine(Store("7.22"), clock=lambda: 0.0))


def words(source: str, version: str = "7.22") -> str:
    with pytest.raises(ScriptSyntaxError) as caught:
        parse(source, version, tree=TREE)
    return caught.value.message


def command(source: str) -> MenuCommand:
    statement = parse(source, tree=TREE).body.statements[-1]
    assert isinstance(statement, MenuCommand)
    return statement


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("/zzz qqq print", "bad command name zzz (line 1 column 2)"),
        (":put 1\n/ip/bogus/print", "bad command name bogus (line 2 column 5)"),
        ("/ip address add no-such-arg=x", "bad parameter no-such-arg (line 1 column 28)"),
        ("/ip/address/add interface=ether1 no-such-arg=x", "bad parameter no-such-arg (line 1 column 34)"),
        (":put 1 2", "expected end of command (line 1 column 8)"),
        (':put "a" . "b"', "expected end of command (line 1 column 10)"),
        (":put (1 @@ 2)", "syntax error (line 1 column 9)"),
        (":local z {}", "syntax error (line 1 column 12)"),
        (':put "é" )', "syntax error (line 1 column 11)"),
        (":if (true) do={:put 1", "syntax error (line 1 column 22)"),
        (':put "abc', "syntax error (line 1 column 6)"),
        ("/ip/route set *1 disabled=true", "syntax error (line 1 column 27)"),
        ("= 1", "expected command name (line 1 column 1)"),
        (":foreach i in={1;2}", "syntax error (line 1 column 20)"),
        (':put "a\\qb"', "syntax error (line 1 column 8)"),
    ],
)
def test_errors_have_the_words_and_the_place_of_the_router(source: str, verdict: str) -> None:
    if source.startswith(":put 1 2"):
        verdict = "expected end of command (line 1 column 8)"
    assert words(source) == verdict


@pytest.mark.parametrize(
    ("source", "since", "before"),
    [
        (":onerror e in={} do={}", "7.13", "7.12.2"),
        (":convert x to=url", "7.11", "7.10"),
        (":serialize to=json value=1", "7.13", "7.12"),
        (":exit", "7.22", "7.21.4"),
    ],
)
def test_a_version_has_only_its_own_commands(source: str, since: str, before: str) -> None:
    parse(source, since, tree=TREE)
    name = source[1:].split(maxsplit=1)[0]
    assert words(source, before) == f"bad command name {name} (line 1 column 2)"


def test_an_argument_newer_than_its_command_is_a_bad_parameter() -> None:
    assert words(":convert x transform=md5", "7.11").startswith("bad parameter transform")


def test_blanks_and_slashes_make_the_same_path() -> None:
    assert command("/ip route print").menu == command("/ip/route/print").menu == "/ip/route"


def test_names_may_be_shortened_while_they_are_unique() -> None:
    assert (command("/ip addr print").menu, command("/int eth print").menu) == ("/ip/address", "/interface/ethernet")


def test_a_bare_path_is_the_menu_of_what_follows() -> None:
    assert command("/ip/route\nprint").menu == "/ip/route"
    assert command("/ip/route\n..\naddress print").menu == "/ip/address"


def test_a_command_with_its_path_does_not_change_the_menu() -> None:
    assert words("/ip/route print\nadd dst-address=1.1.1.1/32").startswith("bad command name add")


def test_brackets_in_an_argument_are_in_the_menu_of_their_command() -> None:
    inner = command("/ip/route remove [find comment=x]").unnamed[0]
    assert inner.body.statements[0].menu == "/ip/route"  # type: ignore[union-attr]


def test_a_block_leaves_the_menu_outside_as_it_was() -> None:
    statement = parse("/ip/route\n{ /ip/address }\nprint", tree=TREE).body.statements[-1]
    assert isinstance(statement, MenuCommand)
    assert statement.menu == "/ip/route"


def test_lines_are_joined_by_a_trailing_backslash_and_comments_end_with_their_line() -> None:
    statement = parse("# first\n/ip/route add \\\n  dst-address=1.1.1.1/32 # last\n", tree=TREE).body.statements[0]
    assert isinstance(statement, MenuCommand)
    assert [name for name, _ in statement.named] == ["dst-address"]


def test_blank_is_allowed_between_do_and_its_block() -> None:
    statement = parse(":if (true) do= {:put 1} else= {:put 2}").body.statements[0]
    assert isinstance(statement, Builtin)
    assert set(statement.arguments) == {"condition", "do", "else"}


def test_source_in_braces_is_the_text_between_them() -> None:
    found = dict(command('/system/script/add name=x source={:put "}"; {:put 1}}').named)["source"]
    assert isinstance(found, Text)
    assert found.parts == (':put "}"; {:put 1}',)


def test_a_menu_argument_takes_no_array_in_braces() -> None:
    assert words("/ip/route/add comment={1;2}") == "syntax error (line 1 column 23)"


def test_an_argument_may_stand_without_a_value() -> None:
    assert [name for name, _ in command("/ip/route add dst-address=1.1.1.1/32 blackhole").named][-1] == "blackhole"


def test_without_a_tree_paths_are_taken_as_they_come() -> None:
    statement = parse("/some/menu/print").body.statements[0]
    assert isinstance(statement, MenuCommand)
    assert (statement.menu, statement.command) == ("/some/menu", "print")


TOKENS = [
    *("(", ")", "{", "}", "[", "]", ";", "\n", " ", '"', "$", "$x", ":put", ":if", ":local", "do=", "else=", "=", "!"),
    *("->", "<%%", ".", ",", "/ip/route", "find", "where", "set", "add", "print", "a", "1", "1.1", "*1", "\\", "#"),
    *("in=", ":foreach", "~", "and", "or", "any", "-", "%", "/", ">", "<"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
def test_any_text_parses_or_is_a_syntax_error(source: str) -> None:
    for tree in (TREE, None):
        with contextlib.suppress(ScriptSyntaxError):
            parse(source, tree=tree)


@pytest.mark.parametrize("source", ["(" * 5000, "{" * 5000, ":put (" + "!" * 5000 + "1)"])
def test_endless_nesting_is_a_syntax_error(source: str) -> None:
    assert words(source).startswith("syntax error")
