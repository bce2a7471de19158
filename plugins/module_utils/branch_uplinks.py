# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_uplinks``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Generic, TypeVar

from .branch_line import read_line
from .branch_probe import Common
from .fields import Fields, list_items, unicast
from .model import MAX_UPLINKS, Uplink
from .problems import Problems, show

T = TypeVar("T")

_KEYS = (
    "name",
    "label",
    "interface",
    "type",
    "vlan",
    "address",
    "gateway",
    "onlink",
    "username",
    "password",
    "service",
    "mtu",
    "apn",
    "download",
    "upload",
    "weight",
    "priority",
    "anchors",
    "probe",
    "metered",
)
_MAX_ANCHORS = 4
_ANCHOR = "an internet address that answers pings and that nobody needs, such as 8.8.4.4"
MAX_WEIGHT = 1_000_000


@dataclass(frozen=True)
class Read(Generic[T]):
    """Parsed items, and the raw ones beside their paths for the checks that compare items.

    ``seen`` maps a path such as ``multiwan_uplinks[1].gateway`` to the value that could be parsed there.
    """

    values: tuple[T, ...] = ()
    seen: Mapping[str, Any] = field(default_factory=dict)


def read_uplinks(value: Any, gates: IPv4Network, probe: Common, problems: Problems) -> Read[Uplink]:
    """All uplinks that are right; the mistakes of the others are noted. ``probe``: what all of them share."""
    path = "multiwan_uplinks"
    allowed = f"a list of 1 to {MAX_UPLINKS} uplinks"
    items = list(list_items(value, path, problems, allowed))
    if value is None or (isinstance(value, (list, tuple)) and not items):
        problems.add(path, "nothing" if value is None else "an empty list", allowed)
    if len(items) > MAX_UPLINKS:
        problems.add(path, f"{len(items)} uplinks", allowed)
    weights = _weights(items, problems)
    seen: dict[str, Any] = {}
    uplinks = []
    for index, (item_path, item) in enumerate(items):
        fields = Fields(item, item_path, problems, _KEYS)
        uplink = _uplink(fields, position=index + 1, weight=weights[index], gates=gates, probe=probe, seen=seen)
        if uplink is not None and index < MAX_UPLINKS:
            uplinks.append(uplink)
    return Read(tuple(uplinks), seen)


def _uplink(
    fields: Fields, *, position: int, weight: int, gates: IPv4Network, probe: Common, seen: dict[str, Any]
) -> Uplink | None:
    name = fields.name()
    line = read_line(fields, name)
    download, upload = _speeds(fields)
    anchors = _anchors(fields, seen)
    priority = fields.integer("priority", 1, 99)
    metered = fields.boolean("metered", line.type == "lte")
    watched = probe.of_uplink(fields, metered=metered)
    label = fields.label("label", name or "")
    _note(seen, fields, name=name, metered=metered, **line.noted)
    if name is None or not line.complete:
        return None
    return Uplink(
        position=position,
        name=name,
        label=label,
        interface=line.interface,
        type=line.type,
        address=line.address,
        gateway=line.gateway,
        gate=gates[min(position, MAX_UPLINKS)],
        weight=weight,
        priority=position if priority is None else priority,
        anchors=anchors,
        probe=watched,
        metered=metered,
        download=download,
        upload=upload,
        port=line.port,
        vlan=line.vlan,
        dial=line.dial,
        apn=line.apn,
    )


def _speeds(fields: Fields) -> tuple[int | None, int | None]:
    """What is wrong with the download speed is told where the weights are made of it."""
    quiet = Fields(fields.values, fields.path, Problems(), _KEYS)
    return quiet.rate("download"), fields.rate("upload")


def _note(seen: dict[str, Any], fields: Fields, **values: Any) -> None:
    seen.update({fields.at(key): value for key, value in values.items() if value is not None})


def _anchors(fields: Fields, seen: dict[str, Any]) -> tuple[IPv4Address, ...]:
    allowed = f"a list of 1 to {_MAX_ANCHORS} addresses, each {_ANCHOR}"
    items = list(fields.items("anchors", allowed))
    if not fields.is_mapping:
        return ()
    if not fields.has("anchors") or (isinstance(fields.values["anchors"], (list, tuple)) and not items):
        fields.wrong("anchors", allowed)
    if len(items) > _MAX_ANCHORS:
        fields.wrong("anchors", allowed)
    anchors = []
    for path, item in items:
        try:
            anchor = unicast(item)
        except ValueError:
            fields.problems.add(path, show(item), _ANCHOR)
            continue
        seen[path] = anchor
        anchors.append(anchor)
    return tuple(anchors)


def _weights(items: list[tuple[str, Any]], problems: Problems) -> list[int]:
    """One weight each: all given, or all from the download speed, or all 1. Mixed kinds can't be compared."""
    read: dict[str, list[int | None]] = {"weight": [], "download": []}
    given: dict[str, list[bool]] = {"weight": [], "download": []}
    for path, item in items:
        fields = Fields(item if isinstance(item, Mapping) else {}, path, Problems(), _KEYS)
        fields.problems = problems
        read["weight"].append(fields.integer("weight", 1, MAX_WEIGHT))
        read["download"].append(fields.rate("download"))
        for key, flags in given.items():
            flags.append(fields.has(key))
    for key in ("weight", "download"):
        if any(given[key]):
            for index, (path, item) in enumerate(items):
                if not given[key][index] and isinstance(item, Mapping):
                    problems.add(f"{path}.{key}", "nothing", f"a {key} for every uplink, or for none")
            return [number or 1 for number in read[key]]
    return [1] * len(items)
