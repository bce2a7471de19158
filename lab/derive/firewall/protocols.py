# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP protocols by the names that RouterOS gives them."""

from __future__ import annotations

from lab.derive.firewall.context import Unsupported

_NUMBERS = {
    "icmp": 1,
    "igmp": 2,
    "ggp": 3,
    "ip-encap": 4,
    "ipencap": 4,
    "st": 5,
    "tcp": 6,
    "egp": 8,
    "pup": 12,
    "udp": 17,
    "hmp": 20,
    "xns-idp": 22,
    "rdp": 27,
    "iso-tp4": 29,
    "dccp": 33,
    "xtp": 36,
    "ddp": 37,
    "idpr-cmtp": 38,
    "ipv6-encap": 41,
    "rsvp": 46,
    "gre": 47,
    "ipsec-esp": 50,
    "ipsec-ah": 51,
    "rspf": 73,
    "vmtp": 81,
    "ospf": 89,
    "ipip": 94,
    "etherip": 97,
    "encap": 98,
    "pim": 103,
    "vrrp": 112,
    "l2tp": 115,
    "sctp": 132,
    "udp-lite": 136,
}
#: tcp, udp, dccp, sctp, udp-lite
WITH_PORTS = (6, 17, 33, 132, 136)


def protocol_number(name: str) -> int:
    """Name or number; raises ``Unsupported`` for a name that is not known."""
    if name.isdigit():
        return int(name)
    if name not in _NUMBERS:
        raise Unsupported(f"protocol {name}")
    return _NUMBERS[name]


def protocol_set(value: str) -> bool:
    """Whether ``protocol=`` limits a row to packets that have ports."""
    return value != "" and not value.startswith("!") and protocol_number(value) in WITH_PORTS
