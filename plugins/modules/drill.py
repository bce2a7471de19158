#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: drill
short_description: Rehearse the failure of each uplink
version_added: 0.1.0
description:
  - Takes one uplink after the other out as an ISP dies behind its modem, measures from the router what clients would
    notice, and puts it back.
  - An uplink is taken out by a row of C(/ip/firewall/raw) that drops what comes in by it, but for what the modem sends.
    Several times a second the router pings an address by the way that a new connection which begins with this uplink
    takes, and its gates are read.
  - A line is never left out. While it is out, a dead man stands on the router that the controller has to renew every
    few seconds; when it does not, because it was killed or cut off, the router puts the line back by itself within 22
    seconds, after a reboot at once. A commit and a rehearsal keep each other out.
  - Nothing is taken out when the router differs from its plan, when an uplink is dead or the only one that lives, or
    when the controller's own connection comes by it.
  - Fails when an uplink did not fail over, or was not used again. The others are not rehearsed then.
  - The chat is told when it begins and how it ended, so that the messages about lost lines in between frighten nobody.
options:
  uplinks:
    description: Names of the uplinks to rehearse, in the order of their priorities. By default all.
    type: list
    elements: str
    default: []
  seconds:
    description: Seconds (5 to 600) that each uplink stays out. By default until another has carried for five seconds,
      at most 20 more than the limit.
    type: int
  targets:
    description: Addresses of which the first that answers is pinged. Anchors of the branch can't be used.
    type: list
    elements: str
    default: [8.8.8.8, 1.1.1.1, 9.9.9.9, 208.67.220.220]
  labels:
    description: Name of an uplink to what people call it.
    type: dict
    default: {}
  language:
    description: Language of the messages and of RV(page).
    type: str
    choices: [id, en]
    default: id
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
    description: Looks for every reason not to begin and says what would be done; writes nothing.
  connection:
    support: none
    description: Opens its own connection to the API of the router.
  delegation:
    support: none
    description: The router is what O(host) names, whatever the task is delegated to.
  diff_mode:
    support: none
    description: Leaves no change behind.
  platform:
    platforms: RouterOS
  idempotent:
    support: none
    description: Every run takes the uplinks out.
seealso:
  - module: multiwan.routeros.verify
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Rehearse before the show
  multiwan.routeros.drill:
    host: 203.0.113.10
    user: multiwan
    password: "{{ multiwan_api_password }}"
    ca_file: files/branches-ca.pem
    plans: ["{{ wan.plan }}", "{{ failover.plan }}", "{{ pcc.plan }}"]
    uplinks: [isp2]
"""

RETURN = r"""
ok:
  description: Whether every uplink that was asked for failed over and is used again.
  returned: when it was rehearsed
  type: bool
uplinks:
  description: What was measured of each uplink. Times are seconds.
  returned: when it was rehearsed
  type: list
  elements: dict
  contains:
    uplink:
      description: Its name.
      type: str
    failed_over:
      description: Whether pings were answered again by another uplink while it was out.
      type: bool
    noticed_s:
      description: Until the router used it no more.
      type: float
      sample: 2.1
    without_internet_s:
      description: Until pings were answered again, and went on to be.
      type: float
      sample: 2.3
    limit_s:
      description: How long that may take with the probes of this uplink.
      type: float
      sample: 3.4
    pings:
      description: Pings while it was out.
      type: int
    pings_lost:
      description: Of these, how many were not answered.
      type: int
    used_again_s:
      description: Until new connections used it again, from when it worked again.
      type: float
      sample: 21.4
left_out:
  description: Uplinks that were not rehearsed any more after one that failed.
  returned: when it was rehearsed
  type: list
  elements: str
report:
  description: All of it with every sample, as it is written to the JSON report.
  returned: when it was rehearsed
  type: dict
page:
  description: Words, figures and drawings of the report, for a template.
  returned: when it was rehearsed
  type: dict
would:
  description: What would be done, a sentence for each uplink.
  returned: in check mode
  type: list
  elements: str
faults:
  description: One sentence for each reason why it failed.
  returned: failure
  type: list
  elements: str
"""
