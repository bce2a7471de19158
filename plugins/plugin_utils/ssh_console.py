# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The console of a router over SSH, for the first contact: commands one by one, files from memory, a pinned host key.

Commands go through exec channels: no prompt, no echo, and no command history on the router that would keep a password.
"""

from __future__ import annotations

import io
import logging
import socket
from dataclasses import dataclass, field
from typing import Any

try:
    import paramiko
except ImportError:
    MISSING = "the Python library paramiko is missing in the controller's environment"
else:
    #: Why there can be no session at all; empty when there can.
    MISSING = ""

from . import host_keys

# At level DEBUG paramiko says which algorithms and channels it uses; nothing that people asked for.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

#: Printed behind each command that did not fail: RouterOS ends an exec with code 0 whatever happened (facts: SSH/CLI).
_DONE = "mw-done"
_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")


class ConsoleError(Exception):
    """A sentence about what the router, or the way to it, refused."""


@dataclass(frozen=True)
class Door:
    """Where SSH is and how to log in. An empty password is one, too: routers leave the factory with it."""

    pins: host_keys.Pins
    user: str
    password: str = field(repr=False, default="")
    private_key_file: str | None = None
    timeout_s: float = 30.0

    @property
    def where(self) -> str:
        return f"{self.pins.host}:{self.pins.port}"


class Console:
    """One logged-in session. Use as a context manager."""

    def __init__(self, transport: paramiko.Transport, door: Door) -> None:
        self._transport = transport
        self._door = door

    def __enter__(self) -> Console:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._transport.close()

    def run(self, command: str) -> str:
        """What the command printed. Raises :class:`ConsoleError` with the router's words when it failed."""
        printed = self._exec(f'{command}; :put "{_DONE}"')
        text = printed.rstrip()
        if not text.endswith(_DONE):
            raise ConsoleError(" ".join(text.split()) or "the router said nothing")
        return text[: -len(_DONE)].rstrip("\n")

    def put(self, name: str, data: bytes) -> None:
        """Write a file on the router. ``data`` never touches this machine's disk."""
        try:
            sftp = paramiko.SFTPClient.from_transport(self._transport)
            if sftp is None:
                raise ConsoleError(f"{self._door.where} has no SFTP")
            with sftp:
                sftp.putfo(io.BytesIO(data), name, confirm=False)
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise ConsoleError(
                f"{self._door.where} did not take the file {name}: {_reason(error)}."
                f" The user {self._door.user} needs the policies ftp and write"
            ) from None

    def _exec(self, command: str) -> str:
        try:
            channel = self._transport.open_session(timeout=self._door.timeout_s)
            try:
                channel.settimeout(self._door.timeout_s)
                channel.exec_command(command)
                printed: bytes = channel.makefile("rb").read()
            finally:
                channel.close()
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise ConsoleError(f"the SSH session with {self._door.where} broke: {_reason(error)}") from None
        return printed.decode("utf-8", "replace").replace("\r\n", "\n")


def open_console(door: Door) -> tuple[Console, paramiko.PKey | None]:
    """A session, and the host key if it was accepted but is not recorded yet.

    Raises :class:`ConsoleError` or :class:`host_keys.HostKeyError`. The password is sent after the key was found right.
    """
    try:
        sock = socket.create_connection((door.pins.host, door.pins.port), timeout=door.timeout_s)
    except OSError as error:
        raise ConsoleError(f"no connection to {door.where}: {_reason(error)}. Is the service ssh on?") from None
    transport: paramiko.Transport | None = None
    try:
        transport = paramiko.Transport(sock)
        _ask_for(transport, host_keys.known_types(door.pins))
        transport.banner_timeout = transport.auth_timeout = door.timeout_s
        _begin(transport, door)
        key = transport.get_remote_server_key()
        known = host_keys.check(door.pins, key)
        _log_in(transport, door)
    except BaseException:
        (transport or sock).close()
        raise
    return Console(transport, door), None if known else key


def _ask_for(transport: paramiko.Transport, types: tuple[str, ...]) -> None:
    """A router may have keys of several types; the pinned one is wanted."""
    wanted = [name for kind in types for name in (_RSA if kind == "ssh-rsa" else (kind,))]
    options = transport.get_security_options()
    known = [name for name in wanted if name in options.key_types]
    options.key_types = [*known, *(name for name in options.key_types if name not in known)]


def _begin(transport: paramiko.Transport, door: Door) -> None:
    try:
        transport.start_client(timeout=door.timeout_s)
    except paramiko.SSHException as error:
        raise ConsoleError(_negotiation_words(door.where, str(error))) from None
    except (OSError, EOFError) as error:
        raise ConsoleError(f"{door.where} does not speak SSH: {_reason(error)}") from None


def _negotiation_words(where: str, said: str) -> str:
    if "no acceptable host key" in said or "Incompatible" in said:
        return (
            f"no SSH with {where}: {said}. RouterOS 6 signs with SHA-1 (ssh-rsa) only, which paramiko"
            f" {paramiko.__version__} may refuse: install paramiko>=4,<5 in the controller's environment"
        )
    return f"no SSH with {where}: {said}"


def _log_in(transport: paramiko.Transport, door: Door) -> None:
    try:
        if door.private_key_file:
            transport.auth_publickey(door.user, _private_key(door))
        else:
            transport.auth_password(door.user, door.password)
    except paramiko.AuthenticationException as error:
        how = "key" if door.private_key_file else "password"
        raise ConsoleError(f"{door.where} refused the {how} of user {door.user}: {error}") from None
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise ConsoleError(f"{door.where} did not answer the login: {_reason(error)}") from None
    if not transport.is_authenticated():
        raise ConsoleError(f"{door.where} wants more than a password or a key of user {door.user}")


def _private_key(door: Door) -> Any:
    path = str(door.private_key_file)
    try:
        return paramiko.PKey.from_path(path, door.password.encode() or None)
    except (OSError, ValueError, TypeError, paramiko.SSHException) as error:
        raise ConsoleError(f"the private key {path} can't be used: {_reason(error)}") from None


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
