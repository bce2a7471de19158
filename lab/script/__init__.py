# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The RouterOS script language (facts 6)."""

from lab.script.errors import ScriptError, ScriptSyntaxError
from lab.script.interpreter import Interpreter
from lab.script.parser import parse
from lab.script.tree import MenuTree
from lab.script.values import NIL, NOTHING, Array, Value, to_text, typeof

__all__ = [
    "NIL",
    "NOTHING",
    "Array",
    "Interpreter",
    "MenuTree",
    "ScriptError",
    "ScriptSyntaxError",
    "Value",
    "parse",
    "to_text",
    "typeof",
]
