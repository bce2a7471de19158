# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# The work is done by the action plugin of the same name.
from __future__ import annotations

DOCUMENTATION = r"""
module: bandwidth_rules
short_description: Plan what each segment may use of the internet
version_added: 0.1.0
description:
  - Adds simple queues to the plan of a branch, and the script that makes them follow the lines that live.
  - Limits, guaranteed shares and priorities of segments; fair shares, limits and bursts of their clients.
  - Traffic between segments and to O(bypass) is not counted, unless a segment says C(internet_only=false).
author:
  - the multiwan.routeros authors (@multiwan)
extends_documentation_fragment:
  - multiwan.routeros.rules
"""

EXAMPLES = r"""
- name: Add the rows of the role bandwidth to the plan
  multiwan.routeros.bandwidth_rules:
    uplinks: "{{ multiwan_uplinks }}"
    segments: "{{ multiwan_segments }}"
    mode: "{{ multiwan_mode }}"
    plan: "{{ __multiwan_plan | default(omit) }}"
  register: __bandwidth_plan
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
