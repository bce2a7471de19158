# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network namespaces by name: enter one for the length of a block, make sockets that stay in it.

``setns`` counts for the calling thread only; a socket keeps the namespace it was made in. So one asyncio process can
own sockets in every namespace of a lab, as long as nothing awaits between enter and leave.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence

RUN_DIR = "/run/netns"
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _setns(fd: int) -> None:
    if _libc.setns(fd, _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"setns: {os.strerror(code)}")


@contextlib.contextmanager
def inside(name: str) -> Iterator[None]:
    """Run the block in namespace ``name`` (empty: where this process is already). Never await in it."""
    if not name:
        yield
        return
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        target = os.open(f"{RUN_DIR}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _setns(target)
        finally:
            os.close(target)
        try:
            yield
        finally:
            _setns(own)
    finally:
        os.close(own)


def make_socket(
    name: str, family: int = socket.AF_INET, kind: int = socket.SOCK_STREAM, proto: int = 0
) -> socket.socket:
    """A non-blocking socket that lives in namespace ``name``."""
    with inside(name):
        sock = socket.socket(family, kind, proto)
    sock.setblocking(False)
    return sock


def preexec(name: str) -> Callable[[], None]:
    """For ``subprocess``: put the child into namespace ``name`` before it runs."""

    def enter() -> None:
        if name:
            _setns(os.open(f"{RUN_DIR}/{name}", os.O_RDONLY | os.O_CLOEXEC))

    return enter


def run(name: str, argv: Sequence[str], *, stdin: str | None = None) -> str:
    """Run a command in namespace ``name``; raises ``RuntimeError`` with its words when it fails."""
    done = subprocess.run(argv, input=stdin, text=True, capture_output=True, preexec_fn=preexec(name), check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} in {name}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
