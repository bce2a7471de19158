# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of the roles' parameters, to tell a misspelled one from a real one. A test compares them with the roles.

Ansible refuses unknown keys inside a parameter, but a misspelled parameter is just another variable to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from .fields import did_you_mean
from .problems import Problem

ROLE_PARAMETERS: dict[str, frozenset[str]] = {
    "wan": frozenset({"wan_uplinks", "wan_gate_network", "wan_routeros_version"}),
    "lan": frozenset({"lan_uplinks", "lan_segments", "lan_bridge", "lan_bypass", "lan_routeros_version"}),
    "failover": frozenset(
        {
            "failover_uplinks",
            "failover_fast_failover",
            "failover_probe",
            "failover_telegram",
            "failover_gate_network",
            "failover_routeros_version",
        }
    ),
    "pcc": frozenset(
        {
            "pcc_uplinks",
            "pcc_segments",
            "pcc_bridge",
            "pcc_mode",
            "pcc_classifier",
            "pcc_bypass",
            "pcc_pins",
            "pcc_address_lists",
            "pcc_public_addresses",
            "pcc_forwards",
            "pcc_fasttrack",
            "pcc_gate_network",
            "pcc_routeros_version",
        }
    ),
    "bandwidth": frozenset(
        {
            "bandwidth_uplinks",
            "bandwidth_segments",
            "bandwidth_bridge",
            "bandwidth_mode",
            "bandwidth_bypass",
            "bandwidth_routeros_version",
        }
    ),
    "notify": frozenset({"notify_uplinks", "notify_telegram", "notify_routeros_version"}),
    "dhcp_alert": frozenset(
        {
            "dhcp_alert_uplinks",
            "dhcp_alert_segments",
            "dhcp_alert_bridge",
            "dhcp_alert_telegram",
            "dhcp_alert_routeros_version",
        }
    ),
    "drill": frozenset({"drill_uplinks", "drill_seconds", "drill_targets", "drill_language", "drill_reports"}),
    "bootstrap": frozenset(
        {
            "bootstrap_host",
            "bootstrap_port",
            "bootstrap_user",
            "bootstrap_password",
            "bootstrap_private_key_file",
            "bootstrap_host_key",
            "bootstrap_known_hosts",
            "bootstrap_accept_host_key",
            "bootstrap_api_host",
            "bootstrap_api_port",
            "bootstrap_api_user",
            "bootstrap_api_password",
            "bootstrap_api_tls",
            "bootstrap_api_ca_file",
            "bootstrap_management",
            "bootstrap_close_services",
            "bootstrap_ca_folder",
            "bootstrap_ca_passphrase",
            "bootstrap_certificate_days",
            "bootstrap_timeout_s",
        }
    ),
    "commit": frozenset(
        {
            "commit_host",
            "commit_port",
            "commit_user",
            "commit_password",
            "commit_tls",
            "commit_ca_file",
            "commit_timeout_s",
            "commit_plans",
            "commit_owners",
            "commit_secrets",
            "commit_dead_man_s",
            "commit_reach",
            "commit_force",
            "commit_adopt",
            "commit_operator",
            "commit_backup",
        }
    ),
}


def unknown_parameters(names: Iterable[str]) -> list[Problem]:
    """A problem for each name that begins like a role and is none of its parameters, in alphabetical order."""
    problems = []
    for name in sorted(names):
        for role, known in ROLE_PARAMETERS.items():
            if name.startswith(f"{role}_") and name not in known:
                allowed = f"{did_you_mean(name, known)} (variables that begin with {role}_ belong to the role {role})"
                problems.append(Problem(name, "an unknown variable", allowed))
    return problems
