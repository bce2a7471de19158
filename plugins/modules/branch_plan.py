#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: branch_plan
short_description: Compute what a branch should hold
version_added: 0.1.0
description:
  - Reads the fleet variables of the host, C(multiwan_*), and fails with all their mistakes at once.
  - Computes the rows of all roles. A variable of a role, such as C(pcc_mode), wins over the fleet variable.
  - Writes nothing, neither on the router nor anywhere else.
options:
  connection:
    description: Whether the router is asked for its version if O(ignore:multiwan_routeros_version) does not say it.
      Without that, such a plan is made for RouterOS 7.22.
    type: bool
    default: false
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
    description: Opens its own connection to the API of the router, if any.
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
- name: Compute the plan
  multiwan.routeros.branch_plan:
  register: branch

- name: Print it
  ansible.builtin.debug:
    msg: "{{ branch.plan.rows }}"
"""

RETURN = r"""
plan:
  description: What the branch should hold, as M(multiwan.routeros.commit) takes it. Secrets are gaps.
  returned: success
  type: dict
  contains:
    format:
      description: Version of this form.
      type: int
      sample: 1
    branch:
      description: Name of the branch.
      type: str
    version:
      description: RouterOS version that the rows are made for.
      type: str
      sample: "7.22"
    rows:
      description: The rows, in the order of the roles; within one menu in the order that they have on the router.
      type: list
      elements: dict
problems:
  description: The mistakes.
  returned: failure because of the variables
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
