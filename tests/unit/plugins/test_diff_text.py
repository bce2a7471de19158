# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found, compare
from ansible_collections.multiwan.routeros.plugins.module_utils.diff_text import diffs
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.secrets_mask import Mask

SECRET = "hunter22-hunter22"


def shown(plan: Sequence[Row], router: dict[str, list[Found]], owners: set[str] | None = None) -> list[dict[str, str]]:
    return diffs("jakarta", compare(plan, router, owners), plan, router, owners=owners, mask=Mask([SECRET]))


def script(name: str, source: str) -> Row:
    tag = f"multiwan:dhcp_alert:{name}"
    return Row("/system/script", tag, {"name": name, "source": source, "comment": f"[{tag}]"})


def test_lines_that_mean_the_same_read_the_same() -> None:
    plan = [
        Row("/ip/route", "multiwan:wan:a", {"gateway": "10.0.0.1", "comment": "[multiwan:wan:a]"}),
        Row("/ip/route", "multiwan:wan:b", {"gateway": "10.0.0.2", "comment": "[multiwan:wan:b]"}),
    ]
    held = Found("*1", {"gateway": "10.0.0.1", "distance": "1", "active": "true", "comment": "[multiwan:wan:a]"})
    (diff,) = shown(plan, {"/ip/route": [held]})
    assert diff["after"].startswith(diff["before"])
    assert diff["after"].count("\n") == 2


def test_scripts_are_shown_line_by_line() -> None:
    (diff,) = shown([script("hello", ":put 1\n:put 2")], {})
    assert "    source| :put 1\n    source| :put 2\n" in diff["after"]


def test_a_script_with_a_secret_shows_its_length_alone_on_both_sides() -> None:
    old = script("send", "old-unknown-secret")
    (diff,) = shown([script("send", f"x {SECRET}")], {"/system/script": [Found("*1", old.values)]})
    assert "old-unknown-secret" not in diff["before"]
    assert "source=(hidden, 18 characters)" in diff["before"]
    assert f"source=(hidden, {len(SECRET) + 2} characters)" in diff["after"]


def test_a_script_that_goes_away_is_not_shown() -> None:
    (diff,) = shown([], {"/system/script": [Found("*1", script("send", "old-unknown-secret").values)]})
    assert "old-unknown-secret" not in diff["before"]
    assert diff["after"] == ""


def test_foreign_rows_and_other_roles_are_not_shown() -> None:
    router = {
        "/ip/route": [
            Found("*1", {"gateway": "10.9.9.9", "comment": "by hand"}),
            Found("*2", {"gateway": "10.8.8.8", "comment": "[multiwan:failover:isp1]"}),
        ]
    }
    plan = [Row("/ip/route", "multiwan:wan:a", {"gateway": "10.0.0.1", "comment": "[multiwan:wan:a]"})]
    (diff,) = shown(plan, router, {"wan"})
    assert diff["before"] == ""
