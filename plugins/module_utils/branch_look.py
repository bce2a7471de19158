# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a report asks of a router over one connection. Nothing is ever written.

What a router refuses to tell is left out and said so; when the connection breaks behind the comparison with the plan,
what was read by then is told.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from . import looking, names, reading
from .drift_words import Drift
from .found import Found
from .model import Branch
from .reading import CommitError, Request
from .router_api import Api, Ask, RouterError, RouterTrap

T = TypeVar("T")

RESOURCE, CLOCK, LOG = "/system/resource", "/system/clock", "/log"
CERTIFICATE, INTERFACE, CONNECTION = "/certificate", "/interface", "/ip/firewall/connection"
#: Counting by mark makes the router look at each connection once for each uplink; with more than these it is let be.
MOST_CONNECTIONS = 200_000
#: Asked for together. Of a certificate these few: others are slow to print.
_PRINTS = {
    RESOURCE: (),
    CLOCK: (),
    CERTIFICATE: ("name", "invalid-after", "private-key", "trusted"),
    LOG: ("time", "topics", "message"),
    INTERFACE: ("name", "rx-byte", "tx-byte"),
}


@dataclass(frozen=True)
class Look:
    """What one connection told. ``router``: the managed menus. ``drift``: ``None`` when router and plan could not be
    compared. ``counts``: uplink to connections; empty when they were not counted. ``rates``: interface to bit/s,
    received and sent."""

    at: datetime.datetime
    version: str
    router: Mapping[str, Sequence[Found]]
    drift: tuple[Drift, ...] | None
    notes: tuple[str, ...]
    resource: Mapping[str, str] = field(default_factory=dict)
    clock: Mapping[str, str] = field(default_factory=dict)
    log: Sequence[Found] = ()
    certificates: Sequence[Found] = ()
    interfaces: Sequence[Found] = ()
    rates: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


def look(request: Request, branch: Branch, api: Api, now: Callable[[], datetime.datetime]) -> Look:
    """Raises :class:`reading.CommitError` for a router whose version cannot be read, and
    :class:`router_api.RouterError` when the connection breaks before router and plan were compared."""
    version, router, drift, notes = _compared(request, api)
    asked = _Asked(api, list(notes))
    prints = asked.prints()
    at = now()
    here = {row.values.get("name") for row in prints[INTERFACE]}
    rates = asked.rates([uplink.interface for uplink in branch.uplinks if uplink.interface in here])
    counts = asked.counts([uplink.name for uplink in branch.uplinks])
    mask = request.mask
    return Look(
        at=at,
        version=version,
        router=router,
        drift=drift,
        notes=tuple(dict.fromkeys(mask(note) for note in asked.notes)),
        resource=_single(prints[RESOURCE]),
        clock=_single(prints[CLOCK]),
        log=[Found(row.id, {name: mask(text) for name, text in row.values.items()}) for row in prints[LOG]],
        certificates=prints[CERTIFICATE],
        interfaces=prints[INTERFACE],
        rates=rates,
        counts=counts,
    )


def _compared(
    request: Request, api: Api
) -> tuple[str, Mapping[str, list[Found]], tuple[Drift, ...] | None, tuple[str, ...]]:
    """Version, managed menus, drift, notes. A plan that does not fit this router leaves the rest to be told."""
    try:
        found = reading.read(request, api)
    except CommitError as error:
        text, version = reading.ask(api)
        faults = tuple(f"not compared with the plan: {fault}" for fault in error.faults)
        return text, reading.managed(api, version), None, faults
    outcome = found.outcome(request, changed=False)
    return found.text, found.router, outcome.drift, (*found.refused, *outcome.notes)


def _single(rows: Sequence[Found]) -> Mapping[str, str]:
    return next((row.values for row in rows), {})


@dataclass
class _Asked:
    """Asks what is not needed for the comparison. ``notes`` grows by what could not be told; after the connection broke
    nothing more is asked."""

    api: Api
    notes: list[str]
    broken: bool = False

    def prints(self) -> dict[str, Sequence[Found]]:
        """In one round trip where the connection can do that."""
        seen = looking.Look(self.api)
        self._try(lambda: seen.ahead(Ask(*entry) for entry in _PRINTS.items()), None, "")
        nothing: Sequence[Found] = ()
        return {
            menu: self._try(functools.partial(seen.rows, menu, asked), nothing, menu) for menu, asked in _PRINTS.items()
        }

    def rates(self, interfaces: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Over the second in which the router answers."""
        if not interfaces:
            return {}
        command = f"{INTERFACE}/monitor-traffic"
        words = {"interface": ",".join(dict.fromkeys(interfaces)), "once": ""}
        found: list[dict[str, str]] = self._try(lambda: self.api.run(command, words), [], command)
        return {
            row["name"]: (_number(row.get("rx-bits-per-second")), _number(row.get("tx-bits-per-second")))
            for row in found
            if "name" in row
        }

    def counts(self, uplinks: Sequence[str]) -> Mapping[str, int]:
        """Last of all: on a router with many connections it may take longer than anybody waits."""
        total = self._count({})
        if total is None:
            return {}
        if total > MOST_CONNECTIONS:
            self.notes.append(f"{total} connections are too many to be counted for each uplink")
            return {}
        counts = {name: self._count({"connection-mark": names.uplink_table(name)}) for name in uplinks}
        return {name: count for name, count in counts.items() if count is not None}

    def _count(self, where: Mapping[str, str]) -> int | None:
        nothing: int | None = None
        return self._try(lambda: self.api.count(CONNECTION, where), nothing, CONNECTION)

    def _try(self, ask: Callable[[], T], nothing: T, what: str) -> T:
        if self.broken:
            return nothing
        try:
            return ask()
        except RouterTrap as refusal:
            self.notes.append(f"{what} was not read: {refusal.trap}")
        except RouterError as broken:
            self.broken = True
            self.notes.append(f"the reading ended early: {broken}")
        return nothing


def _number(text: str | None) -> int:
    return int(text) if text and is_counter(text) else 0


def is_counter(text: str) -> bool:
    """Whether it is a number of 64 bits or so, as a router counts; nothing can be reckoned with a longer one."""
    return text.isdecimal() and len(text) <= 20
