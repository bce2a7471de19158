# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waves of site.yml: who has a turn, who stops whom, and what is told of it."""

from __future__ import annotations

import pytest
import yaml

from tests.playbooks.conftest import Fleet


def test_sick_branches_stop_nobody_and_only_they_are_left(fleet) -> None:
    branches: Fleet = fleet(7, multiwan_waves=[1, 2, "100%"])
    branches.say("b3", {"becomes": "unreachable"})
    branches.say("b4", {"becomes": "breaks"})
    (branches.folder / "inventory" / "host_vars" / "b6.yml").write_text("a: b\n\t- c: [\n", encoding="utf-8")
    played = branches.play()
    assert played.code == 2, played.output
    assert [*played.worked_on[:1], *sorted(played.worked_on[1:3]), *sorted(played.worked_on[3:])] == [
        *("b1", "b2", "b3"),
        *("b4", "b5", "b7"),
    ]
    told = branches.told()
    assert told["counts"] == {"branches": 7, "done": 4, "changed": 4, "failed": 3, "left": 0}
    assert [wave["branches"] for wave in told["waves"]] == [1, 2, 3]
    reasons = {record["branch"]: record["reason"] for record in told["branches"] if not record["ok"]}
    assert reasons == {"b3": "unreachable", "b4": "other", "b6": "variables"}
    assert "failed: b3: unreachable: b3 says it is unreachable" in played.output
    assert "host_vars/b6.yml:2: YAML" in next(
        line for line in played.output.splitlines() if line.startswith("failed: b6")
    )
    assert "4 of 7 branches done (4 changed), 3 failed" in played.output
    assert '"complete": true' in played.output.partition("CUSTOM STATS")[2]

    for name in ("b3", "b4", "b6"):
        branches.say(name, {"becomes": "changed"})
    again = branches.play("--limit", "@reports/rollout.retry")
    assert (again.code, sorted(again.worked_on)) == (0, ["b3", "b4", "b6"]), again.output
    assert not (branches.folder / "reports" / "rollout.retry").exists()


def test_one_bad_file_alone_still_makes_the_run_fail(fleet) -> None:
    branches: Fleet = fleet(3, becomes="unchanged")
    (branches.folder / "inventory" / "host_vars").mkdir()
    (branches.folder / "inventory" / "host_vars" / "b2.yml").write_text("a: [\n", encoding="utf-8")
    played = branches.play("--check", "--tags", "pcc")
    assert (played.code, sorted(played.worked_on)) == (2, ["b1", "b3"]), played.output
    assert "everyone else is done, but these could not be read" in played.output
    assert branches.told("rollout-check.json")["again"] == ["b2"]
    assert not (branches.folder / "reports" / "rollout.json").exists()


def test_a_branch_that_can_not_be_left_out_alone_ends_the_run_before_it_begins(fleet) -> None:
    """A pattern that names a group means its members."""
    branches: Fleet = fleet(3, becomes="unchanged", multiwan_canaries=None, multiwan_rollout_folder=None)
    (branches.folder / "inventory" / "host_vars").mkdir()
    (branches.folder / "inventory" / "host_vars" / "b2.yml").write_text("a: [\n", encoding="utf-8")
    hosts = {"all": {"hosts": {"b1": {}, "b2": {}, "b3": {}}, "children": {"b2": {"hosts": {"b3": {}}}}}}
    (branches.folder / "inventory" / "hosts.yml").write_text(yaml.safe_dump(hosts), encoding="utf-8")
    played = branches.play()
    assert (played.code, played.worked_on) == (2, ()), played.output
    assert "a group of the inventory has the same name" in played.output
    branches.say("b2", {})
    played = branches.play()
    assert (played.code, sorted(played.worked_on)) == (0, ["b1", "b2", "b3"]), played.output
    assert branches.told()["complete"]


def test_a_canary_that_fails_stops_the_run(fleet) -> None:
    branches: Fleet = fleet(5, multiwan_canaries=["b4", "b2", "b9"], multiwan_waves=[1, 1])
    branches.say("b2", {"becomes": "refused"})
    played = branches.play("-e", "multiwan_waves=2,100%")
    assert (played.code, sorted(played.worked_on)) == (2, ["b2", "b4"]), played.output
    assert 'multiwan_canaries[2]: saw "b9"' in played.output
    assert "The run was stopped: b2 of the first wave failed" in played.output
    assert (branches.folder / "reports" / "rollout.retry").read_text(encoding="utf-8").split() == [
        "b2",
        "b1",
        "b3",
        "b5",
    ]
    assert branches.told()["left"] == ["b1", "b3", "b5"]


@pytest.mark.parametrize(
    ("waves", "words"),
    [("1,0,x%", ('multiwan_waves[1]: saw "0"', 'multiwan_waves[2]: saw "x%"'))],
    ids=["no-waves"],
)
def test_what_are_no_waves_is_refused_before_anybody_has_a_turn(fleet, waves: str, words: tuple[str, ...]) -> None:
    played = fleet(2).play("-e", f"multiwan_waves={waves}")
    assert (played.code, played.worked_on) == (2, ())
    for text in words:
        assert text in played.output


def test_a_run_that_starts_at_the_summary_says_that_nothing_was_done(fleet) -> None:
    played = fleet(2).play("--start-at-task", "Sum up")
    assert (played.code, played.worked_on) == (2, ())
    assert "no task was run for any branch of this wave" in played.output
