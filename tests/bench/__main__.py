# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench NAME``: runs ``main(argv)`` of ``tests/bench/NAME.py``; without a name, what there is."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> dict[str, str]:
    """Benchmarks with the first line of what they say of themselves: those that have a ``main``."""
    found = {}
    for path in sorted(HERE.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "\ndef main(" in text and not path.name.startswith("_"):
            found[path.stem] = text.partition('"""')[2].partition("\n")[0].rstrip('"')
    return found


def run(argv: list[str]) -> int:
    known = names()
    if not argv or argv[0] not in known:
        print("usage: ./dev bench NAME …\n", file=sys.stderr)
        print("\n".join(f"  {name:10} {text}" for name, text in known.items()), file=sys.stderr)
        return 0 if argv[:1] in ([], ["--help"], ["-h"]) else 2
    return int(importlib.import_module(f"tests.bench.{argv[0]}").main(argv[1:]))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
