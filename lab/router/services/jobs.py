# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running scripts: ``/system/script/job``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lab.router.services.base import RouterHost, format_moment
from lab.script import Value
from lab.store import Trap
from lab.verbs import Caller

#: a script that starts another in each round must not fill the memory; the router's own limit and words are not known
MOST_JOBS = 1000


@dataclass
class Job:
    id: int
    name: str
    caller: Caller
    started: float
    task: asyncio.Task[Value] | None = field(default=None)


class Jobs:
    """A virtual menu; removing a row ends the script."""

    def __init__(self, host: RouterHost) -> None:
        self._host = host
        self._jobs: dict[int, Job] = {}
        self._next = 1

    def start(self, name: str, caller: Caller, work: Callable[[], Awaitable[Value]]) -> Job:
        """A new job that runs ``work`` in a task of its own. Raises Trap when there are too many."""
        if len(self._jobs) >= MOST_JOBS:
            raise Trap("failure: too many scripts are running")
        job = Job(self._next, name, caller, self._host.clock())
        self._next += 1
        self._jobs[job.id] = job

        async def run() -> Value:
            try:
                return await work()
            finally:
                self._jobs.pop(job.id, None)

        job.task = asyncio.create_task(run())
        return job

    async def wait(self, job: Job) -> Value:
        """Its value. Raises Trap("interrupted") when somebody removed the job."""
        if job.task is None:
            raise RuntimeError("the job was not started")
        try:
            return await asyncio.shield(job.task)
        except asyncio.CancelledError:
            if job.task.cancelled():
                raise Trap("interrupted", 2) from None
            # the one who waited was cancelled: his script goes with him
            job.task.cancel()
            raise

    async def stop(self) -> None:
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return [(job.id, self._row(job)) for job in self._jobs.values()]

    def _row(self, job: Job) -> dict[str, str]:
        shown = {
            "owner": job.caller.user,
            "policy": ",".join(sorted(job.caller.policies)),
            "started": format_moment(self._host.version, job.started),
            "type": "command",
        }
        return {"script": job.name, **shown} if job.name else shown

    def remove(self, ids: Sequence[int]) -> None:
        if not set(ids) <= set(self._jobs):
            raise Trap("no such item", 0)
        for number in ids:
            task = self._jobs[number].task
            if task is not None:
                task.cancel()
