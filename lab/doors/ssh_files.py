# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SFTP: the rows of ``/file`` as a file system. Methods of paramiko's server run in its threads."""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

import paramiko

from lab.verbs import Caller, Engine

_MENU = "/file"
_MAX_FILE = 16 * 1024 * 1024  # our own bound: an upload lives in memory
_T = TypeVar("_T")


@dataclass(frozen=True)
class FileStore:
    """Files of one router for one caller. Every method runs in the event loop; names have no leading slash.

    ``arrived``: told of each upload when it is complete.
    """

    engine: Engine
    caller: Caller
    arrived: Callable[[str, Caller], Awaitable[None]]

    async def names(self) -> dict[str, tuple[bool, int]]:
        """name -> (is it a folder, size in bytes). Folders that only files' names speak of are there too."""
        found: dict[str, tuple[bool, int]] = {}
        for row in self.engine.store.rows(_MENU):
            name = row.get("name").strip("/")
            found[name] = (row.get("type") in ("directory", "disk"), len(_encode(row.get("contents"))))
            for above in _above(name):
                found.setdefault(above, (True, 0))
        return found

    def secret(self, name: str) -> bool:
        """Whether the file is withheld: backups from callers without ``sensitive`` (measured on 7.20.8)."""
        return name.endswith(".backup") and not self.caller.may("sensitive")

    async def read(self, name: str) -> bytes | None:
        for row in self.engine.store.rows(_MENU):
            if row.get("name").strip("/") == name:
                return _encode(row.get("contents"))
        return None

    async def write(self, name: str, data: bytes) -> None:
        self.engine.write_file(name, data.decode("utf-8", "surrogateescape"))
        await self.arrived(name, self.caller)

    async def remove(self, name: str) -> bool:
        ids = [row.id for row in self.engine.store.rows(_MENU) if row.get("name").strip("/") == name]
        self.engine.store.remove(_MENU, ids)
        return bool(ids)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _above(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


class _Handle(paramiko.SFTPHandle):  # type: ignore[misc] # paramiko has no types
    """One open file. What was written is stored when it is closed."""

    def __init__(self, flags: int, data: bytes, save: Callable[[bytes], None] | None) -> None:
        super().__init__(flags)
        self._buffer = BytesIO(data)
        self._save = save

    def read(self, offset: int, length: int) -> bytes:
        self._buffer.seek(offset)
        return self._buffer.read(length)

    def write(self, offset: int, data: bytes) -> int:
        if self._save is None:
            return int(paramiko.SFTP_PERMISSION_DENIED)
        if offset + len(data) > _MAX_FILE:
            return int(paramiko.SFTP_FAILURE)
        self._buffer.seek(offset)
        self._buffer.write(data)
        return int(paramiko.SFTP_OK)

    def stat(self) -> paramiko.SFTPAttributes:
        return _attributes("", folder=False, size=len(self._buffer.getvalue()))

    def close(self) -> None:
        if self._save is not None:
            self._save(self._buffer.getvalue())
            self._save = None


class Files(paramiko.SFTPServerInterface):  # type: ignore[misc] # paramiko has no types
    """``server.files``: the store of whoever logged in, or None when his group may not transfer files."""

    def __init__(self, server: Any, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(server)
        self._files: FileStore | None = server.files()
        self._loop = loop

    def _ask(self, work: Awaitable[_T]) -> _T:
        async def run() -> _T:
            return await work

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def _writable(self) -> bool:
        return self._files is not None and self._files.caller.may("write")

    # ---- looking

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        if self._files is None:
            return int(paramiko.SFTP_PERMISSION_DENIED)
        folder = _name(path)
        known = self._ask(self._files.names())
        if folder and not known.get(folder, (False, 0))[0]:
            return int(paramiko.SFTP_NO_SUCH_FILE)
        return [
            _attributes(posixpath.basename(name), folder=is_folder, size=size)
            for name, (is_folder, size) in known.items()
            if posixpath.dirname(name) == folder
        ]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        if self._files is None:
            return int(paramiko.SFTP_PERMISSION_DENIED)
        name = _name(path)
        if not name:
            return _attributes("", folder=True, size=0)
        found = self._ask(self._files.names()).get(name)
        if found is None:
            return int(paramiko.SFTP_NO_SUCH_FILE)
        return _attributes(posixpath.basename(name), folder=found[0], size=found[1])

    lstat = stat

    # ---- doing

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        name = _name(path)
        writes = bool(flags & (_WRONLY | _RDWR))
        if self._files is None or not self._files.caller.may("read") or (writes and not self._writable()):
            return int(paramiko.SFTP_PERMISSION_DENIED)
        files = self._files
        if files.secret(name):
            return int(paramiko.SFTP_PERMISSION_DENIED)
        data = self._ask(files.read(name))
        if data is None and not (writes and flags & _CREAT):
            return int(paramiko.SFTP_NO_SUCH_FILE)
        begin = b"" if data is None or flags & _TRUNC else data
        return _Handle(flags, begin, (lambda now: self._ask(files.write(name, now))) if writes else None)

    def remove(self, path: str) -> int:
        if self._files is None or not self._writable():
            return int(paramiko.SFTP_PERMISSION_DENIED)
        return int(paramiko.SFTP_OK if self._ask(self._files.remove(_name(path))) else paramiko.SFTP_NO_SUCH_FILE)

    def rename(self, oldpath: str, newpath: str) -> int:
        if self._files is None or not self._writable():
            return int(paramiko.SFTP_PERMISSION_DENIED)
        data = self._ask(self._files.read(_name(oldpath)))
        if data is None:
            return int(paramiko.SFTP_NO_SUCH_FILE)
        self._ask(self._files.write(_name(newpath), data))
        self._ask(self._files.remove(_name(oldpath)))
        return int(paramiko.SFTP_OK)

    posix_rename = rename

    def chattr(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        """Modes and times do not exist on a router; clients set them after an upload."""
        return int(paramiko.SFTP_OK)


#: open flags as paramiko hands them over: those of this system's open(2)
_WRONLY, _RDWR, _CREAT, _TRUNC = 0o1, 0o2, 0o100, 0o1000


def _name(path: str) -> str:
    return posixpath.normpath("/" + path).strip("/")


def _attributes(name: str, *, folder: bool, size: int) -> paramiko.SFTPAttributes:
    found = paramiko.SFTPAttributes()
    found.filename = name
    found.st_size = size
    found.st_mode = (stat.S_IFDIR | 0o755) if folder else (stat.S_IFREG | 0o644)
    found.st_uid = found.st_gid = found.st_atime = found.st_mtime = 0
    return found
