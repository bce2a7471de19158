# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What steers packets past our rules or before them: FastTrack, marks and rules of others, hotspot, hardware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from . import names
from .diff import Found
from .fasttrack import ACTION as FASTTRACK
from .preflight_finding import Finding, error, warning
from .preflight_view import ADDRESS_LIST, FILTER, MANGLE, Reader, View, foreign, network, yes
from .router_api import Ask
from .versions import TABLES, Version

SWITCH, SWITCH_PORT, HOTSPOT = "/interface/ethernet/switch", "/interface/ethernet/switch/port", "/ip/hotspot"
SWITCHES, HOTSPOTS = Ask(SWITCH, ("name", "l3-hw-offloading")), Ask(HOTSPOT, ("name", "interface", "disabled"))
_SHOWN = 6
#: Matchers that leave a row general: it takes whole segments, not one host's or one service's traffic.
_GENERAL = frozenset(
    (
        *("chain", "action", "comment", "disabled", "dynamic", "invalid", "passthrough", "log", "log-prefix"),
        *("bytes", "packets", "connection-state", "connection-mark", "dst-address-type", "hotspot"),
        *("in-interface", "in-interface-list", "out-interface", "out-interface-list"),
        *("per-connection-classifier", "nth", "random"),
        *("new-connection-mark", "new-routing-mark", "new-packet-mark"),
    )
)


def fasttrack(view: View, rows: Sequence[Found]) -> Iterator[Finding]:
    """``rows``: the filter in order, judged as the writes will leave it. An accept of everything marked, before a
    FastTrack rule, does as well."""
    if not (view.marks or view.queues):
        return
    for row in rows:
        values = _after(view, row)
        if yes(values.get("disabled")) or row.dynamic:
            continue
        if values.get("chain") == "forward" and values.get("action") == "accept" and _all_marked(values):
            return
        mark = values.get("connection-mark", "")
        if values.get("action") != FASTTRACK or (mark and not (view.queues and mark.startswith("mw-"))):
            continue
        if not (view.matches(values, "in", view.uplinks) or view.matches(values, "out", view.uplinks)):
            continue
        yield error("fasttrack", f"{FILTER} {row.id} {_loss(view, mark)}")


def _loss(view: View, mark: str) -> str:
    if mark:
        return (
            f"fast-tracks connections with the mark {mark}: such packets pass no queue, so they have no limit and no"
            " share. Set its connection-mark to no-mark, or disable it"
        )
    queues = ", and they pass no queue, so no limit and no share holds" if view.queues else ""
    ways = "keep off marked connections (it gets connection-mark=no-mark)"
    ways += " or remove (it is disabled)" if view.queues else ", primary only, or remove (it is disabled)"
    return (
        "fast-tracks every connection: such packets skip mangle, so connections of all uplinks but the first will"
        f" break{queues}. Set multiwan_fasttrack: {ways}"
    )


def _after(view: View, row: Found) -> Mapping[str, str]:
    values = dict(row.values)
    for write in view.operations:
        if write.menu == FILTER and write.id == row.id:
            values.update(write.values)
            values.pop(write.name, None)
    return values


def _all_marked(values: Mapping[str, str]) -> bool:
    plain = {"chain", "action", "comment", "disabled", "dynamic", "connection-mark"}
    states = set(values.get("connection-state", "established,related").split(","))
    others = {name for name, text in values.items() if text and name not in plain | {"connection-state"}}
    return values.get("connection-mark") == "!no-mark" and states >= {"established", "related"} and not others


# --- marks


def marking(view: View) -> Iterator[Finding]:
    """Rows that mark the same packets. Ours are added behind them and look only at what bears no mark."""
    if not view.marks:
        return
    grave: list[Found] = []
    mild: list[Found] = []
    networks = view.segment_networks()
    for row in view.others(MANGLE):
        if not yes(row.values.get("dynamic")) and _concerns(view, row.values, networks):
            (grave if _is_grave(row.values) else mild).append(row)
    if grave:
        yield error(
            "mangle",
            f"{_told(grave)} mark connections or routes before our rows, which then leave such connections alone, or"
            " move them in the middle. If it is a multi-WAN set made by hand, multiwan_adopt: true replaces it;"
            " otherwise disable these rows or keep them to interfaces that are neither uplink nor segment",
        )
    if mild:
        yield warning(
            "mangle",
            f"{_told(mild)} mark some traffic of the segments or of the router. Our rows come behind and decide in"
            " their place: say the same in multiwan_pins or multiwan_bypass, then remove them",
        )


def _concerns(view: View, values: Mapping[str, str], networks: Sequence[IPv4Network]) -> bool:
    if values.get("action") not in ("mark-connection", "mark-routing"):
        return False
    if values.get("connection-mark", "").startswith("mw-"):
        return False  # acts on what ours marked: written knowing them
    if not view.matches(values, "in", [*view.uplinks, *view.segments]):
        return False
    source = None if values.get("src-address", "").startswith("!") else network(values.get("src-address"))
    named = values.get("in-interface") or values.get("in-interface-list")
    inbound = bool(named) and bool(view.matches(values, "in", view.uplinks))
    if source is None or inbound or not networks or values.get("chain") not in ("prerouting", "forward"):
        return True
    return any(source.overlaps(item) for item in networks)


def _is_grave(values: Mapping[str, str]) -> bool:
    """A connection mark of somebody else ends our hold on a connection, whatever it matches. A routing mark on a few
    packets is a pin. In ``input``, ``output`` and ``postrouting`` only the router's own answers are at stake."""
    if values.get("chain") in ("input", "output", "postrouting"):
        return False
    specific = {name for name, text in values.items() if text and name not in _GENERAL}
    return values.get("action") == "mark-connection" or not specific


def _told(rows: Sequence[Found]) -> str:
    shown = [f"{row.id} ({row.values.get('chain')} {row.values.get('action')} {_mark(row.values)})" for row in rows]
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return f"{MANGLE} {', '.join(shown[:_SHOWN])}{more}, which are not ours,"


def _mark(values: Mapping[str, str]) -> str:
    return values.get("new-connection-mark") or values.get("new-routing-mark") or "no mark"


# --- rules, hotspot, switch


def rules_menu(version: Version) -> Ask:
    menu = "/routing/rule" if TABLES.on(version) else "/ip/route/rule"
    return Ask(menu, ("action", "table", "src-address", "dst-address", "routing-mark", "interface", "disabled"))


def routing_rules(view: View, reader: Reader) -> Iterator[Finding]:
    """A mark set by mangle decides before any rule (manual, "routing decision", RouterOS 7)."""
    if not view.marks:
        return
    menu, properties = rules_menu(view.version)
    networks = view.segment_networks()
    bypass = [
        item
        for row in view.rows
        if row.menu == ADDRESS_LIST and row.values.get("list") == names.BYPASS_LIST
        if (item := network(str(row.values.get("address"))))
    ]
    for row in foreign(reader.rows(menu, properties)):
        values = row.values
        source, target = network(values.get("src-address")), network(values.get("dst-address"))
        if values.get("routing-mark") or (source and not any(source.overlaps(item) for item in networks)):
            continue
        if values.get("interface") and values["interface"] not in view.segments:
            continue
        if target and any(target.subnet_of(item) for item in bypass):
            continue
        said = " ".join(f"{key}={values[key]}" for key in (*properties[2:4], "interface", "table") if values.get(key))
        yield warning(
            "routing-rules",
            f"{menu} {row.id} ({values.get('action', 'lookup')} {said}) is about connections of the segments. Balanced"
            " ones bear a routing mark, which decides first, so that the rule no longer sees them: put its"
            " destinations into multiwan_bypass, or make it a pin",
        )


def hotspot(view: View, reader: Reader) -> Iterator[Finding]:
    """Its redirect comes behind mangle, and a marked packet is not delivered to the router (manual, packet flow)."""
    if not view.marks:
        return
    for row in foreign(reader.rows(*HOTSPOTS)):
        interface = row.values.get("interface", "")
        if interface in view.segments:
            yield error(
                "hotspot",
                f"{HOTSPOT} {row.values.get('name', row.id)} runs on {interface}, {view.called(interface)}: the"
                " redirect of its login page comes behind the balancing, so clients would never see it (the manual:"
                " PCC does not work for clients of a hotspot). Take that segment out of multiwan_segments, or disable"
                " the hotspot",
            )


def hardware(view: View, reader: Reader) -> Iterator[Finding]:
    """Packets that the switch chip routes never reach mangle (manual, L3 hardware offloading)."""
    if not (view.marks and TABLES.on(view.version)):
        return
    switches = [row for row in reader.rows(*SWITCHES) if yes(row.values.get("l3-hw-offloading"))]
    if not switches:
        return
    ports = reader.rows(SWITCH_PORT, ("name", "l3-hw-offloading"))
    off = {row.values.get("name") for row in ports if row.values.get("l3-hw-offloading") in ("no", "false")}
    if view.uplinks and frozenset(view.uplinks) <= off:
        return
    name = switches[0].values.get("name", switches[0].id)
    yield error(
        "hardware-offload",
        f"{SWITCH} {name} has l3-hw-offloading=yes: what the chip routes never reaches our rules, so it is not"
        f" balanced. Set l3-hw-offloading=no there, or on its ports that are uplinks ({SWITCH_PORT})",
    )
