#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: router_version
short_description: Ask a router which version it runs
version_added: 0.1.0
description:
  - Logs in, reads one row and leaves.
  - The C(*_rules) modules plan for a version; this is where a playbook gets it from.
  - Fails when this release does not support the version.
extends_documentation_fragment:
  - multiwan.routeros.router
  - ansible.builtin.action_common_attributes
  - ansible.builtin.action_common_attributes.conn
  - ansible.builtin.action_common_attributes.flow
attributes:
  action:
    support: full
  async:
    support: none
  become:
    support: none
  bypass_host_loop:
    support: none
  check_mode:
    support: full
    description: Never writes.
  connection:
    support: none
    description: Opens its own connection to the API of the router.
  delegation:
    support: none
    description: The router is what O(host) names, whatever the task is delegated to.
  diff_mode:
    support: none
    description: Never changes anything.
  platform:
    platforms: RouterOS
  idempotent:
    support: full
    description: Never changes anything.
seealso:
  - module: multiwan.routeros.commit
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Which version does the branch run?
  multiwan.routeros.router_version:
    host: 203.0.113.10
    user: multiwan
    password: "{{ multiwan_api_password }}"
    ca_file: files/branches-ca.pem
  register: router

- name: Plan for it
  multiwan.routeros.pcc_rules:
    uplinks: "{{ multiwan_uplinks }}"
    routeros_version: "{{ router.version }}"
"""

RETURN = r"""
said:
  description: The version as the router says it.
  returned: success
  type: str
  sample: 7.22.3 (stable)
version:
  description: The version to plan for; the newest that this release knows when the router runs a newer one.
  returned: success
  type: str
  sample: 7.22.3
faults:
  description: One sentence for each reason why it failed.
  returned: failure
  type: list
  elements: str
"""
