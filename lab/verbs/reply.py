# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verb gives back, and what other rooms may plug in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lab.verbs.caller import Caller

Values = Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """Rows in API form, ``.id`` included; ``ret`` as the API puts it into ``!done``; ``printed``: at a console only."""

    rows: tuple[Values, ...] = ()
    ret: str | None = None
    printed: str = ""


#: A command that a service registers: ``await action(args, caller)``.
Action = Callable[[Values, Caller], Awaitable[Reply]]


class VirtualMenu(Protocol):
    """A menu whose rows live elsewhere: connections, log lines, certificates.

    One with an attribute ``finds_itself`` that is true is asked to remove ids without a look at its rows before; it
    may stop at the first that it does not know, with those before it removed.
    """

    def rows(self) -> Sequence[tuple[int, Values]]: ...

    def remove(self, ids: Sequence[int]) -> None:
        """Raises Trap("no such item") when an id is unknown; then nothing was removed."""
        ...


class DynamicRow(Protocol):
    """A row that the router made itself. ``key`` is stable, so that its id is too."""

    @property
    def menu(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def values(self) -> Values: ...
