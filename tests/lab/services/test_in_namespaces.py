# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab import namespaces

HERE = Path(__file__).parent


@pytest.mark.lab
@pytest.mark.parametrize("script", namespaces.scripts(HERE))
def test_in_namespaces(script: str) -> None:
    namespaces.run(HERE / script)
