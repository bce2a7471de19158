#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: verify
short_description: Compare a router with its plan
version_added: 0.1.0
description:
  - Reads and compares like M(multiwan.routeros.commit) and never writes.
  - Fails with one sentence for each row that is missing, changed by hand, in the wrong place or no longer in the plan.
  - What scripts on the router switch by themselves, such as a gate that is closed during an outage, is no difference.
  - Rows that are not the collection's own are never a difference, but for those of a hand-made recipe that
    O(adopt=true) would replace. Without it they are told in RV(notes).
extends_documentation_fragment:
  - multiwan.routeros.router
  - multiwan.routeros.router.plans
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
    support: full
    description: Shows for each menu the collection's own rows before and after. Secrets are masked.
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
- name: Fail if somebody changed the router
  multiwan.routeros.verify:
    host: 203.0.113.10
    user: multiwan
    password: "{{ multiwan_api_password }}"
    ca_file: files/branches-ca.pem
    plans:
      - "{{ wan.plan }}"
      - "{{ pcc.plan }}"
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
  returned: always, unless the router could not be read
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
  returned: always, unless the router could not be read
  type: list
  elements: str
seconds:
  description: How long it took.
  returned: always, unless the router could not be read
  type: float
  sample: 0.21
faults:
  description: One sentence for each reason why it failed.
  returned: failure
  type: list
  elements: str
"""
