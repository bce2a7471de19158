# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.observe import dhcp_packets as dhcp

macs = st.binary(min_size=6, max_size=6).map(dhcp.mac_text)
addresses = st.ip_addresses(v=4).map(str)
codes = st.integers(1, 254).filter(lambda code: code not in (dhcp.Option.KIND, dhcp.Option.OVERLOAD))
options = st.dictionaries(codes, st.binary(max_size=600), max_size=8).map(lambda found: tuple(found.items()))
messages = st.builds(
    dhcp.Message,
    kind=st.sampled_from(dhcp.Kind),
    xid=st.integers(0, 2**32 - 1),
    chaddr=macs,
    from_server=st.booleans(),
    broadcast=st.booleans(),
    secs=st.integers(0, 65535),
    ciaddr=addresses,
    yiaddr=addresses,
    siaddr=addresses,
    giaddr=addresses,
    options=options,
)
datagrams = st.builds(
    dhcp.Datagram,
    source_mac=macs,
    target_mac=macs,
    source=addresses,
    target=addresses,
    source_port=st.integers(0, 65535),
    target_port=st.integers(0, 65535),
    payload=st.binary(max_size=600),
)


@given(messages)
def test_a_message_survives_encode_and_decode(message: dhcp.Message) -> None:
    assert dhcp.decode(dhcp.encode(message)) == message


@given(datagrams)
def test_a_datagram_survives_frame_and_unframe(datagram: dhcp.Datagram) -> None:
    assert dhcp.unframe(dhcp.frame(datagram)) == datagram


@given(datagrams)
def test_the_checksums_of_a_frame_add_up(datagram: dhcp.Datagram) -> None:
    raw = dhcp.frame(datagram)
    assert dhcp.checksum(raw[14:34]) == 0
    pseudo = raw[26:34] + b"\0\x11" + raw[38:40]
    assert dhcp.checksum(pseudo + raw[34:]) == 0


@given(st.binary(max_size=700))
def test_foreign_bytes_are_refused_or_read_but_never_crash(raw: bytes) -> None:
    dhcp.unframe(raw)
    try:
        dhcp.decode(raw)
    except ValueError:
        return


@given(messages, st.integers(0, 239))
def test_a_message_that_is_cut_off_is_refused(message: dhcp.Message, length: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        dhcp.decode(dhcp.encode(message)[:length])


def test_a_request_names_the_server_and_the_address_of_the_offer() -> None:
    server = ipaddress.IPv4Address("10.0.0.1").packed
    offer = dhcp.Message(
        dhcp.Kind.OFFER, 7, "02:00:00:00:00:01", True, yiaddr="10.0.0.9", options=((dhcp.Option.SERVER_ID, server),)
    )
    asked = dhcp.request(offer, host_name="pc")
    assert asked.addresses(dhcp.Option.REQUESTED_ADDRESS) == ("10.0.0.9",)
    assert asked.addresses(dhcp.Option.SERVER_ID) == ("10.0.0.1",)
    assert (asked.xid, asked.chaddr, asked.from_server) == (7, "02:00:00:00:00:01", False)


def test_options_in_the_file_and_name_fields_are_read() -> None:
    plain = dhcp.encode(dhcp.Message(dhcp.Kind.OFFER, 1, "02:00:00:00:00:01", True, options=((52, b"\x03"),)))
    router, dns = b"\x03\x04\x0a\x00\x00\x01\xff", b"\x06\x04\x0a\x00\x00\x02\xff"
    raw = plain[:44] + dns.ljust(64, b"\0") + router.ljust(128, b"\0") + plain[236:]
    message = dhcp.decode(raw)
    assert message.addresses(dhcp.Option.ROUTER) == ("10.0.0.1",)
    assert message.addresses(dhcp.Option.DNS) == ("10.0.0.2",)


@pytest.mark.parametrize("text", ["", "02:00:00:00:00", "02:00:00:00:00:01:02", "xx:00:00:00:00:01"])
def test_what_is_no_mac_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - bytes.fromhex has its own words
        dhcp.mac_bytes(text)


@pytest.mark.parametrize("text", ["02-00-00-0a-00-01", "0200000A0001", "0200.000a.0001"])
def test_the_separators_that_routeros_takes_are_read(text: str) -> None:
    assert dhcp.mac_text(dhcp.mac_bytes(text)) == "02:00:00:0A:00:01"
