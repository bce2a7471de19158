# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of every kind, dialled by hand: what the router gets, what it does with it, what is left of it afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import yaml

from lab.world import state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology, parse_uplinks

pytestmark = pytest.mark.lab
LINES = "10M:dhcp:vlan=100,10M:pppoe:auth=pap:service=fiber,10M:lte,10M:static:prefix=32,10M:dhcp"
PATIENCE_S = 60.0


def _uplinks(lab: LabClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(lab.folder.inventory.read_text())["all"]["hosts"]["jakarta"][
        "lab_uplinks"
    ]
    return found


async def _dial(lab: LabClient) -> None:
    async def add(menu: str, **words: str) -> None:
        await lab.router_call(menu, "add", {name.replace("_", "-"): text for name, text in words.items()})

    _, pppoe, _, static, _ = _uplinks(lab)
    await add("/interface/vlan", interface="ether1", vlan_id="100", name="isp1")
    script = ':log info "lease $bound $interface $"lease-address" $"gateway-address""'
    await add("/ip/dhcp-client", interface="isp1", disabled="no", default_route_distance="11", script=script)
    await add("/ip/dhcp-client", interface="ether5", disabled="no", add_default_route="no", use_peer_dns="no")
    up = ':log info "up $user $"local-address" $[/interface get $interface name]"'
    await add("/ppp/profile", name="lines", change_tcp_mss="yes", on_up=up, on_down=':log info "down $"local-address""')
    await add(
        "/interface/pppoe-client", name="isp2", interface="ether2", user=pppoe["username"], password=pppoe["password"],
        service_name="fiber", disabled="no", add_default_route="yes", default_route_distance="12", profile="lines",
    )  # fmt: skip
    await add("/ip/address", address=static["address"], interface="ether4")
    await add("/ip/route", dst_address="0.0.0.0/0", gateway=f"{static['gateway']}%ether4", distance="14")
    for name in ("isp1", "isp2", "lte1", "ether4", "ether5"):
        await add("/ip/firewall/nat", chain="srcnat", action="masquerade", out_interface=name)


@pytest.fixture(scope="module")
def dialled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        client = LabClient("lines")
        asyncio.run(client.up(Options(Topology(uplinks=parse_uplinks(LINES), clients=4), 0, 0)))
        try:
            asyncio.run(_dial(client))
            yield client
        finally:
            asyncio.run(client.down())


@pytest.fixture
async def lab(dialled: LabClient) -> AsyncIterator[LabClient]:
    """Every line has its address when a test begins."""
    await until(lambda: _all_there(dialled))
    yield dialled
    for line in (await dialled.status())["uplinks"]:
        if line["fault"]:
            await dialled.heal(line["name"])


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not await holds():
        assert time.monotonic() < end, "it did not come to be in time"
        await asyncio.sleep(0.1)


async def _rows(lab: LabClient, menu: str, **wanted: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = (await lab.router_call(menu, "print"))["rows"]
    names = {name.replace("_", "-"): text for name, text in wanted.items()}
    return [row for row in rows if all(row.get(name) == text for name, text in names.items())]


async def _address(lab: LabClient, interface: str) -> str:
    return next((row["address"] for row in await _rows(lab, "/ip/address", interface=interface)), "")


async def _all_there(lab: LabClient) -> bool:
    return all([await _address(lab, name) for name in ("isp1", "isp2", "lte1", "ether5")])


async def _log(lab: LabClient) -> list[str]:
    return [row["message"] for row in await _rows(lab, "/log")]


async def test_each_kind_gets_its_address_and_adds_its_route(lab: LabClient) -> None:
    defaults = await _rows(lab, "/ip/route", dst_address="0.0.0.0/0")
    found = {
        row["gateway"]: (row["distance"], flag) for row in defaults for flag in ("dhcp", "vpn", "modem") if flag in row
    }
    assert found == {"192.168.1.1": ("11", "dhcp"), "isp2": ("12", "vpn"), "lte1": ("2", "modem")}
    assert "10.64.2.1/32" in {row["dst-address"] for row in defaults + await _rows(lab, "/ip/route", connect="true")}
    (bound,) = await _rows(lab, "/ip/dhcp-client", interface="isp1", status="bound")
    assert (bound["address"], bound["gateway"], bound["dhcp-server"]) == (
        "192.168.1.2/24",
        "192.168.1.1",
        "192.168.1.1",
    )
    assert "expires-after" in bound
    (session,) = (await lab.router_call("/interface/pppoe-client", "monitor", {"numbers": "isp2", "once": ""}))["rows"]
    assert (session["status"], session["mtu"], session["local-address"]) == ("connected", "1492", "10.64.2.2")
    (modem,) = (await lab.router_call("/interface/lte", "monitor", {"numbers": "lte1", "once": ""}))["rows"]
    assert modem["status"] == "connected"
    dns = (await _rows(lab, "/ip/dns"))[0]["dynamic-servers"]
    assert dns == "8.8.8.8,1.1.1.1"


async def test_traffic_goes_by_every_kind(lab: LabClient) -> None:
    """The next by its distance when the one before loses its carrier."""
    for number, name in enumerate(("isp3", "isp1", "isp2", "isp4")):
        if number:
            await lab.cut(("isp3", "isp1", "isp2")[number - 1], "cable")
        await until(lambda name=name: _carries(lab, name))  # type: ignore[misc]


async def _carries(lab: LabClient, uplink: str) -> bool:
    split = (await lab.measure("probe", seconds=1, interval=0.5))["split"]
    return set(split) == {uplink}


async def test_a_renumbered_lease_is_refused_and_taken_anew(lab: LabClient) -> None:
    await lab.renumber("isp1", gateway="192.168.77.1", address="192.168.77.9/24")
    await lab.router_call("/ip/dhcp-client", "renew", {"numbers": "0"})
    await until(lambda: _has(lab, "isp1", "192.168.77.9/24"))
    defaults = {row["gateway"] for row in await _rows(lab, "/ip/route", dst_address="0.0.0.0/0", dhcp="true")}
    assert defaults == {"192.168.77.1"}
    scripts = [line for line in await _log(lab) if line.startswith("lease")]
    assert scripts[-2:] == ["lease 0 isp1 192.168.1.2 192.168.1.1", "lease 1 isp1 192.168.77.9 192.168.77.1"]


async def _has(lab: LabClient, interface: str, address: str) -> bool:
    return await _address(lab, interface) == address


async def test_a_session_that_is_ended_is_dialled_again_with_what_the_isp_gives_then(lab: LabClient) -> None:
    await lab.renumber("isp2", address="10.64.2.77")
    await until(lambda: _has(lab, "isp2", "10.64.2.77/32"))
    await until(lambda: _logged(lab, "up isp2@lab.example 10.64.2.77 isp2"))
    assert any(line.startswith("down 10.64.2.") for line in await _log(lab))
    await lab.kick("isp3")
    await lab.renumber("isp3", address="10.96.3.50")
    await until(lambda: _has(lab, "lte1", "10.96.3.50/32"))


async def _logged(lab: LabClient, message: str) -> bool:
    return message in await _log(lab)


async def test_an_unknown_apn_gives_no_address(lab: LabClient) -> None:
    await lab.router_call("/interface/lte/apn", "set", {"numbers": "default", "apn": "elsewhere"})
    await until(lambda: _has(lab, "lte1", ""))
    await lab.router_call("/interface/lte/apn", "set", {"numbers": "default", "apn": "internet"})
    await until(lambda: _all_there(lab))


async def test_a_wrong_password_opens_nothing(lab: LabClient) -> None:
    right = _uplinks(lab)[1]["password"]
    await lab.router_call("/interface/pppoe-client", "set", {"numbers": "isp2", "password": "wrong"})
    await until(lambda: _logged(lab, "isp2: terminating... - user isp2@lab.example authentication failed"))
    assert await _address(lab, "isp2") == ""
    await lab.router_call("/interface/pppoe-client", "set", {"numbers": "isp2", "password": right})
    await until(lambda: _all_there(lab))


async def test_a_client_that_is_switched_off_leaves_nothing_behind(lab: LabClient) -> None:
    (row,) = await _rows(lab, "/ip/dhcp-client", interface="ether5")
    await lab.router_call("/ip/dhcp-client", "disable", {".id": row[".id"]})
    (row,) = await _rows(lab, "/ip/dhcp-client", interface="ether5")
    assert (row["status"], row.get("address"), await _address(lab, "ether5")) == ("stopped", None, "")
    await lab.router_call("/ip/dhcp-client", "enable", {".id": row[".id"]})
    await until(lambda: _all_there(lab))
