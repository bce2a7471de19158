# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which real router the tests speak to, and waiting for it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

from lab.doors.codec import ProtocolError
from tests.conformance.test_transcripts import Conversation, Peer
from tests.real.qemu import Machine, QemuError, Running, free_ports, start

_BOOT_S = 300.0  # a CHR in software emulation on a busy machine; a minute is usual
_TRY_S = 2.0


class NotThere(Exception):
    """No router, with the reason."""


def wanted(environ: Mapping[str, str]) -> str:
    """``host``, ``image`` or empty. Raises NotThere when both are named."""
    host, image = environ.get("ROUTEROS_HOST", ""), environ.get("ROUTEROS_IMAGE", "")
    if host and image:
        raise NotThere("ROUTEROS_HOST and ROUTEROS_IMAGE are both set: name one router")
    return "host" if host else "image" if image else ""


@contextlib.contextmanager
def router(environ: Mapping[str, str], folder: Path) -> Iterator[Peer]:
    """The router of the environment, answering. An image is booted, and stopped at the end."""
    kind = wanted(environ)
    user, password = environ.get("ROUTEROS_USER", "admin"), environ.get("ROUTEROS_PASSWORD", "")
    if kind == "host":
        peer = Peer(environ["ROUTEROS_HOST"], int(environ.get("ROUTEROS_PORT", "8728")), user, password)
        asyncio.run(until_it_answers(peer, lambda: None, limit_s=10.0))
        yield peer
    elif kind == "image":
        with boot(Path(environ["ROUTEROS_IMAGE"]), folder) as (running, ports):
            peer = Peer("127.0.0.1", ports["api"], user, password)
            asyncio.run(until_it_answers(peer, running.check))
            yield peer
    else:
        raise NotThere("neither ROUTEROS_HOST nor ROUTEROS_IMAGE names a router")


@contextlib.contextmanager
def boot(image: Path, folder: Path) -> Iterator[tuple[Running, Mapping[str, int]]]:
    """The image as a virtual machine, and its ports on 127.0.0.1. What its serial port says is in ``folder``."""
    ports = free_ports()
    try:
        running = start(Machine(image, ports, log=folder / "serial.log"))
    except QemuError as error:
        raise NotThere(str(error)) from None
    with running:
        yield running, ports


async def until_it_answers(peer: Peer, check: Callable[[], None], *, limit_s: float = _BOOT_S) -> str:
    """Until a login succeeds and the router tells its version, which is returned. Raises NotThere with the last reason.

    That a port can be connected to says nothing: QEMU takes the connection before the guest has booted.
    """
    until, why = time.monotonic() + limit_s, "nothing was tried"
    while time.monotonic() < until:
        check()
        try:
            async with asyncio.timeout(_TRY_S * 5):
                return await version_of(peer)
        except (OSError, ProtocolError, TimeoutError, AssertionError, LookupError) as error:
            why = f"{type(error).__name__}: {error}"
        await asyncio.sleep(min(_TRY_S, max(0.0, until - time.monotonic())))
    raise NotThere(f"{peer.host}:{peer.port} did not answer within {limit_s:g} s ({why})")


async def version_of(peer: Peer) -> str:
    """``7.22.1 (stable)``."""
    async with talking(peer) as conversation:
        (row, *_) = await conversation.ask(["/system/resource/print", "=.proplist=version"])
        return next(word.removeprefix("=version=") for word in row if word.startswith("=version="))


@contextlib.asynccontextmanager
async def talking(peer: Peer) -> AsyncIterator[Conversation]:
    """A connection that is logged in. AssertionError when the router refuses that."""
    conversation = Conversation(*await asyncio.open_connection(peer.host, peer.port))
    try:
        said = await conversation.ask(["/login", f"=name={peer.user}", f"=password={peer.password}"])
        assert said == [("!done",)], f"the login was answered with {said}"
        yield conversation
    finally:
        conversation.writer.close()
