# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``lan``: which interfaces are segments. Addresses and DHCP servers of segments stay as they are."""

from __future__ import annotations

from . import names
from .model import Branch
from .plan import Row
from .tags import ascii_label, owned, tag
from .versions import Version

ROLE = "lan"


def lan_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """The interface list of the segments. It exists also without any, since the rules of ``pcc`` refer to it."""
    del version
    members = (
        owned(
            "/interface/list/member",
            tag(ROLE, segment.name),
            f"{ascii_label(segment.label)}: segment",
            {"list": names.LAN_LIST, "interface": segment.interface},
        )
        for segment in branch.segments
    )
    return (owned("/interface/list", tag(ROLE, "list"), "Segments", {"name": names.LAN_LIST}), *members)
