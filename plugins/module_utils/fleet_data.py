# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report about a fleet: ``report.json``, format 1, and its figures for Prometheus. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from . import exposition
from .exposition import Metric, Sample
from .router_clock import iso

FORMAT = 1
_Branch = Mapping[str, Any]
_Uplink = Mapping[str, Any]


def report(
    records: Mapping[str, Mapping[str, Any]], *, made: datetime.datetime, title: str, language: str
) -> dict[str, Any]:
    """``records``: name of the branch to its record (``branch_state.py``)."""
    branches = [dict(records[name]) for name in sorted(records)]
    return {"format": FORMAT, "made": iso(made), "title": title, "language": language, "branches": branches}


def prometheus(found: Mapping[str, Any]) -> str:
    """The report's figures, one sample for each branch or uplink of which they are known."""
    branches: Sequence[_Branch] = found["branches"]
    read = [branch for branch in branches if branch["ok"]]
    made = Metric(
        "multiwan_report_timestamp_seconds", "gauge", "When the report was made.", [Sample({}, _seconds(found["made"]))]
    )
    return exposition.exposition([made, *_of_branches(branches, read), *_of_uplinks(read), _certificates(read)])


def _of_branches(branches: Sequence[_Branch], read: Sequence[_Branch]) -> Iterable[Metric]:
    def each(
        name: str, words: str, value: Callable[[_Branch], float | None], of: Sequence[_Branch] = read, **more: str
    ) -> Metric:
        return Metric(f"multiwan_branch_{name}", "gauge", words, _samples(of, value, **more))

    yield each("up", "Whether the router was read, 1 or 0.", lambda branch: branch["ok"], branches)
    yield each(
        "info",
        "What the branch is called and runs, and why it was not read.",
        lambda _unused: 1,
        branches,
        label="label",
        version="version",
        board="board",
        reason="reason",
    )
    yield each("read_timestamp_seconds", "When the router was read.", lambda branch: _seconds(branch["read_at"]))
    yield each("uptime_seconds", "Time since the router booted.", lambda branch: branch["uptime_s"])
    yield each("latitude_degrees", "Where the branch is.", lambda branch: _degrees(branch, "latitude"), branches)
    yield each("longitude_degrees", "Where the branch is.", lambda branch: _degrees(branch, "longitude"), branches)
    yield each(
        "drift_rows",
        "Rows in which the router differs from its plan.",
        lambda branch: len(branch["drift"]) if branch.get("compared", True) else None,
    )
    yield each("rogue_dhcp_servers", "Foreign DHCP servers that the router sees.", lambda branch: len(branch["rogues"]))


def _of_uplinks(read: Sequence[_Branch]) -> Iterable[Metric]:
    def each(name: str, words: str, value: Callable[[_Uplink], float | None], kind: str = "gauge") -> Metric:
        samples = [
            Sample({"branch": branch["name"], "uplink": uplink["name"]}, figure)
            for branch in read
            for uplink in branch["uplinks"]
            if (figure := value(uplink)) is not None
        ]
        return Metric(f"multiwan_uplink_{name}", kind, words, samples)

    yield Metric("multiwan_uplink_info", "gauge", "What the uplink is called and is.", _uplink_info(read))
    yield each("alive", "Whether the uplink reaches the internet, 1 or 0.", lambda uplink: uplink["alive"])
    yield each("in_use", "Whether new connections take the uplink, 1 or 0.", lambda uplink: uplink["in_use"])
    yield each(
        "state_change_timestamp_seconds",
        "Since when the uplink is alive or dead.",
        lambda uplink: _seconds(uplink["since"]) if uplink["since"] else None,
    )
    yield each("connections", "Connections that leave by the uplink.", lambda uplink: uplink["connections"])
    for way, theirs in (("receive", "download"), ("transmit", "upload")):
        yield each(
            f"{way}_bytes_total",
            f"Bytes of {theirs} that the interface counted.",
            _figure(f"{theirs}_bytes"),
            "counter",
        )
        yield each(
            f"{way}_bytes_per_second", f"Speed of {theirs} while the router was read.", _figure(f"{theirs}_bps", 8)
        )
        yield each(
            f"{way}_limit_bytes_per_second",
            f"Speed of {theirs} that the branch's file gives the uplink.",
            _figure(f"{theirs}_limit_bps", 8),
        )


def _figure(key: str, divisor: int = 1) -> Callable[[_Uplink], float | None]:
    def value(uplink: _Uplink) -> float | None:
        figure = uplink[key]
        return None if figure is None else figure / divisor

    return value


def _uplink_info(read: Sequence[_Branch]) -> list[Sample]:
    return [
        Sample(
            {
                "branch": branch["name"],
                "uplink": uplink["name"],
                "label": uplink["label"],
                "type": uplink["type"],
                "metered": "true" if uplink["metered"] else "false",
                "address": uplink["address"],
            },
            1,
        )
        for branch in read
        for uplink in branch["uplinks"]
    ]


def _certificates(read: Sequence[_Branch]) -> Metric:
    samples = {
        (branch["name"], one["name"]): _seconds(f"{one['until']}T00:00:00Z")
        for branch in read
        for one in branch["certificates"]
    }
    return Metric(
        "multiwan_certificate_expiry_timestamp_seconds",
        "gauge",
        "The day on which a certificate of the router, or one that it trusts, ends.",
        [Sample({"branch": branch, "certificate": name}, end) for (branch, name), end in samples.items()],
    )


def _samples(branches: Sequence[_Branch], value: Callable[[_Branch], float | None], **more: str) -> list[Sample]:
    return [
        Sample({"branch": branch["name"], **{label: str(branch[key]) for label, key in more.items()}}, figure)
        for branch in branches
        if (figure := value(branch)) is not None
    ]


def _degrees(branch: _Branch, name: str) -> float | None:
    place = branch["place"]
    return None if place is None else float(place[name])


def _seconds(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp()
