# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``./dev quality [PART…]``: what Galaxy, ansible-test and other releases of ansible-core say of the collection.

``sanity``, ``versions`` and ``molecule`` take names of single tests behind a colon (``sanity:pylint,import``). Each
part prints what it complains of; the exit code tells whether any did. What a machine lacks is said, and is no failure.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.quality import importer, licences, sanity
from tools.quality.environments import ROOT, Missing, make


def _importer(_tests: Sequence[str]) -> list[str]:
    return importer.run()


def _sanity(tests: Sequence[str]) -> list[str]:
    release = f"{sys.version_info.major}.{sys.version_info.minor}"
    return sanity.run(Path(sys.prefix), release, list(tests))


def _versions(tests: Sequence[str]) -> list[str]:
    return _pytest("tests/quality/test_cores.py", tests)


def _molecule(tests: Sequence[str]) -> list[str]:
    return _pytest("tests/quality/test_scenarios.py", tests)


def _pytest(path: str, tests: Sequence[str]) -> list[str]:
    wanted = ("-k", " or ".join(tests)) if tests else ()
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", path, *wanted], cwd=ROOT, check=False)
    return [] if done.returncode == 0 else [f"pytest {path} ended with {done.returncode}"]


def _reuse(_tests: Sequence[str]) -> list[str]:
    reuse = make("quality", ("3.11", "3.12", "3.13")) / "bin" / "reuse"
    done = subprocess.run([reuse, "lint", "--lines"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=False)
    return done.stdout.splitlines() or ([f"reuse ended with {done.returncode}"] if done.returncode else [])


def _licences(_tests: Sequence[str]) -> list[str]:
    return list(licences.problems(licences.locked(), licences.told()))


PARTS: dict[str, Callable[[Sequence[str]], list[str]]] = {
    "licences": _licences,
    "reuse": _reuse,
    "sanity": _sanity,
    "importer": _importer,
    "versions": _versions,
    "molecule": _molecule,
}


def main(arguments: Sequence[str]) -> int:
    wanted = [(name, tests.split(",") if tests else []) for name, _sep, tests in (a.partition(":") for a in arguments)]
    if unknown := [name for name, _tests in wanted if name not in PARTS]:
        print(f"quality: no part {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    results = []
    for name, tests in wanted or [(name, []) for name in PARTS]:
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        try:
            found, state = PARTS[name](tests), ""
        except Missing as error:
            found, state = [], f" (left out: {error})"
        print(*found, sep="\n", end="\n" if found else "")
        results.append((name, bool(found), time.monotonic() - began, state))
    print()
    for name, bad, seconds, state in results:
        print(f"{'FAILED' if bad else 'ok    '} {seconds:6.1f} s  {name}{state}")
    failed = sum(bad for _name, bad, _seconds, _state in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
