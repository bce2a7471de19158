# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.router.devicemode import MAX_ATTEMPTS, MODES, DeviceMode, Refused

FEATURES = (
    "scheduler",
    "fetch",
    "email",
    "romon",
    "sniffer",
    "hotspot",
    "proxy",
    "zerotier",
    "bandwidth-test",
    "socks",
)


@pytest.mark.parametrize("feature", FEATURES)
def test_home_has_none_of_what_attackers_like(feature: str) -> None:
    assert not DeviceMode("home").allows(feature)
    assert DeviceMode("advanced").allows(feature)


@pytest.mark.parametrize("feature", ["scheduler", "fetch", "email", "romon", "sniffer"])
def test_basic_allows_what_an_office_needs(feature: str) -> None:
    assert DeviceMode("basic").allows(feature)


@pytest.mark.parametrize("feature", ["hotspot", "proxy", "zerotier"])
def test_basic_has_no_hotspot_proxy_or_zerotier(feature: str) -> None:
    assert not DeviceMode("basic").allows(feature)


@given(st.sampled_from(MODES), st.sampled_from(FEATURES), st.booleans())
def test_a_single_feature_counts_until_a_mode_is_set(mode: str, feature: str, allowed: bool) -> None:
    changed = DeviceMode(mode).updated({feature: "yes" if allowed else "no"})
    assert changed.mode == mode
    assert changed.allows(feature) is allowed
    assert all(changed.allows(other) == DeviceMode(mode).allows(other) for other in FEATURES if other != feature)
    for new in MODES:
        assert changed.updated({"mode": new}) == DeviceMode(new)


@pytest.mark.parametrize("args", [{"mode": "fortress"}, {"fetch": "maybe"}])
def test_nonsense_is_refused(args: dict[str, str]) -> None:
    with pytest.raises(Refused, match="input does not match any value of"):
        DeviceMode().updated(args)


def test_the_fourth_try_without_a_hand_is_refused() -> None:
    assert DeviceMode("home", attempts=MAX_ATTEMPTS - 1).updated({"fetch": "yes"}).allows("fetch")
    with pytest.raises(Refused):
        DeviceMode("home", attempts=MAX_ATTEMPTS).updated({"fetch": "yes"})


@pytest.mark.parametrize(("version", "name"), [("7.16.2", "enterprise"), ("7.17", "advanced"), ("7.24", "advanced")])
def test_advanced_had_another_name_before_7_17(version: str, name: str) -> None:
    assert DeviceMode().shown(version, frozenset({"mode"})) == {"mode": name}
