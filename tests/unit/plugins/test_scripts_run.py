# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of the alerts, run by the interpreter of the lab on a small router: what is said, and when.

That a real router reads the scripts alike is not proved here.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from urllib.parse import parse_qs

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import dialect
from ansible_collections.multiwan.routeros.plugins.module_utils.quoting import quote
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.verbs import ALL_POLICIES, Caller
from tests.unit.plugins.branches import TOKEN
from tests.unit.plugins.script_router import IP, MAC, VERSIONS, router


@VERSIONS
async def test_the_message_names_branch_interface_mac_and_ip(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.alert()
    await jakarta.tick()
    assert jakarta.texts() == [
        f"Cabang jakarta: server DHCP liar ditemukan\nAntarmuka: bridge (Kantor)\nMAC: {MAC}\nIP: {IP}"
        "\nWaktu kejadian: 2026-11-21 18:00:00"
    ]
    assert jakarta.waiting() == []


@VERSIONS
async def test_it_goes_to_the_chat_by_the_bot_and_leaves_no_file(version: str) -> None:
    jakarta = router(version=version)
    await jakarta.alert()
    await jakarta.tick()
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
    await jakarta.tick()
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
    await jakarta.tick()
    assert jakarta.texts()[0].startswith("Branch jakarta: rogue DHCP server found\nInterface: bridge")


async def test_without_a_line_in_the_log_the_row_and_a_word_fill_in() -> None:
    jakarta = router()
    await jakarta.alert(logged=False)
    await jakarta.tick()
    assert f"MAC: {MAC}\nIP: tidak diketahui" in jakarta.texts()[0]


async def test_an_old_line_about_another_server_is_not_taken_for_this_one() -> None:
    jakarta = router()
    await jakarta.alert(mac="02:00:00:00:00:01", ip="10.9.9.9")
    await jakarta.alert(logged=False)
    await jakarta.tick()
    assert f"MAC: {MAC}\nIP: tidak diketahui" in jakarta.texts()[1]


@pytest.mark.parametrize(
    "error", ["", f"failure: https://api.telegram.org/bot{TOKEN}/sendMessage: Status 401", f"timeout of bot{TOKEN}"]
)
@VERSIONS
async def test_the_log_never_shows_the_token(error: str, version: str) -> None:
    jakarta = router(error, version=version)
    await jakarta.alert()
    await jakarta.tick()
    assert any(MAC in line for line in jakarta.log)
    assert TOKEN not in "\n".join(jakarta.log)
