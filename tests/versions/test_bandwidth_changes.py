# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From any way of sharing to any other, and back to none."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.commit_engine import Request, commit
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan

from tests.unit.plugins.branches import branch
from tests.versions.in_process import InProcess
from tests.versions.test_plans import request

WAYS: dict[str, tuple[dict[str, Any] | None, ...]] = {
    "nothing": (None, None),
    "plain": ({"download": "5M", "upload": "2M"}, None),
    "per-client": ({"download": "5M", "per_client": {"download": "1M", "upload": "512k"}}, {"fair": "none"}),
    "guarantee": ({"guaranteed": {"upload": "3M"}, "priority": 1}, {"download": "4M", "burst": {"download": "8M"}}),
    "everything": ({"download": "5M", "internet_only": False}, {"download": "6M"}),
    "cake": ({"download": "5M", "fair": "cake"}, {"download": "5M", "fair": "fq-codel"}),
}
SIX = ("nothing", "plain", "per-client", "guarantee", "everything")


def plan(way: str, version: str, *, speeds: bool = True) -> Plan:
    raw = branch(2)
    if speeds:
        raw["multiwan_uplinks"] = [{**uplink, "download": "10M", "upload": "10M"} for uplink in raw["multiwan_uplinks"]]
    raw["multiwan_segments"] = [
        {"name": name, "interface": interface, "address": f"192.168.{net}.1/24"}
        | ({} if said is None else {"bandwidth": said})
        for name, interface, net, said in zip(
            ("office", "guests"), ("bridge", "vlan20"), (10, 20), WAYS[way], strict=True
        )
    ]
    return assemble({**raw, "multiwan_routeros_version": version}, name="branch")


def settled(router: InProcess, wanted: Request) -> None:
    commit(wanted, router)
    assert not commit(wanted, router).changed


@pytest.mark.parametrize("version", ["6.49", "7.22"])
def test_every_change_is_read_back_and_goes_out_again(version: str) -> None:
    ways = SIX if version == "6.49" else tuple(WAYS)
    router = InProcess(version)
    settled(router, request(plan("nothing", version)))
    fresh = router.export()
    for one, other in combinations(ways, 2):
        commit(request(plan(one, version)), router)
        settled(router, request(plan(other, version)))
        settled(router, request(plan(one, version)))
    settled(router, request(plan("plain", version, speeds=False)))
    settled(router, request(plan("guarantee", version)))
    settled(router, request(plan("plain", version, speeds=False)))
    settled(router, request(plan("nothing", version)))
    assert router.export() == fresh
