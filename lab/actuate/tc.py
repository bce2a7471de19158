# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of traffic control over rtnetlink (uapi: rtnetlink.h, pkt_sched.h, pkt_cls.h). Bytes only."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.actuate.netlink import (
    NLM_F_CREATE,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    Message,
    attr,
    attributes,
    nest,
    text,
    u32,
)

Request = tuple[int, int, bytes]

_NEWQDISC, _DELQDISC = 36, 37
NEWTCLASS, DELTCLASS, GETTCLASS = 40, 41, 42
_NEWTFILTER = 44
_TCMSG = struct.Struct("=BxxxiIII")
_KIND, _OPTIONS, _STATS2, _RATE = 1, 2, 7, 5
_ROOT, _CLSACT, _EGRESS = 0xFFFFFFFF, 0xFFFFFFF1, 0xFFFFFFF3
_CLSACT_HANDLE = 0xFFFF0000
_ETH_P_IP = 0x0800
_HTB_PARMS, _HTB_INIT, _HTB_DIRECT_QLEN = 1, 2, 5
_ETHERNET = 1
_TICK_NS = 64
_MOST = 0xFFFFFFFF
_STATS_BASIC, _STATS_RATE, _STATS_QUEUE, _STATS_RATE64, _STATS_PKT64 = 1, 2, 3, 5, 8
#: Estimated over one second, an average of the last few (gen_estimator: interval 2**(n+2) * 250 ms, weight 2**-n).
_ESTIMATOR = struct.pack("=bB", 0, 1)


@dataclass(frozen=True)
class ClassCount:
    """Counters of one class. ``bits`` and ``pps``: per second, estimated."""

    bytes: int = 0
    packets: int = 0
    dropped: int = 0
    bits: int = 0
    pps: int = 0
    queued_bytes: int = 0
    queued_packets: int = 0


def handle(major: int, minor: int = 0) -> int:
    return major << 16 | minor


def _body(index: int, number: int, parent: int, info: int = 0) -> bytes:
    return _TCMSG.pack(socket.AF_UNSPEC, index, number, parent, info)


def add_htb(index: int, major: int, parent: int = _ROOT, *, direct: int = 0) -> Request:
    """An HTB whose unknown packets pass at once; ``direct`` of them may wait for the device."""
    init = attr(_HTB_INIT, struct.pack("=IIIII", 3, 10, 0, 0, 0))
    if direct:
        init += attr(_HTB_DIRECT_QLEN, u32(direct))
    body = _body(index, handle(major), parent) + attr(_KIND, text("htb")) + nest(_OPTIONS, init)
    return _NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, body


def put_fifo(index: int, parent: int, limit: int, *, in_bytes: bool) -> Request:
    """What a leaf class holds packets in. A new limit for the same kind is a change: nothing is lost."""
    kind = "bfifo" if in_bytes else "pfifo"
    body = _body(index, 0, parent) + attr(_KIND, text(kind)) + attr(_OPTIONS, u32(min(limit, _MOST)))
    return _NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, body


def put_class(
    index: int,
    number: int,
    parent: int,
    *,
    rate: int,
    ceil: int,
    burst: int,
    cburst: int,
    prio: int = 0,
    quantum: int,
    measured: bool = False,
) -> Request:
    """An HTB class, new or changed. Rates in bit/s, the rest in bytes."""
    rate_s, ceil_s = max(1, rate // 8), max(1, ceil // 8)
    parms = (
        _rate(rate_s)
        + _rate(ceil_s)
        + struct.pack("=IIIII", _ticks(burst, rate_s), _ticks(cburst, ceil_s), quantum, 0, prio)
    )
    body = _body(index, number, parent) + attr(_KIND, text("htb")) + nest(_OPTIONS, attr(_HTB_PARMS, parms))
    if measured:
        body += attr(_RATE, _ESTIMATOR)
    return NEWTCLASS, NLM_F_CREATE, body


def delete_class(index: int, number: int) -> Request:
    return DELTCLASS, 0, _body(index, number, 0)


def add_clsact(index: int) -> Request:
    return _NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, _body(index, _CLSACT_HANDLE, _CLSACT) + attr(_KIND, text("clsact"))


def delete_clsact(index: int) -> Request:
    return _DELQDISC, 0, _body(index, _CLSACT_HANDLE, _CLSACT) + attr(_KIND, text("clsact"))


def redirect_egress(index: int, target: int) -> Request:
    """All IPv4 that leaves ``index`` goes through the device ``target`` first (u32 that matches anything, mirred)."""
    stolen, redirect = 4, 1
    mirred = struct.pack("=IIiiiiI", 0, 0, stolen, 0, 0, redirect, target)
    action = nest(1, attr(1, text("mirred")), nest(2, attr(2, mirred)))
    terminal, one_key = 1, 1
    select = struct.pack("=BBBxHHhhI", terminal, 0, one_key, 0, 0, 0, 0, 0) + struct.pack("=IIii", 0, 0, 0, 0)
    options = nest(_OPTIONS, attr(5, select), nest(7, action))
    info = 1 << 16 | socket.htons(_ETH_P_IP)
    return _NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, _body(index, 0, _EGRESS, info) + attr(_KIND, text("u32")) + options


def leaf_by_mark(index: int, major: int) -> Request:
    """A filter of an HTB: a packet's mark is its class. Classic BPF, which needs no privilege: load, return."""
    load_mark = struct.pack("=HBBI", 0x20, 0, 0, 0xFFFFF000 + 20)
    give = struct.pack("=HBBI", 0x16, 0, 0, 0)
    options = nest(_OPTIONS, attr(4, struct.pack("=H", 2)), attr(5, load_mark + give))
    info = 1 << 16 | socket.htons(_ETH_P_IP)
    body = _body(index, 0, handle(major), info) + attr(_KIND, text("bpf")) + options
    return _NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, body


def list_classes(index: int, major: int) -> bytes:
    """Body of a dump of the classes of one HTB."""
    return _body(index, 0, handle(major))


def counts(messages: Sequence[Message]) -> Iterator[tuple[int, ClassCount]]:
    """(handle, counters) of each class of a dump."""
    for message in messages:
        number = _TCMSG.unpack_from(message.body)[2]
        values = dict(attributes(message.body, _TCMSG.size))
        yield number, _count(dict(attributes(values.get(_STATS2, b""))))


def _count(values: dict[int, bytes]) -> ClassCount:
    size, packets = struct.unpack_from("=QI", values.get(_STATS_BASIC, bytes(12)))
    if _STATS_PKT64 in values:
        packets = struct.unpack_from("=Q", values[_STATS_PKT64])[0]
    queued, backlog, dropped, _requeues, _over = struct.unpack_from("=IIIII", values.get(_STATS_QUEUE, bytes(20)))
    form, rates = (
        ("=QQ", values[_STATS_RATE64]) if _STATS_RATE64 in values else ("=II", values.get(_STATS_RATE, bytes(8)))
    )
    bytes_s, pps = struct.unpack_from(form, rates)
    return ClassCount(size, packets, dropped, bytes_s * 8, pps, backlog, queued)


def _rate(bytes_s: int) -> bytes:
    """struct tc_ratespec: cell_log, linklayer, overhead, cell_align, mpu, rate."""
    return struct.pack("=BBHhHI", 0, _ETHERNET, 0, 0, 0, min(bytes_s, _MOST))


def _ticks(size: int, bytes_s: int) -> int:
    return min(_MOST, size * 1_000_000_000 // bytes_s // _TICK_NS)
