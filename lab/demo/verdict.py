# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of the demo. It fails by them, in words, as any test would."""

from __future__ import annotations

from collections.abc import Iterator

from lab.demo.record import Check, Failover, Record

#: Both lines carry at least this much of one (the paper: 1.92 down, 1.85 up).
GAIN = 1.95
#: New connections of the split: at least, and at most so far from the weights.
CONNECTIONS = 2000
SPLIT_TOLERANCE = 0.03
#: A check every 2 s lasts at most 1.5 s; the rest is for the script and for a machine that also makes the traffic.
RESTORED_WITHIN_S = 5.0
#: A call whose next packet came before the closed gate was felt waits for the router's next look, 5 s later.
MOVED_WITHIN_S = 10.0
#: The hold-down begins when netwatch sees the line live, up to 3.5 s after its return, and ends with a look of the
#: router, which comes every 5 s; the time that it names has lost its fraction.
HELD_EARLIER_S, HELD_LATER_S = 1.0, 10.0
#: The outbox is emptied every 10 s, and a machine under load may be late.
TOLD_WITHIN_S = 20.0
#: What the message says of the outage is counted by the router in whole seconds, what we say by looking at its gate.
LENGTH_OFF_S = 3.0


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
    yield from _calls(fault, dead)
    yield from _return(fault, dead)
    yield from _told(record, dead)


def _calls(fault: Failover, dead: str) -> Iterator[Check]:
    calls = fault.calls
    silent = "" if calls.silent_s is None else f", silent for {calls.silent_s:.1f} s at most"
    yield Check(
        f"calls that ran on {dead} go on over a line that lives within {MOVED_WITHIN_S:.0f} s",
        f"{calls.moved} of {calls.hit} moved{silent}",
        0 < calls.hit == calls.moved and calls.silent_s is not None and calls.silent_s <= MOVED_WITHIN_S,
    )
    yield Check(
        "calls on the other lines don't notice",
        f"{calls.disturbed} of {calls.all - calls.hit} disturbed",
        calls.disturbed == 0 and calls.all > calls.hit,
    )


def _return(fault: Failover, dead: str) -> Iterator[Check]:
    back, hold = fault.back_s, fault.hold_s
    held = hold is not None and back is not None and hold - HELD_EARLIER_S <= back <= hold + HELD_LATER_S
    yield Check(
        f"when {dead} lives again, it is held back for a while, then new connections use it again",
        "never used again"
        if back is None
        else f"after {back:.1f} s, "
        + ("nothing said of holding back" if hold is None else f"{hold:.0f} s to be held back"),
        held,
    )
    calls = fault.at_return
    yield Check(
        "nothing that runs moves at its return",
        "not seen" if calls is None else f"{calls.disturbed + calls.hit} of {calls.all} calls disturbed",
        calls is not None and calls.all > 0 and calls.disturbed + calls.hit == 0,
    )


def _told(record: Record, dead: str) -> Iterator[Check]:
    fault = record.failover
    down, up = fault.told_down, fault.told_up
    yield Check(
        f"the chat hears within {TOLD_WITHIN_S:.0f} s which branch lost {dead}",
        "no message" if down is None else f"after {down.seconds:.1f} s",
        down is not None and down.seconds <= TOLD_WITHIN_S and _names_branch(record, down.text),
    )
    shut = fault.shut_s
    yield Check(
        f"the chat hears that {dead} is used again, and how long it was not",
        "no message"
        if up is None or shut is None
        else f"after {up.seconds:.1f} s, "
        + ("no length" if up.length_s is None else f"{up.length_s:.0f} s told")
        + f", {shut:.1f} s seen",
        up is not None
        and up.seconds <= TOLD_WITHIN_S
        and _names_branch(record, up.text)
        and up.length_s is not None
        and shut is not None
        and abs(up.length_s - shut) <= LENGTH_OFF_S,
    )


def _names_branch(record: Record, text: str) -> bool:
    return record.branch.name in text.lower() or record.branch.title in text


def _rogue(record: Record) -> Iterator[Check]:
    rogue = record.rogue
    yield Check(
        "the chat hears of the rogue DHCP server",
        "no message" if rogue.seconds is None else f"after {rogue.seconds:.1f} s",
        rogue.message is not None,
    )
    named = _names_branch(record, rogue.message or "")
    yield Check(
        "the message names the branch, the interface and the MAC of the rogue server",
        f"MAC {rogue.mac_reported}, interface {rogue.interface_reported}",
        named and rogue.mac_reported == rogue.mac and rogue.interface_reported in record.branch.lan,
    )
