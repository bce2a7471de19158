# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from typing import Any

import pytest

from tests.clients.conftest import RouterUnderTest

_ID = re.compile(r"\*[0-9A-F]+")


@pytest.fixture(scope="module")
def seen(router: RouterUnderTest) -> Any:
    return router.run("librouteros_client.py")


def test_it_logs_in_and_reads_typed_values(seen: Any, router: RouterUnderTest) -> None:
    assert seen["identity"] == {"name": "jakarta"}
    assert seen["resource"]["version"] == f"{router.version} (stable)"
    assert isinstance(seen["resource"]["total-memory"], int)


def test_tls_with_the_routers_certificate_checked(seen: Any) -> None:
    assert seen["tls"] == "jakarta"


def test_rows_are_added_changed_and_removed_by_id(seen: Any) -> None:
    edit = seen["edit"]
    assert len(edit["ids"]) == 3
    assert all(_ID.fullmatch(one) for one in edit["ids"])
    assert edit["first"] == [{".id": edit["ids"][0], "address": "10.1.0.1", "comment": "Büro 1 – ruang"}]
    (changed,) = edit["changed"]
    assert changed["disabled"] is True
    assert changed["timeout"] in ("1h", "59m59s")
    assert edit["left"] == []
    assert edit["gone"] == ["TrapError", "no such item"]
    assert "already have such entry" in edit["twice"][1]


def test_queries_with_and_or_not_in(seen: Any) -> None:
    edit = seen["edit"]
    assert edit["either"] == [{"address": "10.1.0.1"}, {"address": "10.1.0.3"}]
    assert edit["others"] == [{"address": "10.1.0.2"}, {"address": "10.1.0.3"}]
    assert edit["within"] == [{"address": "10.1.0.2"}]


def test_mistakes_are_traps_and_the_connection_goes_on(seen: Any) -> None:
    mistakes = seen["mistakes"]
    assert mistakes["menu"] == ["TrapError", "no such command prefix"]
    assert mistakes["command"] == ["TrapError", "no such command"]
    assert mistakes["argument"] == ["TrapError", "unknown parameter"]
    assert mistakes["missing"][0] == mistakes["value"][0] == "TrapError"
    assert "interface" in mistakes["missing"][1]
    assert "address" in mistakes["value"][1]
    assert mistakes["after"] == "jakarta"


def test_a_wrong_password_is_refused(seen: Any) -> None:
    assert "invalid user name or password" in seen["login"][1]


def test_asyncio_and_a_real_ping(seen: Any) -> None:
    assert {"bridge", "ether1", "lo"} <= set(seen["async"]["names"])
    pings = seen["async"]["pings"]
    assert [(row["seq"], row["host"], row["received"], row["packet-loss"]) for row in pings] == [
        (0, "192.168.1.1", 1, 0),
        (1, "192.168.1.1", 2, 0),
    ]
    assert pings[1]["ttl"] == 64


def test_routeros_6_is_spoken_to_in_the_same_way(old_router: RouterUnderTest) -> None:
    seen = old_router.run("librouteros_client.py")
    assert seen["resource"]["version"].startswith("6.49")
    assert seen["edit"]["left"] == []
    assert [row["received"] for row in seen["async"]["pings"]] == [1, 2]


def test_export_and_import_through_files(router: RouterUnderTest) -> None:
    seen = router.run("librouteros_client.py", ask="config")
    assert "laptop teknisi" in seen["text"]
    assert seen["dry"] == [], "a dry run changed something"
    assert seen["applied"] == 1
    assert seen["wrong"][0] in ("TrapError", "MultiTrapError")
    assert seen["left"] == []
