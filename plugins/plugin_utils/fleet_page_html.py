# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report of a fleet as one HTML page that asks the network for nothing.

Every text is in the page in both languages: one shown, the other in an attribute, and the switch swaps them. All are
escaped where they are put in, and a content security policy allows the page's own style and script and nothing else.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..module_utils import fleet_page
from ..module_utils.fleet_page_findings import KINDS
from ..module_utils.fleet_page_map import WIDTH
from ..module_utils.fleet_page_text import Moment, Text, say

FILES = Path(__file__).resolve().parent / "fleet_page_files"


def html(report: Mapping[str, Any]) -> str:
    """The page of a report of format 1. Raises ``ValueError`` when it is none."""
    shown = fleet_page.page(report, _land())
    language = report.get("language") if report.get("language") in fleet_page.LANGUAGES else "id"
    style, script = _squeezed(_file("page.css") + _places(shown)), _squeezed(_file("page.js"))
    text = (
        _environment(str(language))
        .get_template("page.html.j2")
        .render(
            page=shown,
            language=language,
            say=say,
            kinds=KINDS,
            map_width=WIDTH,
            style=Markup(style),  # our own file, and numbers
            script=Markup(script),  # our own file
            policy=f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'",
        )
    )
    return _squeezed(text) + "\n"


@functools.cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(_filters(language))
    return environment


@functools.cache
def _land() -> Mapping[str, Any]:
    land: Mapping[str, Any] = json.loads(_file("land.json"))
    return land


def _filters(language: str) -> dict[str, Any]:
    other = "en" if language == "id" else "id"

    def t(text: Text | str) -> Markup:
        """A text that the language switch swaps."""
        if isinstance(text, str):
            return Markup.escape(text)
        now, then = getattr(text, language), getattr(text, other)
        if now == then:
            return Markup.escape(now)
        return Markup('<span data-o="{}">{}</span>').format(then, now)

    def attribute(text: Text, name: str) -> Markup:
        """The same for an attribute; one for an element."""
        now, then = getattr(text, language), getattr(text, other)
        return Markup('{0}="{1}" data-oa="{0}" data-ov="{2}"').format(name, now, then)

    def when(at: Moment | None) -> Markup:
        """A time, which the page shows in the reader's own zone."""
        if at is None:
            return Markup("–")
        if not at.iso:
            return Markup.escape(getattr(at.shown, language))
        return Markup('<time datetime="{}">{}</time>').format(at.iso, getattr(at.shown, language))

    return {"t": t, "attribute": attribute, "when": when, "plain": lambda text: getattr(text, language)}


def _squeezed(text: str) -> str:
    """Without the room that is for those who write it. Done before the hash is taken, it changes nothing later on."""
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _file(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def _places(shown: fleet_page.Page) -> str:
    """Where the marks of the map are, and lengths of bars: the policy allows no style at an element."""
    rules = [f".w{percent}{{--w:{percent}%}}" for percent in range(101)]
    if shown.map is not None:
        rules += [
            f"#m{number},#n{number}{{left:{mark.x / WIDTH * 100:.2f}%;top:{mark.y / shown.map.height * 100:.2f}%}}"
            for number, mark in enumerate(shown.map.marks)
        ]
    return "\n".join(rules) + "\n"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
