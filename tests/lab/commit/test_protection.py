# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch and those who change it: two at once, one who gives up, one who cuts himself off. All in one lab, in order.

What happens after every single write is asked by ``./dev bench chaos``.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.world import launcher, state
from lab.world.client import LabClient, LabError, Options
from lab.world.topology import Topology
from tests.bench.chaos_controller import Answer, Light, Order, Playbook
from tests.bench.chaos_judge import PROTECTION, Export, difference, parsed
from tests.bench.chaos_plan import BRANCH

pytestmark = pytest.mark.lab
ROOT = Path(__file__).parents[3]
#: Longer than a change takes on a machine that is slow and busy; a single answer is waited for a sixth of it.
DEAD_MAN_S = 20
#: For whatever the machine has to do meanwhile.
PATIENCE_S = 240.0
JAKARTA = yaml.safe_load((ROOT / "inventory" / "host_vars" / f"{BRANCH}.yml").read_text(encoding="utf-8"))
FAILOVER = {"multiwan_mode": "failover"}
#: A write of this change that is neither of the first, which make it safe, nor of the last, which end that.
MIDDLE = 8


@dataclass
class Branch:
    lab: LabClient
    inventory: str
    ca_file: str
    folder: Path

    def __post_init__(self) -> None:
        overlay = yaml.safe_load(Path(self.inventory).read_text(encoding="utf-8"))
        self.overlay: dict[str, Any] = overlay["all"]["hosts"][BRANCH]

    def order(self, more: dict[str, Any] | None, *, operator: str, dead_man_s: int) -> Order:
        """``more``: beside the variables of the inventory's branch; None for a branch without anything of ours."""
        telegram = self.overlay["multiwan_telegram"]
        arguments = {
            "host": "127.0.0.1",
            "port": self.overlay["multiwan_api_port"],
            "user": self.overlay["multiwan_api_user"],
            "password": self.overlay["multiwan_api_password"],
            "ca_file": self.ca_file,
            "secrets": {"telegram_bot_token": self.overlay["lab_telegram_token"]},
            "dead_man_s": dead_man_s,
            "operator": operator,
        }
        return Order("commit", None if more is None else {**JAKARTA, "multiwan_telegram": telegram, **more}, arguments)

    def begun(self, more: dict[str, Any] | None, operator: str = "Ani@pusat", dead_man_s: int = 120) -> Light:
        return Light(self.order(more, operator=operator, dead_man_s=dead_man_s))

    async def commit(self, more: dict[str, Any] | None, operator: str = "Ani@pusat", dead_man_s: int = 120) -> Answer:
        return await self.begun(more, operator, dead_man_s).ended()

    async def export(self) -> Export:
        return parsed(await self.lab.export())

    async def left(self) -> list[str]:
        """What a commit has for itself."""
        menus = (("/system/scheduler", "name"), ("/system/script", "name"), ("/ip/firewall/address-list", "list"))
        found = []
        for menu, name in menus:
            rows = (await self.lab.router_call(menu, "print"))["rows"]
            found += [row[name] for row in rows if PROTECTION.search(row[name])]
        return found

    async def at_rest(self) -> bool:
        return await self.left() == []

    async def held(self) -> None:
        assert (await self.lab.held(PATIENCE_S))["reached"]


async def until(look: Callable[[], Awaitable[bool]], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            if await look():
                return
        except LabError as error:
            what = f"{what} ({error})"
        assert time.monotonic() < end, what
        await asyncio.sleep(0.25)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        pytest.skip(str(error))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state, "BASE", tmp_path_factory.mktemp("labs"))
        lab = LabClient("protection")
        paths = asyncio.run(lab.up(Options(Topology(clients=4, branch=BRANCH), 0, 0, manage_from="lan")))
        try:
            yield Branch(lab, paths["inventory"], paths["ca_file"], tmp_path_factory.mktemp("play"))
        finally:
            asyncio.run(lab.down())


@pytest.fixture
async def branch(running: Branch) -> AsyncIterator[Branch]:
    """With its two lines; a test may leave it as it likes."""
    await running.lab.manage_from("lan")
    answer = await running.commit({})
    assert not answer.error, answer.error
    yield running
    await running.lab.release_api()


async def test_of_two_operators_one_wins_and_the_other_is_told_who_it_is(branch: Branch) -> None:
    await branch.lab.hold_api(MIDDLE)
    first = branch.begun(FAILOVER, "Ani@pusat")
    await branch.held()
    first.signal(signal.SIGSTOP)  # in the middle of her change, however slow the machine is
    await branch.lab.release_api()
    before = len(await branch.lab.journal())
    second = await branch.commit(None, "Budi@gudang")
    assert "another commit is under way: Ani@pusat since 20" in second.error
    assert "UTC" in second.error
    journal = (await branch.lab.journal())[before:]
    wrote = [entry for entry in journal if str(entry["origin"]).startswith("api") and not entry["error"]]
    assert wrote == [], "who is refused writes nothing"
    first.signal(signal.SIGCONT)
    won = await first.ended()
    assert (won.changed, won.error) == (True, "")
    assert await branch.at_rest()


async def test_who_comes_after_a_dead_operator_is_told_and_goes_on_when_the_branch_is_back(branch: Branch) -> None:
    before = await branch.export()
    await branch.lab.hold_api(MIDDLE)
    first = branch.begun(FAILOVER, "Ani@pusat", DEAD_MAN_S)
    await branch.held()
    await first.kill()
    await branch.lab.release_api()
    assert (await first.ended()).killed
    refused = await branch.commit(FAILOVER, "Budi@gudang", DEAD_MAN_S)
    if refused.error:  # on a slow machine the router may be back already
        assert "Ani@pusat since 20" in refused.error
        await until(branch.at_rest, "the router takes the change back")
        assert difference(before, await branch.export()) == []
        again = await branch.commit(FAILOVER, "Budi@gudang", DEAD_MAN_S)
        assert (again.changed, again.error) == (True, "")


async def test_a_lock_that_nobody_gives_back_ends(branch: Branch) -> None:
    await branch.lab.hold_api(1)
    first = branch.begun(FAILOVER)
    await branch.held()
    await first.kill()
    await branch.lab.release_api()
    (lock,) = [
        row
        for row in (await branch.lab.router_call("/ip/firewall/address-list", "print"))["rows"]
        if row["list"] == "mw-commit"
    ]
    assert "Ani@pusat since 20" in lock["comment"]
    assert lock["timeout"], "it runs out"
    await branch.lab.router_call("/ip/firewall/address-list", "set", {"numbers": lock[".id"], "timeout": "2s"})
    await until(branch.at_rest, "the lock ends")
    again = await branch.commit(FAILOVER, "Budi@gudang")
    assert (again.changed, again.error) == (True, "")


async def test_the_dead_man_does_not_come_after_success(branch: Branch) -> None:
    answer = await branch.commit(FAILOVER, dead_man_s=DEAD_MAN_S)
    assert (answer.changed, answer.error) == (True, "")
    held = await branch.export()
    await asyncio.sleep(DEAD_MAN_S + 3)
    assert difference(held, await branch.export()) == []
    assert await branch.at_rest()


async def test_after_ctrl_c_the_branch_is_back_by_itself(branch: Branch) -> None:
    before = await branch.export()
    await branch.lab.hold_api(MIDDLE)
    extra = {**FAILOVER, "multiwan_dead_man_s": DEAD_MAN_S}
    played = await Playbook.start("site", branch.inventory, extra, branch.folder)
    await branch.held()
    assert difference(before, await branch.export()) != []
    played.interrupt()
    await branch.lab.release_api()
    assert (await asyncio.wait_for(played.ended(), PATIENCE_S)) != Answer(), "it does not end well"
    await until(branch.at_rest, "the router takes the change back")
    assert difference(before, await branch.export()) == []


async def test_who_cuts_himself_off_by_force_finds_the_branch_as_it_was(branch: Branch) -> None:
    """The controller comes by the first line, and takes the lines away."""
    before = await branch.export()
    await branch.lab.manage_from("isp1")
    refused = await branch.commit(None, dead_man_s=DEAD_MAN_S)
    assert "multiwan_force: [management-path]" in refused.error
    assert difference(before, await branch.export()) == []
    order = branch.order(None, operator="Ani@pusat", dead_man_s=DEAD_MAN_S)
    forced = await Light(Order("commit", None, {**order.arguments, "force": ["management-path"]})).ended()
    assert "has taken the change back: it holds what it held before" in forced.error, "told over the way that was cut"
    await until(branch.at_rest, "the router takes the change back")
    assert difference(before, await branch.export()) == []
    again = await branch.commit({})
    assert (again.changed, again.error) == (False, ""), "reachable, and as planned"
