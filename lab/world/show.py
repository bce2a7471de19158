# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people see: tables and lines made from the same objects that ``--json`` prints."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

Json = Mapping[str, Any]


def speed(bits: float) -> str:
    return f"{bits / 1e6:g}M"


def clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at % 1 * 1000):03d}"


def status(console: Console, data: Json) -> None:
    if not data["running"]:
        left = " It was killed; `lab down` removes its files." if data["files_left"] else ""
        console.print(f"Lab [bold]{data['name']}[/] is not running.{left}")
        return
    table = Table(
        title=f"Lab {data['name']}: branch {data['branch']}, RouterOS {data['version']}",
        title_justify="left",
        box=SIMPLE,
        pad_edge=False,
    )
    for column in ("Uplink", "Port", "Gateway", "Seen as", "Down/up", "Connections", "Line"):
        table.add_column(column, justify="right" if column == "Connections" else "left", no_wrap=column != "Line")
    for line in data["uplinks"]:
        fault = line["fault"]
        state = Text("ok", "green") if fault is None else Text(fault["kind"], "red")
        table.add_row(
            line["name"],
            line["interface"],
            line["gateway"],
            line["public_address"],
            f"{speed(line['download'])}/{speed(line['upload'])}",
            str(line["connections"]),
            state,
        )
    console.print(table)
    rogues = ", ".join(data["rogues"]) or "none"
    console.print(
        f"API 127.0.0.1:{data['api_port']}, API-SSL 127.0.0.1:{data['api_ssl_port']}, CA {data['ca_file']}, "
        f"SSH 127.0.0.1:{data['ssh_port']}",
        soft_wrap=True,
    )
    if "managed_port" in data:
        console.print(
            f"Managed from {data['manage_from']}: API-SSL 127.0.0.1:{data['managed_port']}, "
            f"SSH 127.0.0.1:{data['managed_ssh_port']}",
            soft_wrap=True,
        )
    console.print(f"Inventory overlay: {data['inventory']}", soft_wrap=True)
    console.print(
        f"Clients {data['lan']['clients'][0]} to {data['lan']['clients'][1]} · rogue DHCP servers: {rogues}"
        f" · messages in the chat: {data['chat']['messages']} · up for {data['uptime_s']:.0f} s"
    )


def chat(console: Console, messages: Sequence[Json]) -> None:
    for message in messages:
        console.print(f"[dim]{clock(message['at'])} #{message['message_id']} from {message['source']}[/]")
        console.print(Text(message["text"]))
    if not messages:
        console.print("No message.")


def journal(console: Console, entries: Sequence[Json]) -> None:
    for entry in entries:
        args = " ".join(f"{key}={value}" for key, value in entry.get("args", {}).items())
        at = clock(float(entry["time"])) if "time" in entry else ""
        who = f"{entry.get('user', '')}/{entry.get('origin', '')}"
        console.print(Text(f"{at} {who} {entry['menu']} {entry['command']} {args}"), soft_wrap=True)
    console.print(f"{len(entries)} writes")


def traffic_event(event: Json) -> str:
    """One line of progress for an event of a traffic run."""
    kind = event.get("event")
    if kind == "rates":
        lines = "  ".join(f"{name} {rate['down']:5.2f}/{rate['up']:5.2f}" for name, rate in event["uplinks"].items())
        return f"{event['t']:5.1f} s  down/up Mbit/s: {lines}"
    if kind == "connections":
        return f"{event['done']} of {event['total']} connections, {event['failed']} failed"
    if kind == "probe":
        what = f"{event['uplink']}, {event['ms']:.1f} ms" if event["ok"] else f"failed: {event['reason']}"
        return f"{event['t']:5.1f} s  {what}"
    return " ".join(f"{key}={value}" for key, value in event.items())


def traffic_result(console: Console, kind: str, result: Json) -> None:
    if kind == "throughput":
        console.print(
            f"{result['direction']}: [bold]{result['goodput_mbit']:.2f} Mbit/s[/] goodput, "
            f"{result['flows']} flows from {result['clients']} clients, {result['seconds']:g} s"
        )
        for name, rate in result["uplinks"].items():
            console.print(f"  {name}: {rate['wire_mbit']:.2f} Mbit/s on the wire")
    elif kind == "connections":
        console.print(f"{result['total']} connections, {result['failed']} failed: {_shares(result['split'])}")
    elif kind == "probe":
        outage = "never healed" if result["outage_s"] is None else f"outage {result['outage_s']:.2f} s"
        console.print(f"{result['total']} connections, {result['failed']} failed, {outage}: {_shares(result['split'])}")
    elif kind == "inbound":
        for name, line in result["uplinks"].items():
            console.print(f"{name}: {line['ok']} answered, {line['failed']} failed")
    elif kind == "upload":
        for flow in result["flows"]:
            roads = " → ".join(name for _, name in flow["moves"])
            console.print(
                f"upload {flow['flow']}: longest stall {flow['max_stall_s']:.2f} s, "
                f"{len(flow['breaks'])} times broken, {roads}"
            )
    elif kind == "poller":
        for one in result["pollers"]:
            roads = " → ".join(name for _, name in one["moves"])
            console.print(f"poller {one['poller']}: {one['failed']} of {one['total']} requests failed, {roads}")
    else:
        for flow in result["flows"]:
            console.print(f"flow {flow['flow']}: longest gap {flow['max_gap_s']:.2f} s, {' → '.join(flow['uplinks'])}")


def _shares(split: Mapping[str, int]) -> str:
    total = sum(split.values()) or 1
    return ", ".join(f"{name} {count} ({100 * count / total:.1f} %)" for name, count in split.items())
