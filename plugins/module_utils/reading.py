# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked of a router, and what one reading of it says. Only looks.

Every reason not to write is looked for here: rows that this release or the router's version cannot hold, values that
the router lacks, foreign rows in the way, and what the preflight finds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from . import adopt, claims, device_mode, diff_text, drift_words, leases, router_preflight
from .adoption import Weighed, weighed
from .diff import Difference, Found, Operation, compare, is_of, unwritable
from .looking import Look
from .menus import MENUS
from .plan import Row
from .protection import Protection
from .router_api import Api, Ask, Looks, RouterError
from .router_values import resolved, unresolved, wanted_paths
from .secrets_mask import Mask
from .versions import Version, lacks, parse_version, planned_for

RESOURCE, SCHEDULER = "/system/resource", "/system/scheduler"


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
    gaps of the plan's texts; never shown. ``made_for``: the versions that the rows were made for, where known.
    ``protection``: ``None`` writes without lock and dead man, for tools that guard themselves. ``force``: checks of
    the preflight that may fail. ``adopt``: whether rows of a hand-made recipe are replaced. ``user``: the login, and
    ``address`` where the router is looked for."""

    host: str
    rows: tuple[Row, ...]
    owners: frozenset[str] | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    made_for: frozenset[Version] = frozenset()
    protection: Protection | None = None
    force: frozenset[str] = frozenset()
    adopt: bool = False
    user: str = ""
    address: str = ""

    @property
    def mask(self) -> Mask:
        return Mask(self.secrets.values())


@dataclass(frozen=True)
class Outcome:
    """``differences``: a sentence for each write that was (or, without writing, would be) made.
    ``diff``: Ansible's form, one entry for each menu. ``version``: as the router says it.
    ``notes``: sentences about what stands on the router and keeps the plan from doing its work.
    ``drift``: the rows that differ, for people and for machines. ``router``: the
    managed menus as they were read, before the change."""

    changed: bool
    version: str
    writes: Mapping[str, int] = field(default_factory=dict)
    diff: tuple[dict[str, str], ...] = ()
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    drift: tuple[drift_words.Drift, ...] = ()
    router: Mapping[str, Sequence[Found]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Reading:
    """What one connection found out. ``text``: the version as the router says it. ``router``: the managed menus.
    ``weighed``: how they compare with the plan, and what is to be written. ``refused``: why it must not be."""

    text: str
    version: Version
    router: Mapping[str, list[Found]]
    plan: tuple[Row, ...]
    weighed: Weighed
    notes: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def difference(self) -> Difference:
        return self.weighed.difference

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What is written; more than what is shown where a recipe is taken over."""
        return self.weighed.operations

    @property
    def before(self) -> Mapping[str, Sequence[Found]]:
        """The managed menus with the rows that are taken over as ours."""
        return self.weighed.router

    def outcome(self, request: Request, *, changed: bool) -> Outcome:
        mask = request.mask
        return Outcome(
            changed=changed,
            version=self.text,
            writes=self.difference.writes(),
            diff=tuple(
                diff_text.diffs(
                    request.host,
                    self.difference,
                    self.plan,
                    self.weighed.router,
                    owners=self.weighed.owners,
                    mask=mask,
                )
            ),
            differences=tuple(diff_text.sentence(operation, mask) for operation in self.difference.operations),
            notes=self.notes,
            drift=drift_words.drift(self.difference.operations, mask),
            router=self.router,
        )

    def back(self, now: Mapping[str, Sequence[Found]], request: Request) -> Difference:
        """What is missing for the own rows to be again as they were at this reading; run-time state does not count."""
        runtime = {(row.menu, row.tag): row.runtime for row in self.plan}
        menus = {menu.path: menu for menu in MENUS}
        old = [
            Row(
                path,
                found.tag,
                {name: text for name, text in found.values.items() if name in menus[path].properties},
                runtime.get((path, found.tag), ()),
            )
            for path, rows in self.router.items()
            for found in rows
            if found.tag and not found.claim and is_of(found.tag, request.owners)
        ]
        theirs = claims.differing(self.router, now)
        ours = {path: [found for found in rows if not found.claim] for path, rows in now.items()}
        difference = compare(old, ours, request.owners)
        return replace(difference, operations=(*difference.operations, *theirs))


def read(request: Request, api: Api) -> Reading:
    """One reading. Raises :class:`CommitError` for what no plan of any branch could be compared with, and
    :class:`router_api.RouterError` when the connection breaks."""
    look = Look(api)
    names = _names_of(request.rows)
    for likely in request.made_for:
        look.ahead(_asked(request, names, likely))
    text, version = ask(look)
    faults = _of_another_version(version, request) or unwritable(request.rows, version)
    if faults:
        raise CommitError(faults)
    look.ahead(_asked(request, names, version))
    router = _managed(look, version)
    named = {ask.menu: look.rows(*ask) for ask in names}
    faults = unresolved(request.rows, named, request.secrets)
    if faults:
        raise CommitError([*faults, *_findings(request, look, version, request.rows, router, None)[0]])
    plan = leases.filled(resolved(request.rows, named, request.secrets), router)
    if any(row.menu == SCHEDULER for row in plan):
        plan = device_mode.left_to_the_device(plan, device_mode.forbidden(look, version))
    plan, others = claims.left_to_others(plan, router)
    around = _around_a_recipe(request, look, version, plan, router)
    comparison = weighed(plan, {**router, **around}, version, owners=request.owners, wanted=request.adopt)
    conflicts = [f"{item.menu} [{item.tag}]: {item.words}" for item in comparison.difference.conflicts]
    operations = None if conflicts else comparison.operations
    seen = {path: rows for path, rows in comparison.router.items() if path in router}
    refused, notes = _findings(request, look, version, plan, seen, operations)
    mask = request.mask
    return Reading(
        text,
        version,
        router,
        plan,
        replace(comparison, router=seen),
        tuple(mask(note) for note in (*notes, *others, *comparison.notes)),
        tuple(mask(words) for words in (*conflicts, *refused)),
    )


def _around_a_recipe(
    request: Request, look: Look, version: Version, plan: Sequence[Row], router: Mapping[str, list[Found]]
) -> Mapping[str, Sequence[Found]]:
    """Menus that tell whether somebody else uses what a hand-made recipe made, where there is one. A plan in part
    replaces none."""
    if not plan or not adopt.complete(request.owners) or not adopt.recognised(plan, router, version):
        return {}
    asked = [Ask(*entry) for entry in adopt.also_read(version).items() if entry[0] not in router]
    look.ahead(asked)
    return {ask.menu: look.rows(*ask) for ask in asked}


def _findings(  # noqa: PLR0917 - all of one reading
    request: Request,
    look: Look,
    version: Version,
    plan: Sequence[Row],
    router: Mapping[str, Sequence[Found]],
    operations: Sequence[Operation] | None,
) -> tuple[list[str], list[str]]:
    """What refuses the change, and what is only told."""
    guard = request.protection
    options = router_preflight.Options(
        dead_man=bool(guard and guard.dead_man_s),
        backup=bool(guard and guard.backup),
        force=request.force,
        user=request.user,
        host=request.address,
    )
    written = [row for row in plan if is_of(row.tag, request.owners)]
    if operations is None or operations:
        look.ahead(router_preflight.ahead_of_writes(options))
    found = router_preflight.findings(look, version, written, router, operations=operations, options=options)
    refused = [item.words for item in found if item.severity == "error"]
    return refused, [item.words for item in found if item.severity == "warning"]


def managed(api: Api, version: Version) -> dict[str, list[Found]]:
    """The rows of every menu that the collection writes and the router has: RouterOS 6 lacks those of a package that is
    not installed or disabled, which the preflight tells when the plan needs it."""
    look = Look(api)
    look.ahead(_menus(version))
    return _managed(look, version)


def _managed(look: Look, version: Version) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for menu in _menus(version):
        try:
            found[menu.menu] = look.rows(*menu)
        except RouterError as refusal:
            if "no such command" not in (refusal.trap or ""):
                raise
    return found


@functools.cache
def _menus(version: Version) -> tuple[Ask, ...]:
    """The managed menus that this version has."""
    known = [(menu, menu.on(version)) for menu in MENUS]
    return tuple(
        Ask(menu.path, (*properties, *menu.watched) if menu.sparse_print else ())
        for menu, properties in known
        if properties
    )


def _asked(request: Request, names: Sequence[Ask], version: Version) -> list[Ask]:
    """What is nearly always needed of a router of this version to compare it with a plan."""
    if not request.rows:
        return [Ask(RESOURCE), *_menus(version)]
    return [Ask(RESOURCE), *_menus(version), *names, *router_preflight.ahead(version)]


def ask(api: Looks) -> tuple[str, Version]:
    """The version as the router says it, and as we compare it."""
    text = next((found.values.get("version", "") for found in api.rows(RESOURCE)), "")
    try:
        return text, parse_version(text)
    except ValueError as error:
        raise CommitError([f"{RESOURCE}: {error}"]) from None


def _names_of(rows: Sequence[Row]) -> list[Ask]:
    """The menus that open values refer to, with the properties that they need."""
    paths = wanted_paths(rows)
    needed = {path.menu: {"name", *(other.property for other in paths if other.menu == path.menu)} for path in paths}
    return [Ask(menu, tuple(sorted(properties))) for menu, properties in needed.items()]


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
