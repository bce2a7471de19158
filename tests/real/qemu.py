# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CHR image as a virtual machine: software emulation, user-mode network on loopback, ended by its process id.

Nothing outside the machine is changed: writes to the image go to a throw-away overlay, there is no tap, bridge or root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = "qemu-system-x86_64"
#: ports of the router that are reached through the first card
SERVICES: Mapping[str, int] = {"api": 8728, "api-ssl": 8729, "ssh": 22}
_STOP_S = 5.0


class QemuError(Exception):
    """A sentence for people."""


@dataclass(frozen=True)
class Machine:
    """What is started. ``cards``: network cards; the first two are lines as the lab has them, the rest lead nowhere.

    A CHR asks for an address on ether1 by DHCP. Line *i* is 192.168.*i*.0/24 with its modem at .1, as in lab/README.md;
    QEMU plays modem and DHCP server. ``outside``: whether the guest may open connections to the world.
    """

    image: Path
    ports: Mapping[str, int] = field(default_factory=dict)
    memory_mb: int = 256
    cards: int = 5
    outside: bool = False
    image_format: str = ""
    log: Path | None = None

    def arguments(self) -> list[str]:
        """The command line. Every forwarded port listens on 127.0.0.1 only."""
        drive = f"file={_escaped(self.image)},if=virtio,snapshot=on,format={self.image_format or _format(self.image)}"
        words = [PROGRAM, "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", str(self.memory_mb)]
        words += ["-display", "none", "-monitor", "none", "-nodefaults"]
        words += ["-serial", f"file:{_escaped(self.log)}" if self.log else "none", "-drive", drive]
        for number in range(1, self.cards + 1):
            words += ["-netdev", self._network(number)]
            words += ["-device", f"virtio-net-pci,netdev=net{number},mac=52:54:00:4d:57:{number:02x}"]
        return words

    def _network(self, number: int) -> str:
        net = f"user,id=net{number},net=192.168.{number}.0/24,host=192.168.{number}.1,dhcpstart=192.168.{number}.15"
        net += ",restrict=off" if self.outside and number <= 2 else ",restrict=on"
        if number == 1:
            for service, port in sorted(self.ports.items()):
                net += f",hostfwd=tcp:127.0.0.1:{port}-:{SERVICES[service]}"
        return net


@dataclass
class Running:
    """A started machine. ``stop`` ends it; leaving the ``with`` block does, too."""

    machine: Machine
    process: subprocess.Popen[str]

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def check(self) -> None:
        """Raises QemuError with QEMU's own words when it has ended."""
        if self.process.poll() is not None:
            said = self.process.stderr.read() if self.process.stderr else ""
            raise QemuError(f"QEMU ended with code {self.process.returncode}: {said.strip()[-500:] or 'no words'}")

    def stop(self) -> None:
        """By process id: first asked, then made to."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(_STOP_S)
        if self.process.stderr:
            self.process.stderr.close()


def start(machine: Machine) -> Running:
    """Raises QemuError when QEMU or the image is not there."""
    if shutil.which(PROGRAM) is None:
        raise QemuError(f"{PROGRAM} is not installed (Debian: apt-get install qemu-system-x86)")
    if not machine.image.is_file():
        raise QemuError(f"{machine.image} is no file")
    process = subprocess.Popen(
        machine.arguments(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    return Running(machine, process)


def free_ports(services: Sequence[str] = tuple(SERVICES)) -> Mapping[str, int]:
    """A free port of 127.0.0.1 for each service."""
    with contextlib.ExitStack() as stack:
        sockets = {name: stack.enter_context(socket.create_server(("127.0.0.1", 0))) for name in services}
        return {name: int(sock.getsockname()[1]) for name, sock in sockets.items()}


def _format(image: Path) -> str:
    """By the first bytes: QEMU must not guess, a guest could make a raw image look like another kind."""
    try:
        with image.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise QemuError(f"{image}: {error.strerror}") from None
    kinds = {b"QFI\xfb": "qcow2", b"KDMV": "vmdk", b"cone": "vpc"}
    return kinds.get(head[:4], "vhdx" if head == b"vhdxfile" else "raw")


def _escaped(path: os.PathLike[str] | None) -> str:
    """A comma ends a value in QEMU's options, two are one."""
    return str(path).replace(",", ",,")
