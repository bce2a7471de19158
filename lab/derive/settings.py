# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/settings`` and connection tracking as kernel settings (paths below /proc/sys)."""

from __future__ import annotations

from collections.abc import Iterator

from lab.derive.interfaces import Interfaces
from lab.schema.snapshot import ConfigRow, Snapshot

TRACKING = "/ip/firewall/connection/tracking"
_HASH = {"l3": "0", "l4": "1", "l3-inner": "2"}
_RP_FILTER = {"no": "0", "strict": "1", "loose": "2"}
#: property -> (kernel file, RouterOS default in seconds; facts 3.1, 11.2)
_TIMEOUTS = {
    "tcp-established-timeout": ("nf_conntrack_tcp_timeout_established", 86400),
    "tcp-syn-sent-timeout": ("nf_conntrack_tcp_timeout_syn_sent", 5),
    "tcp-syn-received-timeout": ("nf_conntrack_tcp_timeout_syn_recv", 5),
    "udp-timeout": ("nf_conntrack_udp_timeout", 10),
    "udp-stream-timeout": ("nf_conntrack_udp_timeout_stream", 180),
    "icmp-timeout": ("nf_conntrack_icmp_timeout", 10),
    "generic-timeout": ("nf_conntrack_generic_timeout", 600),
}


def derive_sysctls(snapshot: Snapshot, interfaces: Interfaces) -> dict[str, str]:
    """Path -> value, for everything that differs between a router and a fresh namespace."""
    return {**dict(_general(snapshot.single("/ip/settings"), interfaces)), **dict(_tracking(snapshot.single(TRACKING)))}


def _switch(row: ConfigRow, name: str, default: bool) -> str:
    if not row.has(name):
        return "1" if default else "0"
    return "1" if row.flag(name) else "0"


def _general(row: ConfigRow, interfaces: Interfaces) -> Iterator[tuple[str, str]]:
    yield "net/ipv4/ip_forward", _switch(row, "ip-forward", True)
    policy = row.get("ipv4-multipath-hash-policy") or "l3"
    yield "net/ipv4/fib_multipath_hash_policy", _HASH.get(policy, "0")
    filtering = _RP_FILTER.get(row.get("rp-filter"), "0")
    names = {name for bridge in interfaces.bridges for name in (bridge.name, *bridge.ports)}
    names |= {link.name for link in interfaces.links}
    for name in ("all", "default", *sorted(names)):
        # the kernel takes the larger of all and the interface, so every interface has to be told
        yield f"net/ipv4/conf/{name}/rp_filter", filtering
        yield f"net/ipv4/conf/{name}/send_redirects", _switch(row, "send-redirects", True)
        yield f"net/ipv4/conf/{name}/accept_redirects", _switch(row, "accept-redirects", False)
    for bridge in interfaces.bridges:
        if bridge.vlan:  # 8: answers no request at all
            yield f"net/ipv4/conf/{bridge.name}/arp_ignore", "8" if bridge.quiet else "0"
    # an address that replaces another of the same network must survive the deletion of the first
    yield "net/ipv4/conf/all/promote_secondaries", "1"
    yield "net/bridge/bridge-nf-call-iptables", "0"  # bridge use-ip-firewall=no


def _tracking(row: ConfigRow) -> Iterator[tuple[str, str]]:
    yield "net/netfilter/nf_conntrack_acct", "1"
    yield "net/netfilter/nf_conntrack_tcp_loose", _switch(row, "loose-tcp-tracking", True)
    for name, (file, default) in _TIMEOUTS.items():
        yield f"net/netfilter/{file}", str(int(row.seconds(name, float(default))))
