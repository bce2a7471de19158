# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes in the variables end the run before the router hears of it."""

from __future__ import annotations

import pytest

from tests.lab.product.conftest import Branch, Start

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def branch(start: Start) -> Branch:
    return start("input")


def test_all_mistakes_are_reported_together_and_nobody_logs_in(branch: Branch) -> None:
    mistakes = {
        "multiwan_classifier": "both-adresses",
        "multiwan_bypass": ["10.0.0.0/33"],
        "multiwan_upliks": [],
        "multiwan_mode": "balanced",
    }
    played = branch.play("site", variables=mistakes)
    assert played.code != 0
    for path in ("multiwan_classifier", "multiwan_bypass[0]", "multiwan_upliks", "multiwan_mode"):
        assert path in played.output, f"{path} is not named in {played.output}"
    assert not [text for text in branch.logged() if "logged in" in text]
    assert branch.writes() == 0


def test_a_router_with_another_certificate_is_not_spoken_to(branch: Branch) -> None:
    played = branch.play("site", variables={"multiwan_api_ca_file": "/etc/ssl/certs/ca-certificates.crt"})
    assert played.code != 0
    assert "certificate" in played.output.lower()
    assert branch.writes() == 0


def test_a_wrong_password_is_said_in_words(branch: Branch) -> None:
    played = branch.play("site", variables={"multiwan_api_password": "guess-what"})
    assert played.code != 0
    assert "invalid user name or password" in played.output
    assert "guess-what" not in played.output
    assert branch.writes() == 0
