# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of FastTrack rules, which are somebody else's: a claim on each (``claims.py``).

Such a packet skips mangle and simple queues (manual, packet flow). Without its routing mark it goes by ``main``,
whose first default is the gate of the uplink with the first priority.

``keep off marked connections``: every connection with the internet bears the mark of its line before the filter sees
its second packet, so what is left to FastTrack is traffic between segments.
``primary only``: connections of the first line, which ``main`` sends there as well. When that line dies its connections
are removed by their mark, fast-tracked or not. Refused beside limits, and where a poor line keeps its connections.
``remove``: the rules are disabled, and come back with a removal.
"""

from __future__ import annotations

from . import names
from .model import Branch
from .plan import Row
from .tags import owned, tag

FILTER = "/ip/firewall/filter"
ACTION = "fasttrack-connection"


def fasttrack_rows(branch: Branch, role: str) -> tuple[Row, ...]:
    """One row, for however many rules there are; nothing unless the branch says what is to be done."""
    if branch.fasttrack is None:
        return ()
    values = {"action": ACTION, **_changes(branch)[branch.fasttrack]}
    about = f"FastTrack: {branch.fasttrack}"
    return (owned(FILTER, tag(role, "fasttrack"), about, values, claims=("action",), absent="nothing"),)


def _changes(branch: Branch) -> dict[str, dict[str, str]]:
    return {
        "keep off marked connections": {"connection-mark": "no-mark"},
        "primary only": {"connection-mark": names.uplink_table(branch.by_priority[0].name)},
        "remove": {"disabled": "yes"},
    }
