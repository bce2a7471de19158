# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways out of a block that are no errors: on-error does not see them."""

from __future__ import annotations

from lab.script.values import Value


class Signal(Exception):
    pass


class ReturnSignal(Signal):
    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class BreakSignal(Signal):
    pass


class ContinueSignal(Signal):
    pass


class ExitSignal(Signal):
    pass
