# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Menu commands in scripts (facts 6.5)."""

from __future__ import annotations

import pytest

from lab.script import ScriptError
from tests.unit.lab.script.double import Bench, Verbs

DEFAULT = {"dst-address": "0.0.0.0/0", "disabled": "false"}
ROUTES = [
    {**DEFAULT, ".id": "*1", "gateway": "1.1.1.1", "distance": "1", "comment": "gate isp1"},
    {**DEFAULT, ".id": "*2", "gateway": "2.2.2.2", "distance": "2", "disabled": "true"},
    {**DEFAULT, ".id": "*3", "gateway": "1.1.1.1", "distance": "1", "dst-address": "8.8.4.4/32"},
]


def bench() -> Bench:
    watch = {".id": "*1", "name": "a", "interval": "1m30s", "status": "up"}
    menus = {
        "/ip/route": [dict(route) for route in ROUTES],
        "/tool/netwatch": [watch],
        "/system/identity": [{"name": "jakarta"}],
    }
    return Bench(Verbs(menus))


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("", "*1;*2;*3"),
        ("where", "*1;*2;*3"),
        ("where dst-address=0.0.0.0/0", "*1;*2"),
        ('dst-address="0.0.0.0/0" distance=1', "*1"),
        ("dst-address=0.0.0.0/0 and !disabled", "*1"),
        ("disabled", "*2"),
        ("disabled=no", "*1;*3"),
        ("!comment", "*2;*3"),
        ('comment=""', "*2;*3"),
        ('comment~"^gate isp[12]$"', "*1"),
        ('comment~("is" . "p1")', "*1"),
        ("(gateway=2.2.2.2 or distance=1) and dst-address!=8.8.4.4/32", "*1;*2"),
        ("distance>1", "*2"),
        ("gateway in 2.0.0.0/8", "*2"),
        (".id=*3", "*3"),
        ("gateway=$gw", "*1;*3"),
        ('gateway=[:toip "2.2.2.2"]', "*2"),
        ("comment=nope", ""),
    ],
)
async def test_find_takes_conditions(where: str, ids: str) -> None:
    assert await bench().put(f":local gw 1.1.1.1; :put [/ip/route/find {where}]") == [ids]


async def test_a_property_wins_over_a_variable_of_its_name() -> None:
    assert await bench().put(":local gateway 2.2.2.2; :put [/ip/route/find gateway=$gateway]") == ["*1;*2;*3"]


async def test_get_gives_typed_values_and_whole_rows() -> None:
    source = """
        :local r [/ip/route/find comment~"isp1"]
        :put [:typeof [/ip/route/get $r gateway]]
        :put [/ip/route/get $r value-name=distance]
        :put ([/ip/route/get *2]->"disabled")
        :put [:typeof [/ip/route/get *2 comment]]
        :put [/tool/netwatch/get a interval]
        :put [/system/identity/get name]"""
    assert await bench().put(source) == ["ip", "1", "true", "nothing", "00:01:30", "jakarta"]


@pytest.mark.parametrize("which", ["*9", "[find comment=nope]", "nope"])
async def test_get_of_a_row_that_is_not_there_is_an_error(which: str) -> None:
    with pytest.raises(ScriptError, match="no such item"):
        await bench().run(f"/ip/route; :put [get {which} gateway]")


async def test_add_gives_the_id_and_the_arguments_as_they_stand() -> None:
    b = bench()
    assert await b.put(":put [/ip/route/add dst-address=2.2 comment=007 distance=(1 + 1) blackhole]") == ["*4"]
    assert b.verbs.calls == [
        ("/ip/route", "add", {"dst-address": "2.2", "comment": "007", "distance": "2", "blackhole": "yes"})
    ]


async def test_set_names_its_rows_and_turns_values_into_arguments() -> None:
    b = bench()
    await b.run(':local off true; /ip/route/set [find distance=1] disabled=$off comment="a b"')
    await b.run("/ip/route/set numbers=*2 disabled=no; /ip/route/set *3 !comment")
    assert b.verbs.calls == [
        ("/ip/route", "set", {".id": "*1,*3", "disabled": "yes", "comment": "a b"}),
        ("/ip/route", "set", {".id": "*2", "disabled": "no"}),
        ("/ip/route", "set", {".id": "*3", "!comment": ""}),
    ]


async def test_no_rows_is_nothing_to_do() -> None:
    b = bench()
    await b.run("/ip/route; remove [find comment=nope]; set [find comment=nope] disabled=yes")
    assert b.verbs.calls == []


async def test_one_vanished_row_ends_the_command_and_a_loop_survives_it() -> None:
    b = bench()
    with pytest.raises(ScriptError, match="no such item"):
        await b.run("/ip/route/remove *9")
    await b.run(':foreach i in=[:toarray "*9,*1"] do={:do {/ip/route/remove $i} on-error={}}')
    assert await b.put(":put [/ip/route/find]") == ["*2;*3"]


async def test_a_singleton_is_set_without_naming_a_row() -> None:
    b = bench()
    with pytest.raises(ScriptError):
        await b.run("/system/identity/set name=x; :error done")
    assert b.verbs.calls == [("/system/identity", "set", {"name": "x"})]


async def test_print_counts_and_gives_values() -> None:
    b = bench()
    assert (await b.put(":put [/ip/route/print count-only where distance=1]"))[-1] == "2"
    assert await b.put(':put ([/ip/route/print as-value where disabled]->0->"gateway")') == ["2.2.2.2"]


async def test_a_router_refusal_is_an_error_with_its_words() -> None:
    assert await bench().put(":onerror e in={/ip/route/remove *9} do={:put $e}") == ["no such item"]
