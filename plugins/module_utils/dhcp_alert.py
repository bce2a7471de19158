# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``dhcp_alert``: RouterOS looks for foreign DHCP servers, a script tells the chat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import names, scripts
from .model import Branch, Segment, Telegram
from .plan import Row
from .secret_values import TELEGRAM_BOT_TOKEN, with_secrets
from .tags import ascii_label, owned, tag
from .versions import BUILTIN_CA, Version

ROLE = "dhcp_alert"
#: The part of the row that opens a TLS connection and checks it.
TELEGRAM = "telegram"
ALERT_TIMEOUT = "1h"
OUTBOX_INTERVAL = "1m"
#: The rights that the manual's own fetch examples have; no file is written, so no ``ftp``.
_POLICY = "read,test,write"


def dhcp_alert_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """One alert per segment and the scripts behind it. Without ``multiwan_telegram`` the alert is only logged."""
    if not branch.segments:
        return ()
    language = branch.telegram.language if branch.telegram else "en"
    alert = scripts.dhcp_alert(branch.name, language, tells=branch.telegram is not None)
    return (
        *(_telegram(branch.telegram, version) if branch.telegram else ()),
        _script(names.SCRIPT_DHCP_ALERT, "alert", "Rogue DHCP server: what to say", alert),
        *(_alert(segment) for segment in branch.segments),
    )


def _telegram(settings: Telegram, version: Version) -> Iterator[Row]:
    sender = with_secrets(scripts.telegram(settings, version), TELEGRAM_BOT_TOKEN)
    about = "Telegram: one message; the only place of token and chat"
    if not BUILTIN_CA.on(version):
        about += "; needs the imported CA of its server"
    yield _script(names.SCRIPT_TELEGRAM, TELEGRAM, about, sender)
    notify = scripts.notify(settings.language, version)
    yield _script(names.SCRIPT_NOTIFY, "notify", "Telegram: now or into the outbox", notify)
    yield _script(names.SCRIPT_OUTBOX, "outbox", "Telegram: what waits in the outbox", scripts.outbox(version))
    values = {
        "name": names.SCRIPT_OUTBOX,
        "interval": OUTBOX_INTERVAL,
        "on-event": scripts.outbox_event(),
        "policy": _POLICY,
        "disabled": "no",
    }
    yield owned("/system/scheduler", tag(ROLE, "outbox"), "Telegram: empties the outbox", values)


def _script(name: str, part: str, about: str, source: Any) -> Row:
    """Events parse the source and run it with rights of their own; only the scheduler runs a script, with equal rights.
    So none needs ``dont-require-permissions``, which would open the scripts to callers with fewer rights."""
    values = {"name": name, "source": source, "policy": _POLICY}
    return owned("/system/script", tag(ROLE, part), about, values)


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
