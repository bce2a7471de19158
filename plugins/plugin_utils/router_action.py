# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The thin shell around the commit engine: runs inside the controller, one connection per branch.

All imports stand at the top: Ansible loads an action plugin once and its forks inherit it.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.utils.display import Display

from ..module_utils import api_client, commit_arguments
from ..module_utils.commit_engine import CommitError, Connect, Outcome, Request
from ..module_utils.router_api import RouterError
from .controller import here
from .inside_action import InsideAction


def _tell(name: str, words: str) -> None:
    """To people who watch; the result says it again where it matters."""
    Display().display(f"{name}: {words}")


class RouterAction(InsideAction):
    """What talking to a router has in common. ``fault``: how a failure begins. ``takes_plans``: or only where it is
    and ``more`` arguments."""

    fault: str
    takes_plans = True
    more: ClassVar[Mapping[str, Any]] = {}

    def work(self, request: Request, connect: Connect) -> Outcome:
        """The engine's function."""
        raise NotImplementedError

    def told(self, outcome: Outcome, result: dict[str, Any], *, name: str) -> dict[str, Any]:
        """The result as it is given to Ansible."""
        return result

    def missing(self) -> str:
        return api_client.MISSING

    @property
    def spec(self) -> Mapping[str, Any]:  # type: ignore[override]  # of two attributes of the class
        shared = commit_arguments.SPEC if self.takes_plans else commit_arguments.CONNECTION
        return {**shared, **self.more}

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        name = str(variables.get("inventory_hostname", arguments["host"]))
        connect = functools.partial(api_client.connect, commit_arguments.target(arguments))
        try:
            return self.answer(arguments, connect, name=name)
        except (RouterError, CommitError, ValueError) as error:
            return commit_arguments.failure(error, name=name, what=self.fault)

    def answer(self, arguments: Mapping[str, Any], connect: Connect, *, name: str) -> dict[str, Any]:
        """What is done once the arguments are read."""
        started = time.monotonic()
        controller = here(functools.partial(_tell, name))
        outcome = self.work(commit_arguments.request(arguments, name=name, controller=controller), connect)
        result = commit_arguments.result(outcome, name=name, seconds=time.monotonic() - started)
        return self.told(outcome, result, name=name)
