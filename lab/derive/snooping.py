# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DHCP snooping of bridges: what servers say is not taken from ports that are not trusted, and clients don't ask there.

Both ways, as the manual's example tells: a foreign server behind such a port neither hears requests nor is it heard.
"""

from __future__ import annotations

from lab.derive.bridging import Bridging
from lab.derive.plan import NFT_TABLE
from lab.derive.vlans import BRIDGE, PORT
from lab.schema.snapshot import Snapshot


def derive_snooping(snapshot: Snapshot, bridging: Bridging) -> str:
    """The nft table for the bridge family; "" when no bridge snoops."""
    wires = sorted(_untrusted(snapshot, bridging))
    if not wires:
        return ""
    named = ", ".join(f'"{wire}"' for wire in wires)
    return f"""table bridge {NFT_TABLE} {{
  chain snoop-in {{
    type filter hook prerouting priority -300; policy accept;
    iifname {{ {named} }} ether type ip udp sport 67 counter drop
  }}
  chain snoop-out {{
    type filter hook postrouting priority 300; policy accept;
    oifname {{ {named} }} ether type ip udp sport 68 udp dport 67 counter drop
  }}
}}
"""


def _untrusted(snapshot: Snapshot, bridging: Bridging) -> set[str]:
    """Kernel interfaces of ports without ``trusted=yes``, the tagged ones as well."""
    snooping = {row.get("name") for row in snapshot.rows(BRIDGE) if row.enabled and row.flag("dhcp-snooping")}
    ports = {
        row.get("interface")
        for row in snapshot.rows(PORT)
        if row.enabled and row.get("bridge") in snooping and not row.flag("trusted")
    }
    return {wire for wire, port in bridging.wires.items() if port in ports}
