# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the menus call enacted is what the compiler knows."""

from __future__ import annotations

import pytest

from lab.derive.firewall.chains import FAMILIES, Family
from lab.derive.firewall.matchers import MATCHERS
from lab.schema.load import schema_for

#: arguments that say what a row does, not when
_NOT_MATCHERS = {"action", "chain", "comment", "disabled", "place-before", "copy-from"}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.key)
def test_every_matcher_that_is_called_enacted_is_known_and_no_other(family: Family) -> None:
    arguments = schema_for("7.22").menus[family.menu].arguments
    enacted = {name for name, argument in arguments.items() if argument.enacted == "yes"}
    assert set(MATCHERS) & set(arguments) == enacted & set(MATCHERS)
    assert {name for name in enacted - set(MATCHERS) - _NOT_MATCHERS if not name.startswith(("new-", "to-"))} <= {
        *("passthrough", "jump-target", "address-list", "address-list-timeout", "reject-with"),
    }
