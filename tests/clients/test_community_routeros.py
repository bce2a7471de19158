# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""community.routeros, at the version that the product depends on, by playbooks as users write them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clients.conftest import ROOT, RouterUnderTest

PLAYBOOKS = Path(__file__).parent / "playbooks"
#: the ways to read that differ: rows, ordered rows, one row, built-in rows, defaults of their own
MENUS = (
    *("ip firewall address-list", "ip firewall mangle", "ip route", "ip dns", "queue simple", "queue type"),
    *("interface bridge", "interface ethernet", "system identity", "user group"),
)


def play(name: str, router: RouterUnderTest, folder: Path, variables: dict[str, Any]) -> Any:
    seen, extra, inventory = folder / "seen.json", folder / "extra.yml", folder / "inventory.yml"
    way = router.access()
    login = {
        "ansible_host": way["host"],
        "ansible_port": way["ssh_port"],
        # the suffix that the collection's documentation asks for
        "ansible_user": way["user"] + "+cet1024w",
        "ansible_password": way["password"],
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "community.routeros.routeros",
        "ansible_network_cli_ssh_type": "paramiko",
        "ansible_host_key_checking": False,
        "ansible_command_timeout": 240,
    }
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"router": login}}}), encoding="utf-8")
    extra.write_text(yaml.safe_dump({"way": way, "seen_file": str(seen), **variables}), encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(folder),
        "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "240",
    }
    command = ["ansible-playbook", "-i", str(inventory), str(PLAYBOOKS / name), "-e", f"@{extra}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=900, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return json.loads(seen.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def api(router: RouterUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return play("api.yml", router, tmp_path_factory.mktemp("api"), {"menus": list(MENUS)})


@pytest.fixture(scope="module")
def cli(router: RouterUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return play("cli.yml", router, tmp_path_factory.mktemp("cli"), {})


def test_facts_over_the_api(api: Any) -> None:
    facts = api["facts"]["ansible_facts"]
    assert facts["ansible_net_hostname"] == "jakarta"
    assert facts["ansible_net_version"] == "7.22 (stable)"
    assert "192.168.10.1" in facts["ansible_net_all_ipv4_addresses"]
    assert facts["ansible_net_interfaces"]["ether1"]["type"] == "ether"
    assert facts["ansible_net_memtotal_mb"] == 1024.0


def test_the_module_api_adds_asks_and_commands(api: Any) -> None:
    assert api["added"]["changed"]
    assert [(row["address"], row["comment"]) for row in api["asked"]["msg"]] == [("10.8.0.1", "dari Ansible")]
    assert api["identity"]["msg"] == ["{'name': 'jakarta'}"] or api["identity"]["msg"] == [{"name": "jakarta"}]


def test_find_and_modify(api: Any) -> None:
    assert (api["found"]["changed"], api["found"]["match_count"], api["found"]["modify_count"]) == (True, 1, 1)


def test_modify_changes_once(api: Any) -> None:
    assert api["described"]["changed"]
    assert not api["again"]["changed"]
    assert api["noted"]["changed"]
    assert not api["noted_again"]["changed"]


def test_every_menu_can_be_read(api: Any) -> None:
    failed = {one["item"]: one.get("msg") for one in api["info"] if one.get("failed")}
    assert failed == {}
    read = {one["item"]: one["result"] for one in api["info"]}
    assert [row["name"] for row in read["system identity"]] == ["jakarta"]
    assert {row["name"] for row in read["interface ethernet"]} == {f"ether{n}" for n in range(1, 6)}


def test_a_mistake_is_told_in_the_routers_words(api: Any) -> None:
    assert api["mistake"]["failed"]
    assert "no such command prefix" in str(api["mistake"]["msg"])


def test_commands_at_the_console(cli: Any) -> None:
    identity, addresses, version = cli["commands"]["stdout"]
    assert identity.strip() == "name: jakarta"
    assert "address=192.168.10.1/24" in addresses
    assert version.strip() == "7.22 (stable)"
    assert not cli["waited"].get("failed")
    assert [text.strip() for text in cli["written"]["stdout"]] == ["", "1", "", "0"]


def test_facts_at_the_console(cli: Any) -> None:
    facts = cli["facts"]["ansible_facts"]
    assert facts["ansible_net_hostname"] == "jakarta"
    assert facts["ansible_net_version"] == "7.22 (stable)"
    assert facts["ansible_net_cpu_load"] == "0%"
    assert {"bridge", "ether1", "lo"} <= set(facts["ansible_net_interfaces"])
    assert "192.168.10.1" in facts["ansible_net_all_ipv4_addresses"]
    assert "/ip address" in facts["ansible_net_config"]
    assert "name=jakarta" in facts["ansible_net_config_nonverbose"]


def test_an_unknown_command_fails_the_task(cli: Any) -> None:
    """The one of the few texts by which the collection knows an error (``bad command name`` at the start of a line)."""
    assert cli["mistake"]["failed"]
    assert "bad command name bogus" in str(cli["mistake"])
