# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import RouterUnderTest


@pytest.fixture(scope="module")
def seen(node: str, router: RouterUnderTest) -> Any:
    return router.run("node_routeros.js")


def test_commands_side_by_side(seen: Any, router: RouterUnderTest) -> None:
    assert seen["identity"] == [{"name": "jakarta"}]
    assert seen["version"] == f"{router.version} (stable)"
    assert {"bridge", "ether1"} <= set(seen["interfaces"])


def test_a_row_comes_and_goes(seen: Any) -> None:
    (added,) = seen["added"]
    assert (added["list"], added["address"], added["comment"]) == ("node", "10.4.0.1", "a=b c")
    assert seen["changed"] == "true"


def test_a_trap_ends_one_command_only(seen: Any) -> None:
    assert seen["trap"] == "no such command prefix"
    assert seen["after"] == "jakarta"


def test_listen_streams_changes_until_it_is_cancelled(seen: Any) -> None:
    events = seen["stream"]["events"]
    assert events[0]["address"] == "10.4.0.9"
    assert events[-1] == {".id": seen["stream"]["id"], ".dead": "yes"} or events[-1][".dead"] in ("true", "yes")


def test_login_and_tls(seen: Any) -> None:
    assert "invalid user name or password" in seen["login"] or "Username or password is invalid" in seen["login"]
    assert seen["tls"] == "jakarta"


def test_an_empty_answer_before_7_18_is_no_rows(node: str, old_router: RouterUnderTest) -> None:
    assert old_router.run("node_routeros.js", ask="empty") == {"rows": []}


def test_an_empty_answer_from_7_18_on_is_a_reply_that_this_client_does_not_know(
    node: str, router: RouterUnderTest
) -> None:
    """node-routeros 1.6.9 knows no ``!empty``: it breaks on such routers, so it must break here."""
    assert router.run("node_routeros.js", ask="empty") == {"uncaught": "UNKNOWNREPLY"}
