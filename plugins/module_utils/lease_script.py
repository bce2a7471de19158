# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The script ``mw-lease``: rows of DHCP lines follow what the ISP gave.

It looks at what each client holds and makes the rows say it, whoever calls it and however often: the client's own
event, the scheduler every few seconds, a person. So a lost event, a client that had its lease before the rows came, a
reboot and two runs at once all end in the right rows. It writes only what differs. Rows are known by their tags,
clients by their interface, since a client may be somebody else's.

Variables of the script have unusual names for the reason that ``scripts.py`` tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import names
from .dialect import tried
from .fast_state import array, block, lines, when
from .model import Uplink
from .quoting import quote
from .scripts import LIST, call
from .versions import Version

_ROUTES = "/ip route"
_CLIENTS, _ADDRESSES = "/ip dhcp-client", "/ip address"
#: Of these rows the lease knows the gateway, of the others the network.
_LEAVING = r'("\\[multiwan:(wan:" . $mwName . ":(default|last-resort)|failover:" . $mwName . ":anchor[0-9]+)\\]\$")'
_INSIDE = r'("\\[multiwan:wan:" . $mwName . ":connected\\]\$")'
_BYPASS = r'("\\[multiwan:pcc:" . $mwName . ":bypass\\]\$")'
#: A client that asks for more time has its address still. Other states: manual, cli-reference of /ip/dhcp-client.
_HAS_LEASE = "^(bound|renewing|rebinding)"


def event() -> str:
    """What a client runs when its lease begins, changes or ends. Parsed and called, not run as a script: which rights
    such an event has is not documented, and running would compare them with those of the script."""
    return f":local mwRun {call(names.SCRIPT_LEASE)}\n$mwRun\n"


def leases(uplinks: Sequence[Uplink], version: Version) -> str:
    """The whole script. ``uplinks``: those with a lease."""
    return lines(
        f":local mwNames {array(quote(uplink.name) for uplink in uplinks)}",
        f":local mwLines {array(quote(uplink.interface) for uplink in uplinks)}",
        block(
            f":for mwI from=0 to={len(uplinks) - 1}",
            ":local mwName ($mwNames->$mwI)",
            ":local mwLine ($mwLines->$mwI)",
            _lease(),
            _follow(_ROUTES, _LEAVING, "gateway", "mwHop", version),
            _follow(_ROUTES, _INSIDE, "dst-address", "mwNet", version),
            _follow(LIST, _BYPASS, "address", "mwNet", version),
        ),
        "",
    )


def _lease() -> str:
    """``mwHop``: the gateway with its interface. ``mwNet``: the network of the address. Both empty without a lease."""
    return lines(
        ':local mwHop ""',
        ':local mwNet ""',
        block(
            f":foreach mwRow in=[{_CLIENTS} find where interface=$mwLine]",
            f":local mwState [:tostr [{_CLIENTS} get $mwRow status]]",
            f":local mwGate [:tostr [{_CLIENTS} get $mwRow gateway]]",
            f":local mwHeld [:tostr [{_CLIENTS} get $mwRow address]]",
            when(
                f"($mwState ~ {quote(_HAS_LEASE)}) && [:len $mwGate] > 0 && [:len $mwHeld] > 0",
                ':set mwHop ($mwGate . "%" . $mwLine)',
                block(
                    f":foreach mwOwn in=[{_ADDRESSES} find where interface=$mwLine]",
                    when(
                        f"[:tostr [{_ADDRESSES} get $mwOwn address]] = $mwHeld",
                        f":set mwNet ([:tostr [{_ADDRESSES} get $mwOwn network]]"
                        ' . [:pick $mwHeld [:find $mwHeld "/"] [:len $mwHeld]])',
                    ),
                ),
            ),
        ),
    )


def _follow(menu: str, which: str, name: str, variable: str, version: Version) -> str:
    """Rows get the value and are enabled, or are disabled when there is none. A list refuses a network that it holds
    already, which is as good."""
    those = f"[{menu} find where comment~{which}"
    off = block(f":foreach mwRow in={those} and disabled=no]", f"{menu} set $mwRow disabled=yes")
    change = f"{menu} set $mwRow {name}=${variable} disabled=no"
    differs = f"[:tostr [{menu} get $mwRow {name}]] != ${variable} || [{menu} get $mwRow disabled] = true"
    on = block(f":foreach mwRow in={those}]", when(differs, tried(change, version)))
    return lines(when(f'${variable} = ""', off), when(f'${variable} != ""', on))
