# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a branch: from a router that holds its plan, from one that refuses, from one that breaks off."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import branch_look, branch_state, fleet_data
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.found import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.model import Place
from ansible_collections.multiwan.routeros.plugins.module_utils.reading import Request
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError, RouterTrap
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version, parse_version

from tests.unit.plugins.branches import TOKEN, branch, uplink
from tests.unit.plugins.memory_api import MemoryApi

NOW = datetime.datetime(2026, 11, 22, 7, 0, 30, tzinfo=datetime.UTC)
RAW = {
    **branch(2),
    "multiwan_uplinks": [
        uplink(1, label="Modem 1", download="10M", upload="5M"),
        uplink(2, label="Modem 2", metered=True, download="20M", upload="20M"),
    ],
    "multiwan_label": "Jakarta Pusat",
    "multiwan_place": {"latitude": -6.2, "longitude": "106.8"},
}
#: Of the bridge: the one value that only the router knows.
MAC = "02:00:00:00:00:01"
SECRETS = {"telegram_bot_token": TOKEN}
Refuse = Callable[[str], RouterError | None]


class Told(MemoryApi):
    """A router that holds ``RAW``. ``refuse``: what it says to a command instead of an answer."""

    def __init__(
        self, *, version: str = "7.22.3", raw: Mapping[str, Any] = RAW, refuse: Refuse = lambda _: None
    ) -> None:
        menus: dict[str, list[Found]] = {}
        planned = parse_version(version)
        rows = assemble({**raw, "multiwan_routeros_version": f"{planned.major}.{planned.minor}"}, name="jakarta").rows
        for number, row in enumerate(fill_rows(rows, SECRETS), start=1):
            values = {key: _text(value) for key, value in row.values.items()}
            menus.setdefault(row.menu, []).append(Found(f"*{number:X}", values))
        super().__init__(menus, version=f"{version} (stable)")
        self.asked: list[str] = []
        self.no = refuse
        self.connections = {"": 31, "mw-isp1": 20, "mw-isp2": 10}

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        self._ask(f"{menu}/print")
        return super().rows(menu, properties)

    def run(self, command: str, values: Mapping[str, str]) -> list[dict[str, str]]:
        self._ask(command)
        assert command == "/interface/monitor-traffic"
        assert "once" in values, "without it a router never ends"
        rates = {"rx-bits-per-second": "1000000", "tx-bits-per-second": "250000"}
        return [{"name": name, **rates} for name in values["interface"].split(",")]

    def count(self, menu: str, where: Mapping[str, str]) -> int:
        self._ask(f"{menu}/print count-only")
        return self.connections[where.get("connection-mark", "")]

    def _ask(self, command: str) -> None:
        self.asked.append(command)
        refusal = self.no(command)
        if refusal is not None:
            raise refusal


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(str(_text(item)) for item in value)
    return MAC if isinstance(value, dict) else str(value)


def told(**more: Any) -> Told:
    """All that a report asks for besides the plan."""
    api = Told(**more)
    api.menus["/system/resource"] = [
        Found(
            "*0", {"version": api.menus["/system/resource"][0].values["version"], "uptime": "1w2h", "board-name": "hEX"}
        )
    ]
    api.menus["/system/clock"] = [Found("*0", {"date": "2026-11-22", "time": "14:00:30"})]
    api.menus["/certificate"] = [
        Found("*1", {"name": "api", "invalid-after": "2026-12-01 07:00:30", "private-key": "true"}),
        Found("*2", {"name": "ca", "invalid-after": "nov/20/2026 07:00:00", "trusted": "true"}),
        Found("*3", {"name": "foreign", "invalid-after": "2026-11-23 00:00:00"}),
        Found("*4", {"name": "never", "trusted": "true"}),
    ]
    api.menus["/log"] = [
        Found(
            "*1",
            {"time": "2026-11-22 13:59:30", "topics": "script,warning", "message": "multiwan: Modem 1 is not used now"},
        ),
        Found("*2", {"time": "2026-11-22 13:59:40", "topics": "script,error", "message": f"multiwan: {TOKEN} leaked"}),
    ]
    api.menus["/interface"] = [
        Found("*1", {"name": "ether1", "rx-byte": "3000", "tx-byte": "1000"}),
        Found("*2", {"name": "ether2", "rx-byte": "500", "tx-byte": "500"}),
        Found("*3", {"name": "bridge", "rx-byte": "9", "tx-byte": "9", "mac-address": MAC}),
    ]
    for number, row in enumerate(api.menus["/tool/netwatch"]):
        dead = ":isp1:" in row.values["comment"]
        status = {"status": "down", "response-count": "0"} if dead else {"status": "up"}
        since = f"2026-11-22 13:0{number}:00"
        api.menus["/tool/netwatch"][number] = Found(row.id, {**row.values, **status, "since": since})
    for number, row in enumerate(api.menus["/ip/route"]):
        if ":isp1:gate" in row.values["comment"]:
            api.menus["/ip/route"][number] = Found(row.id, {**row.values, "disabled": "true"})
        elif ":gate" in row.values["comment"]:
            api.menus["/ip/route"][number] = Found(row.id, {**row.values, "active": "true"})
    note = {"list": "mw-state", "comment": "down isp1 2026-11-22 13:59:30", "timeout": "3w6d23h59m", "dynamic": "true"}
    waits = {"list": "mw-outbox", "comment": "Cabang", "timeout": "1d", "dynamic": "true"}
    api.menus["/ip/firewall/address-list"] += [Found("*F1", note), Found("*F2", waits)]
    return api


def record(api: Told, raw: Mapping[str, Any] = RAW) -> dict[str, Any]:
    plan = assemble(raw, name="jakarta")
    request = Request(host="jakarta", rows=tuple(plan.rows), secrets=SECRETS, made_for=frozenset({Version(7, 22)}))
    parsed = parse_branch(raw, name="jakarta")
    found = branch_look.look(request, parsed, api, lambda: NOW)
    assert api.writes == [], "a report writes nothing"
    return branch_state.state(found, parsed, groups=["west", "big"])


def test_the_record_says_how_the_branch_is() -> None:
    found = record(told())
    plain = {
        key: found[key] for key in ("name", "label", "groups", "place", "ok", "error", "reason", "version", "board")
    }
    assert plain == {
        "name": "jakarta",
        "label": "Jakarta Pusat",
        "groups": ["big", "west"],
        "place": {"latitude": -6.2, "longitude": 106.8},
        "ok": True,
        "error": "",
        "reason": "",
        "version": "7.22.3",
        "board": "hEX",
    }
    assert (found["uptime_s"], found["read_at"], found["compared"]) == (7 * 86400 + 7200, "2026-11-22T07:00:30Z", True)
    assert found["certificates"] == [
        {"name": "ca", "until": "2026-11-20", "days": -3},
        {"name": "api", "until": "2026-12-01", "days": 9},
    ]
    assert found["events"][-1] == {
        "time": "2026-11-22T06:59:30Z",
        "kind": "dead",
        "uplink": "isp1",
        "text": "Modem 1 is not used now",
    }
    assert "1 message waits to be sent" in found["notes"]
    json.dumps(found)


def test_each_uplink_has_its_figures() -> None:
    first, second = record(told())["uplinks"]
    assert first == {
        "name": "isp1",
        "label": "Modem 1",
        "type": "static",
        "metered": False,
        "alive": False,
        "in_use": False,
        "since": "2026-11-22T06:59:30Z",
        "address": "172.16.1.2/24",
        "connections": 20,
        "connections_share": 0.6667,
        "download_bytes": 3000,
        "upload_bytes": 1000,
        "bytes_share": 0.8,
        "download_bps": 1_000_000,
        "upload_bps": 250_000,
        "download_limit_bps": 10_000_000,
        "upload_limit_bps": 5_000_000,
    }
    # metered, and carries because the other one is dead; the first of its two probes came up at 13:02
    assert (second["alive"], second["in_use"], second["since"]) == (True, True, "2026-11-22T06:02:00Z")


def test_connections_are_counted_and_never_printed() -> None:
    api = told()
    record(api)
    assert "/ip/firewall/connection/print" not in api.asked
    assert api.asked.count("/ip/firewall/connection/print count-only") == 3


def test_too_many_connections_are_not_counted_by_mark() -> None:
    api = told()
    api.connections[""] = branch_look.MOST_CONNECTIONS + 1
    found = record(api)
    assert [line["connections"] for line in found["uplinks"]] == [None, None]
    assert "200001 connections are too many to be counted for each uplink" in found["notes"]


def test_secrets_are_masked_wherever_they_turn_up() -> None:
    assert TOKEN not in json.dumps(record(told()))


@pytest.mark.parametrize(
    ("refused", "left_out"),
    [
        ("/certificate/print", "certificates"),
        ("/log/print", "events"),
        ("/ip/firewall/connection/print count-only", "connections"),
        ("/interface/monitor-traffic", "download_bps"),
        ("/interface/print", "download_bytes"),
        ("/system/clock/print", ""),
    ],
)
def test_what_the_router_refuses_is_left_out_and_said_so(refused: str, left_out: str) -> None:
    def refuse(command: str) -> RouterError | None:
        words = "not enough permissions (9)"
        return RouterTrap(f"{command}: {words}", trap=words) if command == refused else None

    api = told()
    if refused == "/interface/print":  # the comparison with the plan asks it, too
        del api.menus["/interface"]
    else:
        api.no = refuse
    found = record(api)
    line = found["uplinks"][1]
    assert found["ok"]
    assert line["alive"] is True
    assert not (line[left_out] if left_out in line else found.get(left_out))
    if refused != "/interface/print":
        menu = refused.removesuffix(" count-only").removesuffix("/print")
        assert f"{menu} was not read: not enough permissions (9)" in found["notes"]


def test_a_connection_that_breaks_behind_the_comparison_leaves_the_rest() -> None:
    api = told(refuse=lambda command: RouterError("it broke") if command.startswith("/interface/monitor") else None)
    found = record(api)
    assert found["ok"]
    assert found["uplinks"][0]["alive"] is False
    assert found["uplinks"][0]["connections"] is None
    assert "the reading ended early: it broke" in found["notes"]
    assert not any("count-only" in command for command in api.asked), "nothing is asked of a broken connection"


def test_a_connection_that_breaks_before_it_is_a_branch_that_was_not_read() -> None:
    api = told(refuse=lambda command: RouterError("it broke") if command == "/ip/route/print" else None)
    with pytest.raises(RouterError):
        record(api)


def test_a_plan_that_does_not_fit_is_told_and_the_rest_is_read() -> None:
    """A plan of RouterOS 7.22 and a router that still runs 7.9."""
    api = told(version="7.9.2")
    found = record(api)
    assert (found["ok"], found["compared"], found["drift"]) == (True, False, [])
    assert found["uplinks"][1]["alive"] is True
    assert found["notes"][-1].startswith("not compared with the plan: ")


def test_drift_is_told_row_by_row() -> None:
    api = told()
    mangle = api.menus["/ip/firewall/mangle"]
    place = next(n for n, row in enumerate(mangle) if "[multiwan:pcc:isp1:0]" in row.values["comment"])
    mangle[place] = Found(mangle[place].id, {**mangle[place].values, "disabled": "true"})
    (row,) = record(api)["drift"]
    assert (row["menu"], row["tag"]) == ("/ip/firewall/mangle", "multiwan:pcc:isp1:0")
    assert "disabled is 'yes'" in row["words"]


def test_values_that_no_sane_router_says_leave_the_report_of_the_others() -> None:
    api = told()
    api.menus["/certificate"] = [Found("*1", {"name": "api", "invalid-after": "0001-01-01 00:00:00", "trusted": "yes"})]
    api.menus["/interface"][0] = Found("*1", {"name": "ether1", "rx-byte": "9" * 400, "tx-byte": "1"})
    odd = record(api)
    assert odd["certificates"][0]["until"] == "0001-01-01"
    assert odd["uplinks"][0]["download_bytes"] is None
    made = fleet_data.report({"jakarta": odd}, made=NOW, title="", language="id")
    assert "multiwan_branch_up" in fleet_data.prometheus(made)


def test_a_branch_that_was_not_read_has_the_same_keys() -> None:
    nothing = branch_state.unread(
        "x", label="X", groups=["b", "a"], place=Place(1.0, 2.0), reason="login", error="no", at=NOW
    )
    assert set(nothing) == set(record(told()))
    assert (nothing["ok"], nothing["reason"], nothing["groups"]) == (False, "login", ["a", "b"])
