# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of the user that deploys: enough for everything that the collection does, and none too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import dead_man
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import (
    CommitError,
    Request,
    ask_version,
    commit,
    inspect,
)
from ansible_collections.multiwan.routeros.plugins.module_utils.least_policies import ALL, POLICIES, REASONS
from ansible_collections.multiwan.routeros.plugins.module_utils.notify_test import send
from ansible_collections.multiwan.routeros.plugins.module_utils.protection import Waiting
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError

from lab.router.accounts import Accounts
from lab.store import Trap
from lab.verbs import Caller, Reply
from tests.unit.plugins import guarded_router
from tests.unit.plugins.branches import TOKEN, branch
from tests.unit.plugins.guarded_router import ControllerDied, GuardedRouter

VERSIONS = ("6.49", "7.22")
LONG_S = 150


class Router(GuardedRouter):
    """Its scheduler also sends what waits, and there is somebody who takes it."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.took: list[str] = []
        self.rig.engine.actions["/tool", "fetch"] = self._fetch

    async def _fetch(self, args: Mapping[str, str], caller: Caller) -> Reply:
        if not caller.may("test"):
            raise Trap("not enough permissions (9)")
        self.took.append(args["http-data"])
        return Reply()

    def tick(self) -> None:
        """The turn of the outbox."""
        (row,) = [row for row in self.rig.store.rows("/system/scheduler") if row.get("name") == "mw-outbox"]
        policies = frozenset(row.get("policy").split(","))
        self._do(
            self.rig.services.scripts.run_event(
                row.get("on-event"), user="multiwan", policies=policies, origin="scheduler:mw-outbox"
            )
        )


@contextmanager
def used_by(policies: tuple[str, ...], version: str) -> Iterator[Router]:
    """A router whose API user may just this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded_router, "_OPERATOR", Caller("multiwan", frozenset(policies), "api", 1))
        router = Router(version)
        try:
            yield router
        finally:
            router.rig.engine.stop()
            router.close()


def request(router: Router, version: str, count: int | None) -> Request:
    """A branch with so many lines; ``None``: nothing."""
    rows = (
        () if count is None else assemble({**branch(count), "multiwan_routeros_version": version}, name="jakarta").rows
    )
    secrets = {"telegram_bot_token": TOKEN}
    return Request("jakarta", rows, None, secrets, protection=router.protection())


def everything(router: Router, version: str) -> None:
    """All that the playbooks do: look, deploy, look again, send, change, break off, go back, remove."""
    with router as api:
        assert api.rows("/system/resource")
    assert ask_version(router)[0].startswith(version)
    fresh = router.export()
    assert commit(request(router, version, 2), router).changed
    assert inspect(request(router, version, 2), router).differences == ()
    _send(router)
    held = router.export()
    router.writes, router.cut_after, router.dies = 0, 25, True
    with pytest.raises(ControllerDied):
        commit(request(router, version, 3), router)
    router.cut_after = 0
    router.sleep(router.away_s + LONG_S)
    assert sorted(router.export().split("\n")) == sorted(held.split("\n"))
    assert commit(request(router, version, 3), router).changed
    assert commit(request(router, version, None), router).changed
    assert router.export() == fresh


def _send(router: Router) -> None:
    def sleep(seconds: float) -> None:
        router.sleep(seconds)
        router.tick()

    told = send(router, branch="jakarta", language="id", waiting=Waiting(60, lambda: router.rig.now, sleep))
    assert told.state == "sent", (told, router.logged()[-3:])
    assert len(router.took) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_they_are_enough_for_all_that_the_collection_does(version: str) -> None:
    with used_by(POLICIES, version) as router:
        everything(router, version)


@pytest.mark.parametrize("missing", [policy for policy in POLICIES if policy != "api"])
def test_with_one_less_something_is_refused(missing: str) -> None:
    version = "7.22"
    with (
        used_by(tuple(policy for policy in POLICIES if policy != missing), version) as router,
        pytest.raises((CommitError, RouterError), match=r"not enough permissions \(9\)"),
    ):
        everything(router, version)


def test_without_api_nobody_logs_in_by_it_and_with_it_by_nothing_else() -> None:
    router = Router("7.22")
    store = router.rig.store
    logins = Accounts(store, {})
    for policies, doors in ((POLICIES, {"api"}), (tuple(set(POLICIES) - {"api"}), set())):
        for menu in ("/user", "/user/group"):
            rows = [row.id for row in store.rows(menu) if row.get("name") in ("multiwan", "deploys")]
            store.remove(menu, rows)
        words = ",".join([*policies, *(f"!{word}" for word in ALL if word not in policies)])
        store.load([("/user/group", {"name": "deploys", "policy": _known(words, store)})])
        store.load([("/user", {"name": "multiwan", "group": "deploys", "password": "secret"})])
        ways = ("api", "ssh", "telnet", "ftp", "winbox", "web", "rest-api", "local", "romon")
        opened = {way for way in ways if _enters(logins, way)}
        assert opened - {"ftp"} == doors, policies
    router.close()


def _enters(logins: Accounts, way: str) -> bool:
    return logins.door(way)("multiwan", "secret", "127.0.0.1") is not None


def _known(words: str, store: Any) -> str:
    """Without policies that this version's groups do not name."""
    default = store.schema.get("/user/group").defaults["policy"]
    names = {word.removeprefix("!") for word in default.split(",")}
    return ",".join(word for word in words.split(",") if word.removeprefix("!") in names)


@pytest.mark.parametrize("missing", ["policy", "sensitive", "reboot", "write"])
def test_the_last_resort_of_the_dead_man_needs_them_whatever_its_rows_say(missing: str) -> None:
    """Its script asks for these policies because loading a backup does, not the other way round."""
    with (
        used_by(tuple(policy for policy in POLICIES if policy != missing), "7.22") as router,
        pytest.raises(RouterError, match=r"not enough permissions \(9\)"),
    ):
        router.run("/system/backup/load", {"name": "mw-before", "password": ""})
    assert missing in dead_man.POLICY.split(",")


def test_a_backup_that_the_dead_man_loads_is_loaded_with_them() -> None:
    with used_by(POLICIES, "7.22") as router:
        router.run("/system/backup/save", {"name": "mw-before", "dont-encrypt": "yes"})
        router.run("/system/backup/load", {"name": "mw-before", "password": ""})
        assert router.rig.reboots


def test_without_ftp_the_authority_of_old_versions_can_not_be_imported() -> None:
    """The plan of 6.49 brings Telegram's authority along as a file; its script asks for the policy of files."""
    policies = tuple(policy for policy in POLICIES if policy != "ftp")
    with used_by(policies, "6.49") as router:
        unguarded = replace(request(router, "6.49", 2), protection=None)
        with pytest.raises(CommitError, match="not enough permissions"):
            commit(unguarded, router)


def test_every_policy_has_a_reason_and_none_opens_a_console() -> None:
    assert tuple(REASONS) == POLICIES
    assert not set(POLICIES) & {"local", "telnet", "ssh", "winbox", "password", "web", "sniff", "romon", "rest-api"}
    assert set(POLICIES) <= set(ALL)
    assert all(reason.strip() for reason in REASONS.values())
    assert set(dead_man.POLICY.split(",")) <= set(POLICIES)
