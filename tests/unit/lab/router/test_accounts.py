# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.router.accounts import Accounts, FirstLogin
from lab.router.devicemode import DeviceMode
from lab.router.kept import Kept
from lab.router.spec import Account
from lab.store import Store
from lab.verbs import SYSTEM, Engine, Trap

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


async def test_a_user_logs_in_from_his_addresses_only(engine: Engine, accounts: Accounts) -> None:
    await do(engine, "add", name="guest", group="read", password="welcome", address="10.0.0.0/8,192.0.2.7")
    login = accounts.door("ssh")
    assert [login("guest", "welcome", peer) is not None for peer in ("10.9.9.9", "192.0.2.7", "192.0.2.8", "")] == [
        *(True, True, False, False)
    ]


async def test_a_group_counts_from_the_next_login_on(engine: Engine, accounts: Accounts) -> None:
    await do(engine, "add", name="guest", group="read", password="welcome")
    before = accounts.door("api")("guest", "welcome", PEER)
    await engine.call("/user/group", "set", {".id": "read", "policy": "write"}, caller=SYSTEM)
    after = accounts.door("api")("guest", "welcome", PEER)
    assert before is not None
    assert after is not None
    assert (before.may("write"), after.may("write")) == (False, True)


async def test_one_s_own_password(engine: Engine, accounts: Accounts) -> None:
    FirstLogin(engine, accounts, Kept(DeviceMode())).plug()
    caller = accounts.door("api")("admin", "secret", PEER)
    assert caller is not None
    words = {"old-password": "secret", "new-password": "fresh1", "confirm-new-password": "fresh1"}
    for wrong in ({"old-password": "x"}, {"confirm-new-password": "x"}):
        with pytest.raises(Trap, match="failure"):
            await engine.call("/", "password", {**words, **wrong}, caller=caller)
    await engine.call("/", "password", words, caller=caller)
    assert accounts.door("api")("admin", "secret", PEER) is None
    assert accounts.door("api")("admin", "fresh1", PEER) is not None
    assert "fresh1" not in str([(e.args) for e in (*engine.store.journal, *engine.store.calls)])
