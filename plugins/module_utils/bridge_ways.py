# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether frames that come in by a port of a bridge reach the router: a look-up in rows, before or after writes.

As in the manual's page on the bridge VLAN table: a port's ``pvid`` and ``frame-types`` decide what an untagged or
tagged frame is, the table who is a member, and the bridge itself is one of the members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .diff import Found
from .preflight_view import BRIDGE_PORT, MEMBER, enabled, yes
from .versions import BRIDGE_TAGGED_BY_VLAN, Version

BRIDGE, BRIDGE_VLAN, VLAN = "/interface/bridge", "/interface/bridge/vlan", "/interface/vlan"
MENUS = frozenset({BRIDGE, BRIDGE_PORT, BRIDGE_VLAN, VLAN})
_UNTAGGED_ONLY = "admit-only-untagged-and-priority-tagged"
_TAGGED_ONLY = "admit-only-vlan-tagged"

Rows = Mapping[str, Sequence[Found]]


@dataclass(frozen=True)
class Bridges:
    rows: Rows
    version: Version

    def under(self, interface: str) -> str | None:
        """The bridge that carries an interface: itself, or the parent of a VLAN interface."""
        if self._row(BRIDGE, interface) is not None:
            return interface
        vlan = self._row(VLAN, interface)
        parent = vlan.values.get("interface", "") if vlan else ""
        return parent if self._row(BRIDGE, parent) is not None else None

    def ports(self, bridge: str) -> list[str]:
        rows = enabled(self.rows.get(BRIDGE_PORT, ()))
        return [row.values.get("interface", "") for row in rows if row.values.get("bridge") == bridge]

    def port(self, interface: str) -> Mapping[str, str]:
        """Its row as a bridge port; empty when it is none."""
        row = next(
            (row for row in enabled(self.rows.get(BRIDGE_PORT, ())) if row.values.get("interface") == interface), None
        )
        return row.values if row else {}

    def tags(self, interface: str) -> tuple[int | None, ...]:
        """With which tag frames for the interface may come in; ``None`` is none."""
        vlan = self._row(VLAN, interface)
        number = (vlan.values.get("vlan-id", "") if vlan else self._pvid(self._row(BRIDGE, interface))) or "1"
        return (None, int(number)) if number.isdecimal() else (None,)

    def reaches(self, port: str, tag: int | None, interface: str) -> bool:
        """Whether the router gets on ``interface`` what comes in by ``port``, and the answers go back."""
        bridge = self.under(interface)
        held = self.port(port)
        if bridge is None or held.get("bridge") != bridge:
            return False
        row = self._row(BRIDGE, bridge)
        if row is None or not yes(row.values.get("vlan-filtering")):
            return tag == self._number(interface)
        return self._member(held, port, tag, bridge) and self._own(bridge, interface, tag or int(self._pvid_of(held)))

    def _number(self, interface: str) -> int | None:
        """The VLAN of an interface; ``None`` of a bridge."""
        vlan = self._row(VLAN, interface)
        text = vlan.values.get("vlan-id", "") if vlan else ""
        return int(text) if text.isdecimal() else None

    def _member(self, held: Mapping[str, str], port: str, tag: int | None, bridge: str) -> bool:
        kinds = held.get("frame-types", "")
        if tag is None:
            return kinds != _TAGGED_ONLY
        return kinds != _UNTAGGED_ONLY and port in self._tagged(bridge, tag)

    def _own(self, bridge: str, interface: str, vid: int) -> bool:
        """Whether the router itself is in the VLAN, by this interface."""
        if interface == bridge:
            return str(vid) == self._pvid(self._row(BRIDGE, bridge))
        member = bridge in self._tagged(bridge, vid) or BRIDGE_TAGGED_BY_VLAN.on(self.version)
        return self._number(interface) == vid and member

    def _tagged(self, bridge: str, vid: int) -> frozenset[str]:
        rows = enabled(self.rows.get(BRIDGE_VLAN, ()))
        here = [
            row for row in rows if row.values.get("bridge") == bridge and holds(row.values.get("vlan-ids", ""), vid)
        ]
        named = {name for row in here for name in row.values.get("tagged", "").split(",") if name}
        members = enabled(self.rows.get(MEMBER, ()))
        listed = {row.values.get("interface", "") for row in members if row.values.get("list") in named}
        return frozenset(named | listed)

    def _row(self, menu: str, name: str) -> Found | None:
        return next((row for row in enabled(self.rows.get(menu, ())) if row.values.get("name") == name), None)

    @staticmethod
    def _pvid(row: Found | None) -> str:
        return (row.values.get("pvid") if row else "") or "1"

    @staticmethod
    def _pvid_of(held: Mapping[str, str]) -> str:
        return held.get("pvid") or "1"


def holds(numbers: str, vid: int) -> bool:
    """Whether ``10,20-30`` names the VLAN."""
    for part in numbers.split(","):
        first, _sep, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal() and int(first) <= vid <= int(last or first):
            return True
    return False
