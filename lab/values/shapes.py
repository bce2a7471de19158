# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named shapes and word lists of firewall matchers (argument grammar as the command tree of 7.22.3 describes it)."""

from __future__ import annotations

from lab.values.scalar import ProtocolType, ShapeType

_T = r"(?:\d+(?:ms|us|w|d|h|m|s))+"
_DAYTIME = rf"(?:{_T}|\d\d:\d\d(?::\d\d)?)"

SHAPES: dict[str, ShapeType] = {
    name: ShapeType(name, pattern)
    for name, pattern in {
        "limit": rf"!?\d+(?:/{_T})?(?:,\d+(?::(?:packet|bit))?)?",
        "dst-limit": rf"!?\d+(?:/{_T})?,\d+(?:,(?:dst|src|dst-port|addresses|address)(?:-and-[a-z-]+)*(?:/{_T})?)?",
        "connection-limit": r"!?\d+,\d{1,2}",
        "connection-bytes": r"!?\d+(?:-\d+)?",
        "connection-rate": r"!?\d+[kMG]?(?:-\d+[kMG]?)?",
        "nth": r"!?\d+(?:,\d+)?",
        "psd": rf"\d+,(?:{_T}|\d+),\d+,\d+",
        "icmp-options": r"!?\d{1,3}(?::\d{1,3}(?:-\d{1,3})?)?",
        "ttl": r"(?:equal|greater-than|less-than|not-equal):\d{1,3}",
        "new-ttl": r"(?:decrement|increment|set):\d{1,3}",
        "tcp-flags": r"!?(?:ack|cwr|ece|fin|psh|rst|syn|urg)(?:,!?(?:ack|cwr|ece|fin|psh|rst|syn|urg))*",
        "time-window": rf"!?{_DAYTIME}-{_DAYTIME}(?:,(?:mon|tue|wed|thu|fri|sat|sun))*",
        "ipsec-policy": r"(?:in|out),(?:none|ipsec)",
        "hex": r"[0-9A-Fa-f]*",
        "vlan-ids": r"\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*",
        "http-codes": r"\d{3}(?:-\d{3})?(?:,\d{3}(?:-\d{3})?)*",
        "priority": r"0x[0-9A-Fa-f]{1,4}|\d{1,5}",
        "route-tables": r"(?:default|[^,:\s]+)(?::\d{1,3})?(?:,[^,:\s]+(?::\d{1,3})?)*",
        "ssh-key": r"(?:ssh-|ecdsa-)[a-z0-9@.-]+ [A-Za-z0-9+/=]+(?: .*)?",
        "san": r"(?:(?:DNS|IP|email):[^,]*)(?:,(?:DNS|IP|email):[^,]*)*",
    }.items()
}

PROTOCOL = ProtocolType(
    (
        ("icmp", 1), ("igmp", 2), ("ggp", 3), ("ipencap", 4), ("st", 5), ("tcp", 6), ("egp", 8), ("pup", 12),
        ("udp", 17), ("hmp", 20), ("xns-idp", 22), ("rdp", 27), ("iso-tp4", 29), ("dccp", 33), ("xtp", 36), ("ddp", 37),
        ("idpr-cmtp", 38), ("ipv6-encap", 41), ("ipv6-route", 43), ("ipv6-frag", 44), ("rsvp", 46), ("gre", 47),
        ("ipsec-esp", 50), ("ipsec-ah", 51), ("rspf", 73), ("icmpv6", 58), ("ipv6-nonxt", 59), ("ipv6-opts", 60),
        ("vmtp", 81), ("ospf", 89), ("ipip", 94), ("etherip", 97), ("encap", 98), ("pim", 103), ("vrrp", 112),
        ("l2tp", 115), ("sctp", 132), ("udp-lite", 136),
    )
)  # fmt: skip
