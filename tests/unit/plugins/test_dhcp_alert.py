# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.lan_bridge import own_mac
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows, has_secrets, masked
from hypothesis import given, settings
from hypothesis import strategies as st
from routeros_lsp.analyze import analyze

from tests.unit.plugins.branches import LABELS, TOKEN, branch, branches

#: What a caller gives a script, and what the router gives an alert.
GIVEN = {"mwBody", "mwText", "mwTime", "mwIf", "mwMac", "mwIp", "mwSegment", "mac-address", "address"}
PROPERTIES = ("source", "on-event", "on-alert")


def scripts(raw: dict[str, Any], name: str = "jakarta") -> dict[str, str]:
    """Tag and property to text, as the router gets it."""
    rows = fill_rows(assemble(raw, name=name).rows, {"telegram_bot_token": TOKEN})
    return {f"{row.menu} {row.tag}": str(row.values[key]) for row in rows for key in PROPERTIES if row.values.get(key)}


def of(raw: dict[str, Any], part: str) -> str:
    return next(
        text for key, text in scripts(raw).items() if key.endswith(f":{part}") and not key.startswith("/system/sch")
    )


@given(branches(least=1, most=3), LABELS)
@settings(max_examples=12)
def test_every_script_passes_the_linter_of_routeros(raw: dict[str, Any], name: str) -> None:
    for text in scripts(raw, name).values():
        assert analyze(text, scope="script", context_variables=GIVEN).findings == [], text


@given(branches(least=1, most=2), st.sampled_from(["id", "en"]))
@settings(max_examples=15)
def test_scripts_are_printable_ascii(raw: dict[str, Any], language: str) -> None:
    raw["multiwan_telegram"]["language"] = language
    assert all(re.fullmatch(r"[\n -~]*", text) for text in scripts(raw).values())


def test_one_alert_per_segment_with_the_router_itself_as_valid() -> None:
    raw = branch(2)
    valid = ["dc-2c-6e-81-cf-34", "DC:2C:6E:00:00:01"]
    raw["multiwan_bridge"] = {"name": "trunk"}
    raw["multiwan_segments"].append(
        {"name": "guests", "vlan": 20, "address": "192.168.20.1/24", "dhcp": {"valid_servers": valid}}
    )
    alerts = [row.values for row in assemble(raw, name="jakarta").of("/ip/dhcp-server/alert")]
    assert [alert["interface"] for alert in alerts] == ["bridge", "vlan20"]
    assert alerts[0]["valid-server"] == [{"$router": "/interface/bridge/mac-address"}]
    assert alerts[1]["valid-server"] == [
        {"$router": "/interface/trunk/mac-address", "else": own_mac("jakarta", "trunk")},
        "DC:2C:6E:00:00:01",
        "DC:2C:6E:81:CF:34",
    ]


def test_no_alert_watches_an_uplink() -> None:
    rows = assemble(branch(3), name="jakarta").of("/ip/dhcp-server/alert")
    assert [row.values["interface"] for row in rows] == ["bridge"]


def test_without_a_chat_the_alert_is_only_logged() -> None:
    raw = branch(2)
    del raw["multiwan_telegram"]
    texts = scripts(raw)
    assert not [text for text in texts.values() if "fetch" in text or "mw-notify" in text]
    assert any(":log warning" in text for text in texts.values())


def test_without_segments_there_is_nothing_to_watch() -> None:
    rows = assemble({**branch(2), "multiwan_segments": []}, name="jakarta").rows
    assert not [row for row in rows if row.tag.startswith("multiwan:dhcp_alert:")]


def test_the_token_goes_to_the_checked_server_by_post_and_leaves_no_file() -> None:
    fetch = next(line for line in of(branch(), "telegram").splitlines() if "/tool fetch" in line)
    for words in ("http-method=post", "check-certificate=yes-without-crl", "output=none", f"bot{TOKEN}/sendMessage"):
        assert words in fetch


def test_an_error_of_fetch_is_never_logged_as_it_came() -> None:
    logged = [line for line in of(branch(), "telegram").splitlines() if ":log" in line]
    assert logged
    assert not [line for line in logged if "$mwError" in line]


@pytest.mark.parametrize(("language", "words"), [("id", "server DHCP liar"), ("en", "rogue DHCP server found")])
def test_the_message_is_in_the_language_of_the_chat(language: str, words: str) -> None:
    raw = branch()
    raw["multiwan_telegram"]["language"] = language
    assert words in of(raw, "alert")


def test_the_event_uses_no_variable_that_it_did_not_declare() -> None:
    event = of(branch(), "office")
    assert set(re.findall(r"\$([\w\"-]+)", event)) == {"mwAlert"}


def test_only_the_sender_needs_a_secret_and_shows_none() -> None:
    rows = assemble(branch(), name="jakarta").rows
    secret = [(row.tag, value) for row in rows for value in row.values.values() if has_secrets(value)]
    assert [tag for tag, _ in secret] == ["multiwan:notify:telegram"]
    assert "bot********/sendMessage" in masked(secret[0][1])
