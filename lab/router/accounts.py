# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may log in, and what his group lets him do."""

from __future__ import annotations

import dataclasses
import hmac
import itertools
from collections.abc import Callable, Mapping

from lab.router.spec import Account
from lab.store import Store
from lab.verbs.caller import ALL_POLICIES, Caller


def policies_of(store: Store, group: str) -> frozenset[str]:
    """The policies of a row of ``/user/group``; a name with ``!`` is one that the group lacks."""
    for row in store.rows("/user/group"):
        if row.get("name") == group:
            words = frozenset(row.get("policy").split(","))
            return frozenset(word for word in words if not word.startswith("!")) & ALL_POLICIES
    return frozenset()


class Accounts:
    """Logins of one router. Passwords are kept here and not in the store, so that no print or export shows them."""

    def __init__(self, store: Store, users: Mapping[str, Account]) -> None:
        self._store = store
        self._users = dict(users)
        self._sessions = itertools.count(1)

    def caller(self, user: str, origin: str) -> Caller:
        account = self._users.get(user)
        return Caller(user, policies_of(self._store, account.group) if account else frozenset(), origin)

    def door(self, policy: str) -> Callable[[str, str], Caller | None]:
        """For a door: user and password to a caller, None when they do not fit or the group lacks the door's policy."""

        def authenticate(user: str, password: str) -> Caller | None:
            user = user.partition("+")[0]
            account = self._users.get(user)
            if account is None or not hmac.compare_digest(account.password.encode(), password.encode()):
                return None
            caller = self.caller(user, policy)
            return dataclasses.replace(caller, session=next(self._sessions)) if caller.may(policy) else None

        return authenticate
