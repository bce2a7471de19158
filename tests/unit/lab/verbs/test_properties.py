# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any words to any menu: only refusals come back, a refusal changes nothing, what is shown can be written."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lab.schema.load import all_menus
from lab.schema.model import Argument
from lab.store import Store, Trap
from lab.values.compound import ListType, NegType, OrType, PairType, RefType
from lab.values.scalar import BoolType, EnumType, NumType, TimeType
from lab.values.special import FlagSetType, PccType, RateType
from lab.verbs import SYSTEM, Engine

VERSIONS = ("6.49", "7.9", "7.18", "7.22", "7.24")
WORDS = (
    *("", "yes", "no", "none", "auto", "default", "main", "ether1", "bridge", "all", "LAN", "pool", "full", "x"),
    *("0", "1", "5", "100", "70000", "-1", "10s", "1d", "00:00:10", "10M", "10M/5M", "80,443", "1000-2000"),
    *("10.0.0.1", "10.0.0.0/8", "10.0.0.2-10.0.0.9", "10.0.0.1%ether1", "02:00:00:00:00:01", "tcp", "new,related"),
    *("!ether1", "!10.0.0.0/8", "both-addresses:2/0", "*1", "*FFFF", "a b", "\u00fc", "read,write", "in,none", "1,2"),
)
ADDABLE = sorted(
    m.path
    for m in all_menus().values()
    if "add" in m.commands and m.kind in ("list", "ordered") and m.arguments and not m.hidden
)


def router(version: str) -> Engine:
    store = Store(version)
    store.load([("/interface/ethernet", {"name": f"ether{n}"}) for n in (1, 2)])
    store.load([("/interface/bridge", {"name": "bridge"}), ("/interface/list", {"name": "LAN"})])
    store.load([("/ip/pool", {"name": "pool", "ranges": "10.0.0.2-10.0.0.9"})])
    return Engine(store, clock=lambda: 0.0)


def likely(kind: object) -> st.SearchStrategy[str]:
    """Texts that the type probably takes; for other types any of the words."""
    known: dict[type, st.SearchStrategy[str]] = {
        BoolType: st.sampled_from(["yes", "no", "true"]),
        TimeType: st.integers(20, 90).map(lambda n: f"{n}s"),
        RateType: st.integers(0, 10**7).map(str),
        PccType: st.just("both-addresses:4/3"),
    }
    if isinstance(kind, EnumType | FlagSetType):
        return st.sampled_from(kind.words)
    if isinstance(kind, NumType):
        return st.integers(kind.low, kind.high).map(str)
    if isinstance(kind, RefType):
        names = {"/interface": "ether1", "/interface/bridge": "bridge", "/interface/list": "LAN", "/ip/pool": "pool"}
        return st.just(names.get(kind.menu, "main"))
    if isinstance(kind, ListType | NegType | PairType):
        return likely(kind.item)
    if isinstance(kind, OrType):
        return st.one_of([likely(choice) for choice in kind.choices])
    return known.get(type(kind), st.sampled_from(WORDS))


@st.composite
def words_for(draw: st.DrawFn, arguments: dict[str, Argument]) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(sorted(arguments)), unique=True, max_size=6))
    names += [name for name, argument in arguments.items() if argument.required and name not in names]
    return {name: draw(likely(arguments[name].type)) for name in names}


async def attempt(engine: Engine, menu: str, command: str, args: dict[str, str]) -> bool:
    """Whether the command was done; a refusal must leave everything as it was."""
    before = engine.store.snapshot()
    try:
        await engine.call(menu, command, args, caller=SYSTEM)
    except Trap:
        assert engine.store.snapshot().menus == before.menus
        assert engine.store.revision == before.revision
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(VERSIONS), st.sampled_from(ADDABLE), st.data())
async def test_what_is_shown_can_be_written_back_and_changes_nothing(
    version: str, menu: str, data: st.DataObject
) -> None:
    engine = router(version)
    at = engine.store.schema.get(menu)
    assume(at is not None)
    assert at is not None
    known = {name: argument for name, argument in at.arguments.items() if argument.add}
    done = await attempt(engine, menu, "add", data.draw(words_for(known)))
    assume(done)
    row = engine.store.rows(menu)[-1]
    shown = {
        name: text
        for name, text in row.values.items()
        if name in at.arguments and at.arguments[name].set and not (menu == "/ip/address" and name == "network")
    }
    before = engine.store.snapshot()
    await engine.call(menu, "set", {".id": f"*{row.id:X}", **shown}, caller=SYSTEM)
    assert engine.store.snapshot().menus == before.menus


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(all_menus())), st.data())
async def test_no_words_get_another_answer_than_a_refusal(menu: str, data: st.DataObject) -> None:
    engine = router("7.22" if all_menus()[menu].span.holds("7.22") else "6.49")
    at = engine.store.schema.get(menu)
    assert at is not None
    names = [
        *at.arguments,
        "numbers",
        ".id",
        "place-before",
        "destination",
        "copy-from",
        "value-name",
        "colour",
        "!name",
    ]
    for _ in range(3):
        verb = data.draw(
            st.sampled_from(["add", "set", "remove", "move", "unset", "enable", "comment", "print", "get"])
        )
        args = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from(WORDS), max_size=4))
        await attempt(engine, menu, verb, args)
