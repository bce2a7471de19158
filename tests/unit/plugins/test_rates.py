# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.rates import parse_rate
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("written", "bits"),
    [("10M", 10_000_000), ("1G", 1_000_000_000), ("512k", 512_000), ("2.5M", 2_500_000), (64000, 64000), ("7", 7)],
)
def test_speeds_are_powers_of_ten(written: object, bits: int) -> None:
    assert parse_rate(written) == bits


@pytest.mark.parametrize(
    "written", ["", "0", 0, -1, "10Mbps", "10 M", "M", "1e6", "10m", "0.5", True, None, 1.5, [], "٣"]
)
def test_what_is_no_speed_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="a speed such as"):
        parse_rate(written)


@given(st.integers(1, 10**9), st.sampled_from(["", "k", "M", "G"]))
def test_a_unit_multiplies(number: int, unit: str) -> None:
    assert parse_rate(f"{number}{unit}") == number * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[unit]
