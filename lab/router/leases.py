# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/dhcp-server/lease``: what dnsmasq has given out, and how the static ones fare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lab.observe.dhcp_server import DhcpServer
from lab.store import Store

MENU = "/ip/dhcp-server/lease"
Values = Mapping[str, str]


class Leases:
    """Dynamic leases as rows; ``of_static`` for those that are configured."""

    def __init__(self, server: DhcpServer, store: Store) -> None:
        self._server = server
        self._store = store

    def rows(self) -> Sequence[tuple[int, Values]]:
        return self._server.rows()

    def remove(self, ids: Sequence[int]) -> None:
        """The server forgets the lease; its client hears of it when it asks for more time."""
        self._server.forget(ids)

    def of_static(self, row_id: int) -> Values:
        """``waiting`` and ``never`` as measured by users of 7.x; a bound lease shows what the client holds."""
        row = self._store.row(MENU, row_id)
        held = self._server.of(row.get("mac-address"))
        if held is None or not row.enabled:
            return {"status": "waiting", "last-seen": "never"}
        shown = held.row(self._server.now())
        return {name: text for name, text in shown.items() if name.startswith("active-") or name in _OF_BOUND}


_OF_BOUND = ("status", "expires-after", "host-name")
