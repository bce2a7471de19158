# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export as it is printed: folded, and still a script."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lab.verbs.document import document, fold
from tests.unit.lab.verbs.test_export import router, run

text = st.text(st.sampled_from('ab "\\$[](){};\n\t#=~é/ '), min_size=1, max_size=300)


@settings(max_examples=60, deadline=None)
@given(source=text)
@example(source=" " * 200)
@example(source="x" * 200)
@example(source='"' * 100)
@example(source="a" * 50 + "\n    b")
async def test_what_is_folded_reads_back(source: str) -> None:
    engine = router()
    engine.store.load([("/system/script", {"name": "s", "owner": "*system", "source": source})])
    again = router()
    await run(again, document(engine.export(), "7.22", 0.0))
    assert again.store.rows("/system/script") == engine.store.rows("/system/script")


@given(st.text(st.sampled_from('abc ="\\'), max_size=300).filter(lambda line: line.count('"') % 2 == 0))
def test_no_line_but_one_long_word_is_longer_than_80(line: str) -> None:
    for part in fold(line):
        assert len(part) <= 81 or " " not in part.strip().rstrip("\\")


def test_a_long_word_stays_whole_and_a_comment_too() -> None:
    policy = "policy=" + ",".join(f"word{n}" for n in range(20))
    assert fold(f"add name=x {policy}") == ["add name=x \\", f"    {policy}"]
    assert fold("# " + "x" * 100) == ["# " + "x" * 100]


def test_the_head_says_when_and_by_which_version() -> None:
    assert document("", "7.9", 0.0).startswith("# jan/01/1970 00:00:00 by RouterOS 7.9\n# software id = \n#\n")
    assert document("", "7.10", 0.0).startswith("# 1970-01-01 00:00:00 by RouterOS 7.10\n")
