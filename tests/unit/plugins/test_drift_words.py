# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift says of each row what it is for and what differs, and holds no secret."""

from __future__ import annotations

import json

from ansible_collections.multiwan.routeros.plugins.module_utils import adopt
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found, compare
from ansible_collections.multiwan.routeros.plugins.module_utils.drift_words import Drift, counted, drift, report
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.secrets_mask import Mask
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version

from tests.unit.plugins.hand_made import Router, generated, home, pasted

SECRET = "hunter22-hunter22"
MASK = Mask([SECRET])
ROUTE, MANGLE = "/ip/route", "/ip/firewall/mangle"


def row(menu: str, part: str, about: str, runtime: tuple[str, ...] = (), **values: str) -> Row:
    tag = f"multiwan:wan:{part}"
    return Row(menu, tag, {**values, "comment": f"{about} [{tag}]"}, runtime)


def seen(plan: list[Row], router: Router) -> list[Drift]:
    return list(drift(compare(plan, router).operations, MASK))


def test_a_missing_row_is_told_by_what_it_is_for() -> None:
    (found,) = seen([row(ROUTE, "a", "Modem 1: its way out", gateway="10.0.0.1")], {})
    assert found == Drift("missing", ROUTE, "multiwan:wan:a", "Modem 1: its way out")


def test_a_changed_row_is_one_place_and_says_what_it_is_and_should_be() -> None:
    plan = [row(ROUTE, "a", "Modem 1", gateway="10.0.0.1")]
    held = Found(
        "*1", {"gateway": "10.0.0.9", "check-gateway": "ping", "vrf-interface": "x", "comment": "y [multiwan:wan:a]"}
    )
    (found,) = seen(plan, {ROUTE: [held]})
    assert found.kind == "changed"
    assert found.words.startswith("y: ")
    assert "gateway is '10.0.0.9', should be '10.0.0.1'" in found.words
    assert "check-gateway is 'ping', should be not set" in found.words


def test_rows_out_of_order_say_where_they_belong() -> None:
    plan = [row(MANGLE, part, part, chain="own", action="return") for part in "abc"]
    held = [Found(f"*{n}", plan[n].values) for n in (2, 0, 1)]
    (found,) = seen(plan, {MANGLE: held})
    assert (found.kind, found.tag) == ("moved", "multiwan:wan:c")
    assert "behind the other rows" in found.words
    held = [Found(f"*{n}", plan[n].values) for n in (1, 2, 0)]
    (found,) = seen(plan, {MANGLE: held})
    assert found.words == "a: belongs before [multiwan:wan:b]"


def test_extra_rows_are_each_a_place() -> None:
    held = [Found(f"*{n}", {"gateway": f"10.0.0.{n}", "comment": "old [multiwan:wan:x]"}) for n in (1, 2)]
    found = seen([], {ROUTE: held})
    assert [(one.kind, one.words) for one in found] == [("extra", "old")] * 2
    plan = [row(ROUTE, "x", "old", gateway="10.0.0.1")]
    assert [one.words for one in seen(plan, {ROUTE: held})] == ["old: a second row with the same tag"]


def test_what_scripts_switch_and_rows_of_others_are_no_drift() -> None:
    plan = [row(ROUTE, "gate", "gate", ("disabled",), gateway="10.0.0.1", disabled="no")]
    held = [
        Found("*1", {**plan[0].values, "disabled": "yes"}),
        Found("*2", {"gateway": "10.1.1.1", "comment": "by hand"}),
        Found("*3", {"gateway": "10.1.1.1", "comment": "copied [multiwan:wan:gate]", "dynamic": "true"}),
    ]
    assert seen(plan, {ROUTE: held}) == []


def test_a_comment_of_any_text_stays_on_its_line() -> None:
    held = Found("*1", {"gateway": "10.0.0.9", "comment": "jalur\n\x1b[31m “satu” 🙂 [multiwan:wan:y]"})
    (found,) = seen([], {ROUTE: [held]})
    assert found.words == "jalur\\n\\x1b[31m “satu” 🙂"
    assert "\n" not in adopt.described(held)


def test_no_secret_in_any_word() -> None:
    plan = [row("/system/script", "s", "sender", name="mw", source=f"fetch {SECRET}")]
    tag = "[multiwan:wan:s]"
    router = {
        "/system/script": [Found("*1", {"name": "mw", "source": f"old {SECRET}", "comment": f"{SECRET} {tag}"})],
        ROUTE: [Found("*1", {"gateway": SECRET, "comment": f"{SECRET} [multiwan:wan:y]"})],
    }
    found = seen(plan, router)
    assert {one.kind for one in found} == {"changed", "extra"}
    assert SECRET not in json.dumps([one.to_json() for one in found]) + report(found)


def test_the_report_has_its_groups_in_one_order_and_every_row_once() -> None:
    plan = [row(MANGLE, part, part, chain="own", action="return") for part in "abcd"]
    held = [Found(f"*{n}", plan[n].values) for n in (1, 2, 0)]
    held[0] = Found("*1", {**plan[1].values, "log": "yes"})
    router = {MANGLE: held, ROUTE: [Found("*1", {"comment": "[multiwan:wan:y]"})]}
    found = seen(plan, router)
    text = report(found)
    assert counted(found) == "4 places"
    assert counted(found[:1]) == "1 place"
    places = [text.index(word) for word in ("missing:", "changed by hand", "out of order:", "no longer in the plan:")]
    assert places == sorted(places)
    assert text.count("[multiwan:") == 5  # the one out of order names its neighbour


def test_rows_of_a_recipe_that_is_to_be_replaced_are_one_place_each() -> None:
    plan, router = home(), pasted(generated("7.22"))
    adopted = adopt.recognised(plan, router, Version(7, 22))
    tagged, writes = adopt.taken_over(router, adopted)
    found = drift([*writes, *compare(plan, tagged).operations], MASK)
    recipe = [one for one in found if one.kind == "recipe"]
    assert len(recipe) == len(adopted)
    assert all("taken over" in one.words for one in recipe)
