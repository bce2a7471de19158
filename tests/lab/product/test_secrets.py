# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens and passwords in nothing that a run writes, here or on the router, at -vvvv. Tests follow each other."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.world import state
from lab.world.client import LabClient, Options
from lab.world.topology import Topology
from tests.lab.product.conftest import Branch
from tests.lab.product.leaks import ROOT, Ended, Watch, forms

pytestmark = pytest.mark.lab

#: Of everything that the encodings treat differently.
PASSWORD = 'päss "w0rd" $x \\9 ?&=+/%<é\''
PASSPHRASE = 'correct "horse" $battery ?/+ ü'
WRONG = 'guess "what" $y \\8 ?&=+/%ö'
OTHER_TOKEN = "987654321:ZZZ-an-older-token_0123456789abcdefg"
#: Rows whose source has to hold the token: RouterOS has no other place for it, and does not count scripts as sensitive.
HOLDERS = ("name=mw-telegram", "name=mw-keep-")


@dataclass
class Place:
    branch: Branch
    watch: Watch
    said: dict[str, Any]

    def play(
        self, playbook: str | Path, *words: str, kill: Callable[[], bool] | None = None, **variables: Any
    ) -> Ended:
        path = ROOT / "playbooks" / f"{playbook}.yml" if isinstance(playbook, str) else playbook
        ended = self.watch.play(path, *words, variables={**self.said, **variables}, kill=kill)
        assert ended.leaks == ()
        return ended

    def on_the_router(self) -> list[str]:
        """Lines of its export, log, history and tables in which a secret stands where it need not."""
        found = [line for line in self.branch.export().splitlines() if self.watch.seen_in(line.encode())]
        found = [line for line in found if not any(f" {holder}" in line for holder in HOLDERS)]
        menus = ("/log", "/file", "/user", "/user/group", "/user/active", "/ip/service", "/certificate")
        menus += ("/system/script/environment", "/system/script/job", "/system/scheduler", "/ip/firewall/address-list")
        rows = itertools.chain.from_iterable(self.branch.call(menu) for menu in menus)
        return [*found, *(str(row) for row in rows if self.watch.seen_in("\n".join(row.values()).encode()))]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A router that only SSH reaches, and an operator with a home of his own."""
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("labs")
        patch.setattr(state, "BASE", base)
        patch.setenv("MULTIWAN_LAB_DIR", str(base))
        lab = LabClient("secrets")
        try:
            paths = asyncio.run(lab.up(Options(Topology(clients=4, factory="hand-configured"), 0, 0)))
            branch = Branch(lab, tmp_path_factory.mktemp("secrets"), paths)
            fleet = tmp_path_factory.mktemp("fleet")  # the operator's own files: authority, host keys
            secrets = {
                "the SSH password": str(branch.overlay["ansible_password"]),
                "the API password": PASSWORD,
                "a wrong password": WRONG,
                "the passphrase": PASSPHRASE,
                "the token": str(branch.overlay["lab_telegram_token"]),
                "the token's secret half": str(branch.overlay["lab_telegram_token"]).split(":")[1],
                "another token": OTHER_TOKEN,
                "a private key": "PRIVATE KEY-----",
            }
            assert all(len(secret) >= 8 for secret in secrets.values())
            watch = Watch(
                secrets, tmp_path_factory.mktemp("home"), Path(paths["inventory"]), tmp_path_factory.mktemp("run")
            )
            said = {
                "multiwan_management": ["127.0.0.0/8"],
                "multiwan_close_services": ["telnet", "ftp"],
                "multiwan_ca_folder": str(fleet / "fleet-ca"),
                "multiwan_ca_passphrase": PASSPHRASE,
                "multiwan_ssh_known_hosts": str(fleet / "known_hosts"),
                "multiwan_ssh_accept_host_key": "first",
                "multiwan_api_password": PASSWORD,
                "multiwan_dead_man_s": 300,
            }
            yield Place(branch, watch, said)
        finally:
            asyncio.run(lab.down())


def test_the_judge_sees_a_secret_in_any_encoding(place: Place, tmp_path: Path) -> None:
    """Plays that leak on purpose: a test of secrets that can't fail proves nothing."""
    shown = {
        "as it is": "{{ multiwan_api_password }}",
        "base64": "{{ multiwan_api_password | b64encode }}",
        "in a URL": "{{ multiwan_api_password | urlencode }}",
        "as JSON": "{{ {'x': multiwan_api_password} | to_json }}",
    }
    tasks = [{"ansible.builtin.debug": {"msg": f"{name} {text}"}} for name, text in shown.items()]
    playbook = tmp_path / "leaks.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    ended = place.watch.play(playbook, variables=place.said)
    assert ended.code == 0
    assert "the output shows the API password" in ended.leaks
    assert any(leak.startswith("the file ansible.log holds") for leak in ended.leaks)
    for line in ended.output.splitlines():
        for name in shown:
            if line.strip().startswith(("msg:", '"msg"')) and name in line:
                assert place.watch.seen_in(line.encode()) == ["the API password"], line
    for path in sorted(place.watch.home.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert forms("abc")


def test_bootstrap(place: Place) -> None:
    assert place.play("bootstrap", "--diff", bootstrap_password=WRONG).code != 0
    done = place.play("bootstrap", "--diff")
    assert done.code == 0, done.output
    assert place.on_the_router() == []


def test_deploy_verify_and_message(place: Place) -> None:
    checked = place.play("site", "--check", "--diff")
    assert checked.code == 0, checked.output
    assert "mw-telegram" in checked.output  # what holds the token is shown, without it
    assert place.play("site", "--diff").code == 0
    assert place.play("notify_test").code == 0
    assert place.on_the_router() == []


def test_a_sender_that_was_changed_by_hand(place: Place) -> None:
    """Its text is compared and shown, with a token in it that the inventory does not know."""
    (row,) = [row for row in place.branch.call("/system/script") if row["name"] == "mw-telegram"]
    other = row["source"].replace(place.watch.secrets["the token"], OTHER_TOKEN) + "# by hand"
    assert OTHER_TOKEN in other
    place.branch.call("/system/script", "set", numbers=row[".id"], source=other)
    seen = place.play("verify", "--diff")
    assert seen.code != 0
    assert "multiwan:notify:telegram" in seen.output
    assert place.play("site", "--diff").code == 0
    assert place.on_the_router() == []


def test_failures(place: Place) -> None:
    for variables in (
        {"multiwan_api_password": WRONG},
        {"multiwan_api_port": 9},
        {"multiwan_telegram": {"bot_token": f"x{OTHER_TOKEN}", "chat_id": OTHER_TOKEN, "tokn": OTHER_TOKEN}},
    ):
        assert place.play("site", "--diff", **variables).code != 0
    assert place.on_the_router() == []


def test_a_write_that_the_router_refuses(place: Place) -> None:
    """Nobody writes a script that may do more than he: the one with the token is refused."""
    (group,) = [row for row in place.branch.call("/user/group") if row["name"] == "multiwan"]
    (sender,) = [row for row in place.branch.call("/system/script") if row["name"] == "mw-telegram"]
    place.branch.call("/system/script", "remove", numbers=sender[".id"])
    place.branch.call("/user/group", "set", numbers=group[".id"], policy="!test")
    try:
        refused = place.play("site", "--diff", multiwan_dead_man_s=0, multiwan_backup=False, multiwan_reach=[])
        assert refused.code != 0
        assert "not enough permissions" in refused.output
    finally:
        place.branch.call("/user/group", "set", numbers=group[".id"], policy=group["policy"])
        kept = {name: sender[name] for name in ("name", "source", "policy", "comment")}
        place.branch.call("/system/script", "add", **kept)
    assert place.on_the_router() == []


def test_a_controller_that_is_killed_in_the_middle(place: Place) -> None:
    """With another token, so that both are on the router: the new one written, the old one kept for the way back."""

    def rows(name: str) -> list[str]:
        return [row["name"] for row in place.branch.call("/system/script") if row["name"].startswith(name)]

    lab = place.branch.lab
    telegram = {**place.branch.overlay["multiwan_telegram"], "bot_token": OTHER_TOKEN}
    asyncio.run(lab.hold_api(9))  # the lock, the dead man, and a few rows of the other mode
    ended = place.play(
        "site",
        "--diff",
        multiwan_telegram=telegram,
        multiwan_mode="failover",
        multiwan_dead_man_s=60,  # so long the rows of the change must be there to be looked at
        kill=lambda: bool(asyncio.run(lab.held(0.1))["reached"]),
    )
    assert ended.code != 0
    asyncio.run(lab.release_api())
    assert rows("mw-keep-")
    assert place.on_the_router() == []
    until = time.monotonic() + 400
    while rows("mw-dead-man"):
        assert time.monotonic() < until
        time.sleep(0.5)
    assert place.on_the_router() == []
    after = place.play("verify")
    assert after.code == 0, after.output[-3000:]


def test_a_role_by_itself(place: Place, tmp_path: Path) -> None:
    """Ansible then checks the role's arguments, and says at -vvvv what it was given."""
    roles = ["multiwan.routeros.notify", "multiwan.routeros.wan"]
    playbook = tmp_path / "roles.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "roles": roles}]), encoding="utf-8")
    done = place.play(playbook, "--diff")
    assert done.code == 0, done.output


def test_removal(place: Place) -> None:
    assert place.play("remove", "--diff").code == 0
    assert place.on_the_router() == []
    assert not [line for line in place.branch.export().splitlines() if place.watch.seen_in(line.encode())]
