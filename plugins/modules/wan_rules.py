# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done by the action plugin of the same name.
from __future__ import annotations

DOCUMENTATION = r"""
module: wan_rules
short_description: Plan what each uplink needs to carry traffic
version_added: 0.1.0
description:
  - Adds tables, interface list, addresses, DHCP clients, PPPoE sessions, APNs, VLANs, routes and source NAT of every
    uplink to the plan of a branch.
  - Lines by DHCP get the script C(mw-lease), by which the router lets their routes follow the lease.
  - Writes nothing. The commit makes the router hold the plan.
author:
  - the multiwan.routeros authors (@multiwan)
extends_documentation_fragment:
  - multiwan.routeros.rules
"""

EXAMPLES = r"""
- name: Add the rows of the role wan to the plan
  multiwan.routeros.wan_rules:
    uplinks: "{{ multiwan_uplinks }}"
    segments: "{{ multiwan_segments }}"
    telegram: "{{ multiwan_telegram | default(omit) }}"
    plan: "{{ __multiwan_plan | default(omit) }}"
  register: __wan_plan
"""

RETURN = r"""
plan:
  description:
    - The plan with the rows of this role.
    - Each row has C(menu), C(tag) and C(values); the order within a menu is the order on the router.
  returned: success
  type: dict
  sample:
    format: 1
    branch: jakarta
    rows:
      - menu: /interface/list
        tag: multiwan:wan:list
        values: {name: mw-wan, comment: "Uplinks [multiwan:wan:list]"}
problems:
  description: Every mistake in the variables, each with host, path, what was seen and what is allowed.
  returned: failure
  type: list
  elements: dict
  sample:
    - host: jakarta
      path: multiwan_uplinks[1].gateway
      seen: '"192.168.9.1"'
      allowed: an address inside 192.168.2.0/24
"""
