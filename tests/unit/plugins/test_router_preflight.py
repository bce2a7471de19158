# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check has a router on which it speaks, alone and with the right severity, and one on which it is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import CommitError, Request, commit
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found, Operation
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.preflight_finding import TABLE as CHECK_TABLE
from ansible_collections.multiwan.routeros.plugins.module_utils.preflight_finding import Check
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError
from ansible_collections.multiwan.routeros.plugins.module_utils.router_preflight import (
    CHECKS,
    FORCEABLE,
    Finding,
    Options,
    findings,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from tests.unit.plugins.branches import TOKEN
from tests.unit.plugins.looked_at import GOOD, Menus, holding, joined, kinds, look, plan_of
from tests.unit.plugins.memory_api import MemoryApi

PLAN = plan_of()
BOTH = Options(dead_man=True, backup=True, user="multiwan")
MESSAGES = {"bot_token": TOKEN, "chat_id": -1, "api_url": "https://bot.example.com"}
ANCHOR = next(str(row.values["dst-address"]) for row in PLAN if ":anchor" in row.tag)


@dataclass(frozen=True)
class Seen:
    """``menus`` comes on top of a good router; ``instead`` replaces menus of it. ``says``: words of the finding."""

    check: str
    severity: str
    says: str
    menus: Menus
    instead: bool = False
    version: str = "7.22"


def without(name: str) -> list[Mapping[str, str]]:
    return [row for row in GOOD["/interface"] if row["name"] != name]


def changed(name: str, **values: str) -> list[Mapping[str, str]]:
    return [{**row, **values} if row["name"] == name else row for row in GOOD["/interface"]]


def resource(**values: str) -> list[Mapping[str, str]]:
    return [{**GOOD["/system/resource"][0], **{name.replace("_", "-"): text for name, text in values.items()}}]


TABLE = (
    Seen("version", "warning", "7.99 is newer than 7.24", {}, version="7.99"),
    Seen(
        "packages",
        "error",
        "/system/package/enable advanced-tools",
        {"/system/package": [{"name": "advanced-tools", "disabled": "true"}]},
        version="6.49",
    ),
    Seen(
        "device-mode",
        "error",
        "scheduler=no: the dead man would never run",
        {"/system/device-mode": [{"scheduler": "no"}]},
    ),
    Seen(
        "interfaces",
        "error",
        "no ether2, of the uplink isp2; there are: bridge",
        {"/interface": without("ether2")},
        True,
    ),
    Seen(
        "bridge-port",
        "error",
        "/interface/bridge/port *1 makes ether2, of the uplink isp2, a port of bridge",
        {
            "/interface": changed("ether2", slave="true"),
            "/interface/bridge/port": [{"interface": "ether2", "bridge": "bridge"}],
        },
        True,
    ),
    Seen(
        "line-down",
        "warning",
        "ether1, of the uplink isp1, has no link",
        {"/interface": changed("ether1", running="false")},
        True,
    ),
    Seen(
        "line-down", "warning", "is disabled", {"/interface": changed("ether1", disabled="true", running="false")}, True
    ),
    Seen(
        "addresses",
        "error",
        "*2 has 172.16.1.77/24 on wg0, which overlaps 172.16.1.2/24 of the uplink isp1",
        {"/ip/address": [{"address": "172.16.1.77/24", "interface": "wg0"}]},
    ),
    Seen(
        "addresses",
        "error",
        "172.16.2.2/30 on bridge (the segment office), which is the address that the uplink isp2 gets on ether2",
        {"/ip/address": [{"address": "172.16.2.2/30", "interface": "bridge"}]},
    ),
    Seen(
        "line-clients",
        "warning",
        "*1 asks for an address on ether2, the port of isp2, which is no line by DHCP: as soon as",
        {"/ip/dhcp-client": [{"interface": "ether2", "status": "searching..."}]},
    ),
    Seen(
        "line-clients",
        "error",
        "its default route works against the gates of the plan. Disable it (/ip/dhcp-client/disable [find interface=e",
        {
            "/ip/dhcp-client": [
                {"interface": "ether2", "status": "bound", "address": "10.9.8.7/24", "gateway": "10.9.8.1"}
            ]
        },
    ),
    Seen(
        "fasttrack",
        "error",
        "fast-tracks every connection",
        {"/ip/firewall/filter": [{"chain": "forward", "action": "fasttrack-connection"}]},
    ),
    Seen(
        "hardware-offload",
        "error",
        "switch1 has l3-hw-offloading=yes",
        {"/interface/ethernet/switch": [{"name": "switch1", "l3-hw-offloading": "true"}]},
    ),
    Seen(
        "hotspot",
        "error",
        "hs1 runs on bridge, the segment office",
        {"/ip/hotspot": [{"name": "hs1", "interface": "bridge"}]},
    ),
    Seen(
        "mangle",
        "error",
        "*1 (prerouting mark-connection wan1_conn), which are not ours",
        {
            "/ip/firewall/mangle": [
                {
                    "chain": "prerouting",
                    "action": "mark-connection",
                    "in-interface": "bridge",
                    "new-connection-mark": "wan1_conn",
                    "per-connection-classifier": "both-addresses:2/0",
                }
            ]
        },
    ),
    Seen(
        "mangle",
        "warning",
        "mark some traffic",
        {
            "/ip/firewall/mangle": [
                {
                    "chain": "prerouting",
                    "action": "mark-routing",
                    "src-address": "192.168.10.50",
                    "new-routing-mark": "to_isp2",
                }
            ]
        },
    ),
    Seen(
        "routes",
        "warning",
        "competes with the routes of the plan",
        {"/ip/route": [{"dst-address": "0.0.0.0/0", "gateway": "172.16.1.1", "distance": "1"}]},
    ),
    Seen(
        "routing-rules",
        "warning",
        "/routing/rule *1 (lookup src-address=192.168.10.50/32 table=vpn)",
        {"/routing/rule": [{"action": "lookup", "src-address": "192.168.10.50/32", "table": "vpn"}]},
    ),
    Seen(
        "nat",
        "warning",
        "may catch connections of the segments",
        {"/ip/firewall/nat": [{"chain": "dstnat", "action": "redirect", "dst-port": "53"}]},
    ),
    Seen(
        "firewall-lists",
        "warning",
        "not ether2",
        {
            "/ip/firewall/filter": [{"chain": "input", "action": "drop", "in-interface-list": "WAN"}],
            "/interface/list/member": [{"list": "WAN", "interface": "ether1"}],
        },
    ),
    Seen("resolver", "warning", "messages do not find their way", {"/ip/dns": [{"servers": ""}]}),
    Seen("resolver", "warning", "which is an anchor", {"/ip/dns": [{"servers": ANCHOR.removesuffix("/32")}]}),
    Seen(
        "invalid",
        "warning",
        "the router calls it invalid",
        {"/ip/firewall/mangle": [{"chain": "mw-inbound", "comment": "x [multiwan:pcc:old]", "invalid": "true"}]},
    ),
    Seen(
        "leftovers",
        "warning",
        "not at the end of its comment",
        {"/ip/firewall/address-list": [{"list": "x", "address": "10.0.0.1", "comment": "[multiwan:pcc:b] keep!"}]},
    ),
    Seen(
        "clock", "warning", "/system/clock says jan/02/1970", {"/system/clock": [{"date": "jan/02/1970"}]}, True, "6.49"
    ),
    Seen(
        "clock",
        "warning",
        "set it, and let /system/ntp/client keep it",
        {"/system/clock": [{"date": "2025-12-31"}]},
        True,
    ),
    Seen("space", "error", "free-hdd-space=102400", {"/system/resource": resource(free_hdd_space="102400")}, True),
    Seen("ram-disk", "warning", "gone after a reboot", {"/file": [{"name": "flash", "type": "disk"}]}),
)


def looked_at(case: Seen, **more: Any) -> tuple[Finding, ...]:
    good = {menu: rows for menu, rows in GOOD.items() if not (case.instead and menu in case.menus)}
    if case.version == "6.49" and "/system/clock" not in case.menus:
        good["/system/clock"] = [{"date": "nov/21/2026"}]
    plan = plan_of("7.24" if case.version == "7.99" else case.version)
    return look(joined(good, case.menus), plan, version=case.version, **{"options": BOTH, **more})


NAMED = [f"{case.check}-{number}" for number, case in enumerate(TABLE)]


@pytest.mark.parametrize("case", TABLE, ids=NAMED)
def test_each_fault_is_told_alone(case: Seen) -> None:
    told = looked_at(case)
    if case.check == "device-mode":  # what is off without a scheduler is told as well
        assert kinds(told[1:]) == [("device-mode", "warning")]
        told = told[:1]
    assert kinds(told) == [(case.check, case.severity)], told
    assert case.says in told[0].words
    assert ("multiwan_force" in told[0].words) is (case.severity == "error" and case.check in FORCEABLE)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"servers": "", "dynamic-servers": "192.168.2.1"}, [("resolver", "error")]),
        ({"servers": "9.9.9.9", "dynamic-servers": "192.168.2.1"}, []),
        ({"servers": "", "use-doh-server": "https://dns.example/q", "dynamic-servers": "192.168.2.1"}, []),
    ],
)
def test_a_line_that_takes_the_only_resolver_away_is_refused(
    settings: Mapping[str, str], said: list[tuple[str, str]]
) -> None:
    lines = [
        {"name": "isp1", "interface": "ether1", "address": "192.168.1.2/24", "gateway": "192.168.1.1"},
        {"name": "isp2", "interface": "ether2", "type": "dhcp"},
    ]
    uplinks = [{**line, "anchors": [f"8.8.4.{number}"]} for number, line in enumerate(lines, start=4)]
    told = look(joined(GOOD, {"/ip/dns": [settings]}), plan_of(multiwan_uplinks=uplinks), options=BOTH)
    assert [kind for kind in kinds(told) if kind[0] == "resolver"] == said


def test_a_good_router_is_not_complained_about() -> None:
    for options in (Options(), BOTH):
        assert look(GOOD, PLAN, options=options) == ()


def test_every_check_is_shown_to_speak() -> None:
    elsewhere = {"permissions", "authority", "management-path", "references", "queues", "isolation", "vlans"}
    assert {case.check for case in TABLE} | elsewhere == set(CHECKS)


@pytest.mark.parametrize("case", [case for case in TABLE if case.severity == "error"], ids=lambda case: case.check)
def test_a_forced_error_is_a_warning_where_forcing_can_help(case: Seen) -> None:
    told = looked_at(case, options=replace(BOTH, force=frozenset(CHECKS)))
    assert told[0].severity == ("warning" if case.check in FORCEABLE else "error")
    assert "multiwan_force" not in told[0].words
    other = looked_at(case, options=replace(BOTH, force=frozenset(CHECKS) - {case.check}))
    assert "error" in {item.severity for item in other}


@pytest.mark.parametrize("case", TABLE, ids=NAMED)
def test_without_writes_nothing_is_refused(case: Seen) -> None:
    assert "error" not in {item.severity for item in looked_at(case, writes=())}


def test_what_matters_for_writes_only_is_not_asked_without_any() -> None:
    asked = []

    class Asked(MemoryApi):
        def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
            asked.append((menu, bool(properties)))
            return super().rows(menu, properties)

    router: dict[str, list[Found]] = {menu.path: [] for menu in MENUS}
    findings(Asked({}), parse_version("7.22"), PLAN, router, operations=(), options=BOTH)
    menus = [menu for menu, _ in asked]
    assert len(menus) == len(set(menus)) <= 8
    assert not {"/user/active", "/system/resource", "/file", "/system/clock"} & set(menus)
    asked.clear()
    findings(Asked({}), parse_version("7.22"), PLAN, router, operations=None, options=BOTH)
    assert {"/user/active", "/system/resource", "/file", "/system/clock"} <= {menu for menu, _ in asked}
    assert all(listed for menu, listed in asked if menu not in ("/certificate/settings", "/system/device-mode"))


def test_unknown_writes_are_writes() -> None:
    case = next(case for case in TABLE if case.check == "interfaces")
    assert kinds(looked_at(case, writes=None)) == [("interfaces", "error")]


def test_a_removal_asks_only_what_a_removal_needs() -> None:
    """Whatever speaks against the plan does not speak against taking it away."""
    everything = joined(*(case.menus for case in TABLE if case.menus and case.version == "7.22"), holding(PLAN))
    everything["/system/resource"] = list(GOOD["/system/resource"])
    everything["/system/device-mode"] = [{"scheduler": "yes"}]
    everything["/system/clock"] = list(GOOD["/system/clock"])
    del everything["/file"]
    assert look(everything, (), options=BOTH) == ()
    everything["/system/device-mode"] = [{"scheduler": "no"}]
    everything["/system/resource"] = resource(free_hdd_space="1000")
    assert kinds(look(everything, (), options=BOTH)) == [("device-mode", "error"), ("space", "error")]


def test_several_faults_are_told_together_in_the_order_of_the_checks() -> None:
    cases = [case for case in TABLE if case.check in ("hotspot", "fasttrack", "routes", "nat", "clock")]
    menus = joined({k: v for k, v in GOOD.items() if k != "/system/clock"}, *(case.menus for case in cases[:4]))
    menus["/system/clock"] = [{"date": "1970-01-01"}]
    checks = [item.check for item in look(menus, PLAN, options=BOTH)]
    assert checks == sorted({*checks, "clock"}, key=list(CHECKS).index)
    assert set(checks) == {"fasttrack", "hotspot", "routes", "nat", "clock"}


# --- what is not a fault


SILENT: tuple[tuple[str, Menus], ...] = (
    ("uplinks may share a network", {"/ip/address": [{"address": "172.16.1.9/24", "interface": "ether2"}]}),
    ("the technician's own, equal", {"/ip/address": [{"address": "172.16.1.2/24", "interface": "ether1"}]}),
    ("a disabled one", {"/ip/address": [{"address": "172.16.1.2/24", "interface": "wg0", "disabled": "true"}]}),
    (
        "FastTrack behind an accept of everything marked",
        {
            "/ip/firewall/filter": [
                {
                    "chain": "forward",
                    "action": "accept",
                    "connection-state": "established,related",
                    "connection-mark": "!no-mark",
                },
                {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"},
            ]
        },
    ),
    (
        "FastTrack between other interfaces",
        {
            "/ip/firewall/filter": [
                {
                    "chain": "forward",
                    "action": "fasttrack-connection",
                    "in-interface": "wg0",
                    "out-interface": "bridge",
                }
            ]
        },
    ),
    (
        "marks on a tunnel",
        {
            "/ip/firewall/mangle": [
                {
                    "chain": "prerouting",
                    "action": "mark-connection",
                    "in-interface": "wg0",
                    "new-connection-mark": "vpn",
                },
                {
                    "chain": "prerouting",
                    "action": "mark-routing",
                    "src-address": "10.8.0.0/24",
                    "new-routing-mark": "vpn",
                },
                {"chain": "forward", "action": "change-mss", "new-mss": "clamp-to-pmtu"},
                {"chain": "forward", "action": "mark-packet", "new-packet-mark": "voip"},
            ]
        },
    ),
    ("a hotspot elsewhere", {"/ip/hotspot": [{"name": "hs1", "interface": "ether3"}]}),
    ("a disabled hotspot", {"/ip/hotspot": [{"name": "hs1", "interface": "bridge", "disabled": "true"}]}),
    (
        "a rule about the bypass",
        {"/routing/rule": [{"action": "lookup", "dst-address": "10.9.0.0/16", "table": "vpn"}]},
    ),
    (
        "a rule about the router's own addresses",
        {"/routing/rule": [{"action": "lookup", "src-address": "172.16.1.2/32", "table": "to_isp1"}]},
    ),
    (
        "hardware offload with the uplinks taken out",
        {
            "/interface/ethernet/switch": [{"name": "switch1", "l3-hw-offloading": "true"}],
            "/interface/ethernet/switch/port": [
                {"name": "ether1", "l3-hw-offloading": "false"},
                {"name": "ether2", "l3-hw-offloading": "false"},
            ],
        },
    ),
    ("a clock that is right", {"/system/ntp/client": [{"enabled": "false"}]}),
)


@pytest.mark.parametrize(("why", "menus"), SILENT, ids=[why for why, _ in SILENT])
def test_what_does_no_harm_is_not_told(why: str, menus: Menus) -> None:
    assert look(joined(GOOD, menus), PLAN, options=BOTH) == (), why


def test_a_router_that_holds_the_plan_has_no_faults_of_it() -> None:
    assert look(joined(GOOD, holding(PLAN)), PLAN, options=BOTH) == ()


def test_marks_that_the_plan_takes_away_are_not_told() -> None:
    """Adoption makes the rows of a hand-made set its own, and removes them in the same commit."""
    case = next(case for case in TABLE if case.check == "mangle" and case.severity == "error")
    (row,) = case.menus["/ip/firewall/mangle"]
    gone = Operation("/ip/firewall/mangle", "remove", "multiwan:adopted:0", "", id="*1", old=row)
    assert looked_at(case, writes=[gone]) == ()


def test_many_rows_are_one_finding() -> None:
    case = next(case for case in TABLE if case.check == "mangle" and case.severity == "error")
    menus = joined(GOOD, *[case.menus] * 9)
    (told,) = look(menus, PLAN)
    assert "and 3 more, which are not ours" in told.words


def test_two_uplinks_in_a_list_of_the_firewall_are_well() -> None:
    members = [{"list": "WAN", "interface": name} for name in ("ether1", "ether2")]
    drop = {"chain": "input", "action": "drop", "in-interface-list": "WAN"}
    assert look(joined(GOOD, {"/ip/firewall/filter": [drop], "/interface/list/member": members}), PLAN) == ()


# --- single facts


@pytest.mark.parametrize(
    ("route", "is_told"),
    [
        ({"gateway": "172.16.1.1"}, True),
        ({"dst-address": "0.0.0.0/0", "gateway": "10.0.0.1", "distance": "2", "dynamic": "true"}, True),
        ({"dst-address": "0.0.0.0/0", "gateway": "172.16.1.1", "distance": "3"}, False),
        ({"dst-address": "0.0.0.0/0", "gateway": "172.16.1.1", "distance": "1", "disabled": "true"}, False),
        ({"dst-address": "0.0.0.0/0", "gateway": "172.16.1.1", "distance": "1", "routing-table": "vpn"}, False),
        ({"dst-address": "10.9.0.0/16", "gateway": "172.16.1.1", "distance": "1"}, False),
        ({"dst-address": ANCHOR, "gateway": "172.16.7.1", "distance": "1"}, True),
        ({"dst-address": "0.0.0.0/0", "distance": "1", "comment": "[multiwan:failover:isp1:default]"}, False),
    ],
)
def test_a_route_that_competes_is_told(route: dict[str, str], is_told: bool) -> None:
    told = look(joined(GOOD, {"/ip/route": [route]}), PLAN)
    assert kinds(told) == ([("routes", "warning")] if is_told else [])


@pytest.mark.parametrize(
    ("text", "enough"),
    [("10485760", True), ("10.0MiB", True), ("100.0KiB", False), ("0", False), ("", True), ("much", True)],
)
def test_free_space_is_read_as_the_api_and_the_console_write_it(text: str, enough: bool) -> None:
    menus = {**GOOD, "/system/resource": resource(free_hdd_space=text)}
    assert kinds(look(menus, PLAN, options=BOTH)) == ([] if enough else [("space", "error")])


def test_without_a_backup_less_space_will_do() -> None:
    menus = {**GOOD, "/system/resource": resource(free_hdd_space="250000")}
    assert kinds(look(menus, PLAN, options=BOTH)) == [("space", "error")]
    assert look(menus, PLAN, options=replace(BOTH, backup=False)) == ()


def test_a_menu_that_the_router_lacks_is_an_absent_package() -> None:
    plan, on = plan_of("6.49"), parse_version("6.49")
    router: dict[str, list[Found]] = {menu.path: [] for menu in MENUS if menu.path != "/tool/netwatch"}
    (told,) = findings(MemoryApi({}), on, plan, router, operations=None, options=Options())
    assert (told.check, told.severity) == ("packages", "error")
    assert "install the package advanced-tools" in told.words


class Refusing(MemoryApi):
    def __init__(
        self, menus: Mapping[str, Sequence[Found]], menu: str, trap: str | None, version: str = "7.22"
    ) -> None:
        super().__init__(menus, version=version)
        self.refused, self.trap = menu, trap

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        if menu == self.refused:
            raise RouterError(f"{menu}/print: the router says: {self.trap}", trap=self.trap)
        return super().rows(menu, properties)


def refused(menu: str, trap: str | None) -> tuple[Finding, ...]:
    router: dict[str, list[Found]] = {of.path: [] for of in MENUS}
    api = Refusing({}, menu, trap)
    return findings(api, parse_version("7.22"), PLAN, router, operations=None, options=BOTH)


def test_a_commit_tells_the_absent_package_and_a_removal_does_not_need_it() -> None:
    api = Refusing({}, "/tool/netwatch", "no such command prefix", "6.49.10")
    with pytest.raises(CommitError, match="install the package advanced-tools"):
        commit(Request("jakarta", plan_of("6.49")), api)
    assert not commit(Request("jakarta", ()), api).changed
    assert api.writes == []
    with pytest.raises(RouterError):
        commit(Request("jakarta", ()), Refusing({}, "/tool/netwatch", "interrupted"))


def test_what_may_not_be_read_is_told_and_what_does_not_exist_is_not() -> None:
    assert refused("/ip/hotspot", "no such command prefix") == ()
    (told,) = refused("/user/active", "not enough permissions (9)")
    assert (told.check, told.severity) == ("permissions", "warning")
    assert "/user/active could not be read" in told.words


@pytest.mark.parametrize("trap", ["failure: busy", None])
def test_a_broken_connection_is_not_taken_for_an_empty_menu(trap: str | None) -> None:
    with pytest.raises(RouterError):
        refused("/ip/hotspot", trap)


# --- device-mode and authorities


def modes(plan: Sequence[Row], dead_man: bool = False, force: str = "", **mode: str) -> list[tuple[str, str]]:
    menus = {**GOOD, "/system/device-mode": [mode]}
    return kinds(look(menus, plan, options=Options(dead_man=dead_man, force=frozenset({force}))))


def test_a_dead_man_needs_the_scheduler() -> None:
    bare = plan_of(multiwan_fast_failover=False, multiwan_telegram=None, multiwan_segments=[])
    assert modes(bare, scheduler="no") == []
    assert modes(bare, dead_man=True, scheduler="no") == [("device-mode", "error")]
    assert modes(bare, dead_man=True, scheduler="yes") == []
    forced = look(
        {**GOOD, "/system/device-mode": [{"scheduler": "no"}]},
        bare,
        options=Options(dead_man=True, force=frozenset({"device-mode"})),
    )
    assert kinds(forced) == [("device-mode", "warning")]
    assert "made without it" in forced[0].words


def test_a_device_mode_that_forbids_what_messages_and_fast_failover_need_is_told() -> None:
    slow = plan_of(multiwan_fast_failover=False)
    assert modes(PLAN, scheduler="no", fetch="yes") == [("device-mode", "warning")]
    assert modes(slow, scheduler="false") == [("device-mode", "warning")]
    assert modes(slow, fetch="no", scheduler="yes") == [("device-mode", "warning")]
    assert modes(plan_of(multiwan_fast_failover=False, multiwan_telegram=None), fetch="no", scheduler="no") == []
    assert modes(PLAN) == []


IMPORTED = {"name": "root", "trusted": "true"}
OWN = {"name": "api", "trusted": "true", "private-key": "true"}
UNTRUSTED = {"name": "root", "trusted": "false"}


def vouched(version: str, *certificates: dict[str, str], **settings: str) -> bool:
    plan = plan_of(version, multiwan_telegram=MESSAGES)  # who vouches for that server, only the branch can say
    stores = [{key.replace("_", "-"): text for key, text in settings.items()}]
    menus = {**GOOD, "/certificate": list(certificates), "/certificate/settings": stores}
    told = kinds(look(menus, plan, version=version))
    assert told in ([], [("authority", "warning")])
    return not told


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.18"])
def test_before_7_19_messages_need_an_imported_authority(version: str) -> None:
    for certificates in ((), (OWN,), (UNTRUSTED,), (OWN, UNTRUSTED)):
        assert not vouched(version, *certificates)
    assert vouched(version, OWN, IMPORTED)


@pytest.mark.parametrize(
    ("version", "settings", "trusts"),
    [
        ("7.19", {"builtin_trust_anchors": "not-trusted"}, False),
        ("7.20", {"builtin_trust_anchors": "trusted"}, True),
        ("7.22", {"builtin_trust_store": "default"}, True),
        ("7.22", {"builtin_trust_store": "dns,fetch"}, True),
        ("7.22", {"builtin_trust_store": "dns"}, False),
        ("7.22", {}, True),
    ],
)
def test_from_7_19_on_the_built_in_authorities_must_be_on_for_fetch(
    version: str, settings: dict[str, str], trusts: bool
) -> None:
    assert vouched(version, **settings) is trusts
    assert vouched(version, IMPORTED, **settings)


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.20"])
def test_a_router_that_is_given_the_authority_needs_nothing(version: str) -> None:
    assert look({**GOOD, "/certificate": []}, plan_of(version), version=version) == ()


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.18", "7.19", "7.24"])
def test_the_plan_itself_says_what_its_sender_needs(version: str) -> None:
    plan = plan_of(version, multiwan_telegram=MESSAGES)
    (comment,) = (row.values["comment"] for row in plan if row.tag == "multiwan:notify:telegram")
    assert ("needs the imported CA" in comment) is (parse_version(version) < parse_version("7.21"))


# --- the documentation


def test_the_documentation_lists_the_checks() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "preflight.md").read_text(encoding="utf-8")
    listed = [line for line in page.splitlines() if line.startswith("| `")]
    assert listed == [
        f"| `{name}` | {check.words} | {'yes' if check.severity == 'error' else 'no, only told'} | {_forced(check)} |"
        for name, check in CHECK_TABLE.items()
    ]


def _forced(check: Check) -> str:
    if check.severity == "warning":
        return "–"
    return "yes" if check.forceable else "no, the router would refuse the rows"
