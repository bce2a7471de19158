# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Everything that can be wrong with a branch before anyone talks to its router, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .branch import parse_branch
from .problems import BranchError, Problem
from .role_parameters import unknown_parameters

#: Fleet variable or role parameter: one of the two must be there.
_CONNECTION = (
    ("multiwan_api_user", "commit_user", "the name of a user on the router"),
    ("multiwan_api_password", "commit_password", "the password of that user (keep it in a vault)"),
)


def check(
    variables: Mapping[str, Any], *, name: str, names: Iterable[str], broken: Mapping[str, str], connection: bool
) -> None:
    """Raises ``BranchError`` with every mistake.

    ``variables``: fleet variables with their values. ``names``: of all variables of the host. ``broken``: variables
    whose value could not be worked out, with the reason. ``connection``: the router will be talked to.
    """
    names = set(names)
    problems = [Problem(variable, reason, "a value that can be worked out") for variable, reason in broken.items()]
    try:
        parse_branch(variables, name=name)
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
    if problems:
        raise BranchError(name, problems)
