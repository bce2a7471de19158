# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line's grammar, and its values with their types."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from lab.world.faults import KINDS as FAULTS
from lab.world.launcher import Options
from lab.world.shell import PLACES
from lab.world.topology import DEVICE_MODES, FACTORIES, MAX_CLIENTS, ROGUE_MAC
from lab.world.traffic.plans import KINDS


class Arguments(argparse.Namespace):
    """All options of all commands; those of other commands keep these values."""

    do: str
    name: str
    json: bool
    all: bool = False
    # up
    uplinks: str
    same_gateway: bool
    clients: int
    anchors: str
    version: str
    branch: str
    vlans: str
    device_mode: str
    factory: str
    no_admin_password: bool
    api_port: int
    api_ssl_port: int
    ssh_port: int | None
    manage_from: str
    router: str
    # cut, heal
    uplink: str
    fault: str
    percent: float | None
    ms: float | None
    # renumber
    address: str
    gateway: str
    # rogue
    state: str
    mac: str
    count: int
    at: str
    # chat
    after: int
    wait: float
    fail: str
    retry_after: int
    limits: str
    # traffic
    kind: str
    # shell
    place: str
    linux: bool
    command: list[str]

    def traffic_options(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(KINDS[self.kind])}


def parse(argv: Sequence[str]) -> Arguments:
    return _parser().parse_args(argv, namespace=Arguments())


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--name", default="default", help="which lab; several can run at once (default: default)")
    common.add_argument("--json", action="store_true", help="JSON on stdout instead of tables")
    parser = argparse.ArgumentParser(
        prog="lab",
        description="A branch router, its ISPs and the internet, on this machine.",
        epilog="Many routers at once, without a data plane: lab fleet --help",
    )
    commands = parser.add_subparsers(dest="do", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    _up(command("up", "start a lab"))
    for name, text in (("down", "stop a lab and remove its files"), ("status", "what runs, and how its lines are")):
        command(name, text).add_argument("--all", action="store_true", help="every lab of this checkout")
    _traffic(command("traffic", "send traffic through the branch and measure it"), common)
    cut = command("cut", "break a line")
    cut.add_argument("uplink", help="isp1, isp2, …")
    cut.add_argument(
        "--fault", choices=FAULTS, default="upstream", help="upstream: the modem lives, the internet behind it is gone"
    )
    cut.add_argument("--percent", type=float, help="loss only: packets lost each way")
    cut.add_argument("--ms", type=float, help="delay only: added to the round trip")
    command("heal", "mend a line").add_argument("uplink", help="isp1, isp2, …")
    renumber = command("renumber", "the ISP gives a line another address")
    renumber.add_argument("uplink", help="isp1, isp2, …")
    renumber.add_argument("--address", default="", help="a.b.c.d or a.b.c.d/length (default: the next one)")
    renumber.add_argument("--gateway", default="", help="(default: as before)")
    command("kick", "the ISP ends the session of a PPPoE or LTE line").add_argument("uplink", help="isp1, isp2, …")
    rogue = command("rogue", "plug in a DHCP server that nobody ordered")
    rogue.add_argument("state", choices=("on", "off"))
    rogue.add_argument("--mac", default=ROGUE_MAC, help=f"its MAC (default {ROGUE_MAC})")
    rogue.add_argument("--count", type=int, default=1, help="how many; each has the next MAC")
    rogue.add_argument(
        "--at",
        default="",
        metavar="SEGMENT",
        help="a VLAN's name (behind the trunk), access10 (its own port); else the LAN",
    )
    lease = command("lease", "DHCP clients on a host of a VLAN")
    lease.add_argument("place", help="a VLAN's name (its host behind the trunk), or access10 (the one at its own port)")
    lease.add_argument("--count", type=int, default=1, help="clients, each with its own MAC (default 1)")
    lease.add_argument("--mac", default="", help="of a single client")
    _chat(command("chat", "what the Telegram chat holds"))
    shell = command("shell", "the router's console, or a command in a namespace")
    shell.add_argument(
        "--linux", action="store_true", help="router only: a shell in its namespace instead of its console"
    )
    shell.add_argument("place", nargs="?", default="router", metavar="PLACE", help=", ".join(PLACES[:7]) + ", …")
    shell.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND …")
    command("journal", "every write that the router has seen")
    command("power-cycle", "pull the router's plug and put it back; confirms an update of its device-mode")
    command("export", "the router's configuration as a script")
    return parser


def _up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--uplinks",
        default="10M/10M,10M/10M",
        help="download/upload[:static|dhcp|pppoe|lte][:vlan=ID][:prefix=31|32][:auth=pap] of each line "
        "(default 10M/10M,10M/10M)",
    )
    parser.add_argument(
        "--same-gateway", action="store_true", help="static and dhcp lines all have 192.168.1.1 as their gateway"
    )
    parser.add_argument("--clients", type=int, default=MAX_CLIENTS, help=f"client addresses (default {MAX_CLIENTS})")
    parser.add_argument("--anchors", default="", help="more internet addresses that answer ping, with commas")
    parser.add_argument("--version", default="7.22", help="RouterOS version (default 7.22)")
    parser.add_argument(
        "--device-mode", choices=DEVICE_MODES, default="advanced", help="what the router may do (default advanced)"
    )
    parser.add_argument(
        "--factory",
        choices=FACTORIES,
        default="ready",
        help="ready for the API (default); hand-configured: no API user, no certificate; new: out of the box",
    )
    parser.add_argument("--no-admin-password", action="store_true", help="admin's password is empty")
    parser.add_argument(
        "--vlans",
        default="",
        metavar="NAME=ID,…",
        help="VLANs behind a trunk port and an access port each, for example stream=10,crew=20,guests=30",
    )
    parser.add_argument("--branch", default="jakarta", help="name of the router and of the inventory's host")
    parser.add_argument(
        "--api-port", type=int, default=Options.api_port, help="on 127.0.0.1; 0: any free one (default 8728)"
    )
    parser.add_argument(
        "--api-ssl-port", type=int, default=Options.api_ssl_port, help="the same for API-SSL (default 8729)"
    )
    parser.add_argument(
        "--ssh-port", type=int, default=None, help="the same for SSH (default 2222; any free one with --api-port 0)"
    )
    parser.add_argument(
        "--manage-from",
        default="",
        metavar="PLACE",
        help="controllers reach the router through the world, from isp1, isp2, … or lan (default: straight in)",
    )
    parser.add_argument("--router", default=Options.router, help=argparse.SUPPRESS)


def _traffic(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for kind, plan in KINDS.items():
        # given again, without a default: so that --json may stand before or behind the kind
        again = argparse.ArgumentParser(add_help=False)
        again.add_argument("--name", default=argparse.SUPPRESS)
        again.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        sub = kinds.add_parser(kind, help=plan.__doc__, description=plan.__doc__, parents=[again])
        for item in fields(plan):
            text = f"{item.metadata['help']} (default {item.default})"
            sub.add_argument(f"--{item.name}", type=type(item.default), default=item.default, help=text)


def _chat(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="S",
        help="wait at most so long for --count messages, or for a new one",
    )
    parser.add_argument("--count", type=int, default=0, help="how many there must be, above --after")
    parser.add_argument("--after", type=int, default=0, metavar="ID", help="only messages with a higher id")
    parser.add_argument(
        "--fail",
        default="",
        metavar="STATUS:TIMES",
        help="the next requests go wrong: 429:3, 500:1, timeout:2, reset:1",
    )
    parser.add_argument("--retry-after", type=int, default=3, help="what a 429 asks for, seconds")
    parser.add_argument("--limits", default="", help="per_second=1,burst=3,per_minute=20; 0 switches one off")
