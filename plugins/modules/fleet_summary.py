#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_summary
short_description: Sum up a wave of branches, and the run after the last
version_added: 0.1.0
description:
  - Collects what M(multiwan.routeros.branch) did at each branch of the wave, and shows it as a table.
  - After the last wave, or when the run has to stop, the table is of the whole run.
  - The same goes to a JSON file after every wave, and into the stats of the run, which AWX shows as artifacts.
  - Tells to stop when a branch of the first wave failed, and when no branch of a later one came through.
  - Meant for one host, with C(run_once), in the C(always) part of a block.
options:
  file:
    description:
      - Where the JSON goes. Beside it, with the ending C(.retry), go the names of the branches that failed or were not
        begun, one a line, for C(--limit @FILE). That file is removed when nothing is left.
      - In check mode C(-check) is added to the name. Without this option no file is written.
    type: path
  canary:
    description: Whether the first wave is there to find out, so that one failure in it stops the run.
    type: bool
    default: true
  title:
    description: What the run was for, in the JSON.
    type: str
    default: ""
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
    description: Says what would change. The JSON is written beside the one of real runs.
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
    description: Tells what others did.
seealso:
  - module: multiwan.routeros.fleet_start
  - module: multiwan.routeros.branch
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Roll out
  block:
    - name: Make the branch what its file says
      multiwan.routeros.branch:
  always:
    - name: Sum up
      multiwan.routeros.fleet_summary:
        file: ./reports/rollout.json
      run_once: true
      register: __site_summary

    - name: Begin no other wave when this one tells not to
      ansible.builtin.meta: end_play
      when: __site_summary.stop
"""

RETURN = r"""
stop:
  description: Whether no other wave should begin.
  returned: always
  type: bool
stopped:
  description: Why not.
  returned: always
  type: str
  sample: jakarta of the first wave failed, so the others were not begun
over:
  description: Whether this was the last wave.
  returned: always
  type: bool
counts:
  description: Branches of the run so far.
  returned: always
  type: dict
  sample: {branches: 50, done: 46, changed: 46, failed: 4, left: 0}
again:
  description: Branches that failed or were not begun.
  returned: always
  type: list
  elements: str
file:
  description: Where the JSON is.
  returned: when it was written
  type: str
  sample: reports/rollout.json
"""
