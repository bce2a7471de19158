# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.store import Store, Trap


def router() -> Store:
    store = Store()
    store.load([("/interface/ethernet", {"name": f"ether{n}"}) for n in (1, 2, 3)])
    return store


def test_interfaces_of_all_kinds_share_ids_and_names() -> None:
    store = router()
    bridge = store.add("/interface/bridge", {"name": "bridge"})
    assert bridge == 4
    assert [row.get("name") for row in store.rows("/interface")] == ["ether1", "ether2", "ether3", "bridge", "lo"]
    with pytest.raises(Trap, match="failure: already have interface with such name"):
        store.add("/interface/bridge", {"name": "ether1"})


def test_an_id_is_never_used_twice() -> None:
    store = router()
    first = store.add("/ip/pool", {"name": "a", "ranges": "10.0.0.2-10.0.0.9"})
    store.remove("/ip/pool", [first])
    assert store.add("/ip/pool", {"name": "a", "ranges": "10.0.0.2-10.0.0.9"}) == first + 1


def test_shown_defaults_are_in_the_row_and_unset_matchers_are_not() -> None:
    store = router()
    row = store.row("/ip/firewall/mangle", store.add("/ip/firewall/mangle", {"chain": "prerouting"}))
    assert dict(row.values) == {
        **{"chain": "prerouting", "action": "accept", "disabled": "false"},
        **{"log": "false", "log-prefix": "", "passthrough": "true"},
    }


def test_a_renamed_interface_is_followed_everywhere() -> None:
    store = router()
    store.add("/ip/address", {"address": "192.168.1.2/24", "interface": "ether1"})
    store.add("/ip/route", {"gateway": "192.168.1.1%ether1"})
    store.add("/ip/firewall/mangle", {"chain": "forward", "in-interface": "!ether1"})
    store.set("/interface/ethernet", 1, {"name": "wan"})
    assert store.rows("/ip/address")[0].get("interface") == "wan"
    assert store.rows("/ip/route")[0].get("gateway") == "192.168.1.1%wan"
    assert store.rows("/ip/firewall/mangle")[0].get("in-interface") == "!wan"
    assert store.rows("/interface/ethernet")[0].get("default-name") == "ether1"


def test_a_removed_row_leaves_its_raw_id_behind() -> None:
    store = router()
    bridge = store.add("/interface/bridge", {"name": "lan"})
    store.add("/ip/address", {"address": "10.0.0.1/24", "interface": "lan"})
    store.remove("/interface/bridge", [bridge])
    assert store.rows("/ip/address")[0].get("interface") == "*4"


def test_a_failed_transaction_leaves_nothing_behind() -> None:
    store = router()
    before = store.snapshot()
    with pytest.raises(Trap, match="already have"), store.transaction():  # noqa: PT012
        store.add("/ip/pool", {"name": "a", "ranges": "10.0.0.2"})
        store.set("/system/identity", 0, {"name": "changed"})
        store.add("/ip/pool", {"name": "a", "ranges": "10.0.0.3"})
    assert store.snapshot() == before
    assert store.revision == before.revision
    assert store.add("/ip/pool", {"name": "b", "ranges": "10.0.0.2"}) == 1


def test_a_snapshot_is_cached_until_something_is_written() -> None:
    store = router()
    first = store.snapshot()
    assert store.snapshot() is first
    store.set("/system/identity", 0, {"name": "jakarta"})
    assert store.snapshot() is not first
    assert first.single("/system/identity").get("name") == "MikroTik"
    assert store.snapshot().single("/system/identity").get("name") == "jakarta"


def test_a_snapshot_can_not_be_written() -> None:
    row = router().snapshot().rows("/interface/ethernet")[0]
    with pytest.raises(TypeError):
        row.values["name"] = "x"  # type: ignore[index]


def test_the_network_follows_the_address() -> None:
    store = router()
    number = store.add("/ip/address", {"address": "192.168.1.2/24", "interface": "ether1"})
    assert store.row("/ip/address", number).get("network") == "192.168.1.0"
    store.set("/ip/address", number, {"address": "10.9.8.7/30"})
    assert store.row("/ip/address", number).get("network") == "10.9.8.4"
    store.set("/ip/address", number, {"network": "10.9.8.9"})
    assert store.row("/ip/address", number).get("network") == "10.9.8.9"


def test_names_are_made_up_where_the_router_does() -> None:
    store = router()
    assert store.row("/interface/bridge", store.add("/interface/bridge", {})).get("name") == "bridge1"
    assert store.row("/interface/bridge", store.add("/interface/bridge", {})).get("name") == "bridge2"


def test_what_is_dumped_makes_the_same_router() -> None:
    store = router()
    store.add("/interface/bridge", {"name": "bridge"})
    store.add("/ip/address", {"address": "192.168.10.1/24", "interface": "bridge"})
    store.set("/system/identity", 0, {"name": "jakarta"})
    copy = Store()
    copy.load(store.dump())
    assert copy.snapshot().menus == store.snapshot().menus


def test_factory_rows_change_what_is_built_in() -> None:
    store = router()
    store.load(
        [("/ip/service", {"name": "telnet", "disabled": "yes"}), ("/ip/service", {"name": "api", "port": "18728"})]
    )
    services = {row.get("name"): row for row in store.rows("/ip/service")}
    assert (services["telnet"].get("disabled"), services["api"].get("port")) == ("true", "18728")
    assert len(services) == len(store.rows("/ip/service"))


@pytest.mark.parametrize(
    ("menu", "values", "says"),
    [
        ("/ip/pool", {"name": "a", "ranges": "nothing"}, "invalid value for argument ranges"),
        ("/ip/pool", {"colour": "red"}, "unknown parameter colour"),
        ("/ip/nothing", {}, "no such command prefix"),
    ],
)
def test_a_factory_row_with_a_mistake_is_refused(menu: str, values: dict[str, str], says: str) -> None:
    with pytest.raises(Trap, match=says):
        Store().load([(menu, values)])


def test_the_newest_write_can_be_taken_back() -> None:
    store = Store()
    with pytest.raises(Trap, match="nothing to undo"):
        store.undo_last()


def test_flash_holds_what_lasts_and_gives_it_back() -> None:
    store = router()
    store.add("/ip/firewall/address-list", {"list": "l", "address": "192.0.2.1", "timeout": "1h"})
    store.add("/ip/firewall/address-list", {"list": "l", "address": "192.0.2.2"})
    store.add("/ip/firewall/filter", {"chain": "input"}, dynamic=True)
    store.set("/system/identity", 0, {"name": "jakarta"})
    image = store.image()
    new = Store()
    new.add("/ip/pool", {"name": "gone", "ranges": "10.0.0.2-10.0.0.9"})
    new.restore(image)
    assert [row.get("address") for row in new.rows("/ip/firewall/address-list")] == ["192.0.2.2"]
    assert new.rows("/ip/firewall/filter") == ()
    assert new.rows("/ip/pool") == ()
    assert [row.get("name") for row in new.rows("/interface")] == [row.get("name") for row in store.rows("/interface")]
    assert new.rows("/routing/table") == store.rows("/routing/table"), "built-in rows that are dynamic are there"
    assert new.add("/ip/firewall/address-list", {"list": "l", "address": "192.0.2.3"}) == 3, "no id is used twice"
    assert new.image().menus["/system/identity"] == image.menus["/system/identity"]
