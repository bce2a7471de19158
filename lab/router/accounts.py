# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in, and what his group lets him do."""

from __future__ import annotations

import dataclasses
import hmac
import itertools
from collections.abc import Callable, Mapping

from lab.router.kept import Kept
from lab.router.listening import within
from lab.router.spec import Account
from lab.schema.snapshot import ConfigRow
from lab.store import Store, Trap
from lab.verbs import Engine, Reply
from lab.verbs.caller import ALL_POLICIES, Caller


def policies_of(store: Store, group: str) -> frozenset[str]:
    """The policies of a row of ``/user/group``; a name with ``!`` is one that the group lacks."""
    for row in store.rows("/user/group"):
        if row.get("name") == group:
            words = frozenset(row.get("policy").split(","))
            return frozenset(word for word in words if not word.startswith("!")) & ALL_POLICIES
    return frozenset()


class Accounts:
    """Logins of one router: the rows of ``/user``. A row without a password has the one of the router's spec."""

    def __init__(self, store: Store, users: Mapping[str, Account]) -> None:
        self._store = store
        self._users = dict(users)
        self._sessions = itertools.count(1)

    def caller(self, user: str, origin: str) -> Caller:
        row = self._row(user)
        return Caller(user, policies_of(self._store, row.get("group")) if row else frozenset(), origin)

    def group_of(self, user: str) -> str:
        """Empty for a user who is not there any more."""
        row = self._row(user)
        return row.get("group") if row else ""

    def door(self, policy: str) -> Callable[[str, str, str], Caller | None]:
        """For a door: user, password and the peer's address to a caller.

        None when they do not fit, the row's ``address=`` is another, or the group lacks the door's policy.
        """

        def authenticate(user: str, password: str, peer: str) -> Caller | None:
            user = user.partition("+")[0]
            row = self._row(user)
            if row is not None and row.get("address") and not within(peer, row.get("address").split(",")):
                return None
            if not self.knows(user, password):
                return None
            caller = self.caller(user, policy)
            return dataclasses.replace(caller, session=next(self._sessions)) if caller.may(policy) else None

        return authenticate

    def knows(self, user: str, password: str) -> bool:
        """Whether this is the password of a user."""
        row = self._row(user)
        known = self._password(user, row) if row else None
        return known is not None and hmac.compare_digest(known.encode(), password.encode())

    def _row(self, user: str) -> ConfigRow | None:
        rows = self._store.rows("/user")
        return next((row for row in rows if row.get("name") == user and row.enabled), None)

    def _password(self, user: str, row: ConfigRow) -> str | None:
        """None: nobody has set one, and then nobody logs in by it."""
        given = self._users.get(user)
        return row.values.get("password", given.password if given else None)


class FirstLogin:
    """What a terminal is asked before its first prompt (a Welcome of lab/doors/console/welcome.py)."""

    def __init__(self, engine: Engine, accounts: Accounts, kept: Kept) -> None:
        self._engine = engine
        self._accounts = accounts
        self._kept = kept

    def licence_unread(self) -> bool:
        return self._kept.licence_unread

    def licence_read(self) -> None:
        self._kept.licence_unread = False

    def password_missing(self, caller: Caller) -> bool:
        return self._accounts.knows(caller.user, "")

    def plug(self) -> None:
        self._engine.actions["/", "password"] = self._password

    async def _password(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """``/password``: one's own (command tree 7.22.3). The words of its refusals are unsure."""
        if set(args) - {"old-password", "new-password", "confirm-new-password"}:
            raise Trap("unknown parameter")
        old, new = args.get("old-password", ""), args.get("new-password", "")
        if not self._accounts.knows(caller.user, old):
            raise Trap("failure: wrong old password")
        if new != args.get("confirm-new-password", ""):
            raise Trap("failure: new passwords do not match")
        await self.set_password(caller, new)
        return Reply()

    async def set_password(self, caller: Caller, password: str) -> None:
        """His own, whatever his group may do."""
        args = {".id": caller.user, "password": password}
        own = dataclasses.replace(caller, policies=caller.policies | {"read", "write", "policy"})
        await self._engine.call("/user", "set", args, caller=own)
