#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_report
short_description: Make the report of a fleet as a page, as data and for Prometheus
version_added: 0.1.0
description:
  - Takes what M(multiwan.routeros.branch_state) read of each branch in the same run, and writes three files.
  - C(report.html) is one page that needs no network. It has what needs attention first, a map, and a table of all
    branches that can be searched, filtered and sorted; a click on a branch shows its details. It can be switched
    between Bahasa Indonesia and English and between light and dark, works on a phone, and prints.
  - C(report.json) holds the same for programs, C(multiwan.prom) for the textfile collector of Prometheus'
    node exporter.
  - Branches that could not be read are in the report, with the reason.
  - Needs no connection. One task for all branches, with C(run_once).
options:
  folder:
    description: Where the files go. It is made when it is missing; files of an earlier report are replaced.
    type: path
    default: reports
  title:
    description: What stands at the top of the page. By default it says in the reader's language what it is.
    type: str
    default: ''
  language:
    description: The language in which the page opens, until its reader chooses the other one.
    type: str
    choices: [id, en]
    default: id
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
    description: Use C(run_once).
  check_mode:
    support: full
    description: No file is written.
  connection:
    support: none
    description: Works on the controller.
  delegation:
    support: none
    description: Writes on the controller, whatever the task is delegated to.
  diff_mode:
    support: none
  platform:
    platforms: posix
  idempotent:
    support: none
    description:
      - The files hold the time at which they were made. The task never says that it changed something, since no router
        is changed.
notes:
  - The outline of the coasts is Natural Earth's, which is in the public domain.
seealso:
  - module: multiwan.routeros.branch_state
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Report how the fleet is
  hosts: all
  gather_facts: false
  tasks:
    - name: Read the branch
      multiwan.routeros.branch_state:

    - name: Make the report
      multiwan.routeros.fleet_report:
        folder: ./reports
        title: Toko Sumber Rejeki
        language: id
      run_once: true
"""

RETURN = r"""
page:
  description: The page.
  returned: success
  type: str
  sample: reports/report.html
data:
  description: The data.
  returned: success
  type: str
  sample: reports/report.json
prometheus:
  description: The file for Prometheus.
  returned: success
  type: str
  sample: reports/multiwan.prom
branches:
  description: How many branches are in the report.
  returned: success
  type: int
  sample: 50
attention:
  description: Names of the branches that need attention.
  returned: success
  type: list
  elements: str
  sample: [kupang, semarang]
"""
