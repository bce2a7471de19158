# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations


class ModuleDocFragment:
    """Options of the modules that talk to a router."""

    DOCUMENTATION = r"""
options:
  host:
    description: Name or address of the router. With O(tls), its certificate must be made for it.
    type: str
    required: true
  port:
    description: Port of the API.
    type: int
    default: 8729
  user:
    description: User on the router.
    type: str
    required: true
  password:
    description: Password of the user.
    type: str
    required: true
  tls:
    description: Whether to speak TLS and check the router's certificate.
    type: bool
    default: true
  ca_file:
    description: PEM file with the certificate that signed the router's, or with the router's own. Without it, the
      system's store counts.
    type: path
  timeout_s:
    description: Seconds to wait for any single answer.
    type: float
    default: 10.0
requirements:
  - librouteros >= 4.1
"""

    PLANS = r"""
options:
  plans:
    description: Plans of this branch, as the C(*_rules) modules return them. An empty list is the plan to hold nothing.
    type: list
    elements: dict
    required: true
  owners:
    description: Only rows of these roles are compared. By default, rows of all roles.
    type: list
    elements: str
  secrets:
    description:
      - Values for the gaps that plans leave for secrets, by name. These are C(telegram_bot_token), and
        C(pppoe_password), a mapping of the name of each PPPoE line to its password.
    type: dict
    default: {}
  dead_man_s:
    description: Seconds (10 to 3600) after which the router takes a change back by itself that nobody has confirmed.
      With 0 it does not, and an undo needs a connection.
    type: int
    default: 120
  reach:
    description: Addresses of which the router must be able to ping one after a change if it could before. By default
      the anchors of the plan; an empty list checks nothing.
    type: list
    elements: str
  backup:
    description: Whether a backup is saved on the router before a change, as a last resort of the dead man. It is
      removed afterwards.
    type: bool
    default: true
  force:
    description: Names of checks of the preflight that may fail; they are then told as warnings.
    type: list
    elements: str
    default: []
  adopt:
    description: Whether the rows of a multi-WAN recipe that was made by hand are replaced by the plan.
    type: bool
    default: false
  operator:
    description: Who is named to others who want to commit meanwhile. By default user, host and process of the
      controller.
    type: str
"""
