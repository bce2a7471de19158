# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an ISP numbers a line: addresses of its end, and the rules that know the branch's. Text only."""

from __future__ import annotations

from lab.world.uplinks import Addressing, Uplink


def numbering(uplink: Uplink, addressing: Addressing) -> list[str]:
    """``ip -batch`` lines for the ISP's end of a line without PPP.

    A router with a /32 is the peer of the ISP's address: that route comes back with the carrier by itself.
    """
    if addressing.prefix == 32:
        return [f"address add {addressing.gateway} peer {addressing.router}/32 dev {uplink.device}"]
    return [f"address add {addressing.gateway}/{addressing.prefix} dev {uplink.device}"]


def isp_filter(uplink: Uplink, addressing: Addressing) -> str:
    """The ISP's own rules.

    - raw: foreign source addresses are dropped (BCP 38), as lab-recipes 11.7 asks
    - nat chains see the first packet of a connection only: so ``new_tcp`` counts connections, not SYNs sent again
    - the branch's router is the line's exposed host: what comes from the internet is passed on to it
    """
    return f"""table ip world {{
  counter spoofed {{ }}
  counter new {{ }}
  set new_tcp {{ type inet_service; size 65535; flags dynamic; counter; }}
  chain raw {{
    type filter hook prerouting priority raw; policy accept;
  }}
  chain dstnat {{
    type nat hook prerouting priority dstnat; policy accept;
  }}
  chain srcnat {{
    type nat hook postrouting priority srcnat; policy accept;
    oifname "net0" counter name new
    oifname "net0" meta l4proto tcp add @new_tcp {{ tcp dport counter }}
    oifname "net0" snat to {uplink.public_address}
  }}
}}
{present(uplink, addressing)}"""


def present(uplink: Uplink, addressing: Addressing) -> str:
    """The rules that follow the line's present numbering; loaded again when it changes.

    Who still has an address of before may ask the DHCP server with it.
    """
    device = uplink.device
    return f"""flush chain ip world raw
flush chain ip world dstnat
add rule ip world raw udp dport 67 accept
add rule ip world raw iifname "{device}" ip saddr != {{ {_own(uplink, addressing)}, 0.0.0.0 }} counter name spoofed drop
add rule ip world dstnat iifname "net0" ip daddr {uplink.public_address} dnat to {addressing.router}
"""


def _own(uplink: Uplink, addressing: Addressing) -> str:
    """Where the branch may send from. A line of PPP or LTE has one address."""
    return addressing.router if addressing.prefix == 32 else addressing.network
