# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file is run once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import run_tests


def test_it_is_the_file_that_failed_not_the_one_that_the_test_was_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "lab.xml"
    case = '<testcase classname="{}" name="test_x" file="tests/lab/product/test_notify.py">{}</testcase>'
    cases = (
        case.format("tests.lab.product.test_notify_six", "<failure/>"),
        case.format("tests.lab.product.test_notify", ""),
        case.format("tests.unit.tools.test_run_tests.TestAny", "<error/>"),
    )
    report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    monkeypatch.setattr(run_tests, "REPORT", report)
    assert run_tests._failed_files() == [
        "tests/lab/product/test_notify_six.py",
        "tests/unit/tools/test_run_tests.py",
    ]
