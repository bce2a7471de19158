# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Safe mode: what was written since it was taken goes when the session that holds it is lost (facts 8).

For the API from 7.18 on as ``/safe-mode``; for the console's Ctrl-X and F4 in every version by the methods below.
What happens when an API connection ends without ``/quit`` is unsure; here it is the end of a session: all is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.router.services.base import RouterHost
from lab.schema.snapshot import Snapshot
from lab.store import Trap
from lab.verbs import Action, Caller, Reply

MENU = "/safe-mode"
#: more actions than the history holds: safe mode is left, and nothing is undone
MAX_ACTIONS = 100
RELEASED_BY_ANOTHER = "Safe mode released by another user"
_ON_ERROR = ("abort", "ask", "release", "unroll")


@dataclass(frozen=True)
class Held:
    """``mark``: how many actions the store had done before. ``lost``: told when another one takes or ends it."""

    caller: Caller
    mark: int
    lost: Callable[[str], None]


def _nobody(message: str) -> None:
    """An API session is not told (unsure)."""


class SafeMode:
    """At most one session holds it. All methods raise Trap; ``unroll`` undoes what all users wrote meanwhile."""

    def __init__(self, host: RouterHost) -> None:
        self._host = host
        self._held: Held | None = None

    def plug(self) -> None:
        engine = self._host.engine
        engine.session_ended.append(self.session_ended)
        if engine.store.schema.get(MENU) is None:  # before 7.18
            return
        commands: dict[str, Action] = {
            "take": self._take,
            "release": self._release,
            "unroll": self._unroll,
            "toggle": self._toggle,
            "print": self._print,
            "get": self._get,
        }
        engine.actions.update({(MENU, name): action for name, action in commands.items()})

    async def start(self) -> None:
        """Nobody holds it yet."""

    async def stop(self) -> None:
        """The router goes down: what is written stays (a reboot is not covered by safe mode)."""
        self._held = None

    def refresh(self, snapshot: Snapshot) -> None:
        held = self._held
        if held is not None and self._host.store.actions_done - held.mark > MAX_ACTIONS:
            self._let_go("Safe mode is left: too many actions")

    # ---- for a console

    @property
    def holder(self) -> Caller | None:
        return None if self._held is None else self._held.caller

    def holds(self, caller: Caller) -> bool:
        return self._held is not None and caller.session != 0 and self._held.caller.session == caller.session

    async def take(self, caller: Caller, *, hijack: str = "", lost: Callable[[str], None] = _nobody) -> None:
        """For the session of ``caller``. When another holds it: ``hijack`` is ``unroll`` or ``release``, else a Trap.

        These are ``u`` and ``r`` of the console's question. ``lost(text)`` is called when somebody else ends it.
        """
        _require(caller)
        if caller.session == 0:
            raise Trap("failure: safe mode needs a session")
        if self.holds(caller):
            return
        if self._held is not None:
            if hijack not in ("unroll", "release"):
                raise Trap(f"failure: safe mode is taken by {self._held.caller.user}")
            if hijack == "unroll":
                await self._undo_all(self._held)
            self._let_go(RELEASED_BY_ANOTHER)
        self._held = Held(caller, self._host.store.actions_done, lost)

    def release(self, caller: Caller) -> None:
        """Keep what was written (Ctrl-X again, ``/quit``)."""
        self._own(caller)
        self._held = None

    async def unroll(self, caller: Caller) -> None:
        """Undo what was written since it was taken, and leave (Ctrl-D)."""
        held = self._own(caller)
        self._held = None
        await self._undo_all(held)

    async def session_ended(self, caller: Caller, orderly: bool) -> None:
        """``orderly``: by ``/quit``, which keeps the changes."""
        if not self.holds(caller):
            return
        if orderly:
            self.release(caller)
        else:
            self._host.log("system,info", f"safe mode of {caller.user} ended with its session, changes are undone")
            await self.unroll(caller)

    # ---- inside

    def _own(self, caller: Caller) -> Held:
        if self._held is None or not self.holds(caller):
            raise Trap("failure: safe mode is not taken by this session")
        return self._held

    def _let_go(self, message: str) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.lost(message)

    async def _undo_all(self, held: Held) -> None:
        store = self._host.store
        while store.history and store.actions_done > held.mark:
            store.undo_last()
        store.undone.clear()
        await self._host.engine.after_write()

    # ---- /safe-mode

    async def _take(self, args: Mapping[str, str], caller: Caller) -> Reply:
        if set(args) - {"on-error"}:
            raise Trap("unknown parameter")
        on_error = args.get("on-error", "abort")
        if on_error not in _ON_ERROR:
            raise Trap("input does not match any value of on-error", 1)
        await self.take(caller, hijack=on_error)
        return Reply()

    async def _release(self, args: Mapping[str, str], caller: Caller) -> Reply:
        self.release(caller)
        return Reply()

    async def _unroll(self, args: Mapping[str, str], caller: Caller) -> Reply:
        await self.unroll(caller)
        return Reply()

    async def _toggle(self, args: Mapping[str, str], caller: Caller) -> Reply:
        if self.holds(caller):
            self.release(caller)
        else:
            await self.take(caller)
        return Reply()

    def _shown(self, caller: Caller) -> dict[str, str]:
        held = self._held
        shown = {"enabled": "true" if held else "false", "current": "true" if self.holds(caller) else "false"}
        return {**shown, "user": held.caller.user, "owner": held.caller.origin} if held else shown

    async def _print(self, args: Mapping[str, str], caller: Caller) -> Reply:
        if not caller.may("read"):
            raise Trap("not enough permissions (9)")
        return Reply(rows=(self._shown(caller),))

    async def _get(self, args: Mapping[str, str], caller: Caller) -> Reply:
        if not caller.may("read"):
            raise Trap("not enough permissions (9)")
        shown = self._shown(caller)
        name = args.get("value-name")
        if name is None:
            return Reply(rows=(shown,), ret=";".join(f"{key}={text}" for key, text in shown.items()))
        if name not in ("enabled", "user", "current", "owner"):
            raise Trap("input does not match any value of value-name", 1)
        return Reply(ret=shown.get(name, ""))


def _require(caller: Caller) -> None:
    if not caller.may("write"):
        raise Trap("not enough permissions (9)")
