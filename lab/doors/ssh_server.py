# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What paramiko asks a server: logins and channels. Its methods run in paramiko's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import paramiko
from paramiko.common import cMSG_CHANNEL_SUCCESS

from lab.doors.ssh_files import FileStore
from lab.verbs import Caller

#: (login with its suffix, password) -> who that is; blocks until the router has answered. None: no password was sent
Login = Callable[[str, str | None], Caller | None]


@dataclass
class Request:
    """A channel on which something was asked for: ``command`` None is a shell. ``resized``: set by who serves it."""

    channel: paramiko.Channel
    caller: Caller
    login: str
    command: str | None
    width: int = 0
    height: int = 0
    resized: Callable[[int, int], None] = field(default=lambda width, height: None)


class AnsweringTransport(paramiko.Transport):  # type: ignore[misc] # paramiko has no types
    """Tells when the answer to a channel's request has been sent.

    paramiko answers after the check has returned. A command that were begun in the check could end, and close its
    channel, before the client knows that it was accepted.
    """

    answered: Callable[[int], None] = staticmethod(lambda remote_id: None)

    def _send_user_message(self, data: paramiko.Message) -> None:
        super()._send_user_message(data)
        raw = data.asbytes()
        if raw[:1] == cMSG_CHANNEL_SUCCESS:
            self.answered(int.from_bytes(raw[1:5], "big"))


class Channels(paramiko.ServerInterface):  # type: ignore[misc] # paramiko has no types
    """``files_of``: the files of a caller for SFTP, None when his group may not transfer any."""

    def __init__(
        self, login: Login, opened: Callable[[Request], None], files_of: Callable[[Caller], FileStore | None]
    ) -> None:
        self._login = login
        self._opened = opened
        self._files_of = files_of
        self.caller: Caller | None = None
        self._name = ""
        self._sizes: dict[int, tuple[int, int]] = {}
        self._requests: dict[int, Request] = {}
        self._accepted: dict[int, Request] = {}

    def files(self) -> FileStore | None:
        return None if self.caller is None else self._files_of(self.caller)

    # ---- login

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_none(self, username: str) -> int:
        """How clients find out what is asked for. Who has no password is in (unsure for SSH; seen over RoMON)."""
        return self._checked(username, None)

    def check_auth_password(self, username: str, password: str) -> int:
        return self._checked(username, password)

    def _checked(self, username: str, password: str | None) -> int:
        self.caller = self._login(username, password)
        self._name = username
        return int(paramiko.AUTH_FAILED if self.caller is None else paramiko.AUTH_SUCCESSFUL)

    # ---- channels

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_UNKNOWN_CHANNEL_TYPE)

    def check_channel_pty_request(  # noqa: PLR0917 - paramiko's signature
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
        modes: bytes,
    ) -> bool:
        self._sizes[channel.get_id()] = (width, height)
        return True

    def check_channel_window_change_request(
        self, channel: paramiko.Channel, width: int, height: int, pixelwidth: int, pixelheight: int
    ) -> bool:
        request = self._requests.get(channel.get_id())
        if request is not None:
            request.resized(width, height)
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        return self._open(channel, None)

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        return self._open(channel, command.decode("utf-8", "surrogateescape"))

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        """No subsystem at all for who may not transfer files (measured on 7.20.8)."""
        return self.files() is not None and bool(super().check_channel_subsystem_request(channel, name))

    def _open(self, channel: paramiko.Channel, command: str | None) -> bool:
        if self.caller is None or channel.get_id() in self._requests:
            return False
        width, height = self._sizes.get(channel.get_id(), (0, 0))
        request = Request(channel, self.caller, self._name, command, width, height)
        self._requests[channel.get_id()] = request
        self._accepted[channel.remote_chanid] = request
        return True

    def answered(self, remote_id: int) -> None:
        """The client knows that its request was accepted: now it can be served."""
        request = self._accepted.pop(remote_id, None)
        if request is not None:
            self._opened(request)
