# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the router adds by itself and tells those who listen: the log, address lists that rules fill."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import librouteros
import pytest

from lab.doors.codec import Decoder, encode
from tests.lab.router.conftest import PASSWORD, Box, send, until

Trap = librouteros.exceptions.TrapError
LIST = "/ip/firewall/address-list"


class Listener:
    """One raw connection that follows a menu. librouteros gives rows only when a command has ended."""

    def __init__(self) -> None:
        self.rows: list[Mapping[str, str]] = []

    async def open(self, box: Box, *words: str) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", box.port)
        self.writer.write(encode(["/login", "=name=admin", f"=password={PASSWORD}"]) + encode(list(words)))
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        decoder = Decoder()
        while data := await self.reader.read(65536):
            for sentence in decoder.feed(data):
                if sentence[0] == "!re":
                    self.rows.append(dict(word[1:].split("=", 1) for word in sentence[1:] if word.startswith("=")))

    @property
    def messages(self) -> list[str]:
        return [row["message"] for row in self.rows]

    async def close(self) -> None:
        self.writer.close()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("/log/listen",), []),
        (("/log/print", "=follow-only="), []),
        (("/log/print", "=follow=", "?topics=script,info"), ["before"]),
    ],
)
async def test_log_lines_come_as_they_are_written(boxes: Any, words: tuple[str, ...], first: list[str]) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.do("/log/info", message="before")
    listener = Listener()
    await listener.open(box, *words)
    while "knock" not in listener.messages:  # until it listens
        await session.do("/log/info", message="knock")
        await asyncio.sleep(0.1)
    await session.do("/log/info", message="after")
    await session.do("/log/warning", message="other")
    last = "after" if "?topics=script,info" in words else "other"
    await until(lambda: last in listener.messages)
    await asyncio.sleep(0.1)
    seen = [message for message in listener.messages if message != "knock"]
    assert seen == [*first, "after", *([] if last == "after" else ["other"])]
    await listener.close()


async def _listed(session: Any) -> dict[str, Mapping[str, Any]]:
    return {row["address"]: row for row in await session.do(f"{LIST}/print")}


async def test_a_rule_fills_a_list_and_its_rows_are_dynamic(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.add("/ip/address", address="10.0.0.1/24", interface="ether1")
    await session.add(LIST, list="seen it", address="192.0.2.1", comment="by hand")
    rule = {"chain": "input", "action": "add-src-to-address-list", "address_list": "seen it", "protocol": "udp"}
    await session.add("/ip/firewall/filter", **rule, address_list_timeout="1m", dst_port="9")
    await send()
    await until(lambda: _has(session, "10.0.0.2"))
    rows = await _listed(session)
    own = rows["10.0.0.2"]
    assert (own["list"], own["dynamic"]) == ("seen it", True)
    assert 0 < int(own["timeout"].removesuffix("s")) < 60
    assert rows["192.0.2.1"]["dynamic"] is False
    assert len([r for r in await session.do(f"{LIST}/print") if r["dynamic"]]) == 1
    with pytest.raises(Trap):
        await session.do(f"{LIST}/set", **{".id": own[".id"], "comment": "x"})
    await session.do(f"{LIST}/remove", **{".id": own[".id"]})
    assert list(await _listed(session)) == ["192.0.2.1"]
    await send()
    await until(lambda: _has(session, "10.0.0.2"))
    session = await box.reboot()
    assert list(await _listed(session)) == ["192.0.2.1"]


async def _has(session: Any, address: str) -> bool:
    return address in await _listed(session)


async def test_what_a_rule_has_listed_another_one_matches_and_removal_ends_it(boxes: Any) -> None:
    box: Box = await boxes()
    session = await box.login()
    await session.add("/ip/address", address="10.0.0.1/24", interface="ether1")
    ports = {"chain": "input", "protocol": "udp"}
    knock = {"action": "add-src-to-address-list", "address_list": "knocked"}
    await session.add("/ip/firewall/filter", **ports, **knock, address_list_timeout="1m", dst_port="7")
    blocked = await session.add("/ip/firewall/filter", chain="input", action="drop", src_address_list="knocked")
    await until(box.reachable)
    await send(port_number=7)
    await until(lambda: _has(session, "10.0.0.2"))
    assert not await box.reachable()
    own = (await _listed(session))["10.0.0.2"]
    await session.do(f"{LIST}/remove", **{".id": own[".id"]})
    await until(box.reachable)
    assert (await session.do("/ip/firewall/filter/print"))[1][".id"] == blocked
