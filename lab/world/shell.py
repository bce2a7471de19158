# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab shell``: a command in one of the lab's namespaces, or the router's console."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence

from lab.world.client import LabClient
from lab.world.state import LabError
from lab.world.topology import CLIENT_NS, GUEST_NS, INTERNET_NS, MAX_UPLINKS, ROUTER_NS, SWITCH_NS

_OF_VLANS = re.compile(r"(vlan|access)\d{1,4}|mswitch|rogue[1-8]-[va]\d{1,4}")
PLACES = (
    ROUTER_NS,
    CLIENT_NS,
    GUEST_NS,
    INTERNET_NS,
    SWITCH_NS,
    "rogue1",
    *(f"isp{n}" for n in range(1, MAX_UPLINKS + 1)),
)


def is_place(name: str) -> bool:
    """Whether a lab can have such a namespace; those of VLANs it has only when it was started with them."""
    return name in PLACES or _OF_VLANS.fullmatch(name) is not None


def command_in(client: LabClient, place: str, command: Sequence[str]) -> int:
    """Run a command (default: a shell) in a namespace, with this terminal; returns its exit code."""
    argv = argv_in(client, place, command or [os.environ.get("SHELL", "/bin/sh")])
    path = f"{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/sbin:/sbin"
    done = subprocess.run(argv, env={**os.environ, "PATH": path, "LAB_PLACE": place}, check=False)
    return done.returncode


def argv_in(client: LabClient, place: str, command: Sequence[str]) -> list[str]:
    """What runs a command in a namespace, as a process of the lab (same pid namespace), so that it ends with it."""
    state = client.running()
    if state is None or state.inner is None or not state.inner.alive:
        raise LabError(f"lab {client.folder.name!r} is not running; `lab up` starts it")
    argv = ["nsenter", "--target", str(state.inner.pid), "--mount", "--pid", "--root"]
    if os.readlink(f"/proc/{state.inner.pid}/ns/user") != os.readlink("/proc/self/ns/user"):
        argv += ["--user", "--preserve-credentials"]
    # entering a mount namespace leads to /: go back to where the caller stands (--wdns needs util-linux 2.38)
    stay = ["sh", "-c", 'cd "$0" && exec "$@"', os.getcwd()]
    return [*argv, "--", "nsenter", f"--net=/run/netns/{place}", "--", *stay, *command]


async def console(client: LabClient, lines: Sequence[str]) -> int:
    """The router's console: the given lines, or what is typed until the end of input or /quit."""
    if lines:
        for line in lines:
            _show(await client.console(line))
        return 0
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")  # input() then has a history, where Python was built with it
    identity = (await client.router_call("/system/identity", "print"))["rows"][0]["name"]
    prompt = f"[admin@{identity}] > " if sys.stdin.isatty() else ""
    while True:
        try:
            line = (await asyncio.to_thread(input, prompt)).strip()
        except EOFError:
            return 0
        if line in ("/quit", "quit"):
            return 0
        if line:
            try:
                _show(await client.console(line))
            except LabError as error:
                if client.running() is None:
                    raise
                print(error, file=sys.stderr)


def _show(text: str) -> None:
    if text:
        print(text, end="" if text.endswith("\n") else "\n")
