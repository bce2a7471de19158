# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be measured and how: one class per kind, checked when it is made. The command line is made from these."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar


class PlanError(ValueError):
    """An option of a measurement that makes no sense; the text says what is allowed."""


def _option(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Plan:
    """Every number must be above zero (``warmup`` may be zero)."""

    kind: ClassVar[str]
    segment: str = _option("", "where the clients are: a VLAN's name, vlan10, access10; the flat LAN when left out")

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, int | float) and (value < 0 or (value == 0 and item.name != "warmup")):
                raise PlanError(f"{self.kind}: {item.name} is {value}, more than 0 is expected")


@dataclass(frozen=True)
class Throughput(Plan):
    """Goodput of many long TCP flows, counted where the data arrives."""

    kind: ClassVar[str] = "throughput"
    direction: str = _option("down", "down or up, seen from the branch")
    flows: int = _option(16, "TCP connections at once")
    clients: int = _option(8, "client addresses they come from")
    seconds: float = _option(6.0, "measured time")
    warmup: float = _option(2.0, "seconds before it")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.direction not in ("down", "up"):
            raise PlanError(f"throughput: direction is {self.direction!r}, down or up is expected")


@dataclass(frozen=True)
class Connections(Plan):
    """Many short TCP connections, counted at the ISPs by line."""

    kind: ClassVar[str] = "connections"
    count: int = _option(2000, "TCP connections, each from another pair of addresses as long as there are any")
    clients: int = _option(100, "client addresses")
    servers: int = _option(64, "server addresses")
    parallel: int = _option(64, "connections under way at once")
    timeout: float = _option(5.0, "seconds until a connection counts as failed")


@dataclass(frozen=True)
class Probe(Plan):
    """A new connection at every tick: outages, and who carried what."""

    kind: ClassVar[str] = "probe"
    seconds: float = _option(30.0, "length")
    interval: float = _option(0.2, "seconds between two new connections")
    timeout: float = _option(1.0, "seconds until a connection counts as failed")


@dataclass(frozen=True)
class Ticker(Plan):
    """Long-lived UDP flows: the longest silence of each."""

    kind: ClassVar[str] = "ticker"
    seconds: float = _option(30.0, "length")
    flows: int = _option(8, "long-lived UDP flows")
    interval: float = _option(0.05, "seconds between two packets of a flow")
    stop: str = _option("", "path of a file whose appearance ends it earlier")


@dataclass(frozen=True)
class Inbound(Plan):
    """Connections from the internet to a client, through every line."""

    kind: ClassVar[str] = "inbound"
    port: int = _option(8080, "TCP port, on every line and at the client; the router must forward it")
    client: str = _option("192.168.10.10", "client address that listens")
    count: int = _option(20, "connections through each line, one after the other")
    timeout: float = _option(2.0, "seconds until a connection counts as failed")


@dataclass(frozen=True)
class Upload(Plan):
    """Long-lived TCP uploads: how long each stood still."""

    kind: ClassVar[str] = "upload"
    seconds: float = _option(30.0, "length")
    flows: int = _option(8, "long-lived TCP connections")
    interval: float = _option(0.05, "seconds between two pieces of 512 bytes")
    stop: str = _option("", "path of a file whose appearance ends it earlier")


@dataclass(frozen=True)
class Poller(Plan):
    """HTTP requests again and again, each on a new connection: which failed."""

    kind: ClassVar[str] = "poller"
    seconds: float = _option(30.0, "length")
    pollers: int = _option(8, "programs, each with its own client and server")
    interval: float = _option(0.2, "seconds between two requests of a program")
    timeout: float = _option(2.0, "seconds until a request counts as failed")
    stop: str = _option("", "path of a file whose appearance ends it earlier")


@dataclass(frozen=True)
class Sessions(Plan):
    """Sessions of several connections at once with one server: which came from one address."""

    kind: ClassVar[str] = "sessions"
    count: int = _option(1000, "sessions, each of a client in turn")
    connections: int = _option(8, "TCP connections of a session, all open at once")
    clients: int = _option(100, "client addresses")
    server: str = _option("", "address on the internet; the first server's when left out")
    parallel: int = _option(8, "sessions under way at once")
    timeout: float = _option(30.0, "seconds until a session counts as failed")


@dataclass(frozen=True)
class Inside(Plan):
    """Connections of a client to an address of the branch that another client answers."""

    kind: ClassVar[str] = "inside"
    target: str = _option("192.168.1.2", "address that the client asks")
    port: int = _option(8080, "TCP port that it asks")
    client: str = _option("192.168.10.11", "client address that asks")
    host: str = _option("192.168.10.10", "client address that listens")
    host_port: int = _option(8080, "TCP port that it listens on")
    count: int = _option(5, "connections, one after the other")
    timeout: float = _option(5.0, "seconds until a connection counts as failed")


@dataclass(frozen=True)
class Shares(Plan):
    """Groups of clients that all want as much as they can get: who gets what, by segment and by client."""

    kind: ClassVar[str] = "shares"
    groups: str = _option("lan:down:clients=10", "place:down|up[:clients=N][:flows=N][:flood=RATE], with commas")
    seconds: float = _option(6.0, "measured time")
    warmup: float = _option(2.0, "seconds before it")
    stop: str = _option("", "path of a file whose appearance ends it earlier")


@dataclass(frozen=True)
class Scan(Plan):
    """Ports of the router, of other segments and of the internet: what a client reaches."""

    kind: ClassVar[str] = "scan"
    targets: str = _option("", "addresses with commas; everything that the lab knows when left out")
    tcp: str = _option("21,22,23,53,80,443,8080,8291,8728,8729", "TCP ports with commas")
    udp: str = _option("53,67,123,161,1900,5678", "UDP ports with commas")
    parallel: int = _option(64, "probes under way at once")
    timeout: float = _option(2.0, "seconds until a probe counts as silent")


@dataclass(frozen=True)
class Stream(Plan):
    """Numbered UDP packets to an internet server: what is lost on the way, and which lines carried it."""

    kind: ClassVar[str] = "stream"
    seconds: float = _option(30.0, "length")
    rate: str = _option("4M", "bit/s on the wire")
    size: int = _option(1250, "bytes of a packet, headers included")
    stop: str = _option("", "path of a file whose appearance ends it earlier")


_ALL: tuple[type[Plan], ...] = (
    *(Throughput, Connections, Probe, Ticker, Inbound, Upload, Poller, Sessions, Inside, Shares, Scan),
    Stream,
)
KINDS: dict[str, type[Plan]] = {plan.kind: plan for plan in _ALL}


def _like(default: object, value: Any) -> Any:
    for kind in (int, float, str):
        if isinstance(default, kind):
            return kind(value)
    raise TypeError(f"no way to read {value!r}")


def make(kind: str, options: dict[str, Any]) -> Plan:
    """A plan from what a caller asked for; raises ``PlanError`` for an unknown kind or option."""
    plan = KINDS.get(kind)
    if plan is None:
        raise PlanError(f"traffic {kind!r}: one of {', '.join(KINDS)} is expected")
    known = {item.name: item for item in fields(plan)}
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise PlanError(f"{kind}: unknown option {unknown[0]!r}, allowed are {', '.join(known)}")
    try:
        return plan(**{key: _like(known[key].default, value) for key, value in options.items()})
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, PlanError) else PlanError(f"{kind}: {error}") from None
