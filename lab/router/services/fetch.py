# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/tool/fetch``: real HTTP and HTTPS through the router's own namespace (facts 5.1).

URLs, headers and data may hold secrets: nothing of them is ever logged.
"""

from __future__ import annotations

import asyncio
import base64
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urljoin

from lab import netns
from lab.router.services.base import RouterHost, at_least
from lab.router.services.certificates import CertificateService
from lab.router.services.devicemode import NOT_ALLOWED
from lab.router.services.http import HttpError, IdleTimeout, Request, Response, Url, exchange, parse_url
from lab.router.services.resolver import ResolveError, Resolver
from lab.schema.model import version_key
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.script.literals import parse_time
from lab.script.values import NANOS, from_utf8, utf8
from lab.store import Trap
from lab.verbs import Caller, Reply

#: http-data up to 64 KiB, a result in a variable about as much (facts 5.1)
DATA_LIMIT = 65_536
_FILE_LIMIT = 16 * 1024 * 1024
_IDLE_S = 10.0
_OUTPUTS = ("none", "file", "user", "user-with-headers")
_CHECKS = ("no", "yes", "yes-without-crl")
_METHODS = ("delete", "get", "head", "patch", "post", "put")
#: arguments that would change what is done and are not done here
_NOT_EMULATED = ("certificate", "http-content-encoding", "src-path", "upload", "ascii")
_FORM = "application/x-www-form-urlencoded"
_COMMA = re.compile(r"(?<!\\),")


@dataclass(frozen=True)
class Order:
    """What one fetch is asked to do."""

    url: Url
    text: str
    method: str
    body: bytes
    headers: Mapping[str, str]
    output: str
    verify: bool
    idle_s: float
    duration_s: float | None
    redirects: int
    source: str
    file_name: str


class Fetch:
    def __init__(
        self,
        host: RouterHost,
        resolver: Resolver,
        certificates: CertificateService,
        *,
        allowed: Callable[[str], bool] = lambda feature: True,
    ) -> None:
        self._host = host
        self._allowed = allowed
        self._resolver = resolver
        self._certificates = certificates

    def plug(self) -> None:
        self._host.engine.actions["/tool", "fetch"] = self._action

    async def start(self) -> None:
        """Nothing runs by itself."""

    async def stop(self) -> None:
        """A fetch belongs to the script or session that called it, and ends with it."""

    def refresh(self, snapshot: Snapshot) -> None:
        """Nothing is kept between fetches."""

    async def _action(self, args: Mapping[str, str], caller: Caller) -> Reply:
        order = read_order(args, self._host.version)
        # which policy a fetch wants is unsure; vendor examples use read,write,test, and ftp when a file is written
        for policy in ("test", "ftp") if order.output == "file" else ("test",):
            if not caller.may(policy):
                raise Trap("not enough permissions (9)")
        if not self._allowed("fetch"):
            raise Trap(NOT_ALLOWED)
        started = self._host.clock()
        try:
            async with asyncio.timeout(order.duration_s):
                response = await self._follow(order)
        except TimeoutError as error:
            raise Trap("failure: connection timeout", 4) from error
        self._judge(response)
        return self._reply(order, response, started)

    async def _follow(self, order: Order) -> Response:
        response = await self._once(order, order.url)
        base = order.text
        for _ in range(order.redirects):
            where = response.header("location")
            if not 300 <= response.status < 400 or not where:
                break
            base = urljoin(base, where)
            response = await self._once(order, _url(base))
        return response

    async def _once(self, order: Order, url: Url) -> Response:
        """One request, failures in the router's words. Only those of TLS were seen; the others are unsure."""
        try:
            address = (await self._resolver.resolve(url.host))[0]
        except ResolveError as error:
            raise Trap("failure: resolving error", 4) from error
        try:
            sock = await self._connect(order, url, address)
            tls = self._certificates.context("fetch", verify=order.verify) if url.scheme == "https" else None
            request = Request(order.method.upper(), order.headers, order.body)
            limit = _FILE_LIMIT if order.output == "file" else DATA_LIMIT
            return await exchange(sock, url, request, tls=tls, idle_s=order.idle_s, limit=limit)
        except (IdleTimeout, TimeoutError) as error:
            raise Trap("failure: connection timeout", 4) from error
        except ssl.SSLCertVerificationError as error:
            raise Trap(f"failure: SSL: ssl: {_verdict(error)} (6)", 4) from error
        except ssl.SSLError as error:
            raise Trap("failure: SSL: handshake failed (6)", 4) from error
        except HttpError as error:
            raise Trap(f"failure: {error}", 4) from error
        except OSError as error:
            words = "Connection refused" if isinstance(error, ConnectionRefusedError) else "connection failed"
            raise Trap(f"failure: {words}", 4) from error

    async def _connect(self, order: Order, url: Url, address: str) -> socket.socket:
        family = socket.AF_INET if ip_address(address).version == 4 else socket.AF_INET6
        sock = netns.make_socket(self._host.netns, family)
        try:
            if order.source:
                sock.bind((order.source, 0))
            async with asyncio.timeout(order.idle_s):
                await asyncio.get_running_loop().sock_connect(sock, (address, url.port))
        except BaseException:
            sock.close()
            raise
        return sock

    def _judge(self, response: Response) -> None:
        if response.status < 300:
            return
        if at_least(self._host.version, "7.22"):
            raise Trap(f"failure: Status {response.status}, {response.reason}".rstrip(", "), 4)
        raise Trap(f"Fetch failed with status {response.status}", 4)

    def _reply(self, order: Order, response: Response, started: float) -> Reply:
        """``status`` and ``data`` are documented; ``downloaded`` (KiB) and ``duration`` are unsure (facts 5.1)."""
        row = {
            "status": "finished",
            "downloaded": str((len(response.body) + 1023) // 1024),
            "duration": f"{max(1, round(self._host.clock() - started))}s",
        }
        text = from_utf8(response.body)
        if order.output == "user-with-headers":
            row["headers"] = ",".join(f"{name}: {value}" for name, value in response.headers)
        if order.output.startswith("user"):
            row["data"] = text
        elif order.output == "file":
            self._save(order.file_name, text)
        return Reply(rows=(row,))

    def _save(self, name: str, text: str) -> None:
        store = self._host.store
        old: ConfigRow | None = next((row for row in store.rows("/file") if row.get("name") == name), None)
        if old is not None:
            store.set("/file", old.id, {"contents": text})
        else:
            store.add("/file", {"name": name, "contents": text})


def read_order(args: Mapping[str, str], version: str) -> Order:
    """Check the arguments. Raises Trap in the router's words, before anything is sent."""
    for name in _NOT_EMULATED:
        if args.get(name):
            raise Trap(f"failure: {name} is not emulated")
    text = args.get("url", "")
    if not text:
        raise Trap("missing =url=", 0)
    url = _url(text)
    output = _word(args, "output", _OUTPUTS, "file")
    if args.get("keep-result", "yes") in ("no", "false") and "output" not in args:
        output = "none"
    method = _word(args, "http-method", _METHODS, "post" if args.get("http-data") else "get")
    body = utf8(args.get("http-data", ""))
    if len(body) > DATA_LIMIT:
        raise Trap("invalid value for argument http-data", 1)
    name = args.get("dst-path") or url.target.rsplit("/", 1)[-1] or "index.html"
    return Order(
        url=url,
        text=text,
        method=method,
        body=body,
        headers=_headers(args, body, version),
        output=output,
        verify=_word(args, "check-certificate", _CHECKS, "no") != "no",
        idle_s=_seconds(args, "idle-timeout") or _IDLE_S,
        duration_s=_seconds(args, "duration"),
        redirects=_count(args, "http-max-redirect-count"),
        source=args.get("src-address", ""),
        file_name=name,
    )


def _url(text: str) -> Url:
    try:
        return parse_url(text)
    except ValueError as error:
        raise Trap("invalid value for argument url", 1) from error


def _word(args: Mapping[str, str], name: str, known: tuple[str, ...], otherwise: str) -> str:
    word = args.get(name) or otherwise
    if word not in known:
        raise Trap(f"input does not match any value of {name}", 1)
    return word


def _count(args: Mapping[str, str], name: str) -> int:
    text = args.get(name) or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Trap(f'invalid value "{text}" for argument {name}', 1)
    return int(text)


def _seconds(args: Mapping[str, str], name: str) -> float | None:
    text = args.get(name, "")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    time = parse_time(text)
    if time is None:
        raise Trap(f"invalid value for argument {name}", 1)
    return time.nanos / NANOS


def _headers(args: Mapping[str, str], body: bytes, version: str) -> dict[str, str]:
    """``a: 1,b: 2``; a comma that belongs to a value has a backslash before it (facts 5.1)."""
    numbers = ".".join(str(part) for part in version_key(version))
    headers = {"User-Agent": f"MikroTik/{numbers} Fetch"}
    if args.get("user"):
        pair = utf8(f"{args['user']}:{args.get('password', '')}")
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    given: dict[str, str] = {}
    for part in _COMMA.split(args.get("http-header-field", "")):
        if not part.strip():
            continue
        name, colon, value = part.replace("\\,", ",").partition(":")
        if not colon or not name.strip() or "\n" in part or "\r" in part:
            raise Trap("invalid value for argument http-header-field", 1)
        given[name.strip()] = value.strip()
    if body and "content-type" not in {name.lower() for name in given}:
        headers["Content-Type"] = _FORM
    return {**headers, **given}


def _verdict(error: ssl.SSLCertVerificationError) -> str:
    """OpenSSL's verdict in the router's words; both were seen in reports of users, without their versions."""
    if "ostname mismatch" in error.verify_message or "IP address mismatch" in error.verify_message:
        return "name verification failed"
    if error.verify_code in (9, 10):
        return "certificate expired"
    return "no trusted CA certificate found"
