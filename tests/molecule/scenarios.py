# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scenarios there are, and what molecule needs to find them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = tuple(sorted(path.parent.name for path in ROOT.glob("molecule/*/molecule.yml")))


def _shares(scenario: str) -> bool:
    return "../shared/create.yml" in (ROOT / "molecule" / scenario / "molecule.yml").read_text(encoding="utf-8")


#: On routers that all of them share, and on a lab of their own.
SHARED = tuple(name for name in SCENARIOS if _shares(name))
ALONE = tuple(name for name in SCENARIOS if name not in SHARED)


def molecule(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        **environment,
        "MOLECULE_GLOB": "molecule/*/molecule.yml",
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
    }
