# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and pages through the router's own namespace, where nothing of the test's own network is to be seen."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import netns
from lab.verbs import Trap
from tests.unit.lab.services.rig import ADMIN, Rig
from tests.unit.lab.services.web import Authority, answer, name_server, serve

SERVER = "203.0.113.10"


@pytest.fixture
def router() -> Iterator[str]:
    """rt(ether1, 203.0.113.1/24) -- net(eth0, 203.0.113.10/24)"""
    if os.environ.get("LAB_INSIDE") != "1":
        pytest.skip("runs inside test_in_namespaces.py only")
    for name in ("rt", "net"):
        subprocess.run(["ip", "netns", "add", name], check=True)
    subprocess.run(
        ["ip", "link", "add", "ether1", "netns", "rt", "type", "veth", "peer", "name", "eth0", "netns", "net"],
        check=True,
    )
    for name, port, address in (("rt", "ether1", "203.0.113.1"), ("net", "eth0", SERVER)):
        netns.run(name, ["ip", "link", "set", "dev", port, "up"])
        netns.run(name, ["ip", "addr", "add", f"{address}/24", "dev", port])
    yield "rt"
    for name in ("rt", "net"):
        subprocess.run(["ip", "netns", "del", name], check=True)


async def test_a_script_sends_over_https_by_a_name_from_the_configured_server(router: str, tmp_path: Path) -> None:
    root = Authority()
    rig = Rig(netns=router, trusted_ca_pem=root.pem)
    await rig.call("/ip/dns", "set", servers=SERVER)
    source = (
        '/tool/fetch url="https://api.telegram.org/bot1/sendMessage" http-method=post http-data="text=x" '
        "check-certificate=yes-without-crl output=none"
    )
    records = {"api.telegram.org": [SERVER]}
    async with (
        name_server(records, name="net", address=SERVER, port=53) as (names, _),
        serve(root.server("api.telegram.org", tmp_path), name="net", address=SERVER, port=443) as web,
    ):
        web.answers["/bot1/sendMessage"] = answer("200 OK", b"{}")
        await rig.services.interpreter.run(source, caller=ADMIN)
    assert names.asked == ["api.telegram.org"]
    assert (web.seen[0].headers["Host"], web.seen[0].body) == ("api.telegram.org", b"text=x")


async def test_without_a_way_nothing_is_sent_and_the_script_fails(router: str) -> None:
    rig = Rig(netns=router)
    netns.run(router, ["ip", "link", "set", "dev", "ether1", "down"])
    async with serve(name="net", address=SERVER, port=80) as web:
        with pytest.raises(Trap, match="failure"):
            await rig.call("/tool", "fetch", url=f"http://{SERVER}/", output="none", idle_timeout="1s")
    assert web.seen == []


async def test_a_server_that_drops_everything_is_a_timeout(router: str) -> None:
    rig = Rig(netns=router)
    rules = "table ip t {\n chain c {\n type filter hook prerouting priority -400\n tcp dport 80 drop\n }\n}\n"
    netns.run("net", ["nft", "-f", "-"], stdin=rules)
    with pytest.raises(Trap, match="failure"):
        await rig.call("/tool", "fetch", url=f"http://{SERVER}/", output="none", idle_timeout="300ms")
