# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``failover``. Native layer: anchors, gates and the defaults of ``main`` over them. Fast layer: a
probe of each anchor, and the script that opens and closes gates.

An anchor is resolved by connected routes, a gate by anchors, a default by gates; ``routing.py`` has the scopes.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from . import fast_script, line_ways, names
from .model import Branch, Uplink
from .plan import Row
from .routing import CONNECTED_SCOPE, MAIN, blackhole, in_table, over_gate, scopes
from .scripts import periodic
from .tags import ascii_label, owned, tag
from .versions import TABLES, Version

ROLE = "failover"
#: The part of the rows that run by the clock.
FAST = "fast"
#: What netwatch gives its scripts, but for ``reboot`` (manual, netwatch).
_POLICY = "read,test,write"
_THREE = {"packet-count": "3", "packet-interval": "200ms"}
#: Per cent; two of three lost are fewer.
_ALL_LOST = 85


def failover_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Gates that are open while an anchor answers, the router's own way out by priority, and the fast layer."""
    return (
        *(row for uplink in branch.uplinks for row in _gate(uplink, version, fast=branch.fast)),
        *(_default(uplink, distance, version) for distance, uplink in enumerate(branch.by_priority, start=1)),
        *(_fast(branch, version) if branch.fast else ()),
    )


def _about(uplink: Uplink, purpose: str) -> str:
    return f"{ascii_label(uplink.label)}: {purpose}"


def _gate(uplink: Uplink, version: Version, *, fast: bool) -> Iterator[Row]:
    for number, anchor in enumerate(uplink.anchors, start=1):
        yield _anchor(uplink, anchor, number, version)
        yield _anchor_stop(uplink, anchor, number, version)
        yield _gate_over(uplink, anchor, number, version, fast=fast)


def _anchor(uplink: Uplink, anchor: IPv4Address, number: int, version: Version) -> Row:
    way = line_ways.out_of(uplink)
    values = {
        **in_table(MAIN, version),
        "dst-address": f"{anchor}/32",
        **way.values,
        "distance": "1",
        "scope": str(scopes(version).anchor),
        "target-scope": str(CONNECTED_SCOPE),
    }
    owner = tag(ROLE, uplink.name, f"anchor{number}")
    return owned("/ip/route", owner, _about(uplink, f"anchor {anchor}"), values, runtime=way.runtime)


def _anchor_stop(uplink: Uplink, anchor: IPv4Address, number: int, version: Version) -> Row:
    """Without it the probes of a line that is down would leave through another one and lie."""
    values = {
        **in_table(MAIN, version),
        "dst-address": f"{anchor}/32",
        **blackhole(version),
    }
    about = _about(uplink, f"anchor {anchor} through no other line")
    return owned("/ip/route", tag(ROLE, uplink.name, f"stop{number}"), about, values)


def _gate_over(uplink: Uplink, anchor: IPv4Address, number: int, version: Version, *, fast: bool) -> Row:
    """With the fast layer the row is disabled and enabled by its script. Without, a closed gate is drift: nobody else
    would open it."""
    values = {
        **in_table(MAIN, version),
        "dst-address": f"{uplink.gate}/32",
        "gateway": str(anchor),
        "check-gateway": "ping",
        "distance": "1",
        "scope": str(scopes(version).gate),
        "target-scope": str(scopes(version).anchor),
    }
    about = _about(uplink, f"gate, open while {anchor} answers")
    runtime = ("disabled",) if fast else ()
    return owned("/ip/route", tag(ROLE, uplink.name, f"gate{number}"), about, values, runtime=runtime)


def _default(uplink: Uplink, distance: int, version: Version) -> Row:
    values = {**in_table(MAIN, version), **over_gate(str(uplink.gate), distance, version)}
    about = _about(uplink, f"way out number {distance} of the router itself")
    return owned("/ip/route", tag(ROLE, uplink.name, "default"), about, values)


def _fast(branch: Branch, version: Version) -> Iterator[Row]:
    """The script has the rights of netwatch's events and no more, so that these may call it."""
    script = {"name": names.SCRIPT_FAILOVER, "source": fast_script.failover(branch, version), "policy": _POLICY}
    yield owned("/system/script", tag(ROLE, FAST), "Opens and closes gates", script)
    values = periodic(names.SCRIPT_FAILOVER, f"{fast_script.TICK_S}s", _POLICY, fast_script.scheduler_event(branch))
    yield owned("/system/scheduler", tag(ROLE, FAST), "Opens and closes gates: lost events, hold-down", values)
    for uplink in branch.uplinks:
        for number, anchor in enumerate(uplink.anchors, start=1):
            yield _probe(uplink, anchor, number, version)


def _probe(uplink: Uplink, anchor: IPv4Address, number: int, version: Version) -> Row:
    values = {
        "host": str(anchor),
        "interval": f"{uplink.probe.interval_s}s",
        "timeout": _timeout(uplink),
        "up-script": fast_script.event(),
        "down-script": fast_script.event(),
        "disabled": "no",
        **(_train(uplink) if TABLES.on(version) else {}),
    }
    return owned("/tool/netwatch", tag(ROLE, uplink.name, f"probe{number}"), _about(uplink, f"asks {anchor}"), values)


def _timeout(uplink: Uplink) -> str:
    """Longer than any round trip that is still to be measured."""
    return f"{max(1000, (uplink.probe.latency_ms or 0) * 3 // 2)}ms"


def _train(uplink: Uplink) -> dict[str, str]:
    """Packets of one check; RouterOS 6 sends one. Without thresholds a line is down when none is answered: three over
    0.4 s outlive a short hiccup. Thresholds that nobody asked for are put out of reach, since the default mean
    of 100 ms would call satellite and mobile lines dead (manual, netwatch). RouterOS waits five minutes after a boot
    unless told otherwise."""
    probe = uplink.probe
    measured = probe.loss is not None or probe.latency_ms is not None
    train = {"packet-count": "10", "packet-interval": "100ms"} if measured else _THREE
    return {
        "type": "icmp",
        **train,
        "start-delay": "1s",
        "startup-delay": "5s",
        "thr-loss-percent": str(_ALL_LOST if probe.loss is None else probe.loss),
        "thr-avg": "10s" if probe.latency_ms is None else f"{probe.latency_ms}ms",
        "thr-max": "10s",
        "thr-jitter": "10s",
        "thr-stdev": "10s",
    }
