# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from hypothesis import example, given, settings

from tests.unit.plugins.branches import weights
from tools import row_counts


@given(weights())
@settings(max_examples=30, deadline=None)
@example((1_000_000, 1000, 10, 1))
@example((1_000_000, *(1,) * 15))
def test_no_weights_need_more_rows_than_the_page_says(given_weights: tuple[int, ...]) -> None:
    count = len(given_weights)
    plan = assemble(row_counts.variables(count, weights=given_weights), name="example")
    assert len(plan.rows) <= row_counts.at_most(count)


@pytest.mark.parametrize("count", row_counts.UPLINKS)
def test_the_bound_is_above_what_equal_uplinks_need(count: int) -> None:
    plan = assemble(row_counts.variables(count), name="example")
    assert len(plan.rows) < row_counts.at_most(count) < len(plan.rows) + 256 + 3 * 256
