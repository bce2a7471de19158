# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Matchers with the nft condition that each becomes: compared as text by the unit tests, loaded by the lab tests."""

from __future__ import annotations

MATCHERS_AS_TEXT: list[tuple[dict[str, str], str]] = [
    ({"in_interface": "ether1"}, 'iifname "ether1"'),
    ({"in_interface": "!ether1"}, 'iifname != "ether1"'),
    ({"out_interface_list": "!l"}, "oifname != @iflist-l"),
    ({"in_interface_list": "all"}, ""),
    ({"src_address": "10.0.0.0/8"}, "ip saddr 10.0.0.0/8"),
    ({"src_address": "10.0.0.5/8"}, "ip saddr 10.0.0.0/8"),
    ({"dst_address": "!10.0.0.1-10.0.0.9"}, "ip daddr != 10.0.0.1-10.0.0.9"),
    ({"dst_address_list": "!x"}, "ip daddr != @list-x"),
    ({"dst_address_type": "!local,broadcast"}, "fib daddr type != { local, broadcast }"),
    ({"connection_state": "!established,related"}, "ct state != { established, related }"),
    ({"connection_mark": "!no-mark"}, "ct mark != 0x0"),
    ({"routing_mark": "main"}, "meta mark & 0xffff == 0x0"),
    ({"protocol": "!gre"}, "meta l4proto != 47"),
    ({"protocol": "tcp", "dst_port": "80,443,8000-8100"}, "meta l4proto 6 th dport { 80, 443, 8000-8100 }"),
    ({"protocol": "udp", "src_port": "!53"}, "meta l4proto 17 th sport != 53"),
    ({"protocol": "tcp", "tcp_flags": "syn,!ack"}, "meta l4proto 6 tcp flags & (syn|ack) == (syn)"),
    ({"protocol": "icmp", "icmp_options": "8:0-255"}, "meta l4proto 1 icmp type 8"),
    ({"nth": "3,1"}, "numgen inc mod 3 == 0"),
    ({"random": "25"}, "numgen random mod 100 < 25"),
    ({"limit": "10/1m,5:packet"}, "limit rate 10/minute burst 5 packets"),
    ({"ipsec_policy": "out,none"}, ""),
    ({"per_connection_classifier": "src-address:1/0"}, ""),
    ({"src_mac_address": "!02:00:00:00:00:01"}, "ether saddr != 02:00:00:00:00:01"),
    ({"packet_size": "!100-200"}, "meta length != 100-200"),
    ({"protocol": "tcp", "tcp_mss": "!0-1400"}, "meta l4proto 6 tcp option maxseg size != 0-1400"),
    ({"dscp": "!10"}, "ip dscp != 10"),
    ({"connection_nat_state": "srcnat,dstnat"}, "ct status & (snat|dnat) != 0"),
    ({"connection_nat_state": "!dstnat"}, "ct status & (dnat) == 0"),
    ({"packet_mark": "!no-mark"}, "meta mark & 0xffff0000 != 0x0"),
    ({"protocol": "icmp", "icmp_options": "3:4"}, "meta l4proto 1 icmp type 3 icmp code 4"),
    ({"limit": "10k/1s,5:bit"}, "limit rate 1250 bytes/second burst 1 bytes"),
    ({"protocol": "tcp", "tcp_flags": "!syn,!rst"}, "meta l4proto 6 tcp flags & (syn|rst) == 0"),
    ({"src_address_list": "x"}, "ip saddr @list-x"),
    ({"src_address_type": "unicast"}, "fib saddr type unicast"),
]
