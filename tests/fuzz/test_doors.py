# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form: some thousand inputs. ``./dev bench fuzz`` sends 100,000."""

from __future__ import annotations

import asyncio

import pytest

from lab.router.services.jobs import MOST_JOBS
from lab.script import ScriptError
from tests.fuzz.router import PYTHON, Target
from tests.fuzz.run import fuzz
from tests.unit.lab.services.rig import ADMIN

#: what a run may keep for good: caches of patterns and of modules that are loaded late
GROWTH_KIB = 16 * 1024
COUNT = 1500


@pytest.mark.parametrize("version", ["6.49", "7.22", "7.24"])
async def test_no_input_breaks_a_door_or_stays_in_memory(version: str) -> None:
    result = await fuzz(COUNT, seed=1, version=version, batch=250)
    assert not result.score.found, "\n".join(str(found) for found in result.score.found[:20])
    assert result.score.sent == COUNT
    assert result.score.refused > COUNT // 20, "nothing was refused: the input is too tame"
    assert result.score.done > COUNT // 3, "hardly anything was answered: the input is too wild"
    assert result.grown_kib < GROWTH_KIB, result.rss_kib


@pytest.mark.parametrize(
    "words", ["ValueError('x')", "internal error: KeyError('a')", "<class 'str'>", "Traceback (most"]
)
def test_an_exception_text_would_be_seen(words: str) -> None:
    assert PYTHON.search(words)


async def test_a_line_that_raises_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target()
    broken = target.rig.services.interpreter

    async def run(*_: object, **__: object) -> None:
        raise KeyError("planted")

    monkeypatch.setattr(broken, "run", run)
    await target.line(":put 1")
    target.socket.close()
    assert [found.what for found in target.score.found] == ["raised KeyError('planted')"]


BOMBS = {
    "text that doubles": ':local s "x"; :for i from=1 to=60 do={:set s ($s . $s)}; :put [:len $s]',
    "array that doubles": ":local a {1}; :for i from=1 to=60 do={:set a {$a;$a}}; :put $a",
    "array that nests": ":local a {1}; :for i from=1 to=100000 do={:set a {$a}}; :put $a",
    "function without an end": ":global f do={:global f; $f}; $f",
    "pattern that backtracks": f':put ("{"a" * 3000}b" ~ "^(a+)+\\$")',
    "pattern that unfolds": ':put ("a" ~ "((a{500}){500}){500}")',
    "brackets": ":put " + "(" * 20_000,
    "blocks": "{" * 20_000,
    "strings in strings": ":put " + '{"$[:len ' * 300,
    "long number": ":put " + "9" * 100_000,
    "random text": ":put [:rndstr length=1000000000000]",
    "range": ":put [:range 0 1000000000000]",
    "shift": ":put (1 << 1000000)",
    "time": ":local t 100w; :for i from=1 to=1000 do={:set t ($t * 1000)}; :put $t",
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_bomb_ends_soon_and_in_words(bomb: str) -> None:
    """Far below a second where measured; without a bound most of them would not end while the universe lasts."""
    target = Target(patience_s=60)
    await target.line(BOMBS[bomb])
    target.socket.close()
    assert not target.score.found, str(target.score.found[0])
    assert target.score.cancelled == 0


async def test_scripts_that_start_scripts_come_to_an_end() -> None:
    target = Target()
    said: list[str] = []
    source = ':for i from=1 to=2000 do={:execute ":delay 1d"}'
    with pytest.raises(ScriptError, match="too many scripts"):
        await target.rig.services.interpreter.run(source, caller=ADMIN, output=said.append)
    assert len(await target.rig.rows("/system/script/job")) == MOST_JOBS
    await target.rig.services.stop()
    target.socket.close()


async def test_the_journal_of_a_script_that_writes_for_ever_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.store.store._JOURNAL", 50)
    target = Target()
    await target.line(":for i from=1 to=100 do={/system/identity/set name=$i}")
    target.socket.close()
    assert [entry.args["name"] for entry in target.rig.store.journal] == [str(number) for number in range(51, 101)]


ENDLESS = {
    "while": ":while (true) do={}",
    "do": ":do {:put 1} while=(true)",
    "for": ":for i from=1 to=9000000000000000000 do={}",
    "delay": ":delay 7w",
    "retry": ":retry command={:error x} delay=1000 max=1000000",
    "log": ":while (true) do={:log info x}",
}


@pytest.mark.parametrize("script", ENDLESS)
async def test_a_script_without_an_end_can_be_cancelled_while_others_go_on(script: str) -> None:
    target = Target()
    endless = asyncio.create_task(target.line(ENDLESS[script]))
    await asyncio.sleep(0.05)
    rows = await target.rig.rows("/interface/ethernet")
    await endless
    target.socket.close()
    assert len(rows) == 4
    assert target.score.cancelled == 1
    assert not target.score.found
