# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.router_notes import notes
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version

from tests.unit.plugins.branches import branch
from tests.unit.plugins.memory_api import MemoryApi

IMPORTED = {"name": "root", "trusted": "true"}
OWN = {"name": "api", "trusted": "true", "private-key": "true"}
UNTRUSTED = {"name": "root", "trusted": "false"}


def noted(version: str, *certificates: dict[str, str], telegram: bool = True, **settings: str) -> tuple[str, ...]:
    raw = {**branch(2), "multiwan_routeros_version": version}
    raw["multiwan_telegram"] |= {"api_url": "https://bot.example.com"}  # who vouches for it, only the branch can say
    if not telegram:
        del raw["multiwan_telegram"]
    api = MemoryApi({"/certificate": [Found(f"*{number}", row) for number, row in enumerate(certificates)]})
    api.menus["/certificate/settings"] = [Found("", {key.replace("_", "-"): text for key, text in settings.items()})]
    return notes(api, parse_version(version), assemble(raw, name="jakarta").rows, {})


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.18"])
def test_before_7_19_messages_need_an_imported_authority(version: str) -> None:
    for certificates in ((), (OWN,), (UNTRUSTED,), (OWN, UNTRUSTED)):
        (note,) = noted(version, *certificates)
        assert "no Telegram message will be sent" in note
        assert "/certificate/import" in note
    assert noted(version, OWN, IMPORTED) == ()


@pytest.mark.parametrize(
    ("version", "settings", "trusts"),
    [
        ("7.19", {"builtin_trust_anchors": "not-trusted"}, False),
        ("7.20", {"builtin_trust_anchors": "trusted"}, True),
        ("7.22", {"builtin_trust_store": "default"}, True),
        ("7.22", {"builtin_trust_store": "dns,fetch"}, True),
        ("7.22", {"builtin_trust_store": "dns"}, False),
        ("7.22", {}, True),
    ],
)
def test_from_7_19_on_the_built_in_authorities_must_be_on_for_fetch(
    version: str, settings: dict[str, str], trusts: bool
) -> None:
    assert (noted(version, **settings) == ()) is trusts
    assert noted(version, IMPORTED, **settings) == ()


def test_without_messages_nothing_is_looked_up() -> None:
    assert noted("7.9", telegram=False) == ()


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.18", "7.19", "7.24"])
def test_the_plan_itself_says_what_its_sender_needs(version: str) -> None:
    raw = {**branch(2), "multiwan_routeros_version": version}
    raw["multiwan_telegram"] |= {"api_url": "https://bot.example.com"}
    rows = assemble(raw, name="jakarta").rows
    (comment,) = (row.values["comment"] for row in rows if row.tag == "multiwan:notify:telegram")
    assert ("needs the imported CA" in comment) is (parse_version(version) < parse_version("7.21"))


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.20"])
def test_a_router_that_is_given_the_authority_needs_nothing(version: str) -> None:
    rows = assemble({**branch(2), "multiwan_routeros_version": version}, name="jakarta").rows
    assert notes(MemoryApi({}), parse_version(version), rows, {}) == ()


def mode_notes(version: str = "7.22", *, telegram: bool = True, fast: bool = True, **mode: str) -> tuple[str, ...]:
    raw = {**branch(2), "multiwan_routeros_version": version, "multiwan_fast_failover": fast}
    if not telegram:
        del raw["multiwan_telegram"]
    api = MemoryApi({"/certificate": [Found("*1", IMPORTED)], "/system/device-mode": [Found("", mode)]})
    return notes(api, parse_version(version), assemble(raw, name="jakarta").rows, {})


def test_a_device_mode_that_forbids_the_scheduler_is_told_with_what_it_means() -> None:
    (note,) = mode_notes(scheduler="no", fetch="yes")
    assert "fast failover stays off" in note
    assert "scheduler=yes" in note
    (note,) = mode_notes(scheduler="false", fast=False)
    assert "no message will be sent" in note
    assert mode_notes(scheduler="no", fast=False, telegram=False) == ()


def test_a_device_mode_that_forbids_fetch_is_told_where_messages_are_wanted() -> None:
    (note,) = mode_notes(fetch="no", scheduler="yes")
    assert "forbids fetch" in note
    assert mode_notes(fetch="no", scheduler="yes", telegram=False) == ()


def test_a_device_mode_that_allows_or_says_nothing_is_not_mentioned() -> None:
    assert mode_notes(scheduler="yes", fetch="yes") == ()
    assert mode_notes() == ()
    assert mode_notes("6.49", scheduler="no") == ()
