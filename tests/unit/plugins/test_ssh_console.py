# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console over SSH, against a server of paramiko: what is sent before the host key is known, and its words."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from ansible_collections.multiwan.routeros.plugins.plugin_utils import host_keys, ssh_console
from ansible_collections.multiwan.routeros.plugins.plugin_utils.host_keys import HostKeyError, Pins
from ansible_collections.multiwan.routeros.plugins.plugin_utils.ssh_console import ConsoleError, Door, open_console

from lab.doors.ssh_server import AnsweringTransport

RSA = paramiko.RSAKey.generate(2048)
CURVE = paramiko.ECDSAKey.generate()
USER_KEY = paramiko.RSAKey.generate(2048)
SHA2 = ["rsa-sha2-512", "rsa-sha2-256"]


class Server(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    """Knows one password and one key, and prints what it is told to. ``heard``: attempts to log in."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.commands: list[str] = []
        self.answer = "mw-done"
        self._asked: dict[int, paramiko.Channel] = {}

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        self.heard.append(password)
        return int(paramiko.AUTH_SUCCESSFUL if password == "right" else paramiko.AUTH_FAILED)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.heard.append("key")
        return int(paramiko.AUTH_SUCCESSFUL if key == USER_KEY else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self.commands.append(command.decode())
        self._asked[channel.remote_chanid] = channel
        return True

    def answered(self, remote_id: int) -> None:
        """The client knows that its command was accepted: now it may end."""
        if channel := self._asked.pop(remote_id, None):
            threading.Thread(target=self._print, args=(channel,), daemon=True).start()

    def _print(self, channel: paramiko.Channel) -> None:
        channel.sendall(self.answer.replace("\n", "\r\n").encode())
        channel.send_exit_status(0)
        channel.close()


class Peer:
    """A listening socket whose connections end at :class:`Server`. ``old``: signs with SHA-1 only."""

    def __init__(self, *, old: bool = False) -> None:
        self.server = Server()
        self.old = old
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._transports: list[paramiko.Transport] = []
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            refused = {"keys": SHA2, "pubkeys": SHA2} if self.old else {}
            transport = AnsweringTransport(connection, disabled_algorithms=refused)
            transport.answered = self.server.answered
            for key in (RSA,) if self.old else (RSA, CURVE):
                transport.add_server_key(key)
            self._transports.append(transport)
            transport.start_server(event=threading.Event(), server=self.server)

    def close(self) -> None:
        self._listener.close()
        for transport in self._transports:
            transport.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    made = Peer()
    yield made
    made.close()


def door(peer: Peer, folder: Path, *, pin: paramiko.PKey = RSA, **more: str) -> Door:
    name = f"{pin.get_name()} {pin.get_base64()}"
    return Door(Pins("127.0.0.1", peer.port, folder / "known_hosts", "r1", host_key=name), "admin", **more)


def test_the_pinned_kind_of_key_is_asked_for(peer: Peer, tmp_path: Path) -> None:
    for pin in (RSA, CURVE):
        console, new = open_console(door(peer, tmp_path, pin=pin, password="right"))
        with console:
            assert console.run("/x") == ""
        assert new is None
    assert peer.server.commands[0] == '/x; :put "mw-done"'


def test_a_router_that_signs_with_sha1_only_is_reached(tmp_path: Path) -> None:
    old = Peer(old=True)
    try:
        console, _ = open_console(door(old, tmp_path, password="right"))
        console.__exit__()
    finally:
        old.close()


def test_no_password_is_sent_to_an_unknown_or_another_key(peer: Peer, tmp_path: Path) -> None:
    unknown = Door(Pins("127.0.0.1", peer.port, tmp_path / "known_hosts", "r1"), "admin", "right")
    other = door(peer, tmp_path, pin=paramiko.RSAKey.generate(2048), password="right")
    for refused in (unknown, other):
        with pytest.raises(HostKeyError):
            open_console(refused)
    assert peer.server.heard == []


def test_an_accepted_key_is_handed_back_to_be_recorded(peer: Peer, tmp_path: Path) -> None:
    pins = Pins("127.0.0.1", peer.port, tmp_path / "known_hosts", "r1", accept=host_keys.FIRST)
    console, new = open_console(Door(pins, "admin", "right"))
    console.__exit__()
    assert new is not None
    assert not pins.known_hosts.exists()


def test_a_wrong_password_is_said_without_it(peer: Peer, tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="refused the password of user admin") as failure:
        open_console(door(peer, tmp_path, password="guess-what"))
    assert "guess-what" not in str(failure.value)
    assert "guess-what" not in repr(door(peer, tmp_path, password="guess-what"))


def test_a_key_of_the_operator(peer: Peer, tmp_path: Path) -> None:
    USER_KEY.write_private_key_file(str(tmp_path / "id"), password="its own")
    console, _ = open_console(door(peer, tmp_path, private_key_file=str(tmp_path / "id"), password="its own"))
    console.__exit__()
    assert set(peer.server.heard) == {"key"}
    with pytest.raises(ConsoleError, match="can't be used"):
        open_console(door(peer, tmp_path, private_key_file=str(tmp_path / "id"), password="wrong"))
    with pytest.raises(ConsoleError, match="can't be used"):
        open_console(door(peer, tmp_path, private_key_file=str(tmp_path / "missing")))


@pytest.mark.parametrize("said", ["", "bad command name x (line 1 column 2)", "expected end of command\nmw-done no"])
def test_what_does_not_end_as_it_should_has_failed(peer: Peer, tmp_path: Path, said: str) -> None:
    peer.server.answer = said
    console, _ = open_console(door(peer, tmp_path, password="right"))
    with console, pytest.raises(ConsoleError) as failure:
        console.run("/x")
    assert str(failure.value) == (" ".join(said.split()) or "the router said nothing")


def test_what_a_command_prints(peer: Peer, tmp_path: Path) -> None:
    peer.server.answer = "one\ntwo\nmw-done\n"
    console, _ = open_console(door(peer, tmp_path, password="right"))
    with console:
        assert console.run("/x") == "one\ntwo"


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with pytest.raises(ConsoleError, match="Is the service ssh on"):
        open_console(Door(Pins("127.0.0.1", port, tmp_path / "known_hosts", "r1"), "admin", "right"))


def test_what_to_do_when_paramiko_refuses_old_routers() -> None:
    words = ssh_console._negotiation_words("192.0.2.1:22", "Incompatible ssh peer (no acceptable host key)")
    assert "paramiko>=4,<5" in words
