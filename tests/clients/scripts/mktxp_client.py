# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mktxp: one scrape by its own collectors, as its exporter runs them, with all that a CHR can have."""

import contextlib
import io
import pathlib
import tempfile

from mktxp.cli.config import CustomConfig, config_handler
from mktxp.flow.collector_handler import CollectorHandler
from mktxp.flow.collector_registry import CollectorRegistry as Collectors
from mktxp.flow.router_entries_handler import RouterEntriesHandler
from prometheus_client.core import CollectorRegistry
from way import tell, way

ON = (
    *("health", "installed_packages", "dhcp", "dhcp_lease", "connections", "connection_stats", "interface"),
    *("routerboard", "bridge_vlan", "route", "pool", "firewall", "neighbor", "monitor", "dns", "netwatch"),
    *("public_ip", "queue", "user", "certificate"),
)
OFF = ("poe", "wireless", "wireless_clients", "capsman", "capsman_clients")  # a CHR has no such hardware

to = way()
with tempfile.TemporaryDirectory() as folder:
    lines = ["[lab]", "enabled=True", f"hostname={to['host']}", f"port={to['port']}", "[default]"]
    lines[4:4] = [f"username={to['user']}", f"password={to['password']}", "address_list=admins"]
    lines[4:4] = [*(f"{name}=True" for name in ON), *(f"{name}=False" for name in OFF)]
    pathlib.Path(folder, "mktxp.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        config_handler(os_config=CustomConfig(folder))
        registry = CollectorRegistry()
        handler = CollectorHandler(RouterEntriesHandler(), Collectors())
        metrics = {}
        for metric in handler.collect():
            for sample in metric.samples:
                metrics.setdefault(sample.name, []).append([sample.labels, sample.value])
    tell(
        {
            "metrics": metrics,
            "said": [line for line in said.getvalue().splitlines() if "rror" in line or "xception" in line],
        }
    )
