# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch for the ``ns_*.py`` tests: router ``rt``, providers ``isp1`` and ``isp2``, ``inet``, clients ``lan``."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import pytest

from lab import netns
from lab.actuate import sysctl
from lab.actuate.actuator import Actuator
from lab.derive.derive import derive
from lab.derive.observations import GatewayCheck, Link, Observations
from lab.derive.plan import Derived
from tests.unit.lab.derive.snapshots import UPLINKS, Config, branch

SERVER = "198.18.0.1"
PORT = 7000
_NAMES = ("rt", "isp1", "isp2", "inet", "lan")
_CABLES = (
    ("rt", "ether1", "isp1", "cpe"),
    ("rt", "ether2", "isp2", "cpe"),
    ("isp1", "core", "inet", "isp1"),
    ("isp2", "core", "inet", "isp2"),
    ("rt", "ether9", "lan", "eth0"),
)


def ip(name: str, *commands: str) -> None:
    netns.run(name, ["ip", "-batch", "-"], stdin="\n".join(commands) + "\n")


def _build() -> None:
    for name in _NAMES:
        subprocess.run(["ip", "netns", "add", name], check=True)
        ip(name, "link set dev lo up")
    for left, left_port, right, right_port in _CABLES:
        command = f"ip link add {left_port} netns {left} type veth peer name {right_port} netns {right}"
        subprocess.run(command.split(), check=True)
        ip(right, f"link set dev {right_port} up")
        if left != "rt":
            ip(left, f"link set dev {left_port} up")
    for number, uplink in enumerate(UPLINKS, 1):
        own, far = f"172.31.{number}.1", f"172.31.{number}.2"
        isp = uplink.name
        ip(isp, f"addr add {uplink.gateway}/24 dev cpe", f"addr add {own}/24 dev core", f"route add default via {far}")
        ip("inet", f"addr add {far}/24 dev {isp}", f"route add {uplink.network} via {own}")
        sysctl.write(isp, {"net/ipv4/ip_forward": "1"})
        foreign = f"iifname cpe ip saddr != {uplink.network} drop"  # BCP 38
        netns.run(
            isp,
            ["nft", "-f", "-"],
            stdin=f"table ip g {{\nchain f {{\ntype filter hook forward priority 0\n{foreign}\n}}\n}}\n",
        )
        for anchor in uplink.anchors:
            ip("inet", f"addr add {anchor}/32 dev lo")
    ip("inet", f"addr add {SERVER}/32 dev lo")
    clients = [f"addr add 192.168.10.{host}/24 dev eth0" for host in range(10, 50)]
    ip("lan", *clients, "route add default via 192.168.10.1")


def _remove() -> None:
    for name in netns_names():
        subprocess.run(["ip", "netns", "del", name], check=True)


def netns_names() -> list[str]:
    return sorted(os.listdir(netns.RUN_DIR))


class Server:
    """Answers every datagram and every line with the address and port that it sees."""

    def __init__(self) -> None:
        self._udp = netns.make_socket("inet", kind=socket.SOCK_DGRAM)
        self._tcp = netns.make_socket("inet")
        for sock in (self._udp, self._tcp):
            sock.bind((SERVER, PORT))
            sock.settimeout(0.2)
        self._tcp.listen(64)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._serve_udp, self._serve_tcp)]
        for thread in self._threads:
            thread.start()

    def _serve_udp(self) -> None:
        while not self._over.is_set():
            try:
                _data, peer = self._udp.recvfrom(2048)
            except TimeoutError:
                continue
            self._udp.sendto(f"{peer[0]}:{peer[1]}".encode(), peer)

    def _serve_tcp(self) -> None:
        held = []
        while not self._over.is_set():
            try:
                sock, _peer = self._tcp.accept()
            except TimeoutError:
                sock = None
            if sock is not None:
                sock.settimeout(0.02)
                held.append(sock)
            for one in held:
                try:
                    if one.recv(2048):
                        one.send(f"{one.getpeername()[0]}:{one.getpeername()[1]}".encode())
                except OSError:
                    continue
        for one in held:
            one.close()

    def close(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()


class Flow:
    """One UDP connection of a client; ``ask`` gives the uplink whose address the server saw, "" for silence."""

    def __init__(self, host: int = 10, *, namespace: str = "lan", source: str = "", port: int = 0) -> None:
        self._sock = netns.make_socket(namespace, kind=socket.SOCK_DGRAM)
        self._sock.bind((source or f"192.168.10.{host}", port))

    @property
    def port(self) -> int:
        return int(self._sock.getsockname()[1])

    def ask(self, port: int = PORT, *, wait_s: float = 20.0) -> str:
        """``wait_s``: less only where silence is expected."""
        self._sock.settimeout(wait_s)
        try:
            self._sock.sendto(b"?", (SERVER, port))
            address = self._sock.recv(2048).decode().partition(":")[0]
        except OSError:
            return ""
        return uplink_of(address)

    def close(self) -> None:
        self._sock.close()


def until(true: Callable[[], bool], *, within_s: float = 60.0) -> None:
    """What the kernel does by itself it does a moment later."""
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def uplink_of(address: str) -> str:
    return {uplink.address.split("/")[0]: uplink.name for uplink in UPLINKS}.get(address, address)


class Branch:
    """The router and what it has seen. ``apply`` derives and applies, and says how long applying took in seconds."""

    def __init__(self) -> None:
        self.config: Config = branch()
        self.gateways: dict[GatewayCheck, bool] = {}
        self.down: set[str] = set()
        self.actuator = Actuator("rt")
        self.derived: Derived | None = None
        self.trace: str | None = None
        self._flows: list[Flow] = []

    def apply(self) -> float:
        ports = ("ether1", "ether2", "ether9")
        links: Mapping[str, Link] = {port: Link(port not in self.down, "") for port in ports}
        seen = Observations(links, dict(self.gateways))
        self.derived = derive(self.config.snapshot(), seen, 0.0, trace=self.trace)
        began = time.perf_counter()
        self.actuator.apply(self.derived.kernel)
        return time.perf_counter() - began

    def reopen(self) -> None:
        """A new actuator, as after a restart of the router."""
        self.actuator = Actuator("rt")
        self.apply()

    def close_gate(self, name: str) -> None:
        """Both anchors of an uplink stop answering."""
        uplink = next(uplink for uplink in UPLINKS if uplink.name == name)
        for anchor in uplink.anchors:
            self.gateways[GatewayCheck(anchor, "", "ping")] = False
        self.apply()

    def open_gates(self) -> None:
        self.gateways.clear()
        self.apply()

    def flow(self, host: int = 10, **where: object) -> Flow:
        made = Flow(host, **where)  # type: ignore[arg-type]
        self._flows.append(made)
        return made

    def flow_on(self, uplink: str) -> Flow:
        """A connection that PCC has put on this uplink."""
        for _attempt in range(64):
            made = self.flow()
            if made.ask() == uplink:
                return made
        raise AssertionError(f"none of 64 connections chose {uplink}")

    def split(self, flows: int) -> Counter[str]:
        """New connections by the uplink they leave by."""
        found: Counter[str] = Counter()
        for number in range(flows):
            made = Flow(10 + number % 40)
            found[made.ask()] += 1
            made.close()
        return found

    def mark_of(self, flow: Flow) -> str:
        """The connection mark of a client's connection."""
        rows = [values for _id, values in self.actuator.connections.rows() if values.get("src-port") == str(flow.port)]
        assert len(rows) == 1, rows
        return rows[0].get("connection-mark", "")

    def counted(self, **values: str) -> int:
        """Packets that a mangle row has counted."""
        row_id = self.config.find("/ip/firewall/mangle", **values)
        return self.actuator.rule_counters()["/ip/firewall/mangle", row_id][0]

    def rt(self, *argv: str) -> str:
        return netns.run("rt", argv)

    def finish(self) -> None:
        for made in self._flows:
            made.close()
        self.actuator.close()


@pytest.fixture
def site() -> Iterator[Branch]:
    """The branch of the collection with two uplinks, up and running."""
    if os.environ.get("LAB_INSIDE") != "1":
        pytest.skip("runs inside test_in_namespaces.py only")
    with contextlib.ExitStack() as undo:
        undo.callback(_remove)
        _build()
        server = Server()
        undo.callback(server.close)
        made = Branch()
        undo.callback(made.finish)
        made.apply()
        yield made
