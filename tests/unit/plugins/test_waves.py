# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible.utils.helpers import pct_to_int
from ansible_collections.multiwan.routeros.plugins.module_utils import waves
from hypothesis import given
from hypothesis import strategies as st

_WAVES = st.lists(st.integers(1, 400) | st.integers(1, 100).map(lambda share: f"{share}%"), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ([1, "10%", "100%"], (1, "10%", "100%")),
        (5, (5,)),
        ("5", (5,)),
        ("25%", ("25%",)),
        ("1, 10%, 100%", (1, "10%", "100%")),
        ('[1, "10%"]', (1, "10%")),
        (["3", "100%"], (3, "100%")),
    ],
)
def test_lists_single_waves_and_texts_are_understood(said: Any, meant: tuple[waves.Wave, ...]) -> None:
    assert waves.read(said) == meant


@pytest.mark.parametrize("said", [[], "", None, {"first": 1}, "[]", True])
def test_what_is_no_list_is_refused_with_what_is_allowed(said: Any) -> None:
    with pytest.raises(ValueError, match=r"multiwan_waves(\[0\])?: saw .*; allowed: "):
        waves.read(said)


@pytest.mark.parametrize("said", [0, -1, "0%", "101%", "2.5%", 1.5, "ten", None, [1], True, "%"])
def test_each_wrong_wave_is_named_with_its_place(said: Any) -> None:
    with pytest.raises(ValueError, match=r"^multiwan_waves\[1\]: saw .*; allowed: .*\nmultiwan_waves\[3\]: ") as caught:
        waves.read([1, said, "50%", "x"])
    assert "[0]" not in str(caught.value)
    assert "[2]" not in str(caught.value)


@given(_WAVES, st.integers(0, 350))
def test_sizes_are_those_that_ansible_makes(asked: list[waves.Wave], branches: int) -> None:
    left, theirs = branches, []
    while left > 0:
        size = pct_to_int(asked[min(len(theirs), len(asked) - 1)], branches)
        theirs.append(min(size, left))
        left -= theirs[-1]
    assert waves.sizes(asked, branches) == tuple(theirs)


def test_by_default_one_canary_a_tenth_and_the_rest() -> None:
    assert waves.sizes(waves.default(0), 50) == (1, 5, 44)
    assert waves.sizes(waves.default(3), 300) == (3, 30, 267)


def test_canaries_go_first_in_their_order_and_nobody_goes_twice() -> None:
    assert waves.ordered(["a", "b", "c", "d"], ["d", "b", "d", "elsewhere"]) == ("d", "b", "a", "c")
