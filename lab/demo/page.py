# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``build/demo.html``: one file that needs no network, readable without scripts, in the dark and on a phone."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lab.demo import charts
from lab.demo.record import PAPER_MBIT, Record, as_json

HERE = Path(__file__).resolve().parent
#: Characters that could end a script element or a line of JavaScript inside JSON (HTML living standard, 4.12.1.3).
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def safe_json(data: Any) -> Markup:
    """JSON that no content can break out of a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _UNSAFE.items():
        text = text.replace(character, escape)
    return Markup(text)  # escaped by the lines above


def content_hash(text: str) -> str:
    """The CSP source that allows exactly this inline text and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def render(record: Record) -> str:
    """The whole page. Everything that came from the lab is escaped; only our own style and script are not."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (HERE / "page.css").read_text(encoding="utf-8")
    script = (HERE / "page.js").read_text(encoding="utf-8")
    labels = {uplink.name: uplink.label for uplink in record.branch.uplinks}
    return environment.get_template("page.html.j2").render(
        r=record,
        labels=labels,
        single_label=labels.get(record.single_uplink, record.single_uplink),
        fault_label=labels.get(record.failover.uplink, record.failover.uplink),
        anchors=_anchors(record),
        paper=PAPER_MBIT,
        throughput=(charts.throughput(record, charts.WIDE), charts.throughput(record, charts.NARROW)),
        bars=charts.bars(record, PAPER_MBIT),
        parts=charts.split_parts(record),
        timeline=(charts.timeline(record, charts.WIDE), charts.timeline(record, charts.NARROW)),
        lines=charts.lines(record),
        data=safe_json(as_json(record)),
        style=Markup(style),  # our own file
        script=Markup(script),  # our own file
        policy=f"default-src 'none'; img-src data:; style-src {content_hash(style)}; script-src {content_hash(script)}",
    )


def _anchors(record: Record) -> str:
    """As many as fit into the drawing."""
    names = [anchor for uplink in record.branch.uplinks for anchor in uplink.anchors]
    return "anchors " + ", ".join(names) if len(names) <= 4 else f"{len(names)} anchors, traffic servers"
