# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every script of every golden branch, as each version gets it: past the linter, and past the lab's own parser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows
from routeros_lsp.analyze import analyze

from lab.script import ScriptSyntaxError, parse
from tests.versions.in_process import InProcess
from tests.versions.linter import database
from tests.versions.test_plans import CASES, VERSIONS, plan, request

PROPERTIES = ("source", "on-event", "on-alert", "up-script", "down-script", "script")
#: What a caller gives a script or a function.
GIVEN = frozenset({"mwBody", "mwText", "mwTime", "mwIf", "mwSegment", "mwRaw"})
#: Rules of the linter that are known to be wrong, with the reason: none is needed.
OFF: Mapping[str, str] = {}


@cache
def scripts(version: str) -> Mapping[str, str]:
    """Text to where it comes from, each text once."""
    found: dict[str, str] = {}
    for branch in (name for name, known in CASES if known == version):
        wanted = request(plan(branch, version))
        for row in fill_rows(wanted.rows, wanted.secrets):
            for key in PROPERTIES:
                if row.values.get(key):
                    found.setdefault(str(row.values[key]), f"{branch} {row.tag} {key}")
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_script_passes_the_linter_of_its_version(version: str) -> None:
    assert len(scripts(version)) > 10
    for text, where in scripts(version).items():
        found = analyze(
            text,
            scope="script",
            context_variables=GIVEN,
            schema=database(version),
            severities=dict.fromkeys(OFF, "off"),
        ).findings
        assert found == [], where


@pytest.mark.parametrize("version", VERSIONS)
def test_every_script_is_parsed_by_the_router_of_its_version(version: str) -> None:
    router = InProcess(version)
    for text, where in scripts(version).items():
        try:
            parse(text, version, tree=router.tree)
        except ScriptSyntaxError as error:
            pytest.fail(f"{where}: {error}")


@pytest.mark.parametrize(("written_for", "read_by"), [("7.22", "7.12"), ("7.12", "7.9"), ("7.22", "6.49")])
def test_both_would_notice_a_script_of_a_later_version(written_for: str, read_by: str) -> None:
    router = InProcess(read_by)
    (notify,) = (text for text, where in scripts(written_for).items() if ":notify " in where and "kejadian" in text)
    assert analyze(notify, scope="script", context_variables=GIVEN, schema=database(read_by)).findings
    with pytest.raises(ScriptSyntaxError):
        parse(notify, read_by, tree=router.tree)


@pytest.mark.parametrize("version", VERSIONS)
def test_scripts_are_printable_ascii(version: str) -> None:
    assert all(text.isascii() and text.replace("\n", "").isprintable() for text in scripts(version))
