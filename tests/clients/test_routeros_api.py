# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import RouterUnderTest


@pytest.fixture(scope="module")
def seen(router: RouterUnderTest) -> Any:
    return router.run("routeros_api_client.py")


def test_rows_are_written_found_counted_and_removed(seen: Any) -> None:
    edit = seen["edit"]
    assert edit["by"] == ["10.3.0.1", "10.3.0.2", "10.3.0.3"]
    assert edit["either"] == ["10.3.0.1", "10.3.0.2"]
    assert edit["detailed"] == "Büro"
    assert edit["count"] == {"ret": "3"}
    assert edit["id"] == edit["new"][1]
    assert edit["none"] == 0, "an empty answer (!empty from 7.18 on) is no row"


def test_three_questions_at_once_get_their_own_answers(seen: Any) -> None:
    assert seen["edit"]["async"] == ["true", "false", "false"]
    assert seen["edit"]["typed"] == [True, False, False]


def test_raw_values(seen: Any) -> None:
    assert seen["cpu"] == "1"


def test_mistakes_are_exceptions_and_the_connection_goes_on(seen: Any) -> None:
    assert "no such command prefix" in seen["menu"][1]
    assert "interface" in seen["missing"][1]
    assert seen["after"] == "jakarta"


def test_tls_and_a_wrong_password(seen: Any) -> None:
    assert seen["tls"] == "jakarta"
    assert "invalid user name or password" in seen["login"][1]


def test_routeros_6(old_router: RouterUnderTest) -> None:
    seen = old_router.run("routeros_api_client.py")
    assert seen["edit"]["count"] == {"ret": "3"}
    assert seen["edit"]["none"] == 0
