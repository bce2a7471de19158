# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/import`` and files that run when they arrive (facts 8)."""

from __future__ import annotations

import pytest

from lab.store import Trap
from tests.unit.lab.services.rig import ADMIN, Rig

DONE = "Script file loaded and executed successfully"
TWO_PATHS = "/ip pool\nadd name=a ranges=10.0.0.2-10.0.0.9\n/system identity\nset name=jakarta\n"


async def imported(rig: Rig, source: str, **args: str) -> str:
    rig.engine.write_file("x.rsc", source)
    return (await rig.call("/", "import", file_name="x.rsc", **args)).printed


async def refused(rig: Rig, source: str, **args: str) -> list[str]:
    with pytest.raises(Trap) as caught:
        await imported(rig, source, **args)
    return caught.value.message.split("\n")


async def test_paths_last_from_line_to_line() -> None:
    rig = Rig()
    assert await imported(rig, TWO_PATHS) == DONE
    assert (await rig.rows("/system/identity"))[0]["name"] == "jakarta"


async def test_it_stops_at_the_first_error_and_keeps_what_was_done() -> None:
    rig = Rig()
    words = await refused(rig, TWO_PATHS + "set nme=x\nset name=late\n")
    assert words == ["bad parameter nme (line 5 column 8)"]
    assert (await rig.rows("/system/identity"))[0]["name"] == "jakarta"


async def test_what_stands_before_a_command_that_cannot_be_read_is_done() -> None:
    rig = Rig()
    (words,) = await refused(rig, TWO_PATHS + ":put (\n")
    assert words.startswith("syntax error (line ")
    assert (await rig.rows("/system/identity"))[0]["name"] == "jakarta"


async def test_verbose_shows_each_command_with_its_line() -> None:
    rig = Rig()
    said = await imported(rig, ":put 1\n# remark\n{\n:put 2\n}\n", verbose="yes")
    assert said.split("\n") == ["#line 1", ":put 1", "#line 3", "{", ":put 2", "}", "1", "2", DONE]


async def test_from_line_leaves_out_what_stands_before_and_keeps_the_numbers() -> None:
    rig = Rig()
    assert await imported(rig, ":put 1\n:put 2\n", from_line="2") == f"2\n{DONE}"
    assert await refused(rig, ":put 1\n/bogus\n", from_line="2") == ["bad command name bogus (line 2 column 2)"]
    assert await refused(rig, "", from_line="0") == ["invalid value for argument from-line"]


async def test_a_dry_run_finds_the_first_mistake_and_verbose_all_of_them() -> None:
    rig = Rig()
    wrong = "/ip pool\nadd nme=a ranges=10.0.0.2\n/bogus\n:put 1\n"
    assert await refused(rig, wrong, dry_run="yes") == ["bad parameter nme (line 2 column 8)"]
    said = await refused(rig, wrong, dry_run="yes", verbose="yes")
    assert said[-1] == "Script Error: found 2 error(s) in import file"
    assert "bad command name bogus (line 3 column 2)" in said
    assert await imported(rig, TWO_PATHS, dry_run="yes") == DONE
    assert not any(row["name"] == "a" for row in await rig.rows("/ip/pool"))


async def test_an_upload_named_auto_runs_and_its_words_are_in_a_file() -> None:
    rig = Rig()
    imports = rig.services.scripts.imports
    for name, source, said in (
        ("a.auto.rsc", ":put 1\n/bogus\n", "1\nbad command name bogus (line 2 column 2)\n"),
        ("b.auto.rsc", ":put 1", f"1\n{DONE}\n"),
    ):
        rig.engine.write_file(name, source)
        await imports.arrived(name, ADMIN)
        log = name.replace(".rsc", ".log")
        assert [row["contents"] for row in await rig.rows("/file") if row["name"] == log] == [said]
    await imports.arrived("c.rsc", ADMIN)
    assert len(await rig.rows("/file")) == 4
