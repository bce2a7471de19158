# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands on a router beside the plan and works against it is told in a sentence, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import foreign_rows
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found

from tests.unit.plugins.branches import branch

ROWS = assemble(branch(2), name="jakarta").rows
PORT = [str(row.values["interface"]) for row in ROWS if row.menu == "/ip/address"]
ANCHOR = next(str(row.values["dst-address"]) for row in ROWS if ":anchor" in row.tag)


def told(menu: str, *rows: Mapping[str, str]) -> list[str]:
    return list(foreign_rows.notes(ROWS, {menu: [Found(f"*{n}", row) for n, row in enumerate(rows, start=1)]}))


@pytest.mark.parametrize(
    ("route", "is_told"),
    [
        ({"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1", "distance": "1"}, True),
        ({"gateway": "192.168.1.1"}, True),
        ({"dst-address": "0.0.0.0/0", "gateway": "10.0.0.1", "distance": "2", "dynamic": "true"}, True),
        ({"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1", "distance": "3"}, False),
        ({"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1", "distance": "1", "disabled": "true"}, False),
        ({"dst-address": "0.0.0.0/0", "gateway": "192.168.1.1", "distance": "1", "routing-table": "vpn"}, False),
        ({"dst-address": "10.9.0.0/16", "gateway": "192.168.1.1", "distance": "1"}, False),
        ({"dst-address": ANCHOR, "gateway": "192.168.7.1", "distance": "1"}, True),
        ({"dst-address": "0.0.0.0/0", "distance": "1", "comment": "[multiwan:failover:isp1:default]"}, False),
    ],
)
def test_a_route_that_competes_is_told(route: dict[str, str], is_told: bool) -> None:
    notes = told("/ip/route", route)
    assert bool(notes) is is_told
    assert not is_told or "competes" in notes[0]


def test_fasttrack_of_every_connection_is_told_and_a_careful_one_is_not() -> None:
    row = {"chain": "forward", "action": "fasttrack-connection", "connection-state": "established,related"}
    assert "fast-tracks" in told("/ip/firewall/filter", row)[0]
    assert told("/ip/firewall/filter", {**row, "connection-mark": "no-mark"}) == []
    assert told("/ip/firewall/filter", {**row, "disabled": "yes"}) == []


def test_a_redirect_of_the_lan_is_told_and_a_port_forward_is_not() -> None:
    redirect = {"chain": "dstnat", "action": "redirect", "protocol": "udp", "dst-port": "53", "to-ports": "53"}
    assert "balanced" in told("/ip/firewall/nat", redirect)[0]
    assert told("/ip/firewall/nat", {**redirect, "action": "dst-nat", "in-interface-list": "WAN"}) == []
    assert told("/ip/firewall/nat", {"chain": "srcnat", "action": "masquerade"}) == []


def test_a_firewall_list_that_lacks_an_uplink_is_told() -> None:
    members = [Found("*1", {"list": "WAN", "interface": PORT[0]})]
    both = [*members, Found("*2", {"list": "WAN", "interface": PORT[1]})]
    filters = [Found("*1", {"chain": "input", "action": "drop", "in-interface-list": "WAN"})]
    router = {"/ip/firewall/filter": filters, "/interface/list/member": members}
    (note,) = foreign_rows.notes(ROWS, router)
    assert f"not {PORT[1]}" in note
    assert list(foreign_rows.notes(ROWS, {**router, "/interface/list/member": both})) == []


def test_an_own_row_that_the_router_calls_invalid_is_told() -> None:
    row = {"chain": "mw-inbound", "comment": "x [multiwan:pcc:isp2:inbound]", "invalid": "true"}
    assert "invalid" in told("/ip/firewall/mangle", row)[0]
    assert told("/ip/firewall/mangle", {**row, "invalid": "false"}) == []
    assert told("/ip/firewall/mangle", {**row, "comment": "of somebody else"}) == []


def test_a_resolver_that_is_an_anchor_is_told() -> None:
    anchor = ANCHOR.removesuffix("/32")
    assert anchor in next(foreign_rows.resolvers(ROWS, [{"servers": f"1.1.1.1,{anchor}"}]))
    assert list(foreign_rows.resolvers(ROWS, [{"servers": "1.1.1.1"}])) == []
