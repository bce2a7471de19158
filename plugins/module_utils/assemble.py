# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All rules of a branch in their order: from variables to the plan of the whole router."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .bandwidth import bandwidth_rows
from .branch import parse_branch
from .dhcp_alert import dhcp_alert_rows
from .failover import failover_rows
from .lan import lan_rows
from .model import Branch
from .notify import notify_rows
from .pcc import pcc_rows
from .plan import Plan, Row
from .versions import Version
from .wan import wan_rows

Rules = Callable[[Branch, Version], tuple[Row, ...]]

#: Role to its rules, in the order in which a plan lists them.
ROLES: Mapping[str, Rules] = {
    "wan": wan_rows,
    "lan": lan_rows,
    "notify": notify_rows,
    "failover": failover_rows,
    "pcc": pcc_rows,
    "bandwidth": bandwidth_rows,
    "dhcp_alert": dhcp_alert_rows,
}


def assemble(raw: Mapping[str, Any], *, name: str) -> Plan:
    """What the branch ``name`` should hold when every role is used. Raises ``BranchError`` with all mistakes."""
    branch = parse_branch(raw, name=name)
    plan = Plan(branch.name, version=str(branch.version))
    for rules in ROLES.values():
        plan = plan.with_rows(rules(branch, branch.version))
    return plan
