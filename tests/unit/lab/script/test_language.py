# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts do (facts 6): every case prints what the router prints."""

from __future__ import annotations

import pytest

from lab.script import ScriptError
from tests.unit.lab.script.double import Bench

OPERATORS = [
    (":put (2 + 3 * 4)", "14"),
    (":put ((2 + 3) * 4)", "20"),
    (":put (10 / 3 . 10 % 3)", "31"),
    (":put (-7 / 2)", "-3"),
    # "|" binds tighter than a shift, unlike in C (operators oracle)
    (":put (1 << 4 | 1)", "32"),
    (":put (192.168.1.0 + 5)", "192.168.1.5"),
    (":put (192.168.1.9 - 192.168.1.1)", "8"),
    (":put (192.168.1.9 in 192.168.0.0/16)", "true"),
    (":put (1m30s + 30s)", "00:02:00"),
    (":put (1h / 2)", "00:30:00"),
    (":put (1 < 2 and 2 <= 2 && !(3 != 3))", "true"),
    (r':put ("abc" ~ "^a.c\$")', "true"),
    (':put ("ether1" ~ "^ether[0-9]+$")', "true"),
    (':put ("1" = 1)', "false"),
    (':put ("a" < "b")', "true"),
    (":put (any [:nothing])", "false"),
    (':put ((1,2,3) . "a")', "1a;2a;3a"),
    (':put ([:find "abc" "x"] . "y")', "y"),
    (":put (2 + $unset)", "2"),
]
STRINGS = [
    (r':put "a\tb\\c\"\$x"', 'a\tb\\c"$x'),
    (r':put "\C3\A9\_x"', "é x"),
    (r':put [:len "\C3"]; :put ("\C3" . "\A9")', "1\né"),
    (':local n 5; :put "n=$n, $(1 + $n), $[:len abc]"', "n=5, 6, 3"),
    (':local "a-b" 1; :put "x $"a-b" y"', "x 1 y"),
    (':put "one\\\n   two"', "onetwo"),
    (':local x 5; :put [:typeof "$x"]; :put [:typeof "$x "]', "num\nstr"),
]
VARIABLES = [
    ("{:local i 5; {:local i 6; :put $i}; :put $i}", "6\n5"),
    ("{:local i 5; {:set i 6}; :put $i}", "6"),
    (":local x; :put [:typeof $x]", "nothing"),
    (":put [:typeof $never]", "nothing"),
    (":global g 1; :local f do={:put [:typeof $g]; :global g; :put $g}; $f", "nothing\n1"),
    (":local x 5; :set x; :put [:typeof $x]", "nothing"),
]
FUNCTIONS = [
    (':local f do={:return ($1 . $name)}; :put [$f "x" name="y"]', "xy"),
    (':global f do={:return "$0|$1|$2"}; :put [$f 7 8]', "$f|7|8"),
    (":global f do={:global f; :if ($1 < 2) do={:return 1}; :return ($1 * [$f ($1 - 1)])}; :put [$f 5]", "120"),
    (':global f (>[:return "$0|$1|$2"]); :put ($f <%% {7;8})', "7|8|"),
    (r':local c [:parse ":return (\$a + 1)"]; :put [$c a=4]', "5"),
    (":put [:execute {:put 1; :put 2} as-string]; :put 3", "1\n2\n3"),
    (':put [:parse ":put (1 @@ 2)"]', "syntax error (line 1 column 9)"),
]
FLOW = [
    (":if (1 = 1) do={:put a} else={:put b}", "a"),
    (":if (1 = 2) do={:put a} else={:put b}", "b"),
    (":for i from=1 to=5 step=2 do={:put $i}", "1\n3\n5"),
    (":for i from=2 to=1 do={:put $i}", "2\n1"),
    (":foreach v in={3;1;2} do={:put $v}", "3\n1\n2"),
    (':foreach k,v in={b=1;a=2;7} do={:put "$k=$v"}', "0=7\na=2\nb=1"),
    (':foreach v in=[:toarray ""] do={:put x}; :put end', "end"),
    (":local n 0; :while ($n < 3) do={:set n ($n + 1)}; :put $n", "3"),
    (":local n 0; :do {:set n ($n + 1)} while=($n < 3); :put $n", "3"),
    (":for i from=1 to=9 do={:if ($i = 2) do={:continue}; :if ($i = 4) do={:break}; :put $i}", "1\n3"),
    (":put a; :exit; :put b", "a"),
    (":do {:error no-luck} on-error={:put caught}", "caught"),
    (':onerror e in={:error "no luck"} do={:put "e: $e"}', "e: no luck"),
    (":onerror e {:put fine} do={:put never}", "fine"),
    (":put [:onerror e in={:error x} do={}]", "true"),
    (":put [:onerror e in={} do={}]", "false"),
    (":local f do={:do {:return 1} on-error={:return 2}}; :put [$f]", "1"),
    (":local n 0; :retry command={:set n ($n + 1); :if ($n < 3) do={:error x}} delay=1 max=5; :put $n", "3"),
    (":retry command={:error x} delay=1 max=2 on-error={:put gave-up}", "gave-up"),
]
ARRAYS = [
    (":local a {1;2}; :set ($a->1) 9; :put $a", "1;9"),
    (':local a ({}); :set ($a->"k") 5; :set ($a->"l"->"m") 6; :put ($a->"l"->"m"); :put [:len $a]', "6\n2"),
    (':local a {a=1;b=2}; :set ($a->"a"); :put $a', "b=2"),
    (":local a ({}); :set a ($a, 1); :set a ($a, 2); :put $a", "1;2"),
    (":local a {1}; :local b $a; :set ($b->0) 2; :put $a", "1"),
    (":put [:typeof ({1}->5)]", "nothing"),
]
VALUES = [
    (':put [:len "é"]', "2"),
    (":put [:len {1;2;3}]", "3"),
    (":put [:len [:nothing]]", "0"),
    (':put [:pick "abcde" 1 3]', "bc"),
    (":put [:pick {7;8;9} 1]", "8"),
    (":put [:pick {7;8;9} 1 3]", "8;9"),
    (':put [:find "abcabc" "c"]', "2"),
    (':put [:find "abc" "a" -1]', "0"),
    (':put [:typeof [:find "abc" "x"]]', "nil"),
    (":put [:find {5;6;7} 6]", "1"),
    (':put [:tonum "12"]; :put [:typeof [:tonum "x"]]', "12\nnil"),
    (':put [:totime 90]; :put [:tobool "yes"]; :put [:toip "1.2.3.4"]', "00:01:30\ntrue\n1.2.3.4"),
    (':put [:toarray "a,b"]', "a;b"),
    (":put [:len [:rndstr length=12]]", "12"),
    (":put [:timestamp]", "2810w5d22:13:20"),
    (":put [:resolve example.org]", "10.9.8.7"),
    (':put [:convert to=url "a b&c/é?"]', "a%20b%26c%2F%C3%A9%3F"),
    (
        ':put [:convert from=url "a%20b"]; :put [:convert to=base64 abc]; :put [:convert to=hex abc]',
        "a b\nYWJj\n616263",
    ),
    (":put [:convert abc transform=md5]", "900150983cd24fb0d6963f7d28e17f72"),
    (':put [:serialize to=json {a=1;b="x";c={1;2};d=true}]', '{"a":1,"b":"x","c":[1,2],"d":true}'),
    (r':put ([:deserialize from=json "{\"ok\":false,\"p\":{\"retry_after\":5}}"]->"p"->"retry_after")', "5"),
]
CASES = [*OPERATORS, *STRINGS, *VARIABLES, *FUNCTIONS, *FLOW, *ARRAYS, *VALUES]


@pytest.mark.parametrize(("source", "printed"), CASES, ids=[case[0][:60] for case in CASES])
async def test_scripts_print_what_the_router_prints(source: str, printed: str) -> None:
    assert "\n".join(await Bench().put(source)) == printed


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (':error "no luck"', "no luck"),
        (":put ({2;1} > {1;2;3})", "cannot compare if array is more than array"),
        (":if (1) do={}", "conditional not boolean"),
        (":put (1 / 0)", "division by zero"),
        (":retry command={:error x} delay=0 max=2", "x"),
    ],
)
async def test_errors_end_a_script_with_their_words(source: str, words: str) -> None:
    with pytest.raises(ScriptError) as caught:
        await Bench().run(source)
    assert caught.value.message == words


async def test_an_error_knows_its_command_and_line() -> None:
    with pytest.raises(ScriptError) as caught:
        await Bench().run(":put 1\n{\n  :foreach i in={1} do={\n    :error x }}")
    assert (caught.value.line, caught.value.column, caught.value.command) == (4, 5, ":error")


async def test_an_error_in_parsed_code_counts_its_own_lines() -> None:
    with pytest.raises(ScriptError) as caught:
        await Bench().run(r':local c [:parse ":put 1\n:error x"]' + "\n\n\n[$c]")
    assert caught.value.line == 2


async def test_delay_and_retry_sleep_on_the_clock_that_was_given() -> None:
    bench = Bench()
    await bench.run(":delay 1500ms; :delay 2; :retry command={:error x} delay=5s max=3 on-error={}")
    assert bench.slept == [1.5, 2.0, 5.0, 5.0]


async def test_globals_stay_with_their_user_from_run_to_run() -> None:
    bench = Bench()
    await bench.run(":global x 5")
    assert await bench.put(":global x; :put $x") == ["5"]
    assert await bench.put(":put [:typeof $x]") == ["nothing"]
    bench.printed.clear()
    await bench.run(":global x; :put [:typeof $x]", user="other")
    assert bench.printed == ["nothing"]


async def test_variables_of_an_event_are_there_as_locals() -> None:
    assert await Bench().put(":put ($host . $n)", host="8.8.8.8", n=1) == ["8.8.8.81"]


async def test_log_lines_carry_the_level() -> None:
    bench = Bench()
    await bench.run(':log info "a"; :log warning (1 . 2); /log error message=plain')
    assert bench.log == [("script,info", "a"), ("script,warning", "12"), ("script,error", "plain")]


async def test_the_value_of_a_script_is_what_it_returns() -> None:
    assert await Bench().run(":put 1; :return (1 + 1); :put 2") == 2


async def test_endless_recursion_is_an_error_of_the_script() -> None:
    with pytest.raises(ScriptError, match="recursion"):
        await Bench().run(":global f do={:global f; [$f]}; [$f]")
