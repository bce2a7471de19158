# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains beside single frames: a bridge of 802.1Q, frame by frame, must agree about who talks with whom."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lab.derive.vlans import ONLY_TAGGED, ONLY_UNTAGGED, BridgeVlans, Entry, Member

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
