# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The binary API of a router: login, commands side by side by tag, cancel, listen (facts 7)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import socket
import ssl
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lab.doors.codec import Decoder, ProtocolError, encode
from lab.doors.gate import Gate
from lab.doors.sessions import Sessions
from lab.verbs import Caller, Engine, Reply, Trap
from lab.verbs.query import matches

#: (user, password, the peer's address) -> who that is
Authenticate = Callable[[str, str, str], Caller | None]
#: (user, accepts) -> Caller; ``accepts(password)`` says whether the answer to the challenge fits that password.
Challenge = Callable[[str, Callable[[str], bool]], Caller | None]

_LOGIN_REFUSED = "invalid user name or password (6)"
_CHUNK = 65536
_FAREWELL_S = 1.0
_FOLLOW = frozenset({"follow", "follow-only"})


@dataclass(frozen=True)
class Sentence:
    """A command as it came in: ``/menu``, ``command``, arguments, queries and API attributes."""

    menu: str
    command: str
    args: Mapping[str, str]
    queries: tuple[str, ...]
    tag: str | None


def parse_sentence(words: Sequence[str]) -> Sentence:
    """Raises ProtocolError when a word is none of ``=name=value``, ``?query``, ``.tag=x``."""
    path = words[0]
    args: dict[str, str] = {}
    queries: list[str] = []
    tag: str | None = None
    for word in words[1:]:
        if word.startswith("="):
            name, _, value = word[1:].partition("=")
            args[name] = value
        elif word.startswith("?"):
            queries.append(word)
        elif word.startswith(".tag="):
            tag = word[5:]
        elif word.startswith("."):
            name, _, value = word.partition("=")
            args[name] = value
        else:
            raise ProtocolError(f"word {word!r} can't be read")
    menu, _, command = path.rstrip("/").rpartition("/")
    return Sentence(menu, command, args, tuple(queries), tag)


def challenge_response(password: str, challenge: str) -> str:
    """What clients before 6.43 answer to ``=ret=<challenge>`` (facts 7.2)."""
    digest = hashlib.md5(b"\x00" + password.encode("utf-8", "surrogateescape") + bytes.fromhex(challenge))
    return "00" + digest.hexdigest()


class ApiDoor:
    """Serves the API on sockets that are bound already. ``challenge`` turns the login of RouterOS < 6.43 on."""

    def __init__(
        self,
        engine: Engine,
        authenticate: Authenticate,
        sockets: Sequence[socket.socket],
        tls_context: ssl.SSLContext | None = None,
        *,
        challenge: Challenge | None = None,
        gate: Gate | None = None,
        sessions: Sessions | None = None,
        admits: Callable[[str], bool] = lambda peer: True,
    ) -> None:
        self.engine = engine
        self.gate = gate or Gate()
        self.sessions = sessions or Sessions()
        self.authenticate = authenticate
        self._admits = admits
        self.challenge = challenge
        self.sends_empty = engine.at_least("7.18")
        #: recorded on 6.47.6: a challenge is still given, its answer is refused (BenMenking/routeros-api, issue 52)
        self.offers_challenge = not engine.at_least("7.0")
        self._sockets = sockets
        self._tls = tls_context
        self._servers: list[asyncio.Server] = []
        self._sessions: dict[asyncio.Task[None], _Session] = {}
        self._closed = False

    async def start(self) -> None:
        for sock in self._sockets:
            sock.setblocking(False)
            # a peer who can't be reached any more must not keep the router from ending
            patience = None if self._tls is None else _FAREWELL_S
            self._servers.append(
                await asyncio.start_server(
                    self._serve, sock=sock, ssl=self._tls, backlog=512, ssl_shutdown_timeout=patience
                )
            )

    def shut(self) -> None:
        """Close the sockets: no session begins any more."""
        self._closed = True
        for server in self._servers:
            server.close()

    async def stop(self) -> None:
        """Close the sockets and every session."""
        self.shut()
        if self.gate.shut:
            self.reset()
        for session in list(self._sessions):
            if not session.cancelling():
                session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        # not server.wait_closed(): from Python 3.12 on it waits for handshakes of peers who can't be reached any more
        self._servers.clear()

    def reset(self) -> None:
        """Every session ends at once, without an answer: its peer gets a TCP reset."""
        for task, session in list(self._sessions.items()):
            session.reset()
            if not task.cancelling():
                task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        session = _Session(self, reader, writer)
        if self._closed or not self._admits(session.peer):  # its TLS handshake may end after the door was stopped
            session.reset()
            return
        self._sessions[task] = session
        self.gate.on_open.append(session.flush)
        try:
            await session.run()
        except asyncio.CancelledError:
            pass  # the door is being closed; the peer sees the connection end
        finally:
            self.gate.on_open.remove(session.flush)
            del self._sessions[task]


class _Session:
    """One connection. Commands without a tag run one after the other, tagged ones side by side."""

    def __init__(self, door: ApiDoor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.door = door
        self.reader = reader
        self.writer = writer
        self.caller: Caller | None = None
        self.challenge = ""
        self.closing = False
        self.running: dict[asyncio.Task[None], str | None] = {}
        self.untagged = asyncio.Lock()
        self.quit = False
        self.kept_back = bytearray()
        self.login: int | None = None
        self.sock: socket.socket = writer.get_extra_info("socket")
        #: the other end's address, as the router sees it
        self.peer = str((writer.get_extra_info("peername") or ("",))[0])

    async def run(self) -> None:
        decoder = Decoder()
        try:
            while not self.closing:
                data = await self.reader.read(_CHUNK)
                if not data:
                    break
                for words in decoder.feed(data):
                    await self.door.gate.passed()
                    await self._take(words)
                    if self.closing:
                        break
        except ProtocolError as error:
            self._fatal(str(error))
        except (ConnectionError, ssl.SSLError, TimeoutError):
            pass  # the peer is gone; nobody is left to be told
        finally:
            await self._close()

    async def _close(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)
        self._logged_out()
        if self.caller is not None:
            await self.door.engine.end_session(self.caller, orderly=self.quit)
        self.writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
            await self.writer.wait_closed()

    def reset(self) -> None:
        """No farewell: with SO_LINGER 0 the kernel sends a reset instead of the usual end (socket(7))."""
        self.kept_back.clear()
        if self.sock.fileno() >= 0:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(AttributeError):  # asyncio's TLS transport, when its connection has just ended
                self.writer.transport.abort()
        for task in self.running:  # before the gate opens: what waits there is never done
            task.cancel()

    # -- sentences out

    def _send(self, tag: str | None, *words: str) -> None:
        self._write(encode([*words, *([f".tag={tag}"] if tag is not None else [])]))

    def _write(self, data: bytes) -> None:
        """Everything that leaves goes through here: a shut gate keeps it back."""
        if self.door.gate.shut:
            self.kept_back += data
        elif not self.writer.is_closing():
            self.writer.write(data)

    def flush(self) -> None:
        """The gate is open again."""
        if self.kept_back and not self.writer.is_closing():
            self.writer.write(bytes(self.kept_back))
        self.kept_back.clear()

    def _fatal(self, message: str) -> None:
        # The word after !fatal is plain text, not =message= (facts 7.2).
        self._send(None, "!fatal", message)
        self.closing = True

    def _trap(self, tag: str | None, trap: Trap) -> None:
        category = [] if trap.category is None else [f"=category={trap.category}"]
        self._send(tag, "!trap", *category, f"=message={trap.message}")
        self._send(tag, "!done")

    def _reply(self, sentence: Sentence, reply: Reply) -> None:
        """In one piece: over TLS each piece is a record of its own."""
        suffix = [f".tag={sentence.tag}"] if sentence.tag is not None else []
        said = []
        if reply.rows and sentence.command != "get":
            said = [["!re", *(f"={name}={value}" for name, value in row.items())] for row in reply.rows]
        elif reply.ret is None and sentence.command in ("print", "getall") and self.door.sends_empty:
            said = [["!empty"]]
        said.append(["!done", *([f"=ret={reply.ret}"] if reply.ret is not None else [])])
        self._write(b"".join(encode([*words, *suffix]) for words in said))

    # -- sentences in

    async def _take(self, words: tuple[str, ...]) -> None:
        sentence = parse_sentence(words)
        path = f"{sentence.menu}/{sentence.command}"
        if path == "/login":
            self._login(sentence)
        elif path == "/quit":
            self.quit = True
            self._fatal("session terminated on request")
        elif self.caller is None:
            self._fatal("not logged in")
        elif path == "/cancel":
            await self._cancel(sentence)
        else:
            task = asyncio.create_task(self._command(sentence, self.caller))
            self.running[task] = sentence.tag
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A bug of the emulator must not look like a slow router.
            self._fatal(f"internal error: {error!r}")
            self.writer.close()

    def _login(self, sentence: Sentence) -> None:
        args = sentence.args
        if "name" not in args and (self.door.challenge is not None or self.door.offers_challenge):
            self.challenge = secrets.token_hex(16)
            self._send(sentence.tag, "!done", f"=ret={self.challenge}")
            return
        response, challenge = args.get("response"), self.challenge
        if response is not None and self.door.challenge is not None and challenge:
            self.challenge = ""
            self.caller = self.door.challenge(
                args["name"], lambda password: challenge_response(password, challenge) == response
            )
        else:
            self.caller = self.door.authenticate(args.get("name", ""), args.get("password", ""), self.peer)
        self._logged_out()
        if self.caller is None:
            self.door.sessions.refused(args.get("name", ""), self.peer, "api")
            self._trap(sentence.tag, Trap(_LOGIN_REFUSED))
        else:
            self.login = self.door.sessions.began(self.caller, self.peer, "api", self.writer.close)
            self._send(sentence.tag, "!done")

    def _logged_out(self) -> None:
        if self.login is not None:
            self.door.sessions.ended(self.login)
            self.login = None

    async def _cancel(self, sentence: Sentence) -> None:
        wanted = sentence.args.get("tag")
        await asyncio.sleep(0)  # a command that came in the same breath must have begun, or it could not answer
        found = [task for task, tag in self.running.items() if wanted is None or tag == wanted]
        for task in found:
            task.cancel()
        await asyncio.gather(*found, return_exceptions=True)
        self._send(sentence.tag, "!done")

    async def _command(self, sentence: Sentence, caller: Caller) -> None:
        """Run one command and send its replies; a cancelled one is told that it was interrupted."""
        order = self.untagged if sentence.tag is None else contextlib.nullcontext()
        try:
            async with order:
                if sentence.command == "listen" or (sentence.command == "print" and _FOLLOW & set(sentence.args)):
                    await self._listen(sentence, caller)
                else:
                    async with self.door.gate.turn(f"{sentence.menu}/{sentence.command}", sentence.args):
                        reply = await self._call(sentence, caller)
                    self._reply(sentence, reply)
                await self.writer.drain()
        except Trap as trap:
            self._trap(sentence.tag, trap)
        except asyncio.CancelledError:
            self._trap(sentence.tag, Trap("interrupted", 2))
        except ConnectionError:
            self.closing = True

    async def _call(self, sentence: Sentence, caller: Caller) -> Reply:
        engine = self.door.engine
        if sentence.command != "export":
            return await engine.call(
                sentence.menu, sentence.command, sentence.args, queries=sentence.queries, caller=caller
            )
        # the API prints nothing of an export: clients have it written into a file (librouteros, config.py)
        await engine.call(sentence.menu, "export", sentence.args, caller=caller)
        return Reply()

    async def _listen(self, sentence: Sentence, caller: Caller) -> None:
        if not caller.may("read"):
            raise Trap("not enough permissions (9)")
        if not self.door.engine.knows(sentence.menu, "print"):
            raise Trap("no such command", 0)
        proplist = [name for name in sentence.args.get(".proplist", "").split(",") if name]
        if "follow" in sentence.args:  # what is there already comes first
            args = {name: text for name, text in sentence.args.items() if name not in _FOLLOW}
            rows = await self.door.engine.call(sentence.menu, "print", args, queries=sentence.queries, caller=caller)
            for row in rows.rows:
                self._send(sentence.tag, "!re", *(f"={name}={value}" for name, value in row.items()))
        async with contextlib.aclosing(self.door.engine.listen(sentence.menu)) as changes:
            async for row in changes:
                if sentence.queries and ".dead" not in row and not matches(row, sentence.queries):
                    continue
                shown = {k: v for k, v in row.items() if not proplist or k in proplist or k in (".id", ".dead")}
                self._send(sentence.tag, "!re", *(f"={name}={value}" for name, value in shown.items()))
                await self.writer.drain()
