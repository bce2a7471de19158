# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The binary API of one router: rows in, rows out, all values as text.

The only file that opens a connection. Errors of the router, of TLS and of the network all leave as
:class:`router_api.RouterError`, with a sentence that says what to do where that is known.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

try:
    from librouteros.api import Api
    from librouteros.connections import SocketTransport
    from librouteros.exceptions import FatalError, LibRouterosError, MultiTrapError, TrapError
    from librouteros.login import plain
    from librouteros.protocol import ApiProtocol, decode_length, determine_length, encode_sentence
except ImportError:
    MISSING = "the Python library librouteros, 4.1 or newer, is missing in the controller's environment"
    Api = ApiProtocol = SocketTransport = object  # what the classes below are made of
else:
    #: Why no connection can be made at all; empty when it can.
    MISSING = ""

from .found import Found
from .looking import Answer
from .router_api import Ask, RouterError, RouterTrap

# librouteros logs every word that it sends, the password and the bot token among them, at level DEBUG.
logging.getLogger("librouteros").setLevel(logging.WARNING)

_PIECE = 65536
#: Commands that a router is given at once. RouterOS names no limit; 16 were seen at work (go-routeros, issue 33).
_AT_ONCE = 20


@dataclass(frozen=True)
class Target:
    """Where the API is and how to log in. ``ca_file``: PEM of who signed the router's certificate, or of the
    certificate itself; ``None`` means the system's store. ``timeout_s`` counts for every single answer."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool = True
    ca_file: str | None = None
    timeout_s: float = 10.0


class _Transport(SocketTransport):  # type: ignore[misc]  # librouteros says no types
    """Reads in large pieces: librouteros asks for single bytes, each of which would be a call into OpenSSL."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._data = b""
        self._at = 0

    def read(self, length: int) -> bytes:
        while len(self._data) - self._at < length:
            more = self.sock.recv(_PIECE)
            if not more:
                raise EOFError("the router closed the connection")
            self._data, self._at = self._data[self._at :] + more, 0
        self._at += length
        return self._data[self._at - length : self._at]

    def words(self) -> list[bytes]:
        """One sentence. Nearly all lengths are one byte and nearly everything is there already."""
        found: list[bytes] = []
        while True:
            data, at = self._data, self._at
            length = data[at] if at < len(data) else 0x80
            if length < 0x80 and at + length < len(data):
                self._at = at + 1 + length
                word = data[at + 1 : self._at]
            else:
                first = self.read(1)
                word = self.read(decode_length(first + self.read(determine_length(first))))
            if not word:
                return found
            found.append(word)


class _Protocol(ApiProtocol):  # type: ignore[misc]  # librouteros says no types
    """librouteros looks at every byte and every word several times, which is most of what a look at a router costs."""

    def readSentence(self) -> tuple[str, tuple[str, ...]]:
        reply, *words = [word.decode(self.encoding, "ignore") for word in self.transport.words()] or [""]
        if reply == "!fatal":
            self.transport.close()
            raise FatalError(words[0] if words else "no reason given")
        return reply, tuple(words)


class _TextApi(Api):  # type: ignore[misc]  # librouteros says no types
    """librouteros turns ``yes``, ``true`` and digits into bool and int; a name or comment may be such a word."""

    def readSentence(self) -> tuple[str, dict[str, str]]:
        reply, words = self.protocol.readSentence()
        return reply, _said(reply, words)

    def ask_all(self, sentences: Sequence[Sequence[str]]) -> Iterator[tuple[int, str, dict[str, str]]]:
        """All at once: number of the sentence, reply word and what was said, as it comes, until all are done."""
        encoded = [
            encode_sentence(*words, f".tag={number}", encoding="utf-8") for number, words in enumerate(sentences)
        ]
        self.protocol.transport.write(b"".join(encoded))
        left = set(range(len(sentences)))
        while left:
            reply, words = self.protocol.readSentence()
            tag = next((word[5:] for word in reversed(words) if word.startswith(".tag=")), "")
            if tag.isdecimal() and int(tag) < len(sentences):  # what has no tag answers none of these
                if reply == "!done":
                    left.discard(int(tag))
                yield int(tag), reply, _said(reply, words)


def _said(reply: str, words: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for word in words:
        if word[:1] == "=":
            name, is_pair, value = word[1:].partition("=")
            if is_pair:
                values[name] = value
    if reply == "!trap":  # TrapError takes nothing else
        return {"message": values.get("message", "no reason given"), "category": values.get("category", "")}
    return values


class Router:
    """One logged-in connection. Use as a context manager."""

    def __init__(self, api: _TextApi) -> None:
        self._api = api

    def __enter__(self) -> Router:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._api.close()

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        """All rows in router order. ``properties``: only these and what tells a row's owner; empty: all."""
        return [_found(reply) for reply in self._call(*_print(menu, properties))]

    def tables(self, asked: Sequence[Ask]) -> list[Answer]:
        """Several prints in one round trip. One answer for each; what the router refused is a :class:`RouterTrap`."""
        commands = [_print(*ask) for ask in asked]
        answers: list[Answer] = []
        for first in range(0, len(commands), _AT_ONCE):
            answers += self._tables(commands[first : first + _AT_ONCE])
        return answers

    def _tables(self, commands: Sequence[Sequence[str]]) -> list[Answer]:
        rows: list[list[Found]] = [[] for _each in commands]
        traps: dict[int, list[TrapError]] = {}
        waiting = dict(enumerate(commands))
        with _in_words(lambda: next(iter(waiting.values()))[0]):
            for number, reply, said in self._api.ask_all(commands):
                if reply == "!re":
                    rows[number].append(_found(said))
                elif reply == "!trap":
                    traps.setdefault(number, []).append(TrapError(**said))
                elif reply == "!done":
                    waiting.pop(number, None)
        refused = {number: _trap(commands[number][0], of_one) for number, of_one in traps.items()}
        return [refused.get(number, found) for number, found in enumerate(rows)]

    def count(self, menu: str, where: Mapping[str, str]) -> int:
        """How many rows have exactly these values; none is printed. Exporters of others count so, too
        (nshttpd/mikrotik-exporter, pool_collector.go)."""
        equal = [f"?{name}={text}" for name, text in where.items()]
        replies = self._call(f"{menu}/print", "=count-only=", *equal)
        return sum(int(reply.get("ret", "0")) for reply in replies)

    def add(self, menu: str, values: Mapping[str, str], before: str | None = None) -> str:
        """The id of the new row. ``before``: id of the row that must follow."""
        words = _words(values) + ([f"=place-before={before}"] if before else [])
        replies = self._call(f"{menu}/add", *words)
        made = next((reply["ret"] for reply in replies if "ret" in reply), None)
        if made is None:
            raise RouterError(f"{menu}/add: the router did not say which row it made")
        return made

    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None:
        self._call(f"{menu}/set", f"=.id={row_id}", *_words(values))

    def unset(self, menu: str, row_id: str, name: str) -> None:
        self._call(f"{menu}/unset", f"=.id={row_id}", f"=value-name={name}")

    def move(self, menu: str, row_id: str, before: str | None) -> None:
        """Put a row before another, or at the end."""
        self._call(f"{menu}/move", f"=numbers={row_id}", *([f"=destination={before}"] if before else []))

    def remove(self, menu: str, row_id: str) -> None:
        self._call(f"{menu}/remove", f"=.id={row_id}")

    def run(self, command: str, values: Mapping[str, str]) -> list[dict[str, str]]:
        """Any other command, such as ``/ping``; what the router answers."""
        return self._call(command, *_words(values))

    def _call(self, command: str, *words: str) -> list[dict[str, str]]:
        with _in_words(lambda: command):
            return [dict(reply) for reply in self._api.rawCmd(command, *words)]


@contextlib.contextmanager
def _in_words(command: Callable[[], str]) -> Iterator[None]:
    """Whatever goes wrong leaves as a sentence. ``command``: what was being done."""
    try:
        yield
    except (TrapError, MultiTrapError) as error:
        raise RouterTrap(f"{command()}: the router says: {error}", trap=str(error)) from None
    except FatalError as error:
        raise RouterError(f"{command()}: the router ended the session: {error}") from None
    except (LibRouterosError, OSError, EOFError) as error:
        raise RouterError(f"{command()}: the connection broke: {_reason(error)}") from None


def _trap(command: str, errors: Sequence[TrapError]) -> RouterTrap:
    error = errors[0] if len(errors) == 1 else MultiTrapError(*errors)
    return RouterTrap(f"{command}: the router says: {error}", trap=str(error))


def _print(menu: str, properties: Sequence[str]) -> list[str]:
    """The words of one print. Rows without an owner could not be told from ours."""
    listed = ",".join(sorted({".id", "comment", "dynamic", *properties}))
    return [f"{menu}/print", *([f"=.proplist={listed}"] if properties else [])]


def _found(values: dict[str, str]) -> Found:
    return Found(values.pop(".id", ""), values)


def connect(target: Target) -> Router:
    """A logged-in connection. Raises :class:`RouterError`."""
    if MISSING:
        raise RouterError(MISSING)
    where = f"{target.host}:{target.port}"
    try:
        sock = socket.create_connection((target.host, target.port), timeout=target.timeout_s)
    except OSError as error:
        raise RouterError(
            f"no connection to {where}: {_reason(error)}. Is the service api-ssl on?", reason="unreachable"
        ) from None
    _limit_delay(sock, target.timeout_s)
    try:
        sock = _secured(sock, target) if target.tls else sock
        transport = _Transport(sock)
        try:
            api = _TextApi(_Protocol(transport=transport, encoding="utf-8"))
            plain(api, target.user, target.password)
        except BaseException:
            transport.close()
            raise
    except Exception as error:
        sock.close()
        raise RouterError(_login_words(where, target, error), reason=_login_reason(error)) from None
    return Router(api)


def _limit_delay(sock: socket.socket, seconds: float) -> None:
    """What was not acknowledged in time is not delivered later either: a write must not meet the router's undo."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, max(1, int(seconds * 1000)))


def _secured(sock: socket.socket, target: Target) -> socket.socket:
    context = _context(target.ca_file)
    wrap = functools.partial(context.wrap_socket, server_hostname=target.host)
    return wrap(sock)


@functools.cache
def _context(ca_file: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


def _login_reason(error: Exception) -> str:
    if isinstance(error, (ssl.SSLCertVerificationError, FileNotFoundError)):
        return "certificate"
    return "login" if isinstance(error, (TrapError, FatalError)) else "unreachable"


def _login_words(where: str, target: Target, error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {where} is not trusted: {error.verify_message}. Give the certificate that signed it"
            f" as the CA file, and connect to a name or address that it was made for"
        )
    if isinstance(error, FileNotFoundError):
        return f"the CA file {target.ca_file} does not exist"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with {where}: {error.reason or error}. Is this the port of api-ssl, and has it a certificate?"
    if isinstance(error, (TrapError, FatalError)):
        return f"{where} refused the login of user {target.user}: {error}"
    if isinstance(error, (OSError, EOFError, LibRouterosError)):
        return f"{where} did not answer the login: {_reason(error)}"
    raise error


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _words(values: Mapping[str, str]) -> list[str]:
    return [f"={name}={text}" for name, text in values.items()]
