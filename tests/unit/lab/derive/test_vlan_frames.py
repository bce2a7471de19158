# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains beside single frames: a bridge of 802.1Q, frame by frame, must agree about who talks with whom."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lab.derive.derive import derive
from lab.derive.observations import Link, Observations
from lab.derive.vlans import ONLY_TAGGED, ONLY_UNTAGGED, BridgeVlans, Entry, Member
from tests.unit.lab.derive.snapshots import Config

VIDS = (1, 2, 3)
PORTS = ("p1", "p2", "p3")
OWN = "b"
#: (port, tag; 0: none) is a wire; that of the bridge itself leads to the router
Wire = tuple[str, int]
frames = st.sampled_from(("admit-all", ONLY_TAGGED, ONLY_UNTAGGED))


@st.composite
def bridges(draw: st.DrawFn) -> BridgeVlans:
    def member(name: str) -> Member:
        return Member(name, draw(st.sampled_from(VIDS)), draw(frames))

    def entry(number: int, vid: int) -> Entry:
        roles = {name: draw(st.sampled_from(("", "tagged", "untagged"))) for name in (OWN, *PORTS)}
        named = {role: tuple(name for name in roles if roles[name] == role) for role in ("tagged", "untagged")}
        return Entry(number, frozenset({vid}), named["tagged"], named["untagged"])

    return BridgeVlans(
        own=member(OWN),
        filtering=True,
        ports=tuple(member(name) for name in PORTS),
        table=tuple(entry(number, vid) for number, vid in enumerate(draw(st.sets(st.sampled_from(VIDS))))),
        interfaces=frozenset(draw(st.sets(st.sampled_from(VIDS)))),
        wires={name: frozenset(VIDS) for name in PORTS},
        adds_bridge=draw(st.booleans()),
    )


class Switch:
    """Frame by frame: admitted by type and membership, forwarded by VLAN, sent with or without a tag."""

    def __init__(self, bridge: BridgeVlans) -> None:
        self.members = {member.name: member for member in (bridge.own, *bridge.ports)}
        self.tagged: set[Wire] = set()
        self.untagged: set[Wire] = set()
        for entry in bridge.entries():
            for vid in entry.vids:
                self.tagged |= {(name, vid) for name in entry.tagged}
                self.untagged |= {(name, vid) for name in entry.untagged}

    def admits(self, wire: Wire) -> int:
        """The VLAN that a frame from this wire is in; 0: dropped."""
        name, tag = wire
        member = self.members[name]
        vid = tag or member.pvid
        taken = member.frames != (ONLY_UNTAGGED if tag else ONLY_TAGGED)
        return vid if taken and (name, vid) in self.tagged | self.untagged else 0

    def sends(self, name: str, vid: int) -> Wire | None:
        if (name, vid) in self.untagged:
            return name, 0
        return (name, vid) if (name, vid) in self.tagged else None

    def passes(self, one: Wire, other: Wire) -> int:
        """The VLAN in which a frame goes from one wire to the other; 0: it does not."""
        vid = self.admits(one)
        return vid if vid and self.sends(other[0], vid) == other else 0


@given(bridges())
def test_who_is_in_one_domain_talks_and_nobody_else(bridge: BridgeVlans) -> None:
    switch = Switch(bridge)
    together: dict[Wire, int] = {}
    for domain in bridge.domains():
        cpu = {"untagged": [(OWN, 0)], "tagged": [(OWN, domain.vid)], "": []}[domain.cpu]
        for wire in (*((p, 0) for p in domain.untagged), *((p, domain.vid) for p in domain.tagged), *cpu):
            assert wire not in together, "a wire is in one domain"
            together[wire] = domain.vid
    wires = [(name, tag) for name in (OWN, *PORTS) for tag in (0, *VIDS)]
    for one, other in itertools.combinations(wires, 2):
        if one[0] != other[0]:
            there, back = switch.passes(one, other), switch.passes(other, one)
            # two VLANs that each lead one way are not made: said in FIDELITY.md
            assert (there == back != 0) == (one in together and together.get(one) == together.get(other))


@given(bridges())
def test_a_domain_without_filtering_is_a_tag(bridge: BridgeVlans) -> None:
    plain = BridgeVlans(bridge.own, False, bridge.ports, bridge.table, bridge.interfaces, bridge.wires)
    assert plain.entries() == ()
    shown = [(domain.vid, domain.untagged or domain.tagged) for domain in plain.domains()]
    assert shown == [(vid, PORTS) for vid in (0, *VIDS)]


NAMES = ("ether1", "ether2", "b", "c", "v1", "v2", "*7", "")


@st.composite
def configurations(draw: st.DrawFn) -> Config:
    """Rows as scripts leave them: what is gone, loops, lists that are not there."""
    name, vid, flag = st.sampled_from(NAMES), st.sampled_from(("1", "2", "10")), st.sampled_from(("true", "false"))
    config = Config(version=draw(st.sampled_from(("6.49.10", "7.15", "7.22"))))
    for port in ("ether1", "ether2"):
        config.add("/interface/ethernet", name=port, default_name=port, disabled=draw(flag))
    for bridge in ("b", "c"):
        config.add(
            "/interface/bridge", name=bridge, vlan_filtering=draw(flag), dhcp_snooping=draw(flag), pvid=draw(vid),
            frame_types=draw(frames), disabled=draw(flag),
        )  # fmt: skip
    for vlan in ("v1", "v2"):
        config.add("/interface/vlan", name=vlan, interface=draw(name), vlan_id=draw(vid), disabled=draw(flag))
        config.add("/ip/address", address=f"10.0.{vlan[1]}.1/24", interface=vlan)
    for interface in sorted(draw(st.sets(name))):  # a port is in one bridge: the store refuses a second row
        config.add(
            "/interface/bridge/port", bridge=draw(name), interface=interface, pvid=draw(vid),
            frame_types=draw(frames), trusted=draw(flag), disabled=draw(flag),
        )  # fmt: skip
    for _ in range(draw(st.integers(0, 3))):
        members = st.lists(name, max_size=3).map(",".join)
        config.add(
            "/interface/bridge/vlan", bridge=draw(name), tagged=draw(members), untagged=draw(members),
            vlan_ids=draw(st.sampled_from(("1", "2,10", "1-10"))), disabled=draw(flag),
        )  # fmt: skip
    config.add("/ip/dhcp-server", name="s", interface=draw(name), address_pool="static-only")
    config.add("/ip/dhcp-server/lease", mac_address="02:00:00:00:00:01", address="10.0.1.9", server=draw(name))
    return config


@given(configurations())
def test_whatever_is_configured_a_kernel_interface_is_in_one_bridge(config: Config) -> None:
    wires = ("ether1", "ether1.2", "ether1.10", "ether2", "ether2.10")
    seen = Observations({wire: Link(True, "02:00:00:00:00:01") for wire in wires})
    kernel = derive(config.snapshot(), seen, 0.0).kernel
    ports = [port for plan in kernel.bridges for port in plan.ports]
    assert len(ports) == len(set(ports))
    names = [plan.name for plan in kernel.bridges]
    assert len(names) == len(set(names))
    assert not set(ports) & set(names)
    assert {address.interface for address in kernel.addresses} <= {*names, *wires}
