# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rows of the role ``notify``: the outbox that other roles put messages into, and the one script that sends them."""

from __future__ import annotations

from typing import Any

from . import message_scripts, names
from .authorities import GO_DADDY_G2, Authority
from .model import DEFAULT_API_URL, Branch, Telegram
from .plan import Row
from .scripts import periodic, run_script
from .secret_values import TELEGRAM_BOT_TOKEN, with_secrets
from .tags import owned, tag
from .versions import TRUSTED_CA, Version

ROLE = "notify"
#: The part of the row that gives the router an authority.
TRUST = "trust"
#: The part of the row that opens a TLS connection and checks it.
TELEGRAM = "telegram"
OUTBOX_INTERVAL = "10s"
#: What a script may that only reads and writes rows. Netwatch's scripts may that, too.
_QUEUES = "read,write"
#: The rights that the manual's own fetch examples have.
_SENDS = "read,test,write"
#: Besides: the files that certificates are imported from.
_IMPORTS = "ftp,read,test,write"


def notify_rows(branch: Branch, version: Version) -> tuple[Row, ...]:
    """Nothing without ``multiwan_telegram``."""
    settings = branch.telegram
    if settings is None:
        return ()
    trusted = authorities(settings, version)
    policy = _IMPORTS if trusted else _SENDS
    sender = with_secrets(message_scripts.telegram(settings, version), TELEGRAM_BOT_TOKEN)
    notify = message_scripts.notify(settings.language, version)
    outbox = message_scripts.outbox(version, trusts=bool(trusted))
    about = "Telegram: one message; the only place of token and chat"
    if not trusted and not TRUSTED_CA.on(version):
        about += "; needs the imported CA of its server"
    rows = [
        _script(names.SCRIPT_TELEGRAM, TELEGRAM, about, sender, _SENDS),
        _script(names.SCRIPT_NOTIFY, "notify", "Messages: into the outbox", notify, _QUEUES),
        _script(names.SCRIPT_OUTBOX, "outbox", "Messages: sends what waits in the outbox", outbox, policy),
    ]
    if trusted:
        trust = message_scripts.trust(trusted, version)
        rows.append(_script(names.SCRIPT_TRUST, TRUST, "Telegram: the CA of its server", trust, policy))
    values = periodic(names.SCRIPT_OUTBOX, OUTBOX_INTERVAL, policy, run_script(names.SCRIPT_OUTBOX))
    return (*rows, owned("/system/scheduler", tag(ROLE, "outbox"), "Messages: empties the outbox", values))


def authorities(settings: Telegram, version: Version) -> tuple[Authority, ...]:
    """What the router is given to trust: what the branch says, else Telegram's own where nothing vouches for it."""
    if settings.authorities or TRUSTED_CA.on(version) or settings.api_url != DEFAULT_API_URL:
        return settings.authorities
    return GO_DADDY_G2


def _script(name: str, part: str, about: str, source: Any, policy: str) -> Row:
    """Events parse the source and run it with rights of their own; only the scheduler runs a script, with equal rights.
    So none needs ``dont-require-permissions``, which would open the scripts to callers with fewer rights."""
    return owned("/system/script", tag(ROLE, part), about, {"name": name, "source": source, "policy": policy})
