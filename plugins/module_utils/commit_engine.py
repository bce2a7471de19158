# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes a router hold a plan: read, compare, write, read back. Knows neither Ansible nor sockets.

A caller gives it a function that opens a connection. Nothing is written before every reason not to write was looked
for (``reading.py``). How a change is kept from cutting a branch off: ``guarded.py``.
"""

from __future__ import annotations

from dataclasses import replace

from . import diff_text, guarded
from .reading import RESOURCE, CommitError, Connect, Outcome, Reading, Request, ask, read
from .router_api import Api, RouterError
from .versions import Version, planned_for
from .writing import WriteError, write

__all__ = ["RESOURCE", "CommitError", "Connect", "Outcome", "Request", "ask_version", "commit", "inspect"]


def ask_version(connect: Connect) -> tuple[str, Version]:
    """The version as the router says it, and the one to plan for. Raises :class:`CommitError` when it is too old."""
    with connect() as api:
        text, version = ask(api)
    try:
        return text, planned_for(version)
    except ValueError as error:
        raise CommitError([str(error)]) from None


def inspect(request: Request, connect: Connect, *, only_looks: bool = False) -> Outcome:
    """Read and compare; never writes. ``changed`` says whether a commit would write.

    ``only_looks``: what would refuse a change is told as a note. Raises :class:`CommitError`, and whatever error
    ``connect`` and its connection raise.
    """
    with connect() as api:
        reading = read(request, api)
    if only_looks:
        reading = replace(reading, notes=(*reading.refused, *reading.notes))
    else:
        _judge(reading)
    return reading.outcome(request, changed=bool(reading.operations))


def commit(request: Request, connect: Connect) -> Outcome:
    """Write what differs, then connect anew and read back. A router that already holds the plan gets no write.

    A change that fails is taken back. Raises :class:`CommitError`, and what ``connect`` raises.
    """
    with connect() as api:
        reading = read(request, api)
        _judge(reading)
        if not reading.operations:
            return reading.outcome(request, changed=bool(guarded.tidy_up(request, api)))
        if request.protection is not None:
            reading = guarded.commit(request, request.protection, connect, api)
            return reading.outcome(request, changed=bool(reading.operations))
        _write(request, api, reading)
    _read_back(request, connect, reading)
    return reading.outcome(request, changed=True)


def _judge(reading: Reading) -> None:
    if reading.refused:
        raise CommitError(reading.refused)


def _write(request: Request, api: Api, reading: Reading) -> None:
    if reading.weighed.taken:
        raise CommitError([guarded.UNGUARDED])
    try:
        write(api, reading.operations, reading.before)
    except WriteError as error:
        raise CommitError([request.mask(str(error))], request.mask(error.undone)) from None


def _read_back(request: Request, connect: Connect, written: Reading) -> None:
    """Over a new connection, since the old one may outlive the way back to the router."""
    try:
        with connect() as api:
            again = read(request, api)
            left = again.operations
            if left:
                undone = guarded.restored(request, api, written, again.router)
                faults = [f"read back after the writes: {diff_text.sentence(item, request.mask)}" for item in left]
                raise CommitError(faults, request.mask(undone))
    except RouterError as problem:
        raise CommitError(
            [request.mask(f"the rows were written, but the router could not be read back: {problem}")],
            "Nothing was undone, because that needs a connection.",
        ) from None
