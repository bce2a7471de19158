# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from ansible_collections.multiwan.routeros.plugins.plugin_utils.rules_action import RulesAction


class ActionModule(RulesAction):
    """See the documentation of the module of the same name."""

    role = "bandwidth"
