# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a topology into namespaces, links, addresses, shapers and packet filters. Text first (pure), then applied.

Runs inside the lab's own namespaces only; nothing here is ever undone, since the kernel removes all of it with them.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from lab import netns
from lab.observe.ppp_device import make_pair
from lab.observe.ppp_packets import MAX_MTU
from lab.world import concentrator, segments
from lab.world.addresses import isp_filter, numbering
from lab.world.frames import cut_at_the_source
from lab.world.topology import (
    ADMIN_ADDRESS,
    CLIENT_NS,
    GUEST_NS,
    INTERNET_NS,
    LAN_GATEWAY,
    RESOLVERS,
    ROUTER_NS,
    SERVER_BLOCK,
    SWITCH_NS,
    TELEGRAM_ADDRESS,
    Topology,
    Uplink,
)

#: In every namespace. rp_filter off: marks route packets where the main table would not (lab-recipes 2, pitfall 3).
SYSCTLS = {
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv6/conf/all/disable_ipv6": "1",
    "net/ipv6/conf/default/disable_ipv6": "1",
}
#: A queue that holds 50 ms, as lab-recipes section 1.
SHAPER_LATENCY = "50ms"


def links(topology: Topology) -> Iterator[str]:
    """``ip -batch`` lines that make every veth pair, in the lab's outer namespace."""

    def veth(a_ns: str, a: str, b_ns: str, b: str, a_mac: str = "") -> str:
        address = f" address {a_mac}" if a_mac else ""
        return f"link add name {a}{address} netns {a_ns} type veth peer name {b} netns {b_ns}"

    for uplink in topology.uplinks:
        mac = port_mac(uplink.number)
        if uplink.vlan:  # each tag is a wire of its own; the port's own wire carries what comes without one
            yield veth(ROUTER_NS, uplink.port, uplink.name, "trunk", mac)
        yield veth(ROUTER_NS, uplink.wire, uplink.name, "cpe", mac)
        yield veth(uplink.name, "net0", INTERNET_NS, uplink.name)
    clients, rogue, spare = topology.lan_ports
    first = len(topology.uplinks) + 1
    yield veth(ROUTER_NS, clients, SWITCH_NS, "router0", port_mac(first))
    yield veth(ROUTER_NS, rogue, "rogue1", "eth0", port_mac(first + 1))
    if topology.vlans:
        macs = [port_mac(first + len(topology.lan_ports) + n) for n in range(len(topology.vlans))]
        yield from segments.veths(topology.segments, ROUTER_NS, port_mac(first + 2), macs)
    else:
        yield veth(ROUTER_NS, spare, SWITCH_NS, "spare0", port_mac(first + 2))
    yield veth(SWITCH_NS, "client0", CLIENT_NS, "eth0")
    yield veth(SWITCH_NS, "guest0", GUEST_NS, "eth0")


def port_mac(number: int) -> str:
    """48:A9:8A is one of MikroTik's own prefixes (IEEE OUI registry)."""
    return f"48:a9:8a:00:00:{number:02x}"


def interior(topology: Topology) -> dict[str, list[str]]:
    """Namespace -> ``ip -batch`` lines for what is in it. The router's own ports stay untouched."""
    lines: dict[str, list[str]] = {ns: ["link set dev lo up"] for ns in topology.namespaces}
    for uplink in topology.uplinks:
        lines[uplink.name] += _isp(uplink)
        if uplink.kind == "lte":
            lines[ROUTER_NS].append(f"link set dev {uplink.port} arp off")
        isp_end, internet_end = uplink.transit
        lines[INTERNET_NS] += [
            f"address add {internet_end}/30 dev {uplink.name}",
            f"link set dev {uplink.name} up",
            f"route add {uplink.public_address}/32 via {isp_end} dev {uplink.name}",
        ]
    for address in (*topology.anchors, *RESOLVERS, TELEGRAM_ADDRESS):
        lines[INTERNET_NS].append(f"address replace {address}/32 dev lo")
    lines[INTERNET_NS].append(f"route add local {SERVER_BLOCK} dev lo")
    lines[SWITCH_NS] += ["link add name switch type bridge forward_delay 0", "link set dev switch up"]
    for port in ("router0", "client0", "guest0"):
        lines[SWITCH_NS] += [f"link set dev {port} master switch", f"link set dev {port} up"]
    lines[CLIENT_NS] += [
        f"address add {address}/24 dev eth0" for address in (*topology.client_addresses, ADMIN_ADDRESS)
    ]
    lines[CLIENT_NS] += ["link set dev eth0 up", f"route add default via {LAN_GATEWAY} dev eth0"]
    lines[GUEST_NS].append("link set dev eth0 up")
    if topology.vlans:
        lines[segments.MANAGED_NS] += segments.switch_lines(topology.segments)
    for vlan in topology.segments:
        for place in (vlan.host, vlan.access_host):
            lines[place] += segments.host_lines(vlan, place)
    return lines


def _isp(uplink: Uplink) -> list[str]:
    isp_end, internet_end = uplink.transit
    # a mobile network has no ARP: both ends of its wire have one MAC, which every frame carries
    cpe = [f"link set dev cpe address {port_mac(uplink.number)} arp off"] if uplink.kind == "lte" else []
    return [
        *cpe,
        "link set dev cpe up",
        *(["link set dev trunk up"] if uplink.vlan else []),
        *numbering(uplink, uplink.addressing),
        f"address add {isp_end}/30 dev net0",
        f"address add {uplink.public_address}/32 dev net0",
        "link set dev net0 up",
        f"route add default via {internet_end} dev net0",
    ]


def shapers(uplink: Uplink) -> list[str]:
    """``tc -batch`` lines: down is shaped where it leaves towards the branch, up where it leaves to the internet."""
    return [
        f"qdisc replace dev {device} root tbf rate {rate}bit burst {burst(rate)} latency {SHAPER_LATENCY}"
        for device, rate in (("cpe", uplink.download), ("net0", uplink.upload))
    ]


def burst(rate: int) -> int:
    """Bytes. 15k at 10 Mbit/s (lab-recipes 1); never less than 4 ms of the line, or tbf can't reach its rate."""
    return max(15_360, rate // 8 // 250)


def build(topology: Topology) -> Iterator[str]:
    """Make everything; yields a word on each step that is about to begin."""
    yield f"namespaces ({len(topology.namespaces)})"
    for name in topology.namespaces:
        make_namespace(name)
    yield "links"
    _host(["ip", "-batch", "-"], "\n".join(links(topology)))
    for uplink in topology.uplinks:
        if uplink.kind == "pppoe":
            make_pair(uplink.name, concentrator.IP_DEVICE, concentrator.HALF, mtu=MAX_MTU)
    cut_at_the_source(topology)
    yield "addresses and routes"
    for name, lines in interior(topology).items():
        netns.run(name, ["ip", "-batch", "-"], stdin="\n".join(lines) + "\n")
    for uplink in topology.uplinks:
        yield f"{uplink.name}: {uplink.download // 1000}k/{uplink.upload // 1000}k"
        write_sysctls(uplink.name, {"net/ipv4/ip_forward": "1"})
        netns.run(uplink.name, ["tc", "-batch", "-"], stdin="\n".join(shapers(uplink)) + "\n")
        netns.run(uplink.name, ["nft", "-f", "-"], stdin=isp_filter(uplink, uplink.addressing))


def make_namespace(name: str) -> None:
    _host(["ip", "netns", "add", name])
    write_sysctls(name, SYSCTLS)


def write_sysctls(name: str, values: Mapping[str, str]) -> None:
    with netns.inside(name):
        for key, value in values.items():
            path = Path("/proc/sys", key)
            if path.exists():  # a kernel without IPv6 has no such folder, and then nothing to turn off
                path.write_text(value, encoding="ascii")


def _host(argv: list[str], stdin: str | None = None) -> None:
    done = subprocess.run(argv, input=stdin, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
