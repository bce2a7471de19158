# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Netwatch on anchors behind two lines, as a failover uses it: when it notices what, and what scripts can read then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest

from lab.world import state
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology

pytestmark = pytest.mark.lab
VERSIONS = ("6.49", "7.9", "7.24")
MENU = "/tool/netwatch"
ANCHORS = {"8.8.4.4": 1, "9.9.9.10": 2}
ICMP = {
    **{"type": "icmp", "interval": "2s", "packet-count": "3", "packet-interval": "250ms", "timeout": "1s"},
    **{"thr-avg": "10s", "thr-max": "10s", "thr-jitter": "10s", "thr-stdev": "10s", "startup-delay": "0s"},
}
SIMPLE = {"interval": "2s", "timeout": "1s"}
#: an interval, the train and the wait for its last packet are 3.5 s; the rest is for a machine that is busy
NOTICED_S = 60.0


def _settings(version: str) -> Mapping[str, str]:
    return SIMPLE if version.startswith("6") else ICMP


async def _add(lab: LabClient, menu: str, **words: str) -> str:
    args = {name.replace("_", "-"): text for name, text in words.items()}
    return str((await lab.router_call(menu, "add", args))["ret"])


async def _set_up(lab: LabClient, version: str) -> None:
    for number in (1, 2):
        await _add(lab, "/ip/address", address=f"192.168.{number}.2/24", interface=f"ether{number}")
        await _add(lab, "/ip/route", dst_address="0.0.0.0/0", gateway=f"192.168.{number}.1", distance=str(number))
    for anchor, number in ANCHORS.items():
        way = {"dst_address": f"{anchor}/32", "scope": "10", "comment": f"way to {anchor}"}
        await _add(lab, "/ip/route", **way, gateway=f"192.168.{number}.1")
        # a probe must not leak through the other line
        hole = {"type": "blackhole"} if version.startswith("6") else {"blackhole": "yes"}
        await _add(lab, "/ip/route", dst_address=f"{anchor}/32", distance="254", **hole)
        # what is read while the row is down, by name and by find, as a script of netwatch does it
        found = f'[/tool netwatch find where comment~"probe of {anchor}\\$" and status="down"]'
        read = '"read $[/tool netwatch get $i status]'
        counts = "" if version.startswith("6") else (
            " $[/tool netwatch get $i response-count]/$[/tool netwatch get $i sent-count]"
            " $[/tool netwatch get $i loss-percent]"
        )  # fmt: skip
        script = f':foreach i in={found} do={{ :log info {read}{counts}" }}'
        await _add(lab, MENU, host=anchor, comment=f"probe of {anchor}", down_script=script, **_settings(version))


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], LabClient]]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", folder)
        patch.setenv("MULTIWAN_LAB_DIR", str(folder))
        made: dict[str, LabClient] = {}

        def of(version: str) -> LabClient:
            if version not in made:
                lab = made[version] = LabClient(f"v{version.replace('.', '-')}")
                asyncio.run(lab.up(Options(Topology(version=version), 0, 0)))
                asyncio.run(_set_up(lab, version))
            return made[version]

        try:
            yield of
        finally:
            for lab in made.values():
                asyncio.run(lab.down())


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def lab(labs: Callable[[str], LabClient], version: str) -> LabClient:
    return labs(version)


@pytest.fixture(autouse=True)
async def _healed(lab: LabClient) -> AsyncIterator[None]:
    yield
    for line in (await lab.status())["uplinks"]:
        if line["fault"]:
            await lab.heal(line["name"])


async def _rows(lab: LabClient) -> dict[str, Mapping[str, str]]:
    return {row["host"]: row for row in (await lab.router_call(MENU, "print"))["rows"]}


async def _becomes(lab: LabClient, *, within_s: float, **wanted: str) -> float:
    """Seconds until the rows have these statuses; keys are ``a`` for the first anchor and ``b`` for the second."""
    hosts = dict(zip(("a", "b"), ANCHORS, strict=True))
    began = time.monotonic()
    while True:
        rows = await _rows(lab)
        if all(rows[hosts[key]]["status"] == status for key, status in wanted.items()):
            return time.monotonic() - began
        assert time.monotonic() - began < within_s, {host: row["status"] for host, row in rows.items()}
        await asyncio.sleep(0.05)


async def _reads(lab: LabClient) -> list[str]:
    """What the scripts have written to the log."""
    rows = (await lab.router_call("/log", "print"))["rows"]
    return [row["message"] for row in rows if row["message"].startswith("read")]


async def test_a_line_that_dies_behind_its_modem_is_noticed_and_the_other_one_is_not_blamed(
    lab: LabClient, version: str
) -> None:
    await _becomes(lab, within_s=NOTICED_S, a="up", b="up")
    failed_before = (await _rows(lab))["9.9.9.10"].get("failed-tests")
    read_before = len(await _reads(lab))
    await lab.cut("isp1", "upstream")
    await _becomes(lab, within_s=NOTICED_S, a="down", b="up")
    ends = time.monotonic() + NOTICED_S
    while len(read := await _reads(lab)) == read_before:
        assert time.monotonic() < ends
        await asyncio.sleep(0.1)
    assert read[-1] == ("read down" if version == "6.49" else "read down 0/3 100")
    assert (await _rows(lab))["9.9.9.10"].get("failed-tests") == failed_before
    await lab.heal("isp1")
    await _becomes(lab, within_s=NOTICED_S, a="up", b="up")


async def test_a_cable_that_is_pulled_is_noticed_though_another_line_could_carry_the_probe(lab: LabClient) -> None:
    await _becomes(lab, within_s=NOTICED_S, a="up", b="up")
    await lab.cut("isp2", "cable")
    await _becomes(lab, within_s=NOTICED_S, a="up", b="down")
    await lab.heal("isp2")
    await _becomes(lab, within_s=NOTICED_S, a="up", b="up")


async def test_a_probe_goes_by_the_routes_of_its_moment(lab: LabClient) -> None:
    """A change of a route counts for the very next probe; the row itself was not touched."""
    await _becomes(lab, within_s=NOTICED_S, a="up", b="up")
    way = next(
        row for row in (await lab.router_call("/ip/route", "print"))["rows"] if row.get("comment") == "way to 8.8.4.4"
    )
    await lab.router_call("/ip/route", "disable", {".id": way[".id"]})
    await _becomes(lab, within_s=NOTICED_S, a="down", b="up")
    await lab.router_call("/ip/route", "enable", {".id": way[".id"]})
    await _becomes(lab, within_s=NOTICED_S, a="up", b="up")


async def test_rows_are_found_by_comment_and_status_and_read_by_name(lab: LabClient) -> None:
    await _becomes(lab, within_s=NOTICED_S, a="up", b="up")
    line = (
        ':foreach i in=[/tool netwatch find where comment~"probe of" and status="up"] do={'
        ':put ([/tool netwatch get $i host] . " " . [/tool netwatch get $i status]) }; '
        ':put [:len [/tool netwatch find where comment~"probe" and status!="up"]]'
    )
    assert (await lab.console(line)).split("\n") == ["8.8.4.4 up", "9.9.9.10 up", "0"]


async def test_a_host_without_a_way_is_down(lab: LabClient, version: str) -> None:
    hole = {"type": "blackhole"} if version == "6.49" else {"blackhole": "yes"}
    await _add(lab, "/ip/route", dst_address="203.0.113.200/32", **hole)
    await _add(lab, MENU, host="203.0.113.200", **_settings(version))
    deadline = time.monotonic() + NOTICED_S
    while (row := (await _rows(lab))["203.0.113.200"])["status"] == "unknown":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    assert row["status"] == "down"
    if version != "6.49":
        assert (row["sent-count"], row["response-count"], row["loss-percent"]) == ("3", "0", "100")


@pytest.mark.parametrize("version", ["6.49"])
async def test_version_6_has_simple_probes_only(lab: LabClient) -> None:
    for name, text in {**ICMP, "name": "x", "test-script": ""}.items():
        if name not in SIMPLE:
            with pytest.raises(LabError, match="unknown parameter"):
                await lab.router_call(MENU, "add", {"host": "192.0.2.1", **SIMPLE, name: text})
    row: Any = (await _rows(lab))["8.8.4.4"]
    assert set(row) == {
        *(".id", "host", "interval", "timeout", "comment", "disabled", "status", "since"),
        *("up-script", "down-script"),
    }
