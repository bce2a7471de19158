# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``lan``: the segments, from the bridge that carries them to who may see what.

What is there already and says the same stays as it is, as somebody else's.
"""

from __future__ import annotations

from . import names
from .lan_bridge import bridge_rows
from .lan_dhcp import dhcp_rows
from .lan_isolation import isolation_rows
from .model import Branch, Segment
from .plan import Row
from .tags import ascii_label, owned, tag
from .versions import Version

ROLE = "lan"


def lan_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """The interface list of the segments exists also without any, since the rules of ``pcc`` refer to it."""
    del version
    return (
        *bridge_rows(branch),
        owned("/interface/list", tag(ROLE, "list"), "Segments", {"name": names.LAN_LIST}),
        *(_member(segment) for segment in branch.segments),
        *(_address(segment) for segment in branch.segments),
        *(row for segment in branch.segments for row in dhcp_rows(segment)),
        *isolation_rows(branch),
    )


def _member(segment: Segment) -> Row:
    values = {"list": names.LAN_LIST, "interface": segment.interface}
    return owned("/interface/list/member", tag(ROLE, segment.name), _about(segment, "segment"), values)


def _address(segment: Segment) -> Row:
    values = {"address": str(segment.address), "interface": segment.interface}
    return owned("/ip/address", tag(ROLE, segment.name), _about(segment, "address"), values)


def _about(segment: Segment, purpose: str) -> str:
    return f"{ascii_label(segment.label)}: {purpose}"
