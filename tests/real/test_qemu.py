# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""QEMU without a RouterOS image: the command line, a small guest that really boots, and the ends of a machine."""

from __future__ import annotations

import itertools
import re
import shutil
import socket
import time
from pathlib import Path

import pytest

from tests.real.qemu import PROGRAM, Machine, QemuError, free_ports, start

needs_qemu = pytest.mark.skipif(shutil.which(PROGRAM) is None, reason=f"{PROGRAM} is not installed")
GREETING = b"guest is up"


def after(words: list[str], option: str) -> list[str]:
    return [value for word, value in itertools.pairwise(words) if word == option]


def boot_sector(said: bytes) -> bytes:
    """A disk of one sector that writes to the first serial port and stops (16-bit code, BIOS boot convention)."""
    code = bytes.fromhex(
        "31c0 8ed8 be207c"  # xor ax,ax; mov ds,ax; mov si,text
        "bafd03 ec a820 74fb"  # next: mov dx,line status; wait: in al,dx; test al,0x20; jz wait
        "ac 84c0 7406"  # lodsb; test al,al; jz end
        "baf803 ee ebed"  # mov dx,data; out dx,al; jmp next
        "f4 ebfd"  # end: hlt; jmp end
    )
    body = code.ljust(0x20, b"\x90") + said + b"\0"
    return body.ljust(510, b"\0") + b"\x55\xaa"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    file = tmp_path / "guest,1.img"  # a comma must survive QEMU's option syntax
    file.write_bytes(boot_sector(GREETING).ljust(1 << 20, b"\0"))
    return file


def test_only_loopback_is_listened_on_and_only_for_what_was_asked() -> None:
    words = Machine(Path("chr.img"), {"api": 40001, "ssh": 40002}, image_format="raw").arguments()
    networks = after(words, "-netdev")
    forwards = [part for net in networks for part in net.split(",") if part.startswith("hostfwd=")]
    assert forwards == ["hostfwd=tcp:127.0.0.1:40001-:8728", "hostfwd=tcp:127.0.0.1:40002-:22"]
    assert all(part in networks[0] for part in forwards)
    assert not re.search(r"tap|bridge|sudo|enable-kvm", " ".join(words))


def test_the_image_is_never_written_and_its_kind_not_guessed(tmp_path: Path) -> None:
    for head, kind in (
        (b"\x33\xc0", "raw"),
        (b"QFI\xfb\0\0\0\3", "qcow2"),
        (b"KDMV\1\0\0\0", "vmdk"),
        (b"vhdxfile", "vhdx"),
    ):
        file = tmp_path / kind
        file.write_bytes(head.ljust(512, b"\0"))
        (drive,) = after(Machine(file).arguments(), "-drive")
        assert f"format={kind}" in drive.split(",")
        assert "snapshot=on" in drive.split(",")


def test_the_guest_reaches_nothing_unless_it_is_let(image: Path) -> None:
    assert all("restrict=on" in net for net in after(Machine(image).arguments(), "-netdev"))
    lines = after(Machine(image, outside=True).arguments(), "-netdev")
    assert ["restrict=off" in net for net in lines] == [True, True, False, False, False]


def test_cards_are_the_ports_of_the_lab() -> None:
    words = Machine(Path("chr.img"), image_format="raw").arguments()
    networks, cards = after(words, "-netdev"), after(words, "-device")
    assert len(networks) == len(cards) == 5
    assert ["net=192.168.1.0/24" in networks[0], "host=192.168.2.1" in networks[1]] == [True, True]
    assert len({card.split("mac=")[1] for card in cards}) == 5


def test_software_emulation_and_no_window() -> None:
    words = Machine(Path("chr.img"), memory_mb=512, image_format="raw").arguments()
    assert (after(words, "-accel"), after(words, "-m"), after(words, "-display")) == (["tcg"], ["512"], ["none"])


def test_free_ports_are_different() -> None:
    ports = free_ports()
    assert set(ports) == {"api", "api-ssl", "ssh"}
    assert len(set(ports.values())) == 3


def test_a_missing_image_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(QemuError, match=r"is no file|is not installed"):
        start(Machine(tmp_path / "nothing.img", image_format="raw"))


@needs_qemu
def test_a_guest_boots_and_is_gone_after_stop(image: Path, tmp_path: Path) -> None:
    before = image.read_bytes()
    log, ports = tmp_path / "serial.log", free_ports()
    with start(Machine(image, ports, memory_mb=32, log=log)) as running:
        until = time.monotonic() + 60
        while not (log.exists() and GREETING in log.read_bytes()):
            running.check()
            assert time.monotonic() < until, log.read_bytes() if log.exists() else "nothing was written"
            time.sleep(0.05)
        for port in ports.values():
            socket.create_connection(("127.0.0.1", port), 5).close()
    assert running.process.poll() is not None
    for port in ports.values():
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), 5)
    assert image.read_bytes() == before


@needs_qemu
def test_a_machine_that_can_not_start_says_why(image: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        start(Machine(image, {"api": taken.getsockname()[1]}, memory_mb=32)) as running,
    ):
        running.process.wait(20)
        with pytest.raises(QemuError, match="host forwarding rule"):
            running.check()
