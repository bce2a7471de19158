# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scenarios there are, and what molecule needs to find them."""

from __future__ import annotations

import subprocess
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


def played(scenario: str, environment: Mapping[str, str], *, timeout_s: float) -> str:
    """The whole scenario, which has to go well; what molecule said."""
    done = subprocess.run(
        ["molecule", "test", "--scenario-name", scenario],
        cwd=ROOT,
        env=molecule(environment),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12000:]
    return done.stdout
