# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.branches import branch, branches

Route = dict[str, Any]
VERSION_NAMES = st.sampled_from(["6.49", "7.9", "7.22"])
VERSIONS = pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])


def routes(raw: dict[str, Any], role: str = "") -> list[Route]:
    rows = assemble(raw, name="jakarta").of("/ip/route")
    return [{"tag": row.tag, **row.values} for row in rows if row.tag.startswith(f"multiwan:{role}")]


def table(route: Route) -> str:
    """RouterOS 7 names the table, RouterOS 6 the mark."""
    return str(route.get("routing-table", route.get("routing-mark", "main")))


def is_blackhole(route: Route) -> bool:
    return "blackhole" in route or route.get("type") == "blackhole"


def scope(route: Route) -> int:
    return int(route.get("scope", 30))


def resolvers(route: Route, main: list[Route]) -> list[Route]:
    """Host routes of ``main`` that the manual lets resolve this gateway: scope not above the target-scope.

    RouterOS 6 has one object per gateway address, with the smallest target-scope of all routes that name it; a foreign
    route with the default of 10 may be among them.
    """
    target = str(route["gateway"]).split("@")[0]
    limit = int(route.get("target-scope", 10)) if "routing-table" in route else 10
    return [other for other in main if other["dst-address"] == f"{target}/32" and scope(other) <= limit]


@given(branches(), st.sampled_from(["6.49", "7.9", "7.22"]))
@settings(max_examples=30)
def test_every_default_over_a_gate_resolves_through_each_anchor_of_its_uplink_only(
    raw: dict[str, Any], version: str
) -> None:
    every = routes({**raw, "multiwan_routeros_version": version})
    main = [route for route in every if table(route) == "main"]
    interfaces = {item["name"]: item["interface"] for item in raw["multiwan_uplinks"]}
    gates = {f"192.0.2.{number}": item["name"] for number, item in enumerate(raw["multiwan_uplinks"], start=1)}
    over_gates = [r for r in every if r["dst-address"] == "0.0.0.0/0" and str(r.get("gateway")).split("@")[0] in gates]
    assert len(over_gates) >= len(gates)
    for default in over_gates:
        name = gates[str(default["gateway"]).split("@")[0]]
        opened = resolvers(default, main)
        assert len(opened) == 2
        assert {gate["check-gateway"] for gate in opened} == {"ping"}
        for gate in opened:
            [anchor] = resolvers(gate, main)
            assert str(anchor["gateway"]).endswith(f"%{interfaces[name]}")


@given(branches())
@settings(max_examples=20)
def test_scopes_rise_strictly_so_that_routeros_7_corrects_nothing(raw: dict[str, Any]) -> None:
    assert all(scope(route) > int(route.get("target-scope", 10)) for route in routes(raw))


@VERSIONS
def test_every_anchor_has_a_blackhole_that_nothing_resolves_through(version: str) -> None:
    main = routes({**branch(2), "multiwan_routeros_version": version}, "failover")
    anchors = {r["dst-address"] for r in main if "%" in str(r.get("gateway"))}
    stops = [r for r in main if is_blackhole(r)]
    assert {stop["dst-address"] for stop in stops} == anchors
    assert all(int(stop["distance"]) == 250 and scope(stop) > 12 for stop in stops)


def test_gates_have_no_blackhole_or_they_would_never_close() -> None:
    gates = [r for r in routes(branch(2), "failover") if str(r["dst-address"]).startswith("192.0.2.")]
    assert gates
    assert not [gate for gate in gates if is_blackhole(gate)]


@given(branches())
@settings(max_examples=20)
def test_no_two_defaults_of_a_table_are_equal_by_accident(raw: dict[str, Any]) -> None:
    """Equal distance would be ECMP. Only the two anchors of a gate are meant to be equal."""
    defaults = [r for r in routes(raw) if r["dst-address"] == "0.0.0.0/0"]
    assert max(Counter((table(r), r["distance"]) for r in defaults).values()) == 1


@given(branches())
@settings(max_examples=20)
def test_main_prefers_gates_by_priority_with_metered_ones_last_then_any_line(raw: dict[str, Any]) -> None:
    main = [r for r in routes(raw) if r["routing-table"] == "main" and r["dst-address"] == "0.0.0.0/0"]
    order = [str(r["tag"]).split(":")[2] for r in sorted(main, key=lambda r: int(r["distance"]))]

    def rank(pair: tuple[int, dict[str, Any]]) -> tuple[bool, int, int]:
        return pair[1]["metered"], pair[1]["priority"], pair[0]

    items = list(enumerate(raw["multiwan_uplinks"]))
    wanted = [item["name"] for _, item in sorted(items, key=rank)]
    assert order == wanted * 2


@VERSIONS
def test_a_marked_connection_never_leaves_by_another_line(version: str) -> None:
    every = routes({**branch(2), "multiwan_routeros_version": version})
    for number in (1, 2):
        own = [r for r in every if table(r) == f"mw-isp{number}" and r["dst-address"] == "0.0.0.0/0"]
        assert [r.get("gateway") for r in own] == [f"172.16.{number}.1%ether{number}", None]
        assert is_blackhole(own[1])
        assert "check-gateway" not in own[0]


# --- the fast layer


def probes(raw: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(row.values) for row in assemble(raw, name="jakarta").of("/tool/netwatch")]


@given(branches(), VERSION_NAMES)
@settings(max_examples=20)
def test_every_anchor_has_its_probe_and_every_gate_row_may_be_closed(raw: dict[str, Any], version: str) -> None:
    plan = assemble({**raw, "multiwan_routeros_version": version}, name="jakarta")
    if not raw.get("multiwan_fast_failover", True):
        assert plan.of("/tool/netwatch") == ()
        assert not any(row.runtime for row in plan.rows)
        return
    anchors = [anchor for item in raw["multiwan_uplinks"] for anchor in item["anchors"]]
    assert [row.values["host"] for row in plan.of("/tool/netwatch")] == anchors
    may = [row.tag for row in plan.rows if row.runtime]
    assert may == [row.tag for row in plan.of("/ip/route") if ":gate" in row.tag]


def test_routeros_6_gets_only_what_its_netwatch_knows() -> None:
    known = {"host", "interval", "timeout", "up-script", "down-script", "disabled", "comment"}
    assert all(set(probe) == known for probe in probes({**branch(2), "multiwan_routeros_version": "6.49"}))


def test_without_thresholds_only_silence_is_a_failure() -> None:
    for probe in probes(branch(2)):
        assert 100 * 2 / int(probe["packet-count"]) < float(probe["thr-loss-percent"])
        assert {probe[f"thr-{name}"] for name in ("avg", "max", "jitter", "stdev")} == {"10s"}


def test_thresholds_are_written_and_the_timeout_is_longer_than_the_latency() -> None:
    (probe, *_) = probes({**branch(2), "multiwan_probe": {"loss": 20, "latency": 2000}})
    assert (probe["thr-loss-percent"], probe["thr-avg"], probe["timeout"]) == ("20", "2000ms", "3000ms")
    assert probe["packet-count"] == "10"


def test_the_script_has_no_more_rights_than_netwatch_gives() -> None:
    rows = [row for row in assemble(branch(2), name="jakarta").rows if row.values.get("name") == "mw-failover"]
    assert len(rows) == 2
    for row in rows:
        assert set(str(row.values["policy"]).split(",")) <= {"read", "write", "test", "reboot"}
