# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of ``/tool/netwatch``, read. Defaults count even where the row does not show them (facts 3.2)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lab.schema.snapshot import ConfigRow

ENACTED = ("simple", "icmp", "tcp-conn", "http-get", "https-get", "dns")
#: what the router writes itself; a change of these is no change of the row
READ_ONLY = frozenset(
    {
        *("status", "since", "done-tests", "failed-tests"),
        *("sent-count", "response-count", "loss-count", "loss-percent"),
        *("rtt-avg", "rtt-min", "rtt-max", "rtt-jitter", "rtt-stdev"),
        *("tcp-connect-time", "http-status-code", "http-resp-time"),
        *("ip", "ip6", "mail-servers", "name-servers"),
    }
)


@dataclass(frozen=True)
class Defaults:
    """What the version takes where a row says nothing, in seconds."""

    interval_s: float = 10.0
    timeout_s: float = 3.0
    start_delay_s: float = 3.0
    startup_delay_s: float = 300.0


def defaults(version: str) -> Defaults:
    """v6 and v7 before 7.4: 1 m / 1 s (unsure); ``startup-delay`` from 7.9 on."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None:
        raise ValueError(f"no RouterOS version: {version!r}")
    release = int(numbers[1]), int(numbers[2])
    if release < (7, 4):
        return Defaults(60.0, 1.0, 0.0, 0.0)
    return Defaults() if release >= (7, 9) else Defaults(startup_delay_s=0.0)


@dataclass(frozen=True)
class Icmp:
    """The train of a type icmp probe and what makes it fail. Times in seconds, ``size`` the IP packet in bytes."""

    count: int
    interval_s: float
    size: int
    ttl: int
    accept_exceeded: bool
    max_s: float
    avg_s: float
    stdev_s: float
    jitter_s: float
    loss_percent: float
    loss_count: int


@dataclass(frozen=True)
class Watch:
    """One row."""

    type: str
    host: str
    source: str
    interval_s: float
    timeout_s: float
    start_delay_s: float
    startup_delay_s: float
    port: int
    icmp: Icmp
    check_certificate: bool
    dns_server: str
    record_type: str
    tcp_limit_s: float
    http_limit_s: float
    http_codes: tuple[tuple[int, int], ...]
    ignore_initial_up: bool
    ignore_initial_down: bool
    name: str
    comment: str
    up_script: str
    down_script: str
    test_script: str


def config_of(row: ConfigRow) -> Mapping[str, str]:
    """The part of a row that a user wrote."""
    return {name: text for name, text in row.values.items() if name not in READ_ONLY}


def not_enacted(row: ConfigRow) -> str:
    """Why this row stays at status unknown; empty when it is probed."""
    kind = row.get("type", "simple")
    if kind not in ENACTED:
        return f"type {kind} is not enacted"
    if kind == "dns":
        return "" if row.get("host") else "no host"
    try:
        ipaddress.IPv4Address(row.get("host"))
    except ValueError:
        return f"host {row.get('host')}: only plain IPv4 addresses are enacted"
    return ""


def http_codes(text: str) -> tuple[tuple[int, int], ...]:
    """``100-299,404`` as ranges, both ends in."""
    found = []
    for part in (text or "100-299").split(","):
        low, _, high = part.partition("-")
        found.append((int(low), int(high or low)))
    return tuple(found)


def read_row(row: ConfigRow, base: Defaults) -> Watch:
    return Watch(
        type=row.get("type", "simple"),
        host=row.get("host"),
        source=row.get("src-address"),
        interval_s=row.seconds("interval", base.interval_s),
        timeout_s=row.seconds("timeout", base.timeout_s),
        start_delay_s=row.seconds("start-delay", base.start_delay_s),
        startup_delay_s=row.seconds("startup-delay", base.startup_delay_s),
        port=row.num("port", 443 if row.get("type") == "https-get" else 80),
        icmp=_read_icmp(row),
        check_certificate=row.flag("check-certificate"),
        dns_server=row.get("dns-server"),
        record_type=row.get("record-type", "A"),
        tcp_limit_s=row.seconds("thr-tcp-conn-time", 1.0),
        http_limit_s=row.seconds("thr-http-time", 10.0),
        http_codes=http_codes(row.get("http-codes")),
        ignore_initial_up=row.flag("ignore-initial-up"),
        ignore_initial_down=row.flag("ignore-initial-down"),
        name=row.get("name"),
        comment=row.get("comment"),
        up_script=row.get("up-script"),
        down_script=row.get("down-script"),
        test_script=row.get("test-script"),
    )


def _read_icmp(row: ConfigRow) -> Icmp:
    return Icmp(
        count=row.num("packet-count", 10),
        interval_s=row.seconds("packet-interval", 0.05),
        size=row.num("packet-size", 50),
        ttl=row.num("ttl", 255),
        accept_exceeded=row.flag("accept-icmp-time-exceeded"),
        max_s=row.seconds("thr-max", 1.0),
        avg_s=row.seconds("thr-avg", 0.1),
        stdev_s=row.seconds("thr-stdev", 0.25),
        jitter_s=row.seconds("thr-jitter", 1.0),
        loss_percent=float(row.get("thr-loss-percent", "85").rstrip("%")),
        loss_count=row.num("thr-loss-count", 4294967295),
    )
