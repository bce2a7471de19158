# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
import pytest
import yaml

from tests.lab.console.conftest import Console

ROOT = Path(__file__).resolve().parents[3]


def soon(condition: Callable[[], Any]) -> None:
    """Fails when it does not become true within a minute."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    assert condition()


def test_a_router_is_asked_and_told_by_ssh(console: Console) -> None:
    assert console.ask("/system identity print") == "  name: jakarta\n\n"
    added = '/ip firewall address-list add list=ssh address=10.9.0.1 comment="from the console"'
    assert console.ask(added) == ""
    assert console.ask("/ip firewall address-list print terse where list=ssh").startswith(
        "0    comment=from the console list=ssh address=10.9.0.1"
    )
    assert console.ask(added) == "failure: already have such entry (/ip/firewall/address-list/add; line 1)\n"
    assert "user admin logged in from 127.0.0.1 via ssh" in console.ask("/log print")


def test_a_stranger_is_not_let_in(console: Console) -> None:
    client = paramiko.SSHClient()
    client.load_host_keys(console.paths["known_hosts"])
    for user in ("admin", "multiwan"):  # the second may use the API only
        with pytest.raises(paramiko.AuthenticationException):
            client.connect(
                "127.0.0.1",
                console.paths["ssh_port"],
                user,
                "wrong" if user == "admin" else console.overlay["multiwan_api_password"],
                allow_agent=False,
                look_for_keys=False,
                banner_timeout=120,
                auth_timeout=120,
            )


def test_an_export_read_back_by_import_makes_the_same_router(console: Console) -> None:
    assert console.ask("/ip/firewall/address-list/export file=lists") == ""
    before = console.ask("/ip/firewall/address-list/export terse").splitlines()[3:]
    console.ask("/ip/firewall/address-list/remove [find]")
    assert console.ask("/import lists.rsc") == "Script file loaded and executed successfully\n"
    assert console.ask("/ip/firewall/address-list/export terse").splitlines()[3:] == before
    assert before


def test_a_dry_run_finds_every_mistake_and_changes_nothing(console: Console) -> None:
    client = console.connect()
    text = "/ip address\nadd adress=10.0.0.1/24 interface=ether1\n/ip pool\nadd name=p ranges=10.0.0.2 (\n"
    client.open_sftp().putfo(io.BytesIO(text.encode()), "wrong.rsc")
    client.close()
    before = console.rows("/ip/address")
    said = console.ask("/import wrong.rsc verbose=yes dry-run").splitlines()
    assert said[-1] == "Script Error: found 2 error(s) in import file"
    assert console.rows("/ip/address") == before
    assert console.ask("/import wrong.rsc").startswith("bad parameter adress (line 2 column")


def test_an_uploaded_auto_file_runs_and_leaves_its_log(console: Console) -> None:
    client = console.connect()
    sftp = client.open_sftp()
    sftp.putfo(
        io.BytesIO(b":put hello\n/system identity set name=jakarta\n:put [/system identity get name]\n"), "a.auto.rsc"
    )
    log = sftp.open("a.auto.log").read().decode()
    client.close()
    assert log == "hello\njakarta\nScript file loaded and executed successfully\n"


def test_a_lost_connection_undoes_what_safe_mode_held_and_quit_keeps_it(console: Console) -> None:
    for orderly in (False, True):
        client = console.connect()
        channel = client.invoke_shell(term="dumb")
        channel.send(b"\x18")
        seen = b""
        while b"<SAFE>" not in seen:
            seen += channel.recv(9999)
        channel.send(b"/ip pool add name=held ranges=10.8.0.2-10.8.0.9\r")
        soon(lambda: any(row["name"] == "held" for row in console.rows("/ip/pool")))
        if orderly:
            channel.send(b"/quit\r")
            assert channel.recv_exit_status() == 0
        client.close()
        if not orderly:
            soon(lambda: not any(row["name"] == "held" for row in console.rows("/ip/pool")))
    assert any(row["name"] == "held" for row in console.rows("/ip/pool"))


PLAY = [
    {
        "hosts": "jakarta",
        "gather_facts": False,
        "vars": {
            "ansible_connection": "ansible.netcommon.network_cli",
            "ansible_network_os": "community.routeros.routeros",
            "ansible_network_cli_ssh_type": "paramiko",
        },
        "tasks": [
            {
                "community.routeros.command": {"commands": ["/system identity print", "/ip route print"]},
                "register": "command",
            },
            {
                "community.routeros.command": {"commands": ["/ip bogus print"]},
                "register": "refused",
                "ignore_errors": True,
            },
            {
                "community.routeros.facts": {"gather_subset": ["default", "hardware", "interfaces", "config"]},
                "register": "facts",
            },
            {
                "ansible.builtin.copy": {
                    "content": "{{ {'command': command, 'refused': refused, 'facts': facts} | to_json }}",
                    "dest": "{{ out }}",
                    "mode": "0600",
                },
                "delegate_to": "localhost",
                "vars": {"ansible_connection": "local"},
            },
        ],
    }
]


def test_ansible_speaks_to_it_over_network_cli(console: Console, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(yaml.safe_dump(PLAY), encoding="utf-8")
    out = tmp_path / "out.json"
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_SSH_KNOWN_HOSTS": "",
        "ANSIBLE_PARAMIKO_HOST_KEY_CHECKING": "false",
        "ANSIBLE_HOST_KEY_CHECKING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(tmp_path / "pc"),
        "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "240",
        "ANSIBLE_PERSISTENT_COMMAND_TIMEOUT": "240",
    }
    done = subprocess.run(
        ["ansible-playbook", "-i", console.paths["inventory"], str(tmp_path / "play.yml"), "-e", f"out={out}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(out.read_text(encoding="utf-8"))
    assert seen["command"]["stdout"][0] == "name: jakarta"
    assert "DAc 192.168.10.0/24  bridge   main                  0" in seen["command"]["stdout"][1]
    assert seen["refused"]["failed"]
    assert "bad command name bogus (line 1 column 5)" in seen["refused"]["msg"]
    facts = seen["facts"]["ansible_facts"]
    assert facts["ansible_net_hostname"] == "jakarta"
    assert facts["ansible_net_version"] == "7.22 (stable)"
    assert facts["ansible_net_all_ipv4_addresses"] == ["192.168.10.1"]
    assert facts["ansible_net_interfaces"]["ether1"]["type"] == "ether"
    assert facts["ansible_net_memtotal_mb"] == 1024
    assert facts["ansible_net_config_nonverbose"].startswith("# RouterOS 7.22")
    assert "/ip firewall filter" in facts["ansible_net_config"]
