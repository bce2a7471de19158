# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start-up time and memory per router, 1 and 20 at once; API requests per second beside a bare asyncio echo.

Writes ``build/bench/lab.json``. Everything in one run on one machine; only the ratios travel.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lab.doors.codec import encode
from lab.world import launcher
from lab.world.client import LabClient, Options
from tests.bench._routers import pss_kb

ROOT = Path(__file__).parents[2]
PRIVATE_RUN = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && exec "$@"'
LOGIN = encode(["/login", "=name=admin", "=password=bench"])
#: what is asked, again and again
SHAPES: dict[str, Sequence[str]] = {
    "one row": ["/system/identity/print"],
    "100 rows": ["/ip/firewall/address-list/print"],
    "a write": ["/system/identity/set", "=name=bench"],
}
DONE = encode(["!done"])


@contextlib.contextmanager
def child(mode: str, count: int = 1, *, inside: bool = False) -> Iterator[dict[str, Any]]:
    """A process of ``_routers.py``, up; ended by closing its stdin. ``inside``: in namespaces of its own."""
    command = [sys.executable, "-m", "tests.bench._routers", mode, str(count)]
    if inside:
        command = ["unshare", *launcher.unshare_flags(), "sh", "-c", PRIVATE_RUN, "sh", *command]
    environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"bench: {' '.join(command)} ended with {process.wait()}")
        yield json.loads(line)
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


class Line:
    """A blocking connection that waits for as many bytes as the answer has: the client costs the same for both."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def until_done(self) -> bytes:
        data = b""
        while not data.endswith(DONE):
            data += self._some()
        return data

    def exactly(self, size: int) -> None:
        while size > 0:
            size -= len(self._some())

    def _some(self) -> bytes:
        data = self.sock.recv(1 << 18)
        if not data:
            raise SystemExit("bench: the connection ended")
        return data

    def rate(self, request: bytes, size: int, seconds: float, burst: int) -> float:
        """Requests per second, ``burst`` under way at a time."""
        count, began = 0, time.perf_counter()
        while (passed := time.perf_counter() - began) < seconds:
            self.sock.sendall(request * burst)
            self.exactly(size * burst)
            count += burst
        return count / passed


def api(seconds: float) -> dict[str, Any]:
    """Requests per second of one connection: one at a time, and 16 under way; router and echo turn by turn."""
    found: dict[str, Any] = {}
    with child("control") as router, child("echo") as bare:
        for name, words in SHAPES.items():
            request = encode(words)
            line = Line(router["ports"][0])
            line.sock.sendall(LOGIN)
            line.until_done()
            line.sock.sendall(request)
            answer = line.until_done()
            other = Line(bare["ports"][0])
            other.sock.sendall(len(answer).to_bytes(4, "big") + answer)
            rates: dict[str, list[float]] = {"router": [], "echo": [], "router, 16": [], "echo, 16": []}
            for _turn in range(3):
                for burst, suffix in ((1, ""), (16, ", 16")):
                    rates["router" + suffix].append(line.rate(request, len(answer), seconds / 3, burst))
                    rates["echo" + suffix].append(other.rate(request, len(answer), seconds / 3, burst))
            medians = {key: round(statistics.median(values)) for key, values in rates.items()}
            share = {
                "ratio": medians["router"] / medians["echo"],
                "ratio, 16": medians["router, 16"] / medians["echo, 16"],
            }
            found[name] = {"bytes": len(answer), **medians, **{key: round(value, 4) for key, value in share.items()}}
    return found


def imports_s() -> float:
    """What a new process needs before its first router."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import lab.router.router"], cwd=ROOT, check=True)
    return time.perf_counter() - began


async def whole_lab() -> dict[str, float]:
    """``lab up`` and ``lab down``: the router, two lines, the internet; the memory of all its processes."""
    client = LabClient(f"bench{os.getpid()}")
    began = time.perf_counter()
    await client.up(Options(api_port=0, api_ssl_port=0, hold=True))
    up = time.perf_counter() - began
    try:
        state = client.folder.read()
        if state is None:
            raise SystemExit("bench: the lab has no state")
        family = list(descendants(state.outer.pid))
        memory = sum(pss_kb(pid) for pid in family)
        began = time.perf_counter()
    finally:
        await client.down()
    down = time.perf_counter() - began
    return {"up_s": round(up, 3), "down_s": round(down, 3), "processes": len(family), "memory_kb": memory}


def descendants(pid: int) -> Iterator[int]:
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child_pid in listed.read_text(encoding="ascii").split():
            yield from descendants(int(child_pid))


def fleet(counts: Sequence[int]) -> list[dict[str, Any]]:
    found = []
    for mode in ("control", "plane"):
        for count in counts:
            with child(mode, count, inside=mode == "plane") as facts:
                found.append({"routers": count, "data plane": mode == "plane", **facts})
    return [{key: value for key, value in row.items() if key != "ports"} for row in found]


def show(figures: dict[str, Any]) -> None:
    whole = figures["lab"]
    print(f"import of the lab {figures['import_s']:.2f} s; a whole lab: up {whole['up_s']:.1f} s,", end=" ")
    print(f"down {whole['down_s']:.1f} s, {whole['processes']} processes, {whole['memory_kb'] / 1024:.0f} MB\n")
    print(f"{'routers':>8} {'data plane':>11} {'start-up each':>14} {'memory each':>12} {'process':>9}")
    for row in figures["fleet"]:
        plane = "yes" if row["data plane"] else "no"
        start, memory, process = row["start_s"] * 1000, row["memory_kb"] / 1024, row["process_kb"] / 1024
        print(f"{row['routers']:>8} {plane:>11} {start:>11.0f} ms {memory:>9.1f} MB {process:>6.0f} MB")
    print(
        f"\n{'API, requests/s':16} {'router':>8} {'echo':>8} {'ratio':>7} {'16 at once':>11} {'echo':>8} {'ratio':>7}"
    )
    for name, row in figures["api"].items():
        print(
            f"{name:16} {row['router']:>8} {row['echo']:>8} {row['ratio']:>7.3f}"
            f" {row['router, 16']:>11} {row['echo, 16']:>8} {row['ratio, 16']:>7.3f}"
        )


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench lab", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each rate (default 2)")
    parser.add_argument("--routers", type=int, default=20, help="how many at once beside one (default 20)")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench" / "lab.json")
    args = parser.parse_args(argv)
    figures = {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "import_s": round(imports_s(), 3),
        "lab": asyncio.run(whole_lab()),
        "fleet": fleet((1, args.routers)),
        "api": api(args.seconds),
    }
    target: Path = args.output
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    show(figures)
    print(f"\n{target}")
    return 0
