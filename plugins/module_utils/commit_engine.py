# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes a router hold a plan: read, compare, write, read back. Knows neither Ansible nor sockets.

A caller gives it a function that opens a connection. Nothing is written before every reason not to write was looked
for: rows that this release or the router's version cannot hold, values that the router lacks, foreign rows in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from . import device_mode, diff_text, router_notes
from .diff import Difference, Found, compare, is_of, unwritable
from .menus import MENUS, Menu
from .plan import Row
from .router_api import Api, RouterError
from .router_values import resolved, unresolved, wanted_paths
from .secrets_mask import Mask
from .versions import Version, lacks, parse_version, planned_for
from .writing import WriteError, restore, write

RESOURCE = "/system/resource"


class CommitError(Exception):
    """Why a router does not hold its plan: one sentence for each fault. ``undone``: what became of earlier writes."""

    def __init__(self, faults: Sequence[str], undone: str = "") -> None:
        self.faults = tuple(faults)
        self.undone = undone
        super().__init__("; ".join(faults) + (f". {undone}" if undone else ""))


Connect = Callable[[], AbstractContextManager[Api]]


@dataclass(frozen=True)
class Request:
    """``host``: the name that people know. ``owners``: see :func:`diff.compare`. ``secrets``: name to value, for the
    gaps of the plan's texts; never shown. ``made_for``: the versions that the rows were made for, where known."""

    host: str
    rows: tuple[Row, ...]
    owners: frozenset[str] | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    made_for: frozenset[Version] = frozenset()

    @property
    def mask(self) -> Mask:
        return Mask(self.secrets.values())


@dataclass(frozen=True)
class Outcome:
    """``differences``: a sentence for each write that was (or, without writing, would be) made.
    ``diff``: Ansible's form, one entry for each menu. ``version``: as the router says it.
    ``notes``: sentences about what stands on the router and keeps the plan from doing its work."""

    changed: bool
    version: str
    writes: Mapping[str, int] = field(default_factory=dict)
    diff: tuple[dict[str, str], ...] = ()
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """What one connection found out."""

    version: str
    router: Mapping[str, list[Found]]
    plan: tuple[Row, ...]
    difference: Difference
    notes: tuple[str, ...]

    def outcome(self, request: Request, *, changed: bool) -> Outcome:
        mask = request.mask
        return Outcome(
            changed=changed,
            version=self.version,
            writes=self.difference.writes(),
            diff=tuple(
                diff_text.diffs(request.host, self.difference, self.plan, self.router, owners=request.owners, mask=mask)
            ),
            differences=tuple(diff_text.sentence(operation, mask) for operation in self.difference.operations),
            notes=self.notes,
        )


def ask_version(connect: Connect) -> tuple[str, Version]:
    """The version as the router says it, and the one to plan for. Raises :class:`CommitError` when it is too old."""
    with connect() as api:
        text, version = _version(api)
    try:
        return text, planned_for(version)
    except ValueError as error:
        raise CommitError([str(error)]) from None


def inspect(request: Request, connect: Connect) -> Outcome:
    """Read and compare; never writes. ``changed`` says whether a commit would write.

    Raises :class:`CommitError`, and whatever error ``connect`` and its connection raise.
    """
    with connect() as api:
        reading = _read(request, api)
    return reading.outcome(request, changed=bool(reading.difference.operations))


def commit(request: Request, connect: Connect) -> Outcome:
    """Write what differs, then connect anew and read back. A router that already holds the plan gets no write.

    A write that the router refuses undoes those before it. Raises :class:`CommitError`, and what ``connect`` raises.
    """
    with connect() as api:
        reading = _read(request, api)
        if not reading.difference.operations:
            return reading.outcome(request, changed=False)
        # Here a later release arms the dead man (backup and a scheduler that restores it), and disarms it after the
        # read-back. Until then an undo needs a connection.
        try:
            write(api, reading.difference.operations, reading.router)
        except WriteError as error:
            raise CommitError([request.mask(str(error))], request.mask(error.undone)) from None
    _read_back(request, connect, reading)
    return reading.outcome(request, changed=True)


# --- read


def _read(request: Request, api: Api) -> _Reading:
    text, version = _version(api)
    faults = _of_another_version(version, request) or unwritable(request.rows, version)
    if faults:
        raise CommitError(faults)
    router = {menu.path: _rows(api, menu, version) for menu in MENUS if menu.on(version)}
    named = _named(api, request.rows)
    faults = unresolved(request.rows, named, request.secrets)
    if faults:
        raise CommitError(faults)
    plan = resolved(request.rows, named, request.secrets)
    if any(row.menu == "/system/scheduler" for row in plan):
        plan = device_mode.left_to_the_device(plan, device_mode.forbidden(api, version))
    difference = compare(plan, router, request.owners)
    if difference.conflicts:
        mask = request.mask
        raise CommitError([mask(f"{item.menu} [{item.tag}]: {item.words}") for item in difference.conflicts])
    written = [row for row in plan if is_of(row.tag, request.owners)]
    return _Reading(text, router, plan, difference, router_notes.notes(api, version, written, router))


def _version(api: Api) -> tuple[str, Version]:
    """As the router says it, and as we compare it."""
    text = next((found.values.get("version", "") for found in api.rows(RESOURCE)), "")
    try:
        return text, parse_version(text)
    except ValueError as error:
        raise CommitError([f"{RESOURCE}: {error}"]) from None


def _named(api: Api, rows: Sequence[Row]) -> dict[str, list[Found]]:
    """The menus that open values refer to, with the properties that they need."""
    paths = wanted_paths(rows)
    needed = {path.menu: {"name", *(other.property for other in paths if other.menu == path.menu)} for path in paths}
    return {menu: api.rows(menu, sorted(properties)) for menu, properties in needed.items()}


def _rows(api: Api, menu: Menu, version: Version) -> list[Found]:
    return api.rows(menu.path, menu.on(version) if menu.sparse_print else ())


def _of_another_version(router: Version, request: Request) -> list[str]:
    """Why rows that were made for another version would not be understood. An empty plan asks nothing of a version."""
    if not request.rows:
        return []
    try:
        planned_for(router)
    except ValueError as error:
        return [str(error)]
    return [
        f"the plan was made for RouterOS {planned}, but the router runs {router}, which lacks {' and '.join(missing)}."
        f" Set multiwan_routeros_version: '{router}' for this branch, or leave it out of its file: site.yml then plans"
        f" for what the router says"
        for planned in sorted(request.made_for)
        if (missing := lacks(planned, router))
    ]


def _read_back(request: Request, connect: Connect, written: _Reading) -> None:
    """Over a new connection, since the old one may outlive the way back to the router."""
    try:
        with connect() as api:
            again = _read(request, api)
            left = again.difference.operations
            if left:
                undone = restore(api, written.router, again.router, request.owners)
                faults = [f"read back after the writes: {diff_text.sentence(item, request.mask)}" for item in left]
                raise CommitError(faults, request.mask(undone))
    except RouterError as problem:
        raise CommitError(
            [request.mask(f"the rows were written, but the router could not be read back: {problem}")],
            "Nothing was undone, because that needs a connection.",
        ) from None
