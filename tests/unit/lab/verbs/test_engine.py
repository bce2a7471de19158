# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from lab.store import Store, Trap
from lab.verbs import ALL_POLICIES, Caller, Engine, Reply

ADMIN = Caller("admin", ALL_POLICIES, "api")
MANGLE = "/ip/firewall/mangle"


class Router:
    """An engine with three ports, and the plain words of a client."""

    def __init__(self, version: str = "7.22") -> None:
        self.now = 1000.0
        self.store = Store(version)
        self.store.load([("/interface/ethernet", {"name": f"ether{n}"}) for n in (1, 2, 3)])
        self.engine = Engine(self.store, clock=lambda: self.now)

    async def do(self, path: str, *queries: str, caller: Caller = ADMIN, **args: str) -> Reply:
        menu, _, command = path.rpartition("/")
        words = {key.replace("__", ".").replace("_", "-"): text for key, text in args.items()}
        return await self.engine.call(menu, command, words, queries=queries, caller=caller)

    async def refused(self, path: str, caller: Caller = ADMIN, **args: str) -> tuple[str, int | None]:
        before = self.store.snapshot()
        with pytest.raises(Trap) as caught:
            await self.do(path, caller=caller, **args)
        assert self.store.snapshot().menus == before.menus, "a refused write changed something"
        return caught.value.message, caught.value.category

    async def add(self, menu: str, **args: str) -> str:
        ret = (await self.do(f"{menu}/add", **args)).ret
        assert ret is not None
        return ret


@pytest.fixture
def router() -> Router:
    return Router()


async def test_add_returns_the_id_and_print_shows_the_row(router: Router) -> None:
    assert await router.add("/ip/address", address="192.168.1.2/24", interface="ether1") == "*1"
    (row,) = (await router.do("/ip/address/print")).rows
    assert row == {
        **{".id": "*1", "address": "192.168.1.2/24", "network": "192.168.1.0", "interface": "ether1"},
        **{"disabled": "false", "dynamic": "false", "invalid": "false"},
    }


async def test_refusals_are_in_the_routers_words(router: Router) -> None:
    assert await router.refused("/ip/nothing/print") == ("no such command prefix", 0)
    assert await router.refused("/ip/address/prnt") == ("no such command", 0)
    assert await router.refused("/nothing") == ("no such command", 0)
    assert await router.refused("/ip/address/add", interface="ether1") == ("missing =address=", 0)
    assert await router.refused("/ip/address/add", colour="red") == ("unknown parameter", None)
    assert await router.refused("/ip/address/print", colour="red") == ("unknown parameter", None)
    assert await router.refused("/ip/address/set", address="10.0.0.1/8") == ("missing =.id=", 0)
    assert await router.refused("/ip/address/set", __id="*9", address="10.0.0.1/8") == ("no such item", 0)
    assert await router.refused("/ip/address/remove", __id="*9") == ("no such item", 0)
    words = "input does not match any value of interface"
    assert await router.refused("/ip/address/add", address="10.0.0.1/8", interface="ether9") == (words, 1)
    words = "input does not match any value of new-routing-mark"
    assert await router.refused(f"{MANGLE}/add", chain="output", new_routing_mark="to-isp1") == (words, 1)
    assert await router.refused("/ip/route/add", distance="300") == ("value of distance out of range (1..255)", 1)
    assert await router.refused("/ip/dns/static/add", address="10.0.0.1") == ("failure: name or regexp required", None)
    await router.add("/ip/address", address="10.0.0.1/8", interface="ether1")
    words = "failure: already have such address"
    assert await router.refused("/ip/address/add", address="10.0.0.1/8", interface="ether1") == (words, None)


async def test_an_argument_that_the_version_lacks_is_unknown() -> None:
    old = Router("7.17")
    assert await old.refused("/ip/dhcp-client/add", interface="ether1", default_route_tables="main") == (
        "unknown parameter", None,
    )  # fmt: skip
    await Router("7.18").add("/ip/dhcp-client", interface="ether1", default_route_tables="main")


async def test_one_bad_row_of_many_changes_none(router: Router) -> None:
    first = await router.add("/ip/pool", name="a", ranges="10.0.0.2-10.0.0.9")
    assert await router.refused("/ip/pool/set", numbers=f"{first},*77", ranges="10.0.0.3") == ("no such item", 0)
    assert await router.refused("/ip/pool/remove", numbers=f"{first},*77") == ("no such item", 0)


async def test_rows_are_meant_by_id_by_name_and_by_list(router: Router) -> None:
    await router.do("/interface/ethernet/set", numbers="ether1,ether2", comment="both")
    await router.do("/interface/ethernet/set", __id="*3", comment="third")
    rows = (await router.do("/interface/ethernet/print", __proplist="name,comment")).rows
    assert [tuple(row.values()) for row in rows] == [("ether1", "both"), ("ether2", "both"), ("ether3", "third")]


async def test_a_view_writes_through_to_the_menu_that_keeps_the_row(router: Router) -> None:
    await router.do("/interface/set", __id="ether1", name="wan1")
    await router.do("/interface/disable", numbers="wan1")
    (row,) = (await router.do("/interface/ethernet/print", "?name=wan1")).rows
    assert (row["disabled"], row["default-name"]) == ("true", "ether1")


async def test_a_view_shows_the_status_of_the_row_it_stands_for(router: Router) -> None:
    router.engine.publish({("/interface/ethernet", 1): {"running": "true", "current-learned": "3"}}, [])
    rows = {row["name"]: row for row in (await router.do("/interface/print")).rows}
    assert (rows["ether1"]["running"], rows["ether2"]["running"], rows["lo"]["running"]) == ("true", "false", "true")
    assert "current-learned" not in rows["ether1"], "a view shows only what all kinds of interfaces share"


async def test_what_an_unset_property_shows_depends_on_its_default(router: Router) -> None:
    number = await router.add(
        "/ip/route", gateway="10.0.0.1", distance="5", blackhole="no", comment="x", check_gateway="ping"
    )
    (row,) = (await router.do("/ip/route/print")).rows
    assert row["blackhole"] == "", "the mere presence of blackhole turns it on"
    await router.do("/ip/route/unset", __id=number, value_name="blackhole,distance,check-gateway")
    await router.do("/ip/route/set", __id=number, comment="")
    (row,) = (await router.do("/ip/route/print")).rows
    assert row["distance"] == "1"
    assert not {"blackhole", "check-gateway", "comment"} & set(row)
    words = "input does not match any value of value-name"
    assert await router.refused("/ip/route/unset", __id=number, value_name="dst-address") == (words, 1)


async def test_an_exclamation_mark_unsets(router: Router) -> None:
    number = await router.add(MANGLE, chain="prerouting", in_interface="ether1", log_prefix="x")
    await router.engine.call(MANGLE, "set", {".id": number, "!in-interface": "", "!log-prefix": ""}, caller=ADMIN)
    (row,) = (await router.do(f"{MANGLE}/print")).rows
    assert "in-interface" not in row
    assert row["log-prefix"] == ""
    before = await router.refused(f"{MANGLE}/set", **{"__id": number, "!chain": ""})
    assert before == ("missing =chain=", 0)


async def test_order_is_written_by_place_before_and_move(router: Router) -> None:
    a = await router.add(MANGLE, chain="a")
    b = await router.add(MANGLE, chain="b", place_before=a)
    c = await router.add(MANGLE, chain="c", place_before=a)

    async def order() -> str:
        return "".join(row["chain"] for row in (await router.do(f"{MANGLE}/print")).rows)

    assert await order() == "bca"
    await router.do(f"{MANGLE}/move", numbers=a, destination=b)
    assert await order() == "abc"
    await router.do(f"{MANGLE}/move", numbers=f"{b},{a}")
    assert await order() == "cba"
    assert await router.refused(f"{MANGLE}/move", numbers=a, destination="*77") == ("no such item", 0)
    assert await router.refused("/ip/address/add", place_before="*1") == ("unknown parameter", None)
    assert c == "*3"


async def test_a_copy_takes_what_is_not_given(router: Router) -> None:
    first = await router.add(MANGLE, chain="prerouting", in_interface="ether1", comment="one")
    await router.add(MANGLE, copy_from=first, comment="two")
    rows = (await router.do(f"{MANGLE}/print", __proplist="chain,in-interface,comment")).rows
    assert rows[1] == {"chain": "prerouting", "in-interface": "ether1", "comment": "two"}


async def test_print_counts_filters_and_chooses(router: Router) -> None:
    for number in range(5):
        await router.add("/ip/firewall/address-list", list="l", address=f"10.0.0.{number}")
    assert (await router.do("/ip/firewall/address-list/print", count_only="")).ret == "5"
    assert (await router.do("/ip/firewall/address-list/print", "?address=10.0.0.3", count_only="")).ret == "1"
    rows = (await router.do("/ip/firewall/address-list/print", **{"from": "*2,*3"}, __proplist=".id")).rows
    assert rows == ({".id": "*2"}, {".id": "*3"})
    assert (await router.do("/ip/firewall/address-list/find", "?address=10.0.0.3")).ret == "*4"
    assert router.engine.find("/ip/firewall/address-list", lambda row: row["address"] == "10.0.0.1") == ["*2"]


async def test_get_reads_one_property(router: Router) -> None:
    await router.add("/ip/pool", name="a", ranges="10.0.0.2-10.0.0.9")
    assert (await router.do("/ip/pool/get", number="a", value_name="ranges")).ret == "10.0.0.2-10.0.0.9"
    assert (await router.do("/system/identity/get", value_name="name")).ret == "MikroTik"
    words = "input does not match any value of value-name"
    assert await router.refused("/ip/pool/get", number="a", value_name="colour") == (words, 1)


async def test_a_singleton_has_no_id(router: Router) -> None:
    await router.do("/system/identity/set", name="jakarta")
    assert (await router.do("/system/identity/print")).rows == ({"name": "jakarta"},)


async def test_the_resource_tells_the_version() -> None:
    (row,) = (await Router("7.16.2").do("/system/resource/print")).rows
    assert row["version"] == "7.16.2 (stable)"


async def test_rows_that_the_router_made_stay_as_they_are(router: Router) -> None:
    for command, args in (("set", {"name": "x"}), ("remove", {}), ("disable", {})):
        message, _ = await router.refused(f"/routing/table/{command}", __id="main", **args)
        assert message.startswith("failure: can not")
    message, _ = await router.refused("/interface/list/remove", numbers="all")
    assert message.startswith("failure: can not")


@dataclass(frozen=True)
class Connected:
    menu: str
    key: str
    values: Mapping[str, str] = field(default_factory=dict)


async def test_published_rows_and_status_are_shown_with_the_configuration(router: Router) -> None:
    number = await router.add("/ip/route", gateway="192.168.1.1")
    rows = [Connected("/ip/route", f"c{n}", {"dst-address": f"192.168.{n}.0/24", "connect": "true"}) for n in (1, 2)]
    router.engine.publish({("/ip/route", 1): {"active": "true"}}, rows)
    first = (await router.do("/ip/route/print")).rows
    assert [row[".id"] for row in first] == [number, "*80000001", "*80000002"]
    assert first[0]["active"] == "true"
    assert first[1]["dynamic"] == "true"
    router.engine.publish({}, rows[1:])
    again = (await router.do("/ip/route/print")).rows
    assert [row[".id"] for row in again] == [number, "*80000002"]
    assert "active" not in again[0]
    message, _ = await router.refused("/ip/route/remove", __id="*80000002")
    assert message.startswith("failure: can not")
    assert router.store.snapshot().rows("/ip/route")[0].id == 1
    assert len(router.store.snapshot().rows("/ip/route")) == 1


async def test_run_time_status_is_shown_but_is_no_write(router: Router) -> None:
    await router.add("/tool/netwatch", host="8.8.8.8")
    revision, journal = router.store.revision, len(router.store.journal)
    router.engine.set_runtime("/tool/netwatch", 1, status="down", done_tests="3")
    (row,) = (await router.do("/tool/netwatch/print")).rows
    assert (row["status"], row["done-tests"]) == ("down", "3")
    assert (router.store.revision, len(router.store.journal)) == (revision, journal)
    router.engine.set_runtime("/tool/netwatch", 1, status=None)
    assert (await router.do("/tool/netwatch/print")).rows[0]["status"] == "unknown"


async def test_counters_are_live_and_can_be_reset(router: Router) -> None:
    number = await router.add(MANGLE, chain="prerouting")
    count = {"bytes": "1500", "packets": "3"}
    router.engine.live = lambda menu, row_id: count if menu == MANGLE else {}
    assert (await router.do(f"{MANGLE}/print")).rows[0]["bytes"] == "1500"
    await router.do(f"{MANGLE}/reset-counters", numbers=number)
    count = {"bytes": "1600", "packets": "4"}
    row = (await router.do(f"{MANGLE}/print")).rows[0]
    assert (row["bytes"], row["packets"]) == ("100", "1")


class Connections:
    def __init__(self) -> None:
        self.live: dict[int, dict[str, str]] = {1: {"connection-mark": "isp1"}, 2: {"connection-mark": "isp2"}}

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return list(self.live.items())

    def remove(self, ids: Sequence[int]) -> None:
        for number in ids:
            del self.live[number]


async def test_a_virtual_menu_is_read_and_removed_where_it_lives(router: Router) -> None:
    router.engine.virtual["/ip/firewall/connection"] = table = Connections()
    found = (await router.do("/ip/firewall/connection/find", "?connection-mark=isp2")).ret
    assert found == "*2"
    await router.do("/ip/firewall/connection/remove", numbers="*2")
    assert list(table.live) == [1]
    assert await router.refused("/ip/firewall/connection/remove", numbers="*2") == ("no such item", 0)
    assert await router.refused("/ip/firewall/connection/set", numbers="*1") == ("no such command", 0)


@pytest.mark.parametrize(
    ("policies", "path", "args"),
    [
        ({"read"}, "/system/identity/set", {"name": "x"}),
        ({"write"}, "/system/identity/print", {}),
        ({"read", "write"}, "/user/add", {"name": "eve", "group": "full", "password": "x"}),
    ],
)
async def test_what_a_caller_may_not_is_refused(
    router: Router, policies: set[str], path: str, args: dict[str, str]
) -> None:
    caller = Caller("guest", frozenset(policies), "api")
    assert await router.refused(path, caller=caller, **args) == ("not enough permissions (9)", None)


async def test_secrets_are_shown_to_the_sensitive_only(router: Router) -> None:
    await router.add("/interface/pppoe-client", interface="ether1", user="u", password="hush")
    await router.add("/user", name="eve", group="read", password="hush")
    reader = Caller("guest", frozenset({"read"}), "api")
    assert (await router.do("/interface/pppoe-client/print")).rows[0]["password"] == "hush"
    assert (await router.do("/interface/pppoe-client/print", caller=reader)).rows[0]["password"] == "*****"
    assert "password" not in (await router.do("/user/print")).rows[0]
    assert "hush" not in router.engine.export()
    assert "hush" not in str(router.store.journal)


async def test_every_write_is_in_the_journal_and_no_read_is(router: Router) -> None:
    await router.do("/ip/address/print")
    await router.add("/ip/address", address="10.0.0.1/8", interface="ether1")
    with pytest.raises(Trap):
        await router.do("/ip/address/remove", __id="*9")
    entries = [(e.user, e.origin, e.menu, e.command, e.error) for e in router.store.journal]
    assert entries == [
        ("admin", "api", "/ip/address", "add", ""),
        ("admin", "api", "/ip/address", "remove", "no such item"),
    ]
    assert router.store.journal[0].time == 1000.0


async def test_a_write_is_answered_after_the_router_has_acted(router: Router) -> None:
    gate = asyncio.Event()
    router.engine.after_write = gate.wait  # type: ignore[assignment]
    writing = asyncio.create_task(router.do("/system/identity/set", name="x"))
    reading = await router.do("/system/identity/print")
    assert reading.rows == ({"name": "MikroTik"},)
    await asyncio.sleep(0.01)
    assert not writing.done(), "the reply came before after_write had finished"
    gate.set()
    assert await writing == Reply()


async def test_a_refused_write_is_not_acted_upon(router: Router) -> None:
    acted = []

    async def act() -> None:
        acted.append(1)

    router.engine.after_write = act
    await router.refused("/ip/address/remove", __id="*9")
    assert acted == []
    await router.do("/system/identity/set", name="x")
    assert acted == [1]


async def test_services_bring_their_own_commands(router: Router) -> None:
    async def fetch(args: Mapping[str, str], caller: Caller) -> Reply:
        return Reply(rows=({"status": "finished", "url": args["url"]},))

    assert await router.refused("/tool/fetch", url="https://x") == ("no such command", 0)
    router.engine.actions["/tool", "fetch"] = fetch
    assert (await router.do("/tool/fetch", url="https://x")).rows[0]["url"] == "https://x"
    assert await router.refused("/tool/fetch", colour="red") == ("unknown parameter", None)
    assert router.store.journal == []
    assert [e.command for e in router.store.calls] == ["fetch"]


class Leases:
    def __init__(self) -> None:
        self.left = {1: {"address": "10.0.0.9", "mac-address": "02:00:00:00:00:09"}}

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return list(self.left.items())

    def remove(self, ids: Sequence[int]) -> None:
        for number in ids:
            del self.left[number]


async def test_leases_that_were_given_out_stand_beside_those_that_were_written(router: Router) -> None:
    router.engine.virtual["/ip/dhcp-server/lease"] = leases = Leases()
    await router.add("/ip/dhcp-server/lease", address="10.0.0.2", mac_address="02:00:00:00:00:02")
    rows = (await router.do("/ip/dhcp-server/lease/print")).rows
    assert [(row[".id"], row["address"], row["dynamic"]) for row in rows] == [
        ("*1", "10.0.0.2", "false"),
        ("*40000001", "10.0.0.9", "true"),
    ]
    message, _ = await router.refused("/ip/dhcp-server/lease/set", __id="*40000001", comment="x")
    assert message.startswith("failure: can not")
    await router.do("/ip/dhcp-server/lease/remove", __id="*40000001,*1")
    assert leases.left == {}
    assert (await router.do("/ip/dhcp-server/lease/print")).rows == ()


async def test_a_certificate_is_named_by_rows_that_live_elsewhere(router: Router) -> None:
    words = "input does not match any value of certificate"
    assert await router.refused("/ip/service/set", numbers="api-ssl", certificate="ca") == (words, 1)
    router.engine.virtual["/certificate"] = certificates = Leases()
    certificates.left = {1: {"name": "ca"}}
    await router.do("/ip/service/set", numbers="api-ssl", certificate="ca")


async def test_changes_are_told_to_those_who_listen(router: Router) -> None:
    changes = router.engine.listen("/ip/address")
    first = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    await router.add("/ip/address", address="10.0.0.1/8", interface="ether1")
    assert (await first)["address"] == "10.0.0.1/8"
    await router.do("/ip/address/remove", __id="*1")
    assert await anext(changes) == {".id": "*1", ".dead": "yes"}
    await changes.aclose()


async def test_an_address_list_entry_with_a_timeout_runs_out(router: Router) -> None:
    await router.add("/ip/firewall/address-list", list="l", address="10.0.0.1", timeout="1m")
    await router.add("/ip/firewall/address-list", list="l", address="10.0.0.2")
    router.now += 20
    rows = (await router.do("/ip/firewall/address-list/print")).rows
    assert (rows[0]["timeout"], rows[0]["dynamic"]) == ("40s", "true")
    assert "timeout" not in rows[1]
    await router.engine.expire()
    assert len(router.store.rows("/ip/firewall/address-list")) == 2
    router.now += 40
    await router.engine.expire()
    assert [row.get("address") for row in router.store.rows("/ip/firewall/address-list")] == ["10.0.0.2"]


async def test_the_router_notices_by_itself_that_an_entry_is_over() -> None:
    acted = asyncio.Event()
    engine = Engine(Store(), clock=time.monotonic)
    menu = "/ip/firewall/address-list"
    await engine.call(menu, "add", {"list": "l", "address": "10.0.0.1", "timeout": "1s"}, caller=ADMIN)
    await engine.call(menu, "add", {"list": "l", "address": "10.0.0.2", "timeout": "1h"}, caller=ADMIN)

    async def act() -> None:
        acted.set()

    engine.after_write = act
    await asyncio.wait_for(acted.wait(), 60)
    assert [row.get("address") for row in engine.store.rows(menu)] == ["10.0.0.2"]


async def test_the_newest_write_is_taken_back_by_undo(router: Router) -> None:
    await router.add("/ip/pool", name="a", ranges="10.0.0.2-10.0.0.9")
    before = router.store.snapshot()
    await router.do("/ip/pool/remove", numbers="a")
    assert (await router.do("/system/history/print")).rows[0]["action"] == "ip pool removed"
    await router.do("/undo")
    assert router.store.snapshot().menus == before.menus
    assert router.store.revision > before.revision


async def test_an_export_holds_what_differs_from_the_defaults(router: Router) -> None:
    await router.add("/routing/table", name="to-isp1", fib="")
    await router.add("/ip/route", gateway="192.168.1.1%ether1", routing_table="to-isp1", comment='say "hi" for $5')
    await router.do("/interface/ethernet/set", numbers="ether1", comment="WAN")
    assert router.engine.export() == (
        "/interface ethernet\nset [ find default-name=ether1 ] comment=WAN\n"
        "/routing table\nadd fib name=to-isp1\n"
        '/ip route\nadd comment="say \\"hi\\" for \\$5" gateway=192.168.1.1%ether1 routing-table=to-isp1\n'
    )


async def test_a_script_belongs_to_whoever_adds_it(router: Router) -> None:
    for menu in ("/system/script", "/system/scheduler"):
        await router.do(f"{menu}/add", name="s", caller=Caller("eve", ALL_POLICIES, "api"))
        await router.do(f"{menu}/set", numbers="s", comment="x")
        assert (await router.do(f"{menu}/print")).rows[0]["owner"] == "eve"
        assert router.store.rows(menu)[0].get("owner") == "eve"


async def test_an_empty_list_of_rows_is_silent(router: Router) -> None:
    assert await router.do("/ip/address/remove", numbers="") == Reply()
