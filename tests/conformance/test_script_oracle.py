# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script language beside what the console of a live RouterOS 7.23.3 answered, input by input.

Every row of the oracles is one case. Rows where the lab differs stand in ``script_differences.yml`` with a reason; one
that is listed and matches fails, too. Skipped where the oracles are not at hand.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.script import Interpreter, ScriptError, ScriptSyntaxError, Value, parse, to_text, typeof
from lab.script.engine_tree import EngineTree
from lab.script.expressions import OPERATORS
from lab.script.grammar import CODE, COMMANDS, FLAG, NAME, PLAIN, TEXT, VALUE
from lab.store import Store
from lab.verbs import ALL_POLICIES, Caller, Engine
from tests.conformance.score import Case, count

ORACLES = Path(__file__).parents[3] / "shared" / "routeros"
VERSION = "7.23.3"
CALLER = Caller("admin", ALL_POLICIES, "console")
KNOWN: Mapping[str, str] = yaml.safe_load(
    (Path(__file__).parent / "script_differences.yml").read_text(encoding="utf-8")
)

pytestmark = pytest.mark.skipif(not (ORACLES / "operators.json").is_file(), reason="the oracles are not at hand")


def oracle(name: str) -> Any:
    path = ORACLES / name
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


VALUES = oracle("values_7.23.3.json")
OPERATOR_ORACLE = oracle("operators.json")
PARSES = oracle("parse_oracle_7.23.3.json")


def run(source: str) -> tuple[Value, list[str]]:
    """The value of a script on a fresh router, and what it printed."""
    engine = Engine(Store(VERSION), clock=lambda: 0.0)
    variables: dict[str, Value] = {}
    interpreter = Interpreter(
        engine,
        clock=itertools.count().__next__,
        log=lambda topics, message: None,
        globals_for=lambda user: variables,
        version=VERSION,
        tree=EngineTree(engine),
    )
    printed: list[str] = []
    value = asyncio.run(interpreter.run(source, caller=CALLER, output=printed.append))
    return value, printed


def verdict(source: str) -> str:
    """Empty when the text parses, else the parser's words."""
    try:
        parse(source, VERSION, tree=EngineTree(Engine(Store(VERSION), clock=lambda: 0.0)))
    except ScriptSyntaxError as error:
        return error.message
    return ""


def same_verdict(source: str, il: str) -> tuple[str, str]:
    """(got, wanted): the exact words where the router refused, else that both accept."""
    wanted = il if il.startswith(("syntax error", "expected")) else ""
    return verdict(source), wanted


# ---- the cases: (id, got, wanted)


def typed(literal: str) -> tuple[str, str]:
    try:
        value = run(f":local z {literal}; :return $z")[0]
    except ScriptError as error:
        return "error", error.message
    return typeof(value), to_text(value)


def literals() -> Iterator[Case]:
    grounded = VALUES["v2Grounding"]
    for row in VALUES["scalars"]:
        yield f"scalar {row['literal']}", typed(row["literal"]), (row["bareType"], row["bareValue"])
    for row in VALUES["rejectionControls"]:
        yield f"text {row['literal']}", typed(row["literal"])[0], row["bareType"]
    for row in [*VALUES["timeOrdering"]["literals"], *grounded["colonTime"], *grounded["arrays"], *grounded["concat"]]:
        yield f"value {row['literal']}", typed(row["literal"]), (row["type"], row["value"])
    for row in grounded["producedTypes"]:
        yield f"produced {row['expression']}", typed(row["expression"]), (row["type"], row["value"])
    for row in VALUES["booleanGrounding"]["scalars"]:
        yield f"bare {row['literal']}", typed(row["literal"]), (row["bareType"], row["bareValue"])
        yield f"quoted {row['literal']}", typed(f'"{row["literal"]}"')[0], row["quotedType"]
    for row in VALUES["booleanGrounding"]["toBool"]:
        yield f"tobool {row['literal']}", typed(f"[:tobool {row['literal']}]"), (row["type"], row["value"])


def shortcuts() -> Iterator[Case]:
    for row in VALUES["interiorGrounding"]["addressShortcut"]:
        literal = row["literal"]
        yield f"short {literal}", typed(literal), (row["valueType"], row["value"])
        yield (
            f"short member {literal}",
            members(f"{{{literal}}}"),
            [line(0, "num", row["memberType"], row["memberValue"])],
        )


def line(key: object, key_type: str, value_type: str, value: str) -> str:
    return f"M|k={key}|kt={key_type}|v={value}|vt={value_type}"


def members(literal: str) -> Any:
    source = f':local z {literal}; :foreach k,v in=$z do={{:put "M|k=$k|kt=$[:typeof $k]|v=$v|vt=$[:typeof $v]"}}'
    try:
        return run(source)[1]
    except ScriptError as error:
        return error.message


def arrays() -> Iterator[Case]:
    inside = VALUES["interiorGrounding"]
    for row in inside["members"]:
        yield f"member {row['literal']}", members(f"{{{row['literal']}}}"), [line(0, "num", row["type"], row["value"])]
    for row in inside["keyed"]:
        yield f"keyed {row['literal']}", members(row["literal"]), row["members"]
    for row in inside["keyBinding"]:
        if row["parses"]:
            yield f"key {row['literal']}", members(row["literal"]), row["members"]
        else:
            yield f"key {row['literal']}", verdict(f":local z {row['literal']}"), row["il"]
    for row in inside["nestedLiterals"]:
        yield f"nested {row['literal']}", *same_verdict(f":local z {row['literal']}", row["il"])
    for row in inside["separators"]:
        if row["type"] != "error":
            got = typed(row["literal"])[0], typed(f"[:len {row['literal']}]")[1]
            yield f"separator {row['literal']}", got, (row["type"], str(row["length"]))
    for row in inside["positions"]:
        # the oracle counts a listing with a bad parameter in it as parsed
        yield f"position {row['input']}", listing(row["input"]).startswith("(evl"), row["parses"]


def operators() -> Iterator[Case]:
    sweep = OPERATOR_ORACLE["sweep"]
    for row in sweep["operators"]:
        if row["precedence"] is not None:
            yield f"precedence {row['spelling']}", OPERATORS.get(row["spelling"]), row["precedence"]
    for row in [*sweep["controls"], *sweep["opAxis"]]:
        yield f"operator {row['id']}", *same_verdict(row["source"], row["il"])
    for row in sweep["notOperators"]:
        if row["whyNot"] == "rejected":
            yield f"no operator {row['spelling']}", verdict(f"(1 {row['spelling']} 2)"), row["example"]
    for row in sweep["runtime"]:
        yield f"runtime {row['id']}", runtime(row["source"]), row["output"]


def runtime(source: str) -> str:
    try:
        return "\n".join(run(source)[1])
    except ScriptError as error:
        return f"Script Error: {error.message} ({error.command}; line {error.line})"


def parsed() -> Iterator[Case]:
    for row in PARSES["canonicalAccepted"]:
        if "corpusScript" not in row:
            yield f"accepted {row['input']}", verdict(row["input"]), ""
    for row in [*PARSES["badParameter"], *PARSES["badCommandName"]]:
        yield f"refused {row['input']}", verdict(row["input"]) in row["raw"] and verdict(row["input"]) != "", True
    for word in VALUES["booleanGrounding"]["cliDisabled"]["accepted"]:
        yield f"disabled={word}", verdict(f"/ip/address/set *1 disabled={word}") == "", True
    for word in VALUES["booleanGrounding"]["cliDisabled"]["rejected"]:
        yield f"disabled={word}", verdict(f"/ip/address/set *1 disabled={word}") == "", False
    for row in VALUES["contexts"]:
        yield f"context {row['input']}", *same_verdict(row["input"], row["il"])


def listing(source: str) -> str:
    """What ``:put [:parse …]`` prints."""
    quoted = source.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return runtime(f':put [:parse "{quoted}"]')


def listings() -> Iterator[Case]:
    """What ``:put [:parse …]`` prints, word by word."""
    for source, wanted in [*_listed(PARSES), *_listed(VALUES), *_listed(OPERATOR_ORACLE["sweep"])]:
        yield f"listing {source}", listing(source), wanted


def accepted(listed: str) -> bool:
    """Whether the parser took it: errors stand instead of a listing, or inside it where a name is unknown."""
    return listed.startswith("(") and "bad command name" not in listed and "bad parameter" not in listed


def verdicts() -> Iterator[Case]:
    """The same inputs, and only whether they are taken or refused."""
    for source, wanted in [*_listed(PARSES), *_listed(VALUES), *_listed(OPERATOR_ORACLE["sweep"])]:
        yield f"verdict {source}", accepted(listing(source)), accepted(wanted)


def _listed(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, list):
        for row in part:
            yield from _listed(row)
    elif isinstance(part, dict):
        listing = part.get("il") or part.get("raw")
        source = part.get("input") or part.get("source") or ("literal" in part and f":local z {part['literal']}")
        if listing and source and "corpusScript" not in part:
            yield source, listing
        elif not listing:
            for row in part.values():
                yield from _listed(row)


#: what braces are in an argument of a command (values oracle, braceSlots), and the slot that the grammar gives it
BRACES = {"array": VALUE, "code": CODE, "text": TEXT}


def braces() -> Iterator[Case]:
    for row in VALUES["interiorGrounding"]["braceSlots"]:
        command = COMMANDS.get(row["verb"])
        if command is None or row["slot"].startswith("#") or row["outcome"] == "inconclusive":
            continue
        slot = command.arguments.get(row["slot"], "missing")
        wanted = BRACES.get(row["outcome"], slot if slot in (PLAIN, NAME, FLAG) else PLAIN)
        yield f"braces {row['verb']} {row['slot']}", slot, wanted


GROUPS = {
    "literals": literals,
    "shortcuts": shortcuts,
    "arrays": arrays,
    "operators": operators,
    "parsed": parsed,
    "verdicts": verdicts,
    "listings": listings,
    "braces": braces,
}
LABELS = {
    "literals": "values, literals",
    "shortcuts": "values, short forms of addresses",
    "arrays": "values, arrays",
    "operators": "operators",
    "parsed": "names and places of unknown words",
    "verdicts": ":parse accepts or refuses",
    "listings": ":put [:parse], word by word",
    "braces": "what braces mean in an argument",
}
#: what the project promises: no less may agree
FLOORS = {
    "literals": 0.95,
    "shortcuts": 0.95,
    "arrays": 0.95,
    "operators": 0.95,
    "parsed": 0.98,
    "verdicts": 0.98,
    "listings": 0.95,
    "braces": 0.98,
}


@pytest.mark.parametrize("group", GROUPS)
def test_the_lab_answers_as_the_router_did(group: str, record_property: Any) -> None:
    cases = list(GROUPS[group]())
    reasons = {name: KNOWN[name] for name, _, _ in cases if name in KNOWN}
    count(f"console of live 7.23.3: {LABELS[group]}", cases, reasons).note(record_property).must(FLOORS[group])


def test_every_difference_belongs_to_a_case_and_has_a_reason() -> None:
    names = {name for group in GROUPS.values() for name, _, _ in group()}
    assert set(KNOWN) <= names
    assert all(len(reason) > 10 for reason in KNOWN.values())


def test_most_rows_match() -> None:
    """The floor that later work only raises."""
    cases = [case for name, group in GROUPS.items() if name != "listings" for case in group()]
    matched = sum(got == wanted for _, got, wanted in cases)
    assert matched / len(cases) > 0.98, f"{matched} of {len(cases)}"
