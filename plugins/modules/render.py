#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: render
short_description: Write a plan as files for RouterOS' import
version_added: 0.1.0
description:
  - Writes C(<branch>.rsc), which on C(/import) gives a router the rows that M(multiwan.routeros.commit) would, and
    C(<branch>-remove.rsc), which takes away what the collection wrote and nothing else.
  - Needs no connection. The files are for the version that the plan was made for, or a newer one of the same series.
  - Rows are found by their tags, so a file can be imported again. It stops with words at the first error.
  - There is no dead man. A file can't take itself back when it cuts you off.
options:
  plans:
    description: Plans as the C(*_rules) modules return them, in the order of the roles.
    type: list
    elements: dict
    required: true
  folder:
    description: Where the files go. It is made when it is missing.
    type: path
    default: rendered
  secrets:
    description: Texts for the gaps that plans leave for secrets. Used with O(include_secrets=true) only.
    type: dict
    default: {}
  include_secrets:
    description:
      - Whether secrets are written into C(<branch>.rsc), which then is readable for its owner only.
      - Without it the file has a line for each secret that a person fills in, and refuses to begin before that.
    type: bool
    default: false
  name:
    description: Name of the branch and of the files. The inventory name of the host by default.
    type: str
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
  connection:
    support: none
    description: Works on the controller.
  delegation:
    support: none
    description: Writes on the controller, whatever the task is delegated to.
  diff_mode:
    support: none
    description: The files may hold secrets.
  platform:
    platforms: posix
  idempotent:
    support: full
    description: The same plan gives the same files, which are written only when they differ.
seealso:
  - module: multiwan.routeros.commit
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Write what would be committed
  multiwan.routeros.render:
    plans: ["{{ __wan_result.plan }}", "{{ __pcc_result.plan }}"]
    folder: ./rendered
"""

RETURN = r"""
install:
  description: The file that makes.
  returned: success
  type: str
  sample: rendered/jakarta.rsc
remove:
  description: The file that takes away.
  returned: success
  type: str
  sample: rendered/jakarta-remove.rsc
"""
