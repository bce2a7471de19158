# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a command that is being typed goes on in the next line."""

from __future__ import annotations

_CLOSERS = {"{": "}", "[": "]", "(": ")"}


def open_brackets(text: str) -> str:
    """The innermost bracket or quote that is still open, or ``\\`` after a trailing backslash; empty when complete."""
    stack: list[str] = []
    at, start_of_command = 0, True
    while at < len(text):
        character = text[at]
        if stack and stack[-1] == '"':
            if character == "\\":
                at += 1
            elif character == '"':
                stack.pop()
            elif character == "$" and text[at + 1 : at + 2] in ("[", "("):
                stack.append(text[at + 1])
                at += 1
        elif character == "#" and start_of_command:
            at = text.find("\n", at)
            if at < 0:
                break
        elif character in _CLOSERS or character == '"':
            stack.append(character)
        elif stack and character == _CLOSERS.get(stack[-1]):
            stack.pop()
        elif character == "\\" and at == len(text) - 1:
            return "\\"
        start_of_command = character in "\n;{[" or (start_of_command and character in " \t")
        at += 1
    return stack[-1] if stack else ""
