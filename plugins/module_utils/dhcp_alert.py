# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``dhcp_alert``: RouterOS looks for foreign DHCP servers, a script tells the chat."""

from __future__ import annotations

from . import names, scripts
from .model import Branch, Segment
from .plan import Row
from .tags import ascii_label, owned, tag
from .versions import Version

ROLE = "dhcp_alert"
ALERT_TIMEOUT = "1h"
_POLICY = "read,write"


def dhcp_alert_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """One alert per segment and the scripts behind it. Without ``multiwan_telegram`` the alert is only logged."""
    if not branch.segments:
        return ()
    language = branch.telegram.language if branch.telegram else "en"
    alert = scripts.dhcp_alert(branch.name, language, tells=branch.telegram is not None)
    script = {"name": names.SCRIPT_DHCP_ALERT, "source": alert, "policy": _POLICY}
    return (
        owned("/system/script", tag(ROLE, "alert"), "Rogue DHCP server: what to say", script),
        *(_alert(segment) for segment in branch.segments),
    )


def _alert(segment: Segment) -> Row:
    """The router's own server is always valid: the manual does not promise that RouterOS leaves it out by itself."""
    own = {"$router": f"/interface/{segment.interface}/mac-address"}
    values = {
        "interface": segment.interface,
        "valid-server": [own, *segment.valid_servers],
        "alert-timeout": ALERT_TIMEOUT,
        "on-alert": scripts.dhcp_alert_event(segment.interface, segment.label),
        "disabled": "no",
    }
    about = f"{ascii_label(segment.label)}: rogue DHCP servers"
    return owned("/ip/dhcp-server/alert", tag(ROLE, segment.name), about, values)
