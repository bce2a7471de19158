# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces, bridges and interface lists: what a name in the configuration means in the kernel."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lab.derive.bridging import Bridging, read_bridging, vlan_kernel
from lab.derive.lines import LTE, PPPOE_CLIENT
from lab.derive.observations import Observations
from lab.derive.plan import BridgePlan, LinkPlan, Note
from lab.schema.snapshot import ConfigRow, Snapshot

ETHERNET, BRIDGE, BRIDGE_PORT, VLAN = (
    "/interface/ethernet",
    "/interface/bridge",
    "/interface/bridge/port",
    "/interface/vlan",
)
_KERNEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}")
_RESERVED = ("lo", "all", "default")


@dataclass(frozen=True)
class Interface:
    """``name`` as configured, ``kernel`` as the namespace calls it, ``master`` the bridge it is a port of (or "")."""

    name: str
    kernel: str
    menu: str
    row_id: int
    running: bool
    enabled: bool
    master: str = ""


@dataclass(frozen=True)
class Interfaces:
    """``lists`` holds configured and built-in interface lists; ``all`` is None there: no restriction."""

    by_name: Mapping[str, Interface]
    lists: Mapping[str, frozenset[str] | None]
    bridges: tuple[BridgePlan, ...]
    links: tuple[LinkPlan, ...]
    notes: tuple[Note, ...]
    bridging: Bridging = field(default_factory=Bridging)

    def get(self, name: str) -> Interface | None:
        return self.by_name.get(name)

    def carrier(self, name: str) -> Interface | None:
        """The interface that carries addresses for ``name``: its bridge when it is a port."""
        found = self.by_name.get(name)
        return self.by_name.get(found.master) if found and found.master else found


def read_interfaces(snapshot: Snapshot, seen: Observations) -> Interfaces:
    """Everything about interfaces that the other parts of the derivation need."""
    masters = {row.get("interface"): row.get("bridge") for row in _enabled(snapshot, BRIDGE_PORT)}
    ports = [_ethernet(row, seen, masters) for row in snapshot.rows(ETHERNET)]
    taken = {port.kernel for port in ports}
    bridges = [_bridge(row, taken) for row in snapshot.rows(BRIDGE)]
    modems = [_modem(row, seen) for row in snapshot.rows(LTE)]
    sessions = [_session(row, seen) for row in snapshot.rows(PPPOE_CLIENT)]
    below = {interface.name: interface for interface in (*ports, *bridges)}
    vlans = [_vlan(row, masters, below, seen) for row in snapshot.rows(VLAN)]
    by_name = {interface.name: interface for interface in (*ports, *modems, *bridges, *vlans, *sessions)}
    lists = _lists(snapshot, by_name)
    bridging = read_bridging(snapshot, seen, by_name, lists)
    made = {plan.name for plan in bridging.plans}
    notes = tuple(
        Note(VLAN, v.row_id, "no wire of the lab carries this VLAN")
        for v in vlans
        if v.kernel not in made and not _wired(v, seen)
    )
    return Interfaces(
        by_name=by_name,
        lists=lists,
        bridges=bridging.plans,
        links=(
            *(LinkPlan(port.kernel, port.enabled) for port in (*ports, *modems)),
            *_wires(vlans, ports, seen, bridging.ports),
            *(LinkPlan(session.kernel, True) for session in sessions if session.running),
        ),
        notes=(*notes, *bridging.notes),
        bridging=bridging,
    )


def interface_status(interfaces: Interfaces, seen: Observations) -> Iterator[tuple[tuple[str, int], Mapping[str, str]]]:
    """``running`` and ``slave`` of each interface row; the MAC of those that did not get theirs by configuration."""
    for interface in interfaces.by_name.values():
        shown = {"running": _bool(interface.running), "slave": _bool(bool(interface.master))}
        link = seen.links.get(interface.kernel)
        if link is not None and interface.menu not in (ETHERNET, PPPOE_CLIENT, LTE):
            shown["mac-address"] = link.mac
        yield (interface.menu, interface.row_id), shown


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _enabled(snapshot: Snapshot, menu: str) -> list[ConfigRow]:
    return [row for row in snapshot.rows(menu) if row.enabled]


def _ethernet(row: ConfigRow, seen: Observations, masters: Mapping[str, str]) -> Interface:
    name = row.get("name")
    kernel = row.get("default-name") or name
    link = seen.links.get(kernel)
    running = row.enabled and (link is None or link.up)
    return Interface(name, kernel, ETHERNET, row.id, running, row.enabled, masters.get(name, ""))


def kernel_name(name: str, prefix: str, taken: set[str]) -> str:
    """The configured name where the kernel can have it, else one made of it."""
    if not _KERNEL_NAME.fullmatch(name) or name in taken or name in _RESERVED:
        return f"{prefix}-{zlib.crc32(name.encode()):08x}"
    return name


def _bridge(row: ConfigRow, taken: set[str]) -> Interface:
    name = row.get("name")
    kernel = kernel_name(name, "br", taken)
    # a bridge without living ports still runs on the router, so that it can serve as a loopback
    return Interface(name, kernel, BRIDGE, row.id, row.enabled, row.enabled)


def _modem(row: ConfigRow, seen: Observations) -> Interface:
    """Runs while it is attached to a network."""
    kernel = row.get("default-name") or row.get("name")
    link = seen.links.get(kernel)
    running = row.enabled and (link is None or link.up) and (LTE, row.id) in seen.given
    return Interface(row.get("name"), kernel, LTE, row.id, running, row.enabled)


def session_kernel(row: ConfigRow) -> str:
    """The kernel interface of a PPPoE session (observe makes it when the session begins)."""
    return f"ppp-{zlib.crc32(row.get('name').encode()):08x}"


def _session(row: ConfigRow, seen: Observations) -> Interface:
    running = row.enabled and (PPPOE_CLIENT, row.id) in seen.given
    return Interface(row.get("name"), session_kernel(row), PPPOE_CLIENT, row.id, running, row.enabled)


def _vlan(row: ConfigRow, masters: Mapping[str, str], below: Mapping[str, Interface], seen: Observations) -> Interface:
    """On a port its wire is ``<port>.<vid>`` (lab/FIDELITY.md): each tag of a trunk is a link of its own.

    On a bridge it is the bridge of that tag. On a port of a bridge it hears nothing: the bridge takes every frame.
    """
    name, parent, vid = row.get("name"), below.get(row.get("interface")), row.num("vlan-id", 1)
    master = masters.get(name, "")
    if parent is not None and parent.menu == BRIDGE:
        kernel = vlan_kernel(parent.kernel, vid)
        return Interface(name, kernel, VLAN, row.id, row.enabled and parent.running, row.enabled, master)
    deaf = parent is None or bool(parent.master)
    kernel = f"vl-{zlib.crc32(name.encode()):08x}" if parent is None or deaf else f"{parent.kernel}.{vid}"
    link = seen.links.get(kernel)
    running = parent is not None and row.enabled and parent.running and link is not None and link.up
    return Interface(name, kernel, VLAN, row.id, running, row.enabled, master)


def _wired(vlan: Interface, seen: Observations) -> bool:
    return vlan.kernel in seen.links or not seen.links


def _wires(
    vlans: Sequence[Interface], ports: Sequence[Interface], seen: Observations, bridged: frozenset[str]
) -> Iterator[LinkPlan]:
    """Wires of tags are up while a VLAN interface stands on them, or a bridge, and the port is switched on."""
    used = {vlan.kernel for vlan in vlans if vlan.enabled} | bridged
    for kernel in seen.links:
        below = kernel.rpartition(".")[0]
        port = next((port for port in ports if port.kernel == below), None)
        if port is not None:
            yield LinkPlan(kernel, kernel in used and port.enabled)


def _lists(snapshot: Snapshot, by_name: Mapping[str, Interface]) -> dict[str, frozenset[str] | None]:
    fixed: dict[str, frozenset[str] | None] = {
        "all": None,
        "none": frozenset(),
        "dynamic": frozenset(),
        "static": frozenset(by_name),
    }
    own: dict[str, set[str]] = {row.get("name"): set() for row in snapshot.rows("/interface/list")}
    for row in _enabled(snapshot, "/interface/list/member"):
        own.setdefault(row.get("list"), set()).add(row.get("interface"))
    rows = {row.get("name"): row for row in snapshot.rows("/interface/list")}
    found = dict(fixed)
    for name in own:
        if name not in fixed:
            found[name] = frozenset(_members(name, rows, own, by_name, ()))
    return found


def _members(
    name: str,
    rows: Mapping[str, ConfigRow],
    own: Mapping[str, set[str]],
    by_name: Mapping[str, Interface],
    above: tuple[str, ...],
) -> set[str]:
    """Members of a list: its own, those of the lists it includes, without those it excludes."""
    if name in ("all", "static"):
        return set(by_name)
    if name in above or name not in own:
        return set()
    row = rows.get(name)
    found = set(own[name])
    if row is not None:
        for other in _names(row.get("include")):
            found |= _members(other, rows, own, by_name, (*above, name))
        for other in _names(row.get("exclude")):
            found -= _members(other, rows, own, by_name, (*above, name))
    return found


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]
