# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: one file, no network, nothing that came from the lab is taken for markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lab.demo.page import content_hash, render, safe_json
from lab.demo.record import Calls, Message, as_json, dumps
from lab.demo.verdict import judge
from tests.unit.lab.demo.madeup import record, uplinks

EVIL = '</script><script>alert(1)</script><img src=x onerror="alert(2)">&amp;'


class Outline(HTMLParser):
    """Tags and attributes as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def outline(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Outline()
    parser.feed(page)
    return parser.tags


def test_the_page_asks_the_network_for_nothing() -> None:
    page = render(record())
    for _, attributes in outline(page):
        for name in ("src", "href", "srcset", "action", "poster"):
            assert (attributes.get(name) or "data:").startswith(("data:", "#"))
    assert "@import" not in page
    assert "url(" not in page


def test_the_policy_allows_only_the_pages_own_style_and_script() -> None:
    page = render(record())
    policy = next(a["content"] or "" for t, a in outline(page) if t == "meta" and "http-equiv" in a)
    style = re.findall(r"<style>(.*?)</style>", page, re.S)
    script = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(style) == len(script) == 1
    assert policy.startswith("default-src 'none'")
    assert content_hash(style[0]) in policy
    assert content_hash(script[0]) in policy
    assert "unsafe" not in policy
    assert not any("style" in attributes for _, attributes in outline(page))


def test_words_from_the_lab_are_never_markup() -> None:
    good = record(chat=(Message(1.0, EVIL),))
    branch = replace(
        good.branch, title=EVIL, uplinks=(replace(good.branch.uplinks[0], label=EVIL), good.branch.uplinks[1])
    )
    page = render(replace(good, branch=branch, checks=judge(good)))
    assert "<script>alert" not in page
    assert not any(tag == "img" or "onerror" in attributes for tag, attributes in outline(page))
    assert len([tag for tag, _ in outline(page) if tag == "script"]) == 2


def test_the_embedded_data_is_the_demo_json() -> None:
    good = record(chat=(Message(1.0, EVIL),))
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', render(good), re.S)
    assert found is not None
    assert json.loads(found[1]) == json.loads(dumps(good))


def test_safe_json_stays_json() -> None:
    assert json.loads(safe_json({"a": EVIL + "\u2028"})) == {"a": EVIL + "\u2028"}


def test_every_drawing_has_words_for_those_who_cannot_see_it() -> None:
    drawings = [attributes for tag, attributes in outline(render(record())) if tag == "svg"]
    assert len(drawings) >= 7
    assert all(a.get("aria-label") or a.get("aria-hidden") for a in drawings)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 16])
def test_the_page_is_drawn_for_any_number_of_uplinks(count: int) -> None:
    good = record()
    page = render(replace(good, branch=replace(good.branch, uplinks=uplinks(count))))
    assert "NaN" not in page
    assert f"{count} internet lines become one" in page
    assert f">Modem {count}</text>" in page


def test_a_run_that_broke_off_early_still_has_a_page() -> None:
    good = record()
    fault = replace(
        good.failover,
        attempts=(),
        detected_s=None,
        new_connections_restored_s=None,
        route_to=None,
        calls=Calls(16, 0, 0, None, 0),
        told_down=None,
        hold_s=None,
        back_s=None,
        shut_s=None,
        at_return=None,
        told_up=None,
    )
    rogue = replace(good.rogue, message=None, mac_reported=None, interface_reported=None, seconds=None)
    bare = replace(good, failover=fault, rogue=rogue, chat=(), samples=(), moments=())
    page = render(replace(bare, checks=judge(bare)))
    assert "promises missed" in page
    assert "Nothing arrived." in page
    assert as_json(bare)["failover"]["route_to"] is None


def test_demo_json_has_the_promised_keys() -> None:
    data = as_json(record())
    assert data["throughput_mbit"]["single"].keys() == data["throughput_mbit"]["both"].keys() == {"down", "up"}
    assert {"isp1", "isp2"} <= data["split"].keys()
    assert data["split"]["isp1"] + data["split"]["isp2"] == pytest.approx(1, abs=2e-4)
    assert {"fault", "detected_s", "new_connections_restored_s", "route_to"} <= data["failover"].keys()
    assert data["failover"]["calls"] == {"all": 16, "hit": 7, "moved": 7, "silent_s": 3.3, "disturbed": 0}
    assert data["failover"]["told_up"]["length_s"] == 33.0
    assert {"mac", "mac_reported", "interface_reported", "seconds", "message"} <= data["rogue_dhcp"].keys()
    assert data["second_run"]["changed"] == 0
    assert data["check_mode"]["changed_router"] is False
