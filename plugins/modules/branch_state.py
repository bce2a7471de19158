#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: branch_state
short_description: Read how a branch is now, for the report about the fleet
version_added: 0.1.0
description:
  - Reads one branch over one connection - whether its lines live, what they carry, what happened, foreign DHCP servers,
    drift, and certificates. Nothing is ever written on a router.
  - What it finds is kept for M(multiwan.routeros.fleet_report), which makes the report of all branches of the run.
  - A branch that cannot be reached or logged in to is no failure. It is in the report, with the reason, and a warning
    says so.
  - Mistakes in the variables of the branch are a failure, and in the report, too.
  - Reads the fleet variables of the host, C(multiwan_*), as M(multiwan.routeros.branch) does.
options:
  unreadable:
    description:
      - Name to reason of branches whose variables Ansible itself cannot read, as M(multiwan.routeros.fleet_start) tells
        them. They are kept as such, and no router is asked.
    type: dict
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
    description: Reads as it does without. It never writes.
  connection:
    support: none
    description: Opens its own connection to the API of the router.
  delegation:
    support: none
    description: The router is what the variables of the host name, whatever the task is delegated to.
  diff_mode:
    support: none
  platform:
    platforms: RouterOS
  idempotent:
    support: full
    description: Only looks.
seealso:
  - module: multiwan.routeros.fleet_report
  - module: multiwan.routeros.branch
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Read the branch
  multiwan.routeros.branch_state:
  register: __branch

- name: Say which lines are dead
  ansible.builtin.debug:
    msg: "{{ __branch.state.uplinks | selectattr('alive', 'false') | map(attribute='label') }}"
"""

RETURN = r"""
state:
  description: How the branch is. One entry of C(branches) in C(report.json).
  returned: always, unless O(unreadable) is given
  type: dict
  contains:
    name:
      description: Name of the host.
      type: str
    label:
      description: What people call the branch, C(multiwan_label); the name without one.
      type: str
    groups:
      description: Groups of the inventory that it is in.
      type: list
      elements: str
    place:
      description: C(latitude) and C(longitude) in degrees, from C(multiwan_place); V(null) without one.
      type: dict
    ok:
      description: Whether the router was read.
      type: bool
    error:
      description: Why not.
      type: str
    reason:
      description: The same in a word - V(unreachable), V(certificate), V(login), V(refused), V(broke_off), V(variables)
        or V(other). Empty for a branch that was read.
      type: str
    version:
      description: RouterOS version.
      type: str
      sample: 7.22.3
    board:
      description: The model of the router.
      type: str
    uptime_s:
      description: Seconds since the router booted.
      type: int
    read_at:
      description: When it was read.
      type: str
      sample: '2026-11-22T07:00:00Z'
    uplinks:
      description: >-
        Each line with C(name), C(label), C(type), C(metered), C(alive), C(in_use), C(since), C(address),
        C(connections), C(connections_share), C(download_bytes), C(upload_bytes), C(bytes_share), C(download_bps),
        C(upload_bps), C(download_limit_bps), C(upload_limit_bps). V(null) stands for what is not known.
      type: list
      elements: dict
    events:
      description: The newest twenty of what happened, newest first, with C(time), C(kind) (V(dead), V(alive), V(rogue)
        or V(other)), C(uplink) and C(text).
      type: list
      elements: dict
    rogues:
      description: Foreign DHCP servers that the router sees, with C(segment), C(interface), C(mac), C(address) and
        C(time).
      type: list
      elements: dict
    compared:
      description: Whether router and plan could be compared.
      type: bool
    drift:
      description: Rows that differ from the plan, with C(menu), C(tag) and C(words).
      type: list
      elements: dict
    certificates:
      description: The router's own certificates and the authorities that it trusts, with C(name), C(until) and C(days).
      type: list
      elements: dict
    notes:
      description: What else an operator should know, such as figures that the router did not tell.
      type: list
      elements: str
seconds:
  description: How long it took.
  returned: always, unless O(unreadable) is given
  type: float
  sample: 1.2
problems:
  description: The mistakes in the variables, as of M(multiwan.routeros.branch).
  returned: failure
  type: list
  elements: dict
"""
