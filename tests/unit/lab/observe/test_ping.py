# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket
import struct

from hypothesis import given
from hypothesis import strategies as st

from lab.observe import ping
from lab.observe.dhcp_packets import checksum

shorts = st.integers(0, 65535)
addresses = st.ip_addresses(v=4).map(str)


def ip_packet(payload: bytes, *, source: str, target: str, options: int = 0) -> bytes:
    header = struct.pack("!BBHHHBBH", 0x45 + options, 0, 20 + 4 * options + len(payload), 0, 0, 64, 1, 0)
    return header + socket.inet_aton(source) + socket.inet_aton(target) + b"\1" * 4 * options + payload


@given(shorts, shorts, st.integers(8, 1480))
def test_an_echo_has_the_length_asked_for_and_a_right_checksum(ident: int, sequence: int, length: int) -> None:
    raw = ping.encode_echo(ident, sequence, length)
    assert len(raw) == length
    assert checksum(raw) == 0


@given(shorts, shorts, addresses, st.integers(0, 10))
def test_a_reply_names_its_echo_and_its_sender(ident: int, sequence: int, sender: str, options: int) -> None:
    raw = b"\0" + ping.encode_echo(ident, sequence, 36)[1:]
    found = ping.decode(ip_packet(raw, source=sender, target="10.0.0.1", options=options))
    assert found == ping.Echo(ping.Outcome.REPLY, ident, sequence, sender, sender, ttl=64)


@given(shorts, shorts, addresses, addresses, st.sampled_from([(3, "UNREACHABLE"), (11, "EXCEEDED")]))
def test_an_error_names_the_echo_it_is_about(
    ident: int, sequence: int, sender: str, target: str, kind: tuple[int, str]
) -> None:
    inner = ip_packet(ping.encode_echo(ident, sequence, 8), source="10.0.0.1", target=target)
    found = ping.decode(ip_packet(bytes((kind[0], 1, 0, 0, 0, 0, 0, 0)) + inner, source=sender, target="10.0.0.1"))
    assert found is not None
    assert (found.outcome, found.ident, found.sequence) == (ping.Outcome[kind[1]], ident, sequence)
    assert (found.sender, found.target) == (sender, target)


@given(shorts, shorts)
def test_an_echo_request_of_somebody_else_is_no_answer(ident: int, sequence: int) -> None:
    assert ping.decode(ip_packet(ping.encode_echo(ident, sequence, 8), source="10.0.0.2", target="10.0.0.1")) is None


@given(st.binary(max_size=80))
def test_foreign_bytes_never_crash(raw: bytes) -> None:
    found = ping.decode(raw)
    assert found is None or isinstance(found, ping.Echo)
