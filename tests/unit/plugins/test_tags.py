# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.diff import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.tags import ascii_label, owned, tag
from hypothesis import given
from hypothesis import strategies as st


@given(st.text())
def test_a_label_in_a_comment_is_short_ascii_without_brackets(text: str) -> None:
    label = ascii_label(text)
    assert label.isascii()
    assert label.isprintable()
    assert len(label) <= 40
    assert not set(label) & set("[]")


@given(st.text())
def test_a_label_never_hides_the_tag(text: str) -> None:
    row = owned("/ip/route", tag("wan", "isp1", "default"), ascii_label(text), {})
    assert Found("*1", row.values).tag == "multiwan:wan:isp1:default"


def test_accents_are_dropped_and_the_rest_is_marked() -> None:
    assert ascii_label("Módem [A] 本") == "Modem (A) ?"


@pytest.mark.parametrize("name", ["", "ISP1", "a b", "a:b", "a]", "a/b"])
def test_a_name_that_could_not_be_read_back_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="owner tag"):
        tag("wan", name)
