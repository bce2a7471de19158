# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Mistakes between lines that share a port, and between a line and what stands behind the router."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from .problems import Problems

#: Path to value, as ``branch_uplinks.Read.seen`` has it.
Seen = Mapping[str, Any]


def check_lines(uplinks: Seen, segments: Seen, problems: Problems) -> None:
    """Notes every mistake. What could not be read takes no part."""
    _ports(uplinks, segments, problems)
    _accounts(uplinks, problems)
    _gateways(uplinks, segments, problems)


def _at(seen: Seen, key: str) -> list[tuple[str, Any]]:
    return [(path.removesuffix(f".{key}"), value) for path, value in seen.items() if path.endswith(f"].{key}")]


def _ports(uplinks: Seen, segments: Seen, problems: Problems) -> None:
    """Below a PPPoE session is a port; a segment there would stand in one network with the ISP."""
    held = {interface: path for path, interface in _at(segments, "interface")}
    for path, port in _at(uplinks, "port"):
        told_already = uplinks.get(f"{path}.interface") == port
        if port in held and not told_already and f"{path}.vlan" not in uplinks:
            seen = f"{port}, as in {held[port]}.interface"
            problems.add(f"{path}.interface", seen, "a port that is not the interface of a segment")


def _accounts(uplinks: Seen, problems: Problems) -> None:
    first: dict[str, str] = {}
    for path, account in _at(uplinks, "username"):
        if account in first:
            allowed = "another username, or another interface: an ISP takes one session of an account on a line"
            problems.add(f"{path}.username", f"{account}, as in {first[account]}.username", allowed)
        first.setdefault(account, path)


def _gateways(uplinks: Seen, segments: Seen, problems: Problems) -> None:
    """Outside of its own network a gateway may be anywhere but inside the branch."""
    for path, gateway in _at(uplinks, "gateway"):
        address: IPv4Interface | None = uplinks.get(f"{path}.address")
        if address is None or gateway in address.network:
            continue
        for other, segment in _at(segments, "address"):
            if _inside(gateway, segment):
                seen = f"{gateway}, inside {segment.network} of {other}.address"
                problems.add(f"{path}.gateway", seen, "an address of the ISP, outside of every segment")


def _inside(gateway: IPv4Address, segment: IPv4Interface) -> bool:
    return gateway in segment.network
