# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/script``: who may run what, with which permissions, and what the log says of it (facts 6.6)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from lab.router.services.base import RouterHost, at_least, format_moment
from lab.router.services.environment import Environment
from lab.router.services.imports import ImportService
from lab.router.services.jobs import Jobs
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.script import NOTHING, ScriptError, Value
from lab.store import Trap, format_id, parse_id
from lab.verbs import Caller, Reply

MENU = "/system/script"
#: what netwatch and its like run with since 6.42 (facts 3.2)
EVENT_USER = "*sys"
EVENT_POLICIES = frozenset({"read", "write", "test", "reboot"})
NO_PERMISSION = "not enough permissions (9)"


class ScriptService:
    """Runs scripts for callers (``run``), for services (``run_event``) and in the background (``execute``)."""

    def __init__(self, host: RouterHost) -> None:
        self._host = host
        self.environment = Environment()
        self.jobs = Jobs(host)
        self.imports = ImportService(host)
        self._counts: dict[int, int] = {}

    def plug(self) -> None:
        engine = self._host.engine
        engine.actions[MENU, "run"] = self._run
        engine.actions["/", "import"] = self.imports.run
        engine.virtual[f"{MENU}/job"] = self.jobs
        engine.virtual[f"{MENU}/environment"] = self.environment
        self._host.interpreter.execute = self.execute

    async def start(self) -> None:
        """Nothing runs by itself."""

    async def stop(self) -> None:
        await self.jobs.stop()

    def refresh(self, snapshot: Snapshot) -> None:
        """Scripts are read when they run."""

    def globals_for(self, user: str) -> dict[str, Value]:
        return self.environment.of(user)

    # ---- entries

    async def _run(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """``/system/script/run NAME``. Errors reach the caller, and the log."""
        row = self._row(args.get("number") or args.get(".id") or args.get("numbers") or "")
        name = row.get("name")
        own = "use-script-permissions" in args and args["use-script-permissions"] not in ("no", "false")
        if own and not at_least(self._host.version, "7.15"):
            raise Trap("unknown parameter")
        self._check(row, caller)
        policies = row_policies(row) if own else caller.policies
        runner = Caller(caller.user, policies, f"{caller.origin}/script:{name}")
        try:
            await self._perform(row.get("source"), runner, {}, row, caller.origin)
        except ScriptError as error:
            raise Trap(self.words(error), 3) from error
        return Reply()

    async def run_event(
        self,
        source: str,
        *,
        user: str = EVENT_USER,
        policies: frozenset[str] = EVENT_POLICIES,
        variables: Mapping[str, Value] | None = None,
        origin: str,
    ) -> bool:
        """Run what a service's property holds: the name of a script, or code. Errors go to the log.

        True when it ran to its end. A named script that wants more than ``policies`` is not executed. ``origin``:
        ``netwatch``, ``scheduler:NAME``, ``dhcp-alert`` … as the log names it.
        """
        if not source.strip():
            return True
        row = self._named(source.strip())
        name = row.get("name") if row is not None else ""
        caller = Caller(user, policies, f"{origin}/script:{name}" if name else origin)
        if row is not None:
            try:
                self._check(row, caller)
            except Trap as refused:
                self._failed(name, origin, refused.message)
                return False
            if origin.startswith("scheduler:"):
                # on-event=name runs with the script's own permissions (facts 6.6)
                caller = Caller(user, row_policies(row), caller.origin)
        try:
            await self._perform(row.get("source") if row is not None else source, caller, variables or {}, row, origin)
        except (ScriptError, Trap):
            return False
        return True

    async def execute(self, source: str, caller: Caller) -> str:
        """``:execute``: in the background with the caller's permissions; gives the id of the job."""
        named = self._named(source.strip())
        text = named.get("source") if named is not None else source
        work = partial(self._logged, text, caller, {}, named.get("name") if named is not None else "", caller.origin)
        return format_id(self.jobs.start("", caller, work).id)

    # ---- inside

    def _row(self, which: str) -> ConfigRow:
        number = parse_id(which)
        for row in self._host.store.rows(MENU):
            if which and (row.id == number or row.get("name") == which):
                return row
        raise Trap("no such item", 0)

    def _named(self, name: str) -> ConfigRow | None:
        return next((row for row in self._host.store.rows(MENU) if row.get("name") == name), None)

    @staticmethod
    def _check(row: ConfigRow, caller: Caller) -> None:
        """A script that wants more than its caller has is refused, unless it does not require permissions."""
        if not row.flag("dont-require-permissions") and not row_policies(row) <= caller.policies:
            raise Trap(NO_PERMISSION)

    async def _perform(
        self, source: str, caller: Caller, variables: Mapping[str, Value], row: ConfigRow | None, origin: str
    ) -> Value:
        name = "" if row is None else row.get("name")
        if row is not None:
            self._count(row.id)
        work = partial(self._logged, source, caller, variables, name, origin, reraise=True)
        return await self.jobs.wait(self.jobs.start(name, caller, work))

    def _count(self, row_id: int) -> None:
        self._counts[row_id] = self._counts.get(row_id, 0) + 1
        self._host.engine.set_runtime(
            MENU,
            row_id,
            run_count=str(self._counts[row_id]),
            last_started=format_moment(self._host.version, self._host.clock()),
        )

    async def _logged(
        self,
        source: str,
        caller: Caller,
        variables: Mapping[str, Value],
        name: str,
        origin: str,
        *,
        reraise: bool = False,
    ) -> Value:
        try:
            return await self._host.interpreter.run(source, caller=caller, variables=variables, job=name)
        except ScriptError as error:
            self._failed(name, origin, self.words(error))
            if reraise:
                raise
            return NOTHING

    def words(self, error: ScriptError) -> str:
        """With the place of the failing command, as 7.22 and later write it (facts 6.6; first version unsure)."""
        if error.command and at_least(self._host.version, "7.22"):
            return f"{error.message} ({error.command}; line {error.line})"
        return error.message

    def _failed(self, name: str, origin: str, words: str) -> None:
        """Two lines, the scheduler's with the name of its row (facts 6.6)."""
        caller, _, row = origin.partition(":")
        of = f" {name}" if name else ""
        by = f"{caller} ({row})" if row else caller
        self._host.log("script,error", f"executing script{of} from {by} failed, please check it manually")
        self._host.log("script,error,debug", words)


def row_policies(row: ConfigRow) -> frozenset[str]:
    return frozenset(word for word in row.get("policy").split(",") if word)
