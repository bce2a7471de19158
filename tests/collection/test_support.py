# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people are told is supported is what is tested; and the gate's own judgements."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest
import yaml

from tools.quality import importer, licences
from tools.quality.licence_names import compatible
from tools.quality.support import CORES, Core

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "support.md").read_text(encoding="utf-8")


def test_the_page_names_what_is_tested() -> None:
    told = re.findall(r"^\| (2\.\d+) \| (3\.\d+) \|", PAGE, re.MULTILINE)
    assert told == [(core.release, core.pythons[0]) for core in CORES]


def test_the_collection_asks_for_the_oldest_of_them() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert runtime["requires_ansible"] == f">={CORES[0].release}.0"


@pytest.mark.parametrize("core", CORES, ids=[core.release for core in CORES])
def test_each_is_locked(core: Core) -> None:
    text = (ROOT / "requirements" / f"{core.environment or 'dev'}.txt").read_text(encoding="utf-8")
    assert re.search(rf"^ansible-core=={re.escape(core.release)}\.\d+ ", text, re.MULTILINE)


def test_the_checkout_has_the_oldest() -> None:
    assert importlib.metadata.version("ansible-core").startswith(f"{CORES[0].release}.")


def test_the_licences_are_fresh_and_go_together() -> None:
    assert not list(licences.problems(licences.locked(), licences.told()))


def test_a_stale_or_foreign_licence_is_found() -> None:
    one = licences.Package("one", ("1.0",), ("dev",))
    assert list(licences.problems([one], {}))
    assert list(licences.problems([one], {"one": ("0.9", "MIT")}))
    assert list(licences.problems([one], {"one": ("1.0", "SSPL-1.0")}))
    assert list(licences.problems([one], {"one": ("1.0", "MIT"), "two": ("1.0", "MIT")}))
    assert not list(licences.problems([one], {"one": ("1.0", "MIT")}))


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("SSPL-1.0 OR MIT", True),
        ("MIT AND SSPL-1.0", False),
        ("GPL-2.0-only", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_one_side_of_an_or_is_enough(expression: str, *, may: bool) -> None:
    assert compatible(expression) is may


def test_what_the_importer_says_is_a_complaint() -> None:
    done = "Importer processing completed successfully"
    style = "WARNING: plugins/module_utils/writing.py:159:60: E203 whitespace before ':'"
    lint = "WARNING: playbooks/site.yml:1: internal-error"
    assert importer.complaints(f"{style}\n{done}", code=0) == []
    assert importer.complaints(f"{lint}\n{done}", code=0) == [lint]
    assert importer.complaints(lint, code=1)
    assert importer.complaints("", code=0)
