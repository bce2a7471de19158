# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Safe mode belongs to a session; history can be undone and done again (facts 8)."""

from __future__ import annotations

from typing import Any

import librouteros
import pytest

from tests.lab.router.conftest import Box, until

Trap = librouteros.exceptions.TrapError
LIST = "/ip/firewall/address-list"


async def _listed(session: Any) -> list[Any]:
    return await session.column(LIST, "address")


async def test_a_lost_session_takes_everybodys_changes_back(boxes: Any) -> None:
    box: Box = await boxes()
    watcher, session = await box.login(), await box.login()
    await session.add(LIST, list="l", address="192.0.2.1")
    await session.do("/safe-mode/take")
    await session.add(LIST, list="l", address="192.0.2.2")
    await watcher.add(LIST, list="l", address="192.0.2.3")
    await session.do("/ip/address/add", address="10.0.0.1/24", interface="ether1")
    assert "10.0.0.1/24" in box.rt("ip -4 -o addr")
    shown = (await watcher.do("/safe-mode/print"))[0]
    assert (shown["enabled"], shown["current"], shown["user"]) == (True, False, "admin")
    await session.drop()
    await until(lambda: _only(watcher, ["192.0.2.1"]))
    await until(lambda: "10.0.0.1/24" not in box.rt("ip -4 -o addr"))  # the kernel follows
    await until(lambda: _free(watcher))


async def _only(session: Any, wanted: list[str]) -> bool:
    return await _listed(session) == wanted


async def test_release_keeps_and_unroll_undoes(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.do("/safe-mode/take")
    await session.add(LIST, list="l", address="192.0.2.1")
    await session.do("/safe-mode/release")
    await session.do("/safe-mode/take")
    row = await session.add(LIST, list="l", address="192.0.2.2")
    await session.do(f"{LIST}/set", **{".id": row, "comment": "x"})
    await session.do("/safe-mode/unroll")
    assert await _listed(session) == ["192.0.2.1"]
    await session.drop()
    other = await box.login()
    assert await _listed(other) == ["192.0.2.1"]


async def test_quit_keeps_the_changes(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.do("/safe-mode/take")
    await session.add(LIST, list="l", address="192.0.2.1")
    await session.quit()
    other = await box.login()
    await until(lambda: _free(other))
    assert await _listed(other) == ["192.0.2.1"]


async def _free(session: Any) -> bool:
    return (await session.do("/safe-mode/print"))[0]["enabled"] is False


@pytest.mark.parametrize(("answer", "kept"), [("unroll", []), ("release", ["192.0.2.1"])])
async def test_another_session_may_take_it_over(boxes: Any, answer: str, kept: list[str]) -> None:
    box: Box = await boxes()
    first, second = await box.login(), await box.login()
    await first.do("/safe-mode/take")
    await first.add(LIST, list="l", address="192.0.2.1")
    with pytest.raises(Trap):
        await second.do("/safe-mode/take")
    with pytest.raises(Trap):
        await second.do("/safe-mode/release")
    await second.do("/safe-mode/take", on_error=answer)
    assert await _listed(second) == kept
    await second.add(LIST, list="l", address="192.0.2.2")
    await first.drop()
    assert await _listed(second) == [*kept, "192.0.2.2"], "it is the second session's now"


async def test_more_than_a_hundred_actions_end_it_and_undo_nothing(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.do("/safe-mode/take")
    for number in range(101):
        await session.add(LIST, list="l", address=f"192.0.2.{number}")
    watcher = await box.login()
    assert await _free(watcher)
    await session.drop()
    assert len(await _listed(watcher)) == 101


async def test_versions_before_7_18_have_no_such_menu(boxes: Any) -> None:
    box: Box = await boxes(version="7.16")
    session = await box.login()
    with pytest.raises(Trap, match="no such command"):
        await session.do("/safe-mode/take")


async def test_history_can_be_undone_and_done_again(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    row = await session.add(LIST, list="l", address="192.0.2.1", comment="a")
    await session.do(f"{LIST}/set", **{".id": row, "comment": "b"})
    newest, oldest = await session.do("/system/history/print")
    assert newest["undoable"] is True
    assert (newest["by"], newest["policy"]) == ("admin", "write")
    assert f"set {row} comment=a" in newest["undo"]
    assert f"remove {row}" in oldest["undo"]
    await session.do("/undo")
    assert await session.column(LIST, "comment") == ["a"]
    assert {r.get("redoable") for r in await session.do("/system/history/print")} == {True, None}
    await session.do("/undo")
    assert await _listed(session) == []
    for _ in range(2):
        await session.do("/redo")
    assert await session.column(LIST, "comment") == ["b"]
    assert await session.column(LIST, ".id") == [row]
    await session.do("/undo")
    await session.add(LIST, list="l", address="192.0.2.9")
    with pytest.raises(Trap):
        await session.do("/redo")
