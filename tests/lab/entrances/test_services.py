# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the factory to verified API-SSL, by SSH alone, on one router whose admin has no password."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import librouteros
import paramiko
import pytest
from cryptography.hazmat.primitives import serialization

from lab.world import pki
from lab.world.client import Topology
from tests.lab.entrances.conftest import LIMIT_S, Found, until

NOW = datetime.datetime.now(datetime.UTC)
FLEET = pki.make_ca("fleet", NOW)
DOOR = pki.issue(FLEET, ("127.0.0.1",), NOW)
PASSPHRASE = "not for long"


def sealed(form: serialization.PrivateFormat) -> str:
    key = serialization.load_pem_private_key(DOOR.key.encode(), None)
    by = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    return key.private_bytes(serialization.Encoding.PEM, form, by).decode()


@pytest.fixture(scope="module")
def found(start: Callable[[Topology], AbstractContextManager[Found]]) -> Iterator[Found]:
    with start(Topology(factory="new", admin_password=False, clients=1)) as router:
        yield router


def test_as_from_the_factory(found: Found) -> None:
    assert [row["name"] for row in found.rows("/user")] == ["admin"]
    assert found.row("/ip/service", "api-ssl")["certificate"] == "none"
    assert found.rows("/certificate") == []
    assert (found.overlay["ansible_password"], "multiwan_api_ca_file" in found.overlay) == ("", False)
    assert "name: MikroTik" in found.ask("/system identity print")
    with pytest.raises(ssl.SSLError):
        found.tls(FLEET.certificate)


def test_a_terminal_is_asked_about_the_licence_once_and_for_a_password_until_there_is_one(found: Found) -> None:
    with found.ssh() as client:
        shell = client.invoke_shell("dumb", 200, 50)
        shell.settimeout(LIMIT_S)
        read_to(shell, "[Y/n]: ")
        shell.send(b"n")
        read_to(shell, "\r\nnew password> ")
        shell.send(b"\x03")
        read_to(shell, "[admin@MikroTik]")
    with found.ssh() as client:
        shell = client.invoke_shell("dumb", 200, 50)
        shell.settimeout(LIMIT_S)
        assert "license" not in read_to(shell, "\r\nnew password> ")
        for typed, ends in (
            ("one\r", "repeat new password> "),
            ("two\r", "do not match!\r\n\r\nnew password> "),
            ("one\r", "repeat new password> "),
            ("one\r", "Password changed\r\n"),
        ):
            shell.send(typed.encode())
            assert "one" not in read_to(shell, ends)
    found.password = "one"
    assert found.ask(":put in") == "in\n"


def read_to(shell: paramiko.Channel, ends: str) -> str:
    """What came, up to ``ends``; nothing is read beyond it, since the router waits there."""
    came = ""
    while ends not in came:
        data = shell.recv(4096)
        assert data, came
        came += data.decode()
    return came


def test_a_chain_with_a_sealed_key_comes_by_sftp_and_is_shown(found: Found) -> None:
    with found.ssh() as client, client.open_sftp() as files:
        with files.open("door.pem", "w") as file:
            file.write(DOOR.certificate + FLEET.certificate + sealed(serialization.PrivateFormat.PKCS8))
        said = (
            client.exec_command(f'/certificate import file-name=door.pem passphrase="{PASSPHRASE}"')[1].read().decode()
        )
        assert "private-keys-imported: 1" in said
        client.exec_command("/ip service set api-ssl certificate=door.pem_0")[1].read()
    found.tls(FLEET.certificate).close()
    assert [row["name"] for row in found.rows("/file")] == []


def test_services_are_turned_off_and_limited_and_stay_so_over_a_reboot(found: Found) -> None:
    found.ask("/ip service disable api,telnet,ftp,www")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", found.paths["api_port"]), timeout=LIMIT_S)
    asyncio.run(found.lab.power_cycle())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", found.paths["api_port"]), timeout=LIMIT_S)
    found.tls(FLEET.certificate).close()
    found.ask("/ip service set api-ssl address=10.0.0.0/8")
    with pytest.raises((OSError, EOFError)):
        spoken_to(found)
    found.ask("/ip service set api-ssl address=10.0.0.0/8,127.0.0.0/8")
    spoken_to(found)
    found.ask("/ip service enable api")
    socket.create_connection(("127.0.0.1", found.paths["api_port"]), timeout=LIMIT_S).close()


def spoken_to(found: Found) -> None:
    """The API answers; raises OSError or EOFError."""
    with found.tls(FLEET.certificate) as sock:
        sock.sendall(b"\x06/login\x00")
        if not sock.recv(1):
            raise EOFError


def test_ssh_is_turned_off_and_on_by_another_door(found: Found) -> None:
    with found.ssh() as client:
        found.set("/ip/service", numbers="ssh", disabled="yes")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", found.paths["ssh_port"]), timeout=LIMIT_S)
        assert client.exec_command(":put still")[1].read() == b"still\r\n"
    found.set("/ip/service", numbers="ssh", disabled="no")
    assert found.ask(":put back") == "back\n"


def test_a_new_user_may_what_his_group_may_at_every_door(found: Found) -> None:
    found.ask("/user group add name=few policy=api,read,write,test")
    found.ask('/user add name=bot group=few password="a b" address=127.0.0.0/8')
    with pytest.raises(paramiko.AuthenticationException), found.ssh("bot", "a b"):
        pass
    context = ssl.create_default_context(cadata=FLEET.certificate)
    api = librouteros.connect(
        host="127.0.0.1",
        username="bot",
        password="a b",
        port=found.paths["api_ssl_port"],
        ssl_wrapper=lambda sock: context.wrap_socket(sock, server_hostname="127.0.0.1"),
        timeout=LIMIT_S,
    )
    try:
        tuple(api("/system/identity/set", name="renamed"))
        for path, words in (("/user/print", {}), ("/system/reboot", {}), ("/tool/sniffer/start", {})):
            with pytest.raises(librouteros.exceptions.TrapError, match="not enough permissions"):
                tuple(api(path, **words))
    finally:
        api.close()
    found.ask("/user set bot address=10.0.0.0/8")
    with pytest.raises(librouteros.exceptions.TrapError, match="invalid user name or password"):
        librouteros.connect("127.0.0.1", "bot", "a b", port=found.paths["api_port"], timeout=LIMIT_S)


def test_without_a_certificate_any_more_nobody_verifies_it(found: Found) -> None:
    found.ask("/certificate remove door.pem_0")
    until(lambda: found.row("/ip/service", "api-ssl")["certificate"].startswith("*"), "it points nowhere")
    with pytest.raises(ssl.SSLError):
        found.tls(FLEET.certificate)
