# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which transactions turn one table of queues into another."""

from __future__ import annotations

from lab.actuate.queuetable import blocks, steps

TABLE = "t"


def text(**chains: list[str]) -> str:
    """Chains as ``lab.derive.queues.chains`` writes them; a map in front."""
    body = "".join(
        f"  chain {name} {{\n" + "".join(f"    {rule}\n" for rule in rules) + "  }\n" for name, rules in chains.items()
    )
    return f"table ip {TABLE} {{\n  map m {{ type ipv4_addr : classid; flags dynamic; size 9;\n  }}\n{body}}}\n"


HEAD = "type filter hook postrouting priority 90; policy accept;"
OLD = text(leaf=["accept"], choose=[HEAD, "goto leaf"])


def test_blocks_are_read_in_their_order() -> None:
    assert list(blocks(OLD)) == [("map", "m"), ("chain", "leaf"), ("chain", "choose")]


def test_a_new_table_takes_the_place_of_whatever_is_there() -> None:
    first, *rest = steps(TABLE, "", OLD)
    assert first.splitlines()[:2] == ["table ip t { }", "delete table ip t"]
    assert f"add chain ip t choose {{ {HEAD} }}" in "".join(rest)


def test_what_is_equal_is_not_written() -> None:
    assert list(steps(TABLE, OLD, OLD)) == []


def test_only_the_chain_that_differs_is_emptied_and_filled_in_one_transaction() -> None:
    (only,) = steps(TABLE, OLD, text(leaf=["drop"], choose=[HEAD, "goto leaf"]))
    assert only.splitlines() == ["add chain ip t leaf", "flush chain ip t leaf", "add rule ip t leaf drop"]


def test_a_chain_that_goes_goes_last_and_after_the_one_that_leads_to_it() -> None:
    before = text(inner=["accept"], outer=["goto inner"], choose=[HEAD, "goto outer"])
    found = "".join(steps(TABLE, before, text(choose=[HEAD])))
    lines = found.splitlines()
    assert lines.index("flush chain ip t choose") < lines.index("delete chain ip t outer")
    assert lines.index("delete chain ip t outer") < lines.index("delete chain ip t inner")


def test_no_transaction_is_larger_than_a_socket_takes_without_privilege() -> None:
    many = {f"leaf-{n}": ["accept"] * 5 for n in range(300)}
    new = text(**many, choose=[HEAD, *(f"ip daddr 10.0.0.{n} goto leaf-{n}" for n in range(256))])
    found = list(steps(TABLE, "", new))
    assert max(step.count("\n") for step in found) < 300
    assert sum(step.count("add rule") for step in found) == 300 * 5 + 256
    assert found[-1].count("choose") > found[-1].count("leaf-0 ")


def test_nothing_wanted_is_no_table() -> None:
    assert list(steps(TABLE, OLD, "")) == ["table ip t { }\ndelete table ip t\n"]
