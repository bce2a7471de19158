# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is logged in by which door: the rows of ``/user/active``, and what the log says of logins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lab.verbs import Caller, Trap

Log = Callable[[str, str], None]


@dataclass(frozen=True)
class Login:
    """``via``: ``api`` (API-SSL says so, too [home-assistant/core issue 178516, RouterOS 7.23.2]) or ``ssh``."""

    caller: Caller
    peer: str
    via: str
    when: str
    end: Callable[[], None]


def _nowhere(topics: str, message: str) -> None:
    """For doors that have no router around them."""


class Sessions:
    """``moment``: the router's date and time now; ``group_of``: the group of a user, empty when there is none."""

    def __init__(
        self,
        log: Log = _nowhere,
        *,
        moment: Callable[[], str] = str,
        group_of: Callable[[str], str] = lambda user: "",
    ) -> None:
        self._log = log
        self._moment = moment
        self._group_of = group_of
        self._logins: dict[int, Login] = {}
        self._next = 1

    # -- for doors

    def began(self, caller: Caller, peer: str, via: str, end: Callable[[], None]) -> int:
        """Somebody logged in; returns a number for ``ended``. ``end`` throws him out."""
        number, self._next = self._next, self._next + 1
        self._logins[number] = Login(caller, peer, via, self._moment(), end)
        # words and topics of API logins: luqasz/librouteros issue 38; of SSH: facts 7.8
        self._log("system,info,account", f"user {caller.user} logged in from {peer} via {via}")
        return number

    def ended(self, number: int) -> None:
        login = self._logins.pop(number, None)
        if login is not None:
            self._log("system,info,account", f"user {login.caller.user} logged out from {login.peer} via {login.via}")

    def refused(self, user: str, peer: str, via: str) -> None:
        self._log("system,error,critical", f"login failure for user {user} from {peer} via {via}")

    # -- /user/active

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return [(number, self._row(login)) for number, login in self._logins.items()]

    def _row(self, login: Login) -> Mapping[str, str]:
        return {
            "when": login.when,
            "name": login.caller.user,
            "address": login.peer,
            "via": login.via,
            "group": self._group_of(login.caller.user),
            "radius": "false",
        }

    def remove(self, ids: Sequence[int]) -> None:
        """Throws them out (the command exists from 7.20 on; that it ends the session is unsure)."""
        for number in ids:
            if number not in self._logins:
                raise Trap("no such item", 0)
            self._logins[number].end()
