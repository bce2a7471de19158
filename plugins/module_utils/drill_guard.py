# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeps a rehearsal from leaving a line out: lock and dead man of the commit, renewed while the controller lives.

The mark that holds the dead man back runs out after twenty seconds. A controller that is alive puts a new one beside it
every few seconds; one that was killed, or cut off, does not, and the router puts the line back by itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from . import commit_lock, dead_man, drill_plan
from .commit_lock import LIST
from .plan import Row
from .protection import Controller
from .reading import CommitError, Connect
from .router_api import Api, RouterError, RouterTrap
from .versions import Version

#: Seconds that the mark stands, and after which it is renewed.
LIMIT_S, BEAT_S = 20, 4.0
#: So long before its end nothing is written any more.
_MARGIN_S = 4.0
#: Seconds that a router may take to boot; then its scheduler needs a few ticks.
_BOOT_S = 90.0
_RETRY_S = 1.0
_RULES = (drill_plan.RAW, drill_plan.FILTER)
#: Two places for the mark: the new one is there before the old one goes, so no tick finds none.
_PLACES = ("240.0.0.253", "240.0.0.251")


class Guard:
    """Of one uplink's rehearsal. ``seconds``: how long it may take at most, for the lock."""

    def __init__(self, controller: Controller, version: Version, rows: Sequence[Row], seconds: float) -> None:
        self._controller = controller
        self._version = version
        self._rows = tuple(rows)
        self._seconds = seconds
        self._whose = commit_lock.holding(f"rehearsal by {controller.operator}", controller.now())
        self._renewed = 0.0
        self._place = 0
        self._armed: dead_man.Armed | None = None
        self._ids: dict[str, str] = {}

    def arm(self, api: Api) -> None:
        """Alone on the router from here on. Raises :class:`CommitError` when nothing was written."""
        try:
            commit_lock.take(api, self._whose, seconds=int(self._seconds))
        except commit_lock.LockedError as locked:
            raise CommitError([str(locked)]) from None
        try:
            if dead_man.stands(api):
                raise CommitError(["a change is under way that is not confirmed yet; try again in a few minutes"])
            dead_man.clean(api)
            remove_rows(api)
            self._renewed = self._controller.clock()
            self._armed = dead_man.arm(
                api,
                drill_plan.undo(self._rows, self._version),
                limit_s=LIMIT_S,
                backup="",
                version=self._version,
                whose=self._whose,
            )
        except RouterError as error:
            self._tidy(api)
            raise CommitError([f"the rehearsal could not be guarded: {error}"], "No line was taken out.") from None
        except CommitError:
            with contextlib.suppress(RouterError):
                commit_lock.give_back(api, self._whose)
            raise

    def _tidy(self, api: Api) -> None:
        """Where this fails, the router tidies up by itself, and the lock ends."""
        with contextlib.suppress(RouterError):
            dead_man.clean(api)
            commit_lock.give_back(api, self._whose)

    def beat(self, api: Api) -> None:
        """Tell the router that somebody is there, when it is time to."""
        now = self._controller.clock()
        if now - self._renewed > LIMIT_S - _MARGIN_S:
            raise RouterError("the connection was silent for too long")
        if now - self._renewed < BEAT_S:
            return
        place = _PLACES[self._place]
        mark = {"list": dead_man.MARK, "address": place, "timeout": f"{LIMIT_S}s", "comment": "multiwan: armed"}
        api.add(LIST, mark)
        for row in api.rows(LIST, ("list", "address")):
            if row.values.get("list") == dead_man.MARK and row.values.get("address") != place:
                with contextlib.suppress(RouterTrap):  # it ended by itself
                    api.remove(LIST, row.id)
        self._place = 1 - self._place
        self._renewed = now

    def write(self, api: Api, row: Row) -> None:
        """A rule stands first: nothing of others may let pass what it drops."""
        self.beat(api)
        first = _first(api, row.menu) if row.menu in _RULES else None
        self._ids[row.tag] = api.add(row.menu, {name: str(text) for name, text in row.values.items()}, first)

    def take_back(self, api: Api, row: Row) -> None:
        """Remove a row of the rehearsal; one that is gone was taken back by the router."""
        api.remove(row.menu, self._ids.pop(row.tag))

    def disarm(self, api: Api) -> None:
        """Everything is back. Raises :class:`RouterError` when nobody knows whether the router has heard it."""
        if self._armed is not None:
            dead_man.disarm(api, self._armed)

    def give_back(self, connect: Connect, fault: str) -> CommitError:
        """Have the router put the line back, and see that it has. The error to raise."""
        until = self._controller.clock() + LIMIT_S + 5 * dead_man.tick_s(LIMIT_S) + _BOOT_S
        self._controller.progress(f"{fault}. The router puts the line back by itself: waiting for it")
        problem = ""
        while self._controller.clock() < until:
            try:
                with connect() as api:
                    dead_man.fire(api, self._whose)
                    if not dead_man.stands(api, self._whose):
                        left = remove_rows(api)
                        self._tidy(api)
                        more = f" ({left} rows of the rehearsal were left and are removed)" if left else ""
                        return CommitError([fault], f"The router has put the line back.{more}")
            except RouterError as error:
                problem = str(error)
            self._controller.sleep(_RETRY_S)
        return CommitError(
            [fault],
            f"The router puts the line back by itself within {LIMIT_S + 5 * dead_man.tick_s(LIMIT_S)} s, or after its"
            f" next boot, but could not be asked whether it has: {problem}",
        )


def _first(api: Api, menu: str) -> str | None:
    return next(
        (row.id for row in api.rows(menu, ("disabled",)) if row.values.get("dynamic") not in ("true", "yes")), None
    )


def remove_rows(api: Api) -> int:
    """Remove whatever rows of a rehearsal there are; how many that were."""
    count = 0
    for menu in (*_RULES, drill_plan.ROUTE):
        for row in api.rows(menu, ("disabled",)):
            if row.tag and row.tag.startswith(f"multiwan:{drill_plan.ROLE}:"):
                with contextlib.suppress(RouterTrap):
                    api.remove(menu, row.id)
                    count += 1
    return count
