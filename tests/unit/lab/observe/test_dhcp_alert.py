# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.observe import dhcp_alert as alert
from lab.observe import dhcp_packets as dhcp
from lab.schema.snapshot import ConfigRow

MACS = [f"02:00:00:00:00:0{at}" for at in range(4)]
CONFIG = alert.AlertConfig("bridge", frozenset(MACS[:1]), "", 100.0)
sightings = st.lists(st.tuples(st.sampled_from(MACS), st.floats(0, 60)), max_size=40)


def server_frame(kind: dhcp.Kind, *, source: str = "10.0.0.1", port: int = 67, from_server: bool = True) -> bytes:
    options = ((int(dhcp.Option.SERVER_ID), bytes((10, 0, 0, 9))),)
    message = dhcp.Message(kind, 1, MACS[3], from_server=from_server, options=options)
    return dhcp.frame(
        dhcp.Datagram(MACS[1], dhcp.BROADCAST_MAC, source, "255.255.255.255", port, 68, dhcp.encode(message))
    )


@given(sightings)
def test_a_server_is_reported_once_per_timeout_and_again_after_it(seen: list[tuple[str, float]]) -> None:
    memory, now, reported = alert.Memory(), 0.0, dict[str, list[float]]()
    for mac, pause in seen:
        now += pause
        if memory.note(alert.Server(mac, "10.0.0.1"), CONFIG, now):
            reported.setdefault(mac, []).append(now)
        if mac != MACS[0]:
            assert reported[mac][-1] > now - 100.0
    assert MACS[0] not in reported
    for times in reported.values():
        assert all(later - earlier >= 100.0 for earlier, later in itertools.pairwise(times))


@given(sightings)
def test_without_timeout_a_server_is_reported_once(seen: list[tuple[str, float]]) -> None:
    memory, config = alert.Memory(), dataclasses.replace(CONFIG, timeout_s=None)
    reported = [mac for mac, pause in seen if memory.note(alert.Server(mac, ""), config, pause)]
    assert sorted(reported) == sorted({mac for mac, _ in seen} - config.valid)


def test_a_server_that_became_valid_is_forgotten() -> None:
    memory = alert.Memory()
    assert memory.note(alert.Server(MACS[1], ""), CONFIG, 0)
    memory.forget(dataclasses.replace(CONFIG, valid=frozenset(MACS[:2])), 1)
    assert memory.macs == ()


def test_memory_is_bounded() -> None:
    memory = alert.Memory()
    for at in range(1000):
        memory.note(alert.Server(dhcp.mac_text(at.to_bytes(6, "big")), ""), CONFIG, 0)
    assert len(memory.macs) == 64


@pytest.mark.parametrize("kind", [dhcp.Kind.OFFER, dhcp.Kind.ACK, dhcp.Kind.NAK])
def test_every_reply_of_a_server_betrays_it(kind: dhcp.Kind) -> None:
    assert alert.server_in(server_frame(kind)) == alert.Server(MACS[1], "10.0.0.1")


def test_without_a_source_address_the_server_id_is_shown() -> None:
    assert alert.server_in(server_frame(dhcp.Kind.OFFER, source="0.0.0.0")) == alert.Server(MACS[1], "10.0.0.9")


@pytest.mark.parametrize(
    "frame",
    [
        server_frame(dhcp.Kind.DISCOVER, from_server=False, port=68),
        server_frame(dhcp.Kind.OFFER, from_server=False),
        server_frame(dhcp.Kind.OFFER, port=6700),
        b"",
    ],
)
def test_what_no_server_sent_betrays_nobody(frame: bytes) -> None:
    assert alert.server_in(frame) is None


def test_a_probe_is_a_broadcast_discover_of_a_client_that_changes() -> None:
    clients = set()
    for _ in range(50):
        datagram = dhcp.unframe(alert.probe_frame(MACS[0]))
        assert datagram is not None
        message = dhcp.decode(datagram.payload)
        assert (message.kind, message.broadcast, message.from_server) == (dhcp.Kind.DISCOVER, True, False)
        assert (datagram.source_mac, datagram.source, datagram.target) == (MACS[0], "0.0.0.0", "255.255.255.255")
        first = int(message.chaddr[:2], 16)
        assert (first & 1, first & 2) == (0, 2)  # no group address, locally administered
        clients.add(message.chaddr)
    assert len(clients) == 50


@pytest.mark.parametrize(("text", "timeout_s"), [(None, 3600.0), ("none", None), ("2m30s", 150.0)])
def test_the_timeout_of_a_row(text: str | None, timeout_s: float | None) -> None:
    values = {"interface": "bridge", "valid-server": "02:00:00:00:00:0a,02-00-00-00-00-0B"}
    found = alert.read_row(ConfigRow(1, values if text is None else {**values, "alert-timeout": text}))
    assert found == alert.AlertConfig(
        "bridge", frozenset({"02:00:00:00:00:0A", "02:00:00:00:00:0B"}), "", timeout_s, "bridge"
    )
