# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

import lab
from lab.derive.firewall.matchers import MATCHERS
from lab.schema import coverage
from lab.schema.load import all_menus, schema_for
from lab.store import Store

ACTING = ("derive", "actuate", "observe", "router", "script")


def test_the_coverage_page_is_fresh() -> None:
    assert coverage.main(["--check"]) == 0


def test_a_stale_coverage_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "TARGET", tmp_path / "COVERAGE.md")
    assert coverage.main(["--check"]) == 1
    assert coverage.main([]) == 0
    assert coverage.main(["--check"]) == 0


@pytest.mark.parametrize("menu", ["mangle", "nat", "filter", "raw"])
def test_a_firewall_matcher_is_called_enacted_if_and_only_if_it_is(menu: str) -> None:
    at = schema_for("7.22").get(f"/ip/firewall/{menu}")
    assert at is not None
    parameters = {"chain", "action", "disabled", "jump-target", "passthrough", "reject-with"}
    parameters |= {name for name in at.arguments if name.startswith(("new-", "to-", "address-list"))}
    said = {name for name, argument in at.arguments.items() if argument.enacted == "yes"} - parameters
    assert said == set(MATCHERS) & set(at.arguments)


def test_what_is_called_enacted_is_at_least_read_by_a_room_that_acts() -> None:
    root = Path(lab.__file__).parent
    text = "\n".join(file.read_text(encoding="utf-8") for room in ACTING for file in (root / room).rglob("*.py"))
    unread = [
        (menu.path, name)
        for menu in all_menus().values()
        for name, variants in menu.arguments.items()
        if any(argument.enacted == "yes" for argument in variants) and f'"{name}"' not in text
    ]
    assert unread == []


def test_a_fresh_router_of_every_version_can_be_built() -> None:
    for version in ("6.49", "7.9", "7.16.2", "7.22", "7.24"):
        assert Store(version).snapshot().rows("/user/group")
