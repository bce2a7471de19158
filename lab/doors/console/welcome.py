# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a router asks at a terminal before its first prompt: the licence, and a password where there is none.

Words: sessions printed in public guides (7.17.1) and expect scripts; facts 7.8. Over exec nothing is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from lab.verbs import Caller, Trap

_LICENCE = "Do you want to see the software license? [Y/n]: "
_TEXT = "MIKROTIK ROUTEROS LICENSE\n\n(The emulation has none of its own: see its LICENSE file.)\n"
_ENTER = 'Please press "Enter" to continue!'
_MISMATCH = "Try again, error: New passwords do not match!"


class Welcome(Protocol):
    """Whoever knows what is still to be asked of whom."""

    def licence_unread(self) -> bool: ...
    def licence_read(self) -> None: ...
    def password_missing(self, caller: Caller) -> bool: ...
    async def set_password(self, caller: Caller, password: str) -> None:
        """Raises Trap."""
        ...


Key = Callable[[], Awaitable[str]]
Write = Callable[[str], Awaitable[None]]


async def ask(welcome: Welcome, caller: Caller, key: Key, write: Write, *, skips: bool) -> None:
    """``skips``: whether the router says that Ctrl-C skips the password (seen on 7.24.4, not on 7.17.1)."""
    if welcome.licence_unread():
        await write(_LICENCE)
        answer = await key()
        await write((answer if len(answer) == 1 else "") + "\n")
        if answer in ("y", "Y", "enter"):
            await write(f"\n{_TEXT}\n{_ENTER}")
            while await key() != "enter":
                pass
            await write("\n")
        welcome.licence_read()
    await write("\n\nPress F1 for help\n\n")
    if welcome.password_missing(caller):
        await write("\nChange your password" + (" (Ctrl-C to skip)\n\n" if skips else "\n\n"))
        await _password(welcome, caller, key, write)


async def _password(welcome: Welcome, caller: Caller, key: Key, write: Write) -> None:
    while True:
        typed = []
        for question in ("new password> ", "repeat new password> "):
            text = await _hidden(question, key, write)
            if text is None:
                await write("\n")
                return
            typed.append(text)
        if typed[0] != typed[1]:
            await write(f"\n{_MISMATCH}\n\n")
            continue
        try:
            await welcome.set_password(caller, typed[0])
        except Trap as trap:
            await write(f"\n{trap.message}\n\n")
            continue
        await write("\nPassword changed\n")
        return


async def _hidden(question: str, key: Key, write: Write) -> str | None:
    """A line whose characters are shown as stars; None at Ctrl-C."""
    await write(question)
    text = ""
    while (pressed := await key()) != "enter":
        if pressed == "interrupt":
            return None
        if pressed == "backspace" and text:
            text = text[:-1]
            await write("\b \b")
        elif len(pressed) == 1:
            text += pressed
            await write("*")
    await write("\n")
    return text
