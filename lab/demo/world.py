# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo asks of the lab, in the demo's own words. Times are wall clock seconds."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from lab.demo.record import Attempt, Call, Message, Traffic
from lab.world.client import LabClient, LabError, Options

__all__ = ["Announcement", "Lab", "LabError"]

#: A length of time as the API gives it: 1m20s, 19s, 500ms.
_LENGTH = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_UNITS_S = (604800.0, 86400.0, 3600.0, 60.0, 1.0, 0.001)
_WORD = r"[\w.-]"


@dataclass(frozen=True)
class Announcement:
    """A message with the id by which the next one is asked for."""

    number: int
    message: Message


class Lab:
    """One lab that this run owns."""

    def __init__(self, name: str, *, began: float) -> None:
        self.client = LabClient(name)
        self._began = began

    async def up(self, progress: Any) -> Mapping[str, Any]:
        """Ports of their own choice, so that a lab somebody already has does not stand in the way."""
        return await self.client.up(Options(api_port=0, api_ssl_port=0), progress)

    # --- the router ----------------------------------------------------------------------------------------------
    async def configuration(self) -> str:
        """The export without its first lines, which hold the time."""
        text = await self.client.export()
        return "\n".join(line for line in text.splitlines() if not line.startswith("#"))

    async def writes(self) -> int:
        """How many writes came through the API. The router's own scripts write too: messages that wait, for example."""
        return sum(str(entry["origin"]).startswith("api") for entry in await self.client.journal())

    async def rows(self, menu: str) -> list[Mapping[str, str]]:
        return list((await self.client.router_call(menu, "print"))["rows"])

    async def gate_open(self, uplink: str) -> bool | None:
        """Whether any gate row of the uplink is active; None when the router holds none."""
        tag = f"[multiwan:failover:{uplink}"
        gates = [
            row
            for row in await self.rows("/ip/route")
            if tag in row.get("comment", "") and row.get("check-gateway", "none") != "none"
        ]
        return any(row.get("active") == "true" for row in gates) if gates else None

    async def hold_s(self, uplink: str) -> float | None:
        """How long the router will hold the line back from now on; None when it does not say that it will."""
        rows = await self.rows("/ip/firewall/address-list")
        held = [row for row in rows if row["list"] == "mw-state" and row.get("comment") == f"hold {uplink}"]
        return seconds_of(held[0].get("timeout", "")) if held else None

    async def interfaces(self) -> list[str]:
        return [row["name"] for row in await self.rows("/interface")]

    # --- the lines -----------------------------------------------------------------------------------------------
    async def counters(self) -> dict[str, tuple[int, int]]:
        """Bytes behind the shapers, (down, up) by uplink."""
        status = await self.client.status()
        return {line["name"]: (int(line["down_bytes"]), int(line["up_bytes"])) for line in status["uplinks"]}

    async def version(self) -> str:
        return str((await self.client.status())["version"])

    # --- traffic -------------------------------------------------------------------------------------------------
    async def throughput(self, way: str, traffic: Traffic) -> float:
        """Mbit/s of goodput at the receivers."""
        result = await self.client.measure(
            "throughput",
            direction=way,
            flows=traffic.flows,
            clients=traffic.clients,
            seconds=traffic.window_s,
            warmup=traffic.warmup_s,
        )
        return float(result["goodput_mbit"])

    async def connections(self, count: int) -> tuple[dict[str, int], int]:
        """New connections: how many each ISP counted, and how many failed."""
        result = await self.client.measure("connections", count=count)
        return {name: int(seen) for name, seen in result["split"].items()}, int(result["failed"])

    async def probe(self, *, seconds: float, interval_s: float, timeout_s: float) -> AsyncIterator[Attempt]:
        """New connections at a steady pace, told when each is over. Ends early when the caller stops listening."""
        events = self.client.traffic("probe", seconds=seconds, interval=interval_s, timeout=timeout_s)
        async for event in events:
            if event.get("event") == "probe":
                yield Attempt(
                    at_s=float(event["at"]) - self._began,
                    took_s=float(event["ms"]) / 1000 if event["ok"] else timeout_s,
                    ok=bool(event["ok"]),
                    uplink=str(event["uplink"]) if event["ok"] else "",
                )

    async def calls(self, *, seconds: float, flows: int) -> tuple[Call, ...]:
        """UDP flows that never stop talking, from now on for so long."""
        result = await self.client.measure("ticker", seconds=seconds, flows=flows)
        zero = float(result["began_at"]) - self._began
        return tuple(
            Call(
                lines=tuple((zero + float(when), str(line)) for when, line in flow["moves"]),
                silences=tuple((zero + float(when), float(long)) for when, long in flow["silences"]),
            )
            for flow in result["flows"]
        )

    # --- the chat ------------------------------------------------------------------------------------------------
    async def chat(self, after: int, wait_s: float) -> list[Announcement]:
        answer = await self.client.chat(after=after, count=1, wait_s=wait_s)
        return [
            Announcement(int(m["message_id"]), Message(float(m["at"]) - self._began, str(m["text"])))
            for m in answer["messages"]
        ]


def seconds_of(text: str) -> float | None:
    found = _LENGTH.fullmatch(text)
    if not text or found is None:
        return None
    return sum(int(part) * unit for part, unit in zip(found.groups(), _UNITS_S, strict=True) if part)


def named_in(text: str, names: list[str]) -> str | None:
    """The first of the names that stands in the text as a word of its own: the segment's comes before the port's."""
    seen = ((re.search(rf"(?<!{_WORD}){re.escape(name)}(?!{_WORD})", text), name) for name in names)
    return min(((match.start(), name) for match, name in seen if match), default=(0, None))[1]
