# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small networks for the ``ns_*.py`` tests: a router ``rt`` and a neighbour ``nb``, each a namespace."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from lab import netns
from lab.actuate import sysctl


class Net:
    """Namespaces made by a test and removed after it."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def namespace(self, name: str) -> str:
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.names.append(name)
        self.ip(name, "link set dev lo up")
        return name

    def ip(self, name: str, command: str) -> None:
        netns.run(name, ["ip", *command.split()])

    def sysctl(self, name: str, setting: str) -> None:
        key, _, value = setting.partition("=")
        sysctl.write(name, {key.replace(".", "/"): value})

    def wire(self, left: str, left_port: str, right: str, right_port: str) -> None:
        """A cable between two namespaces; both ends up."""
        subprocess.run(
            f"ip link add {left_port} netns {left} type veth peer name {right_port} netns {right}".split(), check=True
        )
        self.ip(left, f"link set dev {left_port} up")
        self.ip(right, f"link set dev {right_port} up")

    def mac(self, name: str, port: str) -> str:
        words = netns.run(name, ["ip", "-o", "link", "show", "dev", port]).split()
        return words[words.index("link/ether") + 1].upper()

    def drop(self, name: str, rule: str) -> None:
        """Drop what comes into ``name`` and matches an nft expression."""
        text = f"table ip cut {{\n chain c {{\n type filter hook prerouting priority -400\n {rule} drop\n }}\n}}\n"
        netns.run(name, ["nft", "-f", "-"], stdin=text)

    def heal(self, name: str) -> None:
        netns.run(name, ["nft", "delete", "table", "ip", "cut"])

    def remove(self) -> None:
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], check=True)


@pytest.fixture
def net() -> Iterator[Net]:
    if os.environ.get("LAB_INSIDE") != "1":
        pytest.skip("runs inside test_in_namespaces.py only")
    made = Net()
    yield made
    made.remove()


@pytest.fixture
def pair(net: Net) -> Net:
    """rt(ether1, 10.0.0.1/24) -- nb(eth0, 10.0.0.2/24)"""
    net.namespace("rt")
    net.namespace("nb")
    net.wire("rt", "ether1", "nb", "eth0")
    net.ip("rt", "addr add 10.0.0.1/24 dev ether1")
    net.ip("nb", "addr add 10.0.0.2/24 dev eth0")
    return net


async def until(true: Callable[[], bool], *, within_s: float = 60.0) -> float:
    """Wait until a condition holds; how long it took in seconds. Fails when it never does: the limit says nothing."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > within_s:
            pytest.fail(f"not within {within_s} s")
        await asyncio.sleep(0.01)
    return time.monotonic() - began


@pytest.fixture(name="until")
def _until() -> Callable[..., object]:
    return until
