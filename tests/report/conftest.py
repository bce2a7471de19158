# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.multiwan.routeros.plugins.plugin_utils.fleet_page_html import html

from tests.report import chromium
from tests.report.chromium import Chromium
from tests.report.sample import sample

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "report"


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    program = chromium.found()
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or MULTIWAN_CHROMIUM=/path/to/one")
    opened = Chromium(program)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules of accessibility, as a program for the page."""
    path = ROOT / ".dev" / "report" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("no axe-core: ./dev test tests/report installs it where there is npm")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def report() -> Path:
    """The page of fifty branches."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / "report.html"
    path.write_text(html(sample()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fourteen branches, among them every trouble: for what takes long for each of them."""
    path = tmp_path_factory.mktemp("report") / "small.html"
    path.write_text(html(sample(14)), encoding="utf-8")
    return path
