# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of limits that is broken off after any write: the router brings the old ones back, kinds and places too."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.bandwidth import bandwidth_rows
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import commit
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.reading import CommitError, Request
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import RouterError

from tests.unit.plugins.branches import branch
from tests.unit.plugins.guarded_router import GuardedRouter

THEIRS = (
    ("/queue/type", {"name": "teknisi", "kind": "pcq", "pcq-classifier": "src-address"}),
    ("/queue/simple", {"name": "teknisi", "target": "10.7.7.0/24", "max-limit": "1M/1M"}),
)
SMALL: tuple[dict[str, Any] | None, ...] = ({"download": "5M"},)
LARGE: tuple[dict[str, Any] | None, ...] = (
    {"download": "6M", "per_client": {"upload": "1M"}, "guaranteed": {"upload": "2M"}},
    {"fair": "none"},
)
NONE: tuple[dict[str, Any] | None, ...] = ()


def plan(said: tuple[dict[str, Any] | None, ...], version: str) -> tuple[Row, ...]:
    if not said:
        return ()
    raw = branch(2) | {"multiwan_routeros_version": version}
    raw["multiwan_uplinks"] = [{**uplink, "download": "10M", "upload": "10M"} for uplink in raw["multiwan_uplinks"]]
    raw["multiwan_bypass"] = ["10.0.0.0/8", "192.168.0.0/16"]
    raw["multiwan_segments"] = [
        {"name": f"s{number}", "interface": f"vlan{number}", "address": f"192.168.{number}.1/24", "bandwidth": one}
        for number, one in enumerate(said, start=1)
    ]
    of = parse_branch(raw, name="jakarta")
    return bandwidth_rows(of, of.version)


def request(router: GuardedRouter, wanted: tuple[Row, ...]) -> Request:
    return Request("jakarta", wanted, None, {}, protection=router.protection(reach=()))


def prepared(version: str, start: tuple[Row, ...]) -> GuardedRouter:
    router = GuardedRouter(version, rows=THEIRS)
    if start:
        commit(request(router, start), router)
    router.writes = 0
    return router


@pytest.mark.parametrize(
    ("start", "end"),
    [(NONE, LARGE), (SMALL, LARGE), (LARGE, SMALL), (LARGE, NONE)],
    ids=["new", "more", "less", "none"],
)
@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_whatever_write_comes_last_the_dead_man_takes_it_back(version: str, start: Any, end: Any) -> None:
    first, second = plan(start, version), plan(end, version)
    whole = prepared(version, first)
    before = whole.export()
    commit(request(whole, second), whole)
    after, writes = whole.export(), whole.writes
    whole.close()
    seen = set()
    for number in sorted({*range(1 if version == "6.49" else 2, writes + 1, 9), writes}):
        router = prepared(version, first)
        router.cut_after, router.away_s = number, 3600.0
        with contextlib.suppress(CommitError, RouterError):  # the last ones only tidy up
            commit(request(router, second), router)
        router.cut_after = 0
        router.sleep(7200)
        seen.add(router.export())
        assert router.export() in (before, after), f"write {number}"
        router.close()
    assert before in seen
