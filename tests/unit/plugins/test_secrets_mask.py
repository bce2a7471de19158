# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.quoting import quote
from ansible_collections.multiwan.routeros.plugins.module_utils.secrets_mask import Mask
from hypothesis import given
from hypothesis import strategies as st

TOKEN = "110201543:AAEabcdefghijklmnopqrstuvwxyz012345"


secrets = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), min_size=4, max_size=30)


@given(secrets, st.text(max_size=20), st.text(max_size=20))
def test_a_known_secret_is_gone_also_where_a_script_quotes_it(secret: str, before: str, after: str) -> None:
    mask = Mask([secret])
    for text in (before + secret + after, before + quote(secret) + after):
        assert secret not in mask(text)
        assert mask.touches(text)


def test_a_token_nobody_told_us_of_is_known_by_its_shape() -> None:
    assert Mask()(f"/bot{TOKEN}/sendMessage") == "/bot********/sendMessage"


@pytest.mark.parametrize(
    "text",
    ["[multiwan:pcc:isp1:0]", "AA:BB:CC:00:11:22", "both-addresses:10/3", "2026-01-02 12:30:45", "127.0.0.1:8729"],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Mask(["other"])(text) == text


def test_a_secret_that_holds_another_is_masked_whole() -> None:
    assert Mask(["abcd", "abcdef"])("x abcdef y") == "x ******** y"


def test_data_is_masked_to_the_leaves() -> None:
    assert Mask(["hunter22"]).data({"a": ["x hunter22", 5, None]}) == {"a": ["x ********", 5, None]}
