# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/history`` and ``/undo``: what was written, newest first, and the way back."""

from __future__ import annotations

import time
from collections.abc import Sequence

from lab.store import Store, Trap
from lab.verbs.caller import Caller
from lab.verbs.reply import Reply, Values


class HistoryMenu:
    """Rows of ``/system/history`` (lab.verbs.VirtualMenu)."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def rows(self) -> Sequence[tuple[int, Values]]:
        return [
            (
                number,
                {
                    "action": record.action,
                    "by": record.user,
                    "policy": record.policy,
                    "time": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(record.time)),
                    "undoable": "true",
                },
            )
            for number, record in reversed(list(enumerate(self.store.history, 1)))
        ]

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("no such command", 0)


async def undo(store: Store, args: Values, caller: Caller) -> Reply:
    """``/undo``: take the newest write back."""
    if not caller.may("write"):
        raise Trap("not enough permissions (9)")
    store.undo_last()
    return Reply()
