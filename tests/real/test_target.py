# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which router is meant, and waiting until it answers; shown with the lab and with servers that are no router."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.test_transcripts import Peer
from tests.real.target import NotThere, router, until_it_answers, wanted


def test_one_router_is_named_or_none() -> None:
    assert wanted({}) == ""
    assert wanted({"ROUTEROS_HOST": "192.0.2.1"}) == "host"
    assert wanted({"ROUTEROS_IMAGE": "chr.img"}) == "image"
    with pytest.raises(NotThere, match="both"):
        wanted({"ROUTEROS_HOST": "192.0.2.1", "ROUTEROS_IMAGE": "chr.img"})


def test_a_router_by_its_address(lab: Callable[[str], Peer], tmp_path: Path) -> None:
    peer = lab("7.22")
    environment = {"ROUTEROS_HOST": peer.host, "ROUTEROS_PORT": str(peer.port), "ROUTEROS_PASSWORD": peer.password}
    with router(environment, tmp_path) as found:
        assert (found.host, found.port, found.user) == (peer.host, peer.port, "admin")
        assert asyncio.run(until_it_answers(found, lambda: None, limit_s=10)) == "7.22 (stable)"


def test_a_wrong_password_is_the_reason_given(lab: Callable[[str], Peer]) -> None:
    peer = lab("7.22")
    with pytest.raises(NotThere, match="invalid user name or password"):
        asyncio.run(until_it_answers(Peer(peer.host, peer.port, "admin", "wrong"), lambda: None, limit_s=1))


def test_an_image_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with (
        pytest.raises(NotThere, match=r"is no file|not installed"),
        router({"ROUTEROS_IMAGE": str(tmp_path / "chr.img")}, tmp_path),
    ):
        pass


async def test_an_open_port_is_no_router() -> None:
    """QEMU takes connections before its guest has booted, and drops them."""

    async def drop(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(drop, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NotThere, match="did not answer within 1 s"):
            await until_it_answers(Peer("127.0.0.1", port, "admin", ""), lambda: None, limit_s=1)


async def test_waiting_ends_when_the_machine_has_ended() -> None:
    def gone() -> None:
        raise RuntimeError("the machine has ended")

    with pytest.raises(RuntimeError, match="has ended"):
        await until_it_answers(Peer("127.0.0.1", 9, "admin", ""), gone, limit_s=30)
