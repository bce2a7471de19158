# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""VLANs of others on a bridge that a plan filters. Decided from rows alone.

A bridge that does not filter carries any tag between all of its ports. One that does drops what its VLAN table does not
name (manual, bridge VLAN table), so VLANs that worked without a row there are cut off at the last write.
"""

from __future__ import annotations

from collections.abc import Iterator

from .bridge_ways import BRIDGE_VLAN, MENUS, VLAN, Bridges
from .preflight_finding import Finding, error
from .preflight_view import View
from .router_ways import after


def findings(view: View) -> Iterator[Finding]:
    """Interfaces whose frames come in by some port now, and by none afterwards."""
    if not {operation.menu for operation in view.operations} & MENUS:
        return
    was = Bridges(view.router, view.version)
    will = Bridges(after(view.router, view.operations), view.version)
    for row in view.others(VLAN):
        name, number = row.values.get("name", ""), row.values.get("vlan-id", "")
        bridge = was.under(name)
        if bridge is None or not number.isdecimal() or not _reached(was, name, int(number)):
            continue
        if not _reached(will, name, int(number)):
            called = f", {view.called(name)}" if name in view.segments or name in view.uplinks else ""
            yield error(
                "vlans",
                f"{VLAN} {row.id} ({name}{called}; VLAN {number} on {bridge}) gets its frames by ports of {bridge}, and"
                f" with VLAN filtering as it would be, by none: no row of {BRIDGE_VLAN} names a port for {number}. Add"
                f" one first (/interface/bridge/vlan/add bridge={bridge} vlan-ids={number} tagged={bridge},…), or give"
                " the branch that segment with vlan: in the place of interface:",
            )


def _reached(bridges: Bridges, interface: str, number: int) -> bool:
    bridge = bridges.under(interface)
    ports = bridges.ports(bridge) if bridge else []
    return any(bridges.reaches(port, tag, interface) for port in ports for tag in (None, number))
