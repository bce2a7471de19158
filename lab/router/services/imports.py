# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/import``: runs a file line by line, with the permissions of whoever asked (facts 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lab.router.services.base import RouterHost, at_least
from lab.script import ScriptError, ScriptSyntaxError
from lab.script.balance import open_brackets
from lab.script.parser import version_key
from lab.store import Trap
from lab.verbs import Caller, Reply

_FILES = "/file"
_ARGUMENTS = {"file-name", "verbose", "from-line", "dry-run"}
_DONE = "Script file loaded and executed successfully"
#: uploads of this name run at once; what they print goes to a file of the other name
_AUTO, _AUTO_LOG = ".auto.rsc", ".auto.log"


class ImportService:
    """The command, and files that run when they arrive."""

    def __init__(self, host: RouterHost) -> None:
        self._host = host

    async def run(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """``dry-run`` (7.16) parses only; with ``verbose`` it goes on after an error and counts."""
        if set(args) - _ARGUMENTS or ("dry-run" in args and not at_least(self._host.version, "7.16")):
            raise Trap("unknown parameter")
        if not args.get("file-name"):
            raise Trap("missing =file-name=", 0)
        source = _from_line(self._contents(args["file-name"]), args.get("from-line", "1"))
        verbose = _on(args, "verbose")
        if _on(args, "dry-run"):
            return Reply(printed=self._check(source, verbose=verbose))
        return Reply(printed=await self._perform(source, caller, verbose=verbose))

    async def arrived(self, name: str, caller: Caller) -> None:
        """A file was uploaded: ``x.auto.rsc`` runs, what it prints is in ``x.auto.log``."""
        if not name.endswith(_AUTO):
            return
        try:
            reply = await self.run({"file-name": name}, caller)
            text = reply.printed
        except Trap as trap:
            text = trap.message
        self._host.engine.write_file(name.removesuffix(_AUTO) + _AUTO_LOG, text + "\n")

    # ---- inside

    def _contents(self, name: str) -> str:
        for row in self._host.store.rows(_FILES):
            if row.get("name") == name:
                return row.get("contents")
        raise Trap("failure: file not found", 4)

    async def _perform(self, source: str, caller: Caller, *, verbose: bool) -> str:
        """Stops at the first error; what was done stays done, also before a command that can't be read."""
        printed: list[str] = []
        echo = _echo(source) if verbose else {}
        try:
            await self._run(source, caller, printed)
        except ScriptError as error:
            lines = [text for line, text in echo.items() if line <= error.line]
            raise Trap("\n".join([*lines, *printed, self._words(error)]), 3) from error
        return "\n".join([*echo.values(), *printed, _DONE])

    async def _run(self, source: str, caller: Caller, printed: list[str]) -> None:
        try:
            await self._host.interpreter.run(source, caller=caller, output=printed.append)
        except ScriptSyntaxError as error:
            begun = max((line for line, _ in statements(source) if line <= error.line), default=1)
            await self._host.interpreter.run(_first_lines(source, begun - 1), caller=caller, output=printed.append)
            raise

    def _check(self, source: str, *, verbose: bool) -> str:
        """Only what the parser finds. All of it in verbose mode."""
        lines: list[str] = []
        errors: list[ScriptError] = []
        menu = "/"
        for line, text in statements(source):
            lines.append(f"#line {line}\n{text}")
            try:
                # empty lines before it keep its number right
                menu = self._host.interpreter.check("\n" * (line - 1) + text, menu)
            except ScriptError as error:
                errors.append(error)
                lines.append(self._words(error))
        if errors and not verbose:
            raise Trap(self._words(errors[0]), 3) from errors[0]
        if errors:
            verdict = f"Script Error: found {len(errors)} error(s) in import file"
            raise Trap("\n".join([*lines, verdict]), 3) from errors[-1]
        return "\n".join([*lines, _DONE] if verbose else [_DONE])

    def _words(self, error: ScriptError) -> str:
        return error.spoken(version_key(self._host.version))


def statements(source: str) -> Iterator[tuple[int, str]]:
    """(first line, text) of every command: one line, or several while a bracket is open or a backslash ends it."""
    begun, text = 0, ""
    for number, line in enumerate(source.replace("\r", "").split("\n"), start=1):
        begun = begun or number
        text = f"{text}\n{line}" if text else line
        if open_brackets(text):
            continue
        if text.strip() and not text.lstrip().startswith("#"):
            yield begun, text
        begun, text = 0, ""
    if text.strip():
        yield begun, text


def _echo(source: str) -> dict[int, str]:
    return {line: f"#line {line}\n{text}" for line, text in statements(source)}


def _first_lines(source: str, count: int) -> str:
    return "\n".join(source.split("\n")[:count])


def _from_line(source: str, text: str) -> str:
    """The lines before ``from-line`` are there and empty, so that errors name the right one."""
    if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) < 1:
        raise Trap("invalid value for argument from-line", 1)
    lines = source.split("\n")
    skipped = min(int(text) - 1, len(lines))
    return "\n" * skipped + "\n".join(lines[skipped:])


def _on(args: Mapping[str, str], name: str) -> bool:
    return name in args and args[name] not in ("no", "false")
