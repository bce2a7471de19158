# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/system/reboot``, ``/system/shutdown`` and ``/system/backup`` (facts 8)."""

from __future__ import annotations

import time
from collections.abc import Mapping

from lab.router.kept import Kept, Power
from lab.router.services import backupfile
from lab.router.services.backupfile import Backup, BadBackup
from lab.router.services.base import RouterHost, format_moment
from lab.schema.snapshot import ConfigRow, Snapshot
from lab.store import Trap
from lab.verbs import Caller, Reply

FILES = "/file"


class PowerService:
    def __init__(self, host: RouterHost, kept: Kept, power: Power) -> None:
        self._host = host
        self._kept = kept
        self._power = power

    def plug(self) -> None:
        actions = self._host.engine.actions
        actions["/system", "reboot"] = self._reboot
        actions["/system", "shutdown"] = self._shutdown
        actions["/system/backup", "save"] = self._save
        actions["/system/backup", "load"] = self._load

    async def start(self) -> None:
        """Nothing runs by itself."""

    async def stop(self) -> None:
        """Nothing runs by itself."""

    def refresh(self, snapshot: Snapshot) -> None:
        """A backup is binary: its contents are never shown, only its type and size."""
        for row in snapshot.rows(FILES):
            if backupfile.is_backup(row.get("contents")):
                size = str(len(row.get("contents")))
                self._host.engine.set_runtime(FILES, row.id, type="backup", size=size, contents="")

    async def _reboot(self, args: Mapping[str, str], caller: Caller) -> Reply:
        if args:
            raise Trap("unknown parameter")
        self._host.log("system,info", f"router rebooted by {caller.origin}:{caller.user}")
        self._power.reboot()
        return Reply(printed="system will reboot shortly")

    async def _shutdown(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """Nobody could turn it on again: the lab is what is stopped, by its own command."""
        raise Trap("failure: this emulated router is turned off with its lab only")

    # ---- backups

    async def _save(self, args: Mapping[str, str], caller: Caller) -> Reply:
        password = args.get("password", "")
        if args.get("dont-encrypt", "no") in ("yes", "true", ""):
            password = ""
        if args.get("encryption", "aes-sha256") not in ("aes-sha256", "rc4"):
            raise Trap("input does not match any value of encryption", 1)
        image = self._host.store.image().without(FILES)
        text = backupfile.write(Backup(self._host.version, image, self._kept.certificates), password)
        self._put(_file_name(args.get("name") or self._made_up()), text)
        self._host.log("system,info", f"configuration backup saved by {caller.user}")
        return Reply(printed="Saving system configuration\nConfiguration backup saved")

    async def _load(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """Over the API there is nobody to ask: without a password argument it is refused (facts 8; words unsure)."""
        _require(caller, "reboot", "write", "sensitive", "policy")
        for name in ("name", "password"):
            if name not in args:
                raise Trap(f"missing ={name}=", 0)
        file = self._file(args["name"]) or self._file(_file_name(args["name"]))
        if file is None:
            raise Trap("input does not match any value of name", 1)
        try:
            backup = backupfile.read(file.get("contents"), args["password"])
        except BadBackup:
            raise Trap("failure: wrong password or no backup") from None
        files = self._host.store.image().menus.get(FILES, ())
        self._kept.certificates.clear()
        self._kept.certificates.update(backup.certificates)
        self._kept.scheduled.clear()
        self._host.log("system,info", f"configuration backup loaded by {caller.user}")
        self._power.reboot(backup.image.with_rows(FILES, files))
        return Reply(printed="Restoring system configuration\nSystem configuration restored, rebooting now")

    def _file(self, name: str) -> ConfigRow | None:
        return next((row for row in self._host.store.rows(FILES) if row.get("name") == name), None)

    def _put(self, name: str, text: str) -> None:
        store, old = self._host.store, self._file(name)
        values = {"contents": text, "last-modified": format_moment(self._host.version, self._host.clock())}
        if old is None:
            store.add(FILES, {"name": name, **values})
        else:
            store.set(FILES, old.id, values)
        self.refresh(store.snapshot())

    def _made_up(self) -> str:
        identity = self._host.store.snapshot().single("/system/identity").get("name")
        return f"{identity}-{time.strftime('%Y%m%d-%H%M', time.gmtime(self._host.clock()))}"


def _file_name(name: str) -> str:
    return name if name.endswith(".backup") else f"{name}.backup"


def _require(caller: Caller, *policies: str) -> None:
    for policy in policies:
        if not caller.may(policy):
            raise Trap("not enough permissions (9)")
