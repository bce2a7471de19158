# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lab import netns
from lab.observe import dhcp_packets as dhcp
from lab.observe.dhcp_alert import TOPICS, AlertProber
from lab.schema.snapshot import ConfigRow
from tests.lab.observe.dhcp_client import rogue


class Seen:
    """An AlertProber and all it said."""

    def __init__(self, probe_interval_s: float) -> None:
        self.status: dict[int, dict[str, str | None]] = {}
        self.logs: list[tuple[str, str]] = []
        self.logged_at: list[float] = []
        self.events: list[tuple[str, Mapping[str, str | int]]] = []
        self.prober = AlertProber(
            "rt",
            set_status=lambda row, props: self.status.setdefault(row, {}).update(props),
            run_event=self.run_event,
            log=self.log,
            probe_interval_s=probe_interval_s,
        )

    def log(self, topics: str, message: str) -> None:
        self.logs.append((topics, message))
        self.logged_at.append(time.monotonic())

    async def run_event(self, source: str, variables: Mapping[str, str | int]) -> None:
        self.events.append((source, variables))

    def row(self, *, row_id: int = 1, **values: str) -> None:
        named = {"interface": "ether1", "on-alert": "tell", **{k.replace("_", "-"): v for k, v in values.items()}}
        self.prober.refresh([ConfigRow(row_id, named)])


@pytest.fixture
async def seen(pair: Any) -> AsyncIterator[Seen]:
    made = Seen(1.0)
    yield made
    await made.prober.stop()


def log_line(mac: str, address: str) -> tuple[str, str]:
    return TOPICS, f"dhcp alert on ether1:\n    discovered unknown dhcp server, mac {mac}, ip {address}"


async def test_a_rogue_with_dnsmasqs_defaults_is_found_by_a_single_probe_twice(
    pair: Any, until: Any, tmp_path: Path
) -> None:
    mac = pair.mac("nb", "eth0")
    with rogue("nb", tmp_path):
        for _ in range(2):
            seen = Seen(60.0)  # one probe only
            seen.row()
            # dnsmasq pings for three seconds before its first offer: the probe must still be listening then.
            await until(lambda: bool(seen.events and seen.logs))  # noqa: B023 - awaited at once
            await seen.prober.stop()
            assert seen.logs == [log_line(mac, "10.0.0.2")]
            assert seen.status[1]["unknown-server"] == mac
            assert seen.events == [("tell", {"interface": "ether1", "mac-address": mac, "address": "10.0.0.2"})]


async def test_a_valid_server_raises_nothing(pair: Any, seen: Seen, until: Any, tmp_path: Path) -> None:
    with rogue("nb", tmp_path, "--no-ping"), tap() as offers:
        seen.row(valid_server=f"02:00:00:00:00:99,{pair.mac('nb', 'eth0').lower()}")
        heard: list[int] = []
        # the server must have answered, or this test proves nothing
        await until(lambda: heard.append(count(offers)) or sum(heard) >= 2)  # type: ignore[func-returns-value]
        await asyncio.sleep(0.5)
    assert (seen.logs, seen.events) == ([], [])
    assert seen.status.get(1, {}).get("unknown-server") is None


async def test_two_rogues_are_both_found_and_each_reported_once(
    pair: Any, seen: Seen, until: Any, tmp_path: Path
) -> None:
    two_rogues(pair)
    pair.ip("rt", "link add br-lan type bridge")
    pair.ip("rt", "link set dev br-lan up")
    for port in ("ether1", "ether2"):
        pair.ip("rt", f"link set dev {port} master br-lan")
    macs = [pair.mac("nb", "eth0"), pair.mac("nb2", "eth0")]
    with rogue("nb", tmp_path, "--no-ping"), rogue("nb2", tmp_path, "--no-ping"):
        seen.row(interface="br-lan")
        await until(lambda: len(seen.logs) == 2)
        await asyncio.sleep(2.5)
    assert len(seen.logs) == 2
    assert sorted(event["mac-address"] for _, event in seen.events) == sorted(macs)
    assert {event["interface"] for _, event in seen.events} == {"br-lan"}
    assert set((seen.status[1]["unknown-server"] or "").split(",")) == set(macs)


async def test_after_the_alert_timeout_a_server_is_forgotten_and_reported_again_if_still_there(
    pair: Any, seen: Seen, until: Any, tmp_path: Path
) -> None:
    with rogue("nb", tmp_path, "--no-ping"):
        seen.row(alert_timeout="2s")
        await until(lambda: len(seen.logs) == 2)
        assert seen.logged_at[1] - seen.logged_at[0] > 1.5
    await until(lambda: seen.status[1]["unknown-server"] is None)
    count_at_end = len(seen.logs)
    await asyncio.sleep(1.5)
    assert len(seen.logs) == count_at_end


async def test_reset_alert_forgets_at_once(pair: Any, seen: Seen, until: Any, tmp_path: Path) -> None:
    with rogue("nb", tmp_path, "--no-ping"):
        seen.row()
        await until(lambda: len(seen.logs) == 1)
        seen.prober.reset_alert(1)
        assert seen.status[1]["unknown-server"] is None
        await until(lambda: len(seen.logs) == 2)


async def test_a_unicast_answer_to_another_client_is_heard(pair: Any, seen: Seen, until: Any) -> None:
    seen.prober.probe_interval_s = 600
    seen.row()
    message = dhcp.Message(dhcp.Kind.ACK, 5, "02:00:00:00:00:05", from_server=True)
    frame = dhcp.frame(
        dhcp.Datagram("02:00:00:00:00:66", "02:00:00:00:00:05", "10.0.0.66", "10.0.0.5", 67, 68, dhcp.encode(message))
    )
    with netns.make_socket("nb", socket.AF_PACKET, socket.SOCK_RAW, 0) as wire:
        wire.bind(("eth0", 0))
        for _ in range(300):  # until the prober listens
            wire.send(frame)
            await asyncio.sleep(0.2)
            if seen.logs:
                break
    assert seen.logs == [log_line("02:00:00:00:00:66", "10.0.0.66")]


async def test_a_disabled_row_neither_asks_nor_hears(pair: Any, seen: Seen, tmp_path: Path) -> None:
    with rogue("nb", tmp_path, "--no-ping"), tap("nb", "eth0") as asked:
        seen.row(disabled="true")
        await asyncio.sleep(2)
        assert count(asked) == 0
    assert seen.logs == []


async def test_a_row_on_an_interface_that_is_missing_is_invalid_until_it_appears(
    pair: Any, seen: Seen, until: Any, tmp_path: Path
) -> None:
    seen.row(interface="ether7")
    await until(lambda: seen.status.get(1, {}).get("invalid") == "true")
    pair.namespace("nb7")
    pair.wire("rt", "ether7", "nb7", "eth0")
    pair.ip("nb7", "addr add 10.0.0.2/24 dev eth0")
    with rogue("nb7", tmp_path, "--no-ping"):
        await until(lambda: len(seen.logs) == 1)
    assert seen.status[1]["invalid"] == "false"


async def test_a_row_on_the_port_of_a_bridge_is_invalid(pair: Any, seen: Seen, until: Any) -> None:
    pair.ip("rt", "link add br-lan type bridge")
    pair.ip("rt", "link set dev ether1 master br-lan")
    seen.row()
    await until(lambda: seen.status.get(1, {}).get("invalid") == "true")


async def test_a_link_that_was_down_is_watched_again(pair: Any, seen: Seen, until: Any, tmp_path: Path) -> None:
    seen.row()
    await asyncio.sleep(0.3)
    pair.ip("rt", "link set dev ether1 down")
    await asyncio.sleep(0.3)
    pair.ip("rt", "link set dev ether1 up")
    with rogue("nb", tmp_path, "--no-ping"):
        await until(lambda: len(seen.logs) == 1)


def two_rogues(pair: Any) -> None:
    pair.namespace("nb2")
    pair.wire("rt", "ether2", "nb2", "eth0")
    pair.ip("nb2", "addr add 10.0.0.3/24 dev eth0")


@contextlib.contextmanager
def tap(name: str = "rt", port: str = "ether1") -> Any:
    with netns.make_socket(name, socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.bind((port, dhcp.ETHERTYPE_IPV4))
        yield sock


def count(sock: socket.socket) -> int:
    """DHCP frames received so far."""
    found = 0
    while True:
        try:
            datagram = dhcp.unframe(sock.recv(2000))
        except BlockingIOError:
            return found
        found += datagram is not None and {datagram.source_port, datagram.target_port} == {67, 68}
