# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that die and come back, as people around a branch see it: gates, connections of others, the chat.

What is waited for is polled, with time enough for a machine that is busy elsewhere.
"""

from __future__ import annotations

import asyncio
import calendar
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from lab.world.client import LabError
from lab.world.shell import argv_in
from tests.lab.product.conftest import Branch
from tests.lab.product.flows import LONG_S, connected

T = TypeVar("T")
PATIENCE_S = 150.0
#: A message waits for the outbox's next turn (10 s), and longer when it was tried while no line lived.
MESSAGE_S = 240.0
#: Between an event and the moment that a message gives: probes take 3.5 s at most, the rest is the machine's.
TELLS_WITHIN_S = 30.0
#: Between two things that one script does, or what the test sees of it, on a machine that is busy.
ROUNDING_S = 3.0


def until(look: Callable[[], T], what: str, within_s: float = PATIENCE_S) -> T:
    """The first answer that is true."""
    end = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < end, f"{what}: not within {within_s:.0f} s"
        time.sleep(0.25)
    return found


def cut(branch: Branch, uplink: str) -> float:
    """The internet behind the modem is gone; the moment, on the wall clock."""
    return float(asyncio.run(branch.lab.cut(uplink, "upstream"))["at"])


def heal(branch: Branch, uplink: str) -> float:
    return float(asyncio.run(branch.lab.heal(uplink))["at"])


def in_place(branch: Branch, place: str, *command: str, stdin: str = "") -> None:
    argv = argv_in(branch.lab, place, command)
    done = subprocess.run(argv, input=stdin, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def silence(branch: Branch, anchor: str) -> None:
    """One host of the internet no longer answers ping; undone by :func:`unsilence`."""
    rule = f"ip saddr {anchor} icmp type echo-reply drop"
    table = f"table ip silence {{\n chain output {{\n type filter hook output priority 0;\n {rule}\n }}\n}}\n"
    in_place(branch, "inet", "nft", "-f", "-", stdin=table)


def unsilence(branch: Branch) -> None:
    in_place(branch, "inet", "nft", "delete", "table", "ip", "silence")


# --- the router


def closed(branch: Branch) -> set[str]:
    """Uplinks with closed gates. A gate is closed or open with all its rows."""
    found: dict[str, set[str]] = {}
    for row in branch.call("/ip/route"):
        if match := re.search(r"multiwan:failover:([a-z0-9-]+):gate", row.get("comment", "")):
            found.setdefault(match[1], set()).add(row.get("disabled", "false"))
    assert all(len(states) == 1 for states in found.values()), f"rows of one gate differ: {found}"
    return {uplink for uplink, states in found.items() if states == {"true"}}


def until_closed(branch: Branch, *uplinks: str, within_s: float = PATIENCE_S) -> float:
    """The moment when exactly these gates are closed. A look between two rows of a gate is no answer."""

    def look() -> bool:
        try:
            return closed(branch) == set(uplinks)
        except (LabError, AssertionError):
            return False

    until(look, f"closed gates: {uplinks or 'none'}, now {branch.logged()[-8:]}", within_s)
    return time.time()


def probes(branch: Branch) -> dict[str, set[str]]:
    """Uplink to the statuses of its probes."""
    found: dict[str, set[str]] = {}
    for row in branch.call("/tool/netwatch"):
        if match := re.search(r"multiwan:failover:([a-z0-9-]+):probe", row.get("comment", "")):
            found.setdefault(match[1], set()).add(row.get("status", ""))
    return found


def until_all_answer(branch: Branch) -> None:
    """So that no gate is opened or closed for what was before."""
    until(lambda: set().union(*probes(branch).values()) == {"up"}, "all probes are up")
    until_closed(branch)


@dataclass(frozen=True)
class Tracked:
    """A row of the router's connection table. Versions differ in where they show ports; here they follow a colon."""

    mark: str
    protocol: str
    source: str


def connections(branch: Branch) -> list[Tracked]:
    found = []
    for row in branch.call("/ip/firewall/connection"):
        source, port = row["src-address"], row.get("src-port", "")
        whole = source if ":" in source or not port else f"{source}:{port}"
        found.append(Tracked(row.get("connection-mark", ""), row["protocol"], whole))
    return found


def marks(branch: Branch, *sources: str) -> list[str]:
    """The marks of the connections that these addresses and ports began; none for one that the router forgot."""
    known = {one.source: one.mark for one in connections(branch) if one.protocol == "tcp"}
    return [known[source] for source in sources if source in known]


def restart(branch: Branch) -> None:
    """The command is answered before the router goes down; returns when it is down."""

    branch.call("/system", "reboot")
    until(lambda: not _answers(branch), "the router restarts")


def wait_until_booted(branch: Branch) -> None:
    until(lambda: _answers(branch), "the router answers")


def _answers(branch: Branch) -> bool:
    try:
        return bool(branch.call("/system/identity"))
    except LabError:
        return False


# --- the chat


@dataclass(frozen=True)
class Message:
    """``kind``: down, up, all-down or other. Times on the wall clock, ``length`` in seconds; None when not given."""

    kind: str
    text: str
    raised: float | None
    since: float | None
    length: int | None


def messages(branch: Branch) -> list[Message]:
    chat = asyncio.run(branch.lab.chat())
    return [parse(str(message["text"])) for message in chat["messages"]]


def parse(text: str) -> Message:
    words = {"all-down": "semua jalur internet", "down": "terputus\n", "up": "pulih\n"}
    kind = next((kind for kind, word in words.items() if word in text), "other")
    length = re.search(r"^Lama gangguan: (?:(\d+)d)?(\d\d):(\d\d):(\d\d)$", text, re.MULTILINE)
    seconds = (
        sum(int(n or 0) * size for n, size in zip(length.groups(), (86400, 3600, 60, 1), strict=True))
        if length
        else None
    )
    return Message(kind, text, _moment(text, "Waktu kejadian"), _moment(text, "Sejak"), seconds)


def _moment(text: str, name: str) -> float | None:
    """The router's clock is in UTC; its form of dates changed with 7.10."""
    match = re.search(rf"^{name}: (.+)$", text, re.MULTILINE)
    if match is None:
        return None
    form = "%b/%d/%Y %H:%M:%S" if "/" in match[1] else "%Y-%m-%d %H:%M:%S"
    return float(calendar.timegm(time.strptime(match[1], form)))


def logged_at(branch: Branch, message: str) -> float:
    """When the router wrote this line last, in whole seconds on the wall clock: no matter when the test looks."""
    times = [row["time"] for row in branch.call("/log") if row["message"] == message]
    assert times, f"{message!r} is not in the log"
    hours, minutes, seconds = (int(part) for part in times[-1].rpartition(" ")[2].split(":"))
    now = time.time()
    moment = now - now % 86400 + 3600 * hours + 60 * minutes + seconds
    return moment if moment <= now + 1 else moment - 86400  # before 7.10 lines of today carry no date


def told(branch: Branch, kind: str, label: str = "", *, count: int = 1) -> list[Message]:
    """The messages of a kind about a line, once there are so many."""

    def look() -> list[Message]:
        found = [one for one in messages(branch) if one.kind == kind and label in one.text]
        return found if len(found) >= count else []

    return until(look, f"{count} messages {kind} {label}", MESSAGE_S)


# --- flows


class Ticking:
    """UDP flows that talk until they are asked what they have seen, in a thread."""

    def __init__(self, branch: Branch, *, flows: int) -> None:
        self._pool, self._stop = ThreadPoolExecutor(1), branch.new_file()
        known = asyncio.run(connected(branch))
        self._done: Future[dict[str, Any]] = self._pool.submit(
            branch.measure, "ticker", flows=flows, seconds=LONG_S, stop=str(self._stop)
        )
        until(lambda: len(asyncio.run(connected(branch)) - known) >= flows, "the flows talk")

    def seen(self) -> tuple[float, list[Mapping[str, Any]]]:
        """(wall clock of the begin, flows) of ``lab traffic ticker``."""
        assert not self._done.done(), "the flows ended before what they should have seen"
        self._stop.touch()
        found = self._done.result()
        self._pool.shutdown()
        return float(found["began_at"]), list(found["flows"])
