# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test of a netwatch row: what is sent, what it measured, whether it passed (facts 3.2)."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lab import netns
from lab.observe.netwatch_config import Icmp, Watch
from lab.observe.netwatch_dns import KINDS, VARIABLES, Question, ask
from lab.observe.ping import Outcome, Ping, Pinger
from lab.values.scalar import format_duration

_MAX_HTTP_HEAD = 16384


@dataclass(frozen=True)
class Result:
    """``shown``: read-only properties of the row; ``variables``: the same for scripts, times as raw microseconds."""

    passed: bool
    shown: Mapping[str, str | None] = field(default_factory=dict)
    variables: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Train:
    """Statistics of a row of pings, times in seconds; None without a single response."""

    sent: int
    responses: int
    avg_s: float | None = None
    min_s: float | None = None
    max_s: float | None = None
    jitter_s: float | None = None  # max − min, says the manual
    stdev_s: float | None = None

    @property
    def lost(self) -> int:
        return self.sent - self.responses

    @property
    def loss_percent(self) -> float:
        return 100.0 * self.lost / self.sent if self.sent else 0.0

    def passes(self, limits: Icmp) -> bool:
        """Only a value above its threshold fails."""
        times = (
            (self.max_s, limits.max_s),
            (self.avg_s, limits.avg_s),
            (self.stdev_s, limits.stdev_s),
            (self.jitter_s, limits.jitter_s),
        )
        if any(value is not None and value > limit for value, limit in times):
            return False
        return self.loss_percent <= limits.loss_percent and self.lost <= limits.loss_count


def train(sent: int, rtts_s: Sequence[float]) -> Train:
    """The statistics of ``sent`` pings of which these came back."""
    if not rtts_s:
        return Train(sent, 0)
    low, high = min(rtts_s), max(rtts_s)
    return Train(sent, len(rtts_s), statistics.fmean(rtts_s), low, high, high - low, statistics.pstdev(rtts_s))


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)


def train_result(found: Train, limits: Icmp) -> Result:
    """What a row shows of a train, and whether it passed."""
    percent = round(found.loss_percent)
    counts = {"sent-count": found.sent, "response-count": found.responses, "loss-count": found.lost}
    times = {
        "rtt-avg": found.avg_s,
        "rtt-min": found.min_s,
        "rtt-max": found.max_s,
        "rtt-jitter": found.jitter_s,
        "rtt-stdev": found.stdev_s,
    }
    shown: dict[str, str | None] = {name: str(value) for name, value in counts.items()}
    shown["loss-percent"] = f"{found.loss_percent:g}"
    shown.update({k: None if v is None else format_duration(_microseconds(v)) for k, v in times.items()})
    variables: dict[str, str | int] = {**counts, "loss-percent": percent}
    variables.update({k: _microseconds(v) for k, v in times.items() if v is not None})
    return Result(found.passes(limits), shown, variables)


@dataclass(frozen=True)
class Router:
    """What a test needs of the router: its name servers, and a TLS context that checks certificates or does not."""

    resolvers: Callable[[], Sequence[str]] = tuple
    tls: Callable[[bool], ssl.SSLContext] | None = None


async def probe(name: str, pinger: Pinger, watch: Watch, router: Router) -> Result:
    """Run one test from namespace ``name``. Never raises for what the network does."""
    if watch.type == "icmp":
        return await _icmp(pinger, watch)
    if watch.type == "tcp-conn":
        return await _tcp(name, watch)
    if watch.type in ("http-get", "https-get"):
        return await _http(name, watch, router)
    if watch.type == "dns":
        return await _dns(name, watch, router)
    return Result(bool(await pinger.ping(watch.host, timeout_s=watch.timeout_s, source=watch.source)))


async def _icmp(pinger: Pinger, watch: Watch) -> Result:
    limits = watch.icmp

    async def one(number: int) -> Ping:
        await asyncio.sleep(number * limits.interval_s)
        return await pinger.ping(
            watch.host, timeout_s=watch.timeout_s, source=watch.source, size=limits.size, ttl=limits.ttl
        )

    answers = await asyncio.gather(*(one(number) for number in range(limits.count)))
    good = {Outcome.REPLY, Outcome.EXCEEDED} if limits.accept_exceeded else {Outcome.REPLY}
    rtts = [answer.rtt_s for answer in answers if answer.outcome in good and answer.rtt_s is not None]
    return train_result(train(len(answers), rtts), limits)


async def _connect(name: str, watch: Watch) -> tuple[socket.socket, float] | None:
    """A connection and the seconds it took; None when there is none in time."""
    sock = netns.make_socket(name)
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        if watch.source:
            sock.bind((watch.source, 0))
        async with asyncio.timeout(watch.timeout_s):
            await loop.sock_connect(sock, (watch.host, watch.port))
    except (OSError, TimeoutError):
        sock.close()
        return None
    except BaseException:
        sock.close()
        raise
    return sock, loop.time() - began


async def _tcp(name: str, watch: Watch) -> Result:
    connected = await _connect(name, watch)
    if connected is None:
        return Result(False, {"tcp-connect-time": None})
    sock, took_s = connected
    sock.close()
    taken = _microseconds(took_s)
    return Result(
        took_s <= watch.tcp_limit_s, {"tcp-connect-time": format_duration(taken)}, {"tcp-connect-time": taken}
    )


async def _dns(name: str, watch: Watch, router: Router) -> Result:
    servers = (watch.dns_server,) if watch.dns_server else tuple(router.resolvers())
    question = Question(watch.host, watch.record_type, servers, watch.source, watch.timeout_s)
    found = await ask(name, question)
    shown: dict[str, str | None] = dict.fromkeys(VARIABLES)
    if found is None:
        return Result(False, shown)
    variable = KINDS[watch.record_type][1]
    return Result(True, {**shown, variable: ",".join(found)}, {variable: ",".join(found)})


async def _http(name: str, watch: Watch, router: Router) -> Result:
    failed = Result(False, {"http-status-code": None, "http-resp-time": None})
    connected = await _connect(name, watch)
    if connected is None:
        return failed
    sock, _ = connected
    loop = asyncio.get_running_loop()
    began = loop.time()
    tls = router.tls(watch.check_certificate) if watch.type == "https-get" and router.tls is not None else None
    try:
        async with asyncio.timeout(watch.timeout_s):
            code = await _status_code(sock, watch.host, tls)
    except (OSError, TimeoutError):  # a certificate that is not trusted too: ssl.SSLError is an OSError
        return failed
    finally:
        sock.close()
    if code is None:
        return failed
    took_s = loop.time() - began
    taken = _microseconds(took_s)
    passed = took_s <= watch.http_limit_s and any(low <= code <= high for low, high in watch.http_codes)
    return Result(
        passed,
        {"http-status-code": str(code), "http-resp-time": format_duration(taken)},
        {"http-status-code": code, "http-resp-time": taken},
    )


async def _status_code(sock: socket.socket, host: str, tls: ssl.SSLContext | None) -> int | None:
    reader, writer = await asyncio.open_connection(
        sock=sock, ssl=tls, server_hostname=host if tls is not None else None, limit=_MAX_HTTP_HEAD
    )
    try:
        writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        head = await reader.readline()
    except ValueError:  # a line longer than the limit
        return None
    finally:
        writer.transport.abort()
    line = re.match(rb"HTTP/1\.[01] (\d{3})\b", head)
    return int(line[1]) if line else None
