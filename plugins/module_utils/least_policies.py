# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the user that deploys may do on a router, and why. The one place: bootstrap, docs and tests read it here."""

from __future__ import annotations

#: Policy of ``/user group`` to what would not work without it.
REASONS: dict[str, str] = {
    "api": "to log in over the API",
    "read": "to read the router before and after every change",
    "write": "to change rows",
    "test": "to ping the anchors from the router, and to write scripts that ping and fetch",
    "policy": "to write scripts and scheduler rows, and to make the backup that the dead man may load",
    "sensitive": "to read back scripts and values that RouterOS hides otherwise, and to make the backup",
    "reboot": "to write a dead man that may load the backup, which reboots the router",
    "ftp": "to write the scripts that fetch files and send messages",
}

#: In the order in which the docs show them.
POLICIES: tuple[str, ...] = tuple(REASONS)

#: What a user needs who only reads, for the report about the fleet: such a user can change nothing.
REPORT: tuple[str, ...] = ("api", "read", "sensitive")

#: Every policy that RouterOS 6.49 to 7.24 knows. ``dude`` and ``tikapp`` left with 7; a router without them is not
#: told about them.
ALL: tuple[str, ...] = (
    "local",
    "telnet",
    "ssh",
    "ftp",
    "reboot",
    "read",
    "write",
    "policy",
    "test",
    "winbox",
    "password",
    "web",
    "sniff",
    "sensitive",
    "api",
    "romon",
    "rest-api",
    "dude",
    "tikapp",
)
