# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rehearses the failure of each uplink: one after the other is taken out on purpose, measured, and put back.

Every reason not to begin is looked for before the first line is taken out. How a line is never left out:
``drill_guard.py``; how it is taken out and what is pinged: ``drill_plan.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from . import commit_engine, device_mode, drift_words, drill_look, drill_plan, management_path, notify_test, texts
from .diff import is_of
from .drill_guard import Guard
from .drill_look import Watch
from .drill_plan import Drill, Line
from .drill_sums import Rehearsal, Sample
from .preflight_view import Reader
from .protection import Controller
from .reading import CommitError, Connect, Request, ask
from .router_api import Api, RouterError
from .versions import Version

#: Seconds that a line may be out.
SHORTEST_S, LONGEST_S = 5, 600
#: Until the way of the pings works, before a line is taken out; and pings that must be answered there.
_SETTLE_S, _ANSWERS = 20.0, 8
#: So long another line must have carried before one is put back.
_HOLDS_S = 5.0
#: After the line is used again.
_AFTER_S = 2.0
#: Until a line that works again is used again, where the router does not say how long it holds it back; else that much
#: more than it says.
_RETURN_S, _MORE_S = 120.0, 30.0
#: So many places of drift are named.
_NAMED = 5


@dataclass(frozen=True)
class Place:
    """Where the branch is and who asks. ``language``: of messages."""

    connect: Connect
    controller: Controller
    language: str


@dataclass(frozen=True)
class Ready:
    """A branch that can be rehearsed. ``chosen``: the lines that will be taken out, in that order."""

    text: str
    version: Version
    lines: tuple[Line, ...]
    chosen: tuple[Line, ...]

    def words(self, drill: Drill) -> tuple[str, ...]:
        """What would be done, a sentence for each line."""
        most = "" if drill.seconds else " at most"
        return tuple(
            f"{line.label} ({line.name}, {line.interface}) would be taken out for{most}"
            f" {drill_plan.out_for_s(line, drill.seconds):.0f} s by rules in {drill_plan.RAW} and {drill_plan.FILTER};"
            f" it should take at most {line.limit_s:.1f} s until"
            f" {', '.join(other.label for other in self.lines if other is not line)} carries"
            for line in self.chosen
        )


@dataclass(frozen=True)
class Outcome:
    """``left_out``: uplinks that were not rehearsed any more after one that failed. ``told``: whether the chat was told
    that messages about the lines are part of a rehearsal."""

    ready: Ready
    rehearsals: tuple[Rehearsal, ...]
    left_out: tuple[str, ...]
    told: bool

    @property
    def ok(self) -> bool:
        return all(found.ok for found in self.rehearsals) and not self.left_out

    def words(self) -> tuple[str, ...]:
        """For people, a sentence for each line."""
        left = (f"{name}: not rehearsed, because of the line before it" for name in self.left_out)
        return (*(found.words() for found in self.rehearsals), *left)


# --- before


def ready(request: Request, drill: Drill, place: Place) -> Ready:
    """Only looks. Raises :class:`CommitError` with every reason not to begin."""
    lines = drill_plan.lines(request.rows, drill.labels)
    faults = list(_asked_wrongly(drill, lines))
    if faults:
        raise CommitError(faults)
    chosen = tuple(line for line in lines if line.name in drill.uplinks) if drill.uplinks else lines
    outcome = commit_engine.inspect(request, place.connect, only_looks=True)
    with place.connect() as api:
        text, version = ask(api)
        faults = [
            *_drifted(outcome.drift),
            *_forbidden(api, version),
            *_dead(drill_look.state(api, lines).gates, lines, chosen),
            *_own_way(request, api, lines, chosen),
        ]
    if faults:
        raise CommitError(faults)
    return Ready(text, version, lines, chosen)


def _asked_wrongly(drill: Drill, lines: Sequence[Line]) -> Iterator[str]:
    names = [line.name for line in lines]
    if len(lines) < 2:
        yield "multiwan_uplinks has one uplink: there is nothing that could take over"
    for number, name in enumerate(drill.uplinks):
        if name not in names:
            yield f"drill_uplinks[{number}] is {name!r}; allowed are {', '.join(names)}"
        elif name in drill.uplinks[:number]:
            yield f"drill_uplinks[{number}] is {name!r}, which stands there twice"
    asked = [line for line in lines if not drill.uplinks or line.name in drill.uplinks]
    least = max((line.limit_s for line in asked), default=0.0)
    if drill.seconds is not None and not max(SHORTEST_S, least) <= drill.seconds <= LONGEST_S:
        yield (
            f"drill_seconds is {drill.seconds}; allowed are {max(SHORTEST_S, math.ceil(least))} to {LONGEST_S} seconds,"
            f" since a dead line may take {least:.1f} s to be noticed"
        )
    yield from _wrong_targets(drill, lines)


def _wrong_targets(drill: Drill, lines: Sequence[Line]) -> Iterator[str]:
    anchors = {anchor: line.name for line in lines for anchor in line.anchors}
    if not drill.targets:
        yield "drill_targets is empty; addresses that answer pings are allowed"
    for number, address in enumerate(drill.targets):
        if not _is_address(address):
            yield f"drill_targets[{number}] is {address!r}; an IPv4 address is allowed"
        elif drill.targets != drill_plan.TARGETS and address in anchors:
            yield (
                f"drill_targets[{number}] is {address}, an anchor of {anchors[address]}, which leaves by that line"
                " only; another address that answers pings is allowed"
            )


def _is_address(text: str) -> bool:
    try:
        return str(IPv4Address(text)) == text
    except AddressValueError:
        return False


def _drifted(found: Sequence[drift_words.Drift]) -> Iterator[str]:
    """Rows that an earlier rehearsal left are taken away by this one."""
    drift = [row for row in found if not is_of(row.tag, {drill_plan.ROLE})]
    if drift:
        named = "; ".join(f"{row.menu} [{row.tag}]: {row.words}" for row in drift[:_NAMED])
        more = f"; and {len(drift) - _NAMED} more" if len(drift) > _NAMED else ""
        yield (
            f"the router differs from its plan in {drift_words.counted(drift)}, so a rehearsal would tell nothing about"
            f" the plan: run site.yml first ({named}{more})"
        )


def _forbidden(api: Api, version: Version) -> Iterator[str]:
    if device_mode.SCHEDULER in device_mode.forbidden(api, version):
        yield (
            "device-mode forbids the scheduler, without which the router could not put a line back by itself:"
            " /system/device-mode/update scheduler=yes"
        )


def _dead(gates: dict[str, bool], lines: Sequence[Line], chosen: Sequence[Line]) -> Iterator[str]:
    for line in chosen:
        if not gates[line.name]:
            yield f"{line.name} is not in use now (its gate is closed): there is nothing to take out"
        elif not any(gates[other.name] for other in lines if other is not line):
            yield f"{line.name} is the only line that lives: without it the branch would have no internet"


def _own_way(request: Request, api: Api, lines: Sequence[Line], chosen: Sequence[Line]) -> Iterator[str]:
    """The operator's own connection must not come by a line that is taken out."""
    reader = Reader(api, {})
    peers = management_path.sessions(reader, request.user)
    if not peers:
        return
    by = drill_look.marked(api, peers, lines)
    if by is None:
        ways = management_path.interfaces(reader, peers, host=request.address)
        by = frozenset(line.name for line in lines if line.interface in ways)
    seen = ", ".join(sorted(str(peer) for peer in peers))
    others = [line.name for line in chosen if line.name not in by]
    rest = f"drill_uplinks: [{', '.join(others)}]" if others else "come in by a segment or a VPN"
    for line in chosen:
        if line.name in by:
            yield (
                f"the controller comes from {seen} by {line.name}: to take that line out would cut its own connection."
                f" Leave it out ({rest}), or come in by another way"
            )


# --- the rehearsal


def run(request: Request, drill: Drill, place: Place) -> Outcome:
    """Raises :class:`CommitError`; every line is back then, or the error says what becomes of it."""
    found = ready(request, drill, place)
    names = ", ".join(line.label for line in found.chosen)
    told = _tell(request, place, "drill_begins", names)
    done: list[Rehearsal] = []
    for line in found.chosen:
        place.controller.progress(f"{line.label} is taken out")
        done.append(_Rehearsing(found, drill, place, line).result())
        place.controller.progress(done[-1].words())
        if not done[-1].ok:
            break
    _tell(request, place, "drill_over", "\n".join(_told(item) for item in done))
    left_out = tuple(line.name for line in found.chosen[len(done) :])
    return Outcome(found, tuple(done), left_out, told)


def _told(item: Rehearsal) -> str:
    seconds = "-" if item.without_s is None else f"{item.without_s:.1f}"
    return f"{item.label}: {'OK' if item.ok else 'X'}, {seconds} s"


def _tell(request: Request, place: Place, key: str, lines: str) -> bool:
    said = texts.text(key, place.language).format(branch=request.host, lines=lines)
    try:
        with place.connect() as api:
            return notify_test.put(api, said, place.language)
    except RouterError:  # a branch without a chat, or with a full outbox, can be rehearsed all the same
        return False


class _Rehearsing:
    """One line."""

    def __init__(self, found: Ready, drill: Drill, place: Place, line: Line) -> None:
        self._found, self._drill, self._place, self._line = found, drill, place, line
        self._clock = place.controller.clock
        self._hold_s: float | None = None
        self._samples: list[Sample] = []

    def result(self) -> Rehearsal:
        line, drill = self._line, self._drill
        out_for_s = drill_plan.out_for_s(line, drill.seconds)
        with self._place.connect() as api:
            target = self._target(api)
            ways = drill_plan.way(line, self._found.lines, target, self._found.version)
            out = drill_plan.out(line, drill_look.near(api, line))
            longest_s = _SETTLE_S + out_for_s + _RETURN_S + 120
            guard = Guard(self._place.controller, self._found.version, [*ways, *out], longest_s)
            guard.arm(api)
            try:
                for row in ways:
                    guard.write(api, row)
                watch = self._settled(api, guard, target)
                counts = {"before": drill_look.connections(api, self._found.lines)}
                zero = self._clock()
                for row in out:
                    guard.write(api, row)
                self._watch(api, guard, watch, zero, self._replaced(out_for_s))
                counts["out"] = drill_look.connections(api, self._found.lines)
                for row in reversed(out):
                    guard.take_back(api, row)
                back_s = self._clock() - zero
                self._watch(api, guard, watch, zero, self._returned(back_s), back=True)
                counts["after"] = drill_look.connections(api, self._found.lines)
                for row in reversed(ways):
                    guard.take_back(api, row)
                guard.disarm(api)
            except RouterError as error:
                raise guard.give_back(self._place.connect, f"{line.name}: {error}") from None
            except CommitError as error:
                raise guard.give_back(self._place.connect, error.faults[0]) from None
        return Rehearsal(
            line.name, line.label, line.limit_s, target, back_s, self._hold_s, tuple(self._samples), counts
        )

    def _target(self, api: Api) -> str:
        """The first address that answers now and belongs to no line."""
        anchors = {anchor for line in self._found.lines for anchor in line.anchors}
        free = [address for address in self._drill.targets if address not in anchors]
        for address in free:
            if drill_look.ping(api, address, 1.0) is not None:
                return address
        raise CommitError([f"none of {', '.join(free)} answers a ping now; name others in drill_targets"])

    def _settled(self, api: Api, guard: Guard, target: str) -> Watch:
        """Wait until the pings go by the line and are answered; how long an answer takes decides how long one is
        waited for."""
        lines, line, controller = self._found.lines, self._line, self._place.controller
        watch = Watch(lines, line, target, 1.0, controller.clock, controller.sleep)
        until = self._clock() + _SETTLE_S
        good: list[Sample] = []
        while len(good) < _ANSWERS:
            if self._clock() > until:
                raise CommitError([f"{line.name}: pings to {target} by this line were not answered steadily"])
            began = self._clock()
            guard.beat(api)
            sample = watch.look(api, 0.0)
            good = [*good, sample] if sample.answered and sample.carrier == line.name else []
            watch.rest(began)
        interval = drill_look.interval_s([sample.rtt_ms for sample in good if sample.rtt_ms is not None])
        return Watch(lines, line, target, interval, controller.clock, controller.sleep)

    def _watch(
        self, api: Api, guard: Guard, watch: Watch, zero: float, over: Callable[[Sample], bool], *, back: bool = False
    ) -> None:
        """Look again and again. ``back``: the line works again, and the router may hold it back for a while."""
        while True:
            began = self._clock()
            guard.beat(api)
            sample = watch.look(api, zero)
            self._samples.append(sample)
            if back and self._hold_s is None and not sample.gates[self._line.name]:
                self._hold_s = drill_look.hold_s(api, self._line)
            if over(sample):
                return
            watch.rest(began)

    def _replaced(self, out_for_s: float) -> Callable[[Sample], bool]:
        """Out for as long as was asked; otherwise only until another line has carried for a while."""
        since: list[float] = []

        def over(sample: Sample) -> bool:
            if sample.answered and sample.carrier not in (None, self._line.name):
                since.append(sample.at_s)
            else:
                since.clear()
            enough = self._drill.seconds is None and bool(since) and sample.at_s - since[0] >= _HOLDS_S
            return enough or sample.at_s >= out_for_s

        return over

    def _returned(self, back_s: float) -> Callable[[Sample], bool]:
        """Used again, and for a while; or it took too long."""
        used: list[float] = []

        def over(sample: Sample) -> bool:
            limit = back_s + (_RETURN_S if self._hold_s is None else min(_RETURN_S, self._hold_s + _MORE_S))
            if sample.gates[self._line.name] and sample.carrier == self._line.name:
                used.append(sample.at_s)
            return bool(used and sample.at_s >= used[0] + _AFTER_S) or sample.at_s > limit

        return over
