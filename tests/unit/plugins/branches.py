# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches for properties: raw variables as an inventory would hold them, all of them right."""

from __future__ import annotations

from typing import Any

from ansible_collections.multiwan.routeros.plugins.module_utils.model import CLASSIFIERS, LANGUAGES, MODES
from hypothesis import strategies as st

TOKEN = "123456789:AAE-secret-secret-secret-secret-0"
LABELS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Cf")), min_size=1, max_size=64
).filter(lambda text: text.isprintable() and bool(text.strip()))
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,14}", fullmatch=True).filter(lambda name: not name.startswith("path-"))
#: Right ones on every RouterOS, for uplinks with two anchors.
PROBES = st.fixed_dictionaries(
    {},
    optional={
        "interval": st.one_of(st.integers(1, 60), st.integers(1, 60).map(lambda seconds: f"{seconds}s")),
        "good_checks": st.integers(1, 100),
        "quorum": st.integers(1, 2),
    },
)


def uplink(number: int, **more: Any) -> dict[str, Any]:
    return {
        "name": f"isp{number}",
        "interface": f"ether{number}",
        "address": f"172.16.{number}.2/24",
        "gateway": f"172.16.{number}.1",
        "anchors": [f"203.0.113.{number}", f"198.51.100.{number}"],
        **more,
    }


def branch(count: int = 2, **more: Any) -> dict[str, Any]:
    """Equal uplinks and one segment."""
    return {
        "multiwan_uplinks": [uplink(number) for number in range(1, count + 1)],
        "multiwan_segments": [{"name": "office", "interface": "bridge", "address": "192.168.10.1/24"}],
        "multiwan_telegram": {"bot_token": TOKEN, "chat_id": -100200300},
        **{f"multiwan_{key}": value for key, value in more.items()},
    }


def weights(most: int = 16) -> st.SearchStrategy[tuple[int, ...]]:
    sizes = st.one_of(st.integers(1, 9), st.integers(1, 200), st.integers(1, 1_000_000))
    return st.one_of(st.lists(sizes, min_size=1, max_size=4), st.lists(sizes, min_size=1, max_size=most)).map(tuple)


@st.composite
def branches(draw: st.DrawFn, *, least: int = 1, most: int = 16) -> dict[str, Any]:
    """Any right branch: names, labels, weights, priorities, probes, pins, segments, mode, classifier, language.

    ``least`` uplinks or more are not metered.
    """
    count = draw(st.one_of(st.integers(least, min(4, most)), st.integers(least, most)))
    names = draw(st.lists(NAMES, min_size=count, max_size=count, unique=True))
    numbers = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    uplinks = [
        uplink(
            index + 1,
            name=names[index],
            label=draw(LABELS),
            weight=numbers[index],
            priority=draw(st.integers(1, 99)),
            metered=index >= least and draw(st.booleans()),
            probe=draw(PROBES),
        )
        for index in range(count)
    ]
    segments = [
        {
            "name": name,
            "label": draw(LABELS),
            "interface": f"vlan{index + 10}",
            "address": f"192.168.{index}.1/24",
            **({"uplink": draw(st.sampled_from(names))} if draw(st.booleans()) else {}),
        }
        for index, name in enumerate(draw(st.lists(NAMES, max_size=4, unique=True)))
    ]
    pins = [
        {
            "name": name,
            "uplink": draw(st.sampled_from(names)),
            "dst_address_list": "banks",
            "fallback": draw(st.booleans()),
        }
        for name in draw(st.lists(NAMES, max_size=3, unique=True))
    ]
    return {
        "multiwan_uplinks": uplinks,
        "multiwan_segments": segments,
        "multiwan_pins": pins,
        "multiwan_mode": draw(st.sampled_from(MODES)),
        "multiwan_classifier": draw(st.sampled_from(CLASSIFIERS)),
        "multiwan_fast_failover": draw(st.booleans()),
        "multiwan_probe": draw(PROBES),
        "multiwan_telegram": {"bot_token": TOKEN, "chat_id": -100200300, "language": draw(st.sampled_from(LANGUAGES))},
    }
