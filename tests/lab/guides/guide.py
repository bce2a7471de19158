# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guide tells its reader to do, read from its Markdown.

- a block ```` ```console ````: lines that begin with ``$ `` are commands (a line that ends in ``\\`` goes on), the
  lines below each are what it prints. ``…`` stands for any text of a line, a line of ``…`` alone for any number of
  lines.
- a block whose first line is ``# path/of/a/file.yml``: a file that the reader writes.
- a comment right above a block: ``<!-- test: exit 2 -->`` the last command ends with that code, ``<!-- test: shown by
  tests/… -->`` the command is run there, since it is expensive; that file must compare its output with the block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ROOT / "docs" / "guides"
_FENCE = re.compile(r"^```(?P<kind>\w*)$")
_MARK = re.compile(r"^<!-- test: (?P<words>.*) -->$")
_FILE = re.compile(r"^# (?P<path>[\w./-]+\.(?:yml|rsc))$")
ANY = "…"


@dataclass(frozen=True)
class Step:
    """One command with what it prints, or one file with what it holds. ``line``: where in the page, from 1."""

    line: int
    command: str = ""
    prints: tuple[str, ...] = ()
    code: int = 0
    path: str = ""
    text: str = ""
    shown_by: str = ""


@dataclass
class _Block:
    kind: str
    line: int
    mark: str
    lines: list[str] = field(default_factory=list)


def _blocks(text: str) -> list[_Block]:
    found: list[_Block] = []
    block: _Block | None = None
    mark = ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if block is None and fence:
            block = _Block(fence["kind"], number, mark)
        elif block is not None and line == "```":
            found.append(block)
            block, mark = None, ""
        elif block is not None:
            block.lines.append(line)
        elif line.strip():
            told = _MARK.match(line)
            mark = told["words"] if told else ""
    return found


def steps(text: str) -> list[Step]:
    """All steps of a page in order. Raises ``ValueError`` for a mark that is not known."""
    found: list[Step] = []
    for block in _blocks(text):
        written = _FILE.match(block.lines[0]) if block.lines else None
        if block.kind == "console":
            found += _commands(block)
        elif written:
            found.append(Step(block.line, path=written["path"], text="\n".join(block.lines) + "\n"))
    return found


def _commands(block: _Block) -> list[Step]:
    code, shown_by = _marked(block)
    commands: list[tuple[int, str, list[str]]] = []
    goes_on = False
    for offset, line in enumerate(block.lines, 1):
        if goes_on:
            at, command, prints = commands.pop()
            commands.append((at, command.removesuffix("\\") + line.strip(), prints))
        elif line.startswith("$ "):
            commands.append((block.line + offset, line[2:], []))
        elif not commands:
            raise ValueError(f"line {block.line}: a console block begins with a command")
        else:
            commands[-1][2].append(line.rstrip())
            continue
        goes_on = line.endswith("\\")
    last = len(commands) - 1
    return [
        Step(at, command, tuple(prints), code if index == last else 0, shown_by=shown_by)
        for index, (at, command, prints) in enumerate(commands)
    ]


def _marked(block: _Block) -> tuple[int, str]:
    if not block.mark:
        return 0, ""
    word, _, rest = block.mark.partition(" ")
    if word == "exit":
        return int(rest), ""
    if block.mark.startswith("shown by "):
        return 0, block.mark.removeprefix("shown by ")
    raise ValueError(f"line {block.line}: unknown mark: {block.mark}")


def matches(prints: tuple[str, ...], output: str) -> bool:
    """Whether that is what was printed. How many blanks there are does not count, nor do empty lines at the ends."""
    return _pattern(prints).fullmatch("".join(f"{line}\n" for line in _lines(output))) is not None


def _lines(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(lines).strip("\n").split("\n")


def _pattern(prints: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("".join(_line(line) for line in _lines("\n".join(prints))))


def _line(line: str) -> str:
    if line == ANY:
        return r"(?:.*\n)*?"
    return r"[^\n]*?".join(re.escape(part) for part in line.split(ANY)) + r"\n"


def command_steps(name: str) -> list[Step]:
    """Of one page of the guides, such as ``first-branch``."""
    return steps((GUIDES / f"{name}.md").read_text(encoding="utf-8"))


def shown(name: str, by: str, output: str) -> bool:
    """Whether the one command of that guide that is marked as shown by this test file prints what the guide says."""
    (step,) = (step for step in command_steps(name) if step.shown_by == str(Path(by).relative_to(ROOT)))
    return matches(step.prints, output)
