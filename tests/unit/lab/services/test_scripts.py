# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may run what: facts 3.2 (netwatch) and 6.6."""

from __future__ import annotations

import asyncio

import pytest

from lab.router.services.scripts import EVENT_POLICIES, EVENT_USER
from lab.verbs import Caller, Trap
from tests.unit.lab.services.rig import ADMIN, Rig

FAILED = ("script,error", "executing script s from netwatch failed, please check it manually")


async def event(rig: Rig, source: str, **variables: str) -> bool:
    return await rig.services.scripts.run_event(source, variables=variables, origin="netwatch")


async def test_netwatch_does_not_run_a_script_with_default_policies() -> None:
    rig = Rig()
    await rig.script("s", ':log info "ran"')
    assert not await event(rig, "s")
    assert rig.messages == [FAILED, ("script,error,debug", "not enough permissions (9)")]


async def test_netwatch_runs_a_script_that_does_not_require_permissions() -> None:
    rig = Rig()
    await rig.script("s", ':log info "ran"', dont_require_permissions="yes")
    assert await event(rig, "s")
    assert rig.messages == [("script,info", "ran")]


async def test_netwatch_runs_a_script_that_wants_no_more_than_it_has() -> None:
    rig = Rig()
    await rig.script("s", ':log info "ran"', policy="read,write,test")
    assert await event(rig, "s")
    assert rig.messages == [("script,info", "ran")]


async def test_a_script_run_from_within_an_event_is_checked_too() -> None:
    rig = Rig()
    await rig.script("s", ':log info "ran"')
    assert not await event(rig, "/system/script/run s")
    assert ("script,info", "ran") not in rig.messages


async def test_an_event_sees_its_variables() -> None:
    rig = Rig()
    await event(
        rig,
        ':log info "$host is $status, $"loss-percent" lost"',
        host="8.8.8.8",
        status="down",
        **{"loss-percent": "85"},
    )
    assert rig.messages == [("script,info", "8.8.8.8 is down, 85 lost")]


async def test_globals_of_one_user_are_invisible_to_another() -> None:
    rig = Rig()
    await rig.services.interpreter.run(":global token abc", caller=ADMIN)
    await event(rig, ':global token; :log info "[$token]"; :global token def')
    assert rig.messages == [("script,info", "[]")]
    shown = {(row["user"], row["name"], row["value"]) for row in await rig.rows("/system/script/environment")}
    assert shown == {("admin", "token", "abc"), (EVENT_USER, "token", "def")}


async def test_run_uses_the_permissions_of_the_caller() -> None:
    rig = Rig()
    await rig.script("s", "/system/identity/set name=x", policy="read")
    reader = Caller("monitor", frozenset({"read"}), "api")
    with pytest.raises(Trap, match=r"not enough permissions \(9\)"):
        await rig.call("/system/script", "run", reader, number="s")
    await rig.call("/system/script", "run", number="s")
    assert (await rig.rows("/system/identity"))[0]["name"] == "x"


async def test_use_script_permissions_takes_those_of_the_script() -> None:
    rig = Rig()
    await rig.script("s", "/system/identity/set name=x", policy="read")
    with pytest.raises(Trap, match="not enough permissions"):
        await rig.call("/system/script", "run", number="s", use_script_permissions="yes")


async def test_use_script_permissions_exists_from_7_15() -> None:
    rig = Rig("7.14")
    await rig.script("s", ":put 1")
    with pytest.raises(Trap, match="unknown parameter"):
        await rig.call("/system/script", "run", number="s", use_script_permissions="yes")


async def test_a_run_is_counted_and_dated_and_may_go_by_id() -> None:
    rig = Rig()
    await rig.script("s", ":put 1")
    await rig.call("/system/script", "run", number="s")
    await rig.call("/system/script", "run", **{".id": "*1"})
    row = (await rig.rows("/system/script"))[0]
    assert (row["run-count"], row["last-started"]) == ("2", "2027-01-01 12:00:00")


async def test_an_unknown_script_is_no_item() -> None:
    with pytest.raises(Trap, match="no such item"):
        await Rig().call("/system/script", "run", number="nope")


async def test_errors_reach_the_caller_and_the_log_with_their_place() -> None:
    rig = Rig()
    await rig.script("s", ":put 1\n/ip/route/remove *99")
    with pytest.raises(Trap) as caught:
        await rig.call("/system/script", "run", number="s")
    assert caught.value.message == "no such item (/ip/route/remove; line 2)"
    assert rig.messages[-1] == ("script,error,debug", "no such item (/ip/route/remove; line 2)")


async def test_a_script_that_does_not_parse_runs_not_at_all() -> None:
    rig = Rig()
    await rig.script("s", ':log info "first"\n:put (1 @@ 2)')
    with pytest.raises(Trap, match=r"syntax error \(line 2 column 9\)"):
        await rig.call("/system/script", "run", number="s")
    assert ("script,info", "first") not in rig.messages


async def test_a_running_script_is_a_job_and_can_be_ended() -> None:
    rig = Rig()
    await rig.script("s", ':delay 1h; :log info "late"')
    run = asyncio.create_task(rig.call("/system/script", "run", number="s"))
    await rig.settle()
    job = (await rig.rows("/system/script/job"))[0]
    assert (job["script"], job["owner"]) == ("s", "admin")
    await rig.call("/system/script/job", "remove", **{".id": job[".id"]})
    with pytest.raises(Trap, match="interrupted"):
        await run
    assert await rig.rows("/system/script/job") == []
    assert ("script,info", "late") not in rig.messages


async def test_execute_runs_beside_its_caller() -> None:
    rig = Rig()
    await rig.services.interpreter.run(':execute {:delay 1ms; :log info "second"}; :log info "first"', caller=ADMIN)
    await rig.logged(2)
    assert [message for _, message in rig.messages] == ["first", "second"]


async def test_a_file_is_imported_line_by_line_and_a_dry_run_changes_nothing() -> None:
    rig = Rig()
    source = '# 2027-01-01\n/system identity\nset name="jakarta"\n/routing table\nadd fib name=mw-isp1\n'
    await rig.call("/file", "add", name="x.rsc", contents=source)
    await rig.call("/", "import", file_name="x.rsc", dry_run="yes")
    assert await rig.services.console(":put [/routing/table/find name=mw-isp1]", ADMIN) == ""
    assert await rig.services.console("/import x.rsc", ADMIN) == "Script file loaded and executed successfully"
    assert await rig.services.console(":put [/routing/table/find name=mw-isp1]", ADMIN) != ""
    assert (await rig.rows("/system/identity"))[0]["name"] == "jakarta"
    with pytest.raises(Trap, match="failure"):
        await rig.call("/", "import", file_name="nope.rsc")


async def test_globals_are_listed_by_the_language_too() -> None:
    rig = Rig()
    await rig.services.interpreter.run(":global a 5; :global b", caller=ADMIN)
    assert await rig.services.console(":put [:environment find name=a]", ADMIN) == "*1"
    assert "\n0 a         5" in await rig.services.console(":environment print", ADMIN)


def test_events_have_four_policies_since_6_42() -> None:
    assert sorted(EVENT_POLICIES) == ["read", "reboot", "test", "write"]


async def test_the_console_prints_what_a_line_prints_and_its_error() -> None:
    rig = Rig()
    assert await rig.services.console(":put (1 + 1); :error gone", ADMIN) == "2\nScript Error: gone (:error; line 1)"
    assert await rig.services.console("/bogus", ADMIN) == "bad command name bogus (line 1 column 2)"
