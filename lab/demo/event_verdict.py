# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of the event, each with what this run saw."""

from __future__ import annotations

from collections.abc import Iterator

from lab.demo.event_record import Event, Share
from lab.demo.record import Check

#: What TCP data gets of a rate on the wire: 1448 of 1514 bytes.
TCP_PART = 0.956
#: Goodput may be so far from its ideal; a busy machine (the short form) may be slower.
TOLERANCE, SHORT_TOLERANCE = 0.06, 0.4
FAIR = 0.95
#: Packets that a switch of the mode may cost the stream: none were seen in any run.
LOST_BY_A_SWITCH = 0
#: A share of new connections that no line falls below in mode balance.
LEAST_SHARE = 0.2


def judge(event: Event) -> Iterator[Check]:
    yield Check("the second deploy changes nothing", f"changed={event.changed_again}", event.changed_again == 0)
    for name, leases in event.leases.items():
        yield Check(
            f"every device of {name} gets an address and the internet",
            f"{leases.given} of {leases.wanted} leases, {leases.failed} connections failed",
            leases.given == leases.wanted and leases.failed == 0 and leases.connected > 0,
        )
    scan = event.scan
    yield Check(
        "guests reach the internet and nothing else",
        f"{scan.internet} internet ports, beside them {', '.join(scan.found[:3]) or 'nothing'}",
        scan.internet > 0 and not scan.found,
    )
    for share in event.shares:
        yield from _share(share, SHORT_TOLERANCE if event.short else TOLERANCE)
    yield from _switch(event)
    yield from _drill(event)


def _share(share: Share, tolerance: float) -> Iterator[Check]:
    who = f"{share.segment} {share.direction}"
    if share.limited:
        # while everybody floods, what the guarantees of others leave may be less than the limit
        alone = share.direction == "down"
        yield Check(
            f"the limit of {who} holds",
            f"{share.mbit:.2f} of {share.ideal_mbit:.2f} Mbit/s",
            share.mbit <= share.ideal_mbit * (1 + TOLERANCE)
            and (not alone or share.mbit >= share.ideal_mbit * (1 - tolerance)),
        )
    if share.guaranteed_mbit and share.direction == "up":
        yield Check(
            f"{who} keeps what is guaranteed while others flood",
            f"{share.mbit:.2f}, guaranteed {share.guaranteed_mbit:.2f} Mbit/s",
            share.mbit >= share.guaranteed_mbit * (1 - tolerance),
        )
    if share.segment == "guests":
        yield Check(f"{who}: a fair share for each", f"Jain {share.fairness:.3f}", share.fairness >= FAIR)


def _switch(event: Event) -> Iterator[Check]:
    stream = event.switch.stream
    yield Check(
        f"switching the mode there and back costs the stream at most {LOST_BY_A_SWITCH} packets, and does not move it",
        f"{stream.lost} of {stream.sent} lost, {stream.late} out of order, moved {stream.moved} times",
        stream.sent > 0 and stream.lost <= LOST_BY_A_SWITCH and stream.moved == 0,
    )
    split = event.switch.split
    total = sum(split.values())
    yield Check(
        "in mode balance new connections use both providers",
        ", ".join(f"{name} {count}" for name, count in split.items()),
        total > 0 and len(split) > 1 and min(split.values()) >= LEAST_SHARE * total,
    )


def _drill(event: Event) -> Iterator[Check]:
    drill, stream = event.drill, event.drill.stream
    for line in drill.lines:
        yield Check(
            f"{line['label']} dies: another provider carries, and it is used again",
            f"{line['without_internet_s']} s without internet (limit {line['limit_s']}), {line['pings_lost']} of"
            f" {line['pings']} pings lost, used again after {line['used_again_s']} s",
            bool(line["ok"]),
        )
    yield Check(
        "the stream goes on over the other provider each time",
        f"lines {', '.join(line for _, line in stream.moves)}; {stream.lost} of {stream.sent} packets lost, longest gap"
        f" {stream.max_gap_s:.1f} s",
        len(drill.lines) > 0 and stream.moved == len(drill.lines) and stream.lost < stream.sent,
    )
    yield Check("the chat was told what the messages were about", "told" if drill.told else "not told", drill.told)
    yield Check("there is a report", drill.report, drill.ok and bool(drill.report))
