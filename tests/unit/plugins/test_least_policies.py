# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of policies is one list, wherever it is shown."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.multiwan.routeros.plugins.module_utils.least_policies import ALL, POLICIES, REASONS

DOCS = Path(__file__).parents[3] / "docs" / "bootstrap.md"


def test_every_policy_is_one_of_the_routers_and_has_its_reason() -> None:
    assert set(POLICIES) <= set(ALL)
    assert tuple(REASONS) == POLICIES
    assert all(REASONS.values())


def test_the_docs_show_the_same_policies_and_reasons() -> None:
    text = DOCS.read_text(encoding="utf-8")
    table = "".join(f"| `{policy}` | {reason} |\n" for policy, reason in REASONS.items())
    assert table in text


def test_nobody_logs_in_by_another_door() -> None:
    assert not {"ssh", "telnet", "winbox", "web", "local", "rest-api", "romon"} & set(POLICIES)
