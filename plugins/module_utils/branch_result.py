# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What became of one branch: as Ansible's result, and in the few words that the summary of a whole run has room for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import drift_words
from .reading import Outcome


def compared(result: Mapping[str, Any], outcome: Outcome, *, name: str) -> dict[str, Any]:
    """The result of a comparison: a failure when the router differs from its plan."""
    told = {
        **result,
        "changed": False,
        "drift": [row.to_json() for row in outcome.drift],
        "notes": list(outcome.notes),
    }
    if not outcome.drift:
        return told
    head = f"{name}: the router differs from its plan in {drift_words.counted(outcome.drift)}"
    return {**told, "failed": True, "reason": "drift", "msg": f"{head}\n{drift_words.report(outcome.drift)}"}


def record(name: str, result: Mapping[str, Any], *, check: bool) -> dict[str, Any]:
    """A result without its details; holds no secret, since results are masked. ``check``: whether nothing was to be
    written."""
    drift = len(result.get("drift", ()))
    return {
        "branch": name,
        "ok": not result.get("failed", False),
        "changed": bool(result.get("changed", False)),
        "reason": str(result.get("reason", "")),
        "words": " ".join(_first_fault(result).split()),
        "version": str(result.get("version", "")),
        "seconds": result.get("seconds", 0.0),
        "writes": sum(result.get("writes", {}).values()),
        "uplinks": dict(result.get("uplinks", {})),
        "drift": drift,
        "check": check,
    }


def _first_fault(result: Mapping[str, Any]) -> str:
    if result.get("problems"):
        first = result["problems"][0]
        rest = len(result["problems"]) - 1
        more = f" (and {rest} more)" if rest else ""
        return f"{first['path']}: saw {first['seen']}; allowed: {first['allowed']}{more}"
    if result.get("faults"):
        return str(result["faults"][0])
    rows = len(result.get("drift", ()))
    if not result.get("failed"):
        return ""
    return "1 row differs" if rows == 1 else f"{rows} rows differ"
