# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simple queue may not say."""

from __future__ import annotations

import pytest

from lab.schema.snapshot import ConfigRow
from lab.store.queues import check_simple
from lab.store.trap import Trap


@pytest.mark.parametrize(
    ("most", "least", "refused"),
    [
        ("5000000/5000000", "5000000/5000000", ""),
        ("0/0", "5000000/5000000", ""),
        ("4000000/5000000", "5000000/5000000", "failure: upload-max-limit less than upload-limit"),
        ("5000000/4000000", "5000000/5000000", "failure: download-max-limit less than download-limit"),
    ],
)
def test_a_guarantee_is_not_above_the_limit(most: str, least: str, refused: str) -> None:
    row = ConfigRow(1, {"max-limit": most, "limit-at": least})
    if not refused:
        check_simple(row)
        return
    with pytest.raises(Trap) as caught:
        check_simple(row)
    assert str(caught.value) == refused
