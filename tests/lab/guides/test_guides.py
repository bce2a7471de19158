# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader sits down, clones the repository and does what the guides say, page after page, on one desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.world import launcher, state
from tests.lab.guides.desk import Desk
from tests.lab.guides.guide import GUIDES, ROOT, Step, command_steps, matches, steps

pytestmark = pytest.mark.lab

#: In the order in which they are read: each goes on with the labs that the one before it left up.
ORDER = ("first-branch", "failover", "practice", "from-a-recipe", "permissions", "events", "migration")
#: No command is in these, or another helper's test runs them.
ELSEWHERE = {"cannot-emulate": "", "awx": "tests/awx"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    try:
        launcher.unshare_flags()
    except state.LabError as error:
        pytest.skip(str(error))
    desk = Desk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.leave()


def do(desk: Desk, page: str, step: Step) -> None:
    if step.path:
        (desk.home / "routeros" / step.path).write_text(step.text, encoding="utf-8")
        return
    code, output = desk.type(step.command)
    said = f"docs/guides/{page}.md:{step.line}: {step.command}\nexit {code}\n{output}"
    assert code == step.code, said
    assert matches(step.prints, output), said


@pytest.mark.parametrize("page", ORDER)
def test_the_commands_of_a_guide_print_what_it_says(desk: Desk, page: str) -> None:
    for step in command_steps(page):
        if not step.shown_by:
            do(desk, page, step)


def test_every_guide_is_run_by_a_test() -> None:
    pages = {path.name.removesuffix(".md") for path in GUIDES.glob("*.md") if not path.name.endswith(".id.md")}
    assert pages == {*ORDER, *ELSEWHERE}
    assert [name for name, where in ELSEWHERE.items() if where and not (ROOT / where).exists()] == []
    assert steps((GUIDES / "cannot-emulate.md").read_text(encoding="utf-8")) == []


def test_commands_that_are_shown_elsewhere_are_compared_there() -> None:
    for page in ORDER:
        for step in command_steps(page):
            if step.shown_by:
                there = (ROOT / step.shown_by).read_text(encoding="utf-8")
                assert f'"{page}"' in there, f"{step.shown_by} does not look at {page}.md"


def commands(page: Path) -> list[str]:
    """What is typed; of files their names, since their comments are in the page's language."""
    return [step.command or step.path for step in steps(page.read_text(encoding="utf-8"))]


def test_both_languages_of_the_first_guide_tell_the_same() -> None:
    assert commands(GUIDES / "first-branch.id.md") == commands(GUIDES / "first-branch.md")
    own = [step for step in steps((GUIDES / "first-branch.id.md").read_text(encoding="utf-8")) if step.command]
    assert [step.prints for step in own] == [step.prints for step in command_steps("first-branch") if step.command]
