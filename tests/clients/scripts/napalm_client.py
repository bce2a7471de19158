# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""napalm with its driver ros: getters, ping, cli, and a configuration merged, confirmed and rolled back."""

from napalm import get_network_driver
from napalm.base.exceptions import ConnectionException, MergeConfigException
from way import refused, tell, way

to = way()
GETTERS = (
    *("get_facts", "get_interfaces", "get_interfaces_ip", "get_interfaces_counters", "get_arp_table"),
    *("get_mac_address_table", "get_network_instances", "get_lldp_neighbors", "get_ipv6_neighbors_table"),
    *("get_environment", "get_ntp_servers", "get_snmp_information", "get_users", "get_vlans", "is_alive"),
)


def device(password=to["password"]):
    more = {"port": to["port"], "ssh_port": to["ssh_port"], "paramiko_allow_agent": False}
    return get_network_driver("ros")(to["host"], to["user"], password, timeout=120, optional_args=more)


def lists(router):
    return router.cli(["/ip firewall address-list print count-only where list=napalm"]).popitem()[1].strip()


def configure(router):
    """Merge, look, confirm; then a candidate that the router refuses."""
    seen = {"before": lists(router)}
    router.load_merge_candidate(config="/ip/firewall/address-list\nadd list=napalm address=10.9.9.9\n")
    seen["diff"] = router.compare_config()
    router.commit_config(revert_in=300)
    seen["pending"], seen["merged"] = router.has_pending_commit(), lists(router)
    router.confirm_commit()
    seen["confirmed"] = router.has_pending_commit()
    router.load_merge_candidate(config="/ip/firewall/address-list\nadd bogus=1\n")
    seen["refused"] = refused(router.commit_config, MergeConfigException)
    router.cli(["/ip firewall address-list remove [find list=napalm]"])
    return seen


def main():
    router = device()
    router.open()
    try:
        if to.get("ask") == "rollback":
            router.rollback()
            return {}
        # RouterOS 6 has no IPv6 unless its package is installed
        absent = "get_ipv6_neighbors_table" if to["version"].startswith("6.") else ""
        seen = {name: getattr(router, name)() for name in GETTERS if name != absent}
        seen["config"] = router.get_config(retrieve="running")["running"]
        seen["ping"] = router.ping("192.168.1.1", count=3)
        seen["cli"] = router.cli(
            ["/ip/address/print" if to["version"].startswith("7.") else "/ip address print", ":put (2 * 21)"]
        )
        seen["bogus"] = router.cli(["/bogus"])["/bogus"]
        if to.get("configure"):
            seen["configure"] = configure(router)
            seen["login"] = refused(device("wrong").open, ConnectionException)
        return seen
    finally:
        router.close()


tell(main())
