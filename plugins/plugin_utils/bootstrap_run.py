# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sets up the way in for everything else: reads over SSH, writes what is missing, proves it over API-SSL, closes last.

The way by which it came in is never touched, and nothing is closed before the new way was proven.
"""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ..module_utils.quoting import quote
from ..module_utils.router_api import Api, RouterError
from . import bootstrap_state, bootstrap_steps, fleet_ca
from .bootstrap_input import Order
from .bootstrap_state import State
from .bootstrap_steps import Step
from .ssh_console import ConsoleError

#: How long the new way may take to open once everything is set. Only a failure takes so long.
PROOF_S = 30.0
_PROOF_LIST = "mw-proof"
#: TEST-NET-1 (RFC 5737): no host has it.
_PROOF_ADDRESS = "192.0.2.1"
#: What :mod:`api_client` says when user or password are wrong.
_REFUSED = "refused the login"


class BootstrapError(Exception):
    """It did not work. ``faults``: one sentence each. ``left``: what that means for the router."""

    def __init__(self, faults: Iterable[str], left: str) -> None:
        self.faults = tuple(faults)
        self.left = left
        super().__init__("; ".join(self.faults))


class Console(Protocol):
    """The router's console. Every method raises :class:`ConsoleError`."""

    def run(self, command: str) -> str:
        """What the command printed."""

    def put(self, name: str, data: bytes) -> None:
        """Write a file on the router."""


Connect = Callable[[], AbstractContextManager[Api]]


@dataclass(frozen=True)
class Tools:
    """Everything that touches the world. ``connect``: API-SSL as the new user, the authority checked."""

    console: Console
    authority: fleet_ca.FleetAuthority
    connect: Connect
    now: datetime.datetime
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Outcome:
    """``changes``: one sentence for each, also for what check mode would do. ``until``: the certificate's last day,
    ``None`` while there is none. ``proven``: whether the new way was used."""

    changes: tuple[str, ...]
    notes: tuple[str, ...]
    version: str
    certificate: str | None
    proven: bool


NOTHING_WRITTEN = "Nothing was written"
NOTHING_CLOSED = "Nothing was closed: the router can be reached as before. Mend it and run this again"


def bootstrap(order: Order, tools: Tools, *, logged_in: str, check: bool) -> Outcome:
    """Set up the router. ``logged_in``: the user of the console. ``check``: only say what would be done.

    Raises :class:`BootstrapError`.
    """
    with _telling(NOTHING_WRITTEN):
        state = bootstrap_state.read(tools.console.run, user=order.user, logged_in=logged_in)
        faults = bootstrap_steps.objections(order, state)
        if faults:
            raise BootstrapError(faults, NOTHING_WRITTEN)
        made, certificate = _wanted_certificate(order, tools, state, check=check)
    work = _Work(order, tools, state, certificate)
    opening = work.opening()
    if not opening and not made:
        opening = work.password_if_refused()
    later = work.later()
    changes = [*made, *(step.words for step in (*opening, *later))]
    proven = False
    if not check or (not opening and not made):
        with _telling(NOTHING_CLOSED):
            if not check:
                work.open(opening)
            work.prove(changed=bool(opening))
            proven = True
            if not check:
                work.do(later)
    notes = bootstrap_steps.notes(state, order, tools.now.date())
    return Outcome(tuple(changes), notes, state.version, None if check and work.is_new else certificate, proven)


def _wanted_certificate(order: Order, tools: Tools, state: State, *, check: bool) -> tuple[list[str], str]:
    """What was to be made on the controller, and the name of the router's certificate, there or not yet."""
    today = tools.now.date()
    made = []
    if not tools.authority.exists():
        made = [f"make the fleet's authority in {tools.authority.folder}"]
        if check:
            return made, fleet_ca.certificate_name("", order.names, today)
    if not check and tools.authority.ensure(tools.now):
        made = [f"make the fleet's authority in {tools.authority.folder}"]
    authority = tools.authority.fingerprint()
    found = bootstrap_steps.usable_certificate(state, order, authority, today)
    if found is None:
        tools.authority.check()
    until = today + datetime.timedelta(days=order.days)
    return made, found or fleet_ca.certificate_name(authority, order.names, until)


class _Work:
    """One router's steps, in their order."""

    def __init__(self, order: Order, tools: Tools, state: State, certificate: str) -> None:
        self.order = order
        self.tools = tools
        self.state = state
        self.certificate = certificate
        self.is_new = all(one.name != certificate or not one.has_key for one in state.certificates)
        self._service = bootstrap_steps.service(state, order, certificate)

    def opening(self) -> tuple[Step, ...]:
        """What the new way needs. The certificate's step has no command: it takes more than one."""
        state, order = self.state, self.order
        names = ", ".join(order.names)
        return (
            *bootstrap_steps.group(state),
            *bootstrap_steps.user(state, order),
            *((Step(f"bring a certificate for {names}", ""),) if self.is_new else ()),
            *bootstrap_steps.firewall(state, order),
            *self._service,
        )

    def later(self) -> tuple[Step, ...]:
        """What comes once the new way is proven."""
        return (
            *bootstrap_steps.closing(self.state, self.order),
            *bootstrap_steps.superseded(self.state, self.certificate),
        )

    def password_if_refused(self) -> tuple[Step, ...]:
        """Everything is there; whether the password is the right one, only a login tells."""
        try:
            with self.tools.connect():
                return ()
        except RouterError as error:
            return (bootstrap_steps.password(self.state, self.order),) if _REFUSED in str(error) else ()

    def open(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if step.command:
                self._run(step)
            else:
                self._bring_certificate(step)

    def do(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self._run(step)

    def prove(self, *, changed: bool) -> None:
        """Use the new way. After changes with a row that is written and removed, and with patience."""
        deadline = self.tools.monotonic() + (PROOF_S if changed else 0.0)
        while True:
            try:
                with self.tools.connect() as api:
                    api.rows("/system/resource")
                    if changed:
                        values = {"list": _PROOF_LIST, "address": _PROOF_ADDRESS, "timeout": "1m"}
                        api.remove("/ip/firewall/address-list", api.add("/ip/firewall/address-list", values))
                return
            except RouterError as error:
                if self.tools.monotonic() >= deadline:
                    raise BootstrapError([f"the new way does not work: {error}"], self._give_back()) from None
            self.tools.sleep(1.0)

    def _give_back(self) -> str:
        """The service as it was, if it was changed: others may use it."""
        if not self._service:
            return NOTHING_CLOSED
        step = bootstrap_steps.service_as_before(self.state)
        try:
            self.tools.console.run(step.command)
        except ConsoleError as error:
            return f"{NOTHING_CLOSED}. The service {bootstrap_steps.SERVICE} could not be set as it was before: {error}"
        return f"{NOTHING_CLOSED}. The service {bootstrap_steps.SERVICE} is as it was before"

    def _run(self, step: Step) -> None:
        try:
            self.tools.console.run(step.command)
        except ConsoleError as error:
            raise BootstrapError([f"{step.words}: the router says: {error}"], NOTHING_CLOSED) from None

    def _bring_certificate(self, step: Step) -> None:
        """Certificate and encrypted key as two files, imported, given their name, and the files removed."""
        console, name, order = self.tools.console, self.certificate, self.order
        until = fleet_ca.fitting(self.tools.authority.fingerprint(), order.names, name)
        if until is None:
            raise AssertionError(f"{name} was named by certificate_name()")
        issued = self.tools.authority.issue(order.name, order.names, until, self.tools.now)
        files = {f"{name}.crt": (issued.certificate, ""), f"{name}.key": (issued.key, issued.passphrase)}
        printed = []
        try:
            if any(one.name.startswith(name) for one in self.state.certificates):
                console.run(_each_named(name, "/certificate remove $i"))
            try:
                # Guides tell of routers that take a key at the second try only.
                for file in (*files, *list(files)[1:]):
                    text, passphrase = files[file]
                    console.put(file, text.encode())
                    printed.append(console.run(_import(file, passphrase)))
                    if console.run(_has_key(f"{name}.crt_0")).strip() == "true":
                        break
            finally:
                with contextlib.suppress(ConsoleError):  # the reason why it broke is on its way already
                    console.run("; ".join(f"/file remove [find name={quote(file)}]" for file in files))
            console.run(_each_named(f"{name}.crt_", f"/certificate set $i name={quote(name)}"))
            has_key = console.run(_has_key(name)).strip()
        except ConsoleError as error:
            raise BootstrapError([f"{step.words}: the router says: {error}"], NOTHING_CLOSED) from None
        if has_key != "true":
            said = " ".join(" ".join(printed).split())
            raise BootstrapError([f"{step.words}: the router took no key; it said: {said}"], NOTHING_CLOSED)


def _import(file: str, passphrase: str) -> str:
    """A file that has just arrived may take a moment to be listed."""
    here = f"[:len [/file find name={quote(file)}]]"
    wait = f":local n 0; :while (({here} = 0) && ($n < 40)) do={{:delay 250ms; :set n ($n + 1)}}"
    return f"{{{wait}}}; /certificate import file-name={quote(file)} passphrase={quote(passphrase)}"


def _each_named(prefix: str, command: str) -> str:
    """``command`` for each certificate ``$i`` whose name begins so.

    RouterOS calls what it imports after the file, with a number behind; the argument ``name`` is not in all versions.
    """
    same = f"[:pick [/certificate get $i name] 0 {len(prefix)}] = {quote(prefix)}"
    return f":foreach i in=[/certificate find] do={{:if ({same}) do={{{command}}}}}"


def _has_key(name: str) -> str:
    return f":foreach i in=[/certificate find name={quote(name)}] do={{:put [/certificate get $i private-key]}}"


@contextlib.contextmanager
def _telling(left: str) -> Iterator[None]:
    """Every failure as a :class:`BootstrapError` that says what is left."""
    try:
        yield
    except (ConsoleError, RouterError, fleet_ca.AuthorityError, ValueError) as error:
        raise BootstrapError([str(error)], left) from None
