#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: preflight_input
short_description: Report every mistake in the variables of a branch
version_added: 0.1.0
description:
  - Reads the fleet variables of the host, C(multiwan_*), and fails with all their mistakes at once.
  - Each mistake comes with its path, what was seen and what is allowed.
  - Also refuses unknown variables that begin with C(multiwan_) or with the name of a role, which Ansible would ignore.
  - Opens no connection.
options:
  connection:
    description: Whether the router will be talked to, so that user and password must be there.
    type: bool
    default: true
extends_documentation_fragment:
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
    description: Never changes anything.
  connection:
    support: none
    description: Runs in the controller.
  delegation:
    support: none
    description: Runs in the controller.
  diff_mode:
    support: none
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
- name: Read the variables and report all mistakes at once
  multiwan.routeros.preflight_input:
"""

RETURN = r"""
problems:
  description: The mistakes.
  returned: failure
  type: list
  elements: dict
  contains:
    host:
      description: Name of the host.
      type: str
    path:
      description: Where.
      type: str
      sample: multiwan_uplinks[1].gateway
    seen:
      description: What was seen there. Secrets are never shown.
      type: str
    allowed:
      description: What is allowed instead.
      type: str
"""
