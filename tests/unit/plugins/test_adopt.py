# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hand-made recipe is recognised row by row, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import adopt, adopt_look, dead_man
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found, compare
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version, parse_version
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.failover_plan import expand
from tests.unit.plugins import hand_made
from tests.unit.plugins.hand_made import LAN, RECIPES, SCRIPTS, Router, generated, home, pasted, rows, static

SEVEN = Version(7, 22)
#: Menus whose rows come with the router.
BROUGHT = ("/interface/bridge", "/queue/type", "/ppp/profile", "/interface/lte", "/interface/lte/apn")


def left(plan: Sequence[Row], router: Router, version: str = "7.22") -> list[str]:
    """What a technician wrote and nobody recognised, but for addresses, which stay his by design, and what came with
    the router."""
    known = {(item.menu, item.found.id) for item in adopt.recognised(plan, router, parse_version(version))}
    return [
        f"{menu} {adopt.described(row)}"
        for menu, row in static(router)
        if (menu, row.id) not in known and menu not in ("/ip/address", *BROUGHT)
    ]


#: Recipes of queues are about something else.
BENCH = sorted(path.stem for path in RECIPES.glob("*.rsc") if not path.stem.startswith("queues-"))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("name", BENCH)
def test_every_row_of_the_recipes_that_people_paste_is_recognised(name: str, count: int) -> None:
    text = LAN + "\n".join(expand((RECIPES / f"{name}.rsc").read_text(encoding="utf-8"), count))
    router = pasted(text)
    assert left(home(count), router) == []
    assert any(item.menu == "/ip/route" for item in adopt.recognised(home(count), router, SEVEN))


DOCUMENTATION = (("192.0.2.2/24", "192.0.2.1"), ("198.51.100.2/24", "198.51.100.1"))
PRIVATE = (("10.1.1.2/24", "10.1.1.1"), ("10.2.2.2/24", "10.2.2.1"))
#: Recipe, version, lines of the branch, what stays: it names no line, nothing routes by it, and it harms nothing.
PASTED = [
    (
        "01_pcc_two_lines_v7",
        "7.22",
        DOCUMENTATION,
        [
            "/interface/list name=LAN",
            "/interface/list/member",
            "/ip/firewall/address-list",
            "/ip/firewall/mangle chain=prerouting action=accept",
        ],
    ),
    ("02_pcc_two_lines_v6", "6.49", (("10.111.0.2/24", "10.111.0.1"), ("10.112.0.2/24", "10.112.0.1")), []),
    ("06_netwatch_failover_v7", "7.22", DOCUMENTATION, []),
    ("07_netwatch_failover_v6", "6.49", PRIVATE, []),
    ("08_recursive_failover_v7", "7.22", DOCUMENTATION, []),
    ("09_ping_failover_script_v6", "6.49", PRIVATE, []),
]


@pytest.mark.parametrize(("name", "version", "lines", "stays"), PASTED, ids=[case[0] for case in PASTED])
def test_of_other_recipes_only_what_names_no_line_stays(
    name: str, version: str, lines: tuple[tuple[str, str], ...], stays: list[str]
) -> None:
    router = pasted((SCRIPTS / f"{name}.rsc").read_text(encoding="utf-8"), version)
    over = left(rows(*lines, version=version), router, version)
    assert len(over) == len(stays), over
    assert all(any(row.startswith(start) for start in stays) for row in over)
    assert adopt.recognised(rows(*lines, version=version), router, parse_version(version))


@pytest.mark.parametrize("name", ["03_pcc_three_weighted_v7", "04_pcc_four_lines_v7"])
def test_marks_that_route_nothing_are_nobodys_recipe(name: str) -> None:
    """They have no table with a way out, so nothing ties them to a line. The preflight tells of rows that mark."""
    router = pasted((SCRIPTS / f"{name}.rsc").read_text(encoding="utf-8"), "7.22")
    lines = [(f"10.0.{n}.2/24", f"10.0.{n}.1") for n in range(1, 5)]
    menus = {item.menu for item in adopt.recognised(rows(*lines), router, SEVEN)}
    assert menus <= {"/ip/route"}


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_the_generators_recipe_is_recognised_but_for_its_lists(version: str) -> None:
    over = left(home(version=version), pasted(generated(version), version), version)
    assert len(over) == 3, over
    assert sum("/ip/firewall/address-list" in row for row in over) == 2
    assert sum("comment=inside" in row for row in over) == 1


def test_straight_marks_own_chains_two_levels_and_scripts_are_recognised() -> None:
    over = left(home(), pasted(hand_made.STRAIGHT))
    assert [row for row in over if not row.startswith("/interface/list")] == []


def test_scripts_with_rights_that_no_undo_could_give_back_stay_and_are_told() -> None:
    """Without a word about it, a script has all rights."""
    assert set(dead_man.POLICY.split(",")) == adopt_look.GIVEN_BACK
    router = pasted(re.sub(r"policy=\S+ ", "", hand_made.STRAIGHT))
    over = [row for row in left(home(), router) if not row.startswith("/interface/list")]
    assert sum(row.startswith(("/system/script", "/system/scheduler")) for row in over) == 3
    assert len(over) == 4, over  # the host route that the script asks by stays with it
    told = adopt.leaning(home(), router)
    assert len(told) == 2
    assert all("be given back" in line for line in told)


def test_a_plan_without_lines_recognises_nothing() -> None:
    router = pasted(generated("7.22"))
    assert adopt.recognised([row for row in home() if row.menu != "/interface/list/member"], router, SEVEN) == ()
    assert adopt.recognised([], router, SEVEN) == ()


def test_own_rows_and_those_that_the_router_made_are_never_recognised() -> None:
    plan = home()
    held = [Found(f"*{n}", row.values) for n, row in enumerate(plan) if row.menu == "/ip/route"]
    made = Found("*FF", {"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1", "distance": "1", "dynamic": "true"})
    assert adopt.recognised(plan, {"/ip/route": [*held, made]}, SEVEN) == ()


# --- what is somebody's wish stays

RECIPE = generated("7.22")
BESIDE: Mapping[str, str] = {
    "a client's own line": "/ip firewall mangle add chain=prerouting src-address=192.168.10.50 action=mark-routing"
    " new-routing-mark=to-ISP-2 passthrough=no",
    "mail by one line": "/ip firewall mangle add chain=prerouting protocol=tcp dst-port=25 action=mark-routing"
    " new-routing-mark=to-ISP-2",
    "a client marked by hand": "/ip firewall mangle add chain=prerouting src-address=192.168.10.51"
    " action=mark-connection new-connection-mark=cm-ISP-1",
    "a bypass": "/ip firewall mangle add chain=prerouting dst-address=10.50.0.0/16 action=accept",
    "a bypass of one host at a modem": "/ip firewall mangle add chain=prerouting dst-address=192.168.1.1"
    " src-address=192.168.10.7 action=accept",
    "packet marks for queues": "/ip firewall mangle add chain=forward connection-mark=cm-ISP-1 action=mark-packet"
    " new-packet-mark=p1",
    "the size of segments": "/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn action=change-mss"
    " new-mss=1400",
    "a port forward": "/ip firewall nat add chain=dstnat in-interface=ether1 protocol=tcp dst-port=80 action=dst-nat"
    " to-addresses=192.168.10.9",
    "a client's own address": "/ip firewall nat add chain=srcnat out-interface=ether1 src-address=192.168.10.60"
    " action=src-nat to-addresses=192.168.1.5",
    "masquerade of one client": "/ip firewall nat add chain=srcnat out-interface=ether1 src-address=192.168.10.61"
    " action=masquerade",
    "masquerade of a tunnel": "/ip firewall nat add chain=srcnat out-interface=ether5 action=masquerade",
    "a network elsewhere": "/ip route add dst-address=10.60.0.0/16 gateway=192.168.1.1",
    "one host": "/ip route add dst-address=203.0.113.200/32 gateway=192.168.2.1",
    "a default for an emergency": "/ip route add dst-address=0.0.0.0/0 gateway=192.168.1.1 distance=240",
    "another way out": "/ip route add dst-address=0.0.0.0/0 gateway=192.168.10.254 distance=5",
    "a check that tells": '/tool netwatch add host=8.8.4.4 down-script="/ip route disable [find comment=\\"ISP-1\\"];'
    ' /tool fetch url=\\"https://example.org/down\\""',
    "a check of something else": '/tool netwatch add host=192.168.10.9 down-script=":log error \\"server\\""',
    "a nightly job": '/system scheduler add name=night interval=1d on-event="/system reboot"',
    "everything off": '/system scheduler add name=off interval=1d on-event="/ip route disable [find]"',
    "a script with a file": '/system script add name=keep source="/export file=night; /ip route enable'
    ' [find comment=\\"ISP-1\\"]"',
    "a list": "/ip firewall address-list add list=banks address=203.0.113.9",
    "an interface list": "/interface list add name=cameras",
}


def ids(router: Router) -> set[tuple[str, str]]:
    return {(menu, row.id) for menu, row in static(router)}


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_about_something_else_stays(name: str) -> None:
    recipe = pasted(RECIPE)
    router = pasted(f"{RECIPE}\n{BESIDE[name]}")
    known = {(item.menu, item.found.id) for item in adopt.recognised(home(), router, SEVEN)}
    assert known
    assert not known & (ids(router) - ids(recipe))


@given(st.lists(st.sampled_from(sorted(BESIDE)), unique=True, max_size=6), st.booleans())
def test_rows_of_others_among_a_recipe_are_never_recognised(names: list[str], before: bool) -> None:
    more = "\n".join(BESIDE[name] for name in names)
    table = "add name=to-ISP-2 fib\n"
    text = RECIPE.replace(table, f"{table}{more}\n", 1) if before else f"{RECIPE}\n{more}"
    router = pasted(text)
    own = {(menu, adopt.described(row)) for menu, row in static(pasted(RECIPE))}
    known = {(item.menu, adopt.described(item.found)) for item in adopt.recognised(home(), router, SEVEN)}
    assert known <= own


WORDS = st.sampled_from(
    [
        "",
        "ether1",
        "ether2",
        "ether3",
        "bridge",
        "192.168.1.1",
        "192.168.10.5",
        "10.9.0.0/16",
        "tcp",
        "443",
        "x",
        "no-mark",
    ]
)
MATCHERS = ["src-address", "dst-address", "protocol", "dst-port", "in-interface", "out-interface", "connection-mark"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["/ip/firewall/mangle", "/ip/firewall/nat"]),
            st.sampled_from(["prerouting", "forward", "srcnat", "dstnat", "own"]),
            st.sampled_from(
                ["accept", "drop", "mark-packet", "change-mss", "dst-nat", "mark-connection", "mark-routing"]
            ),
            st.dictionaries(st.sampled_from(MATCHERS), WORDS, max_size=4),
        ),
        max_size=8,
    )
)
def test_a_router_without_a_recipe_has_none(made: list[tuple[str, str, str, dict[str, str]]]) -> None:
    """Marks of any shape, without a table that leads out by a line and without chance or interface to give them."""
    router: Router = {}
    for number, (menu, chain, action, match) in enumerate(made):
        values = {"chain": chain, "action": action, "new-routing-mark": "vpn", "new-connection-mark": "own", **match}
        if action == "mark-connection":
            values["src-address"] = "192.168.10.5"  # a client: without it, all of an interface is marked
        router.setdefault(menu, []).append(Found(f"*{number}", {name: text for name, text in values.items() if text}))
    assert adopt.recognised(home(), router, SEVEN) == ()


def test_a_table_that_others_use_stays_with_its_routes_and_is_told() -> None:
    router = pasted(f"{RECIPE}\n{BESIDE['mail by one line']}")
    kept = left(home(), router)
    assert any("/routing/table name=to-ISP-2" in row for row in kept)
    assert any('comment="ISP-2 PCC"' in row for row in kept)
    assert not any("/routing/table name=to-ISP-1" in row for row in kept)
    assert any("to-ISP-2 and its routes stay" in line for line in adopt.leaning(home(), router))


def test_a_table_of_a_routing_rule_stays() -> None:
    router = pasted(f"{RECIPE}\n/routing rule add src-address=192.168.10.77/32 action=lookup table=to-ISP-1")
    assert any("/routing/table name=to-ISP-1" in row for row in left(home(), router))


def test_rows_that_lose_what_they_lean_on_are_told() -> None:
    names = ["packet marks for queues", "a client marked by hand", "a check that tells"]
    told = adopt.leaning(home(), pasted("\n".join([RECIPE, *(BESIDE[name] for name in names)])))
    assert len(told) == 3, told
    assert adopt.leaning(home(), pasted(RECIPE)) == []


# --- taking over


def test_taken_over_rows_go_and_nothing_else_does() -> None:
    plan = home()
    router = pasted(f"{RECIPE}\n{BESIDE['a bypass']}\n{BESIDE['a port forward']}")
    adopted = adopt.recognised(plan, router, SEVEN)
    tagged, operations = adopt.taken_over(router, adopted)
    removed = {(op.menu, op.id) for op in compare(plan, tagged).operations if op.verb == "remove"}
    assert removed == {(item.menu, item.found.id) for item in adopted}
    assert [op.verb for op in operations] == ["set"] * len(adopted)
    assert all(set(op.values) == {"comment"} for op in operations)
    assert len({(op.menu, op.tag) for op in operations}) == len(operations)


def test_a_comment_keeps_its_words_and_the_old_one_is_known() -> None:
    router: Router = {
        "/ip/route": [
            Found("*1", {"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1", "comment": "jalur utama"}),
            Found("*2", {"dst-address": "0.0.0.0/0", "gateway": "192.168.2.1", "distance": "2"}),
            Found("*3", {"dst-address": "0.0.0.0/0", "gateway": "10.9.9.9", "comment": "x [multiwan:adopted:7]"}),
        ]
    }
    tagged, operations = adopt.taken_over(router, adopt.recognised(home(), router, SEVEN))
    comments = [row.values.get("comment") for row in tagged["/ip/route"]]
    assert comments == ["jalur utama [multiwan:adopted:8]", "[multiwan:adopted:9]", "x [multiwan:adopted:7]"]
    assert operations[0].old["comment"] == "jalur utama"
    assert "comment" not in operations[1].old
    assert router["/ip/route"][0].values["comment"] == "jalur utama"


def test_words_name_each_row_and_no_script() -> None:
    router = pasted(hand_made.STRAIGHT)
    adopted = adopt.recognised(home(), router, SEVEN)
    told = adopt.words(adopted)
    assert len(told) == len(adopted)
    assert not any("disable [" in line for line in told)
    assert str(len(adopted)) in adopt.summary(adopted)


def test_a_run_of_some_roles_takes_nothing_over() -> None:
    assert adopt.complete(None)
    assert adopt.complete({"wan", "lan", "notify", "failover", "pcc", "dhcp_alert"})
    assert not adopt.complete({"pcc"})


def test_bridges_give_each_mark_of_the_recipe_the_plans_mark_of_its_line() -> None:
    plan = home()
    made = adopt.bridges(plan, pasted(RECIPE))
    pairs = {(row.values["chain"], row.values["connection-mark"], row.values["new-connection-mark"]) for row in made}
    assert pairs == {(chain, f"cm-ISP-{n}", f"mw-isp{n}") for n in (1, 2) for chain in ("mw-route", "output")}
    difference = compare((*made, *plan), {})
    at = {op.tag: index for index, op in enumerate(difference.operations) if op.verb == "add"}
    assert all(at[row.tag] < at["multiwan:pcc:isp1:output"] for row in made if row.values["chain"] == "output")
    assert adopt.bridges(plan, {}) == ()
