# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a playbook in a home of its own and looks for secrets in everything that it writes, also while it writes."""

from __future__ import annotations

import base64
import codecs
import contextlib
import html
import json
import os
import shlex
import signal
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]


def forms(secret: str) -> frozenset[bytes]:
    """A secret as it is and as URLs, base64, JSON, YAML, shells, HTML, RouterOS scripts, hex and UTF-16 write it."""
    raw = secret.encode()
    texts = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        yaml.safe_dump(secret, default_style='"').strip().strip('"'),
        repr(secret)[1:-1],
        shlex.quote(secret),
        html.escape(secret),
        urllib.parse.quote(secret),
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        urllib.parse.quote(urllib.parse.quote(secret)),
        "".join(f"%{byte:02X}" for byte in raw),
        "".join(f"\\{byte:02X}" for byte in raw),
        "".join(f"\\x{byte:02x}" for byte in raw),
        "".join(f"\\u{ord(one):04x}" for one in secret),
        "".join(_in_script(one) for one in secret),
        "".join(_in_script(one) for one in secret).replace("\\", "\\\\").replace('"', '\\"'),
        raw.hex(),
        raw.hex().upper(),
        raw.hex(":"),
        raw.hex(" "),
        codecs.encode(secret, "rot13"),
    }
    found = {text.encode("utf-8", "surrogateescape") for text in texts}
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        wide = secret.encode(encoding)
        found |= {wide, wide.hex().encode()}
    for before in range(3):  # where it begins within three bytes decides about its base64
        data = b"\0" * before + raw
        for encoded in (
            base64.b64encode(data),
            base64.urlsafe_b64encode(data),
            base64.b64encode(secret.encode("utf-16-le")),
        ):
            found.add(encoded.rstrip(b"=")[before + 1 : -1])
    return frozenset(found)


def _in_script(character: str) -> str:
    if character in '"\\$':
        return f"\\{character}"
    if " " <= character <= "~" and character != "?":
        return character
    return "".join(f"\\{byte:02X}" for byte in character.encode())


@dataclass(frozen=True)
class Ended:
    """``leaks``: where a secret was seen. ``output``: what the terminal showed."""

    code: int
    output: str
    leaks: tuple[str, ...]


@dataclass
class Watch:
    """``secrets``: name to text. ``home``: an empty folder; whatever a run writes for itself goes below it."""

    secrets: Mapping[str, str]
    home: Path
    inventory: Path
    folder: Path
    _forms: dict[str, frozenset[bytes]] = field(default_factory=dict)
    _clean: dict[Path, tuple[int, int]] = field(default_factory=dict)
    runs: int = 0

    def seen_in(self, data: bytes) -> list[str]:
        """Names of the secrets that ``data`` holds in any form."""
        for name, secret in self.secrets.items():
            self._forms.setdefault(name, forms(secret))
        return [name for name in self.secrets if any(form in data for form in self._forms[name])]

    def play(
        self, playbook: Path, *words: str, variables: Mapping[str, Any], kill: Callable[[], bool] | None = None
    ) -> Ended:
        """``kill``: asked all the time; when it says so, the run and its children get SIGKILL."""
        self.runs += 1
        said = self.folder / f"variables-{self.runs}.yml"  # the operator's own file
        said.write_text(yaml.safe_dump(dict(variables)), encoding="utf-8")
        command = ["ansible-playbook", "-vvvv", "-i", str(ROOT / "inventory"), "-i", str(self.inventory), str(playbook)]
        command += ["--limit", "jakarta", "-e", f"@{said}", *words]
        leaks: set[str] = set()
        with (self.folder / f"output-{self.runs}").open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(), stdout=output, stderr=output, start_new_session=True
            )
            over = threading.Event()
            looking = threading.Thread(target=self._look, args=(process.pid, over, leaks), daemon=True)
            looking.start()
            try:
                _wait(process, kill)
            finally:
                over.set()
                looking.join()
        shown = (self.folder / f"output-{self.runs}").read_bytes()
        leaks |= {f"the output shows {name}" for name in self.seen_in(shown)}
        leaks |= set(self.left())
        return Ended(process.returncode, shown.decode("utf-8", "replace"), tuple(sorted(leaks)))

    def left(self) -> Iterator[str]:
        """Secrets in files below the home."""
        # not rglob: it ends with an error when a folder goes while it is in it
        for path in (Path(folder) / name for folder, _, names in os.walk(self.home) for name in names):
            try:
                about = path.stat()
                if not path.is_file() or self._clean.get(path) == (about.st_mtime_ns, about.st_size):
                    continue
                data = path.read_bytes()
            except OSError:  # it is gone again
                continue
            place = path.relative_to(self.home)
            names = self.seen_in(data + str(place).encode())
            if not names:
                self._clean[path] = (about.st_mtime_ns, len(data))
            yield from (f"the file {place} holds {name}" for name in names)

    def _environment(self) -> dict[str, str]:
        """Everything that Ansible can write is switched on and led below the home."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ}
        for name in ("tmp", "ansible", "cache", "tree", "junit"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        return {
            **kept,
            "LC_ALL": kept.get("LC_ALL", "C.UTF-8"),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "ANSIBLE_HOME": str(self.home / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.home / "tmp"),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOG_PATH": str(self.home / "ansible.log"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.home / "cache"),
            "ANSIBLE_CALLBACKS_ENABLED": "tree,junit",
            "ANSIBLE_CALLBACK_TREE_DIR": str(self.home / "tree"),
            "JUNIT_OUTPUT_DIR": str(self.home / "junit"),
            "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_RETRY_FILES_ENABLED": "1",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(self.home),
        }

    def _look(self, process: int, over: threading.Event, leaks: set[str]) -> None:
        while not over.wait(0.2):
            leaks.update(self.left())
            for child in _family(process):
                try:
                    line = Path(f"/proc/{child}/cmdline").read_bytes()
                except OSError:
                    continue
                leaks.update(f"a command line holds {name}" for name in self.seen_in(line))


def _wait(process: subprocess.Popen[bytes], kill: Callable[[], bool] | None) -> None:
    ends = time.monotonic() + 600
    while process.poll() is None:
        if (kill is not None and kill()) or time.monotonic() > ends:
            for child in _family(process.pid):  # Ansible's workers have sessions of their own
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            process.wait()
            assert time.monotonic() < ends, "the playbook did not end"
            return
        time.sleep(0.02)


def _family(process: int) -> Iterable[int]:
    """A process and whatever it started."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    family = {process}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family
