# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's page as text: nothing that a router says becomes markup, and nothing is asked of the network."""

from __future__ import annotations

import base64
import copy
import functools
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.fleet_page_text import clean
from ansible_collections.multiwan.routeros.plugins.plugin_utils.fleet_page_html import html
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.report.sample import sample

#: Left as they are: figures, times and words that the page chooses by.
FIXED = {"format", "made", "language", "time", "since", "read_at", "until", "kind", "reason", "latitude", "longitude"}


class Read(HTMLParser):
    """Tags with the names of their attributes, in order; texts and values of attributes by themselves."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, ...]] = []
        self.values: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.raw: dict[str, str] = {}
        self._in = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, *(name for name, _value in attrs)))
        self.values += [(tag, name, value or "") for name, value in attrs]
        self._in = tag

    def handle_endtag(self, tag: str) -> None:
        self.shape.append((f"/{tag}",))
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in in ("style", "script"):
            self.raw[self._in] = self.raw.get(self._in, "") + data
        else:
            self.texts.append(data)


def few() -> dict[str, Any]:
    """One branch of each kind of trouble; without the one whose texts are evil already."""
    found = sample()
    told = {"semarang", "kupang", "balikpapan", "palu", "banda-aceh"}
    return {**found, "branches": [branch for branch in found["branches"] if branch["name"] in told]}


def poisoned(data: Any, text: str, key: str = "") -> Any:
    """The same data with ``text`` behind the first letter of every text that a router or a file has a say in."""
    if isinstance(data, dict):
        return {name: poisoned(value, text, name) for name, value in data.items()}
    if isinstance(data, list):
        return [poisoned(item, text, key) for item in data]
    # A number goes first, so that every branch and group keeps its place in the page.
    return f"{data[:2]}{text}" if isinstance(data, str) and data and key not in FIXED else data


def ordered(data: dict[str, Any]) -> dict[str, Any]:
    """Names that sort alike, whatever comes behind them."""
    data = copy.deepcopy(data)
    for number, branch in enumerate(data["branches"]):
        branch |= {"name": f"{number:02d}", "label": f"{number:02d}", "groups": ["g1"]}
        for place, line in enumerate(branch["uplinks"]):
            line |= {"name": f"l{place}", "label": f"L{place}"}
        for event in branch["events"]:
            event["uplink"] = "l0" if event["uplink"] else ""
    return data


BASE = ordered(few())


@functools.cache
def harmless(length: int) -> Read:
    """The page with harmless texts that take as much room: where a name stands on the map depends on it."""
    return Read(html(poisoned(BASE, "x" * length)))


@settings(max_examples=8, deadline=None)
@given(st.text(min_size=1))
@example("<script>alert(1)</script>")
@example("</script><script>alert(1)</script>")
@example("\"'><img src=x onerror=alert(1)>")
@example("' onmouseover='alert(1)")
@example("</style><svg onload=alert(1)>")
@example("<!-- --> ]]> {{ 7*7 }} {% raw %} ${alert(1)}")
@example("&lt;b&gt; &#x3c;i&#x3e;")
@example("\x00\x1b[31m\u202e\u2028\ud800")
@example("javascript:alert(1)")
def test_no_text_of_a_router_becomes_markup(text: str) -> None:
    found = Read(html(poisoned(BASE, "x" + text)))
    alike = harmless(len(clean("x" + text)))
    assert found.shape == alike.shape
    assert found.raw == alike.raw
    for tag, name, value in found.values:
        assert not name.startswith("on")
        if name in ("href", "src", "action", "formaction"):
            assert re.fullmatch(r"#[a-z0-9-]+|data:,|report\.json|multiwan\.prom", value), (tag, name, value)


@pytest.mark.parametrize("text", ["<b>&amp;</b>", '"quoted"', "{{ page }}"])
def test_what_a_router_said_is_read_as_it_was_said(text: str) -> None:
    data = few()
    data["branches"][0]["notes"] = [text]
    assert text in Read(html(data)).texts


def test_the_policy_allows_this_style_and_this_script_and_nothing_else() -> None:
    found = Read(html(sample()))
    policy = next(value for tag, name, value in found.values if (tag, name) == ("meta", "content") and "src" in value)
    hashes = {
        name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in found.raw.items()
    }
    assert policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{hashes['style']}'",
        f"script-src 'sha256-{hashes['script']}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not [value for _tag, name, value in found.values if name == "style"]


def test_the_page_names_no_address_of_the_network() -> None:
    text = html(few())
    # The name of a format, which nothing asks for, is the one address in it.
    assert set(re.findall(r"https?://[^\s'\"<>)]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!\"data:)", text)


def test_the_report_of_fifty_branches_is_small() -> None:
    assert len(html(sample()).encode()) < 500_000


@pytest.mark.parametrize(("language", "headline"), [("id", "perlu perhatian"), ("en", "need attention")])
def test_it_opens_in_the_language_that_was_asked_for(language: str, headline: str) -> None:
    text = html(sample(language=language))
    assert f'<html lang="{language}"' in text
    assert re.search(rf"<h1><span data-o=\"[^\"]+\">[^<]*{headline}</span></h1>", text)


def test_each_element_has_an_id_of_its_own_and_each_link_within_leads_somewhere() -> None:
    found = Read(html(sample()))
    ids = [value for _tag, name, value in found.values if name == "id"]
    assert len(ids) == len(set(ids))
    links = {value[1:] for _tag, name, value in found.values if name == "href" and value.startswith("#")}
    named = {part for _tag, name, value in found.values if name == "aria-labelledby" for part in value.split()}
    assert links | named <= set(ids)


def test_each_branch_is_in_the_page_once_and_can_be_read_without_a_script() -> None:
    found = Read(html(sample()))
    details = [value for tag, name, value in found.values if tag == "article" and name == "id"]
    assert len(details) == 50
