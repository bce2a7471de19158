# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change that takes properties of others' rows, or gives them back, and is broken off: nothing of it stays."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import commit, inspect
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.reading import CommitError, Request
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError
from ansible_collections.multiwan.routeros.plugins.module_utils.tags import owned

from tests.unit.plugins.guarded_router import GuardedRouter

MANGLE, LISTS = "/ip/firewall/mangle", "/ip/firewall/address-list"
THEIRS = (
    (MANGLE, {"chain": "forward", "action": "accept", "dst-port": "80", "protocol": "tcp", "comment": "teknisi: web"}),
    (MANGLE, {"chain": "forward", "action": "accept", "dst-port": "443", "protocol": "tcp"}),
)


def plan(*lists: str) -> tuple[Row, ...]:
    claim = owned(
        MANGLE,
        "multiwan:pcc:example",
        "Example",
        {"chain": "forward", "action": "accept", "disabled": "yes", "connection-mark": "no-mark"},
        claims=("chain", "action"),
        absent="nothing",
    )
    made = (owned(LISTS, f"multiwan:pcc:{name}", "x", {"list": name, "address": "10.9.9.9"}) for name in lists)
    return (claim, *made)


def request(router: GuardedRouter, wanted: tuple[Row, ...]) -> Request:
    return Request("jakarta", wanted, None, {}, protection=router.protection(reach=()))


def prepared(wanted: tuple[Row, ...] = ()) -> GuardedRouter:
    router = GuardedRouter("7.22", rows=THEIRS)
    if wanted:
        commit(request(router, wanted), router)
    return router


def test_what_is_taken_is_given_back_by_a_removal() -> None:
    router = prepared()
    before = router.export()
    commit(request(router, plan()), router)
    assert router.export().count("connection-mark=no-mark") == 2
    assert inspect(request(router, plan()), router).differences == ()
    commit(request(router, ()), router)
    assert router.export() == before


@pytest.mark.parametrize(("start", "end"), [((), plan("last")), (plan("last"), ())], ids=["taken", "given-back"])
def test_a_refused_write_leaves_their_rows_as_they_were(start: tuple[Row, ...], end: tuple[Row, ...]) -> None:
    router = prepared(start)
    before = router.export()
    router.refuse = {f"{LISTS}/add {{'list': 'last'" if end else f"{LISTS}/remove": "failure: not today"}
    with pytest.raises(CommitError, match="not today"):
        commit(request(router, end), router)
    assert router.export() == before


@pytest.mark.parametrize(("start", "end"), [((), plan("last")), (plan("last"), ())], ids=["taken", "given-back"])
def test_whatever_write_comes_last_the_dead_man_takes_it_back(start: tuple[Row, ...], end: tuple[Row, ...]) -> None:
    whole = prepared(start)
    before = whole.export()
    whole.writes = 0
    commit(request(whole, end), whole)
    after = whole.export()
    seen = set()
    for number in range(1, whole.writes + 1):
        router = prepared(start)
        router.writes = 0
        router.cut_after, router.away_s = number, 3600.0
        with contextlib.suppress(CommitError, RouterError):  # the last ones only tidy up
            commit(request(router, end), router)
        router.cut_after = 0
        router.sleep(7200)
        seen.add(router.export())
        assert router.export() in (before, after), f"write {number}"
    assert before in seen
