# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from ansible import constants
from ansible_collections.multiwan.routeros.plugins.plugin_utils import run_records


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def test_what_was_written_is_read_by_name() -> None:
    run_records.write("surabaya", {"ok": False})
    run_records.write("jakarta", {"ok": True})
    assert run_records.read_all() == {"jakarta": {"ok": True}, "surabaya": {"ok": False}}
    assert list(run_records.read_all()) == ["jakarta", "surabaya"]


def test_nothing_written_is_nothing_read() -> None:
    assert run_records.read_all() == {}


@pytest.mark.parametrize("name", ["a/b", "..", "a b", "café", "x.state", "x.json", ".hidden"])
def test_any_name_of_the_inventory_comes_back(name: str, tmp_path: Path) -> None:
    run_records.write(name, {"ok": True})
    assert run_records.read_all() == {name: {"ok": True}}
    assert all(tmp_path in path.resolve().parents for path in tmp_path.rglob("*"))


def test_kinds_are_kept_apart() -> None:
    run_records.write("jakarta", {"ok": True})
    run_records.write("jakarta", {"version": "7.22"}, run_records.STATE)
    assert run_records.read_all() == {"jakarta": {"ok": True}}
    assert run_records.read_all(run_records.STATE) == {"jakarta": {"version": "7.22"}}


def test_the_last_record_of_a_branch_counts() -> None:
    run_records.write("jakarta", {"ok": False})
    run_records.write("jakarta", {"ok": True})
    assert run_records.read_all() == {"jakarta": {"ok": True}}


def test_taken_records_are_gone_and_the_count_goes_on() -> None:
    assert run_records.write("jakarta", {}) == 1
    assert run_records.take_all() == {"jakarta": {}}
    assert run_records.read_all() == {}
    assert run_records.write("surabaya", {}) == 2


def _writer(first: int) -> list[int]:
    return [run_records.write(f"b{first + step}", {"n": step}) for step in range(50)]


def test_forks_get_numbers_of_their_own() -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        numbers = [number for part in pool.map(_writer, (0, 100, 200, 300)) for number in part]
    assert sorted(numbers) == list(range(1, 201))
    assert len(run_records.read_all()) == 200
