# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Background tasks that may not die in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


def spawn(work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
    """Start a task; if it fails, the loop's exception handler hears of it at once, not when the task is collected."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": f"{task.get_name()} failed", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)
