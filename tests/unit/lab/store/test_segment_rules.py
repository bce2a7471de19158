# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.store import Store, Trap

TABLE, LEASE = "/interface/bridge/vlan", "/ip/dhcp-server/lease"


def router() -> Store:
    store = Store()
    store.load([("/interface/ethernet", {"name": f"ether{n}"}) for n in (1, 2, 3)])
    for name in ("b", "c"):
        store.add("/interface/bridge", {"name": name})
    for name in ("s", "t"):
        store.add("/ip/dhcp-server", {"name": name, "interface": "ether1"})
    return store


@pytest.mark.parametrize("ids", ["20", "5,20", "15-25", "30"])
def test_a_vlan_id_has_one_row_on_a_bridge(ids: str) -> None:
    store = router()
    store.add(TABLE, {"bridge": "b", "vlan-ids": "10,20-30"})
    store.add(TABLE, {"bridge": "c", "vlan-ids": ids})
    with pytest.raises(Trap, match="failure: vlan already added"):
        store.add(TABLE, {"bridge": "b", "vlan-ids": ids})


def test_a_row_may_be_changed_within_its_own_ids() -> None:
    store = router()
    row = store.add(TABLE, {"bridge": "b", "vlan-ids": "10"})
    store.set(TABLE, row, {"vlan-ids": "10-11", "tagged": "ether1"})
    other = store.add(TABLE, {"bridge": "b", "vlan-ids": "12"})
    with pytest.raises(Trap, match="vlan already added"):
        store.set(TABLE, other, {"vlan-ids": "11"})


def test_a_port_is_tagged_or_untagged() -> None:
    store = router()
    with pytest.raises(Trap, match="tagged and untagged at the same time"):
        store.add(TABLE, {"bridge": "b", "vlan-ids": "10", "tagged": "b,ether1", "untagged": "ether2,ether1"})
    store.add(TABLE, {"bridge": "b", "vlan-ids": "10", "tagged": "", "untagged": ""})


@pytest.mark.parametrize("ids", ["0", "4095", "10-9999", "9-5"])
def test_ids_that_no_frame_can_have_are_refused(ids: str) -> None:
    with pytest.raises(Trap, match="out of range"):
        router().add(TABLE, {"bridge": "b", "vlan-ids": ids})


def lease(store: Store, mac: str, address: str = "", server: str = "s", **more: str) -> int:
    values = {"mac-address": f"02:00:00:00:00:{mac}", "server": server, **more}
    return store.add(LEASE, {**values, **({"address": address} if address else {})})


def test_an_address_is_given_once_on_all_servers() -> None:
    store = router()
    lease(store, "01", "10.0.0.5")
    with pytest.raises(Trap, match="failure: already have static lease with this IP address"):
        lease(store, "02", "10.0.0.5", "t")


@pytest.mark.parametrize(("first", "second", "clash"), [("s", "s", True), ("s", "t", False), ("all", "t", True)])
def test_a_client_has_one_lease_on_a_server(first: str, second: str, clash: bool) -> None:
    store = router()
    lease(store, "01", "10.0.0.5", first)
    if clash:
        with pytest.raises(Trap, match="failure: already have static lease for this client"):
            lease(store, "01", "10.0.0.6", second)
    else:
        lease(store, "01", "10.0.0.6", second)


def test_a_disabled_lease_is_no_rival_until_it_is_enabled() -> None:
    store = router()
    lease(store, "01", "10.0.0.5")
    other = lease(store, "01", "10.0.0.6", disabled="true")
    with pytest.raises(Trap, match="this client"):
        store.set(LEASE, other, {"disabled": "false"})
