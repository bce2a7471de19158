#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: the work is done by the action plugin of the same name, inside the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bootstrap
short_description: Open API-SSL on a router that only SSH reaches, and prove it
version_added: 0.1.0
description:
  - Comes in by SSH, to a router as it left the factory or was set up by hand. The host key must be pinned or accepted
    before anything is sent.
  - Brings a certificate that the fleet's own authority signed, makes a user with the least policies, opens API-SSL to
    the management networks, and accepts it before the first row of the input chain that drops.
  - Then logs in by the new way, with the certificate checked, and only after that closes what was asked. The way by
    which it came in stays open. When the new way does not work, nothing is closed and C(api-ssl) is set back.
  - All mistakes in the arguments are reported at once, before anything is sent.
options:
  host:
    description: Name or address of the router's SSH.
    type: str
    required: true
  port:
    description: Port of the router's SSH.
    type: int
    default: 22
  user:
    description: A user of the router with all rights.
    type: str
    required: true
  password:
    description: Password of O(user), or passphrase of O(private_key_file). Many routers leave the factory with an empty
      one.
    type: str
    default: ''
  private_key_file:
    description: Private key to log in with instead of the password.
    type: path
  host_key:
    description: The router's host key, C(SHA256:…) or C(ssh-rsa AAAA…). Without it, O(known_hosts) counts.
    type: str
  known_hosts:
    description: File of host keys, in the form of OpenSSH. Made when a key is accepted.
    type: path
    required: true
  accept_host_key:
    description: A fingerprint that may be recorded when the host is not in O(known_hosts); V(first) accepts any. A key
      that has changed is never accepted.
    type: str
  api_host:
    description: Name or address by which the API will be reached.
    type: str
    required: true
  api_port:
    description: Port by which the API will be reached. The port on the router is left as it is.
    type: int
    default: 8729
  api_user:
    description: User that is made, or taken over. Never O(user).
    type: str
  api_password:
    description: The password that it gets, 8 characters or more.
    type: str
  api_tls:
    description: Whether the fleet uses TLS. Anything but V(true) is a mistake.
    type: bool
    default: true
  api_ca_file:
    description: PEM file to check the router's certificate with. By default, the authority's own certificate.
    type: path
  management:
    description: List of networks that may reach the API, or V(any). Required.
    type: raw
  close_services:
    description: List of services to close once the new way is proven, out of C(api), C(ftp), C(telnet), C(www),
      C(www-ssl), C(winbox).
    type: raw
  ca_folder:
    description: Folder of the fleet's authority, C(ca.pem) and C(ca.key). Made when it is missing.
    type: path
    required: true
  ca_passphrase:
    description: Encrypts the authority's key. Without it the key is a plain file with mode 0600.
    type: str
  certificate_days:
    description: How long a router's certificate lasts, 60 to 3650. It is renewed in its last 30 days.
    type: int
    default: 730
  timeout_s:
    description: Seconds to wait for any single answer.
    type: float
    default: 30.0
requirements:
  - librouteros >= 4.1
  - paramiko >= 4, < 5 (later ones refuse the SHA-1-only host keys of old RouterOS 6)
  - cryptography
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
    description: Reads over SSH and says what would be done. Writes nothing, on the router or here.
  connection:
    support: none
    description: Opens its own connections to the SSH and the API of the router.
  delegation:
    support: none
    description: The router is what O(host) names, whatever the task is delegated to.
  diff_mode:
    support: full
    description: One line for each change. Secrets are not shown.
  platform:
    platforms: RouterOS
  idempotent:
    support: full
    description: A router that has everything gets no write.
seealso:
  - module: multiwan.routeros.commit
author: [the multiwan.routeros authors (@multiwan)]
"""

EXAMPLES = r"""
- name: Open API-SSL and prove it
  multiwan.routeros.bootstrap:
    host: 203.0.113.10
    user: admin
    password: "{{ router_admin_password }}"
    known_hosts: files/known_hosts
    api_host: 203.0.113.10
    api_user: multiwan
    api_password: "{{ multiwan_api_password }}"
    management: [10.0.0.0/8]
    close_services: [api, telnet, ftp, www]
    ca_folder: files/fleet-ca
    ca_passphrase: "{{ multiwan_ca_passphrase }}"
"""

RETURN = r"""
changes:
  description: One sentence for each change; in check mode, for each that would be made.
  returned: success
  type: list
  elements: str
certificate:
  description: Name of the router's certificate on the router. It ends with the certificate's last day.
  returned: success
  type: str
  sample: mw-api-636846e245db-20281120
proven:
  description: Whether the API was used by the new way. In check mode only when there is nothing to do for it.
  returned: success
  type: bool
version:
  description: The version as the router says it.
  returned: success
  type: str
  sample: 7.22.3 (stable)
problems:
  description: Mistakes in the arguments.
  returned: failure
  type: list
  elements: dict
  contains:
    host:
      description: Name of the host.
      type: str
    path:
      description: The variable.
      type: str
      sample: multiwan_management[1]
    seen:
      description: What was seen there. Secrets are never shown.
      type: str
    allowed:
      description: What is allowed instead.
      type: str
faults:
  description: One sentence for each reason why it failed.
  returned: failure
  type: list
  elements: str
"""
