# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of RouterOS menus over the store."""

from lab.store import Trap
from lab.verbs.caller import ALL_POLICIES, SYSTEM, Caller
from lab.verbs.engine import Engine
from lab.verbs.reply import Action, DynamicRow, Reply, VirtualMenu

__all__ = ["ALL_POLICIES", "SYSTEM", "Action", "Caller", "DynamicRow", "Engine", "Reply", "Trap", "VirtualMenu"]
