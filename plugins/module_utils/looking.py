# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Looking at a router in few round trips: what is known to be needed is asked for together.

A branch at the end of a radio link is 20 ms and more away, and one look is some forty prints. They go out in one
breath, each with a tag of its own (manual, API: several commands may run side by side). Only looks go so: writes have
an order and each is checked, while which of two tagged commands RouterOS finishes first is not documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from .found import Found
from .router_api import Ask, Looks, RouterError

#: What a router said to one question: rows, or why not.
Answer = list[Found] | RouterError


@runtime_checkable
class Pipelined(Protocol):
    """A connection that can ask several things at once."""

    def tables(self, asked: Sequence[Ask]) -> list[Answer]:
        """One answer for each, in the order of ``asked``. Raises :class:`RouterError` when the connection breaks."""


class Look:
    """Everything that was seen in one look; each question is asked once. Use it as the connection that it looks by."""

    def __init__(self, api: Looks) -> None:
        self._api = api
        self._seen: dict[Ask, Answer] = {}

    def ahead(self, asked: Iterable[Ask]) -> None:
        """Ask what will be needed, and was not asked yet. What the router refuses is said when somebody needs it."""
        new = [ask for ask in dict.fromkeys(asked) if ask not in self._seen]
        if new and isinstance(self._api, Pipelined):
            self._seen |= zip(new, self._api.tables(new), strict=True)

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        """As the connection says it. Raises :class:`RouterError`."""
        ask = Ask(menu, tuple(properties))
        if ask not in self._seen:
            self._seen[ask] = self._ask(ask)
        answer = self._seen[ask]
        if isinstance(answer, RouterError):
            raise answer
        return answer

    def _ask(self, ask: Ask) -> Answer:
        try:
            return self._api.rows(ask.menu, ask.properties)
        except RouterError as refusal:
            if refusal.trap is None:
                raise
            return refusal
