# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket

from hypothesis import given
from hypothesis import strategies as st

from lab.observe import arp

macs = st.binary(min_size=6, max_size=6)
addresses = st.ip_addresses(v=4).map(str)


def reply(mac: bytes, sender: str) -> bytes:
    asked = arp.encode_request(mac=mac, source=sender, target="10.0.0.9")
    return asked[:21] + b"\x02" + asked[22:]


@given(macs, addresses)
def test_a_reply_of_the_target_answers(mac: bytes, target: str) -> None:
    assert arp.answers(reply(mac, target).ljust(60, b"\0"), target)


@given(macs, addresses, addresses)
def test_nobody_answers_for_somebody_else(mac: bytes, sender: str, target: str) -> None:
    assert arp.answers(reply(mac, sender), target) == (sender == target)


@given(macs, addresses, addresses)
def test_a_question_is_no_answer(mac: bytes, source: str, target: str) -> None:
    frame = arp.encode_request(mac=mac, source=source, target=target)
    assert not arp.answers(frame, source)
    assert frame[38:42] == socket.inet_aton(target)


@given(st.binary(max_size=60), addresses)
def test_foreign_bytes_never_crash(raw: bytes, target: str) -> None:
    assert arp.answers(raw, target) in (True, False)
