# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import (
    CommitError,
    Request,
    ask_version,
    commit,
    inspect,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import canonical
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import menu as menu_at
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import (
    TELEGRAM_BOT_TOKEN,
    gap,
    with_secrets,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version, parse_version

from tests.unit.plugins.memory_api import MemoryApi

TOKEN = "110201543:AAEabcdefghijklmnopqrstuvwxyz012345"
OLD_TOKEN = "987654321:AAFabcdefghijklmnopqrstuvwxyz012345"
MANGLE = "/ip/firewall/mangle"


def row(menu: str, part: str, /, **values: Any) -> Row:
    tag = f"multiwan:pcc:{part}"
    return Row(menu, tag, {**{key.replace("_", "-"): text for key, text in values.items()}, "comment": f"x [{tag}]"})


def request(*rows: Row, owners: frozenset[str] | None = None) -> Request:
    return Request("jakarta", rows, owners, {TELEGRAM_BOT_TOKEN: TOKEN, "api_password": "hunter22"})


PLAN = (
    row("/routing/table", "table", name="mw-isp1", fib=""),
    row("/ip/address", "address", address="192.168.1.2/24", interface="ether1"),
    row("/ip/firewall/nat", "nat", chain="srcnat", action="masquerade", out_interface="ether1"),
    row(MANGLE, "body", chain="mw-route", action="mark-routing", new_routing_mark="mw-isp1", passthrough="no"),
    row(MANGLE, "jump", chain="prerouting", action="jump", jump_target="mw-route"),
)
FOREIGN = {
    MANGLE: [Found("*1", {"chain": "prerouting", "action": "accept", "comment": "by hand"})],
    "/ip/address": [Found("*9", {"address": "192.168.10.1/24", "interface": "bridge"})],
}


def test_a_fresh_router_gets_every_row_and_is_read_back_over_a_new_connection() -> None:
    api = MemoryApi(FOREIGN)
    outcome = commit(request(*PLAN), api)
    assert outcome.changed
    assert outcome.version == "7.22.3 (stable)"
    assert outcome.writes == {
        "/routing/table": 1, "/ip/address": 1, "/ip/firewall/nat": 1, MANGLE: 2,
    }  # fmt: skip
    assert api.connections == 2
    assert [found for found in api.menus[MANGLE] if not found.tag] == FOREIGN[MANGLE]


def test_the_second_run_writes_nothing() -> None:
    api = MemoryApi(FOREIGN)
    commit(request(*PLAN), api)
    before = list(api.writes)
    outcome = commit(request(*PLAN), api)
    assert (outcome.changed, outcome.writes, outcome.diff) == (False, {}, ())
    assert api.writes == before


def test_looking_writes_nothing_and_tells_the_same_story_as_the_commit() -> None:
    api = MemoryApi(FOREIGN)
    looked = inspect(request(*PLAN), api)
    assert api.writes == []
    done = commit(request(*PLAN), api)
    assert (looked.changed, looked.writes, looked.diff) == (done.changed, done.writes, done.diff)


def test_an_empty_plan_leaves_the_router_as_it_was() -> None:
    api = MemoryApi(FOREIGN)
    commit(request(*PLAN), api)
    commit(request(), api)
    assert {menu: rows for menu, rows in api.menus.items() if rows and menu != "/system/resource"} == FOREIGN


def own(api: MemoryApi) -> dict[str, list[tuple[str | None, dict[str, str]]]]:
    return {
        menu: [(found.tag, canonical(menu_at(menu), found.values)) for found in rows]
        for menu, rows in api.menus.items()
        if rows and menu != "/system/resource"
    }


HELD = {
    MANGLE: [
        Found("*1", {"chain": "prerouting", "action": "accept"}),
        Found("*2", {"chain": "prerouting", "action": "jump", "jump-target": "old", "comment": "[multiwan:pcc:jump]"}),
        Found("*3", {"chain": "mw-old", "action": "return", "comment": "[multiwan:pcc:old1]"}),
        Found("*4", {"chain": "mw-old", "action": "accept", "comment": "[multiwan:pcc:old2]"}),
        Found("*5", {"chain": "forward", "action": "accept"}),
        Found("*6", {"chain": "mw-route", "action": "mark-routing", "src-address": "10.0.0.1", "passthrough": "false",
                     "new-routing-mark": "mw-isp1", "comment": "[multiwan:pcc:body]"}),
        Found("*7", {"chain": "mw-route", "action": "return", "comment": "[multiwan:pcc:first]"}),
    ],
}  # fmt: skip
CHANGED = (row(MANGLE, "first", chain="mw-route", action="return"), *PLAN)


WRITES = 10


def test_the_change_that_is_refused_below_has_this_many_writes() -> None:
    assert sum(inspect(request(*CHANGED), MemoryApi(HELD)).writes.values()) == WRITES


@pytest.mark.parametrize("number", range(WRITES))
def test_a_refused_write_undoes_those_before_it(number: int) -> None:
    api = MemoryApi(HELD)
    before = own(api)
    api.refuse = number
    with pytest.raises(CommitError, match="failure: refused") as caught:
        commit(request(*CHANGED), api)
    assert "[multiwan:pcc:" in caught.value.faults[0]
    assert own(api) == before


def test_a_failed_first_write_says_that_nothing_was_written() -> None:
    api = MemoryApi(FOREIGN)
    api.refuse = 0
    with pytest.raises(CommitError) as caught:
        commit(request(*PLAN), api)
    assert caught.value.undone == "Nothing had been written."


def test_rows_that_do_not_stay_are_an_error_and_are_put_back() -> None:
    api = MemoryApi(FOREIGN)

    def lose(connection: int) -> None:
        if connection == 2:
            api.menus[MANGLE] = [found for found in api.menus[MANGLE] if found.tag != "multiwan:pcc:jump"]

    api.on_connect = lose
    with pytest.raises(CommitError) as caught:
        commit(request(*PLAN), api)
    assert f"{MANGLE} [multiwan:pcc:jump]: missing" in caught.value.faults[0]
    assert own(api) == own(MemoryApi(FOREIGN))


def test_a_router_that_does_not_come_back_is_said_so() -> None:
    api = MemoryApi(FOREIGN)

    def gone(connection: int) -> None:
        if connection == 2:
            raise RouterError("no connection to 127.0.0.1:8729: refused")

    api.on_connect = gone
    with pytest.raises(CommitError, match="could not be read back: no connection"):
        commit(request(*PLAN), api)


def test_a_foreign_row_in_the_way_stops_before_the_first_write() -> None:
    api = MemoryApi(
        {"/ip/address": [Found("*9", {"address": "192.168.1.2/24", "interface": "ether1", "disabled": "true"})]}
    )
    with pytest.raises(CommitError, match="not ours"):
        commit(request(*PLAN), api)
    assert api.writes == []


@pytest.mark.parametrize(
    ("router", "planned", "words"),
    [
        (
            "6.49.17 (long-term)",
            "7.22",
            "made for RouterOS 7.22, but the router runs 6.49.17, which lacks routing tables",
        ),
        ("7.12.2 (stable)", "7.13", "lacks :onerror. Set multiwan_routeros_version: '7.12.2'"),
        ("7.9 (stable)", "7.12", "lacks :convert to=url"),
        ("7.22.3 (stable)", "6.49", "lacks marks on routes"),
    ],
)
def test_rows_for_a_version_that_can_more_are_not_written(router: str, planned: str, words: str) -> None:
    api = MemoryApi({}, version=router)
    with pytest.raises(CommitError, match=words):
        commit(replace(request(*PLAN), made_for=frozenset({parse_version(planned)})), api)
    assert api.writes == []


@pytest.mark.parametrize("router", ["7.13 (stable)", "7.24.5 (stable)", "7.25rc1 (testing)"])
def test_rows_for_an_older_version_of_the_same_kind_are_written(router: str) -> None:
    api = MemoryApi({}, version=router)
    assert commit(replace(request(*PLAN), made_for=frozenset({Version(7, 9)})), api).changed


@pytest.mark.parametrize("router", ["6.48.6 (long-term)", "7.8 (stable)"])
def test_a_version_that_is_not_supported_gets_no_write_and_can_be_cleaned(router: str) -> None:
    api = MemoryApi({}, version=router)
    with pytest.raises(CommitError, match=r"this collection supports 6\.49 and 7\.9 to 7\.24"):
        commit(request(*PLAN), api)
    assert api.writes == []
    assert not commit(request(), api).changed


def test_a_version_newer_than_the_last_known_is_noted() -> None:
    (note,) = commit(request(*PLAN), MemoryApi({}, version="7.25 (stable)")).notes
    assert "newer than 7.24" in note


def test_an_old_router_can_still_be_cleaned() -> None:
    api = MemoryApi({MANGLE: [Found("*1", {"comment": "[multiwan:pcc:x]"})]}, version="6.49.17 (long-term)")
    assert commit(request(), api).writes == {MANGLE: 1}


def test_a_value_of_the_router_is_read_and_listed_with_the_others() -> None:
    alert = row("/ip/dhcp-server/alert", "office", interface="bridge",
                valid_server=[{"$router": "/interface/bridge/mac-address"}, "AA:00:00:00:00:01"])  # fmt: skip
    api = MemoryApi({"/interface": [Found("*1", {"name": "bridge", "mac-address": "48:A9:8A:00:00:01"})]})
    commit(request(alert), api)
    (made,) = api.menus["/ip/dhcp-server/alert"]
    assert made.values["valid-server"] == "48:A9:8A:00:00:01,AA:00:00:00:00:01"
    assert not commit(request(alert), api).changed


def test_a_value_that_the_router_lacks_stops_before_the_first_write() -> None:
    alert = row("/ip/dhcp-server/alert", "office", valid_server={"$router": "/interface/bridge/mac-address"})
    api = MemoryApi({})
    with pytest.raises(CommitError, match="needs the mac-address of 'bridge'"):
        commit(request(alert), api)
    assert api.writes == []


def script(text: str) -> Row:
    return row("/system/script", "telegram", name="mw-telegram", source=with_secrets(text, TELEGRAM_BOT_TOKEN))


def shown(outcome: Any) -> str:
    return repr((outcome.diff, outcome.differences, outcome.writes))


def test_a_token_reaches_the_router_and_nobody_else() -> None:
    api = MemoryApi({})
    outcome = commit(request(script(f"send {gap(TELEGRAM_BOT_TOKEN)}")), api)
    assert api.menus["/system/script"][0].values["source"] == f"send {TOKEN}"
    assert TOKEN not in shown(outcome)


def test_an_old_token_on_the_router_is_not_shown_either() -> None:
    held = Found("*1", {"name": "mw-telegram", "source": f"send {OLD_TOKEN}", "comment": "x [multiwan:pcc:telegram]"})
    api = MemoryApi({"/system/script": [held]})
    for plan in ((script(f"send {gap(TELEGRAM_BOT_TOKEN)}"),), ()):
        text = shown(inspect(request(*plan), api))
        assert OLD_TOKEN not in text
        assert TOKEN not in text


def test_a_trap_that_repeats_the_token_is_masked() -> None:
    api = MemoryApi({})
    api.refuse = 0
    with pytest.raises(CommitError) as caught:
        commit(request(script(f"send {gap(TELEGRAM_BOT_TOKEN)}")), api)
    assert TOKEN not in str(caught.value)
    assert "********" in str(caught.value)


def test_a_missing_secret_stops_before_the_first_write() -> None:
    api = MemoryApi({})
    with pytest.raises(CommitError, match="needs the secret telegram_bot_token"):
        commit(Request("jakarta", (script(gap(TELEGRAM_BOT_TOKEN)),)), api)
    assert api.writes == []


def test_the_password_is_not_in_the_text_of_a_request() -> None:
    assert "hunter22" not in repr(request(*PLAN))


def test_only_the_roles_that_were_asked_for_are_written() -> None:
    other = Row("/ip/route", "multiwan:wan:isp1", {"gateway": "10.0.0.1", "comment": "[multiwan:wan:isp1]"})
    api = MemoryApi({"/ip/route": [Found("*1", {"comment": "[multiwan:failover:isp1]"})]})
    outcome = commit(request(other, PLAN[0], owners=frozenset({"pcc"})), api)
    assert outcome.writes == {"/routing/table": 1}


@pytest.mark.parametrize("said", ["no", "false"])
def test_what_a_device_mode_has_disabled_is_left_alone_and_no_drift(said: str) -> None:
    """The device takes the rows and disables them by itself."""
    plan = row("/system/scheduler", "tick", name="mw-tick", interval="5s", on_event="x", disabled="no")
    api = MemoryApi({"/system/device-mode": [Found("", {"scheduler": said})]})
    commit(request(plan), api)
    (made,) = api.menus["/system/scheduler"]
    api.menus["/system/scheduler"] = [Found(made.id, {**made.values, "disabled": "true"})]
    assert not commit(request(plan), api).changed
    changed = row("/system/scheduler", "tick", name="mw-tick", interval="6s", on_event="x", disabled="no")
    assert commit(request(changed), api).changed
    assert api.menus["/system/scheduler"][0].values["disabled"] == "true"


def test_a_scheduler_row_that_somebody_disabled_is_drift_where_the_device_allows_it() -> None:
    plan = row("/system/scheduler", "tick", name="mw-tick", interval="5s", on_event="x", disabled="no")
    api = MemoryApi({"/system/device-mode": [Found("", {"scheduler": "yes"})]})
    commit(request(plan), api)
    (made,) = api.menus["/system/scheduler"]
    api.menus["/system/scheduler"] = [Found(made.id, {**made.values, "disabled": "true"})]
    assert commit(request(plan), api).changed


def test_a_diff_names_menu_and_rows_before_and_after() -> None:
    api = MemoryApi({MANGLE: [Found("*1", {"chain": "mw-route", "action": "mark-routing", "new-routing-mark": "mw-isp1",
                                           "passthrough": "no", "src-address": "10.0.0.1", "disabled": "true",
                                           "comment": "x [multiwan:pcc:body]"})]})  # fmt: skip
    (diff,) = inspect(request(PLAN[3]), api).diff
    assert diff["before_header"] == f"jakarta {MANGLE}"
    assert "disabled=yes" in diff["before"]
    assert "src-address=10.0.0.1" in diff["before"]
    assert diff["after"] == (
        '[multiwan:pcc:body] action=mark-routing chain=mw-route comment="x [multiwan:pcc:body]"'
        " new-routing-mark=mw-isp1 passthrough=no\n"
    )


@pytest.mark.parametrize(
    ("said", "version"), [("6.49.19 (long-term)", "6.49.19"), ("7.22.3 (stable)", "7.22.3"), ("7.25rc1", "7.24")]
)
def test_a_router_is_asked_for_its_version_and_nothing_is_written(said: str, version: str) -> None:
    api = MemoryApi({}, version=said)
    assert ask_version(api) == (said, parse_version(version))
    assert api.writes == []


@pytest.mark.parametrize(("said", "words"), [("7.8 (stable)", "supports 6.49 and 7.9"), ("", "not a RouterOS version")])
def test_a_version_that_nothing_can_be_planned_for_is_a_fault(said: str, words: str) -> None:
    with pytest.raises(CommitError, match=words):
        ask_version(MemoryApi({}, version=said))


def test_nothing_is_noted_about_rows_that_are_left_out() -> None:
    sender = Row("/system/script", "multiwan:notify:telegram", {"name": "x", "comment": "x [multiwan:notify:telegram]"})
    api = MemoryApi({}, version="7.18 (stable)")
    assert any("Telegram" in note for note in inspect(request(*PLAN, sender), api).notes)
    assert inspect(request(*PLAN, sender, owners=frozenset({"pcc"})), api).notes == ()
