# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A commit that can't cut a branch off for good: lock, dead man, writes, proof, disarm.

Between arming and disarming there is one way back only, and the router goes it by itself. The controller can ask for it
to be soon; it never takes a row back with its own hands, so the two can't meet halfway.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import commit_lock, dead_man, device_mode, diff_text, leftovers, orphans, reach
from .adoption import absent, parted
from .diff import Found, compare, is_of
from .plan import Row
from .protection import Protection, Waiting
from .reading import CommitError, Connect, Reading, Request, managed, read
from .router_api import Api, RouterError
from .undo_script import undo
from .writing import WriteError, write, write_guarded

#: Seconds that new gates may take until the branch reaches the internet again.
_SETTLE_S = 20.0
#: Seconds that a router may take to boot; then its scheduler needs a few ticks.
_BOOT_S = 90.0
_RETRY_S = 1.0
#: Seconds in which a running connection of a recipe says something and gets our mark.
_HANDOVER_S = 3.0
#: Rows that are not ours come back with their comments and at their places only by the router's own undo.
UNGUARDED = "multiwan_adopt replaces rows of others, which is done under a dead man only: set multiwan_dead_man_s"


@dataclass(frozen=True)
class _Lock:
    """``ends``: when it is over, by the controller's clock."""

    whose: str
    ends: float


@dataclass(frozen=True)
class _Change:
    """What is under way. ``before``: the address that answered before it. ``ends``: when the router's time limit is
    over, by the controller's clock. ``armed``: how the router can go back by itself."""

    lock: _Lock
    reading: Reading
    addresses: tuple[str, ...]
    before: str | None
    ends: float
    armed: dead_man.Armed | None

    @property
    def safe_until(self) -> float:
        """Until then the router goes back for nobody and nobody else comes in."""
        return min(self.ends, self.lock.ends)


def commit(request: Request, guard: Protection, connect: Connect, api: Api) -> Reading:
    """Write what differs and prove it. ``api``: the connection by which a difference was found.

    The answer is the reading that was acted upon; it has no operations when somebody else had written them meanwhile.
    Raises :class:`CommitError` with what became of the router, and :class:`router_api.RouterError` when nothing was
    written.
    """
    whose = commit_lock.holding(guard.controller.operator, guard.controller.now())
    lock = _lock(request, guard, api, whose)
    try:
        change = _begin(request, guard, api, lock)
        if change is None:
            return _unchanged(request, api, whose)
    except BaseException:
        _quietly_unlock(api, whose)
        raise
    if change.armed is None:
        return _by_hand(request, guard, connect, api, change)
    try:
        write_guarded(
            api,
            change.reading.operations,
            change.reading.before,
            lambda: guard.controller.clock() < _last(change, guard),
        )
    except WriteError as error:
        lost = _taken_back(request, guard, connect, change, [str(error)])
        raise lost or CommitError([request.mask(str(error))]) from None
    return _proven(request, guard, connect, change, change.armed)


def _lock(request: Request, guard: Protection, api: Api, whose: str) -> _Lock:
    ends = guard.controller.clock() + guard.lock_s
    try:
        commit_lock.take(api, whose, seconds=guard.lock_s)
    except commit_lock.LockedError as locked:
        raise CommitError([request.mask(str(locked))]) from None
    return _Lock(whose, ends)


def _last(change: _Change, guard: Protection) -> float:
    """When nothing must be written any more."""
    return change.safe_until - guard.margin_s


def _quietly_unlock(api: Api, whose: str) -> None:
    """The lock ends by itself when this can't be done."""
    with contextlib.suppress(RouterError):
        commit_lock.give_back(api, whose)


def _unchanged(request: Request, api: Api, whose: str) -> Reading:
    reading = read(request, api)
    commit_lock.give_back(api, whose)
    return reading


# --- before the first write


def _begin(request: Request, guard: Protection, api: Api, lock: _Lock) -> _Change | None:
    """Alone on the router: read again, see how the branch is, arm. ``None``: there is nothing to do any more."""
    lock = _wait_for_others(request, guard, api, lock)
    reading = read(request, api)
    if reading.refused:
        raise CommitError(reading.refused)
    if not reading.operations:
        return None
    # An empty plan takes the ways out away that it brought: what was there before it is not known here.
    addresses = (guard.reach if guard.reach is not None else _anchors(reading)) if request.rows else ()
    before = reach.reaches(api, addresses)
    if guard.dead_man_s and not _forbidden(request, api, reading):
        armed, ends = _arm(request, guard, api, reading, lock.whose)
        return _Change(lock, reading, addresses, before, ends, armed)
    if reading.weighed.taken:
        raise CommitError([UNGUARDED])
    return _Change(lock, reading, addresses, before, lock.ends, None)


def _anchors(reading: Reading) -> tuple[str, ...]:
    """Of the plan; of the router where the plan is that of a role that has none."""
    return reach.anchors(reading.plan) or reach.anchors(
        Row(menu, found.tag, found.values) for menu, rows in reading.router.items() for found in rows if found.tag
    )


def _forbidden(request: Request, api: Api, reading: Reading) -> bool:
    """A device that runs no scheduler has no dead man. The preflight refuses it, unless that was forced."""
    return "device-mode" in request.force and device_mode.SCHEDULER in device_mode.forbidden(api, reading.version)


def _wait_for_others(request: Request, guard: Protection, api: Api, lock: _Lock) -> _Lock:
    """We hold the lock, so whoever armed a dead man is gone: the router takes that change back, and then we go on,
    with a lock that begins anew."""
    if dead_man.stands(api):
        guard.controller.progress("an earlier change was never confirmed: waiting until the router has taken it back")
        until = guard.controller.clock() + 60
        dead_man.fire(api)
        while dead_man.stands(api):
            if guard.controller.clock() > until:
                raise CommitError(
                    [
                        "an earlier change left its dead man (/system/scheduler mw-dead-man) behind, which does not end"
                        " by itself"
                    ]
                )
            guard.controller.sleep(_RETRY_S)
        commit_lock.give_back(api, lock.whose)
        lock = _lock(request, guard, api, lock.whose)
    dead_man.clean(api)
    return lock


def _arm(request: Request, guard: Protection, api: Api, reading: Reading, whose: str) -> tuple[dead_man.Armed, float]:
    """The dead man, and when the router's time limit is over."""
    try:
        backup = dead_man.save_backup(api) if guard.backup else ""
        planned = undo(reading.operations, reading.before, reading.version)
        ends = guard.controller.clock() + guard.dead_man_s
        armed = dead_man.arm(
            api, planned, limit_s=guard.dead_man_s, backup=backup, version=reading.version, whose=whose
        )
    except RouterError as error:
        _tidy(api, whose)
        raise CommitError(
            [request.mask(f"the change could not be guarded: {error}")], "Nothing of the plan was written."
        ) from None
    return armed, ends


# --- after the last write


def _proven(request: Request, guard: Protection, connect: Connect, change: _Change, armed: dead_man.Armed) -> Reading:
    """Over a new connection, since the old one may outlive the way back to the router. Then the dead man is told."""
    try:
        with connect() as api:
            faults = _faults(request, guard, api, change)
            if not faults and guard.controller.clock() < change.safe_until - 1:
                dead_man.disarm(api, armed)
                _leave_nothing(request, api, change.reading)
                return change.reading
    except CommitError as problem:  # what the plan needs of the router is gone
        faults = list(problem.faults)
    except RouterError as problem:
        faults = [f"the rows were written, but then the router could not be asked: {problem}"]
    faults = faults or ["the change took longer than its time limit (multiwan_dead_man_s)"]
    lost = _taken_back(request, guard, connect, change, faults)
    if lost is not None:
        raise lost
    return change.reading  # it was the answer to the last step that got lost


def tidy_up(request: Request, api: Api) -> int:
    """What an earlier removal could not take away any more; how much that was."""
    return leftovers.remove_leftovers(api) if not request.rows and request.owners is None else 0


def _leave_nothing(request: Request, api: Api, reading: Reading) -> None:
    """What the scripts of a role keep goes with its rows, connections of a line with that. The next removal takes
    what can't be taken now."""
    with contextlib.suppress(RouterError):
        orphans.forget(api, orphans.marks(reading.operations, "remove"))
    stay = {row.tag.split(":")[1] for row in reading.plan}
    if request.owners is not None:
        tags = {found.tag for rows in reading.router.values() for found in rows if found.tag}
        stay |= {tag.split(":")[1] for tag in tags if not is_of(tag, request.owners)}
    gone = {item.tag.split(":")[1] for item in reading.operations if item.verb == "remove"} - stay
    if gone and (request.owners is None or gone <= set(request.owners)):
        with contextlib.suppress(RouterError):
            leftovers.remove_leftovers(api, stay)


def _tidy(api: Api, whose: str) -> None:
    """Where this fails, the router tidies up by itself, and the lock ends."""
    with contextlib.suppress(RouterError):
        dead_man.clean(api)
        commit_lock.give_back(api, whose)


def _faults(request: Request, guard: Protection, api: Api, change: _Change) -> list[str]:
    bridges, left = parted(read(request, api).difference.operations)
    if left:
        return [f"read back after the writes: {diff_text.sentence(item, request.mask)}" for item in left]
    if bridges:  # only now that the recipe's rows are gone do its connections meet them
        guard.controller.sleep(_HANDOVER_S)
    for bridge in bridges:
        api.remove(bridge.menu, bridge.id or "")
    if change.before is None:
        return []
    seconds = min(_SETTLE_S, max(0.0, _last(change, guard) - guard.controller.clock()))
    waiting = Waiting(seconds, guard.controller.clock, guard.controller.sleep)
    if reach.wait(api, change.addresses, waiting) is None:
        return [
            f"after the writes the router no longer reaches the internet: before, {change.before} answered its ping,"
            f" now none of {', '.join(change.addresses)} does"
        ]
    return []


def _taken_back(
    request: Request, guard: Protection, connect: Connect, change: _Change, faults: list[str]
) -> CommitError | None:
    """Have the router take the change back, and see that it has. ``None``: it was told already that all is well."""
    until = change.ends + 5 * dead_man.tick_s(guard.dead_man_s) + _BOOT_S
    guard.controller.progress(
        f"{request.mask(faults[0])}. The router takes the change back: waiting for it, at most"
        f" {until - guard.controller.clock():.0f} s"
    )
    faults, problem = [request.mask(fault) for fault in faults], ""
    while guard.controller.clock() < until:
        try:
            with connect() as api:
                dead_man.fire(api, change.lock.whose)
                if not dead_man.stands(api, change.lock.whose):
                    return _ended(request, api, change, faults)
        except RouterError as error:
            problem = str(error)
        guard.controller.sleep(_RETRY_S)
    return CommitError(
        faults,
        request.mask(
            f"The router takes the change back by itself {guard.dead_man_s} s after it began, or after its next boot,"
            f" but could not be asked whether it has: {problem}"
        ),
    )


def _ended(request: Request, api: Api, change: _Change, faults: list[str]) -> CommitError | None:
    """What the router holds now that it has no dead man of ours. It gave back our lock, so others may have come in."""
    other = _other(api, change.lock.whose)
    now = managed(api, change.reading.version)
    if other is None:
        _tidy(api, change.lock.whose)
    left = [diff_text.sentence(item, request.mask) for item in change.reading.back(now, request).operations]
    left += [request.mask(words) for words in absent(change.reading.weighed.taken, now)]
    if not left:
        return CommitError(faults, "The router has taken the change back: it holds what it held before.")
    if not compare(change.reading.plan, now, request.owners).operations:
        return None
    if other is not None:
        words = (
            f"By now another commit is under way: {other}. What became of this one verify.yml tells when it is through"
        )
        return CommitError(faults, request.mask(words))
    return CommitError(faults, f"The router has taken the change back, but not all of it: {'; '.join(left)}")


def _other(api: Api, whose: str) -> str | None:
    """Who holds the lock now. Otherwise it is ours again, for as long as it takes to look and to tidy up."""
    try:
        commit_lock.take(api, whose, seconds=60)
    except commit_lock.LockedError:
        return None if commit_lock.is_held(api, whose) else commit_lock.holder(api)
    return None


# --- without a dead man


def _by_hand(request: Request, guard: Protection, connect: Connect, api: Api, change: _Change) -> Reading:
    """The branch asked for no dead man, or its device forbids one: an undo needs a connection."""
    reading = change.reading
    try:
        write(api, reading.operations, reading.before)
    except WriteError as error:
        _quietly_unlock(api, change.lock.whose)
        raise CommitError([request.mask(str(error))], request.mask(error.undone)) from None
    try:
        with connect() as again:
            faults = _faults(request, guard, again, change)
            undone = ""
            if faults:
                undone = restored(request, again, reading, managed(again, reading.version))
            else:
                _leave_nothing(request, again, reading)
            commit_lock.give_back(again, change.lock.whose)
    except RouterError as problem:
        raise CommitError(
            [request.mask(f"the rows were written, but the router could not be read back: {problem}")],
            "Nothing was undone, because that needs a connection.",
        ) from None
    if faults:
        raise CommitError(faults, request.mask(undone))
    return reading


def restored(request: Request, api: Api, reading: Reading, now: Mapping[str, Sequence[Found]]) -> str:
    """Bring the own rows back to an earlier reading; a sentence about how that went."""
    operations = reading.back(now, request).operations
    try:
        write(api, operations, now)
    except WriteError as error:
        return f"Undoing the writes failed: {error}. {error.undone}"
    return f"The rows were put back as they were ({len(operations)} writes)."
