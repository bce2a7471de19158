# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.router.accounts import Accounts
from lab.router.spec import Account
from lab.store import Store
from lab.verbs import SYSTEM, Engine


PEER = "127.0.0.1"


@pytest.fixture
def engine() -> Engine:
    store = Store("7.22")
    store.load([("/user", {"name": "admin", "group": "full"}), ("/user", {"name": "nobody", "group": "full"})])
    return Engine(store, clock=lambda: 0.0)


@pytest.fixture
def accounts(engine: Engine) -> Accounts:
    return Accounts(engine.store, {"admin": Account("secret")})


async def do(engine: Engine, command: str, **args: str) -> None:
    await engine.call("/user", command, {name.replace("__", "."): text for name, text in args.items()}, caller=SYSTEM)


def test_a_user_of_the_spec_logs_in_with_the_password_of_the_spec(accounts: Accounts) -> None:
    login = accounts.door("api")
    assert login("admin", "secret", PEER) is not None
    assert login("admin+ct80w24h", "secret", PEER) is not None, "what stands behind + is for the terminal"
    assert login("admin", "wrong", PEER) is None
    assert login("stranger", "secret", PEER) is None
    assert login("nobody", "", PEER) is None, "a row without any password"


async def test_a_user_added_over_the_api_logs_in_with_the_policies_of_his_group(
    engine: Engine, accounts: Accounts
) -> None:
    await do(engine, "add", name="guest", group="read", password="welcome")
    caller = accounts.door("api")("guest", "welcome", PEER)
    assert caller is not None
    assert caller.may("read")
    assert not caller.may("write")
    assert accounts.door("ftp")("guest", "welcome", PEER) is None, "the group read lacks ftp"


async def test_changes_of_a_user_count_at_once(engine: Engine, accounts: Accounts) -> None:
    login = accounts.door("api")
    await do(engine, "set", __id="admin", password="new")
    assert login("admin", "secret", PEER) is None
    assert login("admin", "new", PEER) is not None
    await do(engine, "set", __id="admin", group="read")
    caller = login("admin", "new", PEER)
    assert caller is not None
    assert not caller.may("write")
    await do(engine, "disable", __id="admin")
    assert login("admin", "new", PEER) is None
    await do(engine, "enable", __id="admin")
    await do(engine, "remove", __id="admin")
    assert login("admin", "new", PEER) is None


async def test_a_password_is_never_shown(engine: Engine) -> None:
    await do(engine, "add", name="guest", group="read", password="welcome")
    rows = (await engine.call("/user", "print", {}, caller=SYSTEM)).rows
    assert "welcome" not in str(rows)
    assert "welcome" not in engine.export()
    assert "welcome" not in str(engine.store.journal)
