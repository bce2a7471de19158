# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same branch file on old routers, without a word about the version in it. Each test goes on after the last."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.lab.product.conftest import Branch, Start
from tests.lab.product.flows import carried_by

pytestmark = pytest.mark.lab

VERSIONS = ("6.49", "7.9")


@pytest.fixture(scope="module", params=VERSIONS)
def branch(start: Start, request: pytest.FixtureRequest) -> Branch:
    return start(f"on-{request.param}".replace(".", "-"), version=request.param)


def is_six(branch: Branch) -> bool:
    (resource,) = branch.call("/system/resource")
    return resource["version"].startswith("6")


def test_the_router_is_asked_for_its_version_and_gets_rows_of_its_kind(branch: Branch) -> None:
    played = branch.play("site")
    assert played.code == 0, played.output
    marks = [row for row in branch.call("/ip/route") if row.get("routing-mark", "").startswith("mw-path-")]
    assert len(marks) == (4 if is_six(branch) else 0)


def test_a_router_that_trusts_nobody_is_given_the_authority_or_told_in_words(branch: Branch) -> None:
    told = "no Telegram message will be sent: the router trusts no authority"
    assert told not in " ".join(branch.play("site", "--check").output.split())
    own = {**branch.overlay["multiwan_telegram"], "api_url": "https://bot.example.com"}
    del own["ca"]
    output = branch.play("site", "--check", variables={"multiwan_telegram": own}).output
    assert told in " ".join(output.split())


def test_the_second_run_changes_nothing_and_writes_nothing(branch: Branch) -> None:
    before = branch.writes()
    played = branch.play("site")
    assert played.code == 0, played.output
    assert (played.changed, branch.writes()) == (0, before)


def test_a_file_that_names_a_later_version_is_refused_before_the_first_write(branch: Branch) -> None:
    before = branch.writes()
    played = branch.play("site", variables={"multiwan_routeros_version": "7.22"})
    assert played.code != 0
    assert re.search(r"made for RouterOS 7\.22, but the router runs \S+, which lacks", played.output), played.output
    assert branch.writes() == before


def test_new_connections_use_both_lines(branch: Branch) -> None:
    split = branch.measure("connections", count=600)
    assert split["failed"] == 0
    share = split["split"]["isp1"] / 600
    assert 0.42 < share < 0.58


def test_a_line_that_dies_behind_its_modem_is_left(branch: Branch) -> None:
    """With a router below 7.21, which has no timers to shorten."""
    if not is_six(branch):
        pytest.skip("7.9 differs from 7.22 in nothing that matters here")
    asyncio.run(branch.lab.cut("isp2", "upstream"))
    asyncio.run(carried_by(branch, "isp1"))
    split = branch.measure("connections", count=100)
    assert (split["failed"], split["split"].get("isp2", 0)) == (0, 0)


def test_removal_leaves_the_router_as_it_was(branch: Branch) -> None:
    played = branch.play("remove")
    assert played.code == 0, played.output
    assert branch.export() == branch.baseline
