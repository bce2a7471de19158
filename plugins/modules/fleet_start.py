#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_start
short_description: Look at a fleet before anything is written
version_added: 0.1.0
description:
  - Reads in what waves the branches of a run have their turn, and refuses what are no waves.
  - Reads the variables of every branch of the play once. Ansible ends the whole run in the middle when it comes to a
    branch whose file has a mistake in its YAML. So such branches are found here, named, and kept out of the next play.
  - Begins what M(multiwan.routeros.fleet_summary) ends. Meant for one host, with C(run_once).
options:
  waves:
    description:
      - How many branches have their turn at a time. A list of numbers and shares such as V([1, 10%, 100%]), one of them
        alone, or the list as a text with commas. The last is repeated until every branch had its turn.
      - By default one branch (or as many as there are O(canaries)), then a tenth of all, then the rest.
    type: raw
  canaries:
    description:
      - Branches, or groups of the inventory, that go first. By default the first branch of the inventory.
      - Those that do not take part in the run are passed over. A name that the inventory does not know is a warning.
    type: list
    elements: str
    default: []
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
    description: Changes nothing.
  connection:
    support: none
    description: Works on the controller.
  delegation:
    support: none
    description: Works on the controller, whatever the task is delegated to.
  diff_mode:
    support: none
  platform:
    platforms: posix
  idempotent:
    support: full
    description: Changes nothing.
seealso:
  - module: multiwan.routeros.fleet_summary
  - module: multiwan.routeros.branch
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Read the waves, and whether every branch can be read
  multiwan.routeros.fleet_start:
    waves: [2, 25%, 100%]
    canaries: [bandung, west]
  run_once: true
  register: __site_start
"""

RETURN = r"""
waves:
  description: The waves, for C(serial) of the next play.
  returned: success
  type: list
  elements: raw
  sample: [1, 10%, 100%]
hosts:
  description: Who takes part and who goes first, for C(hosts) of the next play.
  returned: success
  type: list
  elements: str
  sample: [bandung, all, "!medan"]
unreadable:
  description: Branches whose variables can't be read, with the reason.
  returned: success
  type: dict
  sample: {medan: "YAML parsing failed: Tabs are usually invalid in YAML."}
"""
