# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ISPs' side of the lines while the lab runs: what each is numbered with, and how that changes."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any, Protocol

from lab import netns
from lab.observe.ppp_pump import Pump
from lab.world.addresses import numbering, present
from lab.world.concentrator import Concentrator
from lab.world.ispdhcp import IspDhcp
from lab.world.mobile import MobileNetwork
from lab.world.uplinks import APN, Addressing, TopologyError, Uplink


class Giver(Protocol):
    """Who gives a line its address: a DHCP server, a PPPoE concentrator, a mobile network."""

    async def start(self, addressing: Addressing) -> None: ...
    async def stop(self) -> None: ...


class IspLine:
    """One line at its ISP."""

    def __init__(self, uplink: Uplink, giver: Giver | None = None) -> None:
        self.uplink = uplink
        self.addressing = uplink.addressing
        self.giver = giver

    async def start(self) -> None:
        if self.giver is not None:
            await self.giver.start(self.addressing)

    async def stop(self) -> None:
        if self.giver is not None:
            await self.giver.stop()

    async def renumber(self, *, gateway: str = "", address: str = "") -> Addressing:
        """The ISP changes its mind. ``address``: a.b.c.d or a.b.c.d/len that the branch is to get; none: the next one.

        Whoever holds the old address learns it as on a real line: at the next renewal, or when its session breaks.
        A static line is renumbered at the ISP only.
        """
        after = _changed(self.uplink, self.addressing, gateway, address)
        if self.giver is not None:
            await self.giver.stop()
        lines = [f"address flush dev {self.uplink.device}", *numbering(self.uplink, after)]
        netns.run(self.uplink.name, ["ip", "-batch", "-"], stdin="\n".join(lines) + "\n")
        netns.run(self.uplink.name, ["nft", "-f", "-"], stdin=present(self.uplink, after))
        self.addressing = after
        if self.giver is not None:
            await self.giver.start(after)
        return after

    def kick(self) -> None:
        """The ISP ends the session of a PPPoE or LTE line; it may be dialled again at once."""
        if isinstance(self.giver, Concentrator):
            self.giver.kick()
        elif isinstance(self.giver, MobileNetwork):
            self.giver.detach()
        else:
            raise TopologyError(f"{self.uplink.name} has no session: it is a {self.uplink.kind} line")

    def status(self) -> dict[str, Any]:
        return {
            "kind": self.uplink.kind,
            "gateway": self.addressing.gateway,
            "router_address": self.addressing.router,
            "network": self.addressing.network,
            **({"connected": self.giver.connected} if isinstance(self.giver, Concentrator) else {}),
        }


def _changed(uplink: Uplink, before: Addressing, gateway: str, address: str) -> Addressing:
    try:
        if address:
            interface = ipaddress.ip_interface(address if "/" in address else f"{address}/{before.prefix}")
            after = replace(before, router=str(interface.ip), prefix=interface.network.prefixlen)
        else:
            after = replace(before, router=str(ipaddress.ip_address(before.router) + 1))
        if gateway:
            after = replace(after, gateway=str(ipaddress.ip_address(gateway)))
        inside = not after.onlink
    except ValueError as error:
        raise TopologyError(f"{uplink.name} can't be renumbered: {error}") from None
    if uplink.kind == "dhcp" and not inside:
        raise TopologyError(f"{uplink.name}: gateway {after.gateway} is not in {after.network}")
    if after.gateway == after.router:
        raise TopologyError(f"{uplink.name}: the gateway has {after.gateway} itself")
    return after


def branch_uplink(uplink: Uplink, now: Addressing, password: str) -> dict[str, Any]:
    """The line as a branch's ``multiwan_uplinks`` describes it."""
    words: dict[str, Any] = {"name": uplink.name, "label": f"Line {uplink.number}"}
    if uplink.kind != "static":
        words["type"] = uplink.kind
    words["interface"] = uplink.port
    if uplink.vlan:
        words["vlan"] = uplink.vlan
    if uplink.kind == "static":
        words |= {"address": f"{now.router}/{now.prefix}", "gateway": now.gateway}
        words |= {"onlink": True} if now.onlink else {}
    elif uplink.kind == "pppoe":
        words |= {"username": uplink.username, "password": password}
        words |= {"service": uplink.service} if uplink.service else {}
    elif uplink.kind == "lte":
        words["apn"] = APN
    speeds = {"download": _speed(uplink.download), "upload": _speed(uplink.upload)}
    return {**words, **speeds, "priority": uplink.number, "anchors": list(uplink.anchors)}


def _speed(rate: int) -> str:
    return f"{rate // 1_000_000}M" if rate % 1_000_000 == 0 else f"{rate // 1000}k"


def make_lines(uplinks: tuple[Uplink, ...], password: str, pump: Pump) -> dict[str, IspLine]:
    """``password``: of every PPPoE line; ``pump`` carries their packets at the ISPs' end."""
    return {uplink.name: IspLine(uplink, _giver(uplink, password, pump)) for uplink in uplinks}


def _giver(uplink: Uplink, password: str, pump: Pump) -> Giver | None:
    if uplink.kind == "dhcp":
        return IspDhcp(uplink)
    if uplink.kind == "pppoe":
        return Concentrator(uplink, password, pump)
    return MobileNetwork(uplink) if uplink.kind == "lte" else None
