# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/import` of a rendered file leaves on a router is what a commit leaves there, row by row; and away again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import Request, commit, inspect
from ansible_collections.multiwan.routeros.plugins.module_utils.found import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import MENUS
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan
from ansible_collections.multiwan.routeros.plugins.module_utils.render import Rendered, render
from ansible_collections.multiwan.routeros.plugins.module_utils.render_text import secrets_of
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterTrap
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version
from hypothesis import HealthCheck, Phase, given, settings

from lab.router.services.imports import statements
from tests.unit.plugins.guarded_router import GuardedRouter
from tests.versions.random_branches import routers as random_branches
from tests.versions.test_plans import BRANCHES, NEED_SEVEN, TOKEN, plan, request

VERSIONS = ("6.49", "7.9", "7.16", "7.22", "7.24")
#: ``./dev bench branches`` asks for more.
EXAMPLES = int(os.environ.get("MULTIWAN_BRANCHES", "4"))
#: Rows that the lab takes seconds to look at one by one.
MANY = 400
KINDS = ("ethernet", "bridge", "vlan", "pppoe-client", "lte")
MAC = "48:A9:8A:00:00:09"
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
#: One that says a lot on every version, and one for each kind of row.
SHORT = (
    *(("forwards-and-lists", version) for version in VERSIONS),
    ("line-pppoe", "6.49"),
    ("labels-of-any-text", "6.49"),
    ("bandwidth-event", "7.9"),
    ("lines-mixed", "7.16"),
    ("segments-of-an-event", "7.22"),
    ("segments-of-an-office", "7.24"),
)
EVERY = tuple((branch, version) for branch in BRANCHES for version in VERSIONS)
CASES = [
    (branch, version)
    for branch, version in (EVERY if "MULTIWAN_BRANCHES" in os.environ else SHORT)
    if branch not in NEED_SEVEN or version > "7"
]


class Router(GuardedRouter):
    """Takes files, too."""

    def rows(self, menu: str, properties: Sequence[str] = ()) -> list[Found]:
        """Interfaces of all kinds, which elsewhere the data plane shows, as scripts see them here."""
        if menu != "/interface":
            return super().rows(menu, properties)
        kinds = [f"/interface/{kind}" for kind in KINDS if self.rig.store.schema.get(f"/interface/{kind}")]
        found = [row for kind in kinds for row in self.rig.store.rows(kind)]
        return [Found(str(row.id), {name: row.get(name) for name in ("name", "mac-address")}) for row in found]

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


New = Callable[[str, Plan], Router]


@pytest.fixture
def new() -> Iterator[New]:
    with ExitStack() as stack:
        yield lambda version, wanted: stack.enter_context(closing(router(version, wanted)))


def router(version: str, wanted: Plan) -> Router:
    """With the interfaces that the branch expects and does not make itself."""
    made = {row.values.get("name") for row in wanted.rows if row.menu.startswith("/interface/") and row.absent == "add"}
    ports = {f"ether{number}" for number in range(1, 9)} | {"bridge", "bridge-lan"}
    naming = ("/interface/list/member", "/interface/bridge/port", "/interface/vlan", "/ip/address")
    used = {row.values["interface"] for row in wanted.rows if row.menu in naming}
    modems = sorted({row.values["name"] for row in wanted.rows if row.menu == "/interface/lte"})
    more = sorted(used - made - ports - {*modems})
    rows = [("/interface/lte", {"name": name}) for name in modems]
    return Router(
        version, rows=[*rows, *(("/interface/ethernet", {"name": name, "mac-address": MAC}) for name in more)]
    )


def secrets(wanted: Plan) -> dict[str, str]:
    return {name: TOKEN if "token" in name else f"s3cret {name}" for name in secrets_of(wanted.rows)}


def rendered(wanted: Plan, version: str) -> Rendered:
    return render(wanted.branch, wanted.rows, parse_version(version), secrets(wanted))


def order(wanted: Plan) -> Request:
    return replace(request(wanted), secrets=secrets(wanted))


@pytest.mark.parametrize(("branch", "version"), CASES)
def test_a_file_leaves_the_rows_of_a_commit_and_takes_all_of_them_away(branch: str, version: str, new: New) -> None:
    wanted = plan(branch, version)
    by_file, by_playbook = new(version, wanted), new(version, wanted)
    fresh = by_file.export()
    files = rendered(wanted, version)
    assert "multiwan: " + branch + ": done" in by_file.imports(files.install)
    commit(order(wanted), by_playbook)
    assert by_file.held() == by_playbook.held()
    assert by_file.export() == by_playbook.export()
    if len(wanted.rows) < MANY:  # again: nothing changes, and nothing is drift
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


# --- errors, secrets, versions


def test_a_file_that_was_not_filled_in_or_is_for_another_version_writes_nothing(new: New) -> None:
    wanted = plan("jakarta", "7.16")
    empty = render(wanted.branch, wanted.rows, parse_version("7.16"), {})
    older, other, right = new("7.9", wanted), new("6.49", wanted), new("7.16", wanted)
    for router, text, words in (
        (right, empty.install, "fill in telegram_bot_token first"),
        (older, rendered(wanted, "7.16").install, "for RouterOS 7.16 or a newer 7, the router runs 7.9"),
        (other, rendered(wanted, "7.16").install, "for RouterOS 7.16 or a newer 7, the router runs 6.49"),
    ):
        before = router.held()
        with pytest.raises(RouterTrap, match=words):
            router.imports(text)
        assert router.held() == before
    newer = new("7.24", wanted)
    assert "jakarta: done" in newer.imports(rendered(wanted, "7.16").install)


def test_no_secret_is_in_a_file_unless_it_was_given() -> None:
    wanted = plan("lines-mixed", "7.22")
    assert len(secrets(wanted)) >= 2
    files = render(wanted.branch, wanted.rows, parse_version("7.22"), {})
    for secret in secrets(wanted).values():
        assert secret in rendered(wanted, "7.22").install
        assert secret not in files.install + files.remove + rendered(wanted, "7.22").remove


@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_an_error_ends_the_file_with_words_and_the_next_import_goes_on(version: str, new: New) -> None:
    """What stands by then stays, nothing after it is begun, not even where it is pasted line by line."""
    wanted = plan("jakarta", version)
    router, whole = new(version, wanted), new(version, wanted)
    text = rendered(wanted, version).install
    in_the_way = router.add("/system/script", {"name": "mw-notify"})
    with pytest.raises(RouterTrap, match="already"):
        router.imports(text)
    assert router.held()["/ip/route"]
    assert not router.held()["/ip/firewall/mangle"]
    assert "was not begun, since the one before it was not finished" in paste(router, text)
    assert not router.held()["/ip/firewall/mangle"]
    router.remove("/system/script", in_the_way)
    router.imports(text)
    whole.imports(text)
    assert in_chains(router) == in_chains(whole)
    assert inspect(order(wanted), router).differences == ()


def test_a_step_that_a_router_can_not_read_is_not_run_at_all(new: New) -> None:
    wanted = plan("jakarta", "7.22")
    router = new("7.22", wanted)
    text = rendered(wanted, "7.22").install
    with pytest.raises(RouterTrap, match="bad parameter bogus"):
        router.imports(text.replace("/ip route add ", "/ip route add bogus=1 ", 1))
    assert router.held()["/ip/firewall/nat"]
    assert not router.held()["/ip/route"]


def paste(router: Router, text: str) -> str:
    """What a terminal says when each command runs whatever became of the one before."""
    said = []
    for line, command in statements(text):
        try:
            said.append(router.imports(command))
        except RouterTrap as error:
            said.append(f"{line}: {error}")
    return "\n".join(said)


@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_another_plan_of_the_branch_replaces_the_first(version: str, new: New) -> None:
    """Values, rows that are missing in the middle of a chain, rows that are too much, and their order."""
    first, second = plan("forwards-and-lists", version), plan("jakarta", version)
    assert {row.tag for row in first.rows} - {row.tag for row in second.rows}
    changed, fresh = new(version, first), new(version, first)
    changed.imports(rendered(first, version).install)
    changed.imports(rendered(second, version).install)
    fresh.imports(rendered(second, version).install)
    assert in_chains(changed) == in_chains(fresh)
    changed.imports(rendered(first, version).install)
    assert inspect(order(first), changed).differences == ()


def in_chains(router: Router) -> dict[str, list[Mapping[str, Any]]]:
    """Rows of different chains, and of a menu without an order, have no order between them."""
    return {
        path: sorted(rows, key=lambda row: str(row["chain"] if "chain" in row else sorted(row.items())))
        for path, rows in router.held().items()
    }


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
def test_rows_of_others_are_never_touched(version: str, new: New) -> None:
    wanted = plan("jakarta", version)
    router = new(version, wanted)
    his = [
        ("/ip/firewall/mangle", {"chain": "prerouting", "action": "passthrough", "comment": "teknisi [multiwan]"}),
        ("/ip/firewall/nat", {"chain": "srcnat", "action": "masquerade", "comment": "multiwan:wan:isp1"}),
        ("/ip/address", {"address": "192.168.1.2/24", "interface": "ether1", "comment": "teknisi"}),
        ("/ip/firewall/address-list", {"list": "mw-bypass", "address": "10.0.0.0/8", "comment": "kantor pusat"}),
        ("/system/script", {"name": "backup", "source": ":log info 1", "comment": "[multiwan:commit:x]"}),
    ]
    for menu, values in his:
        router.add(menu, values)
    before = router.export()
    said = router.imports(rendered(wanted, version).install)
    assert "left as it is, since it is there already: /ip/address address=192.168.1.2/24" in said
    assert inspect(order(wanted), router).differences == ()
    router.imports(rendered(wanted, version).remove)
    assert router.export() == before


def test_a_row_of_others_that_differs_ends_the_file(new: New) -> None:
    wanted = plan("jakarta", "7.22")
    router = new("7.22", wanted)
    router.add("/ip/address", {"address": "192.168.1.2/24", "interface": "ether1", "disabled": "yes"})
    router.add("/routing/table", {"name": "mw-isp1"})
    with pytest.raises(RouterTrap, match="already have"):
        router.imports(rendered(wanted, "7.22").install)
    assert not router.held()["/ip/firewall/mangle"]


# --- any branch


@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_the_file_of_any_branch_is_understood_and_leaves_its_rows(version: str) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=[*HealthCheck]
    )
    @given(raw=random_branches(version, most=4))
    def check(raw: dict[str, Any]) -> None:
        wanted = assemble(raw, name="jakarta")
        with closing(router(version, wanted)) as held:
            fresh = held.export()
            files = rendered(wanted, version)
            held.imports(files.install)
            assert inspect(order(wanted), held).differences == ()
            held.imports(files.remove)
            assert held.export() == fresh

    check()
