# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations


class ModuleDocFragment:
    """Arguments and attributes that all ``*_rules`` modules share."""

    DOCUMENTATION = r"""
options:
  uplinks:
    description:
      - The internet lines of the branch, 1 to 16, as a list of mappings.
      - C(name) in marks, tables and tags, V([a-z][a-z0-9-]{0,14}); it may not begin with V(path-).
      - C(label) for people, any text in one line; the name by default.
      - C(interface), the port or modem that the line is plugged into. With C(vlan), 1 to 4094, the line comes tagged on
        it.
      - C(type), V(static) by default, needs C(address) with prefix and C(gateway). Two lines may have the same gateway
        address. A gateway outside of the network of the address needs C(onlink=true). A V(dhcp) line needs nothing
        else. A V(pppoe) line needs C(username) and C(password), and takes C(service) and C(mtu) (V(1492) by default).
        An V(lte) line takes C(apn).
      - C(download) and C(upload) such as V(10M). The weight follows the download speed, unless C(weight) is given.
        Either every uplink has one or none has.
      - C(priority) from 1, best first; the position in the list by default.
      - C(anchors), 1 to 4 internet addresses that answer pings, belong to this uplink alone and are needed by nobody.
      - C(probe), a mapping like O(probe) that overrides single keys for this uplink.
      - C(metered) is V(false) by default, V(true) for V(lte). A metered uplink is used only while no other lives,
        whatever its priority, and left at once when one is back, with O(fast_failover) by running connections, too. At
        least one uplink is not metered.
    type: raw
  segments:
    description:
      - The LANs and VLANs of the branch, as a list of mappings.
      - C(name), C(label), C(interface) or C(vlan), and C(address) with prefix. The interface of C(vlan) is
        V(vlan<number>) on the bridge of O(bridge), and made with it.
      - C(ports), interfaces that become ports of that bridge and belong to the segment without tags.
      - C(dhcp) with C(pool) (V(first-last)) is the router's DHCP server in the segment; C(dns) (the router itself by
        default), C(lease_time) (V(30m)) and C(leases), each with C(mac), C(address) and C(name). A server that somebody
        else runs on the interface is left as it is. C(dhcp.valid_servers) lists MAC addresses of further DHCP servers
        that belong into the segment; the router itself always does.
      - C(isolated) is V(false) by default. Clients of an isolated segment see the internet only, and of the router
        DHCP and DNS.
      - C(uplink) names the uplink that new connections of the segment try first.
      - C(bandwidth) is what the segment may use of the internet. C(download), C(upload) such as V(5M) are its limits.
        C(guaranteed), with the same two keys, is kept for it while others want everything, C(priority) from 1 to 8 says
        who is served first with what is left; both need the speeds of all uplinks. C(per_client), with the same two, is
        for each address. C(fair) is V(pcq) by default, or V(fq-codel), V(cake) (RouterOS 7) or V(none). C(burst), with
        the same two and C(time), goes beyond the limits for a while. With C(internet_only=false) traffic to other
        segments and to O(bypass) counts, too.
    type: raw
  bridge:
    description:
      - The bridge that carries the segments with C(vlan), as a mapping. It is made when it is missing; of one that is
        there, VLAN filtering and what its ports need for it are taken, and given back by a removal.
      - C(name), C(trunks) (ports that carry every VLAN, tagged), C(dhcp_snooping) (V(false) by default) and C(trusted)
        (ports behind which DHCP servers of the branch may stand).
    type: raw
  mode:
    description:
      - V(balance) spreads new connections by weight, V(failover) sends them all by priority. V(balance) by default.
    type: raw
  classifier:
    description:
      - What PCC hashes. V(both-addresses) by default, so that sessions with banks survive.
      - One of V(both-addresses), V(both-addresses-and-ports), V(both-ports), V(dst-address), V(dst-address-and-port),
        V(dst-port), V(src-address), V(src-address-and-port), V(src-port).
    type: raw
  bypass:
    description:
      - Networks that are never balanced, such as those behind VPNs. Segments and the uplinks' own networks are added.
      - When left out, all private networks and 100.64.0.0/10.
    type: raw
  fasttrack:
    description:
      - What becomes of FastTrack rules of the firewall, which are others'. By default nothing, and they are told.
      - V(keep off marked connections) gives them C(connection-mark=no-mark), so that they leave to us what we steer.
      - V(primary only) keeps them for connections of the uplink with the first priority. Not together with limits.
      - V(remove) disables them.
    type: raw
  pins:
    description:
      - New connections that try one uplink first, as a list of mappings.
      - C(name), C(uplink), and at least one of C(segment), C(src_address), C(src_address_list), C(dst_address),
        C(dst_address_list), C(protocol) and C(dst_port). All that are given must match.
      - C(fallback) is V(true) by default; V(false) keeps the connections from any other uplink.
    type: raw
  address_lists:
    description:
      - Address lists that belong to the branch, as a mapping of names to lists of entries.
      - An entry is an address, a network, or a DNS name.
    type: raw
  public_addresses:
    description:
      - Addresses and DNS names by which the internet knows the branch although a modem has them, as a list.
    type: raw
  forwards:
    description:
      - Ports on the uplinks that hosts inside answer, as a list of mappings.
      - C(name), C(protocol) (V(tcp) or V(udp)), C(port) (a port, a range, several with commas) and C(to), the address
        of a host inside a segment.
      - C(to_port) when it is another, C(uplinks) where it is not open on all, C(label) for people.
      - C(hairpin) is V(true) by default. Clients inside then reach it by the addresses of the uplinks, too.
    type: raw
  telegram:
    description:
      - Where messages go. C(bot_token) and C(chat_id) are required; C(language) is V(id) (default) or V(en).
      - C(api_url) is V(https://api.telegram.org) by default.
      - C(ca) is the PEM text of authorities that the router is given to check that server. Routers before 7.21 get
        Telegram's own by default.
      - The token never becomes part of the plan. The plan holds a gap that is filled when the router is written.
    type: raw
  fast_failover:
    description:
      - Whether a script on the router acts on a dead line within seconds. V(true) by default.
      - Without it the router's own probes do, after 11 to 30 seconds.
    type: raw
  probe:
    description:
      - How lines are watched, as a mapping. Every key is optional.
      - C(interval) between two checks of an anchor, whole seconds from V(1s) to V(60s), such as V(2s), V(1m) or a
        number. V(1s) by default, V(2s) with C(loss) or C(latency). A metered uplink is checked every V(10s) at most,
        unless its own C(probe) says so.
      - C(good_checks), 1 to 100, in a row, before new connections use a line again that was dead. By default as
        many as take 20 s, at least 3.
      - C(quorum), the number of anchors that must answer. 1 by default, at most as many as every uplink has.
      - C(loss) in per cent, 1 to 99, and C(latency), the mean round trip from V(10ms) to V(5000ms), such as V(300),
        V(300ms) or V(0.3s). A line above one of them counts as poor. Never by default. Not on RouterOS 6, whose
        netwatch measures nothing.
    type: raw
  gate_network:
    description:
      - A network of the router's own, for the virtual next hops of the uplinks. V(192.0.2.0/24) by default.
    type: raw
  routeros_version:
    description:
      - The version of the router, in quotes, V('6.49') or V('7.9') to V('7.24'). V('7.22') by default.
      - M(multiwan.routeros.router_version) asks a router for it. A router that lacks what the rows use is refused.
    type: raw
  name:
    description:
      - Name of the branch, in messages and in the plan. The inventory name of the host by default.
    type: str
  plan:
    description:
      - The plan so far. The rows of this role are put at its end, in place of those that it had.
    type: dict
  state:
    description:
      - V(absent) takes the rows of this role out of the plan, and what it wrote off the router at the next commit.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    description: Can run in check mode, with the same result.
    support: full
  diff_mode:
    description: Shows what would be different.
    support: none
    details: A plan has no differences. The commit shows what it would change.
  idempotent:
    description: The same variables give the same plan, byte by byte.
    support: full
  platform:
    description: Target platform.
    support: full
    platforms: RouterOS
notes:
  - Needs no connection. Runs on the controller.
  - Every mistake in the variables is found before anything is written, and all of them at once.
"""
