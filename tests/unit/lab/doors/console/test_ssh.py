# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSH door on loopback, spoken to with paramiko's client."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.doors.console.session import Host
from lab.doors.sessions import Sessions
from lab.doors.ssh import SshDoor
from lab.verbs import ALL_POLICIES, Caller
from tests.unit.lab.doors.console.rig import make_host, screen

T = TypeVar("T")
#: names of the door's own threads
OURS = ("ssh-", "Thread-")
PASSWORDS = {"admin": "s3cret", "reader": "r"}
POLICIES = {"admin": ALL_POLICIES, "reader": frozenset({"ssh", "read", "test"})}


@dataclass
class Doorway:
    """A running door and what it has written to the log."""

    host: Host
    port: int
    arrived: list[str]
    logged: list[tuple[str, str]] = field(default_factory=list)

    def connect(self, login: str = "admin", password: str = "s3cret", **more: Any) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect(
            "127.0.0.1",
            self.port,
            login,
            password,
            allow_agent=False,
            look_for_keys=False,
            timeout=60,
            **more,
        )
        return client

    def ask(self, client: paramiko.SSHClient, line: str) -> tuple[str, str, int]:
        """stdout, stderr, exit code."""
        _, out, err = client.exec_command(line, timeout=60)
        return out.read().decode(), err.read().decode(), out.channel.recv_exit_status()


@pytest.fixture(scope="module")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path_factory.mktemp("key") / "host_key"
    form = serialization.PrivateFormat.TraditionalOpenSSL
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return file


def authenticate(user: str, password: str, peer: str) -> Caller | None:
    return Caller(user, POLICIES[user], "ssh", 1) if PASSWORDS.get(user) == password else None


async def open_door(version: str, key: Path) -> tuple[Doorway, SshDoor]:
    arrived: list[str] = []

    async def came(name: str, caller: Caller) -> None:
        arrived.append(name)

    host = replace(make_host(version), arrived=came)
    sock = socket.create_server(("127.0.0.1", 0))
    doorway = Doorway(host, sock.getsockname()[1], arrived)
    sessions = Sessions(lambda topics, text: doorway.logged.append((topics, text)))
    door = SshDoor(host, authenticate, [sock], key, sessions=sessions)
    await door.start()
    return doorway, door


@pytest.fixture
async def doorway(host_key: Path) -> AsyncIterator[Doorway]:
    doorway, door = await open_door("7.22", host_key)
    yield doorway
    await door.stop()


async def soon(condition: Callable[[], bool]) -> None:
    """Fails when it does not become true within a minute."""
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.01)
    assert condition()


async def beside(work: Callable[[], T]) -> T:
    """The client blocks; the door needs the event loop meanwhile."""
    return await asyncio.to_thread(work)


async def test_a_command_prints_without_prompt_or_colours_and_always_ends_with_0(doorway: Doorway) -> None:
    client = await beside(doorway.connect)
    assert await beside(lambda: doorway.ask(client, "/system identity print")) == ("  name: jakarta\r\n\r\n", "", 0)
    text, errors, code = await beside(lambda: doorway.ask(client, "/ip/bogus"))
    assert (text, errors, code) == ("bad command name bogus (line 1 column 5)\r\n", "", 0)
    assert (await beside(lambda: doorway.ask(client, ":put 1; :put 2")))[0] == "1\r\n2\r\n"
    client.close()


async def test_a_wrong_password_is_refused_and_logged(doorway: Doorway) -> None:
    with pytest.raises(paramiko.AuthenticationException):
        await beside(lambda: doorway.connect(password="wrong"))
    assert doorway.logged == [("system,error,critical", "login failure for user admin from 127.0.0.1 via ssh")]


async def test_login_and_logout_are_logged_without_the_suffix(doorway: Doorway) -> None:
    client = await beside(lambda: doorway.connect("admin+cet1024w"))
    client.close()
    await soon(lambda: len(doorway.logged) == 2)
    assert [text for _, text in doorway.logged] == [
        "user admin logged in from 127.0.0.1 via ssh",
        "user admin logged out from 127.0.0.1 via ssh",
    ]


async def test_a_user_may_do_what_his_group_may(doorway: Doorway) -> None:
    client = await beside(lambda: doorway.connect("reader", "r"))
    text, _, code = await beside(lambda: doorway.ask(client, "/system identity set name=x"))
    assert text.startswith("not enough permissions (9)")
    assert code == 0
    assert doorway.host.identity() == "jakarta"
    client.close()


def read_until(channel: paramiko.Channel, text: str) -> str:
    seen = ""
    channel.settimeout(60)
    while text not in seen:
        piece = channel.recv(65536)
        assert piece, seen
        seen += piece.decode()
    return seen


async def test_a_shell_has_the_size_of_its_terminal(doorway: Doorway) -> None:
    def play() -> str:
        client = doorway.connect("admin+ct")
        channel = client.invoke_shell(width=60, height=40)
        read_until(channel, "[admin@jakarta] > ")
        channel.send(b"/interface bridge print detail\r:put ready\r")
        seen = screen(read_until(channel, "\r\nready\r\n"))
        channel.send(b"/quit\r")
        assert channel.recv_exit_status() == 0
        client.close()
        return seen

    lines = (await beside(play)).split("\n")
    assert 50 < max(len(line) for line in lines) <= 60


async def test_many_sessions_at_once_do_not_wait_for_each_other(doorway: Doorway) -> None:
    def play(number: int) -> str:
        client = doorway.connect()
        text = doorway.ask(client, f":delay 300ms; :put {number}")[0]
        client.close()
        return text

    async with asyncio.timeout(120):
        assert await asyncio.gather(*[beside(lambda n=n: play(n)) for n in range(4)]) == [f"{n}\r\n" for n in range(4)]


async def test_a_command_ends_with_its_client_and_not_with_its_clients_input(doorway: Doorway) -> None:
    def play(*, leave: bool) -> str:
        client = doorway.connect()
        out = client.exec_command(":delay 2s; /system identity set name=late; :put done")[1]
        out.channel.shutdown_write()
        text = "" if leave else out.read().decode()
        client.close()
        return text

    assert await beside(lambda: play(leave=True)) == ""
    await asyncio.sleep(2.5)
    assert doorway.host.identity() == "jakarta"
    assert await beside(lambda: play(leave=False)) == "done\r\n"
    assert doorway.host.identity() == "late"


async def test_files_go_both_ways_and_a_router_is_told_of_them(doorway: Doorway) -> None:
    data = b"/log info \xff\r\n" * 1000

    def play() -> tuple[list[str], bytes, int | None]:
        client = doorway.connect()
        sftp = client.open_sftp()
        sftp.putfo(io.BytesIO(data), "/flash/x.rsc")
        sftp.putfo(io.BytesIO(b"short"), "short.txt")
        names = sorted(sftp.listdir("/"))
        back = io.BytesIO()
        sftp.getfo("flash/x.rsc", back)
        size = sftp.stat("flash/x.rsc").st_size
        sftp.remove("short.txt")
        with pytest.raises(FileNotFoundError):
            sftp.open("short.txt")
        client.close()
        return names, back.getvalue(), size

    names, back, size = await beside(play)
    assert names == ["flash", "short.txt"]
    assert back == data
    assert size == len(data)
    assert doorway.arrived == ["flash/x.rsc", "short.txt"]
    assert [row.get("name") for row in doorway.host.engine.store.rows("/file")] == ["flash/x.rsc"]


async def test_without_the_policy_ftp_no_file_is_seen(doorway: Doorway) -> None:
    def play() -> None:
        client = doorway.connect("reader", "r")
        try:
            with pytest.raises(paramiko.SSHException, match=r"Channel closed"):
                client.open_sftp()
        finally:
            client.close()

    await beside(play)


async def test_version_6_signs_with_sha_1_only(host_key: Path) -> None:
    doorway, door = await open_door("6.49", host_key)
    modern = {"keys": ["ssh-rsa"]}
    with pytest.raises(paramiko.SSHException):
        await beside(lambda: doorway.connect(disabled_algorithms=modern))
    client = await beside(doorway.connect)
    assert (await beside(lambda: doorway.ask(client, ":put 6")))[0] == "6\r\n"
    client.close()
    await door.stop()


async def test_closing_the_door_ends_every_session_and_its_threads(host_key: Path) -> None:
    before = {thread.ident for thread in threading.enumerate()}
    doorway, door = await open_door("7.22", host_key)
    client = await beside(doorway.connect)
    channel = await beside(client.invoke_shell)
    await beside(lambda: read_until(channel, "> "))
    await door.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", doorway.port), timeout=60)
    client.close()
    await soon(lambda: not {t.ident for t in threading.enumerate() if t.name.startswith(OURS)} - before)
