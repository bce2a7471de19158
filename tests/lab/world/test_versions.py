# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A router of each version comes up and speaks as that version; one of 6.49 carries a branch with two lines."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lab.world.client import LabClient, Options
from lab.world.topology import Topology

pytestmark = pytest.mark.lab
VERSIONS = ("6.49", "7.9", "7.12", "7.16", "7.20", "7.22", "7.24")
OLD_DATE, NEW_DATE = r"[a-z]{3}/\d\d/\d{4}", r"\d{4}-\d\d-\d\d"

#: what admins of RouterOS 6 write: marks, no tables
BRANCH_OF_6 = (
    "/ip firewall mangle",
    *(
        f"add chain=prerouting in-interface=bridge dst-address-type=!local connection-mark=no-mark connection-state=new"
        f" per-connection-classifier=both-addresses-and-ports:2/{n - 1} action=mark-connection new-connection-mark=c{n}"
        for n in (1, 2)
    ),
    *(
        f"add chain=prerouting in-interface=bridge connection-mark=c{n} action=mark-routing new-routing-mark=to-isp{n}"
        for n in (1, 2)
    ),
    "/ip address",
    *(f"add address=192.168.{n}.2/24 interface=ether{n}" for n in (1, 2)),
    "/ip route",
    *(f"add gateway=192.168.{n}.1 routing-mark=to-isp{n} check-gateway=ping" for n in (1, 2)),
    *(f"add gateway=192.168.{n}.1 distance={n}" for n in (1, 2)),
    "/ip firewall nat",
    *(f"add chain=srcnat out-interface=ether{n} action=masquerade" for n in (1, 2)),
)


@asynccontextmanager
async def lab_of(version: str) -> AsyncIterator[LabClient]:
    lab = LabClient("v" + version.replace(".", "-"))
    await lab.up(Options(Topology(version=version, clients=8), 0, 0, hold=True))
    try:
        yield lab
    finally:
        await lab.down()


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_router_speaks_as_its_version(base: Path, version: str) -> None:
    async with lab_of(version) as lab:
        assert f"{version} (stable)" in await lab.console(":put [/system resource get version]")
        date = (await lab.console(":put [/system clock get date]")).strip()
        assert re.fullmatch(OLD_DATE if version in ("6.49", "7.9") else NEW_DATE, date)
        tables = await lab.console(":put [:len [/routing table find]]")
        assert tables.startswith("bad command name routing") == (version == "6.49")


async def test_marks_of_version_6_share_two_lines(base: Path) -> None:
    async with lab_of("6.49") as lab:
        assert await lab.console("\n".join(BRANCH_OF_6)) == ""
        shared = await lab.measure("connections", count=400, timeout=30.0)
        assert shared["failed"] == 0
        assert abs(shared["split"]["isp1"] - 200) < 60
        shown = await lab.console(":put [/ip route get [find routing-mark=to-isp2] gateway-status]")
        assert shown.strip() == "192.168.2.1 reachable via  ether2"
        await lab.cut("isp2", "cable")
        # a mark without an active route falls back on main (facts 1.5)
        for _ in range(60):
            moved = await lab.measure("connections", count=50, timeout=2.0)
            if moved["split"]["isp1"] == 50:
                return
        pytest.fail(f"connections take {moved['split']}")
