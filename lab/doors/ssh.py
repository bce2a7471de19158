# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH of a router: exec, shell and SFTP over paramiko's threads, bridged to the router's event loop.

Everything that touches the router runs in the event loop; the threads only move bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import paramiko

from lab.doors.console import ConsoleSession, TerminalSettings, split_login
from lab.doors.console.session import Host, Page
from lab.doors.console.terminal import Terminal
from lab.doors.sessions import Sessions
from lab.doors.ssh_files import Files, FileStore
from lab.doors.ssh_server import AnsweringTransport, Channels, Request
from lab.doors.ssh_stream import ChannelStream
from lab.verbs import Caller

#: (user, password, the peer's address) -> who that is
Authenticate = Callable[[str, str, str], Caller | None]

_LOGIN_TIMEOUT_S = 120.0
_log = logging.getLogger("lab.doors.ssh")


class SshDoor:
    """Serves SSH on sockets that listen already. ``host_key_file``: PEM (OpenSSH or PKCS#1) of the router's key."""

    def __init__(
        self,
        host: Host,
        authenticate: Authenticate,
        sockets: Sequence[socket.socket],
        host_key_file: Path,
        *,
        sessions: Sessions,
        admits: Callable[[str], bool] = lambda peer: True,
    ) -> None:
        self.host = host
        self.authenticate = authenticate
        self._admits = admits
        self.logins = sessions
        self._sockets = sockets
        self._key = paramiko.RSAKey.from_private_key_file(str(host_key_file))
        self._accepting: list[asyncio.Task[None]] = []
        self._transports: set[paramiko.Transport] = set()
        self._logged_in: dict[paramiko.Transport, int] = {}
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        for sock in self._sockets:
            sock.setblocking(False)
            self._accepting.append(asyncio.create_task(self._accept(sock)))

    def shut(self) -> None:
        """Take no more connections; those that are there go on."""
        for sock, task in zip(self._sockets, self._accepting, strict=False):
            # now, not when the task ends: the kernel would go on telling of a socket whose copies are open elsewhere
            asyncio.get_running_loop().remove_reader(sock.fileno())
            task.cancel()
            sock.close()
        self._accepting.clear()

    def reset(self) -> None:
        """Every connection ends at once."""
        for transport in list(self._transports):
            transport.close()

    async def stop(self) -> None:
        """Close the sockets and every connection."""
        accepting = list(self._accepting)
        self.shut()
        for task in self._sessions:
            task.cancel()
        await asyncio.gather(*accepting, *self._sessions, return_exceptions=True)
        for transport in list(self._transports):
            await asyncio.to_thread(transport.close)
        self._transports.clear()

    # ---- connections

    async def _accept(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(sock)
            except OSError as error:
                _log.warning("SSH connection not accepted: %s", error)
                await asyncio.sleep(0.1)
                continue
            if not self._admits(peer[0]):
                connection.close()
                continue
            connection.setblocking(True)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self._begin(connection, peer[0])
            except (paramiko.SSHException, OSError, EOFError) as error:
                _log.info("SSH connection from %s ended at once: %s", peer[0], error)
                connection.close()

    def _begin(self, connection: socket.socket, peer: str) -> None:
        transport = AnsweringTransport(connection, disabled_algorithms=self._disabled())
        transport.local_version = "SSH-2.0-ROSSSH"
        transport.banner_timeout = transport.auth_timeout = _LOGIN_TIMEOUT_S
        transport.add_server_key(self._key)
        loop = asyncio.get_running_loop()

        def login(name: str, password: str | None) -> Caller | None:
            """Called by paramiko's thread; the answer is found in the loop."""
            return asyncio.run_coroutine_threadsafe(self._login(name, password, peer, transport), loop).result()

        def opened(request: Request) -> None:
            loop.call_soon_threadsafe(self._open, request)

        self._transports = {known for known in self._transports if known.is_active()} | {transport}
        # an event, so that this does not wait for the key exchange, which runs in the transport's thread
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files, loop)
        server = Channels(login, opened, self._files_of)
        transport.answered = server.answered
        transport.start_server(event=threading.Event(), server=server)
        threading.Thread(target=self._wait, args=(transport, loop), name="ssh-end", daemon=True).start()

    def _wait(self, transport: paramiko.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Runs in a thread of its own until the connection has ended."""
        transport.join()
        with contextlib.suppress(RuntimeError):  # the loop has ended: so has the log
            loop.call_soon_threadsafe(self._left, transport)

    def _left(self, transport: paramiko.Transport) -> None:
        number = self._logged_in.pop(transport, None)
        if number is not None:
            self.logins.ended(number)

    def _disabled(self) -> dict[str, list[str]]:
        """RouterOS 6 signs with SHA-1 only (lab recipes 7)."""
        if self.host.engine.at_least("7"):
            return {}
        return {"keys": ["rsa-sha2-512", "rsa-sha2-256"], "pubkeys": ["rsa-sha2-512", "rsa-sha2-256"]}

    async def _login(self, name: str, password: str | None, peer: str, transport: paramiko.Transport) -> Caller | None:
        user, _ = split_login(name)
        caller = self.authenticate(user, password or "", peer)
        if caller is None and password is None:
            pass  # a client that asks for the ways to log in, not a failure
        elif caller is None:
            self.logins.refused(user, peer, "ssh")
        else:
            loop = asyncio.get_running_loop()

            def end() -> None:
                loop.run_in_executor(None, transport.close)  # it waits for the transport's thread

            self._logged_in[transport] = self.logins.began(caller, peer, "ssh", end)
        return caller

    def _files_of(self, caller: Caller) -> FileStore | None:
        return FileStore(self.host.engine, caller, self.host.arrived) if caller.may("ftp") else None

    # ---- channels

    def _open(self, request: Request) -> None:
        task = asyncio.create_task(self._channel(request))
        self._sessions.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sessions.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("SSH session failed", exc_info=error)

    async def _channel(self, request: Request) -> None:
        stream = ChannelStream(request.channel)
        session = ConsoleSession(self.host, request.caller, _settings(request))
        request.resized = lambda width, height: _resize(session, width, height)
        try:
            if request.command is None:
                orderly = await Terminal(session, stream).run()
                await self.host.engine.end_session(request.caller, orderly=orderly)
            else:
                await self._exec(session, stream, request.command)
        except ConnectionError:
            pass  # nobody is left to be told
        finally:
            with contextlib.suppress(OSError, EOFError):
                await stream.close(0)

    @staticmethod
    async def _exec(session: ConsoleSession, stream: ChannelStream, command: str) -> None:
        """No prompt, no colours, CRLF, exit code 0 whatever happened (facts 7.8 [centrs])."""
        printed: asyncio.Queue[str | None] = asyncio.Queue()

        async def work() -> None:
            try:
                await session.run(command, printed.put_nowait)
            finally:
                printed.put_nowait(None)

        task = asyncio.create_task(work())
        watcher = asyncio.create_task(_end_when_gone(task, stream))
        try:
            while (text := await printed.get()) is not None:
                await stream.write((_piece(text) + "\n").replace("\n", "\r\n").encode("utf-8", "surrogateescape"))
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            task.cancel()
            watcher.cancel()


async def _end_when_gone(task: asyncio.Task[None], stream: ChannelStream) -> None:
    """A command whose client has gone ends; nobody could end it otherwise."""
    await stream.gone.wait()
    task.cancel()


def _piece(text: str) -> str:
    """Behind what print has drawn comes an empty line (recorded with exec: terse and detail)."""
    return text.rstrip("\n") + "\n" if isinstance(text, Page) else text


def _settings(request: Request) -> TerminalSettings:
    _, settings = split_login(request.login)
    return settings.resized(request.width, request.height)


def _resize(session: ConsoleSession, width: int, height: int) -> None:
    session.settings = session.settings.resized(width, height)
