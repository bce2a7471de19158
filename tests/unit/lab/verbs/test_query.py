# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.store import Trap
from lab.verbs.query import matches

ROW = {".id": "*1", "name": "ether1", "type": "ether", "disabled": "false", "mtu": "1500", "comment": ""}


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        ([], True),
        (["?name"], True),
        (["?nothing"], False),
        (["?-nothing"], True),
        (["?-name"], False),
        (["?name=ether1"], True),
        (["?=name=ether1"], True),
        (["?=name=ether2"], False),
        (["?=comment="], True),
        (["?disabled=no"], True),
        (["?=disabled=false"], True),
        (["?=disabled=yes"], False),
        (["?>mtu=1400"], True),
        (["?<mtu=9"], False),
        (["?.id=*1"], True),
        (["?type=ether", "?name=ether2"], False),
        (["?name=ether2", "?type=ether", "?#|"], True),
        (["?name=ether2", "?type=vlan", "?#|"], False),
        (["?name=ether2", "?#!"], True),
        (["?name=ether1", "?type=vlan", "?#!&"], True),
        (["?name=ether1", "?#!!"], True),
        # index: a copy of the value below the top; at the end it replaces all
        (["?name=ether2", "?type=ether", "?#0"], True),
        (["?name=ether1", "?type=vlan", "?#1"], True),
        # `.` duplicates the top
        (["?name=ether1", "?#.&"], True),
        # an empty stack is full of true values
        (["?#!"], False),
        (["?#|"], True),
    ],
)
def test_a_query_is_a_stack_of_truth_values(queries: list[str], expected: bool) -> None:
    assert matches(ROW, queries) is expected


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(Trap):
        matches(ROW, ["?#x"])
