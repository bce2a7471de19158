# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads ``multiwan_probe`` and the ``probe`` of an uplink: how lines are watched."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .fields import Fields
from .model import Probe
from .problems import Problems
from .versions import NETWATCH_TYPES, Version

_PATH = "multiwan_probe"
_KEYS = ("interval", "good_checks", "quorum", "loss", "latency")
#: A check, the time that its answers have and the script that follows fit into three seconds.
DEFAULT_INTERVAL_S = 1
#: A check that measures sends ten pings in 0.9 s instead of three.
MEASURED_INTERVAL_S = 2
#: Three pings of 54 bytes a second and their answers are 840 MB a month for each anchor; this way, a tenth of it.
METERED_INTERVAL_S = 10
#: As many good checks as take this long, but some.
HOLD_DOWN_S = 20
LEAST_GOOD_CHECKS = 3
_MAX_INTERVAL_S = 60
_MAX_GOOD_CHECKS = 100
_MAX_ANCHORS = 4
_LATENCY_MS = (10, 5000)

_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m)?")
_PER_CENT = re.compile(r"([0-9]{1,3})%?")

_INTERVAL_ALLOWED = f"whole seconds from 1s to {_MAX_INTERVAL_S}s, such as 2s or 1m"
_LATENCY_ALLOWED = "from 10 to 5000 milliseconds, such as 300, 300ms or 0.3s"
_LOSS_ALLOWED = "per cent from 1 to 99, such as 20"


@dataclass(frozen=True)
class Common:
    """What ``multiwan_probe`` says for all uplinks; ``None``: nothing. ``fields`` for mistakes that uplinks show."""

    fields: Fields
    version: Version
    said: Said

    def of_uplink(self, uplink: Fields, *, metered: bool) -> Probe:
        """How one uplink is watched: what its own ``probe`` says, then ``multiwan_probe``, then the defaults.

        A metered uplink is checked every ten seconds, or less often when all are, unless its own ``probe`` says.
        """
        own_fields = _fields(uplink.values.get("probe"), uplink.at("probe"), uplink.problems)
        own = _said(own_fields, self.version)
        self._check_quorum(uplink, own_fields, own)
        loss, latency_ms = own.loss or self.said.loss, own.latency_ms or self.said.latency_ms
        measures = loss is not None or latency_ms is not None
        interval_s = self.said.interval_s or (MEASURED_INTERVAL_S if measures else DEFAULT_INTERVAL_S)
        interval_s = own.interval_s or (max(interval_s, METERED_INTERVAL_S) if metered else interval_s)
        enough = max(LEAST_GOOD_CHECKS, HOLD_DOWN_S // interval_s)
        return Probe(
            interval_s=interval_s,
            good_checks=own.good_checks or self.said.good_checks or enough,
            quorum=own.quorum or self.said.quorum or 1,
            loss=loss,
            latency_ms=latency_ms,
        )

    def _check_quorum(self, uplink: Fields, own_fields: Fields, own: Said) -> None:
        """Anchors are counted as written: a mistake in one is told by itself."""
        anchors = uplink.values.get("anchors")
        quorum = own.quorum or self.said.quorum
        if quorum is None or not isinstance(anchors, (list, tuple)) or not 1 <= len(anchors) < quorum:
            return
        have = f"{len(anchors)} anchor{'s' if len(anchors) > 1 else ''}"
        if own.quorum:
            own_fields.wrong("quorum", f"at most as many as the uplink has: {have}")
        else:
            allowed = f"at most as many as {uplink.at('anchors')} has: {have}"
            self.fields.problems.add(f"{_PATH}.quorum", str(quorum), allowed)


@dataclass(frozen=True)
class Said:
    """One mapping as it was written, in units; ``None``: nothing, or a mistake that was noted."""

    interval_s: int | None
    good_checks: int | None
    quorum: int | None
    loss: int | None
    latency_ms: int | None


def read_probe(value: Any, version: Version, problems: Problems) -> Common:
    """``multiwan_probe``. ``version``: what the router can measure depends on it."""
    fields = _fields(value, _PATH, problems)
    return Common(fields, version, _said(fields, version))


def _fields(value: Any, path: str, problems: Problems) -> Fields:
    return Fields({} if value is None else value, path, problems, _KEYS)


def _said(fields: Fields, version: Version) -> Said:
    return Said(
        interval_s=fields.read("interval", _interval_s, _INTERVAL_ALLOWED),
        good_checks=fields.integer("good_checks", 1, _MAX_GOOD_CHECKS),
        quorum=fields.integer("quorum", 1, _MAX_ANCHORS),
        loss=_measured(fields, "loss", _loss, _LOSS_ALLOWED, version),
        latency_ms=_measured(fields, "latency", _latency_ms, _LATENCY_ALLOWED, version),
    )


def _measured(fields: Fields, key: str, parse: Callable[[Any], int], allowed: str, version: Version) -> int | None:
    """Up or down is all that the netwatch of RouterOS 6 knows: it has no types (manual of 6, netwatch)."""
    if fields.has(key) and not NETWATCH_TYPES.on(version):
        fields.wrong(key, f"nothing on RouterOS {version}: its netwatch tells up from down and measures nothing")
        return None
    return fields.read(key, parse, allowed)


def _interval_s(value: Any) -> int:
    number = _milliseconds(value, unit="s")
    if number % 1000 or not 1000 <= number <= _MAX_INTERVAL_S * 1000:
        raise ValueError(value)
    return int(number // 1000)


def _latency_ms(value: Any) -> int:
    number = _milliseconds(value, unit="ms")
    if number.denominator != 1 or not _LATENCY_MS[0] <= number <= _LATENCY_MS[1]:
        raise ValueError(value)
    return int(number)


def _loss(value: Any) -> int:
    match = _PER_CENT.fullmatch(_written(value))
    if match is None or not 1 <= int(match[1]) <= 99:
        raise ValueError(value)
    return int(match[1])


def _milliseconds(value: Any, *, unit: str) -> Fraction:
    """``unit`` counts for a bare number."""
    match = _DURATION.fullmatch(_written(value))
    if match is None:
        raise ValueError(value)
    return Fraction(match[1]) * _UNITS_MS[match[2] or unit]


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(value)
    return str(value)
