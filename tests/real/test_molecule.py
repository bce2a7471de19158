# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The molecule scenario on a real router. It rewrites the router's configuration, so it must be allowed by name.

``ROUTEROS_MAY_BE_CHANGED=yes``: the router is a spare one with five ports. A CHR that was booted from an image is one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.world.factory import factory_rows
from lab.world.topology import Topology, parse_uplinks
from tests.conformance.test_transcripts import Peer
from tests.real.target import talking, wanted

ROOT = Path(__file__).resolve().parents[2]
#: where the scenario looks for the router, as the lab writes it
INVENTORY = ROOT / "build" / "lab" / "molecule" / "inventory.yml"
TOPOLOGY = Topology(uplinks=parse_uplinks("10M/10M,10M/10M"))


def inventory(peer: Peer) -> Mapping[str, Any]:
    """The branch of the scenario on this router, over the plain API."""
    host = {
        "ansible_host": peer.host,
        "multiwan_api_port": peer.port,
        "multiwan_api_user": peer.user,
        "multiwan_api_password": peer.password,
        "multiwan_api_tls": False,
        "multiwan_telegram": {"bot_token": "1234567890:" + "A" * 35, "chat_id": "-1001234567890", "language": "id"},
    }
    return {"all": {"hosts": {"jakarta": host}}}


async def as_a_technician_left_it(peer: Peer) -> None:
    """The rows that the lab's router starts with, unless there is a bridge of that name already."""
    async with talking(peer) as conversation:
        for row in factory_rows(TOPOLOGY):
            words = [f"={name}={value}" for name, value in row.values.items()]
            single = row.menu in ("/system/identity", "/ip/dns")
            heard = await conversation.ask([f"{row.menu}/{'set' if single else 'add'}", *words])
            if row.menu == "/interface/bridge" and "already have" in " ".join(heard[0]):
                return
            assert heard[0][0] == "!done", f"{row.menu}: {' '.join(heard[0])}"


@pytest.fixture
def prepared(real: Peer) -> Iterator[Peer]:
    if wanted(os.environ) == "host" and os.environ.get("ROUTEROS_MAY_BE_CHANGED") != "yes":
        pytest.skip("ROUTEROS_MAY_BE_CHANGED=yes is not set: the scenario rewrites the router's configuration")
    asyncio.run(as_a_technician_left_it(real))
    INVENTORY.parent.mkdir(parents=True, exist_ok=True)
    INVENTORY.write_text(yaml.safe_dump(dict(inventory(real))), encoding="utf-8")
    INVENTORY.chmod(0o600)
    try:
        yield real
    finally:
        INVENTORY.unlink()
        with contextlib.suppress(OSError):  # the scenario's own files may be there
            INVENTORY.parent.rmdir()


def test_the_scenario_on_a_real_router(prepared: Peer) -> None:
    environment = {
        **os.environ,
        "MOLECULE_GLOB": "molecule/*/molecule.yml",
        "MOLECULE_REAL_ROUTER": prepared.host,
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
    }
    command = ["molecule", "test", "--scenario-name", "default"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout[-12000:]


def test_the_inventory_speaks_to_the_router_that_was_named() -> None:
    host = inventory(Peer("192.0.2.1", 8728, "admin", "secret"))["all"]["hosts"]["jakarta"]
    assert (host["ansible_host"], host["multiwan_api_port"], host["multiwan_api_tls"]) == ("192.0.2.1", 8728, False)


def test_the_technicians_rows_can_be_written_again(lab: Callable[[str], Peer]) -> None:
    """On a router that has them already nothing is added twice."""
    peer = lab("7.22")

    async def rows() -> list[tuple[str, ...]]:
        async with talking(peer) as conversation:
            return await conversation.ask(["/ip/firewall/filter/print", "=.proplist=comment"])

    before = asyncio.run(rows())
    asyncio.run(as_a_technician_left_it(peer))
    assert asyncio.run(rows()) == before
