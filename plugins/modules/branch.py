#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: branch
short_description: Make a branch what its variables say
version_added: 0.1.0
description:
  - Does for one branch what the roles do together, in one call, for fleets whose playbook would spend its time on
    tasks.
  - Reads the fleet variables of the host, C(multiwan_*), and fails with all their mistakes at once.
  - Asks the router for its version unless O(ignore:multiwan_routeros_version) says it, computes the plan, and commits
    it like M(multiwan.routeros.commit), over one connection (a change is read back over a second one).
  - A variable of a role, such as C(pcc_mode) or C(commit_port), wins over the fleet variable.
options:
  owners:
    description: Only rows of these roles are compared and written. By default, rows of all roles.
    type: list
    elements: str
  verify:
    description: Only compare, never write, and fail if the router differs from its plan.
    type: bool
    default: false
requirements:
  - librouteros >= 4.1
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
    description: Reads and compares, writes nothing, and says what would be written.
  connection:
    support: none
    description: Opens its own connection to the API of the router.
  delegation:
    support: none
    description: The router is what the variables of the host name, whatever the task is delegated to.
  diff_mode:
    support: full
    description: Shows for each menu the collection's own rows before and after. Secrets are masked.
  platform:
    platforms: RouterOS
  idempotent:
    support: full
    description: Run-time state is not drift. A change by hand of an owned row is.
seealso:
  - module: multiwan.routeros.commit
  - module: multiwan.routeros.verify
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Make the branch what its file says
  multiwan.routeros.branch:

- name: Write the rows of one role only
  multiwan.routeros.branch:
    owners: [pcc]

- name: Fail if somebody changed the router
  multiwan.routeros.branch:
    verify: true
"""

RETURN = r"""
version:
  description: RouterOS version, as the router says it.
  returned: always, unless the router could not be read
  type: str
  sample: 7.22.3 (stable)
writes:
  description: Number of writes for each menu that differs.
  returned: always, unless the router could not be read
  type: dict
  sample: {/ip/route: 2}
differences:
  description: One sentence for each write, with menu, owner tag and reason.
  returned: always, unless the router could not be read
  type: list
  elements: str
  sample: ["/ip/route [multiwan:wan:isp1:default]: gateway is '192.168.1.9%ether1', should be '192.168.1.1%ether1'"]
drift:
  description: Each row that differs, in the order missing, changed, moved, extra, recipe.
  returned: with O(verify=true), unless the router could not be read
  type: list
  elements: dict
  contains:
    kind:
      description:
        - V(missing), V(changed) (by hand, or the plan is another one since), V(moved) (out of order), V(extra) (no
          longer in the plan), or V(recipe) (hand-made, to be replaced).
      type: str
      sample: changed
    menu:
      description: The menu of the row.
      type: str
      sample: /ip/route
    tag:
      description: The owner tag of the row.
      type: str
      sample: multiwan:wan:isp1:default
    words:
      description: What the row is for and what differs. Secrets are masked, long scripts are not shown.
      type: str
      sample: "Modem 1: its connections leave here: gateway is '192.168.1.9%ether1', should be '192.168.1.1%ether1'"
notes:
  description: What else an operator should know; shown as warnings, too.
  returned: with O(verify=true), unless the router could not be read
  type: list
  elements: str
uplinks:
  description: Name of each line to whether it lives, as the router saw it before the change; V(null) where it can't
    tell.
  returned: always, unless the router could not be read
  type: dict
  sample: {isp1: true, isp2: false}
seconds:
  description: How long it took.
  returned: always
  type: float
  sample: 0.21
faults:
  description: One sentence for each reason why it failed.
  returned: failure
  type: list
  elements: str
reason:
  description:
    - Why it failed, in a word. V(variables), V(unreachable), V(certificate), V(login), V(refused) (nothing was
      written), V(broke_off) (the connection broke, or a change was taken back), V(drift), or
      V(other).
  returned: failure
  type: str
  sample: login
problems:
  description: The mistakes in the variables.
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
