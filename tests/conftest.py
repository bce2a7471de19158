# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For all tests: an example of a property may take as long as a busy machine needs for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any-machine", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("any-machine")

#: Files that take longest, begun first where several run side by side: else the last minute has one of them alone.
LONGEST = (
    *(
        "lab/guides/test_guides.py",
        "lab/product/test_notify.py",
        "lab/product/test_notify_six.py",
        "lab/product/test_mode_switch.py",
    ),
    *("lab/product/test_fast_failover.py", "lab/product/test_secrets.py", "lab/commit/test_protection.py"),
    *("lab/product/test_drill.py", "lab/router/test_in_namespaces.py", "lab/observe/test_in_namespaces.py"),
    *("lab/product/test_branch.py", "lab/demo/test_event.py", "lab/dataplane/test_in_namespaces.py"),
    *("lab/product/test_bandwidth.py", "lab/product/test_redistribution.py", "bench/test_chaos.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
