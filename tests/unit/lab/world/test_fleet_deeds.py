# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `fleet status` says of a branch: everything that was done to it and is not over."""

from __future__ import annotations

from typing import Any

from lab.world.fleet_deeds import remember


def after(*deeds: tuple[str, dict[str, Any]]) -> list[str]:
    done: dict[str, str] = {}
    for deed, words in deeds:
        remember(done, deed, words)
    return list(done.values())


def cut(uplink: str, how: str = "upstream") -> tuple[str, dict[str, Any]]:
    return "cut", {"uplink": uplink, "how": how}


def test_each_line_is_told_once_with_its_last_fault() -> None:
    assert after(cut("isp1"), cut("isp2"), cut("isp2", "cable")) == ["isp1 is cut (upstream)", "isp2 is cut (cable)"]


def test_healing_ends_one_line_or_all_and_nothing_else() -> None:
    rogue: tuple[str, dict[str, Any]] = ("rogue", {})
    assert after(cut("isp1"), cut("isp2"), rogue, ("heal", {"uplink": "isp1"})) == [
        "isp2 is cut (upstream)",
        "a rogue DHCP server is plugged in",
    ]
    assert after(cut("isp1"), cut("isp2"), rogue, ("heal", {})) == ["a rogue DHCP server is plugged in"]


def test_a_rogue_that_is_unplugged_is_no_longer_told() -> None:
    assert after(("rogue", {}), ("rogue", {"on": False})) == []


def test_mending_ends_all_but_what_the_router_holds() -> None:
    deeds = [cut("isp1"), *((deed, {}) for deed in ("rogue", "drift", "unreachable", "wrong_password", "hang_up"))]
    assert len(after(*deeds)) == 6
    assert after(*deeds, ("mend", {})) == ["a row was disabled by hand"]


def test_looking_is_no_deed() -> None:
    assert after(*((look, {}) for look in ("journal", "rows", "console", "export", "sent", "record"))) == []
