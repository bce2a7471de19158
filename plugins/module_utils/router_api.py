# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the commit needs of a connection to a router, without saying how it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from .found import Found


class RouterError(Exception):
    """A sentence about what the router, or the way to it, refused. ``trap``: the router's own words, if it spoke.
    ``reason``: ``unreachable``, ``certificate`` or ``login`` where no session came about, else empty."""

    def __init__(self, words: str, *, trap: str | None = None, reason: str = "") -> None:
        super().__init__(words)
        self.trap = trap
        self.reason = reason


class RouterTrap(RouterError):
    """The router spoke: it refused a command, and the connection is as good as before."""


class Ask(NamedTuple):
    """One print. ``properties``: see :meth:`Looks.rows`."""

    menu: str
    properties: tuple[str, ...] = ()


class Looks(Protocol):
    """What can be looked at. Raises :class:`RouterError`."""

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        """All rows in router order. ``properties``: only these and what tells a row's owner; empty: all."""


class Api(Looks, Protocol):
    """One logged-in connection. Every method raises :class:`RouterError`."""

    def count(self, menu: str, where: Mapping[str, str]) -> int:
        """How many rows have exactly these values; none is printed."""

    def add(self, menu: str, values: Mapping[str, str], before: str | None = None) -> str:
        """The id of the new row. ``before``: id of the row that must follow; ``None``: the end."""

    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None:
        """Give properties of a row."""

    def unset(self, menu: str, row_id: str, name: str) -> None:
        """Take one property from a row."""

    def move(self, menu: str, row_id: str, before: str | None) -> None:
        """Put a row before another, or at the end."""

    def remove(self, menu: str, row_id: str) -> None:
        """Remove one row."""

    def run(self, command: str, values: Mapping[str, str]) -> list[dict[str, str]]:
        """Do something that is no write of a row, such as ``/ping``; what the router answers."""
