# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader's desk: a shell with a home of its own, in namespaces of its own, where the guides' commands are typed.

The shell is pid 1's child in them: when it ends, the kernel ends what it left, labs too. The clone is made by the very
command of the guide, from this checkout; what is changed and not yet committed here is laid over it, and the tools that
``./dev setup`` would install are lent to it.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

from lab.world import launcher
from tests.lab.guides.guide import ROOT

URL = "https://github.com/multiwan/routeros"
#: Against a hang only: no command of a guide takes a minute on a machine that has time for it.
LIMIT_S = 600.0


class Desk:
    """``folder`` is empty at first; the reader's home and clone are made in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.shell = subprocess.Popen(
            ["unshare", *launcher.unshare_flags(), "sh", "-c", "ip link set dev lo up && exec bash --norc"],
            cwd=self.home,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def _environment(self) -> dict[str, str]:
        """A fresh one, apart from the way to the tools; git finds this checkout where the guide names the project."""
        kept = {name: os.environ[name] for name in ("PATH", "MULTIWAN_TEST_RUN") if name in os.environ}
        path = os.pathsep.join(part for part in kept["PATH"].split(os.pathsep) if not part.startswith(str(ROOT)))
        return {
            **kept,
            "PATH": f"{path}:/usr/sbin:/sbin",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            "ANSIBLE_NOCOLOR": "1",
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": f"url.{ROOT}.insteadOf",
            "GIT_CONFIG_VALUE_0": URL,
            "GIT_CONFIG_KEY_1": "safe.directory",
            "GIT_CONFIG_VALUE_1": "*",
        }

    def type(self, command: str) -> tuple[int, str]:
        """Exit code and what a terminal would show. Raises ``TimeoutError`` with what was said so far."""
        assert self.shell.stdin is not None
        file, done = self.folder / "output", self.folder / "code"
        done.unlink(missing_ok=True)
        words = f"{{ {command}\n}} >{file} 2>&1 </dev/null; echo $? >{done}.new; mv {done}.new {done}\n"
        self.shell.stdin.write(words.encode())
        self.shell.stdin.flush()
        end = time.monotonic() + LIMIT_S
        while not done.exists():
            if self.shell.poll() is not None or time.monotonic() > end:
                raise TimeoutError(f"{command}: {file.read_text(encoding='utf-8')}{self._said()}")
            time.sleep(0.02)
        if command.startswith("git clone"):
            self._lend(self.home / "routeros")
        return int(done.read_text(encoding="utf-8")), file.read_text(encoding="utf-8")

    def _said(self) -> str:
        """What the shell itself said: it speaks only when it can't go on."""
        assert self.shell.stdout is not None
        ready, _, _ = select.select([self.shell.stdout], [], [], 0)
        return os.read(self.shell.stdout.fileno(), 4096).decode() if ready else ""

    def _lend(self, clone: Path) -> None:
        listed = ["git", "ls-files", "-z", "--modified", "--others", "--exclude-standard"]
        changed = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in filter(None, changed.split("\0")):
            if (ROOT / name).is_file():
                (clone / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, clone / name)
        tools = clone / ".dev"
        (tools / "collections" / "ansible_collections").mkdir(parents=True)
        for name in ("venv", "venv.stamp"):
            (tools / name).symlink_to(ROOT / ".dev" / name)
        for other in (ROOT / ".dev" / "collections" / "ansible_collections").iterdir():
            if other.name != "multiwan":
                (tools / "collections" / "ansible_collections" / other.name).symlink_to(other)
        # what is compiled, of this checkout and of Python itself; what the clone compiles stays with it
        compiled = ROOT / ".dev" / "pycache"
        (tools / "pycache").mkdir()
        for top in compiled.iterdir() if compiled.is_dir() else ():
            if top.name != clone.resolve().parts[1]:
                (tools / "pycache" / top.name).symlink_to(top)

    def leave(self) -> None:
        assert self.shell.stdin is not None
        self.shell.stdin.close()
        try:
            self.shell.wait(30)
        finally:
            self.shell.kill()
            self.shell.wait()


def main() -> int:
    """``python -m tests.lab.guides.desk PAGE…``: what the commands of these pages really print, to paste into them."""
    import tempfile

    from tests.lab.guides.guide import command_steps, matches

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        try:
            for page in sys.argv[1:]:
                for step in command_steps(page):
                    began = time.monotonic()
                    if step.path:
                        target = desk.home / "routeros" / step.path
                        target.write_text(step.text, encoding="utf-8")
                    elif not step.shown_by:
                        code, output = desk.type(step.command)
                        same = code == step.code and matches(step.prints, output)
                        took = time.monotonic() - began
                        print(f"{'same' if same else 'DIFFERS'} {page}:{step.line} exit {code}, {took:.1f} s")
                        if not same:
                            print(f"$ {step.command}\n{output}")
        finally:
            desk.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())
