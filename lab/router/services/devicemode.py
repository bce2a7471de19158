# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/device-mode`` of a running router: shown, asked by other services, changed with a hand on the plug."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from lab.router.devicemode import ACTIVATION_S, Refused
from lab.router.kept import Kept
from lab.router.services.base import RouterHost
from lab.schema.snapshot import Snapshot
from lab.store import Trap
from lab.values.scalar import parse_duration
from lab.verbs import Caller, Reply

MENU = "/system/device-mode"
NOT_ALLOWED = "failure: not allowed by device-mode"
INACTIVATED = "inactivated, not allowed by device-mode"
_NOT_FEATURES = frozenset({"activation-timeout", "mode"})


class DeviceModeService:
    """``allows(feature)`` for the other services. ``pressed`` is what the hand on the router does."""

    def __init__(self, host: RouterHost, kept: Kept) -> None:
        self._host = host
        self._kept = kept
        self._pressed: asyncio.Event | None = None
        self._wanted = kept.device_mode

    def plug(self) -> None:
        menu = self._host.store.schema.get(MENU)
        if menu is None:  # RouterOS 6
            return
        self._host.engine.actions[MENU, "update"] = self._update
        self._show()

    async def start(self) -> None:
        """Nothing runs by itself."""

    async def stop(self) -> None:
        """An update that waits ends with the session that asked for it."""

    def refresh(self, snapshot: Snapshot) -> None:
        """Rows don't matter here."""

    def allows(self, feature: str) -> bool:
        return self._host.store.schema.get(MENU) is None or self._kept.device_mode.allows(feature)

    def press(self) -> bool:
        """The button, or power lost: a waiting update counts from now on. False when none waits."""
        if self._pressed is None:
            return False
        self._kept.device_mode = replace(self._wanted, attempts=0)
        self._pressed.set()
        return True

    def _show(self) -> None:
        menu = self._host.store.menu(MENU).menu
        shown = self._kept.device_mode.shown(self._host.version, frozenset(menu.readonly))
        self._host.engine.set_runtime(MENU, 0, **shown)

    async def _update(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """Waits for the hand as the router does; what the API sends meanwhile is not known, here it is nothing."""
        for policy in ("write", "policy"):
            if not caller.may(policy):
                raise Trap("not enough permissions (9)")
        if not {*args} - {"activation-timeout", "once", "duration", "interval", "as-value"}:
            raise Trap("missing =mode=", 0)
        if self._pressed is not None:
            raise Trap("failure: device-mode update is in progress")
        timeout = args.get("activation-timeout")
        wait_s = ACTIVATION_S if timeout is None else parse_duration(timeout) / 1_000_000
        try:
            self._wanted = self._kept.device_mode.updated(args)
        except Refused as refused:
            raise Trap(str(refused)) from refused
        self._kept.device_mode = replace(self._kept.device_mode, attempts=self._kept.device_mode.attempts + 1)
        self._show()
        self._pressed = asyncio.Event()
        try:
            async with asyncio.timeout(wait_s):
                await self._pressed.wait()
        except TimeoutError:
            raise Trap("failure: device-mode update was not confirmed") from None
        finally:
            self._pressed = None
        return Reply()
