# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the demo that never happened, to test what is made of one. Deterministic."""

from __future__ import annotations

import math

from lab.demo.record import (
    Attempt,
    Branch,
    Calls,
    CheckMode,
    Failover,
    Message,
    Moment,
    Rates,
    Record,
    Rogue,
    Sample,
    SecondRun,
    Split,
    Step,
    Told,
    Traffic,
    Uplink,
)

ROGUE = "DC:2C:6E:81:CF:34"


def uplinks(count: int = 2) -> tuple[Uplink, ...]:
    return tuple(
        Uplink(
            name=f"isp{n}",
            label=f"Modem {n}",
            interface=f"ether{n}",
            address=f"192.168.{n}.2/24",
            gateway=f"192.168.{n}.1",
            anchors=("8.8.4.4",) if n == 1 else ("9.9.9.10",),
            download_mbit=10,
            upload_mbit=10,
            weight=1,
        )
        for n in range(1, count + 1)
    )


def samples() -> tuple[Sample, ...]:
    rows = []
    for n in range(320):
        at = n * 0.5
        wave = 0.25 * math.sin(n)
        one = 9.5 + wave if 20 < at < 100 else 0.1
        two = 9.5 - wave if 60 < at < 100 else 0.1
        down = (one if at % 20 < 10 else 0.4, two if at % 20 < 10 else 0.4)
        up = (one if at % 20 >= 10 else 0.4, two if at % 20 >= 10 else 0.4)
        if at >= 112:
            down = (1.6 if at < 128 else 3.2, 1.6 if at < 116 else 0.0)
        rows.append(Sample(at, {"isp1": (down[0], up[0]), "isp2": (down[1], up[1])}))
    return tuple(rows)


def attempts(cut: float = 116.0, closed: float = 3.2) -> tuple[Attempt, ...]:
    rows = []
    for n in range(300):
        at = cut - 4 + n * 0.1
        second = n % 2 == 1
        if second and cut <= at < cut + closed:
            rows.append(Attempt(at, 1.0, ok=False))
        else:
            rows.append(Attempt(at, 0.02, ok=True, uplink="isp2" if second and at < cut else "isp1"))
    return tuple(rows)


def failover() -> Failover:
    return Failover(
        fault="upstream",
        uplink="isp2",
        cut_s=116.0,
        detected_s=3.1,
        new_connections_restored_s=3.2,
        route_to="Modem 1",
        calls=Calls(all=16, hit=7, moved=7, silent_s=3.3, disturbed=0),
        told_down=Told(8.1, "Jakarta: Modem 2 terputus"),
        hold_s=20.0,
        back_s=22.4,
        shut_s=33.3,
        at_return=Calls(all=16, hit=0, moved=0, silent_s=None, disturbed=0),
        told_up=Told(7.5, "Jakarta: Modem 2 pulih", 33.0),
        attempts=attempts(),
    )


def record(**changes: object) -> Record:
    values: dict[str, object] = {
        "date": "2026-11-21 18:00 UTC",
        "seconds": 158.0,
        "machine": {"kernel": "6.18.0", "cores": "2", "python": "3.11.2"},
        "versions": {"collection": "0.1.0", "routeros": "7.22", "ansible_core": "2.19.14"},
        "branch": Branch("jakarta", "Jakarta", "balance", "both-addresses", uplinks(), ("bridge",)),
        "traffic": Traffic(clients=8, flows=32, warmup_s=1.5, window_s=4.0),
        "steps": (
            Step("up", "Lab up", 0.0, 2.1, "7 namespaces"),
            Step("check", "--check --diff on the fresh router", 2.1, 4.0, "71 changes announced, nothing written"),
            Step("single", "Only Modem 1", 6.1, 40.0, "9.56 down, 9.56 up"),
        ),
        "single_uplink": "isp1",
        "single": Rates(9.56, 9.57, (9.55, 9.56, 9.58), (9.56, 9.57, 9.57)),
        "both": Rates(19.12, 19.16, (19.1, 19.12, 19.13), (19.06, 19.16, 19.22)),
        "split": Split({"isp1": 1011, "isp2": 1013}, {"isp1": 0.5, "isp2": 0.5}),
        "failover": failover(),
        "rogue": Rogue(ROGUE, ROGUE, "bridge", 4.2, "Jakarta: DHCP server liar"),
        "second_run": SecondRun(changed=0, writes=0),
        "check_mode": CheckMode(changed_router=False, announced=71),
        "chat": (
            Message(104.0, f"Jakarta: server DHCP liar di bridge\nMAC {ROGUE}\nIP 192.168.88.1"),
            Message(124.1, "Jakarta: Modem 2 terputus"),
        ),
        "samples": samples(),
        "moments": (
            Moment(20.0, "single", "Modem 1 alone"),
            Moment(60.0, "both", "both lines"),
            Moment(100.0, "rogue", "rogue DHCP server"),
            Moment(106.0, "split", "new connections"),
            Moment(116.0, "cut", "internet behind Modem 2 dies"),
            Moment(150.0, "heal", "it lives again"),
        ),
    }
    return Record(**{**values, **changes})  # type: ignore[arg-type]
