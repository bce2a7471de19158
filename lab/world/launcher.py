# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops a lab from outside. The daemon runs detached, inside namespaces that die with it.

Who holds whom: the launcher keeps one end of a socket pair until the lab is ready; while it does, the daemon dies with
it. After that the unshare process holds the daemon (``--kill-child``: PDEATHSIG), and the daemon is pid 1 of everything
else. So there is no moment at which a kill leaves a process, a link or a namespace behind; files are cleaned by the
next ``up`` or ``down``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from lab.world import wire
from lab.world.manage import way_from
from lab.world.state import ROOT, Folder, LabError, ProcessId, State
from lab.world.topology import Topology

TOOLS = ("ip", "tc", "nft", "dnsmasq", "unshare", "nsenter", "mount")
#: Against hangs: a start takes a second and a stop half of one, on a machine that has time for them.
READY_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 30.0
_KEEP = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
#: fields of State, in the order of Options
_MANAGED = ("managed_port", "managed_ssh_port")
#: Popen objects of labs that this process started: kept so that none is reported as forgotten.
_children: dict[int, subprocess.Popen[bytes]] = {}
#: Our ends of the socket pairs of labs that are to die with us (Options.hold).
_held: dict[Path, socket.socket] = {}


@dataclass(frozen=True)
class Options:
    """``router``: the module whose ``Router(RouterSpec)`` is run; tests put a stand-in there.

    ``manage_from``: where a controller sits (``isp1`` …, ``lan``; lab/world/manage.py). Then the inventory names two
    more ports, for API-SSL and SSH, whose connections pass through the world and the router's packet filter.

    ``hold``: the lab dies with the process that started it, however that ends; else it stays until ``lab down``.
    """

    topology: Topology = field(default_factory=Topology)
    api_port: int = 8728
    api_ssl_port: int = 8729
    router: str = "lab.router.router"
    hold: bool = False
    ssh_port: int = 0
    manage_from: str = ""
    managed_port: int = 0
    managed_ssh_port: int = 0


def unshare_flags() -> list[str]:
    """How namespaces can be had here. Raises ``LabError`` with the remedy when they can't."""
    rootless = ["--user", "--map-root-user", *_KEEP]
    # more than ``true``: Ubuntu 24.04 lets the namespace be made and then refuses every privilege in it
    trial = ["sh", "-c", "mount -t tmpfs tmpfs /run && ip link set dev lo up"]
    tried = [rootless, _KEEP] if os.geteuid() == 0 else [rootless]
    for flags in tried:
        done = subprocess.run(
            ["unshare", *flags, *trial], capture_output=True, text=True, check=False, env=_environment()
        )
        if done.returncode == 0:
            return flags
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    raise LabError(
        f"this machine does not allow network namespaces ({reason}); allow unprivileged user namespaces "
        "(sysctl user.max_user_namespaces=15000, and on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), "
        "or run the lab as root"
    )


def check_machine(folder: Folder) -> None:
    """Raises ``LabError`` when something is missing that no lab can do without."""
    path = _environment()["PATH"]
    missing = [tool for tool in TOOLS if shutil.which(tool, path=path) is None]
    if missing:
        raise LabError(f"these programs are missing: {', '.join(missing)}; `./dev setup` installs what the lab needs")
    if folder.path.resolve().is_relative_to("/run"):
        raise LabError(f"a lab can't live below /run, which it replaces for itself; {folder.path} is there")


def open_port(port: int, what: str) -> socket.socket:
    """A listening loopback socket of the host, which the daemon inherits. Port 0: any free one.

    It is bound to the number in either case: a port that the kernel chose is lost when the router reboots, which
    closes it for a while (RouterSpec).
    """
    port = port or _free_port()
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise LabError(
            f"the {what} port 127.0.0.1:{port} can't be opened ({error.strerror}); choose another, or 0"
        ) from None
    sock.setblocking(False)
    return sock


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def up(folder: Folder, options: Options, progress: Callable[[str], None]) -> State:
    """Start a lab and wait until it is ready. Leaves nothing when it fails or is interrupted."""
    with folder.locked():
        if folder.running():
            raise LabError(f"lab {folder.name!r} is running already; `lab down` stops it")
        _clear(folder)
        try:
            check_machine(folder)
            if options.manage_from:
                way_from(options.topology, options.manage_from)
            return await _start(folder, options, progress)
        except BaseException:
            _clear(folder)
            folder.path.rmdir()
            raise


async def _start(folder: Folder, options: Options, progress: Callable[[str], None]) -> State:
    progress("namespaces allowed?")
    flags = unshare_flags()
    ours, theirs = socket.socketpair()
    with contextlib.ExitStack() as stack:
        stack.enter_context(ours)
        stack.enter_context(theirs)
        api = stack.enter_context(open_port(options.api_port, "API"))
        api_ssl = stack.enter_context(open_port(options.api_ssl_port, "API-SSL"))
        ssh = stack.enter_context(open_port(options.ssh_port, "SSH"))
        managed = (options.managed_port, options.managed_ssh_port) if options.manage_from else ()
        relayed = [stack.enter_context(open_port(port, "managed")) for port in managed]
        order = {
            "folder": str(folder.path),
            "name": folder.name,
            "topology": options.topology.to_json(),
            "api": api.fileno(),
            "api_ssl": api_ssl.fileno(),
            "ssh": ssh.fileno(),
            "lifeline": theirs.fileno(),
            "router": options.router,
            "manage_from": options.manage_from,
            "managed": [sock.fileno() for sock in relayed],
        }
        outer = _spawn(folder, flags, order, tuple(s.fileno() for s in (api, api_ssl, ssh, theirs, *relayed)))
        ports = {name: sock.getsockname()[1] for name, sock in zip(_MANAGED, relayed, strict=False)}
        state = State(outer, api.getsockname()[1], api_ssl.getsockname()[1], ssh_port=ssh.getsockname()[1], **ports)
        folder.write(state)
        theirs.close()
        ours.setblocking(False)
        await _until_ready(folder, ours, progress)
        state = replace(state, inner=await _inner(folder))
        folder.write(state)
        if not outer.alive:
            raise LabError(f"the lab was killed while it was starting{_tail(folder)}")
        if options.hold:
            _held[folder.path] = ours.dup()
        else:
            await asyncio.get_running_loop().sock_sendall(ours, b"go\n")
        return state


def _spawn(folder: Folder, flags: list[str], order: dict[str, object], fds: tuple[int, ...]) -> ProcessId:
    command = ["unshare", *flags, "--", sys.executable, "-m", "lab.world.daemon", json.dumps(order)]
    log = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=fds,
            start_new_session=True,  # Ctrl-C in the terminal is for the launcher alone
        )
    finally:
        os.close(log)
    _children[child.pid] = child
    outer = ProcessId.of(child.pid)
    if outer is None:
        raise LabError("the lab's process ended before it began; see dmesg")
    return outer


def _environment() -> dict[str, str]:
    path = os.environ.get("PATH", "/usr/bin:/bin")
    return {**os.environ, "PATH": f"{path}:/usr/sbin:/sbin", "PYTHONUNBUFFERED": "1"}


async def _until_ready(folder: Folder, lifeline: socket.socket, progress: Callable[[str], None]) -> None:
    reader, writer = await asyncio.open_connection(sock=lifeline.dup())
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            while line := await reader.readline():
                message = wire.decode(line)
                if "step" in message:
                    progress(str(message["step"]))
                elif "error" in message:
                    raise LabError(str(message["error"]))
                else:
                    return
    except TimeoutError:
        raise LabError(f"the lab was not ready after {READY_TIMEOUT_S:.0f} s{_tail(folder)}") from None
    finally:
        writer.close()
    raise LabError(f"the lab ended while it was starting{_tail(folder)}")


async def _inner(folder: Folder) -> ProcessId | None:
    _, writer = await wire.connect(folder.socket)
    pid = wire.peer_pid(writer)
    writer.close()
    return ProcessId.of(pid)


def _tail(folder: Folder, lines: int = 15) -> str:
    text = folder.log.read_text(encoding="utf-8", errors="replace") if folder.log.exists() else ""
    last = text.strip().splitlines()[-lines:]
    return "; its last words were:\n" + "\n".join(last) if last else ""


def _clear(folder: Folder) -> None:
    """Kill what is left of a lab and empty its folder. The caller holds the lock, which is on the folder."""
    state = folder.read()
    if state is not None:
        state.outer.kill()
        if state.inner is not None:
            state.inner.wait_gone(STOP_TIMEOUT_S)  # its namespaces end when it does
        _children.pop(state.outer.pid, None)
    held = _held.pop(folder.path, None)
    if held is not None:
        held.close()
    folder.empty()


async def down(folder: Folder) -> bool:
    """Stop a lab and remove its folder; False when there was none. Asks first, then kills, by process id."""
    if not folder.path.exists():
        return False
    with folder.locked():
        state = folder.running()
        if state is not None:
            with contextlib.suppress(OSError, TimeoutError, ValueError):
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await _ask_to_stop(folder)
                    await asyncio.to_thread(state.outer.wait_gone, STOP_TIMEOUT_S)
        existed = state is not None or any(folder.path.iterdir())
        _clear(folder)
        folder.path.rmdir()
        return existed


async def _ask_to_stop(folder: Folder) -> None:
    reader, writer = await wire.connect(folder.socket)
    writer.write(wire.encode({"do": "stop"}))
    await writer.drain()
    await reader.readline()
    writer.close()
