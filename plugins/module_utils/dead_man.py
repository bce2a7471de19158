# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What brings a router back when its controller can't: it takes a commit back unless the commit says that all is well.

A scheduler row ticks. As long as a mark stands, a row of an address list that runs out by itself, a tick does nothing.
When the mark is gone, because the time is up or a reboot took it, the next tick runs the undo and removes all of this.
So it matters neither when RouterOS begins to count the interval of a row that starts at ``startup``, nor what the clock
says, nor whether an undo is cut off by a reboot: the next tick goes on with it.

A backup, made before all this was written, is the last resort when commands of the undo fail: it is loaded, which
reboots the router, into a configuration that holds no dead man. So nothing can go round in circles.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import dataclass

from . import dialect
from .commit_lock import LIST, LOCK
from .diff import COMMIT, Found
from .looking import Look
from .quoting import quote
from .router_api import Api, Ask, RouterError, RouterTrap
from .scripts import LIST as _LISTS
from .scripts import run_script
from .tags import tag
from .undo_script import Undo
from .versions import Version

#: Owner of what a commit needs for itself; never a part of a plan or of a comparison.
ROLE = COMMIT
SCRIPT, SCHEDULER, FILE = "/system/script", "/system/scheduler", "/file"
NAME = "mw-dead-man"
BACKUP = "mw-before"
MARK, RUNNING, TRIED = "mw-armed", "mw-undoing", "mw-undo-tries"
TRIES = 3
#: What the scripts do: change rows, put scripts back (whose policies they must have), load a backup.
POLICY = "ftp,read,write,policy,test,sensitive,reboot"
_YES = ("true", "yes")
#: Without its script the row is what is left of a commit that had just begun, or was just about to end.
_ON_EVENT = (
    f':if ([:len [/system script find where name="{NAME}"]] > 0) do={{\n  {run_script(NAME)}\n}} else={{\n'
    f'  :if ([:len [{_LISTS} find where list="{MARK}"]] = 0) do={{\n'
    f'    /system scheduler remove [/system scheduler find where name="{NAME}"]\n  }}\n}}'
)


@dataclass(frozen=True)
class Armed:
    """A dead man that was written. ``whose``: as the lock says it (:func:`commit_lock.holding`); when a commit comes
    back after its time another one may have armed the router. ``undos``: names of the scripts to run, in order."""

    whose: str
    undos: tuple[str, ...]
    backup: str
    version: Version


def tick_s(limit_s: int) -> int:
    """Seconds between two looks at the mark."""
    return max(1, min(10, limit_s // 10))


def save_backup(api: Api) -> str:
    """Name of the backup's file, without its ending. Raises :class:`router_api.RouterError`.

    Where there is a folder ``flash``, what lies outside of it is memory, and lost at a reboot.
    """
    names = {row.values.get("name") for row in api.rows(FILE, ("name", "type"))}
    name = f"flash/{BACKUP}" if "flash" in names else BACKUP
    api.run("/system/backup/save", {"name": name, "dont-encrypt": "yes"})
    return name


def arm(api: Api, undo: Undo, *, limit_s: int, backup: str, version: Version, whose: str) -> Armed:
    """Write the dead man. From its scheduler row on the router also tidies up after a commit that died while arming.

    The undo comes last, when all that it needs is there. Raises :class:`router_api.RouterError`, also when the router
    takes the scheduler row and does not run it.
    """
    names = tuple(f"mw-undo-{number}" for number in range(len(undo.pieces)))
    armed = Armed(whose, names, backup, version)
    api.add(LIST, {"list": MARK, "address": "240.0.0.251", "timeout": f"{limit_s}s", "comment": "multiwan: armed"})
    about = f"takes an unfinished change back {_of(whose)}"
    values = {
        "name": NAME,
        "interval": f"{tick_s(limit_s)}s",
        "start-time": "startup",
        "on-event": _ON_EVENT,
        "policy": POLICY,
        "comment": _comment(about, "dead-man"),
    }
    scheduler = api.add(SCHEDULER, values)
    for row in api.rows(SCHEDULER, ("name", "disabled")):
        if row.id == scheduler and row.values.get("disabled") in _YES:
            raise RouterError("the router takes a scheduler row but does not run it (device-mode?)")
    _script(api, NAME, source(armed), "dead-man", about)
    for number, kept in enumerate(undo.kept):
        _script(api, kept.name, kept.text, f"keep{number}", "a text as it was")
    for number, piece in enumerate(undo.pieces):
        _script(api, names[number], piece, f"undo{number}", "how to take the change back")
    return armed


def disarm(api: Api, armed: Armed) -> None:
    """From its one write on nothing is taken back; the router tidies up, at once or by its next tick.

    Raises :class:`router_api.RouterError` when nobody knows whether it was made, or whether the router had begun to
    take the change back before it: then look at what the router holds.
    """
    scripts = _named(api, armed.whose)
    if not scripts:
        raise RouterError(f"the router no longer has the script {NAME}")
    for row in scripts:
        api.set(SCRIPT, row.id, {"source": confirmed_source(armed)})
    if not any(row.values.get("list") == MARK for row in api.rows(LIST, ("list",))):
        raise RouterError("the time limit was over before the change was confirmed")
    for row in scripts:
        with contextlib.suppress(RouterError):
            api.run(f"{SCRIPT}/run", {".id": row.id})


def clean(api: Api) -> None:
    """Remove whatever a commit wrote for itself and its router did not remove. Twice does no harm."""
    look, name = Look(api), ("name",)
    look.ahead([Ask(SCHEDULER, name), Ask(SCRIPT, name), Ask(FILE, name), Ask(LIST, ("list",))])
    _remove(api, SCHEDULER, _left(look.rows(SCHEDULER, name)))
    _remove(api, SCRIPT, _left(look.rows(SCRIPT, name)))
    backups = [row for row in look.rows(FILE, name) if row.values.get("name", "").endswith(f"{BACKUP}.backup")]
    _remove(api, FILE, backups)
    marks = (MARK, RUNNING, TRIED)
    _remove(api, LIST, [row for row in look.rows(LIST, ("list",)) if row.values.get("list") in marks])


def fire(api: Api, whose: str = "") -> None:
    """Let an armed router take its change back at its next tick. ``whose``: see :func:`stands`.

    Not within this session: RouterOS may end a script with the session that runs it.
    """
    if stands(api, whose):
        _remove(api, LIST, [row for row in api.rows(LIST, ("list",)) if row.values.get("list") == MARK])


def stands(api: Api, whose: str = "") -> bool:
    """Whether the router has a dead man, asked for on its own. ``whose``: that of this commit; empty: of any."""
    return any(_is_of(row, whose) for row in _left(api.rows(SCHEDULER, ("name",))))


def _named(api: Api, whose: str) -> list[Found]:
    return [row for row in api.rows(SCRIPT, ("name",)) if row.values.get("name") == NAME and _is_of(row, whose)]


def _is_of(row: Found, whose: str) -> bool:
    return not whose or _of(whose) in row.values.get("comment", "")


def _of(whose: str) -> str:
    return f"({whose})"


def _left(rows: Sequence[Found]) -> list[Found]:
    return [row for row in rows if row.tag and row.tag.startswith(f"multiwan:{ROLE}:")]


def _remove(api: Api, menu: str, rows: Sequence[Found]) -> None:
    """Some may go by themselves meanwhile."""
    for row in rows:
        with contextlib.suppress(RouterTrap):
            api.remove(menu, row.id)


def _comment(about: str, part: str) -> str:
    return f"multiwan: {about} [{tag(ROLE, part)}]"


def _script(api: Api, name: str, text: str, part: str, about: str) -> None:
    api.add(SCRIPT, {"name": name, "source": text, "policy": POLICY, "comment": _comment(about, part)})


# --- the script


def source(armed: Armed) -> str:
    """``mw-dead-man``."""
    names = ";".join(quote(name) for name in armed.undos)
    tried = functools.partial(dialect.tried, version=armed.version)
    claim = tried(f'{_LISTS} add list="{RUNNING}" address=240.0.0.252 timeout=10m\n:set mwMine true')
    count = tried(f'{_LISTS} add list="{TRIED}" address=("240.0.1." . $mwTry) timeout=1h')
    run = tried(":local mwUndo [:parse [/system script get $mwName source]]\n:set mwBad [$mwUndo]")
    end = tried(f'{_LISTS} remove [{_LISTS} find where list="{RUNNING}"]')
    return f"""\
:if ([:len [{_LISTS} find where list="{MARK}"]] = 0) do={{
  :local mwMine false
{dialect.indented(claim, 2)}
  :if ($mwMine = true) do={{
    :local mwTry ([:len [{_LISTS} find where list="{TRIED}"]] + 1)
{dialect.indented(count, 4)}
    :local mwFailed 0
    :local mwWait false
    :foreach mwName in={{{names}}} do={{
      :if ($mwWait = false && [:len [/system script find where name=$mwName]] > 0) do={{
        :local mwBad 1
{dialect.indented(run, 8)}
        :if ([:typeof $mwBad] != "num") do={{ :set mwBad 1 }}
        :if ($mwBad > 0 && $mwTry < {TRIES}) do={{
          :set mwWait true
        }} else={{
          :set mwFailed ($mwFailed + $mwBad)
          /system script remove [find where name=$mwName]
        }}
      }}
    }}
    :if ($mwWait = false) do={{
{dialect.indented(_done(armed), 6)}
    }}
{dialect.indented(end, 4)}
  }}
}}
"""


def _done(armed: Armed) -> str:
    """Everything is back, or can't be brought back by commands."""
    parts = [
        ':if ($mwFailed = 0) do={\n  :log warning "multiwan: a change was not confirmed in time and was taken back"\n}'
        ' else={\n  :log error "multiwan: a change was not confirmed, and not all of it could be taken back"\n}'
    ]
    if armed.backup:
        load = dialect.tried(_load(armed.backup), armed.version)
        parts.append(f":if ($mwFailed > 0) do={{\n{dialect.indented(load, 2)}\n}}")
    return "\n".join([*parts, _tidy_source(armed)])


def confirmed_source(armed: Armed) -> str:
    """``mw-dead-man`` once all is well. An undo that has begun nevertheless keeps its scripts and goes on."""
    begun = " || ".join(f'[:len [{_LISTS} find where list="{name}"]] > 0' for name in (RUNNING, TRIED))
    undoing, tidying = dialect.indented(source(armed).rstrip(), 2), dialect.indented(_tidy_source(armed), 2)
    return f":if ({begun}) do={{\n{undoing}\n}} else={{\n{tidying}\n}}\n"


def _tidy_source(armed: Armed) -> str:
    """Removes all of a commit; the scheduler row last, so that a tick goes on where one was cut off. The lock of
    somebody else, who waits for this, stays."""
    tried = functools.partial(dialect.tried, version=armed.version)
    files = f'[/file find where name~"{BACKUP}.backup"]'
    kept = '[/system script find where name~"^mw-(keep|undo)-"]'
    return "\n".join(
        [
            tried(f"/file remove {files}"),
            *(tried(f"{_LISTS} remove [{_LISTS} find where list={quote(name)}]") for name in (MARK, TRIED)),
            tried(f"{_LISTS} remove [{_LISTS} find where list={quote(LOCK)} comment={quote(armed.whose)}]"),
            tried(f"/system script remove {kept}"),
            tried(f"/system script remove [/system script find where name={quote(NAME)}]"),
            tried(f"/system scheduler remove [/system scheduler find where name={quote(NAME)}]"),
        ]
    )


def _load(backup: str) -> str:
    # the router reboots; nothing is written into what it restores
    return f'/system backup load name={quote(backup)} password=""\n:delay 60s'
