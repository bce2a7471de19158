# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes plans as files for RouterOS' import. Runs in process, without a connection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..module_utils.plan import Plan
from ..module_utils.render import Rendered, render
from ..module_utils.secret_values import flat_secrets
from ..module_utils.versions import parse_version
from ..plugin_utils.inside_action import InsideAction
from ..plugin_utils.written_file import written

_SPEC: dict[str, dict[str, Any]] = {
    "plans": {"type": "list", "elements": "dict", "required": True},
    "folder": {"type": "path", "default": "rendered"},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "include_secrets": {"type": "bool", "default": False, "no_log": False},
    "name": {"type": "str"},
}
#: For nobody else's eyes, and for those of the group.
_PRIVATE, _PLAIN = 0o600, 0o644


class ActionModule(InsideAction):
    """``multiwan.routeros.render``."""

    spec = _SPEC

    def work_with(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        name = str(arguments["name"] or variables.get("inventory_hostname", ""))
        try:
            stem = _file_name(name)
            texts = _texts(name, arguments)
            return self._write(Path(str(arguments["folder"])), stem, texts, private=bool(arguments["include_secrets"]))
        except ValueError as error:
            return {"failed": True, "changed": False, "msg": f"{name}: {error}"}
        except OSError as error:
            return {"failed": True, "changed": False, "msg": f"{name}: the file can't be written: {error}"}

    def _write(self, folder: Path, stem: str, texts: Rendered, *, private: bool) -> dict[str, Any]:
        check = bool(self._task.check_mode)
        install, remove = folder / f"{stem}.rsc", folder / f"{stem}-remove.rsc"
        changed = [
            written(install, texts.install, mode=_PRIVATE if private else _PLAIN, check=check),
            written(remove, texts.remove, mode=_PLAIN, check=check),
        ]
        return {"changed": any(changed), "install": str(install), "remove": str(remove)}


def _file_name(name: str) -> str:
    if not name or name in (".", "..") or "/" in name or "\0" in name:
        raise ValueError("the name of a branch that is rendered must be one that a file can have")
    return name


def _texts(name: str, arguments: Mapping[str, Any]) -> Rendered:
    plans = [Plan.from_json(plan) for plan in arguments["plans"]]
    versions = sorted({plan.version for plan in plans if plan.version})
    if len(versions) != 1:
        raise ValueError(f"the plans are for RouterOS {', '.join(versions) or 'nothing'}; one version is needed")
    rows = [row for plan in plans for row in plan.rows]
    secrets = flat_secrets(arguments["secrets"]) if arguments["include_secrets"] else {}
    return render(name, rows, parse_version(versions[0]), secrets)
