# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of /user/active, and what the log says."""

from __future__ import annotations

import pytest

from lab.doors.sessions import Sessions
from lab.store import Trap
from lab.verbs import Caller

ALICE = Caller("alice", frozenset({"api"}), "api", 1)


def test_a_login_is_a_row_until_it_ends_and_two_lines_of_the_log() -> None:
    said: list[tuple[str, str]] = []
    sessions = Sessions(
        lambda *line: said.append(line), moment=lambda: "2026-01-31 12:00:00", group_of=lambda user: "write"
    )
    number = sessions.began(ALICE, "192.0.2.7", "api", lambda: None)
    assert [row for _, row in sessions.rows()] == [
        {
            "when": "2026-01-31 12:00:00",
            "name": "alice",
            "address": "192.0.2.7",
            "via": "api",
            "group": "write",
            "radius": "false",
        }
    ]
    sessions.ended(number)
    sessions.ended(number)
    assert not sessions.rows()
    assert said == [
        ("system,info,account", "user alice logged in from 192.0.2.7 via api"),
        ("system,info,account", "user alice logged out from 192.0.2.7 via api"),
    ]


def test_a_refused_login_is_an_error_in_the_log_and_no_row() -> None:
    said: list[tuple[str, str]] = []
    sessions = Sessions(lambda *line: said.append(line))
    sessions.refused("mallory", "192.0.2.9", "api")
    assert said == [("system,error,critical", "login failure for user mallory from 192.0.2.9 via api")]
    assert not sessions.rows()


def test_removing_a_row_ends_that_session_alone() -> None:
    ended: list[str] = []
    sessions = Sessions()
    for name in ("one", "two"):
        sessions.began(ALICE, "192.0.2.7", "api", lambda name=name: ended.append(name))  # type: ignore[misc]
    sessions.remove([sessions.rows()[1][0]])
    assert ended == ["two"]
    with pytest.raises(Trap, match="no such item"):
        sessions.remove([99])
