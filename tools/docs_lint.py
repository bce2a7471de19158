#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with Markdown pages before a site is built of them (`./dev lint`).

- a link to a file or a heading of this repository that is not there
- a page of ``docs/`` that the index, ``docs/README.md``, does not list
- a page in Bahasa Indonesia (``NAME.id.md``) whose headings or code are not those of the English one. Titles and
  comments in code are in the page's language; the levels of headings, and all code but its comments, are the same
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.docs_site import INDEX, links, local, prose  # noqa: E402 - a script that is run by its path

_HEADING = re.compile(r"^(#{1,6}) +(.*?)\s*#*$")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[`*]")
_CODE = re.compile(r"^ *```[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(^|\s+)# .*$")


def pages() -> list[Path]:
    """Every Markdown file of this repository, also those that are not committed yet, from its top."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(Path(name) for name in set(filter(None, names)) if (ROOT / name).is_file())


def headings(text: str) -> list[tuple[int, str]]:
    """Level and text of each."""
    found = (_HEADING.match(line) for _, line in prose(text))
    return [(len(match[1]), _MARKUP.sub(r"\1", match[2])) for match in found if match]


@cache
def anchors(page: Path) -> frozenset[str]:
    """By the rule of GitHub: small letters, no punctuation, dashes for blanks, a number behind a name that is taken."""
    seen: Counter[str] = Counter()
    names = set()
    for _, title in headings((ROOT / page).read_text(encoding="utf-8")):
        name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        names.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(names)


def dead_links(page: Path) -> list[str]:
    """``page:line: what leads nowhere``."""
    found = []
    for line, target in links((ROOT / page).read_text(encoding="utf-8")):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        file = local(page, target) if parts.path else page
        if file is None or not (ROOT / file).exists():
            found.append(f"{page}:{line}: no such file: {target}")
        elif parts.fragment and file.suffix == ".md" and unquote(parts.fragment) not in anchors(file):
            found.append(f"{page}:{line}: no such heading: {target}")
    return found


def not_listed(found: list[Path]) -> list[str]:
    listed = {local(INDEX, target) for _, target in links((ROOT / INDEX).read_text(encoding="utf-8"))}
    ours = [page for page in found if page.parts[0] == "docs" and page != INDEX]
    return [f"{page}: {INDEX} does not list it" for page in ours if page not in listed]


def code(text: str) -> list[str]:
    """Each block without comments and without how it is aligned."""
    return [
        "\n".join(" ".join(_COMMENT.sub("", line).split()) for line in block.splitlines())
        for block in _CODE.findall(text)
    ]


def out_of_step(page: Path) -> list[str]:
    """What a page in Bahasa Indonesia has otherwise than its English one."""
    english = page.with_name(page.name.replace(".id.md", ".md"))
    if not (ROOT / english).is_file():
        return [f"{page}: there is no {english}"]
    own, other = ((ROOT / file).read_text(encoding="utf-8") for file in (page, english))
    words = []
    levels = [[level for level, _ in headings(text)] for text in (own, other)]
    if levels[0] != levels[1]:
        words.append(
            f"{page}: {len(levels[0])} headings, {english} has {len(levels[1])}, or others of them are smaller"
        )
    blocks = code(own), code(other)
    if len(blocks[0]) != len(blocks[1]):
        words.append(f"{page}: {len(blocks[0])} blocks of code, {english} has {len(blocks[1])}")
    for number, (mine, theirs) in enumerate(zip(*blocks, strict=False), 1):
        if mine != theirs:
            words.append(f"{page}: block {number} of code is not that of {english}")
    return words


def main() -> int:
    found = pages()
    words = [line for page in found for line in dead_links(page)]
    words += not_listed(found)
    words += [line for page in found if page.name.endswith(".id.md") for line in out_of_step(page)]
    for line in words:
        print(line)
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main())
