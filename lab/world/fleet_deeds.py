# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to a router of a fleet: faults, rogue servers, drift by hand, certificates, and mending it all."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.router.pretended import Trap
from lab.router.pretended.around import Rogue
from lab.router.pretended.router import PretendedRouter
from lab.world import pki
from lab.world.factory import API_USER
from lab.world.fleet_branch import Branch

ROGUE_MAC = "DC:2C:6E:81:CF:34"
FOR_EVER_S = 365 * 86400.0
#: as long as a router boots
AWAY_S = 5.0
#: deed -> what `fleet status` says of it; a cut is told with its line
_WORDS = {
    "rogue": "a rogue DHCP server is plugged in",
    "drift": "a row was disabled by hand",
    "certificate": "its certificate ends soon",
    "unreachable": "unreachable",
    "wrong_password": "wrong password",
    "hang_up": "told to hang up in the middle of a commit",
}
#: what is in the router's configuration: mending leaves it
_HELD = ("drift", "certificate")


#: (session, path with the command, arguments, queries)
Heard = tuple[int, str, dict[str, str], list[str]]


@dataclass
class Member:
    branch: Branch
    router: PretendedRouter
    heard: list[Heard] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)


def remember(done: dict[str, str], deed: str, words: Mapping[str, Any]) -> None:
    """Keeps in ``done`` what a branch has suffered and is not over, for people: a key for each thing -> words."""
    uplink = str(words.get("uplink", ""))
    if deed == "cut":
        done[f"cut {uplink or 'isp1'}"] = f"{uplink or 'isp1'} is cut ({words.get('how', 'upstream')})"
    elif deed in ("heal", "mend") or (deed == "rogue" and not words.get("on", True)):
        over = {"heal": f"cut {uplink}", "mend": "", "rogue": "rogue"}[deed]
        for key in [key for key in done if key.startswith(over) and not (deed == "mend" and key in _HELD)]:
            del done[key]
    elif deed in _WORDS:
        done[deed] = _WORDS[deed]


class Deeds:
    """``do`` raises ValueError or KeyError with a sentence. ``folder`` is the fleet's."""

    def __init__(self, folder: Path, members: Mapping[str, Member]) -> None:
        self._folder = folder
        self._members = members

    async def do(self, *, do: str, branch: str, **words: Any) -> Any:
        deeds: Mapping[str, Callable[..., Any]] = {
            "cut": self._cut,
            "heal": self._heal,
            "rogue": self._rogue,
            "drift": self._drift,
            "certificate": self._certificate,
            "unreachable": self._unreachable,
            "wrong_password": self._wrong_password,
            "hang_up": self._hang_up,
            "mend": self._mend,
            "journal": self._journal,
            "rows": self._rows,
            "console": self._console,
            "export": self._export,
            "sent": self._sent,
            "record": self._record,
            "recorded": self._recorded,
        }
        if do not in deeds:
            raise ValueError(f"nobody knows how to {do!r}")
        member = self._members[branch]
        try:
            answer = await deeds[do](member, **words)
        except Trap as trap:
            raise ValueError(trap.message) from None
        remember(member.done, do, words)
        return answer

    def done(self) -> dict[str, list[str]]:
        """Branch -> what was done to it and is not over, in words; branches to which nothing was done are left out."""
        return {name: list(member.done.values()) for name, member in self._members.items() if member.done}

    async def fall_ill(self, member: Member, sick: str) -> None:
        """As SICK names it, from the start. Bad variables are the inventory's matter."""
        if sick == "unreachable":
            await self._unreachable(member)
        elif sick == "wrong_password":
            await self._wrong_password(member)
        elif sick == "dies_in_the_middle":
            await self._hang_up(member)

    # -- lines

    async def _cut(self, member: Member, uplink: str = "isp1", how: str = "upstream") -> None:
        member.router.around.cut(member.branch.uplink(uplink).interface, how)

    async def _heal(self, member: Member, uplink: str = "") -> None:
        member.router.around.heal(member.branch.uplink(uplink).interface if uplink else "")

    async def _rogue(self, member: Member, on: bool = True, mac: str = ROGUE_MAC, interface: str = "bridge") -> None:
        """On the LAN's second port."""
        port = f"ether{len(member.branch.uplinks) + 2}"
        around = member.router.around
        around.rogues = [one for one in around.rogues if one.mac != mac]
        if on:
            around.rogues.append(Rogue(interface, mac, "192.168.10.66", port))
        around.tell()

    # -- somebody was at the router

    async def _drift(self, member: Member, rows: int = 1) -> list[str]:
        """Somebody disables rows of ours, the last ones of mangle first; returns their comments."""
        router, changed = member.router, []
        found = await router.call("/ip/firewall/mangle", "print", {})
        for row in list(reversed(found["rows"]))[:rows]:
            await router.call("/ip/firewall/mangle", "set", {".id": row[".id"], "disabled": "yes"})
            changed.append(row.get("comment", ""))
        if not changed:
            raise ValueError(f"{member.branch.name} has no rows that could drift: deploy it first")
        return changed

    async def _certificate(self, member: Member, days: float = 9) -> None:
        """Its API shows a certificate of its own from now on, which ends in ``days``."""
        now = datetime.datetime.now(datetime.UTC)
        folder = self._folder
        ca = pki.Pair((folder / "ca.pem").read_text(), (folder / "ca.key").read_text())
        pair = pki.issue(ca, ("127.0.0.1", "localhost"), now, datetime.timedelta(days=days))
        router = member.router
        router.services.certificates.install("api-soon", pair.certificate, pair.key)
        await router.call("/ip/service", "set", {"numbers": "api-ssl", "certificate": "api-soon"})

    # -- the way to the router

    async def _unreachable(self, member: Member) -> None:
        """Connections are refused."""
        await member.router.api.cut(FOR_EVER_S)

    async def _wrong_password(self, member: Member) -> None:
        await _password(member, "another-than-the-inventory-says")

    async def _hang_up(self, member: Member, after: int = 20, for_s: float = AWAY_S) -> None:
        """After so many commands that write, all sessions end, and nobody gets in for ``for_s``."""
        member.router.hang_up(after, for_s)

    async def _mend(self, member: Member) -> None:
        """Lines, rogues, ports and password are as they should be; what is configured stays as it is."""
        router = member.router
        router.around.rogues.clear()
        router.around.heal()
        await _password(member, router.spec.users[API_USER].password)
        await router.api.cut(0)

    # -- to look

    async def _journal(self, member: Member) -> Any:
        return list(member.router.journal())

    async def _rows(self, member: Member, menu: str) -> Any:
        """As a user of everything would be shown them over the API."""
        return (await member.router.call(menu, "print", {}))["rows"]

    async def _console(self, member: Member, line: str) -> str:
        return await member.router.console(line)

    async def _export(self, member: Member) -> str:
        return member.router.engine.export()

    async def _record(self, member: Member) -> None:
        """From now on keep what the API is asked."""
        heard: list[Heard] = []

        def hear(menu: str, command: str, args: Mapping[str, str], queries: Sequence[str], caller: Any) -> None:
            if caller.origin == "api":
                path = f"{menu.rstrip('/')}/{command}"
                heard.append((caller.session, path, dict(args), list(queries)))

        member.heard = heard
        member.router.engine.heard = hear

    async def _recorded(self, member: Member) -> list[list[Heard]]:
        """What was asked since ``record`` or the last look, one list for each session."""
        sessions: dict[int, list[Heard]] = {}
        for one in member.heard:
            sessions.setdefault(one[0], []).append(one)
        member.heard.clear()
        return list(sessions.values())

    async def _sent(self, member: Member) -> list[str]:
        return list(member.router.around.sent)


async def _password(member: Member, password: str) -> None:
    await member.router.call("/user", "set", {".id": API_USER, "password": password})
