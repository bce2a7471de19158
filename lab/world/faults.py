# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a line, and how it is put right again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab import netns
from lab.world.cable import MAX_DELAY_MS, Cable
from lab.world.topology import ROUTER_NS, Uplink

KINDS = ("upstream", "cable", "gateway", "loss", "delay")


class FaultError(ValueError):
    """A fault that can't be made; the text says why."""


@dataclass(frozen=True)
class Fault:
    """``since``: wall clock of the cut, seconds. ``percent``: of packets lost, each way (loss only).

    ``delay_ms``: added to the round trip (delay only), by ``cable``.
    """

    kind: str
    since: float
    percent: float = 0.0
    delay_ms: float = 0.0
    cable: Cable | None = None

    def to_json(self) -> dict[str, Any]:
        extra = {"loss": {"percent": self.percent}, "delay": {"delay_ms": self.delay_ms}}.get(self.kind, {})
        return {"kind": self.kind, "since": self.since, **extra}


def check(kind: str, percent: float | None, delay_ms: float | None) -> None:
    """Raises ``FaultError`` for what the lab can't do."""
    if kind not in KINDS:
        raise FaultError(f"fault {kind!r}: one of {', '.join(KINDS)} is expected")
    if kind == "loss" and not 0 < (percent or 0) <= 100:
        raise FaultError("loss needs --percent, more than 0 and at most 100")
    if kind != "loss" and percent is not None:
        raise FaultError(f"--percent belongs to --fault loss, not to {kind}")
    if kind == "delay" and not 1 <= (delay_ms or 0) <= MAX_DELAY_MS:
        raise FaultError(f"delay needs --ms, from 1 to {MAX_DELAY_MS:.0f}")
    if kind != "delay" and delay_ms is not None:
        raise FaultError(f"--ms belongs to --fault delay, not to {kind}")


def rules(kind: str, percent: float = 0.0) -> str:
    """The nftables text of a fault, in tables named ``fault``; empty for a fault that is no packet filter."""
    if kind == "upstream":
        # the modem lives and answers, and passes nothing in either direction
        return "table ip fault {\n chain forward {\n type filter hook forward priority 0; policy drop;\n }\n}\n"
    if kind in ("gateway", "loss"):
        # netdev: also ARP dies, so that the gateway is gone for every kind of probe while the carrier stays
        what = "drop" if kind == "gateway" else f"numgen random mod 10000 < {round(percent * 100)} drop"
        chains = "".join(
            f' chain {hook} {{\n type filter hook {hook} device "cpe" priority 0; policy accept;\n {what}\n }}\n'
            for hook in ("ingress", "egress")
        )
        return f"table netdev fault {{\n{chains}}}\n"
    return ""


async def cut(uplink: Uplink, kind: str, *, since: float, percent: float = 0.0, delay_ms: float = 0.0) -> Fault:
    """Make the fault at the ISP's end of the line, which must be healthy."""
    cable = None
    if kind == "delay":
        cable = await Cable.plug(isp=uplink.name, router=ROUTER_NS, port=uplink.wire, delay_ms=delay_ms)
    elif kind == "cable":
        _plug(uplink, "down")
    else:
        netns.run(uplink.name, ["nft", "-f", "-"], stdin=rules(kind, percent))
    return Fault(kind, since, percent, delay_ms, cable)


def _plug(uplink: Uplink, state: str) -> None:
    for device in ("cpe", "trunk") if uplink.vlan else ("cpe",):
        netns.run(uplink.name, ["ip", "link", "set", "dev", device, state])


async def heal(uplink: Uplink, fault: Fault) -> None:
    """Undo what ``cut`` did."""
    if fault.cable is not None:
        await fault.cable.unplug()
    elif fault.kind == "cable":
        _plug(uplink, "up")
    else:
        netns.run(uplink.name, ["nft", "delete", "table", "ip" if fault.kind == "upstream" else "netdev", "fault"])
