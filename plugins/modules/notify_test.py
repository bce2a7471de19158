#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: notify_test
short_description: Send a test message through a router
version_added: 0.1.0
description:
  - Puts a test message into the router's outbox, where every other message waits, too, and looks what becomes of it.
  - The router's own scheduler sends it, with the bot and to the chat that the router was given before. So a message
    that arrives shows that scheduler, name resolution, a line, the check of the certificate, token and chat all work.
  - Fails when the message was not sent. One that still waits stays in the outbox and is sent when that works again.
options:
  language:
    description: Language of the message.
    type: str
    choices: [id, en]
    default: id
  wait_s:
    description: How many seconds to wait for the message to leave.
    type: float
    default: 60
extends_documentation_fragment:
  - multiwan.routeros.router
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
    description: Sends nothing.
  connection:
    support: none
    description: Opens its own connection to the API of the router.
  delegation:
    support: none
    description: The router is what O(host) names, whatever the task is delegated to.
  diff_mode:
    support: none
    description: Changes no configuration.
  platform:
    platforms: RouterOS
  idempotent:
    support: none
    description: Every run sends a message.
seealso:
  - module: multiwan.routeros.notify_rules
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Does the chat hear of this branch?
  multiwan.routeros.notify_test:
    host: 203.0.113.10
    user: multiwan
    password: "{{ multiwan_api_password }}"
    ca_file: files/branches-ca.pem
    language: en
"""

RETURN = r"""
state:
  description: V(sent), V(refused) by the server, V(waiting) in the outbox, or V(removed) from it by somebody.
  returned: when the router could be asked
  type: str
  sample: sent
reason:
  description: Why it was not sent, in words; empty when it was.
  returned: when the router could be asked
  type: str
  sample: "Telegram answered 401: the token is wrong"
seconds:
  description: How long it took.
  returned: when the router could be asked
  type: float
  sample: 7.2
faults:
  description: One sentence for each reason why the router could not be asked.
  returned: failure
  type: list
  elements: str
"""
