# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/queue/type``: what a queue does with the packets it holds.

The kernel has FIFOs and HTB only. PCQ is a queue for each address, served in turn, which is what PCQ is (facts 9.4).
sfq, fq-codel and cake are queues for flows or hosts, served in turn: their fairness, without their drop strategies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.schema.snapshot import ConfigRow, Snapshot

MENU = "/queue/type"
UP, DOWN = 0, 1
_FLOW = ("src-address", "dst-address", "src-port", "dst-port")
#: Packets a flow or host may have waiting where RouterOS' own limit is for all of them, or is kept by a drop strategy.
_FAIR_PACKETS = 50
#: Length of queues that a drop strategy would keep short: at the speed of the whole queue, and never below some frames.
_DELAY_S, _LEAST_FRAMES, _FRAME = 0.05, 8, 1514
#: A class that is idle saves up so much of its rate (seconds): less would be lost to the machine's own pauses.
BUCKET_S = 0.05
_KIB = 1024


@dataclass(frozen=True)
class Bursts:
    """How a limit may be exceeded for a moment: at most ``peak`` bit/s, ``volume`` bytes beyond the limit."""

    peak: int = 0
    volume: int = 0


@dataclass(frozen=True)
class Discipline:
    """``fields``: what tells sub-queues apart, in RouterOS' words; () is a single queue. ``bits``: address masks."""

    limit: int
    in_bytes: bool = False
    fields: tuple[str, ...] = ()
    src_bits: int = 32
    dst_bits: int = 32
    rate: int = 0
    bursts: Bursts = Bursts()
    ceiling: int = 0  # cake-bandwidth
    short: bool = False  # keeps its queues short by itself

    def limit_at(self, rate: int) -> tuple[int, bool]:
        """(what a sub-queue may hold, whether in bytes) where the whole queue is served at ``rate`` bit/s.

        A drop strategy keeps the delay small at any speed. Without one the same is had by a queue of that length.
        """
        if not self.short:
            return self.limit, self.in_bytes
        return min(_FAIR_PACKETS * _FRAME, max(_LEAST_FRAMES * _FRAME, round(rate / 8 * _DELAY_S))), True


def read_types(snapshot: Snapshot) -> Mapping[str, ConfigRow]:
    """Name -> row."""
    return {row.get("name"): row for row in snapshot.rows(MENU)}


def discipline(row: ConfigRow | None, direction: int) -> Discipline:
    """What a queue of this type is in one direction (``UP``, ``DOWN``)."""
    if row is None:
        return Discipline(_FAIR_PACKETS)
    make = _KINDS.get(row.get("kind"))
    return make(row, direction) if make else Discipline(_FAIR_PACKETS)


def bursts(limit: int, peak: int, threshold: int, seconds: float) -> Bursts:
    """RouterOS grants ``peak`` while the average over ``seconds`` is below ``threshold`` (facts 9.3).

    From rest that lasts ``seconds * threshold / peak``. A token bucket of the same volume gives the same first burst;
    it fills again with what the limit leaves over, not with the average.
    """
    if not limit or peak <= limit or seconds <= 0:
        return Bursts()
    longest = seconds * (threshold or limit) / peak
    return Bursts(peak, round((peak - limit) * longest / 8))


def _fifo(name: str, default: int, *, in_bytes: bool = False) -> Callable[[ConfigRow, int], Discipline]:
    return lambda row, direction: Discipline(row.num(name, default), in_bytes)


def _pcq(row: ConfigRow, direction: int) -> Discipline:
    fields = tuple(word for word in _FLOW if word in row.get("pcq-classifier").split(","))
    rate = row.num("pcq-rate")
    return Discipline(
        limit=int(row.get("pcq-limit", "50KiB").removesuffix("KiB")) * _KIB,
        in_bytes=True,
        fields=fields,
        src_bits=row.num("pcq-src-address-mask", 32),
        dst_bits=row.num("pcq-dst-address-mask", 32),
        rate=rate,
        bursts=bursts(
            rate,
            row.num("pcq-burst-rate"),
            row.num("pcq-burst-threshold"),
            row.seconds("pcq-burst-time", 10.0),
        ),
    )


def _flows(row: ConfigRow, direction: int) -> Discipline:
    return Discipline(_FAIR_PACKETS, fields=_FLOW, short=row.get("kind") != "sfq")


def _cake(row: ConfigRow, direction: int) -> Discipline:
    """Between hosts first; between the flows of one host cake is fair too, the lab is not."""
    own = ("src-address",) if direction == UP else ("dst-address",)
    mode = row.get("cake-flowmode") or "triple-isolate"
    fields = {
        "flows": _FLOW,
        "flowblind": (),
        "srchost": ("src-address",),
        "dual-srchost": ("src-address",),
        "dsthost": ("dst-address",),
        "dual-dsthost": ("dst-address",),
        "hosts": ("src-address", "dst-address"),
    }.get(mode, own)
    return Discipline(_FAIR_PACKETS, fields=fields, ceiling=row.num("cake-bandwidth"), short=True)


_KINDS: Mapping[str, Callable[[ConfigRow, int], Discipline]] = {
    "pfifo": _fifo("pfifo-limit", 50),
    "bfifo": _fifo("bfifo-limit", 15000, in_bytes=True),
    "mq-pfifo": _fifo("mq-pfifo-limit", 50),
    "red": _fifo("red-limit", 60),
    "codel": _fifo("codel-limit", _FAIR_PACKETS),
    "pcq": _pcq,
    "sfq": _flows,
    "fq-codel": _flows,
    "cake": _cake,
}
