# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/import` of a rendered file leaves on a router is what a commit leaves there, row by row; and away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import Request, commit, inspect
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan
from ansible_collections.multiwan.routeros.plugins.module_utils.render import Rendered, render
from ansible_collections.multiwan.routeros.plugins.module_utils.render_text import secrets_of
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterTrap
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from tests.unit.plugins.guarded_router import GuardedRouter
from tests.versions.test_plans import BRANCHES, NEED_SEVEN, TOKEN, plan, request

VERSIONS = ("6.49", "7.9", "7.16", "7.22", "7.24")
#: Every branch on one version each, and one that says a lot on all.
EVERYWHERE = ("forwards-and-lists",)
CASES = [
    (branch, version)
    for number, branch in enumerate(BRANCHES)
    for at, version in enumerate(VERSIONS)
    if (branch in EVERYWHERE or at == number % len(VERSIONS)) and (branch not in NEED_SEVEN or version > "7")
]


class Router(GuardedRouter):
    """Takes files, too."""

    def imports(self, text: str) -> str:
        """What `/import` prints. Raises :class:`RouterTrap` with its words."""
        self.rig.engine.write_file("branch.rsc", text)
        try:
            return str(self._ask("/", "import", {"file-name": "branch.rsc"}).printed)
        finally:
            self._ask("/file", "remove", {"numbers": "branch.rsc"})

    def held(self) -> dict[str, list[Mapping[str, Any]]]:
        """All rows of all menus that are written, in their order, without their ids."""
        shown = {menu.path: menu for menu in MENUS if self.rig.store.schema.get(menu.path)}
        return {
            path: [{k: v for k, v in row.values.items() if k in menu.properties} for row in self.rows(path)]
            for path, menu in shown.items()
        }


@pytest.fixture
def new() -> Iterator[Callable[[str, Plan], Router]]:
    with ExitStack() as stack:
        yield lambda version, wanted: stack.enter_context(closing(router(version, wanted)))


def router(version: str, wanted: Plan) -> Router:
    """With the interfaces that the branch expects and does not make itself."""
    made = {row.values.get("name") for row in wanted.rows if row.menu.startswith("/interface/") and not row.claims}
    ports = {f"ether{number}" for number in range(1, 9)} | {"bridge", "bridge-lan"}
    used = {row.values["interface"] for row in wanted.rows if row.menu == "/interface/list/member"}
    modems = sorted({row.values["name"] for row in wanted.rows if row.menu == "/interface/lte"})
    more = sorted(used - made - ports - {*modems})
    rows = [("/interface/lte", {"name": name}) for name in modems]
    return Router(version, rows=[*rows, *(("/interface/ethernet", {"name": name}) for name in more)])


def secrets(wanted: Plan) -> dict[str, str]:
    return {name: TOKEN if "token" in name else f"s3cret {name}" for name in secrets_of(wanted.rows)}


def rendered(wanted: Plan, version: str) -> Rendered:
    return render(wanted.branch, wanted.rows, parse_version(version), secrets(wanted))


def order(wanted: Plan) -> Request:
    return replace(request(wanted), secrets=secrets(wanted))


@pytest.mark.parametrize(("branch", "version"), CASES)
def test_a_file_leaves_the_rows_of_a_commit_and_takes_all_of_them_away(
    branch: str, version: str, new: Callable[[str, Plan], Router]
) -> None:
    wanted = plan(branch, version)
    by_file, by_playbook = new(version, wanted), new(version, wanted)
    fresh = by_file.export()
    files = rendered(wanted, version)
    assert "multiwan: " + branch + ": done" in by_file.imports(files.install)
    commit(order(wanted), by_playbook)
    assert by_file.held() == by_playbook.held()
    assert by_file.export() == by_playbook.export()
    # again: nothing changes, and nothing is drift
    by_file.imports(files.install)
    assert by_file.export() == by_playbook.export()
    assert inspect(order(wanted), by_file).differences == ()
    assert environment(by_file) == []
    by_file.imports(files.remove)
    assert by_file.export() == fresh
    by_file.imports(files.remove)
    assert by_file.export() == fresh


def environment(router: Router) -> list[str]:
    return [row.values["name"] for row in router.rows("/system/script/environment")]
