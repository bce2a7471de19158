#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lays the pages of the documentation out for Sphinx, and checks what Sphinx made of them (tools/docs.sh).

``gather``: the Markdown pages stay where they are in the repository, so that they read well there; here they are copied
into one tree, with every page and file that they link to. ``docs/README.md`` is the index: its headings and the links
below them are the site's navigation. ``check``: every link inside the built pages leads to a file and a heading.
"""

from __future__ import annotations

import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
INDEX = Path("docs/README.md")
REPOSITORY = "https://github.com/multiwan/routeros/blob/main"
_LINK = re.compile(r"(?<=\]\()(?P<target>[^)\s]+)(?=\))")
_FENCE = re.compile(r"^ *(```|~~~)")


def prose(text: str) -> list[tuple[int, str]]:
    """The lines outside of code blocks, with their numbers from 1."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            found.append((number, line))
    return found


def links(text: str) -> list[tuple[int, str]]:
    """Line and target of every link in prose, code spans left out."""
    return [
        (number, match["target"])
        for number, line in prose(text)
        for match in _LINK.finditer(re.sub(r"`[^`]*`", "", line))
    ]


def local(page: Path, target: str) -> Path | None:
    """The file that a link of a page leads to, from the top of the repository; none for other sites and headings."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    resolved = (ROOT / page.parent / unquote(parts.path)).resolve()
    return resolved.relative_to(ROOT) if resolved.is_relative_to(ROOT) else Path("..") / resolved.name


def sections() -> list[tuple[str, list[Path]]]:
    """What the index lists: each heading of the second level with the pages that its links name, in order."""
    found: list[tuple[str, list[Path]]] = []
    text = (ROOT / INDEX).read_text(encoding="utf-8")
    for _, line in prose(text):
        if line.startswith("## "):
            found.append((line[3:].strip(), []))
        for match in _LINK.finditer(line):
            page = local(INDEX, match["target"])
            if found and page is not None and page.suffix == ".md" and page not in found[-1][1]:
                found[-1][1].append(page)
    return found


def gather(into: Path) -> None:
    """Copy the index, what it lists and whatever those pages lead to; the index becomes the site's first page."""
    waiting, done = [INDEX], set()
    while waiting:
        page = waiting.pop()
        if page in done:
            continue
        done.add(page)
        text = (ROOT / page).read_text(encoding="utf-8")
        for _, target in links(text):
            file = local(page, target)
            if file is None:
                continue
            if not (ROOT / file).is_file():
                continue  # a folder; or missing, which Sphinx and the lint tell
            if file.suffix == ".md":
                waiting.append(file)
            else:
                (into / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / file, into / file)
        if page == INDEX:
            (into / "index.md").write_text(_first_page(text), encoding="utf-8")
            continue
        (into / page).parent.mkdir(parents=True, exist_ok=True)
        (into / page).write_text(_for_sphinx(page, text, listed=_listed(page)), encoding="utf-8")


def _listed(page: Path) -> bool:
    return any(page in pages for _, pages in sections())


def _for_sphinx(page: Path, text: str, *, listed: bool) -> str:
    """Links to folders lead to the repository, those to the index to the first page; drawings in text stay text."""

    def other(match: re.Match[str]) -> str:
        target = match["target"]
        file = local(page, target)
        if file is None:
            return target
        if file == INDEX:
            return "/".join([".."] * len(page.parent.parts) + ["index.md"])
        return f"{REPOSITORY}/{file}" if (ROOT / file).is_dir() else target

    lines, inside = [], False
    for line in text.splitlines():
        inside ^= bool(_FENCE.match(line))
        lines.append(line.replace("```mermaid", "```text") if inside else _LINK.sub(other, line))
    head = "" if listed else "---\norphan: true\n---\n"
    return head + "\n".join(lines) + "\n"


def _first_page(text: str) -> str:
    """The index with its links as they are from the top, and a hidden table of contents for each of its headings."""

    def from_top(match: re.Match[str]) -> str:
        file = local(INDEX, match["target"])
        if file is None:
            return match["target"]
        anchor = urlsplit(match["target"]).fragment
        return f"{file}#{anchor}" if anchor else str(file)

    trees = [
        f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n:caption: {heading}\n\n"
        + "\n".join(str(page.with_suffix("")) for page in pages)
        + "\n```"
        for heading, pages in sections()
        if pages
    ]
    trees.append("```{toctree}\n:hidden:\n:maxdepth: 1\n:caption: Reference\n\ncollection/index\nCHANGELOG\n```")
    return "\n".join([_LINK.sub(from_top, text), *trees]) + "\n"


class _Page(HTMLParser):
    """The names and the links of one built page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name == "id" or (tag == "a" and name == "name")):
                self.names.add(value)
            elif value and name in {"href", "src"}:
                self.links.append(value)


def dead_links(site: Path) -> list[str]:
    """Links between built pages that lead nowhere: ``page: target``. Those to other sites are not followed."""
    pages = {}
    for file in sorted(site.rglob("*.html")):
        pages[file] = _Page()
        pages[file].feed(file.read_text(encoding="utf-8"))
    dead = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if target.is_dir():
                target /= "index.html"
            known = target.is_file()
            named = not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].names
            if not (known and named):
                dead.append(f"{file.relative_to(site)}: {link}")
    return dead


def main(command: str, folder: str) -> int:
    if command == "gather":
        gather(Path(folder))
        return 0
    site = Path(folder).resolve()
    dead = dead_links(site)
    for words in dead:
        print(f"dead link: {words}", file=sys.stderr)
    if not dead:
        print(f"{len(list(site.rglob('*.html')))} pages, no dead link: {Path(folder) / 'index.html'}")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
