# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What code looks like when it is printed, unknown commands, text commands, delimited values, versions."""

from __future__ import annotations

import pytest

from lab.script import ScriptError, ScriptSyntaxError, parse
from lab.script.engine_tree import EngineTree
from lab.store import Store
from lab.verbs import Engine
from tests.unit.lab.script.double import Bench

LISTINGS = [
    (':put [:parse ":put 1"]', "(evl /putmessage=1)"),
    (':put [:parse "(1 2)"]', "(<%% (  1 2) )"),
    (r':put [:parse ":local x 1; :put \$x"]', "(evl / (evl /localname=$x;value=1) (evl /putmessage=$x))"),
    (":local f do={:put $x}; :put $f", ";(evl (evl /putmessage=$x))"),
    (":put (>[:put 1])", "(> (evl (evl /putmessage=1)))"),
    (r':put [:parse "\$f 1 a=2"]', "(<%% $f (> $f);1;a=2)"),
    (':put [:parse ":put {a=1;2}"]', "(evl /putmessage=2;a=1)"),
    # as a text, and within one, code is only named (values oracle, producedTypes)
    (':local c [:parse ":put 1"]; :put "$c $[:tostr $c]"', "(code) (code)"),
]
RUNS = [
    (':global f [:parse ":put hello"]; $f', "hello"),
    ('[[:parse ":put twice"]]', "twice"),
    (":put [[:parse \":return 5\"]]", "5"),
    ("(>[:put deferred])", "deferred"),
    (':grep pattern="^b" script={:put abc; :put bcd; :put b}', "bcd\nb"),
    (':grep pattern="c" after=1 script={:put a; :put c; :put d; :put e}', "c\nd"),
    (":put [:execute {:put inside} as-string]", "inside"),
    (':put [:serialize to=dsv delimiter=";" value={a={1;2};b={3;"x"}} order=("b","a")]', "b;a\n3;1\nx;2"),
    (':put [:serialize to=dsv options=dsv.remap delimiter="#" value={{a=1;b="x"};{a=2}}]', "a#b\n1#x\n2#"),
    (':put [:serialize to=dsv options=dsv.ignore-size value={a={1;2};b={3}}]', "a,b\n1,3\n2,"),
    (':put [:serialize to=dsv options=dsv.wrap-strings value={a={"x";2}}]', 'a\n"x"\n2'),
    (r':put ([:deserialize from=dsv delimiter=";" value="a;b;c\n1;findme;3" options=dsv.plain]->1->1)', "findme"),
    (r':put ([:deserialize from=dsv "a;b;c\n1;2;3\n4;5;6" delimiter=";" options=dsv.array]->1->"b")', "5"),
    (r':foreach l in=[:deserialize from=dsv delimiter="\n" value="1.1\n2.2" options=dsv.plain] do={:put ($l->0)}',
     "1.0.0.1\n2.0.0.2"),
    (':put [:serialize to=json value={"string"="1234";"number"=1234}]', '{"number":1234,"string":1234.000000}'),
    (':put [:serialize to=json value={"s"="1234"} options=json.no-string-conversion]', '{"s":"1234"}'),
    (":put [:serialize to=json value={1;{}} options=json.pretty]", "[\n    1,\n    []\n]"),
    (r':put [:typeof ([:deserialize from=json "{\"a\":\"1.2.3.4\"}"]->"a")]', "ip"),
    (r':put [:typeof ([:deserialize from=json "{\"a\":\"1\"}" options=json.no-string-conversion]->"a")]', "str"),
    (r':put [:len [:deserialize from=json "[\"\\ud800\"]"]]', "1"),
    (":put [:tocrlf \"a\\nb\"]", "a\r\nb"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "printed"), [*LISTINGS, *RUNS])
async def test_it_prints_what_the_router_prints(source: str, printed: str) -> None:
    assert "\n".join(await Bench().put(source)) == printed


TREE = EngineTree(Engine(Store("7.22"), clock=lambda: 0.0))


async def test_an_unknown_command_fails_when_it_is_reached_and_can_be_caught() -> None:
    """The manual's example of :retry: ``command={abc}`` gives "got error"."""
    bench = Bench()
    bench.interpreter.use_tree(TREE)
    await bench.run(":put before; :onerror e {:retry command={abc} delay=1 max=2} do={:put $e}; :put after")
    assert bench.printed == ["before", "bad command name abc (line 1 column 42)", "after"]


async def test_a_branch_that_is_not_taken_may_hold_commands_of_another_release() -> None:
    bench = Bench()
    bench.interpreter.use_tree(TREE)
    await bench.run(":if (false) do={/interface wireless print; /ip/route add routing-mark=x}; :put fine")
    assert bench.printed == ["fine"]


async def test_version_6_refuses_the_whole_script() -> None:
    bench = Bench(version="6.49")
    bench.interpreter.use_tree(EngineTree(Engine(Store("6.49"), clock=lambda: 0.0)))
    with pytest.raises(ScriptSyntaxError, match="bad command name abc"):
        await bench.run(":put before; :do {abc} on-error={}")
    assert bench.printed == []


def test_a_check_before_running_refuses_what_is_unknown() -> None:
    with pytest.raises(ScriptSyntaxError, match=r"bad parameter routing-mark \(line 1 column 31\)"):
        parse("/ip route add gateway=1.1.1.1 routing-mark=x", "7.22", tree=TREE)


@pytest.mark.parametrize(
    ("source", "since"),
    [
        (":onerror e in={} do={}", "7.13"),
        (":put [:convert a to=hex]", "7.11"),
        (":put [:convert a transform=uc]", "7.12"),
        (":grep pattern=a script={}", "7.13"),
        (":put [:serialize 1 to=json]", "7.13"),
        (":serialize 1 to=json file-name=x", "7.18"),
        (":put [:tocrlf a]", "7.14"),
        (":put [:range 1 2]", "7.17"),
        (':put [:toarray "a" delimiter=";"]', "7.21"),
        (":while (true) do={:break}", "7.22"),
        (":exit", "7.22"),
        (":put [:rndnum from=1 to=2]", "7.0"),
    ],
)
def test_words_are_known_from_their_release_on(source: str, since: str) -> None:
    major, minor = (int(part) for part in since.split("."))
    parse(source, since)
    with pytest.raises(ScriptSyntaxError, match=r"bad command name|bad parameter"):
        parse(source, (major, minor - 1) if minor else (6, 49))


def test_a_question_mark_is_escaped_in_version_6_only() -> None:
    parse(r':put "a\?b"', "6.49")
    with pytest.raises(ScriptSyntaxError, match="syntax error"):
        parse(r':put "a\?b"', "7.22")


def test_paths_with_slashes_are_taken_by_version_6_too() -> None:
    """Whether 6 took them is unsure (facts 6.1): the lab is the more lenient one."""
    (slashes,), (blanks,) = (parse(text, "6.49").body.statements for text in ("/ip/route/print", "/ip route print"))
    assert slashes == blanks


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (":put [:serialize to=dsv value={a={1;2};b={3}}]", "array size mismatch"),
        (":put [:deserialize from=json {}]", "syntax error"),
        (':put [:deserialize from=json "{"]', "failed to parse json"),
        (":put [:rndnum from=5 to=1]", "invalid value"),
        (':put [:toarray "a" delimiter=""]', "delimiter"),
        (':put ("a" ~ "(")', "invalid regular expression"),
        (':local s "x"; :for i from=1 to=40 do={:set s ($s . $s)}', "out of memory"),
        (":local a {1}; :for i from=1 to=40 do={:set a {$a;$a}}", "out of memory"),
        (":local a {1}; :for i from=1 to=200 do={:set a {$a}}", "out of memory"),
        (":lock", "lock is not emulated"),
        (":delay 8w", "value of delay-time out of range"),
        (":delay -1s", "value of delay-time out of range"),
    ],
)
async def test_refusals(source: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        await Bench().run(source)


async def test_ping_gives_the_number_of_answers() -> None:
    bench = Bench()
    bench.verbs.replies["/", "ping"] = ({"received": "0"}, {"received": "2"})
    assert await bench.put(":put [/ping 10.0.0.1 count=3]; :put ([/ping 10.0.0.1 count=3] = 2)") == ["2", "true"]


async def test_the_terminal_leaves_no_trace() -> None:
    bench = Bench()
    bench.interpreter.use_tree(TREE)
    assert await bench.put(":terminal style error; /terminal/cuu; :put [:typeof [/terminal inkey timeout=1s]]") == [
        "nil"
    ]
