# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins with a suffix (facts 7.8)."""

from __future__ import annotations

from lab.doors.console import TerminalSettings, split_login


def test_a_plain_login_has_a_terminal_that_is_asked_what_it_is() -> None:
    assert split_login("admin") == ("admin", TerminalSettings())


def test_netmikos_suffix_sets_width_and_height_and_switches_colours_and_detection_off() -> None:
    user, settings = split_login("admin+ct511w4098h")
    assert user == "admin"
    assert (settings.colours, settings.detect, settings.dumb) == (False, False, False)
    assert (settings.width, settings.height) == (511, 4098)


def test_ansibles_suffix_makes_a_dumb_terminal() -> None:
    _, settings = split_login("admin+cet1024w")
    assert (settings.colours, settings.detect, settings.dumb, settings.width) == (False, False, True, 1024)


def test_a_size_from_the_login_wins_over_the_terminals_own() -> None:
    fixed, free = split_login("a+511w")[1], split_login("a")[1]
    assert (fixed.resized(80, 24).width, fixed.resized(80, 24).height) == (511, 24)
    assert (free.resized(100, 30).width, free.resized(100, 30).height) == (100, 30)
    assert free.resized(0, 0) == free
