# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of whole plans."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import ROLES, assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import unwritable
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version
from hypothesis import given, settings

from tests.unit.plugins.branches import TOKEN, branch, branches, uplink

SCHEMA = Path(__file__).resolve().parents[3].parent / "shared/routeros/schema"


def as_text(plan: Plan) -> str:
    return json.dumps(plan.to_json(), ensure_ascii=False)


@given(branches())
@settings(max_examples=20)
def test_tags_are_unique_in_each_menu_and_name_their_role(raw: dict[str, Any]) -> None:
    rows = assemble(raw, name="jakarta").rows
    assert max(Counter((row.menu, row.tag) for row in rows).values()) == 1
    assert {row.tag.split(":")[1] for row in rows} <= set(ROLES)


@given(branches())
@settings(max_examples=20)
def test_the_commit_can_write_every_row(raw: dict[str, Any]) -> None:
    assert unwritable(assemble(raw, name="jakarta").rows, Version(7, 22)) == []


@given(branches())
@settings(max_examples=20)
def test_the_same_variables_give_the_same_plan(raw: dict[str, Any]) -> None:
    assert as_text(assemble(raw, name="jakarta")) == as_text(assemble(copy.deepcopy(raw), name="jakarta"))


@given(branches())
@settings(max_examples=20)
def test_a_plan_survives_json(raw: dict[str, Any]) -> None:
    plan = assemble(raw, name="jakarta")
    assert Plan.from_json(json.loads(as_text(plan))).to_json() == plan.to_json()


@given(branches())
@settings(max_examples=20)
def test_no_row_holds_the_token(raw: dict[str, Any]) -> None:
    assert TOKEN not in as_text(assemble(raw, name="jakarta"))


@given(branches())
@settings(max_examples=20)
def test_token_and_chat_have_one_place_in_one_row(raw: dict[str, Any]) -> None:
    texts = [json.dumps(dict(row.values), ensure_ascii=False) for row in assemble(raw, name="jakarta").rows]
    assert sum("<<telegram_bot_token>>" in text for text in texts) == 1
    assert sum("-100200300" in text for text in texts) == 1


@given(branches())
@settings(max_examples=20)
def test_comments_are_short_ascii(raw: dict[str, Any]) -> None:
    comments = [str(row.values["comment"]) for row in assemble(raw, name="jakarta").rows]
    assert all(comment.isascii() and comment.isprintable() and len(comment) <= 200 for comment in comments)


@given(branches(most=15))
@settings(max_examples=20)
def test_an_uplink_added_at_the_end_changes_no_row_of_the_others(raw: dict[str, Any]) -> None:
    """What belongs to the lines themselves stays byte by byte; only what is shared out among all is shared out anew."""
    more = copy.deepcopy(raw)
    number = len(more["multiwan_uplinks"]) + 1
    metered = any(item["metered"] for item in raw["multiwan_uplinks"])
    more["multiwan_uplinks"].append(uplink(number, name="added-one", weight=1, priority=99, metered=metered))
    before, after = (
        {(row.menu, row.tag): dict(row.values) for row in assemble(variables, name="jakarta").rows}
        for variables in (raw, more)
    )
    own = {key for key in before if key[1].split(":")[1] in {"wan", "lan", "failover", "dhcp_alert", "notify"}}
    own -= {(menu, "multiwan:failover:fast") for menu in ("/system/script", "/system/scheduler")}  # watch all of them
    assert {key: after.get(key) for key in own} == {key: before[key] for key in own}
    parts = ("inbound", "route", "memory", "output")
    marks = {key for key in before if key[1].split(":")[-1] in parts}
    assert len(marks) == 4 * (number - 1)
    assert {key: after.get(key) for key in marks} == {key: before[key] for key in marks}
    tables = {key for key in before.keys() & after.keys() if key[0] == "/routing/table"}
    assert {key: after[key]["name"] for key in tables} == {key: before[key]["name"] for key in tables}


@pytest.mark.parametrize("version", ["7.16.2", "7.20.8", "7.22.3", "7.24"])
@pytest.mark.skipif(not SCHEMA.is_dir(), reason="the command trees of real routers are not beside this checkout")
def test_a_router_of_that_version_knows_every_menu_and_argument(version: str) -> None:
    menus = json.loads((SCHEMA / f"{version}.json").read_text(encoding="utf-8"))["menus"]
    pins = [{"name": "bank", "uplink": "isp1", "protocol": "tcp", "dst_port": 443, "dst_address_list": "banks"}]
    for row in assemble(branch(3, pins=pins), name="jakarta").rows:
        assert set(row.values) <= set(menus[row.menu]["add"]), row


def test_variables_without_a_segment_still_give_a_plan() -> None:
    assert assemble({"multiwan_uplinks": [uplink(1)]}, name="jakarta").rows
