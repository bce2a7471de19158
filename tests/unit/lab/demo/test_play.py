# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible's output is read as ansible-core 2.19 prints it, and a failed run is never taken for a good one."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from lab.demo import play as module
from lab.demo.play import PlayFailed, announced, play, recap

OUTPUT = """
PLAY [Bring every branch to its plan] ****

TASK [multiwan.routeros.commit : Make the router hold the plan] ****
--- before: /ip/route
+++ after: /ip/route
@@ -0,0 +1,2 @@
+[multiwan:failover:isp1:default] dst-address=0.0.0.0/0 gateway=192.0.2.1
+[multiwan:dhcp_alert:office] interface=bridge
+    on-alert| :local mwMac
-[multiwan:failover:isp3:default] dst-address=0.0.0.0/0 gateway=192.0.2.3
 [multiwan:failover:isp2:default] dst-address=0.0.0.0/0 gateway=192.0.2.2

changed: [jakarta]

PLAY RECAP *********************************************************************
bandung                    : ok=5    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
jakarta                    : ok=9    changed=3    unreachable=0    failed=1    skipped=2    rescued=0    ignored=0
"""


def test_the_recap_is_read_for_the_named_host() -> None:
    assert recap(OUTPUT, "jakarta")["changed"] == 3
    assert recap(OUTPUT, "bandung")["changed"] == 0
    assert recap(OUTPUT, "surabaya") == {}
    assert recap("no recap at all", "jakarta") == {}


def test_a_recap_that_a_task_printed_is_not_the_recap() -> None:
    assert recap("PLAY RECAP\njakarta : ok=1 changed=0\n" + OUTPUT, "jakarta")["changed"] == 3


def test_rows_of_a_diff_are_counted_without_headers_script_lines_and_context() -> None:
    assert announced(OUTPUT) == 3


def stand_in(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(module, "command", lambda words: [sys.executable, "-c", code, *words])


async def test_a_good_run_tells_its_tasks_and_keeps_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, f"print({OUTPUT.replace('failed=1', 'failed=0')!r})")
    heard: list[str] = []
    played = await play([], host="jakarta", root=tmp_path, log=tmp_path / "log", task=heard.append)
    assert (played.changed, played.announced) == (3, 3)
    assert heard == ["multiwan.routeros.commit : Make the router hold the plan"]
    assert "PLAY RECAP" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    "code",
    [
        f"print({OUTPUT!r})",  # failed=1
        f"print({OUTPUT.replace('failed=1', 'failed=0')!r}); raise SystemExit(2)",
        "print('nothing')",
    ],
)
async def test_a_failed_run_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    stand_in(monkeypatch, code)
    with pytest.raises(PlayFailed, match="ansible-playbook ended with"):
        await play([], host="jakarta", root=tmp_path, log=tmp_path / "log", task=lambda _: None)


async def test_an_interrupted_run_leaves_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, "import os, time; print(f'TASK [{os.getpid()}]', flush=True); time.sleep(60)")
    pids: list[str] = []

    def interrupt(pid: str) -> None:
        pids.append(pid)
        running.cancel()

    running = asyncio.create_task(play([], host="j", root=tmp_path, log=tmp_path / "log", task=interrupt))
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(ProcessLookupError):
        os.kill(int(pids[0]), 0)
