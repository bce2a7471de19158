# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all actions have in common that do their work inside the controller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class InsideAction(ActionBase):  # type: ignore[misc]  # ansible-core says no types
    """Reads its arguments by ``spec`` and does its work, without a connection of Ansible's."""

    spec: ClassVar[Mapping[str, Any]] = {}
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def missing(self) -> str:
        """Why the work can't be begun on this controller, such as a library that is not there; empty when it can."""
        return ""

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """The result. ``variables``: of the host."""
        raise NotImplementedError

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        if missing := self.missing():
            raise AnsibleActionFail(missing)
        _checked, arguments = self.validate_argument_spec(argument_spec=dict(self.spec))
        return self.work_with(arguments, task_vars or {})
