# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terminal settings behind the user's name: ``admin+ct511w4098h`` (facts 7.8 [netmiko], [cr docs])."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_PART = re.compile(r"(\d*)([a-z])")


@dataclass(frozen=True)
class TerminalSettings:
    """Size in characters. ``detect``: ask the terminal what it is; ``dumb``: no cursor movement, no colours."""

    colours: bool = True
    dumb: bool = False
    detect: bool = True
    width: int = 80
    height: int = 25
    #: the login has said how large the terminal is: what the terminal says of itself does not count
    fixed_width: bool = False
    fixed_height: bool = False

    def resized(self, width: int, height: int) -> TerminalSettings:
        """After the terminal said its size; 0 is unknown."""
        return replace(
            self,
            width=self.width if self.fixed_width or not width else width,
            height=self.height if self.fixed_height or not height else height,
        )


def split_login(login: str) -> tuple[str, TerminalSettings]:
    """``admin+cet1024w`` is ``admin`` on a dumb terminal without colours, 1024 characters wide.

    Letters: c no colours, e dumb terminal, t no detection, NNNw width, NNNh height. Others are ignored.
    """
    user, _, suffix = login.partition("+")
    settings = TerminalSettings()
    for number, letter in _PART.findall(suffix):
        if letter == "c":
            settings = replace(settings, colours=False)
        elif letter == "e":
            settings = replace(settings, dumb=True, colours=False, detect=False)
        elif letter == "t":
            settings = replace(settings, detect=False)
        elif letter == "w" and number:
            settings = replace(settings, width=int(number), fixed_width=True)
        elif letter == "h" and number:
            settings = replace(settings, height=int(number), fixed_height=True)
    return user, settings
