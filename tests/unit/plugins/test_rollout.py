# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils import rollout as runs
from ansible_collections.multiwan.routeros.plugins.module_utils import rollout_words as words
from ansible_collections.multiwan.routeros.plugins.module_utils.rollout import Rollout


def record(name: str, **values: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "branch": name,
        "ok": True,
        "changed": True,
        "reason": "",
        "words": "",
        "version": "7.22.3 (stable)",
        "seconds": 1.25,
        "writes": 12,
        "uplinks": {"isp1": True, "isp2": True},
        "drift": 0,
        "check": False,
    }
    return usual | values


def sick(name: str, reason: str = "unreachable", said: str = "nobody answers") -> dict[str, Any]:
    nothing = {"version": "", "writes": 0, "uplinks": {}, "changed": False}
    return record(name, ok=False, reason=reason, words=said, **nothing)


def after(
    rollout: Rollout, *records: dict[str, Any], batch: tuple[str, ...] = (), fallen: tuple[str, ...] = ()
) -> Rollout:
    return runs.after_wave(rollout, {one["branch"]: one for one in records}, batch=batch, fallen=fallen)


def test_a_canary_that_fails_stops_the_run_and_a_later_failure_does_not() -> None:
    begun = runs.begin(["a", "b", "c", "d", "e"], {}, check=False)
    assert runs.stop(after(begun, record("a"), sick("b")), canary=True).startswith("b of the first wave failed")
    assert runs.stop(after(begun, record("a"), sick("b")), canary=False) == ""
    second = after(after(begun, record("a")), record("b"), sick("c"))
    assert runs.stop(second, canary=True) == ""


def test_a_wave_of_which_nobody_came_through_stops_the_run() -> None:
    second = after(after(runs.begin(["a", "b", "c", "d"], {}, check=False), record("a")), sick("b"), sick("c"))
    assert "none of the branches of wave 2" in runs.stop(second, canary=False)


def test_nothing_is_stopped_where_nothing_is_left() -> None:
    assert runs.stop(after(runs.begin(["a"], {}, check=False), sick("a")), canary=True) == ""


def test_who_failed_without_a_record_and_who_was_not_worked_on_are_told_apart() -> None:
    rollout = after(runs.begin(["a", "b", "c"], {}, check=False), record("a"), batch=("a", "c"), fallen=("b",))
    assert {name: one["reason"] for name, one in rollout.branches.items()} == {"a": "", "b": "other", "c": "skipped"}
    # of the next wave they are not
    assert after(rollout, batch=("c",), fallen=("b",)).of_wave(2) == ()


def test_who_is_not_in_the_play_at_all_is_not_forgotten() -> None:
    begun = runs.begin(["a", "b", "c"], {}, check=False)
    one = {"a": record("a")}
    rollout = runs.after_wave(begun, one, batch=("a",), fallen=(), taken_in=("a", "c"))
    assert (rollout.left, rollout.failed) == (("c",), ("b",))
    assert "left it out of the play" in str(rollout.branches["b"]["words"])


def test_the_unread_are_failures_from_the_beginning_and_have_no_turn() -> None:
    rollout = runs.begin(["a", "b"], {"b": "x.yml:2: no YAML"}, check=False)
    assert (rollout.left, rollout.failed) == (("a",), ("b",))
    assert runs.only_unread(rollout) == ()
    assert runs.only_unread(after(rollout, record("a"))) == ("b",)
    assert runs.only_unread(after(rollout, sick("a"))) == ()


def test_the_document_counts_what_it_lists_and_survives_json() -> None:
    rollout = after(runs.begin(["a", "b", "c", "d"], {"d": "no YAML"}, check=False), record("a"), sick("b"))
    assert Rollout.from_json(json.loads(json.dumps(rollout.to_json()))) == rollout
    document = json.loads(json.dumps(runs.document(rollout, title="t", made="m", seconds=2.345, stopped="b failed")))
    assert document["counts"] == {"branches": 4, "done": 1, "changed": 1, "failed": 2, "left": 1}
    assert document["again"] == ["b", "c", "d"]
    assert (document["left"], document["complete"], document["seconds"]) == (["c"], False, 2.3)
    assert [one["branch"] for one in document["branches"]] == ["a", "b", "d"]
    assert [one["wave"] for one in document["branches"]] == [1, 1, 0]


def test_what_a_check_would_write_is_the_drift() -> None:
    assert runs.drift(record("a", check=True)) == 12
    assert runs.drift(record("a")) == 0
    assert runs.drift(record("a", ok=False, reason="drift", drift=3, writes=3)) == 3


def test_the_table_has_a_line_for_each_branch() -> None:
    table = words.table(
        [
            record("a"),
            record("surabaya", changed=False, writes=0, uplinks={"isp1": True, "isp2": False, "lte": None}),
            sick("c", "login", "invalid user name or password"),
        ]
    )
    assert table == (
        "branch    version  changed  seconds  uplinks alive                       drift  reason\n"
        "a         7.22.3   12 rows  1.2      2 of 2                              0\n"
        "surabaya  7.22.3   no       1.2      1 of 3, dead: isp2, not known: lte  0\n"
        "c         -        -        1.2      -                                   -      login"
    )


def test_a_router_that_watches_no_lines_yet_is_not_said_to_have_lost_them() -> None:
    line = words.table([record("a", uplinks={"isp1": None, "isp2": None})]).splitlines()[1]
    assert "not known" in line
    assert "of 2" not in line


def test_what_came_of_the_run_stands_after_its_table() -> None:
    rollout = after(runs.begin(["a", "b", "c"], {}, check=False), record("a"), sick("b"))
    lines = words.whole(rollout, seconds=61.0, stopped="b failed").splitlines()
    assert lines[-4:] == [
        "1 of 3 branches done (1 changed), 1 failed in 61 s",
        "failed: b: unreachable: nobody answers",
        "not begun: c",
        "The run was stopped: b failed.",
    ]


def test_lines_that_are_dead_or_not_judged_yet_are_named_at_the_end() -> None:
    begun = runs.begin(["a", "b", "c"], {}, check=False)
    lines = {"a": {"isp1": True, "isp2": False}, "b": {"isp1": None, "isp2": None}, "c": {"isp1": True}}
    rollout = after(begun, *(record(name, uplinks=uplinks) for name, uplinks in lines.items()))
    assert words.whole(rollout, seconds=None, stopped="").splitlines()[-2:] == [
        "dead lines: a isp2",
        "not known yet whether all lines work: b. In a minute, verify.yml tells",
    ]


def test_a_wave_is_counted_among_those_that_were_planned() -> None:
    rollout = after(runs.begin(["a", "b", "c"], {}, check=True), record("a", check=True))
    lines = words.wave(rollout, 2).splitlines()
    assert lines[0] == "Wave 1 of 2: 1 of 1 branch done (1 would change)"
    assert "would change" in lines[1]


def test_the_run_is_announced_with_its_canaries() -> None:
    assert words.announced(["a", "b", "c"], [1, 2]) == "3 branches in 2 waves: 1, 2; the first: a"
    assert words.announced(["a"], [1]) == "1 branch"
    assert words.announced([str(number) for number in range(20)], [10, 10]) == "20 branches in 2 waves: 10, 10"


def test_progress_tells_what_became_of_a_branch_and_how_much_is_to_go() -> None:
    assert words.progress(37, 300, record("a"), gone_s=36.0) == (
        " 37/300 a: changed, 12 rows, 1.2 s; about 4 min to go"
    )
    assert words.progress(300, 300, record("a", changed=False), gone_s=99.0) == "300/300 a: unchanged, 1.2 s"
    assert (
        words.progress(2, 300, record("a", check=True, writes=1), gone_s=99.0)
        == "  2/300 a: would change, 1 row, 1.2 s"
    )
    assert words.progress(2, 9, sick("b"), gone_s=1.0) == "2/9 b: FAILED, unreachable: nobody answers, 1.2 s"


def test_a_long_reason_is_cut_in_lines_that_pass_by() -> None:
    line = words.progress(1, 2, sick("b", "variables", "x" * 1000), gone_s=1.0)
    assert len(line) < 160
    assert "…" in line
