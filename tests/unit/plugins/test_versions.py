# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import Version, is_supported, parse_version


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
        ("6.49.19", False),
        ("7.9", False),
        ("7.12.2", False),
        ("7.13", True),
        ("7.22.3", True),
        ("7.24.5", True),
        ("7.25", False),
    ],
)
def test_what_was_never_compared_is_refused(text: str, supported: bool) -> None:
    assert is_supported(parse_version(text)) is supported


def test_a_version_prints_as_people_write_it() -> None:
    assert [str(Version(7, 22)), str(Version(7, 22, 3))] == ["7.22", "7.22.3"]
