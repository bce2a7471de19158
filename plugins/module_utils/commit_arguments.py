# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Arguments of the modules that talk to a router, and what they mean."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .api_client import Target
from .commit_engine import CommitError, Outcome, Request
from .plan import Plan
from .protection import LONGEST_S, SHORTEST_S, Controller, Protection, margin_s
from .router_api import RouterError
from .secret_values import flat_secrets
from .versions import parse_version

#: Where the router is and how to log in.
CONNECTION: dict[str, dict[str, Any]] = {
    "host": {"type": "str", "required": True},
    "port": {"type": "int", "default": 8729},
    "user": {"type": "str", "required": True},
    "password": {"type": "str", "required": True, "no_log": True},
    "tls": {"type": "bool", "default": True},
    "ca_file": {"type": "path"},
    "timeout_s": {"type": "float", "default": 10.0},
}
SPEC: dict[str, dict[str, Any]] = {
    **CONNECTION,
    "plans": {"type": "list", "elements": "dict", "required": True},
    "owners": {"type": "list", "elements": "str"},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "force": {"type": "list", "elements": "str", "default": []},
    "adopt": {"type": "bool", "default": False},
    "dead_man_s": {"type": "int", "default": 120},
    "reach": {"type": "list", "elements": "str"},
    "backup": {"type": "bool", "default": True},
    "operator": {"type": "str"},
}


def target(arguments: Mapping[str, Any]) -> Target:
    """Where the router is."""
    return Target(
        host=str(arguments["host"]),
        port=int(arguments["port"]),
        user=str(arguments["user"]),
        password=str(arguments["password"]),
        tls=bool(arguments["tls"]),
        ca_file=str(arguments["ca_file"]) if arguments["ca_file"] else None,
        timeout_s=_patience_s(arguments),
    )


def _patience_s(arguments: Mapping[str, Any]) -> float:
    """A single answer is not waited for beyond the part of the time limit that is kept free of writes."""
    seconds, limit = float(arguments["timeout_s"]), int(arguments.get("dead_man_s") or 0)
    return min(seconds, margin_s(limit)) if limit else seconds


def request(
    arguments: Mapping[str, Any], *, name: str, controller: Controller, plans: Sequence[Plan] | None = None
) -> Request:
    """What the branch ``name`` should hold. ``plans``: those of the arguments, unless they are given as they are.

    Raises ``ValueError`` for a plan of another release, and for a dead man that would be too quick or too slow."""
    plans = [Plan.from_json(plan) for plan in arguments["plans"]] if plans is None else plans
    owners = arguments["owners"]
    secrets = flat_secrets(arguments["secrets"])
    return Request(
        host=name,
        rows=tuple(row for plan in plans for row in plan.rows),
        made_for=frozenset(parse_version(plan.version) for plan in plans if plan.version),
        owners=None if owners is None else frozenset(owners),
        # The password fills no gap of a plan; it stands here so that it is masked wherever it might turn up.
        secrets={**secrets, "api_password": str(arguments["password"])},
        protection=_protection(arguments, controller),
        force=frozenset(arguments["force"]),
        adopt=bool(arguments["adopt"]),
        user=str(arguments["user"]),
        address=str(arguments["host"]),
    )


def _protection(arguments: Mapping[str, Any], controller: Controller) -> Protection:
    seconds = int(arguments["dead_man_s"])
    if seconds and not SHORTEST_S <= seconds <= LONGEST_S:
        raise ValueError(
            f"multiwan_dead_man_s (dead_man_s) is {seconds}; allowed are {SHORTEST_S} to {LONGEST_S} seconds, or 0 for"
            f" none"
        )
    reach = arguments["reach"]
    for address in reach or ():
        _check_address(address)
    if arguments["operator"]:
        controller = replace(controller, operator=str(arguments["operator"]))
    return Protection(
        controller,
        dead_man_s=seconds,
        reach=None if reach is None else tuple(reach),
        backup=bool(arguments["backup"]),
    )


def _check_address(address: str) -> None:
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        raise ValueError(f"multiwan_reach (reach) holds {address!r}; IPv4 addresses are allowed") from None


def result(outcome: Outcome, *, name: str, seconds: float) -> dict[str, Any]:
    """An outcome in the form of Ansible's results."""
    return {
        "changed": outcome.changed,
        "writes": dict(outcome.writes),
        "differences": list(outcome.differences),
        "diff": [dict(item) for item in outcome.diff],
        "version": outcome.version,
        "warnings": [f"{name}: {note}" for note in outcome.notes],
        "seconds": round(seconds, 3),
    }


def failure(error: Exception, *, name: str, what: str) -> dict[str, Any]:
    """An error in the form of Ansible's results: the name of the host, then one fault a line."""
    if isinstance(error, RouterError) and error.reason:
        what = "the router could not be read"
    faults = list(error.faults) if isinstance(error, CommitError) else [str(error)]
    undone = [error.undone] if isinstance(error, CommitError) and error.undone else []
    lines = "\n".join(f"  {fault}" for fault in [*faults, *undone])
    return {"failed": True, "msg": f"{name}: {what}\n{lines}", "faults": faults, "reason": reason_of(error)}


def reason_of(error: Exception) -> str:
    """A failure in a word, for tables and machines: ``unreachable``, ``certificate``, ``login``, ``refused`` (nothing
    was written), ``broke_off`` (the way to the router broke, or a change was taken back), ``variables``."""
    if isinstance(error, CommitError):
        return "broke_off" if error.undone else "refused"
    if isinstance(error, RouterError):
        return error.reason or ("refused" if error.trap is not None else "broke_off")
    return "variables"
