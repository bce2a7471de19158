# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the collection's scripts leave on a router beside its rows: state with a time-out, certificates, their files.

No export holds the state and it ends by itself, at the latest after four weeks; the certificates would stay for ever.
Asked for when a role's rows have gone. Own are dynamic rows of lists that the scripts keep, and what mw-trust imported,
which carries the name of its file; an authority that the administrator imported has another name and is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from . import dhcp_alert, failover, names, notify
from .diff import Found
from .router_api import Api, RouterError

LIST, CERTIFICATE, FILE = "/ip/firewall/address-list", "/certificate", "/file"
_YES = ("true", "yes")
_GONE = "no such item"
#: Role to the lists that its scripts keep.
LISTS: Mapping[str, frozenset[str]] = {
    notify.ROLE: frozenset(
        {names.OUTBOX_LIST, names.SENT_LIST, names.REFUSED_LIST, names.SENDING_LIST, names.FAILING_LIST}
    ),
    failover.ROLE: frozenset({names.STATE_LIST, names.LOCK_LIST, names.QUOTA_LIST}),
    dhcp_alert.ROLE: frozenset(
        {names.ROGUE_LIST, names.ROGUE_SEEN_LIST, names.ROGUE_LOOK_LIST, names.ROGUE_QUOTA_LIST}
    ),
}
#: ``authorities.Authority.file``, and what the router makes of it.
FILE_NAME = re.compile(r"mw-ca-[0-9a-f]{12}\.txt")
IMPORTED = re.compile(r"mw-ca-[0-9a-f]{12}\.txt_[0-9]+")


def leftovers(api: Api, roles: Collection[str] = ()) -> list[tuple[str, str]]:
    """Menu and id of what is left. ``roles``: those that the branch still has, whose things stay.

    Raises :class:`RouterError`.
    """
    lists = frozenset[str]().union(*(kept for role, kept in LISTS.items() if role not in roles))
    found = [*_ids(api, LIST, "list", lambda row: _is_state(row, lists))] if lists else []
    if notify.ROLE not in roles:
        found += _ids(api, CERTIFICATE, "name", lambda row: bool(IMPORTED.fullmatch(row.values.get("name", ""))))
        found += _ids(api, FILE, "name", lambda row: bool(FILE_NAME.fullmatch(_base(row.values.get("name", "")))))
    return found


def remove_leftovers(api: Api, roles: Collection[str] = ()) -> int:
    """Takes them away; how many there were. What went by itself meanwhile is no error.

    Raises :class:`RouterError`.
    """
    found = leftovers(api, roles)
    for menu, row_id in found:
        try:
            api.remove(menu, row_id)
        except RouterError as error:
            if _GONE not in (error.trap or ""):
                raise
    return len(found)


def _ids(api: Api, menu: str, name: str, is_ours: Callable[[Found], bool]) -> Iterator[tuple[str, str]]:
    return ((menu, row.id) for row in api.rows(menu, (name,)) if is_ours(row))


def _is_state(row: Found, lists: Collection[str]) -> bool:
    return row.values.get("dynamic") in _YES and row.values.get("list") in lists


def _base(path: str) -> str:
    """Devices with a flash disk put files into a folder of it."""
    return path.rpartition("/")[2]
