# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import (
    Version,
    is_supported,
    lacks,
    parse_version,
    planned_for,
)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("7.22", Version(7, 22)),
        ("7.22.3 (stable)", Version(7, 22, 3)),
        ("7.24rc3", Version(7, 24)),
        ("7.23beta2 (testing)", Version(7, 23)),
        ("6.49.19 (long-term)", Version(6, 49, 19)),
    ],
)
def test_versions_are_read_as_the_router_prints_them(text: str, version: Version) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize("text", ["", "7", "latest", "7.22.3.4", "v7.22", "7.22 stable"])
def test_other_texts_are_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="not a RouterOS version"):
        parse_version(text)


def test_numbers_are_compared_as_numbers() -> None:
    assert Version(7, 9) < Version(7, 13) < Version(7, 13, 5) < Version(7, 22)


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("6.48.6", False),
        ("6.49", True),
        ("6.49.19", True),
        ("7.8", False),
        ("7.9", True),
        ("7.12.2", True),
        ("7.22.3", True),
        ("7.24.5", True),
        ("7.25", False),
    ],
)
def test_what_was_never_compared_is_refused(text: str, supported: bool) -> None:
    assert is_supported(parse_version(text)) is supported


def test_a_version_prints_as_people_write_it() -> None:
    assert [str(Version(7, 22)), str(Version(7, 22, 3))] == ["7.22", "7.22.3"]


@pytest.mark.parametrize(
    ("router", "planned"),
    [("6.49.19", "6.49.19"), ("7.9.2", "7.9.2"), ("7.22.3", "7.22.3"), ("7.25", "7.24"), ("8.0", "7.24")],
)
def test_a_router_is_planned_for_as_it_is_or_as_the_newest_known(router: str, planned: str) -> None:
    assert planned_for(parse_version(router)) == parse_version(planned)


@pytest.mark.parametrize("router", ["6.48.6", "7.0", "7.8"])
def test_a_router_of_an_unsupported_version_is_told_so(router: str) -> None:
    with pytest.raises(ValueError, match=f"the router runs RouterOS {router}; this collection supports 6.49 and 7.9"):
        planned_for(parse_version(router))


@pytest.mark.parametrize(
    ("planned", "router", "number"),
    [
        ("7.22", "7.22", 0),
        ("7.22", "7.13", 0),
        ("7.9", "7.24", 0),
        ("7.19", "7.18", 0),
        ("7.13", "7.12", 1),
        ("7.22", "7.10", 2),
        ("7.22", "6.49", 4),
        ("6.49", "6.49.19", 0),
        ("6.49", "7.9", 1),
    ],
)
def test_what_a_router_lacks_of_what_a_plan_uses(planned: str, router: str, number: int) -> None:
    assert len(lacks(parse_version(planned), parse_version(router))) == number
