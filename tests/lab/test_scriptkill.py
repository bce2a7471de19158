# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tool that kills scripts, on a script whose every state can be told by its rows."""

from __future__ import annotations

import pytest

from lab.verbs import Trap
from tests.lab.scriptkill import Which, cut, every_cut, every_overtaking
from tests.unit.lab.services.rig import Rig

LIST = "/ip/firewall/address-list"
#: three rows, whatever was there before; commands in order: foreach, if, find (in []), add
SOURCE = """
:foreach wanted in={"240.0.0.1";"240.0.0.2";"240.0.0.3"} do={
  :do {
    :if ([:len [/ip firewall address-list find where list="s" and address=$wanted]] = 0) do={
      /ip firewall address-list add list=s address=$wanted timeout=1h
    }
  } on-error={ :log error "swallowed" }
}
"""
#: how a netwatch row calls it, in commands: local, parse, get, the call
CALL = ':local call [:parse [/system script get "level" source]]; $call'


async def _fresh() -> Rig:
    rig = Rig("7.22")
    await rig.script("level", SOURCE)
    return rig


async def _run(rig: Rig) -> None:
    await rig.call("/system/script", "run", number="level")


async def _listed(rig: Rig) -> list[str]:
    return [row["address"] for row in await rig.rows(LIST)]


async def test_every_boundary_is_cut_once_and_the_next_run_ends_right() -> None:
    seen = []
    async for rig, found in every_cut(_fresh, _run, script="level"):
        seen.append((found.next, len(await _listed(rig))))
        assert all("swallowed" not in message for _, message in rig.messages)
        await _run(rig)
        assert await _listed(rig) == ["240.0.0.1", "240.0.0.2", "240.0.0.3"]
    round_ = [":do", ":if", ":len", "/ip/firewall/address-list/find", "/ip/firewall/address-list/add"]
    assert [name.split(" ")[0] for name, _ in seen] == [":foreach", *round_ * 3]
    assert [rows for _, rows in seen] == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]


async def test_the_caller_sees_a_job_that_was_removed() -> None:
    rig = await _fresh()
    with cut(3) as found, pytest.raises(Trap, match="interrupted"):
        await _run(rig)
    assert (found.killed, found.next) == (True, ":if (line 4)")
    assert await rig.rows("/system/script/job") == []


async def test_an_event_is_cut_and_others_are_left_alone() -> None:
    """A netwatch row calls the script's source: the job is the event's then, and has no name."""
    rig = await _fresh()
    await rig.script("other", ":log info other", policy="read,write,test")
    scripts = rig.services.scripts
    with cut(2, script="level") as found:
        assert await scripts.run_event("other", origin="scheduler:a")
        assert not found.killed
    with cut(5) as found:
        assert not await scripts.run_event(CALL, origin="netwatch")
    assert (found.killed, found.next) == (True, ":foreach (line 2)")
    assert await _listed(rig) == []
    assert await scripts.run_event(CALL, origin="netwatch")
    assert len(await _listed(rig)) == 3


async def test_counting_alone_kills_nothing() -> None:
    rig = await _fresh()
    with cut(None) as found:
        await _run(rig)
    assert (found.killed, found.seen) == (False, 16)
    assert len(await _listed(rig)) == 3


async def test_a_second_run_overtakes_the_first_at_every_command() -> None:
    """Where the rows are looked at and added in two steps, the first run meets the second's rows."""
    seen = []
    async for rig, found in every_overtaking(_fresh, _run, script="level"):
        swallowed = [message for _, message in rig.messages if message == "swallowed"]
        seen.append((found.next.split(" ")[0], len(swallowed)))
        assert await _listed(rig) == ["240.0.0.1", "240.0.0.2", "240.0.0.3"]
        assert await rig.rows("/system/script/job") == []
    assert len(seen) == 16
    assert [name for name, errors in seen if errors] == ["/ip/firewall/address-list/add"] * 3


async def test_only_commands_that_touch_or_write_when_that_is_asked_for() -> None:
    async def names(which: Which) -> list[str]:
        return [found.next.split(" ")[0] async for _, found in every_cut(_fresh, _run, script="level", which=which)]

    add, find = "/ip/firewall/address-list/add", "/ip/firewall/address-list/find"
    assert await names("writing") == [add] * 3
    assert await names("touching") == [find, add] * 3
