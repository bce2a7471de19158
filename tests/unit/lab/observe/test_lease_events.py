# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from lab.observe.dhcp_server import Lease
from lab.observe.lease_events import changes, held, variables

ONE = Lease("dhcp1", "10.0.0.11", "02:00:00:00:00:0A", "pc-1", 600)
TWO = Lease("dhcp1", "10.0.0.12", "02:00:00:00:00:0B", "", 600)
RENEWED = Lease("dhcp1", "10.0.0.11", "02:00:00:00:00:0A", "pc-1", 900)
MOVED = Lease("dhcp1", "10.0.0.12", "02:00:00:00:00:0A", "pc-1", 600)


def test_a_lease_that_comes_is_bound_and_one_that_goes_is_not() -> None:
    assert list(changes(held([]), held([ONE]))) == [(ONE, True)]
    assert list(changes(held([ONE, TWO]), held([TWO]))) == [(ONE, False)]


def test_a_renewal_is_no_news() -> None:
    assert list(changes(held([ONE]), held([RENEWED]))) == []


def test_who_gives_an_address_up_is_told_before_who_gets_it() -> None:
    assert list(changes(held([ONE, TWO]), held([MOVED]))) == [(ONE, False), (TWO, False), (MOVED, True)]


def test_the_variables_of_the_manual() -> None:
    assert variables(ONE, bound=True) == {
        "leaseBound": "1",
        "leaseServerName": "dhcp1",
        "leaseActMAC": "02:00:00:00:00:0A",
        "leaseActIP": "10.0.0.11",
        "lease-hostname": "pc-1",
        "lease-options": "",
    }
    assert variables(ONE, bound=False)["leaseBound"] == "0"
