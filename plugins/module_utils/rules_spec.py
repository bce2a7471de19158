# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Arguments that every ``*_rules`` module takes, as data."""

from __future__ import annotations

from typing import Any

#: Argument to fleet variable. ``raw``, because every mistake is to be found at once and with its path: Ansible's own
#: checks stop at the first one, and would turn a text into a list before anyone could see that it was none.
VARIABLES = {
    "uplinks": "multiwan_uplinks",
    "segments": "multiwan_segments",
    "bridge": "multiwan_bridge",
    "mode": "multiwan_mode",
    "classifier": "multiwan_classifier",
    "bypass": "multiwan_bypass",
    "pins": "multiwan_pins",
    "address_lists": "multiwan_address_lists",
    "public_addresses": "multiwan_public_addresses",
    "forwards": "multiwan_forwards",
    "telegram": "multiwan_telegram",
    "fast_failover": "multiwan_fast_failover",
    "probe": "multiwan_probe",
    "gate_network": "multiwan_gate_network",
    "fasttrack": "multiwan_fasttrack",
    "routeros_version": "multiwan_routeros_version",
}

ARGUMENTS: dict[str, dict[str, Any]] = {
    **{name: {"type": "raw"} for name in VARIABLES},
    "telegram": {"type": "raw", "no_log": True},
    "name": {"type": "str"},
    "plan": {"type": "dict"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
