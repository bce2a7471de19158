# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of the demo. It fails by them, in words, as any test would."""

from __future__ import annotations

from collections.abc import Iterator

from lab.demo.record import Check, Record

#: Both lines carry at least this much of one (the paper: 1.92 down, 1.85 up).
GAIN = 1.95
#: New connections of the split: at least, and at most so far from the weights.
CONNECTIONS = 2000
SPLIT_TOLERANCE = 0.03
#: 7.21+ probes every 10 s, waits 1 s, two misses: 11 to 21 s to detect, and one probe interval to spare.
RESTORED_WITHIN_S = 30.0


def judge(record: Record) -> tuple[Check, ...]:
    """Every promise with what this run saw; the order is that of the demo."""
    return tuple(_checks(record))


def _checks(record: Record) -> Iterator[Check]:
    preview = record.check_mode
    yield Check(
        "--check --diff on the fresh router announces changes and writes nothing",
        f"{preview.announced} changes announced, router {'changed' if preview.changed_router else 'unchanged'}",
        preview.announced > 0 and not preview.changed_router,
    )
    yield from _throughput(record)
    second = record.second_run
    yield Check(
        "the second run changes nothing",
        f"changed={second.changed}, {second.writes} writes seen by the router",
        second.changed == 0 and second.writes == 0,
    )
    yield from _split(record)
    yield from _failover(record)
    yield from _rogue(record)


def _throughput(record: Record) -> Iterator[Check]:
    for way, one, two in (
        ("down", record.single.down, record.both.down),
        ("up", record.single.up, record.both.up),
    ):
        yield Check(
            f"both lines carry at least {GAIN} times one line, {way}",
            f"{two:.2f} against {one:.2f} Mbit/s" + (f", {two / one:.2f} times" if one else ""),
            one > 0 and two >= GAIN * one,
        )


def _split(record: Record) -> Iterator[Check]:
    split = record.split
    yield Check(
        f"at least {CONNECTIONS} new connections were counted at the ISPs",
        f"{split.connections}",
        split.connections >= CONNECTIONS,
    )
    off = max(abs(split.share(name) - wanted) for name, wanted in split.wanted.items())
    yield Check(
        f"new connections follow the weights within {SPLIT_TOLERANCE * 100:.0f} percentage points",
        ", ".join(f"{name} {split.share(name) * 100:.1f} %" for name in split.wanted) + f": off by {off * 100:.1f}",
        off <= SPLIT_TOLERANCE,
    )


def _failover(record: Record) -> Iterator[Check]:
    fault = record.failover
    labels = {uplink.name: uplink.label for uplink in record.branch.uplinks}
    others = {label for name, label in labels.items() if name != fault.uplink}
    dead = labels[fault.uplink]
    yield Check(
        f"the router notices that the internet behind {dead} is dead",
        "never" if fault.detected_s is None else f"after {fault.detected_s:.1f} s",
        fault.detected_s is not None and fault.detected_s <= RESTORED_WITHIN_S,
    )
    restored = fault.new_connections_restored_s
    yield Check(
        f"new connections work again within {RESTORED_WITHIN_S:.0f} s, nobody touched the router",
        "never" if restored is None else f"after {restored:.1f} s",
        restored is not None and restored <= RESTORED_WITHIN_S,
    )
    yield Check(
        "from then on every new connection leaves by a line that lives",
        f"route to {fault.route_to}" if fault.route_to else "they left by more than one line, or by none",
        fault.route_to in others,
    )
    yield Check(
        "when the line lives again, new connections use it again",
        "never" if fault.back_s is None else f"after {fault.back_s:.1f} s",
        fault.back_s is not None and fault.back_s <= RESTORED_WITHIN_S,
    )


def _rogue(record: Record) -> Iterator[Check]:
    rogue = record.rogue
    yield Check(
        "the chat hears of the rogue DHCP server",
        "no message" if rogue.seconds is None else f"after {rogue.seconds:.1f} s",
        rogue.message is not None,
    )
    named = record.branch.name in (rogue.message or "").lower() or record.branch.title in (rogue.message or "")
    yield Check(
        "the message names the branch, the interface and the MAC of the rogue server",
        f"MAC {rogue.mac_reported}, interface {rogue.interface_reported}",
        named and rogue.mac_reported == rogue.mac and rogue.interface_reported in record.branch.lan,
    )
