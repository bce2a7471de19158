# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bridges with their VLANs as kernel bridges: one for each domain (see ``vlans``), named after bridge and tag."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lab.derive.observations import Observations
from lab.derive.plan import BridgePlan, DynamicRow, Note
from lab.derive.vlans import BRIDGE, PORT, TABLE, VLAN, BridgeVlans, Domain, Entry, read_bridge
from lab.schema.snapshot import ConfigRow, Snapshot

_LONGEST = 15  # a kernel's name of an interface


class Device(Protocol):
    """An interface with its name in the kernel, and the bridge that it is a port of (``interfaces.Interface``)."""

    @property
    def kernel(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def menu(self) -> str: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def running(self) -> bool: ...
    @property
    def master(self) -> str: ...


@dataclass(frozen=True)
class Bridging:
    """``segments``: kernel bridge -> (bridge, tag; 0 without filtering); ``wires``: kernel interface -> port's name."""

    plans: tuple[BridgePlan, ...] = ()
    segments: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    wires: Mapping[str, str] = field(default_factory=dict)
    bridges: tuple[BridgeVlans, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def ports(self) -> frozenset[str]:
        """Kernel interfaces that are in a kernel bridge now."""
        return frozenset(port for plan in self.plans for port in plan.ports)


def vlan_kernel(bridge_kernel: str, vid: int) -> str:
    """The kernel interface of one VLAN of a bridge, and of the VLAN interface that stands on it."""
    name = f"{bridge_kernel}.{vid}"
    return name if len(name) <= _LONGEST else f"vl-{zlib.crc32(name.encode()):08x}"


def wires_of(kernel: str, seen: Observations) -> Mapping[int, str]:
    """Tag -> kernel interface of every tagged wire of a port."""
    found = {}
    for name in seen.links:
        below, _, tag = name.rpartition(".")
        if below == kernel and tag.isdigit():
            found[int(tag)] = name
    return dict(sorted(found.items()))


def read_bridging(
    snapshot: Snapshot,
    seen: Observations,
    devices: Mapping[str, Device],
    lists: Mapping[str, frozenset[str] | None],
) -> Bridging:
    """``devices``: every interface by its configured name."""
    made = [_Bridge(row, snapshot, seen, devices, lists) for row in snapshot.rows(BRIDGE)]
    return Bridging(
        plans=tuple(plan for bridge in made for plan in bridge.plans()),
        segments={kernel: at for bridge in made for kernel, at in bridge.segments()},
        wires={kernel: name for bridge in made for name, kernels in bridge.kernels.items() for kernel in kernels},
        bridges=tuple(bridge.vlans for bridge in made),
        notes=tuple(note for bridge in made for note in bridge.notes),
    )


class _Bridge:
    """One bridge."""

    def __init__(
        self,
        row: ConfigRow,
        snapshot: Snapshot,
        seen: Observations,
        devices: Mapping[str, Device],
        lists: Mapping[str, frozenset[str] | None],
    ) -> None:
        self.row, self.seen, self.devices = row, seen, devices
        self.device = devices[row.get("name")]
        rows = list(_ports(self.device.name, snapshot, devices))
        self.notes = [
            Note(PORT, port.id, "a VLAN of a bridge as the port of another is not enacted")
            for port in rows
            if self._stacked(port, snapshot)
        ]
        self.rows = [port for port in rows if not self._stacked(port, snapshot)]
        self.tags = {
            port.get("interface"): wires_of(devices[port.get("interface")].kernel, seen)
            for port in self.rows
            if devices[port.get("interface")].menu != VLAN  # tags within a tag have no wires
        }
        wires = {name: frozenset(tags) for name, tags in self.tags.items()}
        self.vlans = read_bridge(row, snapshot, lists=lists, ports=self.rows, wires=wires)
        self.domains = self.vlans.domains()

    def _stacked(self, port: ConfigRow, snapshot: Snapshot) -> bool:
        below = next((v for v in snapshot.rows(VLAN) if v.get("name") == port.get("interface")), None)
        return below is not None and self.devices.get(below.get("interface"), self.device).menu == BRIDGE

    @property
    def kernels(self) -> Mapping[str, tuple[str, ...]]:
        """Port -> its kernel interfaces, the untagged one first."""
        names = [port.get("interface") for port in self.rows]
        return {name: (self.devices[name].kernel, *self.tags.get(name, {}).values()) for name in names}

    def plans(self) -> Iterator[BridgePlan]:
        mac, up = self._mac(), self.device.enabled
        base = tuple(self.devices[port.get("interface")].kernel for port in self.rows)
        own = next((domain for domain in self.domains if domain.cpu == "untagged"), Domain(0))
        mode = "filtering" if self.vlans.filtering else "open"
        yield BridgePlan(self.device.kernel, self._members(own), mac, up, mode=mode, resets=base)
        joined = {domain.vid for domain in self.domains if domain.cpu == "tagged"}
        for domain in self.domains:
            if domain.cpu != "untagged":
                quiet = domain.vid not in joined or domain.vid not in self.vlans.interfaces
                kernel = self._kernel(domain)
                # its own address, so that nobody who knows the router's reaches it where it is no member
                address = _made_up(kernel) if quiet else mac
                yield BridgePlan(kernel, self._members(domain), address, up, vlan=domain.vid, quiet=quiet)
        for vid in sorted(self.vlans.interfaces - joined):  # an interface that the bridge leads nobody to
            yield BridgePlan(vlan_kernel(self.device.kernel, vid), (), mac, up, vlan=vid)

    def segments(self) -> Iterator[tuple[str, tuple[str, int]]]:
        for domain in self.domains:
            kernel = self.device.kernel if domain.cpu == "untagged" else self._kernel(domain)
            yield kernel, (self.device.name, domain.vid if self.vlans.filtering else 0)

    def _kernel(self, domain: Domain) -> str:
        """Without the router in it, a domain must not carry the VLAN interface of the same tag."""
        name = vlan_kernel(self.device.kernel, domain.vid)
        if domain.cpu or domain.vid not in self.vlans.interfaces:
            return name
        return f"l2-{zlib.crc32(name.encode()):08x}"

    def _members(self, domain: Domain) -> tuple[str, ...]:
        untagged = [self.devices[name].kernel for name in domain.untagged]
        return (*untagged, *(self.tags[name][domain.vid] for name in domain.tagged))

    def _mac(self) -> str:
        """The first port lends its address, so that it stays when ports come and go."""
        base = [self.devices[port.get("interface")].kernel for port in self.rows]
        return self.row.get("admin-mac") or next((self.seen.links[k].mac for k in base if k in self.seen.links), "")


def _ports(bridge: str, snapshot: Snapshot, devices: Mapping[str, Device]) -> Iterator[ConfigRow]:
    for row in snapshot.rows(PORT):
        device = devices.get(row.get("interface"))
        if row.enabled and row.get("bridge") == bridge and device is not None and device.master == bridge:
            yield row


def _made_up(kernel: str) -> str:
    value = zlib.crc32(kernel.encode())
    return ":".join(f"{byte:02X}" for byte in (0x02, 0x4C, *value.to_bytes(4, "big")))


def vlan_rows(
    bridging: Bridging, devices: Mapping[str, Device], *, comments: bool
) -> tuple[dict[tuple[str, int], Mapping[str, str]], tuple[DynamicRow, ...]]:
    """Status of the VLAN table's rows, and the rows that the router adds (with their reason from 7.16 on)."""
    status: dict[tuple[str, int], Mapping[str, str]] = {}
    dynamic = []
    for bridge in bridging.bridges:
        for entry in bridge.entries():
            shown = {
                "current-tagged": _running(entry.tagged, devices),
                "current-untagged": _running(entry.untagged, devices),
            }
            if entry.row_id >= 0:
                status[TABLE, entry.row_id] = shown
            else:
                dynamic.append(_dynamic(bridge.own.name, entry, shown, comments=comments))
    return status, tuple(dynamic)


def _running(names: Sequence[str], devices: Mapping[str, Device]) -> str:
    return ",".join(name for name in names if name in devices and devices[name].running)


def _dynamic(bridge: str, entry: Entry, shown: Mapping[str, str], *, comments: bool) -> DynamicRow:
    vid = str(min(entry.vids))
    values = {
        "bridge": bridge,
        "vlan-ids": vid,
        "tagged": ",".join(entry.tagged),
        "untagged": ",".join(entry.untagged),
        **shown,
        **({"comment": entry.why} if comments else {}),
        "disabled": "false",
    }
    return DynamicRow(TABLE, f"{bridge} {vid} {entry.why}", values)
