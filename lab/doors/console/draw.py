# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``print`` draws. Pure: rows and options in, text out. Forms as recorded (facts 11.4; ntc-templates)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lab.doors.console.layouts import Flag, Layout, layout
from lab.doors.console.shown import is_text, quoted, shown
from lab.verbs.show import ABOUT

Row = Mapping[str, str]
_NEVER = frozenset({".id", ".nextid", ABOUT, "comment"})


@dataclass(frozen=True)
class Drawing:
    """``known``: properties of the menu in the schema's order; ``text``: those that hold free text.

    ``switches``: properties that are there or not and have no value. ``width``: of the terminal, 0: nothing is folded.
    """

    menu: str
    major: int = 7
    singleton: bool = False
    known: Sequence[str] = ()
    text: Callable[[str], bool] = field(default=lambda name: False)
    switches: frozenset[str] = frozenset()
    width: int = 0

    @property
    def layout(self) -> Layout:
        return layout(self.menu, self.major)


@dataclass(frozen=True)
class Numbered:
    """A row with its number; empty when it has none."""

    number: str
    row: Row


def draw(drawing: Drawing, rows: Sequence[Row], options: Mapping[str, str]) -> str:
    """The text of ``print`` with these options, without the last line end."""
    wanted = [name for name in options.get("proplist", "").split(",") if name]
    if drawing.singleton:
        return "\n".join(_singleton(drawing, row, wanted) for row in rows)
    if "value-list" in options:
        return _value_list(drawing, rows, wanted)
    numbered = number(drawing.layout, rows, ids="show-ids" in options)
    if "terse" in options:
        return "\n".join(_terse(drawing, numbered, wanted))
    if "detail" in options:
        return _detail(drawing, numbered, wanted)
    style = drawing.layout.style
    columns = wanted or list(drawing.layout.stats if "stats" in options else drawing.layout.columns)
    if style == "lines" and not columns:
        return "\n".join(_lines(drawing, rows))
    if (style == "detail" and "brief" not in options and "stats" not in options) or not columns:
        return _detail(drawing, numbered, wanted)
    return _table_v6(drawing, numbered, columns) if drawing.major < 7 else _table(drawing, numbered, columns)


def number(shape: Layout, rows: Sequence[Row], *, ids: bool = False) -> list[Numbered]:
    """Rows in the order of the menu, counted from 0. Lines of the log, and the router's own routes in 7, have none."""
    found: list[Numbered] = []
    count = 0
    for row in rows:
        if ids:
            found.append(Numbered(row.get(".id", ""), row))
        elif shape.style == "lines" or (shape.unnumbered and row.get(shape.unnumbered) == "true"):
            found.append(Numbered("", row))
        else:
            found.append(Numbered(str(count), row))
            count += 1
    return found


# ---- parts


def _remarks(row: Row) -> list[str]:
    """What stands behind ``;;;``: the router's own word on the row, then the comment. Their order is unsure."""
    return [row[name] for name in (ABOUT, "comment") if row.get(name)]


def _names(drawing: Drawing, row: Row, wanted: Sequence[str]) -> list[str]:
    """Properties of a row in the order of the menu."""
    if wanted:
        return [name for name in wanted if name in row and name != "comment"]
    shape = drawing.layout
    hidden = _NEVER | (shape.flag_names - frozenset(shape.order)) | shape.without
    hidden |= {name for name, value in shape.silent.items() if row.get(name) == value}
    order = {name: index for index, name in enumerate(dict.fromkeys([*shape.order, *drawing.known]))}
    return sorted((name for name in row if name not in hidden), key=lambda name: order.get(name, len(order)))


def _legend(shape: Layout, rows: Sequence[Numbered], major: int, *, table: bool) -> list[str]:
    """``Flags: …``. A table of version 7 names only the flags that it shows, in capitals."""
    groups: list[str] = []
    for column in shape.flags:
        shown_flags = [flag for flag in column if not (table and major >= 7) or _first(column, flag, rows)]
        titles = [
            f"{flag.letter} - {flag.title.upper() if table and major >= 7 else flag.title}" for flag in shown_flags
        ]
        groups += [", ".join(titles)] if titles else []
    if not groups:
        return []
    if major < 7:
        return ["Flags: " + ", ".join(groups)]
    if table:
        return ["Flags: " + "; ".join(groups)]
    lines, at = [], 0
    for count in shape.legend or (len(groups),):
        lines.append("; ".join(groups[at : at + count]))
        at += count
    return ("Flags: " + ";\n".join(lines) + " ").split("\n")


def _first(column: Sequence[Flag], flag: Flag, rows: Sequence[Numbered]) -> bool:
    """Whether any row shows ``flag`` (of several that hold in one column, the first is shown)."""
    return any(next((f for f in column if f.holds(item.row)), None) is flag for item in rows)


def _cell(row: Row, name: str) -> str:
    return shown(name, row[name]).replace("\n", " ").replace("\r", "") if name in row else ""


# ---- forms


def _singleton(drawing: Drawing, row: Row, wanted: Sequence[str]) -> str:
    """Names right-aligned behind two blanks, one property a line."""
    names = _names(drawing, row, wanted)
    width = max((len(name) for name in names), default=0)
    return "\n".join(f"  {name:>{width}}: {_cell(row, name)}".rstrip() for name in names)


def _value_list(drawing: Drawing, rows: Sequence[Row], wanted: Sequence[str]) -> str:
    """One property a line, the values of all rows side by side."""
    seen = {name for row in rows for name in _names(drawing, row, wanted)}
    merged = {name: "" for row in rows for name in row if name in seen}
    names = _names(drawing, merged, wanted)
    label = max((len(name) for name in names), default=0)
    widths = [max((len(_cell(row, name)) for name in names), default=0) for row in rows]
    return "\n".join(
        f"  {name:>{label}}: "
        + " ".join(f"{_cell(row, name):<{width}}" for row, width in zip(rows, widths, strict=True)).rstrip()
        for name in names
    )


def _terse(drawing: Drawing, rows: Sequence[Numbered], wanted: Sequence[str]) -> list[str]:
    width = max([len(item.number) for item in rows] + ([2] if drawing.major < 7 else []), default=0)
    lines = []
    for item in rows:
        head = f"{item.number:>{width}} " if width else ""
        flags = "".join(drawing.layout.letters(item.row))
        words = [_terse_word(drawing, item.row, name) for name in _names(drawing, item.row, wanted)]
        if item.row.get("comment") and (not wanted or "comment" in wanted):
            words.insert(0, f"comment={item.row['comment']}")
        lines.append(f"{head}{flags}{' ' if flags else ''}{' '.join(words)} ")
    return lines


def _terse_word(drawing: Drawing, row: Row, name: str) -> str:
    """Version 7 writes nothing for an empty value, version 6 two quotes [ntc lease and route samples]."""
    if name in drawing.switches:
        return name
    text = _cell(row, name)
    return f'{name}=""' if not text and drawing.major < 7 else f"{name}={text}"


def _is_text(drawing: Drawing, name: str) -> bool:
    return is_text(drawing.menu, name, drawing.text(name))


def _detail(drawing: Drawing, rows: Sequence[Numbered], wanted: Sequence[str]) -> str:
    """A paragraph for each row; words that do not fit go to the next line, below the first word."""
    shape = drawing.layout
    legend = _legend(shape, rows, drawing.major, table=False)
    number_width = 0 if shape.style == "lines" else max([2, *(len(item.number) for item in rows)])
    indent = " " * (number_width + 1 + len(shape.flags) + (1 if shape.flags else 0))
    parts = []
    for item in rows:
        flags = "".join(shape.letters(item.row))
        head = f"{item.number:>{number_width}} {flags}{' ' if flags else ''}"
        words = [_word(drawing, item.row, name, indent) for name in _names(drawing, item.row, wanted)]
        body = _fold(words, indent, drawing.width)
        remarks = _remarks(item.row)
        parts.append(head + f"\n{indent}".join([*(f";;; {remark}" for remark in remarks), body]))
    return "\n".join([*legend, "\n\n".join(parts)]) + ("\n" if parts else "")


def _word(drawing: Drawing, row: Row, name: str, indent: str) -> str:
    if name == "source":
        lines = row[name].replace("\r", "").split("\n")
        inner = f"\n{indent}  "
        return f"source={lines[0]}" if len(lines) == 1 else "source=" + inner + inner.join(lines)
    if name in drawing.switches:
        return name
    if _is_text(drawing, name) or not row[name]:
        return f"{name}={quoted(row[name])}"
    return f"{name}={_cell(row, name)}"


def _fold(words: Sequence[str], indent: str, width: int) -> str:
    lines, line = [], ""
    for word in words:
        if width and line and len(indent) + len(line) + len(word) + 1 > width:
            lines.append(line)
            line = ""
        line += word + " "
    return f"\n{indent}".join([*lines, line])


def _lines(drawing: Drawing, rows: Sequence[Row]) -> list[str]:
    """The log: values alone."""
    return [" ".join(_cell(row, name) for name in drawing.layout.order if name in row) for row in rows]


def _table(drawing: Drawing, rows: Sequence[Numbered], columns: Sequence[str]) -> str:
    """Version 7: only columns and flags that hold something; a comment stands on a line of its own before its row."""
    if not rows:
        return ""
    shape = drawing.layout
    used = [name for name in columns if any(item.row.get(name) for item in rows)]
    flag_columns = [column for column in shape.flags if any(_first(column, flag, rows) for flag in column)]
    shown_shape = Layout(flags=tuple(flag_columns))
    number_width = max(len(item.number) for item in rows)
    cells = [[_cell(item.row, name) for name in used] for item in rows]
    numeric = [_numeric(drawing, name, [line[at] for line in cells]) for at, name in enumerate(used)]
    widths = [max([len(name), *(len(line[at]) for line in cells)]) for at, name in enumerate(used)]

    def line(head: str, flags: str, values: Sequence[str]) -> str:
        lead = f"{head:>{number_width}} " if number_width else ""
        padded = [f"{v:>{w}}" if right else f"{v:<{w}}" for v, w, right in zip(values, widths, numeric, strict=True)]
        return lead + (f"{flags} " if flag_columns else "") + "  ".join(padded)

    out = _legend(shape, rows, drawing.major, table=True)
    out.append("Columns: " + ", ".join(name.upper() for name in used))
    out.append(line("#" if number_width else "", " " * len(flag_columns), [name.upper() for name in used]))
    for item, values in zip(rows, cells, strict=True):
        out += [f";;; {remark}" for remark in _remarks(item.row)]
        out.append(line(item.number, "".join(shown_shape.letters(item.row)), values))
    return "\n".join(out)


def _numeric(drawing: Drawing, name: str, values: Sequence[str]) -> bool:
    return not drawing.text(name) and all(value.replace(" ", "").isdigit() for value in values if value)


def _table_v6(drawing: Drawing, rows: Sequence[Numbered], columns: Sequence[str]) -> str:
    """Version 6: every column and flag; a comment stands where the values would, which go to the next line."""
    shape = drawing.layout
    number_width = max([2, *(len(item.number) for item in rows)])
    cells = [[_cell(item.row, name) for name in columns] for item in rows]
    numeric = [_numeric(drawing, name, [line[at] for line in cells]) for at, name in enumerate(columns)]
    widths = [max([len(name), *(len(line[at]) for line in cells)]) for at, name in enumerate(columns)]
    pad = f" {' ' * len(shape.flags)}{' ' if shape.flags else ''}"

    def values(line: Sequence[str]) -> str:
        return " ".join(
            f"{v:>{w}}" if right else f"{v:<{w}}" for v, w, right in zip(line, widths, numeric, strict=True)
        )

    out = _legend(shape, rows, drawing.major, table=True)
    out.append(f"{'#':>{number_width}}{pad}{values([name.upper() for name in columns])}")
    for item, line in zip(rows, cells, strict=True):
        flags = "".join(shape.letters(item.row))
        head = f"{item.number:>{number_width}} {flags}{' ' if flags else ''}"
        for remark in _remarks(item.row):
            out.append(f"{head};;; {remark}")
            head = " " * len(head)
        out.append(head + values(line))
    return "\n".join(out)
