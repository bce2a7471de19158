# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import texts
from ansible_collections.multiwan.routeros.plugins.module_utils.model import LANGUAGES


@pytest.mark.parametrize("key", texts.keys())
def test_every_language_says_the_same(key: str) -> None:
    fields = texts.fields(key)
    for language in LANGUAGES:
        assert set(re.findall(r"\{(\w+)\}", texts.text(key, language))) == fields


@pytest.mark.parametrize("key", texts.keys())
def test_no_language_is_a_copy_of_the_other(key: str) -> None:
    assert len({texts.text(key, language) for language in LANGUAGES}) == len(LANGUAGES)


def test_the_alert_names_branch_interface_mac_and_ip() -> None:
    assert texts.fields("rogue_dhcp") >= {"branch", "interface", "mac", "ip"}


def test_known_fields_are_quoted_and_later_ones_become_variables() -> None:
    known = {"branch": 'x"; /system/reboot #'}
    variables = {"interface": "mwIf", "segment": "mwSegment", "mac": "mwMac", "ip": "mwIp"}
    expression = texts.expression("rogue_dhcp", "en", known=known, variables=variables)
    assert expression.startswith('("Branch x\\"; /system/reboot #: rogue DHCP server found\\nInterface: " . $mwIf . ')
    assert expression.endswith(' . "\\nIP: " . $mwIp)')
