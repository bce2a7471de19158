# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain Linux box in the router's place: enough to test the world without the emulator.

PCC by jhash over both addresses, connection marks, one table per uplink, fixed snat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lab import netns
from lab.actuate import sysctl
from lab.router.spec import RouterSpec
from lab.world.topology import Uplink

NS = "router"


class Router:
    def __init__(self, spec: RouterSpec) -> None:
        self.spec = spec
        self.calls: list[dict[str, Any]] = []

    async def start(self) -> None:
        uplinks = [Uplink(n + 1, 0, 0) for n in range(len(self.spec.ports) - 3)]
        batch = ["link add name bridge type bridge", "link set dev bridge up"]
        for port in self.spec.ports[len(uplinks) :]:
            batch += [f"link set dev {port} master bridge", f"link set dev {port} up"]
        batch.append("address add 192.168.10.1/24 dev bridge")
        for n, uplink in enumerate(uplinks, start=1):
            batch += [
                f"address add {uplink.router_address}/24 dev {uplink.port}",
                f"link set dev {uplink.port} up",
                f"route add default via {uplink.gateway} metric {n}",
                f"route add default via {uplink.gateway} table {100 + n}",
                f"route add 192.168.10.0/24 dev bridge table {100 + n}",
                f"rule add fwmark {n} table {100 + n} pref {1000 + n}",
            ]
        netns.run(NS, ["ip", "-batch", "-"], stdin="\n".join(batch) + "\n")
        sysctl.write(NS, {"net/ipv4/ip_forward": "1"})
        netns.run(NS, ["nft", "-f", "-"], stdin=self._rules(uplinks))

    @staticmethod
    def _rules(uplinks: Sequence[Uplink]) -> str:
        inbound = "\n".join(f'  iifname "{u.port}" ct state new ct mark set {u.number}' for u in uplinks)
        pcc = f"ct mark set jhash ip saddr . ip daddr mod {len(uplinks)} seed 0x1111 offset 1"
        snat = "\n".join(f'  oifname "{u.port}" snat to {u.router_address}' for u in uplinks)
        return f"""table ip mt {{
 chain prerouting {{
  type filter hook prerouting priority mangle; policy accept;
{inbound}
  iifname "bridge" ip daddr != 192.168.0.0/16 ct state new ct mark 0 {pcc}
  iifname "bridge" ct mark != 0 meta mark set ct mark
 }}
 chain forward_8080 {{
  type nat hook prerouting priority dstnat; policy accept;
  iifname "ether*" tcp dport 8080 dnat to 192.168.10.10
 }}
 chain nat {{
  type nat hook postrouting priority srcnat; policy accept;
{snat}
 }}
}}
"""

    async def stop(self) -> None:
        pass

    async def call(
        self, menu: str, command: str, args: Mapping[str, str], *, queries: Sequence[str] = (), user: str = "admin"
    ) -> Mapping[str, Any]:
        self.calls.append({"menu": menu, "command": command, "args": dict(args)})
        return {"rows": [], "ret": None}

    async def console(self, line: str, *, user: str = "admin") -> str:
        return f"{user}: {line}\n"

    def journal(self) -> Sequence[Mapping[str, Any]]:
        return self.calls
