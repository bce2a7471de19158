#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: commit
short_description: Make a router hold its plan
version_added: 0.1.0
description:
  - Reads every menu that the collection writes once, compares, and writes what differs in make-before-break order.
  - Looks first for everything that speaks against the change, and refuses it as a whole.
  - Takes a lock, and has the router take the change back by itself unless it is confirmed within O(dead_man_s).
  - Then connects anew, reads back, has the router ping the internet, and only then confirms. What fails is taken back.
  - Finds its own rows by the owner tag at the end of their comment.
  - Rows without a tag are never changed, moved or removed.
  - A router that holds its plan gets no write.
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
    description: Reads and compares, writes nothing, and says what would be written.
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
    description: Run-time state is not drift. A change by hand of an owned row is.
seealso:
  - module: multiwan.routeros.verify
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Write what differs
  multiwan.routeros.commit:
    host: 203.0.113.10
    user: multiwan
    password: "{{ multiwan_api_password }}"
    ca_file: files/branches-ca.pem
    plans:
      - "{{ wan.plan }}"
      - "{{ pcc.plan }}"

- name: Take away everything that the collection wrote
  multiwan.routeros.commit:
    host: 203.0.113.10
    user: multiwan
    password: "{{ multiwan_api_password }}"
    plans: []
"""

RETURN = r"""
version:
  description: RouterOS version, as the router says it.
  returned: success
  type: str
  sample: 7.22.3 (stable)
writes:
  description: Number of writes for each menu that was written (in check mode, would be written).
  returned: success
  type: dict
  sample: {/ip/route: 2}
differences:
  description: One sentence for each write, with menu, owner tag and reason.
  returned: success
  type: list
  elements: str
  sample: ["/ip/route [multiwan:wan:isp1:default]: gateway is '192.168.1.9%ether1', should be '192.168.1.1%ether1'"]
seconds:
  description: How long it took.
  returned: success
  type: float
  sample: 0.21
faults:
  description: One sentence for each reason why it failed.
  returned: failure
  type: list
  elements: str
"""
