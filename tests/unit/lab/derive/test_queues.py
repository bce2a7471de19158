# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simple queues as HTB classes and as nft rules that choose them."""

from __future__ import annotations

import pytest

from lab.derive.derive import derive
from lab.derive.observations import Link, Observations
from lab.derive.plan import ClassPlan, Derived, LeafPlan
from lab.derive.queues import numbers
from lab.derive.queues.simple import NOTHING, UNLIMITED
from lab.derive.queues.types import DOWN, UP, bursts, discipline
from lab.schema.snapshot import ConfigRow
from tests.unit.lab.derive.snapshots import Config

SIMPLE = "/queue/simple"
PCQ = "pcq-upload-default/pcq-download-default"


def router() -> Config:
    """Two ports, the second in a bridge; the queue types that every router has."""
    config = Config()
    config.add("/interface/ethernet", name="ether1", default_name="ether1")
    config.add("/interface/ethernet", name="ether2", default_name="ether2")
    config.add("/interface/bridge", name="bridge")
    config.add("/interface/bridge/port", bridge="bridge", interface="ether2")
    config.add("/queue/type", name="default-small", kind="pfifo", pfifo_limit="10")
    config.add("/queue/type", name="pcq-upload-default", kind="pcq", pcq_classifier="src-address", pcq_limit="50KiB")
    config.add("/queue/type", name="pcq-download-default", kind="pcq", pcq_classifier="dst-address", pcq_limit="50KiB")
    return config


def queue(config: Config, name: str, target: str, **values: str) -> int:
    return config.add(SIMPLE, name=name, target=target, **values)


def derived(config: Config) -> Derived:
    links = {name: Link(True, "") for name in ("ether1", "ether2", "bridge")}
    return derive(config.snapshot(), Observations(links), 0.0)


def classes(found: Derived) -> dict[int, ClassPlan]:
    return {one.minor: one for one in found.kernel.queues.classes}


def class_of(found: Derived, row_id: int, direction: int) -> ClassPlan:
    return classes(found)[found.kernel.queues.counted[SIMPLE, row_id][direction][0]]


def leaves_of(found: Derived, row_id: int, direction: int) -> list[LeafPlan]:
    held = {leaf.minor: leaf for leaf in found.kernel.queues.leaves}
    return [held[minor] for minor in found.kernel.queues.counted[SIMPLE, row_id][direction][1]]


def choose(found: Derived) -> list[str]:
    """Rules of the chain that every packet enters, without its head."""
    text = found.kernel.queues.nft.partition("chain choose {\n")[2].partition("  }")[0]
    return [line.strip() for line in text.splitlines()][1:]


def test_without_queues_nothing_is_in_the_kernel() -> None:
    config = router()
    row = queue(config, "a", "10.0.0.0/24", disabled="true")
    found = derived(config)
    assert found.kernel.queues.classes == ()
    assert found.kernel.queues.nft == ""
    assert found.status[SIMPLE, row] == {"invalid": "false"}


def test_upload_stands_before_download_and_a_top_class_borrows_from_nobody() -> None:
    config = router()
    row = queue(config, "a", "10.0.0.0/24", max_limit="2000000/8000000", limit_at="1000000/1000000", priority="1/3")
    found = derived(config)
    up, down = class_of(found, row, UP), class_of(found, row, DOWN)
    assert (up.parent, up.rate, up.ceil, up.prio) == (0, 2_000_000, 2_000_000, 0)
    assert (down.parent, down.rate, down.ceil, down.prio) == (0, 8_000_000, 8_000_000, 2)


def test_a_limit_of_zero_is_none() -> None:
    config = router()
    row = queue(config, "a", "10.0.0.0/24", max_limit="0/0")
    assert class_of(derived(config), row, UP).ceil == UNLIMITED


def test_a_child_is_guaranteed_limit_at_and_borrows_up_to_max_limit() -> None:
    config = router()
    top = queue(config, "top", "10.0.0.0/8", max_limit="10000000/20000000")
    some = queue(config, "some", "10.0.1.0/24", parent="top", limit_at="1000000/2000000", max_limit="5000000/9000000")
    none = queue(config, "none", "10.0.2.0/24", parent="top")
    found = derived(config)
    above = class_of(found, top, DOWN)
    assert (class_of(found, some, DOWN).parent, class_of(found, none, DOWN).parent) == (above.minor, above.minor)
    assert (class_of(found, some, DOWN).rate, class_of(found, some, DOWN).ceil) == (2_000_000, 9_000_000)
    assert (class_of(found, none, DOWN).rate, class_of(found, none, DOWN).ceil) == (NOTHING, UNLIMITED)
    assert len(leaves_of(found, top, DOWN)) == 3, "the children's, and one for what no child takes"


def test_what_fits_both_ways_is_a_download() -> None:
    config = router()
    row = queue(config, "a", "10.0.0.0/8")
    assert choose(derived(config)) == [
        f"ip daddr 10.0.0.0/8 goto queue-{row:x}-down",
        f"ip saddr 10.0.0.0/8 goto queue-{row:x}-up",
    ]


def test_the_order_of_rows_is_the_order_of_rules() -> None:
    config = router()
    first, second = queue(config, "b", "10.0.0.0/8"), queue(config, "a", "10.0.0.0/24")
    names = [rule.rpartition(" ")[2] for rule in choose(derived(config))]
    assert names == [f"queue-{row:x}-{way}" for row in (first, second) for way in ("down", "up")]


def test_children_are_looked_at_inside_their_parent_only() -> None:
    config = router()
    top = queue(config, "top", "10.0.0.0/8", max_limit="10000000/20000000")
    child = queue(config, "child", "10.0.1.0/24", parent="top")
    found = derived(config)
    assert [rule.rpartition(" ")[2] for rule in choose(found)] == [f"queue-{top:x}-down", f"queue-{top:x}-up"]
    inside = found.kernel.queues.nft.partition(f"chain queue-{top:x}-down {{\n")[2].splitlines()[0].strip()
    assert inside == f"ip daddr 10.0.1.0/24 goto queue-{child:x}-down"


@pytest.mark.parametrize(
    ("values", "down", "up"),
    [
        ({"target": "10.0.0.0/24,10.0.1.0/24"}, ["ip daddr 10.0.0.0/23"], ["ip saddr 10.0.0.0/23"]),
        ({"target": "ether1"}, ['oifname "ether1"'], ['iifname "ether1"']),
        (
            {"target": "10.0.0.9/32,ether1"},
            ["ip daddr 10.0.0.9", 'ip daddr != 10.0.0.9 oifname "ether1"'],
            ["ip saddr 10.0.0.9", 'ip saddr != 10.0.0.9 iifname "ether1"'],
        ),
        ({"target": "0.0.0.0/0", "dst": "ether1"}, ['iifname "ether1"'], ['oifname "ether1"']),
        (
            {"target": "bridge", "dst": "8.8.8.8/32"},
            ['oifname "bridge" ip saddr 8.8.8.8'],
            ['iifname "bridge" ip daddr 8.8.8.8'],
        ),
        (
            {"target": "bridge", "time": "8h-17h30m,mon,fri"},
            ['oifname "bridge" meta hour "08:00:00"-"17:30:00" meta day { "Monday", "Friday" }'],
            ['iifname "bridge" meta hour "08:00:00"-"17:30:00" meta day { "Monday", "Friday" }'],
        ),
        ({"target": "bridge", "packet_marks": "nobody-sets-it-but-it-is-named"}, None, None),
    ],
)
def test_what_a_target_matches(values: dict[str, str], down: list[str] | None, up: list[str] | None) -> None:
    config = router()
    row = config.add(SIMPLE, name="a", **values)
    rules = choose(derived(config))
    if down is None or up is None:
        assert all("meta mark & 0xffff0000 0x" in rule for rule in rules)
        return
    assert rules == [f"{one} goto queue-{row:x}-down" for one in down] + [f"{one} goto queue-{row:x}-up" for one in up]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"target": "ether2"}, "slave of bridge"),
        ({"target": "ether9"}, "no interface ether9"),
        ({"target": "10.0.0.0/24", "dst": "ether2"}, "slave of bridge"),
        ({"target": "10.0.0.0/24", "parent": "gone"}, "parent gone is disabled"),
    ],
)
def test_a_row_that_can_not_be_enacted_is_invalid_and_says_why(values: dict[str, str], reason: str) -> None:
    config = router()
    queue(config, "gone", "10.0.0.0/8", disabled="true")
    row = config.add(SIMPLE, name="a", **values)
    found = derived(config)
    assert found.status[SIMPLE, row] == {"invalid": "true"}
    assert any(note.row_id == row and reason in note.text for note in found.notes if note.menu == SIMPLE)


def test_queues_deeper_than_the_kernel_nests_are_invalid() -> None:
    config = router()
    queue(config, "q1", "10.0.0.0/8", max_limit="9000000/9000000")
    rows = [queue(config, f"q{n}", "10.0.0.0/8", max_limit="9000000/9000000", parent=f"q{n - 1}") for n in range(2, 10)]
    found = derived(config)
    assert found.status[SIMPLE, rows[0]] == {"invalid": "false"}
    assert found.status[SIMPLE, rows[-1]] == {"invalid": "true"}


def test_pcq_has_a_queue_for_each_address_of_the_target() -> None:
    config = router()
    row = queue(config, "a", "10.0.0.0/24", queue=PCQ)
    small = queue(config, "b", "10.0.1.0/28", queue=PCQ)
    found = derived(config)
    assert [leaf.slots for leaf in leaves_of(found, row, DOWN)] == [256]
    leaf = leaves_of(found, small, UP)[0]
    assert (leaf.slots, leaf.limit, leaf.in_bytes) == (16, 50 * 1024, True)
    assert f"add @slots-{leaf.minor:x}-16-sa-32-32 {{ ip saddr : numgen inc mod 16" in found.kernel.queues.nft


def test_pcq_rate_limits_each_address_and_a_burst_has_its_peak() -> None:
    config = router()
    config.add(
        "/queue/type",
        name="each",
        kind="pcq",
        pcq_classifier="dst-address",
        pcq_rate="5000000",
        pcq_burst_rate="8000000",
        pcq_burst_threshold="4000000",
        pcq_burst_time="10s",
    )
    row = queue(config, "a", "10.0.0.0/24", queue="default-small/each")
    leaf = leaves_of(derived(config), row, DOWN)[0]
    assert (leaf.rate, leaf.peak) == (5_000_000, 8_000_000)
    assert leaf.burst == pytest.approx(3_000_000 / 8 * 5, rel=0.05), "5 s at 3 Mbit/s above the limit"


def test_a_burst_is_what_the_average_allows_from_rest() -> None:
    found = bursts(10_000_000, 15_000_000, 8_000_000, 10.0)
    assert (found.peak, found.volume) == (15_000_000, round(5_000_000 / 8 * 10 * 8 / 15))
    assert bursts(10_000_000, 10_000_000, 0, 10.0).peak == 0, "no higher than the limit is no burst"


def test_a_queue_with_a_burst_may_be_as_fast_as_its_peak_while_the_bucket_lasts() -> None:
    config = router()
    row = queue(
        config,
        "a",
        "10.0.0.0/24",
        max_limit="10000000/10000000",
        burst_limit="15000000/15000000",
        burst_threshold="8000000/8000000",
        burst_time="10s/10s",
    )
    found = derived(config)
    peak = class_of(found, row, DOWN)
    inner = next(one for one in classes(found).values() if one.parent == peak.minor)
    assert (peak.ceil, inner.ceil) == (15_000_000, 10_000_000)
    assert inner.cburst > 3_000_000


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"kind": "pfifo"}, ()),
        ({"kind": "sfq"}, ("src-address", "dst-address", "src-port", "dst-port")),
        ({"kind": "fq-codel"}, ("src-address", "dst-address", "src-port", "dst-port")),
        ({"kind": "cake"}, ("dst-address",)),
        ({"kind": "cake", "cake-flowmode": "flowblind"}, ()),
        ({"kind": "pcq", "pcq-classifier": "dst-port,src-address"}, ("src-address", "dst-port")),
    ],
)
def test_what_tells_the_sub_queues_of_a_type_apart(values: dict[str, str], fields: tuple[str, ...]) -> None:
    assert discipline(ConfigRow(1, values), DOWN).fields == fields


def test_a_number_stays_when_other_rows_come_and_go() -> None:
    config = router()
    first, second = queue(config, "a", "10.0.0.0/24"), queue(config, "b", "10.0.1.0/24")
    before = derived(config).kernel.queues.counted[SIMPLE, second]
    config.remove(SIMPLE, first)
    queue(config, "c", "10.0.2.0/24")
    assert derived(config).kernel.queues.counted[SIMPLE, second] == before


def test_numbers_fit_into_sixteen_bits_and_rows_beyond_them_have_none() -> None:
    found = numbers.bases(range(1, 6000))
    assert len(found) == numbers.MOST_ROWS
    minors = {numbers.minor(base, way, part) for base in found.values() for way in (UP, DOWN) for part in range(3)}
    assert len(minors) == 6 * numbers.MOST_ROWS
    assert min(minors) > 1
    assert max(minors) < 0x8000
    assert numbers.most_slots(2 * numbers.MOST_ROWS) * 2 * numbers.MOST_ROWS < 0x7FFF, "handles of the kernel"


def test_the_number_of_queues_inside_a_leaf_shrinks_with_many_leaves() -> None:
    assert numbers.most_slots(10) == numbers.MOST_SLOTS
    assert numbers.most_slots(1000) < numbers.MOST_SLOTS


def test_changed_limits_change_no_rule() -> None:
    config = router()
    row = queue(config, "a", "10.0.0.0/24", max_limit="1000000/1000000", queue=PCQ)
    before = derived(config).kernel.queues
    config.set(SIMPLE, row, max_limit="2000000/3000000")
    after = derived(config).kernel.queues
    assert after.nft == before.nft
    assert after.leaves == before.leaves
    assert after.classes != before.classes


def test_all_ways_out_lead_through_the_queues_but_ports_of_bridges() -> None:
    config = router()
    queue(config, "a", "10.0.0.0/24")
    assert derived(config).kernel.queues.interfaces == {"ether1", "bridge"}
