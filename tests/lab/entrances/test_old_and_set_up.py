# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RouterOS 6.49, set up by hand: files by console commands only, a host key that signs with SHA-1, network_cli."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import paramiko
import pytest
import yaml
from cryptography.hazmat.primitives import serialization

from lab.world.client import Topology
from tests.lab.entrances.conftest import LIMIT_S, Found
from tests.lab.entrances.test_services import DOOR, FLEET, PASSPHRASE, sealed

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def found(start: Callable[[Topology], AbstractContextManager[Found]]) -> Iterator[Found]:
    with start(Topology(factory="hand-configured", version="6.49", clients=1)) as router:
        yield router


def quoted(text: str) -> str:
    return '"' + text.strip().replace("\n", "\\n") + '"'


def test_what_a_technician_left(found: Found) -> None:
    assert [row["name"] for row in found.rows("/user")] == ["admin"]
    assert "automation" not in {row["name"] for row in found.rows("/user/group")}
    assert found.overlay["ansible_password"]
    assert [row["comment"] for row in found.rows("/ip/firewall/filter")] == ["teknisi: established", "teknisi: invalid"]


def test_its_host_key_signs_with_sha_1_only(found: Found) -> None:
    client = paramiko.SSHClient()
    client.load_host_keys(found.paths["known_hosts"])
    try:
        with pytest.raises(paramiko.SSHException):
            client.connect(
                "127.0.0.1",
                found.paths["ssh_port"],
                "admin",
                found.overlay["ansible_password"],
                disabled_algorithms={"keys": ["ssh-rsa"]},
                allow_agent=False,
                look_for_keys=False,
                timeout=LIMIT_S,
            )
    finally:
        client.close()


def test_certificate_and_key_come_by_console_commands(found: Found) -> None:
    key = sealed(serialization.PrivateFormat.TraditionalOpenSSL)
    for name, text in (("door", DOOR.certificate), ("fleet", FLEET.certificate), ("key", key)):
        found.ask(f"/file print file={name}")
        assert found.ask(f"/file set {name}.txt contents={quoted(text)}") == ""
        assert "files-imported: 1" in found.ask(
            f'/certificate import file-name={name}.txt passphrase="{PASSPHRASE if name == "key" else ""}"'
        )
    found.ask("/ip service set api-ssl certificate=door.txt_0")
    found.tls(FLEET.certificate).close()
    found.ask('/file remove [find where name~"^(door|fleet|key).txt"]')
    assert found.rows("/file") == []


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
            {"community.routeros.command": {"commands": ["/system identity print"]}, "register": "said"},
            {
                "ansible.builtin.copy": {"content": "{{ said.stdout[0] }}", "dest": "{{ out }}", "mode": "0600"},
                "delegate_to": "localhost",
                "vars": {"ansible_connection": "local"},
            },
        ],
    }
]


def test_community_routeros_speaks_to_an_untouched_router(
    start: Callable[[Topology], AbstractContextManager[Found]], tmp_path: Path
) -> None:
    with start(Topology(factory="new", clients=1)) as fresh:
        (tmp_path / "play.yml").write_text(yaml.safe_dump(PLAY), encoding="utf-8")
        out = tmp_path / "said"
        environment = {
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_PARAMIKO_HOST_KEY_CHECKING": "false",
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(tmp_path / "pc"),
            "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "240",
            "ANSIBLE_PERSISTENT_COMMAND_TIMEOUT": "240",
        }
        done = subprocess.run(
            ["ansible-playbook", "-i", fresh.paths["inventory"], str(tmp_path / "play.yml"), "-e", f"out={out}"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_text(encoding="utf-8") == "name: MikroTik"
