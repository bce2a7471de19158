# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The preflight on the router: everything that speaks against a plan, found before any write and told together.

Only looks. Most of it is decided from menus that the commit has read anyway; the others cost one print each, with the
few properties that are needed, and those that matter only for writes are not asked when there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from . import (
    device_mode,
    foreign_marks,
    foreign_rows,
    management_path,
    management_port,
    preflight_clients,
    preflight_device,
    preflight_lines,
    preflight_queues,
    preflight_segments,
    preflight_vlans,
)
from .diff import Found, Operation
from .plan import Row
from .preflight_finding import CHECKS, FORCEABLE, TABLE, Finding, warning
from .preflight_view import DNS, DNS_PROPERTIES, INTERFACE, INTERFACE_PROPERTIES, Reader, View, view
from .router_api import Ask, Looks
from .versions import BUILTIN_CA, TABLES, Version

__all__ = ["CHECKS", "FORCEABLE", "Finding", "Options", "ahead", "ahead_of_writes", "findings"]


@dataclass(frozen=True)
class Options:
    """``dead_man``: one is wanted. ``backup``: one will be made. ``force``: checks whose errors the operator accepts.
    ``user``: whose session this is. ``host``: what the controller connects to; of use when it is an address."""

    dead_man: bool = False
    backup: bool = False
    force: frozenset[str] = frozenset()
    user: str = ""
    host: str = ""


def ahead(version: Version) -> Iterator[Ask]:
    """What :func:`findings` asks of nearly every router that has a plan, beside the managed menus."""
    yield Ask(INTERFACE, INTERFACE_PROPERTIES)
    yield Ask(DNS, DNS_PROPERTIES)
    yield foreign_marks.rules_menu(version)
    yield foreign_marks.HOTSPOTS
    if TABLES.on(version):
        yield Ask(device_mode.MENU)
        yield foreign_marks.SWITCHES
    else:
        yield preflight_device.PACKAGES
    yield preflight_device.SETTINGS if BUILTIN_CA.on(version) else preflight_device.CERTIFICATES


def ahead_of_writes(options: Options) -> Iterator[Ask]:
    """What it asks as well when something will be written."""
    yield from (management_path.SESSIONS, Ask(INTERFACE, INTERFACE_PROPERTIES))
    yield from (preflight_device.CLOCK, preflight_device.RESOURCE)
    if options.backup:
        yield preflight_device.FILES


def findings(
    api: Looks,
    version: Version,
    plan: Sequence[Row],
    router: Mapping[str, Sequence[Found]],
    *,
    operations: Sequence[Operation] | None,
    options: Options,
) -> tuple[Finding, ...]:
    """In the order of :data:`CHECKS`; an ``error`` is one that ``options.force`` does not accept.

    ``router``: every managed menu that the router has. ``operations``: the writes that would be made; none: the router
    is as planned, nothing is refused; ``None``: they could not be worked out. Raises :class:`router_api.RouterError`.
    """
    reader = Reader(api, router)
    looked = view(version, plan, router, operations)
    found = [
        *(_of_a_plan(looked, reader) if plan else ()),
        *(_before_writes(looked, reader, options) if looked.writing else ()),
        *_device_mode(looked, api, options),
    ]
    found += [
        warning("permissions", f"{menu} could not be read ({words}), so what depends on it was not looked at")
        for menu, words in reader.unreadable.items()
    ]
    places = {name: place for place, name in enumerate(TABLE)}
    found.sort(key=lambda item: (places[item.check], item.severity))
    return tuple(_judged(item, looked, options.force) for item in dict.fromkeys(found))


def _of_a_plan(looked: View, reader: Reader) -> Iterator[Finding]:
    yield from preflight_device.newer(looked.version)
    yield from preflight_device.packages(looked, reader)
    yield from preflight_lines.interfaces(looked, reader)
    yield from preflight_lines.addresses(looked)
    yield from preflight_clients.findings(looked)
    yield from foreign_rows.findings(looked, reader)
    yield from foreign_marks.marking(looked)
    yield from foreign_marks.routing_rules(looked, reader)
    yield from foreign_marks.hotspot(looked, reader)
    yield from foreign_marks.hardware(looked, reader)
    yield from preflight_queues.queues(looked)
    yield from preflight_segments.findings(looked, reader)
    yield from preflight_device.authority(looked, reader)


def _before_writes(looked: View, reader: Reader, options: Options) -> Iterator[Finding]:
    yield from foreign_rows.references(looked, reader)
    yield from management_path.findings(looked, reader, user=options.user, host=options.host)
    yield from management_port.findings(looked, reader, user=options.user)
    yield from preflight_vlans.findings(looked)
    yield from preflight_device.clock(reader)
    yield from preflight_device.space(looked, reader, backup=options.backup)
    if options.backup:
        yield from preflight_device.ram_disk(reader)


def _device_mode(looked: View, api: Looks, options: Options) -> Iterator[Finding]:
    wanted = options.dead_man and looked.writing
    return preflight_device.forbidden(looked, api, dead_man=wanted, forced="device-mode" in options.force)


def _judged(item: Finding, looked: View, force: frozenset[str]) -> Finding:
    """As severe as it is now, with the way to go on all the same."""
    if item.severity == "warning":
        return item
    if not looked.writing or (item.check in force and item.check in FORCEABLE):
        return replace(item, severity="warning")
    if item.check in FORCEABLE:
        return replace(item, words=f"{item.words}. To go on all the same: multiwan_force: [{item.check}]")
    return item
