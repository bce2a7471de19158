# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a line, and how it is put right again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab import netns

KINDS = ("upstream", "cable", "gateway", "loss", "delay")


class FaultError(ValueError):
    """A fault that can't be made; the text says why."""


@dataclass(frozen=True)
class Fault:
    """``since``: wall clock of the cut, seconds. ``percent``: of packets lost, each way (loss only)."""

    kind: str
    since: float
    percent: float = 0.0

    def to_json(self) -> dict[str, Any]:
        extra = {"percent": self.percent} if self.kind == "loss" else {}
        return {"kind": self.kind, "since": self.since, **extra}


def check(kind: str, percent: float | None, delay_ms: float | None) -> None:
    """Raises ``FaultError`` for what the lab can't do."""
    if kind not in KINDS:
        raise FaultError(f"fault {kind!r}: one of {', '.join(KINDS)} is expected")
    if kind == "delay" or delay_ms is not None:
        raise FaultError(
            "delay can't be made here: the kernel's netem is not assumed to be there, and nothing else delays"
        )
    if kind == "loss" and not 0 < (percent or 0) <= 100:
        raise FaultError("loss needs --percent, more than 0 and at most 100")
    if kind != "loss" and percent is not None:
        raise FaultError(f"--percent belongs to --fault loss, not to {kind}")


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


def cut(namespace: str, kind: str, percent: float = 0.0) -> None:
    """Make the fault in the ISP's namespace. The line must be healthy."""
    if kind == "cable":
        netns.run(namespace, ["ip", "link", "set", "dev", "cpe", "down"])
        return
    netns.run(namespace, ["nft", "-f", "-"], stdin=rules(kind, percent))


def heal(namespace: str, kind: str) -> None:
    """Undo what ``cut`` did."""
    if kind == "cable":
        netns.run(namespace, ["ip", "link", "set", "dev", "cpe", "up"])
        return
    netns.run(namespace, ["nft", "delete", "table", "ip" if kind == "upstream" else "netdev", "fault"])
