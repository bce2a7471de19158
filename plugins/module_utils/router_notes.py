# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a router has that keeps a plan from doing its work although every row can be written. Only looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from . import device_mode, failover, foreign_rows, notify
from .diff import Found
from .plan import Row
from .router_api import Api
from .tags import tag
from .versions import BUILTIN_CA, NEWEST, Version

CERTIFICATES = "/certificate"
SETTINGS = "/certificate/settings"
_FAST = tag(failover.ROLE, failover.FAST)
_SENDER = tag(notify.ROLE, notify.TELEGRAM)
#: The script that gives the router an authority.
_GIVEN = tag(notify.ROLE, notify.TRUST)
#: Words of ``builtin-trust-store`` (7.21 on) that include fetch; ``trusted`` is the one of 7.19 and 7.20.
_TRUSTS = frozenset({"trusted", "all", "default", "fetch"})


def notes(api: Api, version: Version, rows: Sequence[Row], router: Mapping[str, Sequence[Found]]) -> tuple[str, ...]:
    """One sentence each. ``router``: the menus that were read already. Raises :class:`router_api.RouterError`.

    An empty plan needs nothing of a router, so nothing is said about it.
    """
    if not rows:
        return ()
    filters = api.rows(foreign_rows.FILTER, foreign_rows.FILTER_PROPERTIES)
    resolvers = [row.values for row in api.rows("/ip/dns", ("servers",))]
    found = [
        *foreign_rows.notes(rows, {**router, foreign_rows.FILTER: filters}),
        *foreign_rows.resolvers(rows, resolvers),
    ]
    if version > NEWEST:
        found.append(
            f"RouterOS {version} is newer than {NEWEST.major}.{NEWEST.minor}, the last that this release was compared"
            " with"
        )
    tags = {row.tag for row in rows}
    found += _device_mode(api, version, tags)
    if _SENDER in tags and _GIVEN not in tags and not _trusts_anyone(api, version):
        found.append(_untrusting(version))
    return tuple(found)


def _device_mode(api: Api, version: Version, tags: Set[str]) -> Iterator[str]:
    if not tags & {_SENDER, _FAST}:
        return
    forbidden = device_mode.forbidden(api, version)
    cure = (
        "/system/device-mode/update {0}=yes allows it, confirmed within five minutes by its button or by cutting its"
        " power; then run this again"
    )
    if device_mode.SCHEDULER in forbidden and _FAST in tags:
        yield (
            "device-mode forbids the scheduler: the fast failover stays off, so that a dead uplink is noticed by"
            " RouterOS' own checks only, after 10 to 30 s, its connections are not cleaned up, and nothing is told. "
            + cure.format("scheduler")
        )
    elif device_mode.SCHEDULER in forbidden:
        yield "device-mode forbids the scheduler: no message will be sent. " + cure.format("scheduler")
    if "fetch" in forbidden and _SENDER in tags:
        yield "device-mode forbids fetch: no message will be sent. " + cure.format("fetch")


def _trusts_anyone(api: Api, version: Version) -> bool:
    """Whether some authority could vouch for the server of the messages. Which one it needs is not known here.

    A certificate with a private key is the router's own, made for its services.
    """
    if BUILTIN_CA.on(version):
        settings = [row.values for row in api.rows(SETTINGS)]
        stores = [row.get("builtin-trust-store", row.get("builtin-trust-anchors")) for row in settings]
        if any(store is None or store == "" or _TRUSTS & set(store.split(",")) for store in stores) or not stores:
            return True
    own = ("true", "yes")
    certificates = [row.values for row in api.rows(CERTIFICATES, ("trusted", "private-key"))]
    return any(row.get("trusted") in own and row.get("private-key") not in own for row in certificates)


def _untrusting(version: Version) -> str:
    if BUILTIN_CA.on(version):
        cure = "let fetch use the built-in authorities (/certificate/settings), or import the one that signed it"
    else:
        cure = "import the one that signed it (/certificate/import); RouterOS brings its own only from 7.19 on"
    return (
        "no Telegram message will be sent: the router trusts no authority that could vouch for the server, and nothing"
        f" is sent unchecked. Before you rely on messages, {cure}"
    )
