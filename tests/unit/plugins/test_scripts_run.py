# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of a plan, run by the interpreter of the lab on a small router: what reaches the chat, and when.

Judged by what was fetched, queued and logged. That a real router reads the scripts alike is not proved here.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import dialect
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.quoting import quote
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.script import Interpreter, Value
from lab.verbs import ALL_POLICIES, Caller, Reply, Trap
from tests.unit.plugins.branches import TOKEN, branch

OUTBOX = "/ip/firewall/address-list"
MAC, IP = "DC:2C:6E:81:CF:34", "192.168.10.66"


async def _no_time(seconds: float) -> None:
    """Waits are not waited for here."""


@dataclass
class Router:
    """Rows in dictionaries. ``trouble``: the error of each coming fetch, empty for success; then all succeed."""

    rows: Sequence[Row]
    version: str = "7.22"
    trouble: list[str] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.menus: dict[str, list[dict[str, str]]] = {OUTBOX: []}
        for number, row in enumerate(self.rows):
            values = {key: value for key, value in row.values.items() if isinstance(value, str)}
            self.menus.setdefault(row.menu, []).append({".id": f"*{number + 1:X}", **values})
        self.menus["/system/clock"] = [{"date": "2026-11-21", "time": "18:00:00"}]
        self.added = 0x1000
        self.interpreter = Interpreter(
            self,
            clock=lambda: 0.0,
            sleep=_no_time,
            log=lambda _, text: self.log.append(text),
            globals_for=lambda _: {},
            version=self.version,
        )

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), caller: Caller
    ) -> Reply:
        del queries
        rows = self.menus.setdefault(menu, [])
        if (menu, command) == ("/tool", "fetch"):
            return self._fetch(args)
        if (menu, command) == ("/system/script", "run"):
            name = args.get(".id") or args.get("number") or args["numbers"]
            await self.run(self.script(name), user=caller.user)
            return Reply()
        if command == "print":
            return Reply(tuple(dict(row) for row in rows))
        if command == "add":
            if any(row.get("list") == args["list"] and row["address"] == args["address"] for row in rows):
                raise Trap("failure: already have such entry")
            self.added += 1
            rows.append({".id": f"*{self.added:X}", **args})
            return Reply(ret=rows[-1][".id"])
        assert command == "remove"
        ids = (args.get(".id") or args["numbers"]).split(",")
        self.menus[menu] = [row for row in rows if row[".id"] not in ids]
        return Reply()

    def _fetch(self, args: Mapping[str, str]) -> Reply:
        error = self.trouble.pop(0) if self.trouble else ""
        if error:
            raise Trap(error)
        self.sent.append(dict(args))
        return Reply()

    def script(self, name: str) -> str:
        return next(row["source"] for row in self.menus["/system/script"] if row["name"] == name)

    async def run(self, source: str, *, user: str = "*sys", **variables: Value) -> None:
        await self.interpreter.run(source, caller=Caller(user, ALL_POLICIES, "test"), variables=variables)

    async def alert(self, *, mac: str = MAC, ip: str = IP, logged: bool = True) -> None:
        """What RouterOS does when it sees a foreign server: the row, the line in the log (facts 4.1), on-alert."""
        [row] = self.menus["/ip/dhcp-server/alert"]
        row["unknown-server"] = mac
        if logged:
            line = f"dhcp alert on {row['interface']}:\n    discovered unknown dhcp server, mac {mac}, ip {ip}"
            self.menus.setdefault("/log", []).append(
                {".id": f"*{len(self.menus.get('/log', [])) + 1:X}", "message": line}
            )
        await self.interpreter.run(row["on-alert"], caller=Caller("*sys", ALL_POLICIES, "test"))

    async def tick(self) -> None:
        """What the scheduler does each minute."""
        [row] = self.menus["/system/scheduler"]
        await self.run(row["on-event"], user="admin")

    def texts(self) -> list[str]:
        return [parse_qs(message["http-data"])["text"][0] for message in self.sent]

    def waiting(self) -> list[dict[str, str]]:
        return [row for row in self.menus[OUTBOX] if row["list"] == "mw-outbox"]


def router(*trouble: str, label: str = "Kantor", language: str = "id", version: str = "7.22") -> Router:
    raw = {**branch(2), "multiwan_routeros_version": version}
    raw["multiwan_segments"][0]["label"] = label
    raw["multiwan_telegram"]["language"] = language
    rows = fill_rows(assemble(raw, name="jakarta").rows, {"telegram_bot_token": TOKEN})
    return Router([row for row in rows if not row.menu.startswith("/ip/firewall")], version, list(trouble))


#: One for each way in which scripts are written, see ``dialect.py``.
VERSIONS = pytest.mark.parametrize("version", ["6.49", "7.9", "7.12", "7.22"])


@VERSIONS
async def test_the_message_names_branch_interface_mac_and_ip(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.alert()
    assert jakarta.texts() == [
        f"Cabang jakarta: server DHCP liar ditemukan\nAntarmuka: bridge (Kantor)\nMAC: {MAC}\nIP: {IP}"
    ]
    assert jakarta.waiting() == []


@VERSIONS
async def test_it_goes_to_the_chat_by_the_bot_and_leaves_no_file(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.alert()
    [message] = jakarta.sent
    assert ("keep-result" in message, message.get("output")) == ((True, None) if version < "7" else (False, "none"))
    assert message["url"] == f"https://api.telegram.org/bot{TOKEN}/sendMessage"
    assert parse_qs(message["http-data"])["chat_id"] == ["-100200300"]
    assert message["check-certificate"] == "yes-without-crl"


@pytest.mark.parametrize(
    "label", ['a "b" $c [d] {e} \\ ; #', "100% & more=1 + ?", "本社 é €", "$(1+1)", "*_`markdown`_*"]
)
@VERSIONS
async def test_any_label_arrives_as_it_was_written(label: str, version: str) -> None:
    jakarta = router(label=label, version=version)
    await jakarta.alert()
    assert f"bridge ({label})" in jakarta.texts()[0]


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40))
def test_the_encoder_of_old_versions_encodes_like_a_browser(text: str) -> None:
    source = dialect.encoder(parse_version("7.9")) + f":return {dialect.encoded(quote(text), parse_version('7.9'))}"
    result = asyncio.run(router(version="7.9").interpreter.run(source, caller=Caller("*sys", ALL_POLICIES, "test")))
    assert result == urllib.parse.quote(text, safe="-._~")


async def test_it_speaks_english_too() -> None:
    jakarta = router(language="en")
    await jakarta.alert()
    assert jakarta.texts()[0].startswith("Branch jakarta: rogue DHCP server found\nInterface: bridge")


async def test_without_a_line_in_the_log_the_row_and_a_word_fill_in() -> None:
    jakarta = router()
    await jakarta.alert(logged=False)
    assert f"MAC: {MAC}\nIP: tidak diketahui" in jakarta.texts()[0]


async def test_an_old_line_about_another_server_is_not_taken_for_this_one() -> None:
    jakarta = router()
    await jakarta.alert(mac="02:00:00:00:00:01", ip="10.9.9.9")
    await jakarta.alert(logged=False)
    assert f"MAC: {MAC}\nIP: tidak diketahui" in jakarta.texts()[1]


@pytest.mark.parametrize(
    "error",
    [
        "failure: connection timeout",
        "failure: Status 429, Too Many Requests",
        "failure: Status 502, Bad Gateway",
        "Fetch failed with status 500",
    ],
)
@VERSIONS
async def test_what_can_not_go_now_waits_and_goes_later_with_its_time(error: str, version: str) -> None:
    jakarta = router(error, version=version)
    await jakarta.alert()
    assert (jakarta.sent, len(jakarta.waiting())) == ([], 1)
    await jakarta.tick()
    assert jakarta.waiting() == []
    [text] = jakarta.texts()
    assert text.startswith("Cabang jakarta: server DHCP liar ditemukan\n")
    assert text.endswith("\nWaktu kejadian: 2026-11-21 18:00:00")


@pytest.mark.parametrize(
    "error", ["failure: Status 400, Bad Request", "failure: Status 401, Unauthorized", "Fetch failed with status 404"]
)
async def test_what_telegram_refuses_is_dropped(error: str) -> None:
    jakarta = router(error)
    await jakarta.alert()
    await jakarta.tick()
    assert (jakarta.sent, jakarta.waiting()) == ([], [])
    assert any("refused" in line for line in jakarta.log)


async def test_a_refused_message_does_not_block_the_outbox() -> None:
    jakarta = router("failure: connection timeout", "failure: connection timeout", "failure: Status 400, Bad Request")
    await jakarta.alert(ip="10.0.0.1")
    await jakarta.alert(ip="10.0.0.2")
    await jakarta.tick()
    assert ["IP: 10.0.0.2" in text for text in jakarta.texts()] == [True]
    assert jakarta.waiting() == []


async def test_the_outbox_goes_oldest_first_and_stops_while_the_line_is_dead() -> None:
    timeout = "failure: connection timeout"
    jakarta = router(timeout, timeout, timeout, "", timeout)
    for number in (1, 2, 3):
        await jakarta.alert(ip=f"10.0.0.{number}")
    await jakarta.tick()
    assert (len(jakarta.texts()), len(jakarta.waiting())) == (1, 2)
    await jakarta.tick()
    assert [text.split("IP: ")[1][:8] for text in jakarta.texts()] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


@pytest.mark.parametrize("version", ["6.49", "7.12"])
async def test_where_the_reason_is_unknown_a_refused_message_lets_the_others_pass(version: str) -> None:
    timeout, refused = "failure: connection timeout", "Fetch failed with status 400"
    jakarta = router(timeout, timeout, timeout, refused, version=version)
    for number in (1, 2, 3):
        await jakarta.alert(ip=f"10.0.0.{number}")
    await jakarta.tick()
    assert (len(jakarta.texts()), len(jakarta.waiting())) == (0, 3)
    await jakarta.tick()
    assert [text.split("IP: ")[1][:8] for text in jakarta.texts()] == ["10.0.0.2", "10.0.0.3", "10.0.0.1"]
    assert jakarta.waiting() == []


@pytest.mark.parametrize("version", ["6.49", "7.12"])
async def test_a_message_that_went_to_the_end_keeps_the_time_that_it_has_left(version: str) -> None:
    jakarta = router(*["failure: connection timeout"] * 3, version=version)
    await jakarta.alert()
    jakarta.waiting()[0]["timeout"] = "5h"
    await jakarta.tick()
    assert [row["timeout"] for row in jakarta.waiting()] == ["5h"]


@VERSIONS
async def test_the_outbox_is_bounded_and_keeps_the_newest(version: str) -> None:
    jakarta = router(*["failure: connection timeout"] * 25, version=version)
    for number in range(1, 26):
        await jakarta.alert(ip=f"10.0.0.{number}")
    assert len(jakarta.waiting()) == 20
    await jakarta.tick()
    assert [text.split("IP: ")[1].split("\n")[0] for text in jakarta.texts()] == [f"10.0.0.{n}" for n in range(6, 26)]


@VERSIONS
async def test_waiting_messages_are_dynamic_rows_that_hold_no_token(version: str) -> None:
    jakarta = router("failure: connection timeout", version=version)
    await jakarta.alert()
    [row] = jakarta.waiting()
    assert row["timeout"] == "1d"
    assert row["comment"].isascii()
    assert TOKEN not in str(row)


@pytest.mark.parametrize(
    "error", ["", f"failure: https://api.telegram.org/bot{TOKEN}/sendMessage: Status 401", f"timeout of bot{TOKEN}"]
)
@VERSIONS
async def test_the_log_never_shows_the_token(error: str, version: str) -> None:
    jakarta = router(error, version=version)
    await jakarta.alert()
    assert any(MAC in line for line in jakarta.log)
    assert TOKEN not in "\n".join(jakarta.log)
