# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""100,000 random and mutated inputs for the API and the console: crashes, time, memory (build/bench-fuzz.json)."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from pathlib import Path

from tests.fuzz.run import Result, fuzz

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 30


def report(result: Result, version: str, seed: int) -> dict[str, object]:
    score = result.score
    return {
        "version": version,
        "seed": seed,
        "inputs": score.sent,
        "answered": score.done,
        "refused": score.refused,
        "connections closed": score.closed,
        "cancelled": score.cancelled,
        "slowest s": round(score.slowest_s, 2),
        "seconds": round(result.seconds, 1),
        "found": [str(found) for found in score.found],
        "memory KiB, first, last": [result.rss_kib[0], result.rss_kib[-1]],
        "memory KiB, grown after the first fifth": result.grown_kib,
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev bench fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="inputs in all, shared by the versions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--versions", default="6.49,7.9,7.22,7.24")
    options = parser.parse_args(argv)
    versions = options.versions.split(",")
    reports = []
    for version in versions:
        result = asyncio.run(fuzz(options.count // len(versions), seed=options.seed, version=version))
        reports.append(report(result, version, options.seed))
        print(json.dumps({**reports[-1], "found": len(result.score.found)}), flush=True)
        for what, times in Counter(found.what[:200] for found in result.score.found).most_common(SHOWN):
            print(f"  {times} x {what}")
    path = ROOT / "build" / "bench-fuzz.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(reports, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    return 1 if any(one["found"] for one in reports) else 0
