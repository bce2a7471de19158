# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m lab.schema.coverage [--check]``: writes ``lab/COVERAGE.md`` from the menu files.

Says of every menu and argument whether the lab enacts it, keeps and shows it only, or does neither.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from lab.schema.load import CONSOLE_ONLY, all_menus
from lab.schema.model import Argument, Menu, Span

TARGET = Path(__file__).parent.parent / "COVERAGE.md"

_HEAD = """\
<!--
SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
SPDX-License-Identifier: GPL-3.0-or-later
Written by `python -m lab.schema.coverage`; do not edit.
-->
# What the lab knows of RouterOS

An argument that is **enacted** changes what the emulated router does. One that is **stored** is checked, kept, shown
and exported, and has no effect. Menus, commands, arguments and values that are not listed here are refused in the
router's words. Versions stand behind an argument when it does not exist in all of 6.49 to 7.24. Where command trees are
the only witness, "from" is the first version looked at that has it (7.9, 7.12, 7.16, 7.20, 7.22, 7.24), so it may have
come a little earlier. `edit` and `reset` are known wherever `set` is, and refused. How this differs from live routers:
`tests/conformance/differences.yml`.
"""


def render() -> str:
    """The whole page."""
    menus = [menu for menu in sorted(all_menus().values(), key=lambda menu: menu.path) if not menu.hidden]
    total = sum(len(menu.arguments) for menu in menus)
    enacted = sum(_enacted(variants) for menu in menus for variants in menu.arguments.values())
    parts = [_HEAD, f"\n{len(menus)} menus, {total} arguments, {enacted} of them enacted.\n"]
    for menu in menus:
        parts.append("\n" + "\n".join(_section(menu)) + "\n")
    return "".join(parts)


def _enacted(variants: tuple[Argument, ...]) -> bool:
    return any(argument.enacted == "yes" for argument in variants)


def _section(menu: Menu) -> Iterator[str]:
    yield f"## {menu.path}{_span(menu.span)}"
    yield ""
    commands = [name + _span(menu.spans.get(("command", name), Span())) for name in sorted(menu.commands)]
    actions = [_action(menu, name) for name in sorted(set(menu.actions) - menu.refuses)]
    refused = [_action(menu, name) for name in sorted(menu.refuses - CONSOLE_ONLY)]
    yield f"{menu.kind}; commands: {', '.join(commands) or 'none'}"
    if actions:
        yield f"; of services: {', '.join(actions)}"
    if refused:
        yield f"; known and refused: {', '.join(refused)}"
    done = [_named(name, variants) for name, variants in sorted(menu.arguments.items()) if _enacted(variants)]
    kept = [_named(name, variants) for name, variants in sorted(menu.arguments.items()) if not _enacted(variants)]
    if done:
        yield f"\n- **enacted**: {', '.join(done)}"
    if kept:
        yield f"{'' if done else chr(10)}- **stored**: {', '.join(kept)}"
    if menu.readonly:
        names = ", ".join(_read_only(menu, name) for name in sorted(menu.readonly))
        yield f"{'' if menu.arguments else chr(10)}- **read-only**: {names}"


def _action(menu: Menu, name: str) -> str:
    return name + _span(menu.spans.get(("action", name), Span()))


def _read_only(menu: Menu, name: str) -> str:
    variants = menu.variants.get(name, ())
    return f"`{name}`{_span(variants[0].span) if len(variants) == 1 else ''}"


def _named(name: str, variants: tuple[Argument, ...]) -> str:
    spans = {argument.span for argument in variants}
    return f"`{name}`{_span(next(iter(spans))) if len(spans) == 1 else ''}"


def _span(span: Span) -> str:
    parts = [f"from {span.since}"] if span.since else []
    parts += [f"until {span.until}"] if span.until else []
    return f" ({', '.join(parts)})" if parts else ""


def main(arguments: list[str]) -> int:
    text = render()
    if "--check" in arguments:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            print("lab/COVERAGE.md is stale: run python -m lab.schema.coverage", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
