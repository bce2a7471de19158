# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the configuration and what was seen of the world to what the kernel should hold. Pure: same in, same out."""

from __future__ import annotations

from lab.derive import rules
from lab.derive.addresses import MENU as ADDRESS_MENU
from lab.derive.addresses import read_addresses
from lab.derive.bridging import vlan_rows
from lab.derive.dhcp import derive_dhcp
from lab.derive.firewall.fasttrack import dummies
from lab.derive.firewall.nat import masqueraded
from lab.derive.firewall.table import compile_firewall
from lab.derive.interfaces import interface_status, read_interfaces
from lab.derive.lines import dynamic_servers, read_lines
from lab.derive.marks import read_marks
from lab.derive.mss import with_clamps
from lab.derive.observations import Observations
from lab.derive.plan import Derived, KernelPlan
from lab.derive.queues.simple import derive_simple
from lab.derive.routing import derive_routing
from lab.derive.settings import derive_sysctls
from lab.derive.snooping import derive_snooping
from lab.derive.vlans import says_why
from lab.schema.snapshot import Snapshot


def derive(snapshot: Snapshot, seen: Observations, now: float, *, trace: str | None = None) -> Derived:
    """Kernel plan, read-only properties, dynamic rows, gateway checks, and notes on what is not enacted.

    ``now`` is wall time in seconds; nothing depends on it yet, rows that expire are taken away by the store.
    ``trace`` makes the packet filter count how often each row is looked at, by packets that meet this nft condition
    ("": by all).
    """
    interfaces = read_interfaces(snapshot, seen)
    lines = read_lines(snapshot, seen)
    addresses = read_addresses(snapshot, interfaces, lines)
    marks = read_marks(snapshot)
    routing = derive_routing(snapshot, seen, interfaces=interfaces, addresses=addresses, marks=marks, lines=lines)
    looked_up, rule_notes = rules.derive_rules(snapshot, interfaces, marks)
    clamped, clamp_rows = with_clamps(snapshot, lines)
    firewall = compile_firewall(clamped, interfaces=interfaces, addresses=addresses, marks=marks, trace=trace)
    dhcp = derive_dhcp(snapshot, interfaces, addresses)
    table, table_rows = vlan_rows(interfaces.bridging, interfaces.by_name, comments=says_why(snapshot.version))
    queues = derive_simple(snapshot, interfaces, marks)
    kernel = KernelPlan(
        bridges=interfaces.bridges,
        links=interfaces.links,
        addresses=addresses.plans(),
        routes=routing.routes,
        rules=looked_up,
        nft=firewall.text,
        bridge_nft=derive_snooping(snapshot, interfaces.bridging),
        sysctls=derive_sysctls(snapshot, interfaces),
        dhcp=dhcp.pools,
        queues=queues.plan,
        connection_marks={number: name for name, number in marks.connections.items()},
        masquerade=masqueraded(snapshot.rows("/ip/firewall/nat"), interfaces, addresses),
    )
    status = {
        **dict(interface_status(interfaces, seen)),
        **{(ADDRESS_MENU, row_id): values for row_id, values in addresses.status.items()},
        **routing.status,
        **rules.rule_status(snapshot, rule_notes),
        **firewall.status,
        **dhcp.status,
        **queues.status,
        **table,
        ("/ip/dns", 0): {"dynamic-servers": dynamic_servers(lines)},
    }
    notes = (*interfaces.notes, *routing.notes, *rule_notes, *firewall.notes, *dhcp.notes, *queues.notes)
    return Derived(
        kernel,
        status,
        (*addresses.dynamic, *clamp_rows, *dummies(snapshot), *routing.dynamic, *table_rows),
        routing.checks,
        notes,
    )
