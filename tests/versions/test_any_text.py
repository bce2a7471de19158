# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any text in every variable of a branch: refused in words, or the router holds that text and runs nothing of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.assemble import assemble
from ansible_collections.multiwan.routeros.plugins.module_utils.branch import RULE_VARIABLES
from ansible_collections.multiwan.routeros.plugins.module_utils.menus import menu
from ansible_collections.multiwan.routeros.plugins.module_utils.plan import Plan, Row
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.module_utils.secret_values import fill_rows, has_secrets
from hypothesis import HealthCheck, Phase, given, settings

from lab.script import parse
from lab.script.engine_tree import EngineTree
from lab.script.nodes import Literal, Prop, Text, Word
from tests.unit.lab.services.rig import Rig
from tests.unit.plugins.branches import TOKEN
from tests.versions.any_text import ANY, NASTY, Path, everything, leaves, mappings, replaced, written

VERSIONS = ("6.49", "7.22")
SCRIPTS = ("source", "on-event", "on-alert", "up-script", "down-script")
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
#: Texts in which nobody may write what he likes, but that reach the router as they are; with what stands for them.
WORDS = ("name", "uplink", "segment", "interface", "dst_address_list", "chat_id", "api_url", "bot_token")
BRANCH = "jakarta"


def said(version: str) -> dict[str, Any]:
    raw = {**everything(), "multiwan_routeros_version": version}
    if version == "6.49":  # which measures nothing
        for path, _ in mappings(everything()):
            if path and path[-1] in ("probe", "multiwan_probe"):
                raw = replaced(raw, path, {"interval": "2s", "good_checks": 5, "quorum": 1})
    return raw


LEAVES = tuple(leaves(everything()))


def test_everything_that_a_branch_can_say_is_tried() -> None:
    """A mapping names its keys when it is given an unknown one. A new key fails this until ``everything`` has it."""
    assert set(everything()) == set(RULE_VARIABLES)
    by_place: dict[str, tuple[set[str], set[str]]] = {}
    for path, mapping in mappings(everything()):
        if path in ((), ("multiwan_address_lists",)):  # whose keys are names
            continue
        with pytest.raises(BranchError) as refusal:
            assemble(replaced(everything(), (*path, "zzzz"), 1), name=BRANCH)
        (problem,) = [problem for problem in refusal.value.problems if problem.path == f"{written(path)}.zzzz"]
        kind = written(tuple(part for part in path if isinstance(part, str)))
        known, tried = by_place.setdefault(kind, (set(), set()))
        known |= set(problem.allowed.removeprefix("one of ").split(", "))
        tried |= set(mapping)
    for kind, (known, tried) in by_place.items():
        assert known == tried, kind


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", LEAVES, ids=written)
def test_any_text_anywhere_is_refused_in_words_or_changes_no_code(version: str, path: Path) -> None:
    def holds(text: str) -> None:
        try:
            plan = assemble(replaced(said(version), path, text), name=BRANCH)
        except BranchError as refusal:
            _is_said_in_words(refusal, path, text)
            return
        if path[-1] == "label":
            _label_is_held(plan, text, version, in_scripts=path[0] != "multiwan_forwards")
        elif path[-1] in WORDS and "leases" not in path:  # whose name stands in a comment alone, in its ASCII form
            assert text.isascii()
            assert text.isprintable()
            assert not set(text) & set('"\\$[]{};?#')
        _loads(plan)
        assert TOKEN not in str(plan.to_json())

    for text in NASTY:
        holds(text)
    few = settings(SETTINGS, max_examples=8) if path[-1] == "label" else SETTINGS
    few(given(ANY)(holds))()


def _is_said_in_words(refusal: BranchError, path: Path, text: str) -> None:
    """A name is also wrong where others use it, and what a version lacks where it is asked for; a limit that is too low
    where something goes beyond it; a line that is too slow where segments are promised more."""
    said = str(refusal)
    places = [written(path[:1] if path[0] == "multiwan_bypass" else path[:3] if "bandwidth" in path else path)]
    if path[0] == "multiwan_uplinks" and path[-1] in ("download", "upload"):
        places.append("multiwan_segments")
    if "trunks" in path:
        places.append("multiwan_bridge.trusted")
    if path[-1] not in ("name", "multiwan_routeros_version"):
        assert any(problem.path.startswith(tuple(places)) for problem in refusal.problems), said
    assert len(said) < 4000
    assert said.replace("\n", "").isprintable()
    if path[-1] == "bot_token" and len(text) > 5:
        assert text not in said


@pytest.mark.parametrize("version", VERSIONS)
@settings(SETTINGS, max_examples=10)
@given(name=ANY.filter(lambda text: text.isprintable() and text))
def test_a_branch_may_be_called_anything(version: str, name: str) -> None:
    codes = _codes(assemble(said(version), name=name), version)
    for where, (skeleton, texts) in _plain(version).items():
        assert codes[where] == (skeleton, tuple(text.replace(BRANCH, name) for text in texts))


# --- the text in scripts and comments


def _label_is_held(plan: Plan, text: str, version: str, *, in_scripts: bool) -> None:
    """The code is the same but for the text; comments have its ASCII form and end in the same tag."""
    base = assemble(said(version), name=BRANCH)
    assert [(row.menu, row.tag, sorted(row.values)) for row in plan.rows] == [
        (row.menu, row.tag, sorted(row.values)) for row in base.rows
    ]
    commented = [row for row in plan.rows if menu(row.menu).mark == "comment"]
    for row in commented:
        comment = row.values["comment"]
        assert comment.endswith(f" [{row.tag}]")
        about = comment.removesuffix(f" [{row.tag}]")
        assert about.isascii()
        assert about.isprintable()
        assert not set(about) & set("[]")
        assert len(comment) < 160
    codes = _codes(plan, version)
    assert any(text in texts for _, texts in codes.values()) or not in_scripts
    assert {where: code[0] for where, code in codes.items()} == {
        where: code[0] for where, code in _plain(version).items()
    }
    plainly = text.isascii() and len(text) <= 40 and text == " ".join(text.split()) and not set(text) & set("[]")
    if plainly:
        assert any(row.values["comment"].startswith(f"{text}: ") for row in commented)


Code = tuple[str, tuple[str, ...]]


@cache
def _plain(version: str) -> Mapping[str, Code]:
    return _codes(assemble(said(version), name=BRANCH), version)


def _codes(plan: Plan, version: str) -> dict[str, Code]:
    """Every script as the router's parser reads it: its commands, and its texts."""
    return {
        f"{row.menu} {row.tag} {key}": _code(row.values[key], version)
        for row in filled(plan)
        for key in SCRIPTS
        if row.values.get(key)
    }


@lru_cache(maxsize=200)
def _code(source: str, version: str) -> Code:
    texts: list[str] = []
    return _skeleton(parse(source, version, tree=_tree(version)).body, texts), tuple(texts)


@cache
def _tree(version: str) -> EngineTree:
    return EngineTree(Rig(version).engine)


def _skeleton(node: Any, texts: list[str]) -> str:
    """The tree without its texts, which are collected, and without places."""
    if isinstance(node, Text):
        texts += [part for part in node.parts if isinstance(part, str)]
        inner = [_skeleton(part, texts) for part in node.parts if not isinstance(part, str)]
        return f"Text({', '.join(inner)})"
    if isinstance(node, (Word, Literal, Prop)):
        return repr(dataclasses.replace(node, at=0))
    if dataclasses.is_dataclass(node):
        names = [field.name for field in dataclasses.fields(node) if field.name not in ("at", "source")]
        inner = [f"{name}={_skeleton(getattr(node, name), texts)}" for name in names]
        return f"{type(node).__name__}({', '.join(inner)})"
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{key}: {_skeleton(value, texts)}" for key, value in node.items()) + "}"
    if isinstance(node, tuple):
        return "(" + ", ".join(_skeleton(item, texts) for item in node) + ")"
    return repr(node)


# --- on the router


def filled(plan: Plan) -> Iterator[Row]:
    """As the router gets them; what only the router knows is left out."""
    open_values = [value for row in plan.rows for value in row.values.values() if has_secrets(value)]
    names = {name for value in open_values for name in value["$secrets"]}
    for row in fill_rows(plan.rows, dict.fromkeys(names, TOKEN)):
        yield dataclasses.replace(row, values={key: text for key, text in row.values.items() if isinstance(text, str)})


def _loads(plan: Plan) -> None:
    """Every script of a plan can be read."""
    _codes(plan, plan.version)
