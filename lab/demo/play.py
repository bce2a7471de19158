# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``ansible-playbook`` as a user would: a process of its own, its words kept in a log, its recap read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: "jakarta : ok=12 changed=3 unreachable=0 failed=0 …" below PLAY RECAP, as ansible-core 2.19 prints it.
_RECAP = re.compile(r"^(?P<host>\S+)\s+:\s+(?P<counts>(?:\w+=\d+\s*)+)$", re.MULTILINE)
_TASK = re.compile(r"^TASK \[(?P<name>.+?)\]")
#: A row in a diff of the commit action begins with its tag; the lines of a script that follow it do not.
_CHANGE = re.compile(r"^[+-]\[multiwan:", re.MULTILINE)
STOP_TIMEOUT_S = 5.0


class PlayFailed(Exception):
    """ansible-playbook ended with an error; the text holds its last words."""


@dataclass(frozen=True)
class Played:
    """What one run said of one branch."""

    changed: int
    ok: int
    announced: int  # rows that the diffs add, change or take away
    output: str


def recap(output: str, host: str) -> dict[str, int]:
    """The counts of a host; empty when the recap does not name it."""
    _, _, tail = output.rpartition("PLAY RECAP")
    for found in _RECAP.finditer(tail):
        if found["host"] == host:
            pairs = (pair.partition("=") for pair in found["counts"].split())
            return {name: int(count) for name, _, count in pairs}
    return {}


def announced(output: str) -> int:
    """How many rows the diffs of a run add, change or take away."""
    return len(_CHANGE.findall(output))


def last_words(output: str, lines: int = 12) -> str:
    return "\n".join([line for line in output.splitlines() if line.strip()][-lines:])


def command(words: Sequence[str]) -> list[str]:
    """The ansible-playbook that lies beside this Python, so that no other version is met by chance."""
    beside = Path(sys.executable).with_name("ansible-playbook")
    return [str(beside) if beside.exists() else "ansible-playbook", *words]


async def play(words: Sequence[str], *, host: str, root: Path, log: Path, task: Callable[[str], None]) -> Played:
    """Run to the end; ``task`` hears the name of every task as it begins. Raises ``PlayFailed``."""
    environment = {**os.environ, "ANSIBLE_FORCE_COLOR": "0", "ANSIBLE_NOCOLOR": "1", "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        *command(words),
        cwd=root,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # a Ctrl-C of the terminal is ours to pass on
        limit=2**22,
    )
    assert process.stdout is not None
    output: list[str] = []
    try:
        async for raw in process.stdout:
            line = raw.decode("utf-8", errors="replace")
            output.append(line)
            if found := _TASK.match(line):
                task(found["name"])
        code = await process.wait()
    except BaseException:
        await _stop(process)
        raise
    finally:
        _keep(log, output)
    return _judged("".join(output), code, host, log)


def _keep(log: Path, output: Sequence[str]) -> None:
    log.write_text("".join(output), encoding="utf-8")


def _judged(output: str, code: int, host: str, log: Path) -> Played:
    counts = recap(output, host)
    if code != 0 or not counts or counts.get("failed") or counts.get("unreachable"):
        raise PlayFailed(f"ansible-playbook ended with {code} (all of it: {log}):\n{last_words(output)}")
    return Played(counts.get("changed", 0), counts.get("ok", 0), announced(output), output)


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Its whole session, politely first: ansible forks a worker for every host."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S)
            return
