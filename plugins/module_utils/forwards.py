# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``pcc`` for ports that are forwarded: from the internet, and for clients inside (hairpin).

No row names an address of an uplink, which may change: what counts is that the packet is for the router itself. So the
same rows serve static, DHCP, PPPoE and LTE lines. Answers go back by the uplink of the question, since ``mw-inbound``
has marked the connection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import names
from .model import Branch, Uplink
from .plan import Row
from .tags import ascii_label, owned, tag
from .traffic_model import Entry, Forward

NAT = "/ip/firewall/nat"
LISTS = "/ip/firewall/address-list"


def forward_rows(branch: Branch, role: str) -> tuple[Row, ...]:
    """NAT rows, the jumps behind what they jump to. None without forwards."""
    inside = [forward for forward in branch.forwards if forward.hairpin]
    return (
        *(row for forward in branch.forwards for row in _from_outside(branch, forward, role)),
        *(_own_address(branch, role) if inside else ()),
        *(_to_host(forward, role, names.CHAIN_HAIRPIN, "hairpin") for forward in inside),
        *(_answers(branch, forward, role) for forward in inside),
        *_jumps(branch, role, hairpin=bool(inside)),
    )


def hairpin_lists(branch: Branch, role: str) -> Iterator[Row]:
    """Addresses on a modem, which the router can't see by itself."""
    if any(forward.hairpin for forward in branch.forwards):
        yield from entries(branch.public_addresses, names.PUBLIC_LIST, "public", "Known by it on the internet", role)


def entries(found: Sequence[Entry], name: str, owner: str, about: str, role: str) -> Iterator[Row]:
    """Rows of one address list. ``owner``: the second piece of their tags."""
    for entry in found:
        text = entry if isinstance(entry, str) else str(entry)
        yield owned(LISTS, tag(role, owner, text.replace("/", "-")), about, {"list": name, "address": text})


def list_rows(branch: Branch, role: str) -> Iterator[Row]:
    """``multiwan_address_lists``. No other name of ours holds a dot behind such a beginning."""
    for one in branch.address_lists:
        yield from entries(one.entries, one.name, f"list.{one.name}", one.name, role)


def _from_outside(branch: Branch, forward: Forward, role: str) -> Iterator[Row]:
    if not forward.uplinks:
        yield _to_host(forward, role, names.CHAIN_FORWARDS, "in")
    for name in forward.uplinks:
        uplink: Uplink = branch.uplink(name)
        yield _to_host(forward, role, names.CHAIN_FORWARDS, f"in-{name}", interface=uplink.interface)


def _to_host(forward: Forward, role: str, chain: str, part: str, *, interface: str = "") -> Row:
    values = {
        "chain": chain,
        **({"in-interface": interface} if interface else {}),
        "protocol": forward.protocol,
        "dst-port": forward.port,
        "action": "dst-nat",
        "to-addresses": str(forward.to),
        **({"to-ports": str(forward.to_port)} if forward.to_port else {}),
    }
    about = f"{ascii_label(forward.label)}: to {forward.to}"
    return owned(NAT, tag(role, f"forward.{forward.name}", part), about, values)


def _own_address(branch: Branch, role: str) -> Iterator[Row]:
    """The router's own services stay where clients look for them."""
    for segment in branch.segments:
        values = {"chain": names.CHAIN_HAIRPIN, "dst-address": str(segment.address.ip), "action": "return"}
        about = f"{ascii_label(segment.label)}: the router itself"
        yield owned(NAT, tag(role, f"hairpin.{segment.name}", "router"), about, values)


def _answers(branch: Branch, forward: Forward, role: str) -> Row:
    """Between hosts of one segment: else the answer would go to the client directly, from an address that it never
    asked (manual, NAT, "hairpin NAT")."""
    segment = next(segment for segment in branch.segments if forward.to in segment.address.network)
    values = {
        "chain": "srcnat",
        "src-address": str(segment.address.network),
        "dst-address": str(forward.to),
        "protocol": forward.protocol,
        "dst-port": str(forward.to_port or forward.port),
        "action": "masquerade",
    }
    about = f"{ascii_label(forward.label)}: answers come back through the router"
    return owned(NAT, tag(role, f"forward.{forward.name}", "answers"), about, values)


def _jumps(branch: Branch, role: str, *, hairpin: bool) -> Iterator[Row]:
    mine = {"dst-address-type": "local"}
    if hairpin:
        inside = {"in-interface-list": names.LAN_LIST}
        yield _jump(role, "hairpin", names.CHAIN_HAIRPIN, "Forwarded ports, from inside", {**inside, **mine})
        if branch.public_addresses:
            public = {**inside, "dst-address-list": names.PUBLIC_LIST}
            yield _jump(role, "hairpin-modem", names.CHAIN_HAIRPIN, "Forwarded ports, by the modem's address", public)
    if branch.forwards:
        outside = {"in-interface-list": names.WAN_LIST}
        yield _jump(role, "forwards", names.CHAIN_FORWARDS, "Forwarded ports", {**outside, **mine})


def _jump(role: str, part: str, target: str, about: str, match: dict[str, str]) -> Row:
    values = {"chain": "dstnat", **match, "action": "jump", "jump-target": target}
    return owned(NAT, tag(role, "dstnat", part), about, values)
