# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/ip/firewall/connection``: the kernel's connection table over ctnetlink (uapi: nfnetlink_conntrack.h)."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab.actuate.netlink import Netlink, attr, attributes
from lab.derive.plan import FASTTRACK_LABEL

_NETFILTER = 12  # the socket module has no name for it
_GET, _DELETE = 0x101, 0x102
_TUPLE_ORIG, _TUPLE_REPLY, _STATUS, _PROTOINFO, _TIMEOUT, _MARK = 1, 2, 3, 4, 7, 8
_COUNTERS_ORIG, _COUNTERS_REPLY, _ID, _LABELS = 9, 10, 12, 22
_NESTED = 0x8000
_EXPECTED, _SEEN_REPLY, _ASSURED, _CONFIRMED, _SRC_NAT, _DST_NAT, _DYING = 1, 2, 4, 8, 16, 32, 512
_GENMSG = struct.pack("=BBH", socket.AF_INET, 0, 0)
_PROTOCOLS = {1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 47: "gre", 50: "ipsec-esp", 51: "ipsec-ah"}
_TCP_STATES = (
    "none",
    "syn-sent",
    "syn-received",
    "established",
    "fin-wait",
    "close-wait",
    "last-ack",
    "time-wait",
    "close",
    "syn-sent",
)


@dataclass(frozen=True)
class Tuple:
    """One direction. Ports are None for protocols without; ``icmp`` is (type, code, id)."""

    source: str
    destination: str
    protocol: int
    source_port: int | None = None
    destination_port: int | None = None
    icmp: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Connection:
    """One entry. ``key`` is its original tuple as the kernel wrote it, enough to delete it."""

    id: int
    key: bytes
    original: Tuple
    reply: Tuple
    mark: int
    status: int
    timeout_s: int
    tcp_state: int | None
    original_count: tuple[int, int]  # packets, bytes
    reply_count: tuple[int, int]
    fasttracked: bool = False

    @property
    def source_translated(self) -> bool:
        return bool(self.status & _SRC_NAT)


class Conntrack:
    """The raw table of one namespace."""

    def __init__(self, namespace: str) -> None:
        self._netlink = Netlink(namespace, _NETFILTER)

    def close(self) -> None:
        self._netlink.close()

    def connections(self) -> list[Connection]:
        return [_parse(message.body) for message in self._netlink.dump(_GET, _GENMSG)]

    def delete(self, connection: Connection) -> bool:
        """False when the entry was gone already."""
        body = _GENMSG + attr(_TUPLE_ORIG | _NESTED, connection.key)
        body += attr(_ID, struct.pack("!I", connection.id))
        try:
            self._netlink.request(_DELETE, 0, body)
        except OSError as refusal:
            if refusal.errno == errno.ENOENT:
                return False
            raise
        return True


class ConnectionTable:
    """The menu. Mark numbers are shown by the name they had when they were last in a plan."""

    def __init__(self, namespace: str) -> None:
        self._table = Conntrack(namespace)
        self._names: dict[int, str] = {}
        self._seen: dict[int, Connection] = {}

    def close(self) -> None:
        self._table.close()

    def learn(self, names: Mapping[int, str]) -> None:
        """Add mark names. Old ones stay: a living entry keeps its mark when the rule that set it is removed."""
        self._names.update(names)

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        """(id, properties as the API prints them), without those that the kernel is about to drop."""
        found = self._table.connections()
        self._seen = {connection.id: connection for connection in found}
        return [(connection.id, _properties(connection, self._names)) for connection in found]

    def remove(self, ids: Iterable[int]) -> None:
        """Remove entries in the given order; ``KeyError`` (the id) at the first that no longer exists.

        What stands behind it is left, as on the router (facts 3.1).
        """
        for connection_id in ids:
            known = self._seen.get(connection_id) or self._find(connection_id)
            if known is None or not self._table.delete(known):
                raise KeyError(connection_id)

    def purge(self, *, interface_address: str = "", mark: str = "") -> int:
        """Drop the entries translated to an address, or those with a mark name. Returns how many (marks: 0 or more)."""
        if mark:
            numbers = [number for number, name in self._names.items() if name == mark]
            return self._drop(lambda connection: connection.mark in numbers)
        return self._drop(
            lambda connection: connection.source_translated and connection.reply.destination == interface_address
        )

    def forget(self) -> None:
        """All entries and all names, as at power-off."""
        self._drop(lambda connection: True)
        self._names.clear()
        self._seen.clear()

    def _drop(self, wanted: Callable[[Connection], bool]) -> int:
        return sum(self._table.delete(found) for found in self._table.connections() if wanted(found))

    def _find(self, connection_id: int) -> Connection | None:
        self._seen = {found.id: found for found in self._table.connections()}
        return self._seen.get(connection_id)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _parse(body: bytes) -> Connection:
    values = dict(attributes(body, len(_GENMSG)))
    return Connection(
        id=_number(values.get(_ID, b"")),
        key=values[_TUPLE_ORIG],
        original=_parse_tuple(values[_TUPLE_ORIG]),
        reply=_parse_tuple(values[_TUPLE_REPLY]),
        mark=_number(values.get(_MARK, b"")),
        status=_number(values.get(_STATUS, b"")),
        timeout_s=_number(values.get(_TIMEOUT, b"")),
        tcp_state=_parse_tcp_state(values.get(_PROTOINFO, b"")),
        original_count=_parse_count(values.get(_COUNTERS_ORIG, b"")),
        reply_count=_parse_count(values.get(_COUNTERS_REPLY, b"")),
        fasttracked=bool(int.from_bytes(values.get(_LABELS, b""), "little") >> FASTTRACK_LABEL & 1),
    )


def _parse_tuple(data: bytes) -> Tuple:
    parts = dict(attributes(data))
    address = dict(attributes(parts[1]))
    proto = dict(attributes(parts[2]))
    icmp = (_number(proto[5]), _number(proto[6]), _number(proto[4])) if 4 in proto else None
    return Tuple(
        source=socket.inet_ntoa(address[1]),
        destination=socket.inet_ntoa(address[2]),
        protocol=_number(proto[1]),
        source_port=_number(proto[2]) if 2 in proto else None,
        destination_port=_number(proto[3]) if 3 in proto else None,
        icmp=icmp,
    )


def _parse_tcp_state(data: bytes) -> int | None:
    tcp = dict(attributes(data)).get(1)
    state = None if tcp is None else dict(attributes(tcp)).get(1)
    return None if state is None else _number(state)


def _parse_count(data: bytes) -> tuple[int, int]:
    values = dict(attributes(data))
    return _number(values.get(1, b"")), _number(values.get(2, b""))


def _properties(connection: Connection, names: Mapping[int, str]) -> dict[str, str]:
    original, reply = connection.original, connection.reply
    shown = {
        "protocol": _PROTOCOLS.get(original.protocol, str(original.protocol)),
        "src-address": original.source,
        "dst-address": original.destination,
        "reply-src-address": reply.source,
        "reply-dst-address": reply.destination,
        "timeout": duration(connection.timeout_s),
        "orig-packets": str(connection.original_count[0]),
        "orig-bytes": str(connection.original_count[1]),
        "repl-packets": str(connection.reply_count[0]),
        "repl-bytes": str(connection.reply_count[1]),
        "fasttrack": "true" if connection.fasttracked else "false",
        "hw-offload": "false",
    }
    shown.update(_ports(original, ""))
    shown.update(_ports(reply, "reply-"))
    shown.update(_flags(connection.status))
    if original.icmp is not None:
        shown.update(zip(("icmp-type", "icmp-code", "icmp-id"), map(str, original.icmp), strict=True))
    if connection.tcp_state is not None:
        shown["tcp-state"] = _TCP_STATES[connection.tcp_state]
    if connection.mark:
        shown["connection-mark"] = names.get(connection.mark, f"0x{connection.mark:x}")
    return shown


def _ports(way: Tuple, prefix: str) -> Iterator[tuple[str, str]]:
    if way.source_port is not None:
        yield f"{prefix}src-port", str(way.source_port)
    if way.destination_port is not None:
        yield f"{prefix}dst-port", str(way.destination_port)


def _flags(status: int) -> Iterator[tuple[str, str]]:
    bits = (
        ("expected", _EXPECTED),
        ("seen-reply", _SEEN_REPLY),
        ("assured", _ASSURED),
        ("confirmed", _CONFIRMED),
        ("srcnat", _SRC_NAT),
        ("dstnat", _DST_NAT),
        ("dying", _DYING),
    )
    for name, bit in bits:
        yield name, "true" if status & bit else "false"


def duration(seconds: int) -> str:
    """Seconds as RouterOS prints a duration, e.g. ``1d23h59m52s``."""
    if seconds == 0:
        return "0s"
    parts = []
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
