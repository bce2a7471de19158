# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Row
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import (
    fill_rows,
    filled,
    gap,
    has_secrets,
    masked,
    with_secrets,
)

VALUE = with_secrets(f"a {gap('key')} b {gap('key')}", "key")


def test_gaps_are_filled_for_the_router_only() -> None:
    assert filled(VALUE, {"key": "s3cret"}) == "a s3cret b s3cret"
    assert masked(VALUE) == "a ******** b ********"


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(KeyError, match="key"):
        filled(VALUE, {"other": "x"})


def test_a_text_without_a_place_for_its_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for key"):
        with_secrets("nothing", "key")


def test_rows_without_secrets_stay_as_they_are() -> None:
    rows = (Row("/m", "t", {"a": "x", "b": [{"$router": "/i/n/p"}]}), Row("/m", "u", {"source": VALUE}))
    assert fill_rows(rows, {"key": "k"}) == (rows[0], Row("/m", "u", {"source": "a k b k"}))


@pytest.mark.parametrize("value", ["text", {"$router": "/i/n/p"}, ["x"], None])
def test_other_values_hold_no_secret(value: object) -> None:
    assert not has_secrets(value)
