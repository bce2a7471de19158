# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Connections over a line whose address goes: they keep the source address that they got, which no other line carries.

Who goes on talking stays silent for as long as the router remembers the connection (the lab, ``./dev bench chaos``).
Forgotten, it begins anew over a line that is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import dialect, names
from .diff import Operation
from .quoting import quote
from .router_api import Api, RouterTrap
from .versions import Version

CONNECTIONS = "/ip/firewall/connection"
_ADDRESS = "/ip/address"
#: Ids of one command.
_MANY = 100


def marks(operations: Sequence[Operation], verb: str) -> tuple[str, ...]:
    """Connection marks of the lines whose addresses these operations ``add`` or ``remove``."""
    found = [
        names.uplink_table(item.tag.split(":")[2])
        for item in operations
        if item.menu == _ADDRESS and item.verb == verb and item.tag.startswith("multiwan:wan:")
    ]
    return tuple(dict.fromkeys(found))


def forgotten(mark: str, version: Version) -> str:
    """The command of a script."""
    path = "/ip firewall connection"
    body = dialect.tried(f"{path} remove $mwOne", version)
    return f":foreach mwOne in=[{path} find where connection-mark={quote(mark)}] do={{\n{dialect.indented(body, 2)}\n}}"


def forget(api: Api, gone: Sequence[str]) -> None:
    """The same over a connection. Some end by themselves meanwhile. Raises :class:`router_api.RouterError`."""
    if not gone:
        return
    rows = api.rows(CONNECTIONS, ("connection-mark",))
    ids = [row.id for row in rows if row.values.get("connection-mark") in gone]
    for start in range(0, len(ids), _MANY):
        _remove(api, ids[start : start + _MANY])


def _remove(api: Api, ids: Sequence[str]) -> None:
    try:
        api.remove(CONNECTIONS, ",".join(ids))
    except RouterTrap:
        if len(ids) > 1:  # one of them has ended, so none was removed
            for one in ids:
                _remove(api, [one])
