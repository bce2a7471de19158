# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routers as technicians left them: pasted recipes run on the lab's store, and rows about other things."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils.adopt import also_read
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from lab.script.engine_tree import EngineTree
from tests.unit.lab.services.rig import ADMIN, Rig
from tests.unit.plugins.branches import branch

Router = dict[str, list[Found]]
ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "tests/conformance/scripts"
RECIPES = ROOT / "tests/bench/recipes"
LAN = "/ip address add address=192.168.10.1/24 interface=bridge\n"


def pasted(text: str, version: str = "7.22") -> Router:
    """The menus that a comparison reads, after ``text`` was pasted into a router with five ports and a bridge."""
    return asyncio.run(_pasted(text, version))


async def _pasted(text: str, version: str) -> Router:
    rig = Rig(version)
    ports = [
        ("/interface/ethernet", {"name": f"ether{n}", "mac-address": f"02:00:00:00:00:{n:02X}"}) for n in range(1, 6)
    ]
    rig.store.load([*ports, ("/interface/bridge", {"name": "bridge"})])
    rig.services.interpreter.use_tree(EngineTree(rig.engine))
    await rig.services.interpreter.run(text, caller=ADMIN, output=lambda _line: None)
    release = parse_version(version)
    menus = [*(menu.path for menu in MENUS if menu.on(release)), *also_read(release)]
    return {menu: [found(row) for row in await rig.rows(menu)] for menu in menus}


def found(row: Mapping[str, str]) -> Found:
    return Found(row[".id"], {name: text for name, text in row.items() if name != ".id"})


def rows(*lines: tuple[str, str], version: str = "7.22", **more: Any) -> tuple[Row, ...]:
    """The plan of a branch whose uplinks on ``ether1``, ``ether2`` … have these addresses and gateways."""
    raw = branch(len(lines), routeros_version=version, gate_network="10.255.254.0/24", **more)
    for number, (uplink, (address, gateway)) in enumerate(zip(raw["multiwan_uplinks"], lines, strict=True)):
        uplink |= {"address": address, "gateway": gateway, "anchors": [f"9.0.{number}.1", f"9.0.{number}.2"]}
    return tuple(
        Row(row.menu, row.tag, {name: text for name, text in row.values.items() if isinstance(text, str)}, row.runtime)
        for row in assemble(raw, name="jakarta").rows
    )


def home(count: int = 2, version: str = "7.22", **more: Any) -> tuple[Row, ...]:
    """Modems at 192.168.1.1, 192.168.2.1 …, as the bench's recipes have them."""
    lines = [(f"192.168.{n}.2/24", f"192.168.{n}.1") for n in range(1, count + 1)]
    return rows(*lines, version=version, **more)


def static(router: Mapping[str, Sequence[Found]]) -> list[tuple[str, Found]]:
    return [
        (menu, row)
        for menu, held in router.items()
        for row in held
        if row.values.get("dynamic") != "true" and row.values.get("builtin") != "true"
    ]


#: As generators of Indonesian sites write it: marks in ``input``, lists for the LAN, answers in ``output``.
GENERATED = """
/ip firewall address-list
add address=192.168.0.0/16 list=LOCAL-IP
add address=10.0.0.0/8 list=LOCAL-IP
/ip firewall nat
add chain=srcnat out-interface=ether1 action=masquerade comment="NAT ISP-1"
add chain=srcnat out-interface=ether2 action=masquerade comment="NAT ISP-2"
/ip route
add check-gateway=ping distance=1 gateway=192.168.1.1 {table}=to-ISP-1 comment="ISP-1 PCC"
add check-gateway=ping distance=1 gateway=192.168.2.1 {table}=to-ISP-2 comment="ISP-2 PCC"
add check-gateway=ping distance=1 gateway=192.168.1.1 comment="ISP-1"
add check-gateway=ping distance=2 gateway=192.168.2.1 comment="ISP-2"
/ip firewall mangle
add action=accept chain=prerouting dst-address-list=LOCAL-IP src-address-list=LOCAL-IP comment="inside"
add action=mark-connection chain=input in-interface=ether1 new-connection-mark=cm-ISP-1 passthrough=yes
add action=mark-connection chain=input in-interface=ether2 new-connection-mark=cm-ISP-2 passthrough=yes
add action=mark-routing chain=output connection-mark=cm-ISP-1 new-routing-mark=to-ISP-1 passthrough=yes
add action=mark-routing chain=output connection-mark=cm-ISP-2 new-routing-mark=to-ISP-2 passthrough=yes
add action=mark-connection chain=prerouting dst-address-list=!LOCAL-IP src-address-list=LOCAL-IP \\
    new-connection-mark=cm-ISP-1 passthrough=yes per-connection-classifier=both-addresses-and-ports:2/0
add action=mark-connection chain=prerouting dst-address-list=!LOCAL-IP src-address-list=LOCAL-IP \\
    new-connection-mark=cm-ISP-2 passthrough=yes per-connection-classifier=both-addresses-and-ports:2/1
add action=mark-routing chain=prerouting connection-mark=cm-ISP-1 dst-address-list=!LOCAL-IP \\
    src-address-list=LOCAL-IP new-routing-mark=to-ISP-1 passthrough=yes
add action=mark-routing chain=prerouting connection-mark=cm-ISP-2 dst-address-list=!LOCAL-IP \\
    src-address-list=LOCAL-IP new-routing-mark=to-ISP-2 passthrough=yes
"""
TABLES = "/routing table\nadd name=to-ISP-1 fib\nadd name=to-ISP-2 fib\n"


def generated(version: str) -> str:
    six = version.startswith("6")
    return LAN + ("" if six else TABLES) + GENERATED.format(table="routing-mark" if six else "routing-table")


#: Straight to the routing mark, in a chain of its own; two probes, one over the other; scripts that switch.
STRAIGHT = (
    LAN
    + """
/routing table
add name=to_ISP1 fib
add name=to_ISP2 fib
/interface list add name=WAN
/interface list member
add list=WAN interface=ether1
add list=WAN interface=ether2
/ip route
add dst-address=8.8.8.8/32 gateway=192.168.1.1 scope=10
add dst-address=1.1.1.1/32 gateway=192.168.2.1 scope=10
add dst-address=10.1.1.1/32 gateway=8.8.8.8 scope=12 target-scope=11 check-gateway=ping
add dst-address=0.0.0.0/0 gateway=10.1.1.1 target-scope=12 distance=1 comment="ISP1"
add dst-address=0.0.0.0/0 gateway=1.1.1.1 target-scope=11 distance=2 comment="ISP2"
add dst-address=0.0.0.0/0 gateway=192.168.1.1%ether1 routing-table=to_ISP1
add dst-address=0.0.0.0/0 gateway=192.168.2.1%ether2 routing-table=to_ISP2
add dst-address=192.168.10.0/24 gateway=bridge routing-table=to_ISP2
add dst-address=0.0.0.0/0 blackhole distance=20 routing-table=to_ISP2
add dst-address=9.9.9.9/32 gateway=192.168.2.1 comment="asked by the script"
/ip firewall mangle
add chain=prerouting action=jump jump-target=balance in-interface=bridge dst-address-type=!local
add chain=balance action=mark-routing per-connection-classifier=src-address:2/0 new-routing-mark=to_ISP1 passthrough=no
add chain=balance action=mark-routing per-connection-classifier=src-address:2/1 new-routing-mark=to_ISP2 passthrough=no
add chain=output action=mark-routing src-address=192.168.2.2 new-routing-mark=to_ISP2 passthrough=no
/ip firewall nat add chain=srcnat action=masquerade out-interface-list=WAN src-address=192.168.10.0/24
/system script add name=isp1-down policy=read,write \\
    source="/ip route disable [find comment=\\"ISP1\\"]; :log warning \\"ISP1 down\\""
/system script add name=check policy=read,write,test \\
    source=":if ([/ping 9.9.9.9 count=3] = 0) do={ /ip route disable [/ip route find where \\
    comment=\\"ISP2\\"] } else={ /ip route enable [/ip route find where comment=\\"ISP2\\"] }"
/system scheduler add name=check policy=read,write,test \\
    interval=10s on-event="/system script run check"
/tool netwatch add host=8.8.8.8 down-script=isp1-down up-script="/ip route enable [find comment=ISP1]"
"""
)
