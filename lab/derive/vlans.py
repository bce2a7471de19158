# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bridge VLANs: who is in which VLAN, and which wires of which ports make one layer-2 network with whom.

The kernels that this must run on have neither VLAN devices nor a bridge that filters VLANs. So every tag is a wire of
its own: ``ether5.10`` beside ``ether5`` carries what a trunk carries with tag 10. A domain, one VLAN of one bridge,
is a plain bridge of such wires (tagged) and of ports (untagged). What RouterOS would drop is no member here
(facts 9.1; the manual's bridge VLAN table).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lab.schema.snapshot import ConfigRow, Snapshot

BRIDGE, PORT, TABLE, VLAN = "/interface/bridge", "/interface/bridge/port", "/interface/bridge/vlan", "/interface/vlan"
ONLY_TAGGED, ONLY_UNTAGGED = "admit-only-vlan-tagged", "admit-only-untagged-and-priority-tagged"
#: from this version on a VLAN interface makes its bridge a tagged member (facts 9.1)
_ADDS_BRIDGE = (7, 16)
_BY_PVID, _BY_VLAN = "added by pvid", "added by vlan on bridge"


@dataclass(frozen=True)
class Member:
    """A port of a bridge, or the bridge itself as the port that leads to the router."""

    name: str
    pvid: int = 1
    frames: str = "admit-all"

    @property
    def takes_untagged(self) -> bool:
        return self.frames != ONLY_TAGGED

    @property
    def takes_tagged(self) -> bool:
        return self.frames != ONLY_UNTAGGED


@dataclass(frozen=True)
class Entry:
    """A row of the VLAN table, or one that the router makes itself (``row_id`` -1, ``why`` it did)."""

    row_id: int
    vids: frozenset[int]
    tagged: tuple[str, ...] = ()
    untagged: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Domain:
    """``vid`` 0: untagged frames of a bridge that does not filter. ``cpu``: how the router itself takes part."""

    vid: int
    untagged: tuple[str, ...] = ()  # ports, by name
    tagged: tuple[str, ...] = ()
    cpu: str = ""  # untagged | tagged | "": not at all


@dataclass(frozen=True)
class BridgeVlans:
    """One bridge. ``wires``: port -> tags that it has a wire for; ``interfaces``: VLAN ids of VLAN interfaces on it."""

    own: Member
    filtering: bool
    ports: tuple[Member, ...]
    table: tuple[Entry, ...] = ()
    interfaces: frozenset[int] = frozenset()
    wires: Mapping[str, frozenset[int]] = field(default_factory=dict)
    adds_bridge: bool = True

    def entries(self) -> tuple[Entry, ...]:
        """The configured rows and those that follow from pvid and from VLAN interfaces; nothing without filtering."""
        if not self.filtering:
            return ()
        return (*self.table, *self._by_pvid(), *self._by_interfaces())

    def _by_pvid(self) -> Iterator[Entry]:
        found: dict[int, list[str]] = {}
        for member in (self.own, *self.ports):
            if member.takes_untagged and not self._listed(member.name, member.pvid):
                found.setdefault(member.pvid, []).append(member.name)
        for vid, names in sorted(found.items()):
            yield Entry(-1, frozenset({vid}), untagged=tuple(names), why=_BY_PVID)

    def _by_interfaces(self) -> Iterator[Entry]:
        for vid in sorted(self.interfaces) if self.adds_bridge else ():
            untagged = self.own.takes_untagged and self.own.pvid == vid
            if not untagged and not self._listed(self.own.name, vid):
                yield Entry(-1, frozenset({vid}), tagged=(self.own.name,), why=_BY_VLAN)

    def _listed(self, name: str, vid: int) -> bool:
        return any(vid in entry.vids and name in (*entry.tagged, *entry.untagged) for entry in self.table)

    def domains(self) -> tuple[Domain, ...]:
        """Every layer-2 network of this bridge, by VLAN id."""
        return tuple(self._filtered() if self.filtering else self._open())

    def _open(self) -> Iterator[Domain]:
        """Without filtering tags pass unchanged, whatever pvid and the VLAN table say."""
        names = tuple(port.name for port in self.ports)
        yield Domain(0, untagged=names, cpu="untagged")
        tags = self.interfaces.union(*(self.wires.get(name, frozenset()) for name in names))
        for vid in sorted(tags):
            yield Domain(vid, tagged=tuple(n for n in names if vid in self.wires.get(n, ())), cpu="tagged")

    def _filtered(self) -> Iterator[Domain]:
        entries = self.entries()
        for vid in sorted(frozenset().union(*(entry.vids for entry in entries))):
            tagged = {name for entry in entries if vid in entry.vids for name in entry.tagged}
            untagged = {name for entry in entries if vid in entry.vids for name in entry.untagged}
            domain = Domain(
                vid,
                # both ways or not at all: what comes in untagged belongs to pvid, what goes out asks the table
                tuple(p.name for p in self.ports if p.name in untagged and p.pvid == vid and p.takes_untagged),
                tuple(
                    p.name
                    for p in self.ports
                    if p.name in tagged and p.takes_tagged and vid in self.wires.get(p.name, ())
                ),
                self._cpu(vid, tagged, untagged),
            )
            if domain.untagged or domain.tagged or domain.cpu:
                yield domain

    def _cpu(self, vid: int, tagged: Iterable[str], untagged: Iterable[str]) -> str:
        own = self.own
        if own.name in untagged and own.pvid == vid and own.takes_untagged:
            return "untagged"
        return "tagged" if own.name in tagged and own.takes_tagged else ""


def read_bridge(
    row: ConfigRow,
    snapshot: Snapshot,
    *,
    lists: Mapping[str, frozenset[str] | None],
    ports: Sequence[ConfigRow],
    wires: Mapping[str, frozenset[int]],
) -> BridgeVlans:
    """``ports``: the enabled port rows of this bridge."""
    name = row.get("name")
    members = tuple(_member(port.get("interface"), port) for port in ports)
    known = {name, *(member.name for member in members)}
    on_bridge = [v for v in snapshot.rows(VLAN) if v.enabled and v.get("interface") == name]
    return BridgeVlans(
        own=_member(name, row),
        filtering=row.flag("vlan-filtering"),
        ports=members,
        table=tuple(
            Entry(
                entry.id,
                vlan_ids(entry.get("vlan-ids")),
                _named(entry.get("tagged"), lists, known),
                _named(entry.get("untagged"), lists, known),
            )
            for entry in snapshot.rows(TABLE)
            if entry.enabled and entry.get("bridge") == name
        ),
        interfaces=frozenset(vlan.num("vlan-id", 1) for vlan in on_bridge),
        wires=wires,
        adds_bridge=_release(snapshot.version) >= _ADDS_BRIDGE,
    )


def vlan_ids(text: str) -> frozenset[int]:
    """``10,20-22`` as numbers."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def says_why(version: str) -> bool:
    """Whether dynamic rows of the VLAN table carry their reason as a comment (seen from 7.16 on)."""
    return _release(version) >= _ADDS_BRIDGE


def _release(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _member(name: str, row: ConfigRow) -> Member:
    return Member(name, row.num("pvid", 1), row.get("frame-types") or "admit-all")


def _named(text: str, lists: Mapping[str, frozenset[str] | None], known: set[str]) -> tuple[str, ...]:
    """Members of this bridge that are named, by themselves or by a list (7.17); others do not count."""
    found: dict[str, None] = {}
    for name in filter(None, text.split(",")):
        for member in sorted(lists.get(name) or ()) if name not in known else (name,):
            if member in known:
                found[member] = None
    return tuple(found)
