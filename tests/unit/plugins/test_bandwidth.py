# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the role bandwidth: which queue a packet meets, and what each may use."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.bandwidth import bandwidth_rows, inside
from ansible_collections.multiwan.routeros.plugins.module_utils.bandwidth_model import Rates, usable
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import parse_branch
from ansible_collections.multiwan.routeros.plugins.module_utils.branch_bandwidth import rate_text
from ansible_collections.multiwan.routeros.plugins.module_utils.model import Branch
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.branches import branch

SIMPLE, TYPE = "/queue/simple", "/queue/type"
SPEEDS = {"download": "10M", "upload": "10M"}


def parsed(*bandwidths: dict[str, Any] | None, speeds: bool = True, **more: Any) -> Branch:
    """Two lines, and a segment 192.168.1.0/24, 192.168.2.0/24 … for each of ``bandwidths``."""
    raw = branch(2, **more)
    if speeds:
        raw["multiwan_uplinks"] = [{**uplink, **SPEEDS} for uplink in raw["multiwan_uplinks"]]
    raw["multiwan_segments"] = [
        {"name": f"s{number}", "interface": f"bridge{number}", "address": f"192.168.{number}.1/24"}
        | ({} if said is None else {"bandwidth": said})
        for number, said in enumerate(bandwidths, start=1)
    ]
    return parse_branch(raw, name="jakarta")


def rows(of: Branch, menu: str = SIMPLE) -> list[Row]:
    return [row for row in bandwidth_rows(of, of.version) if row.menu == menu]


def queue(of: Branch, name: str) -> dict[str, str]:
    return next(dict(row.values) for row in rows(of) if row.values["name"] == name)


def met(of: Branch, source: str, destination: str) -> str:
    """Name of the queue that a packet meets, as the manual says it: in order, the destination before the source."""
    ends = IPv4Address(source), IPv4Address(destination)
    for row in rows(of):
        targets = [IPv4Network(text) for text in str(row.values["target"]).split(",")]
        other = IPv4Network(str(row.values.get("dst", "0.0.0.0/0")))
        ways = [ends, ends[::-1]]
        fits = any(any(one in target for target in targets) and two in other for one, two in ways)
        if fits and row.values["name"] != "mw-total":
            return str(row.values["name"])
    return ""


def test_without_limits_there_is_no_row() -> None:
    assert bandwidth_rows(parsed(None, None), parsed(None).version) == ()


def test_internet_traffic_meets_its_segment_and_what_stays_inside_meets_no_limit() -> None:
    of = parsed({"download": "5M"}, None)
    for host, segment in (("192.168.1.9", "mw-segment-s1"), ("192.168.2.9", "mw-segment-s2")):
        assert (met(of, host, "203.0.113.77"), met(of, "203.0.113.77", host)) == (segment, segment)
    for source, destination in (
        ("192.168.1.9", "192.168.2.9"),
        ("192.168.2.9", "192.168.1.9"),
        ("192.168.1.1", "192.168.1.9"),
        ("192.168.1.9", "10.1.2.3"),
        ("172.16.1.1", "192.168.1.9"),
    ):
        name = met(of, source, destination)
        assert name.startswith("mw-inside"), (source, destination, name)
        assert "max-limit" not in queue(of, name)


def test_a_segment_that_counts_everything_is_met_before_what_stays_inside() -> None:
    of = parsed({"download": "8M"}, {"download": "5M", "internet_only": False}, None)
    for one, other in (("192.168.1.9", "192.168.2.9"), ("192.168.2.9", "192.168.3.9"), ("192.168.2.9", "10.1.2.3")):
        assert met(of, one, other) == met(of, other, one) == "mw-segment-s2"
    assert met(of, "192.168.1.9", "192.168.3.9").startswith("mw-inside")


@given(st.sets(st.integers(1, 6), max_size=3), st.sampled_from([None, ["192.168.0.0/16"], ["192.168.2.0/25"], []]))
def test_inside_holds_all_but_the_segments_that_count_everything(counted: set[int], bypass: list[str] | None) -> None:
    said = [{"download": "5M", "internet_only": number not in counted} for number in range(1, 7)]
    of = parsed(*said, **({} if bypass is None else {"bypass": bypass}))
    networks = inside(of)
    for number in range(1, 7):
        hosts = [IPv4Address(f"192.168.{number}.{host}") for host in (1, 127, 128, 254)]
        assert [any(host in network for network in networks) for host in hosts] == [number not in counted] * 4
    assert not any(one.overlaps(two) for one in networks for two in networks if one is not two)


def test_every_segment_is_a_child_of_what_the_lines_carry() -> None:
    of = parsed({"guaranteed": {"upload": "4M"}, "priority": 1}, None)
    assert queue(of, "mw-total")["max-limit"] == "19000000/19000000"
    assert queue(of, "mw-total")["target"] == "192.168.1.0/24,192.168.2.0/24"
    names = [str(row.values["name"]) for row in rows(of)]
    assert names.index("mw-total") < names.index("mw-segment-s1")
    first, second = queue(of, "mw-segment-s1"), queue(of, "mw-segment-s2")
    assert {first["parent"], second["parent"]} == {"mw-total"}
    assert (first["limit-at"], first["priority"]) == ("4000000/475000", "1/1")
    assert (second["limit-at"], second["priority"]) == ("550000/475000", "8/8")
    assert second["max-limit"] == "19000000/19000000", "a child without any limit of its own may have all"


@given(
    st.lists(st.tuples(st.integers(0, 2_000_000), st.integers(0, 3_000_000)), min_size=1, max_size=4),
    st.sampled_from(["balance", "failover"]),
)
def test_nobody_starves_and_no_line_is_promised_more_than_it_carries(wishes: list[tuple[int, int]], mode: str) -> None:
    said = [{"guaranteed": {"upload": up}, "upload": up + limit} if up and limit else {} for up, limit in wishes]
    of = parsed(*({"priority": number + 1, **one} for number, one in enumerate(said)), mode=mode)
    kept = [queue(of, f"mw-segment-{segment.name}")["limit-at"].split("/") for segment in of.segments]
    for way in (0, 1):
        assert sum(int(one[way]) for one in kept) <= 9_500_000
        assert all(int(one[way]) >= 1 for one in kept)
    for one, values in zip(kept, said, strict=True):
        assert int(one[0]) == values.get("guaranteed", {}).get("upload", int(one[0]))


def test_in_failover_one_line_is_all_there_is() -> None:
    assert queue(parsed({"priority": 1}, mode="failover"), "mw-total")["max-limit"] == "9500000/9500000"


def test_without_speeds_only_those_with_limits_have_a_queue() -> None:
    of = parsed({"download": "5M", "upload": "2M"}, None, speeds=False)
    assert queue(of, "mw-segment-s1")["max-limit"] == "2000000/5000000"
    assert queue(of, "mw-segment-s1")["parent"] == "none"
    assert [row.values["name"] for row in rows(of) if not str(row.values["name"]).startswith("mw-inside")] == [
        "mw-segment-s1"
    ]
    assert {row.values["target"] for row in rows(of)} == {"192.168.1.0/24"}
    assert rows(of, "/system/script") == []


@pytest.mark.parametrize(
    ("said", "kinds", "types"),
    [
        (
            {"download": "5M"},
            "multiwan:bandwidth:s1:up/multiwan:bandwidth:s1:down",
            [
                {"kind": "pcq", "pcq-classifier": "src-address", "pcq-rate": "0", "pcq-limit": "50KiB"},
                {"kind": "pcq", "pcq-classifier": "dst-address", "pcq-rate": "0", "pcq-limit": "30KiB"},
            ],
        ),
        ({"download": "5M", "fair": "none"}, "default/default", []),
        (
            {"download": "5M", "per_client": {"download": "1M"}},
            "multiwan:bandwidth:s1:up/multiwan:bandwidth:s1:down",
            [
                {"kind": "pcq", "pcq-classifier": "src-address", "pcq-rate": "0", "pcq-limit": "50KiB"},
                {"kind": "pcq", "pcq-classifier": "dst-address", "pcq-rate": "1000000", "pcq-limit": "10KiB"},
            ],
        ),
        (
            {"download": "5M", "fair": "cake"},
            "multiwan:bandwidth:s1:up/multiwan:bandwidth:s1:down",
            [
                {"kind": "cake", "cake-flowmode": "dual-srchost", "cake-nat": "yes"},
                {"kind": "cake", "cake-flowmode": "dual-dsthost", "cake-nat": "yes"},
            ],
        ),
        (
            {"download": "5M", "fair": "fq-codel"},
            "multiwan:bandwidth:s1:up/multiwan:bandwidth:s1:down",
            [{"kind": "fq-codel"}] * 2,
        ),
    ],
    ids=["pcq", "none", "per-client", "cake", "fq-codel"],
)
def test_clients_share_as_the_segment_says(said: dict[str, Any], kinds: str, types: list[dict[str, str]]) -> None:
    of = parsed(said)
    assert queue(of, "mw-segment-s1")["queue"] == kinds
    made = rows(of, TYPE)
    assert [{name: text for name, text in row.values.items() if name != "name"} for row in made] == types
    assert [row.values["name"] for row in made] == [row.tag for row in made]


def test_a_burst_begins_between_the_guarantee_and_the_limit() -> None:
    of = parsed({"download": "8M", "guaranteed": {"download": "7M"}, "burst": {"download": "16M", "time": 20}})
    values = queue(of, "mw-segment-s1")
    assert (values["burst-limit"], values["burst-threshold"], values["burst-time"]) == (
        "0/16000000",
        "0/7000000",
        "0s/20s",
    )


def test_names_and_tags_are_unique_whatever_segments_are_called() -> None:
    raw = branch(2)
    raw["multiwan_uplinks"] = [{**uplink, **SPEEDS} for uplink in raw["multiwan_uplinks"]]
    raw["multiwan_segments"] = [
        {"name": name, "interface": name, "address": f"192.168.{place}.1/24", "bandwidth": {"fair": "fq-codel"}}
        for place, name in enumerate(("total", "inside", "all", "queue", "up"), start=1)
    ]
    of = parse_branch(raw, name="jakarta")
    for menu in (SIMPLE, TYPE):
        found = rows(of, menu)
        assert len({row.tag for row in found}) == len({row.values["name"] for row in found}) == len(found)


@pytest.mark.parametrize(
    ("bits", "text"), [(10_000_000, "10M"), (9_500_000, "9.5M"), (512_000, "512k"), (999, "999"), (2_000_000_000, "2G")]
)
def test_a_rate_is_told_as_people_write_it(bits: int, text: str) -> None:
    assert rate_text(bits) == text


def test_a_share_is_rounded_down() -> None:
    assert (usable(10_000_001), usable(19)) == (9_500_000, 18)
    assert not Rates()
    assert Rates(upload=1)
