# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the language as data: arguments, what ``{`` means in each, the version that brought them (facts 6.4).

What braces mean was read off a live 7.23.3 (values oracle, braceSlots): an array, code, the text of code, or an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VALUE, CODE, TEXT, NAME, PLAIN, FLAG = "value", "code", "text", "name", "plain", "flag"


@dataclass(frozen=True)
class Command:
    """``arguments``: name -> slot. ``order``: the names that positional values take, in turn."""

    arguments: dict[str, str]
    order: tuple[str, ...] = ()
    since: tuple[int, int] = (6, 0)
    required: tuple[str, ...] = ()
    #: slots of positional values where they differ from the named ones
    positional: dict[str, str] = field(default_factory=dict)


def _value(*names: str, since: tuple[int, int] = (6, 0)) -> Command:
    return Command(dict.fromkeys(names, VALUE), names, since, names[:1])


def _variable() -> Command:
    return Command({"name": NAME, "value": VALUE, "do": CODE}, ("name", "value"), required=("name",))


COMMANDS: dict[str, Command] = {
    "local": _variable(),
    "global": _variable(),
    "set": _variable(),
    "put": _value("message"),
    "error": _value("message"),
    "return": Command({"value": VALUE}, ("value",)),
    "if": Command({"condition": PLAIN, "do": CODE, "else": CODE}, ("condition",), required=("condition",)),
    "for": Command(
        {"counter": NAME, "from": VALUE, "to": VALUE, "step": VALUE, "do": CODE, "on-error": CODE},
        ("counter",),
        required=("counter", "from", "to", "do"),
    ),
    "foreach": Command(
        {"counter": NAME, "in": VALUE, "do": CODE, "on-error": CODE}, ("counter",), required=("counter", "in", "do")
    ),
    "while": Command({"condition": PLAIN, "do": CODE}, ("condition",), required=("condition", "do")),
    "do": Command(
        {"command": CODE, "while": PLAIN, "if": PLAIN, "on-error": CODE}, ("command",), required=("command",)
    ),
    "onerror": Command(
        {"error": NAME, "in": CODE, "do": CODE}, ("error", "in"), (7, 13), required=("error", "in", "do")
    ),
    "delay": Command({"delay-time": PLAIN}, ("delay-time",)),
    "len": _value("value"),
    "typeof": _value("value"),
    "tostr": _value("value"),
    "tonum": _value("value"),
    "tobool": _value("value"),
    "toip": _value("value"),
    "toip6": _value("value"),
    "totime": _value("value"),
    "toid": _value("value"),
    "tonsec": _value("value", since=(7, 12)),
    "tocrlf": Command({"input": PLAIN}, ("input",), (7, 14), ("input",)),
    "tolf": Command({"input": PLAIN}, ("input",), (7, 22), ("input",)),
    "toarray": Command({"value": VALUE, "delimiter": PLAIN}, ("value",), required=("value",)),
    "find": Command({"in": VALUE, "key": VALUE, "from": VALUE}, ("in", "key", "from"), required=("in", "key")),
    "pick": Command(
        {"counter": VALUE, "begin": VALUE, "end": VALUE}, ("counter", "begin", "end"), required=("counter", "begin")
    ),
    "parse": _value("value"),
    "execute": Command({"script": TEXT, "file": PLAIN, "as-string": FLAG}, ("script",), required=("script",)),
    "time": Command({"command": CODE}, ("command",), required=("command",)),
    "timestamp": Command({"use-tz": FLAG}, since=(7, 0)),
    "nothing": Command({}),
    "jobname": Command({}, since=(7, 12)),
    "beep": Command({"frequency": PLAIN, "length": PLAIN, "as-value": FLAG}),
    "convert": Command(
        {
            "value": VALUE,
            "from": NAME,
            "to": NAME,
            "transform": NAME,
            **dict.fromkeys(("from-scheme", "to-scheme", "transform-scheme"), VALUE),
        },
        ("value",),
        (7, 11),
        required=("value",),
    ),
    "serialize": Command(
        {"value": VALUE, "to": NAME, "options": NAME, "delimiter": PLAIN, "order": VALUE, "file-name": PLAIN},
        ("value",),
        (7, 13),
        required=("value", "to"),
    ),
    "deserialize": Command(
        {"value": VALUE, "from": NAME, "options": NAME, "delimiter": PLAIN},
        ("value",),
        (7, 13),
        required=("value", "from"),
    ),
    "retry": Command(
        {"command": CODE, "delay": PLAIN, "max": PLAIN, "on-error": CODE}, ("command",), (7, 0), required=("command",)
    ),
    "rndstr": Command({"length": VALUE, "from": VALUE}, since=(7, 0)),
    "rndnum": Command({"from": VALUE, "to": VALUE}, since=(7, 0), required=("from", "to")),
    "range": Command({"from": VALUE, "to": VALUE}, ("from", "to"), (7, 17), ("from", "to")),
    "grep": Command(
        {"script": TEXT, "pattern": PLAIN, "before": PLAIN, "after": PLAIN, "filename": PLAIN}, ("script",), (7, 13)
    ),
    "lock": Command({"delay": PLAIN}, ("delay",), (7, 22)),
    "break": Command({}, since=(7, 22)),
    "continue": Command({}, since=(7, 22)),
    "exit": Command({}, since=(7, 22)),
    "resolve": Command(
        {"domain-name": PLAIN, "server": PLAIN, "server-port": PLAIN, "type": NAME},
        ("domain-name",),
        required=("domain-name",),
    ),
}

#: arguments newer than their command
ARGUMENT_SINCE: dict[tuple[str, str], tuple[int, int]] = {
    ("convert", "transform"): (7, 12),
    ("serialize", "file-name"): (7, 18),
    ("resolve", "type"): (7, 15),
    ("toarray", "delimiter"): (7, 21),
}

#: arguments of menu commands that hold code: braces there are the text between them (values oracle, positions)
CODE_ARGUMENTS = frozenset({"source", "on-event", "on-alert", "on-up", "on-down", "on-login", "on-logout", "script"})

#: commands of menus that end in a condition
WHERE_COMMANDS = frozenset({"find", "print", "export", "count-only"})

#: words after a menu command that are switches, not values
FLAGS = frozenset(
    {
        "as-value",
        "count-only",
        "detail",
        "terse",
        "brief",
        "stats",
        "without-paging",
        "once",
        "show-ids",
        "follow",
        "follow-only",
        "append",
        "compact",
        "verbose",
        "hide-sensitive",
        "show-sensitive",
        "use-script-permissions",
        "dry-run",
        "as-string",
        "proplist",
        "comments",
        "value-list",
        "about",
    }
)


def takes_code(argument: str) -> bool:
    return argument in CODE_ARGUMENTS or argument.endswith("-script")
