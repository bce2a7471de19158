# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything that can be wrong with a branch before anyone talks to its router, in one list."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .branch import parse_branch
from .model import Branch
from .preflight_finding import FORCEABLE
from .problems import BranchError, Problem, show, show_secret
from .protection import LONGEST_S, SHORTEST_S
from .role_parameters import unknown_parameters

#: Fleet variable or role parameter: one of the two must be there.
_CONNECTION = (
    ("multiwan_api_user", "commit_user", "the name of a user on the router"),
    ("multiwan_api_password", "commit_password", "the password of that user (keep it in a vault)"),
)


def check(
    variables: Mapping[str, Any],
    *,
    name: str,
    names: Iterable[str],
    broken: Mapping[str, str],
    connection: bool,
    connection_values: Mapping[str, Any] | None = None,
) -> Branch:
    """The branch, as its variables say it. Raises ``BranchError`` with every mistake.

    ``variables``: fleet variables with their values. ``names``: of all variables of the host. ``broken``: variables
    whose value could not be worked out, with the reason. ``connection``: the router will be talked to, with
    ``connection_values`` (fleet variable to value, those that are set).
    """
    names = set(names)
    problems = [Problem(variable, reason, "a value that can be worked out") for variable, reason in broken.items()]
    branch = None
    try:
        branch = parse_branch(variables, name=name)
    except BranchError as error:
        # A value that could not be worked out is also missing for the parser: once is enough.
        problems += [problem for problem in error.problems if problem.path not in broken]
    problems += unknown_parameters(names)
    if connection:
        problems += [
            Problem(fleet, "nothing", allowed)
            for fleet, parameter, allowed in _CONNECTION
            if fleet not in names and parameter not in names
        ]
        problems += _connection_mistakes(connection_values, broken)
    if branch is None or problems:
        raise BranchError(name, problems)
    return branch


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_port(value: Any) -> bool:
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= 65535


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in ("yes", "no", "true", "false")


def _is_seconds(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and 0 < float(value) <= 3600
    except (TypeError, ValueError):
        return False


#: variable, what is right, what is allowed, whether the value may be shown
def _is_dead_man(value: Any) -> bool:
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    return (
        isinstance(number, int) and not isinstance(number, bool) and (number == 0 or SHORTEST_S <= number <= LONGEST_S)
    )


def _are_addresses(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(_is_address(item) for item in value))


def _is_address(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.IPv4Address(value))
    except ValueError:
        return False


def _are_checks(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item in FORCEABLE for item in value)


_VALUES: tuple[tuple[str, Callable[[Any], bool], str, bool], ...] = (
    ("ansible_host", _is_text, "an address or a name of the router", True),
    ("multiwan_api_host", _is_text, "an address or a name of the router", True),
    ("multiwan_api_user", _is_text, "the name of a user on the router", True),
    ("multiwan_api_password", _is_text, "the password of that user", False),
    ("multiwan_api_port", _is_port, "a port from 1 to 65535", True),
    ("multiwan_api_tls", _is_flag, "true or false", True),
    ("multiwan_api_ca_file", lambda value: value is None or _is_text(value), "the path of a PEM file", True),
    ("multiwan_api_timeout_s", _is_seconds, "seconds, more than 0 and at most 3600", True),
    ("multiwan_dead_man_s", _is_dead_man, f"whole seconds from {SHORTEST_S} to {LONGEST_S}, or 0 for none", True),
    ("multiwan_reach", _are_addresses, "a list of IPv4 addresses that answer a ping; [] to check nothing", True),
    ("multiwan_backup", _is_flag, "true or false", True),
    ("multiwan_force", _are_checks, f"a list of checks, out of {', '.join(sorted(FORCEABLE))}", True),
    ("multiwan_adopt", _is_flag, "true or false", True),
    ("multiwan_operator", _is_text, "who is named to others while a change is under way", True),
)
CONNECTION_NAMES = tuple(name for name, *_rest in _VALUES)


def _connection_mistakes(values: Mapping[str, Any] | None, broken: Mapping[str, str]) -> list[Problem]:
    found = values or {}
    return [
        Problem(name, show(found[name]) if may_show else show_secret(found[name]), allowed)
        for name, is_right, allowed, may_show in _VALUES
        if name in found and name not in broken and not is_right(found[name])
    ]
