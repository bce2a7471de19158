# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``docs/licences.md``: the licence of every package that is locked in ``requirements/``.

``python -m tools.quality.licences`` writes it anew; ``--check`` says what is stale, unknown, or can't go together with
GPL-3.0-or-later. A licence is what the package's own metadata says: of the installed package, else of the wheel that
the lock names, which pip then downloads.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

from tools.quality.environments import ROOT, make
from tools.quality.licence_names import UNKNOWN, compatible, identifier

PAGE = ROOT / "docs" / "licences.md"
LOCKS = ROOT / "requirements"
#: What is installed beside the collection where it is used; its lock is that of the newest ansible-core.
PRODUCT = "core-2.21"
#: Only there for the tests of actions under that ansible-core.
_TESTS = ("hypothesis", "iniconfig", "pluggy", "pygments", "pytest", "pytest-asyncio", "sortedcontainers")
# REUSE-IgnoreStart
_HEAD = (
    "<!-- SPDX-FileCopyrightText: 2026 the multiwan.routeros authors -->",
    "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->",
)
# REUSE-IgnoreEnd
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_ROW = re.compile(r"^\| ([@/a-z0-9._-]+) \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)


@dataclass(frozen=True)
class Package:
    """``versions``: as locked, in the order of the locks. ``locks``: names of the files without their ending."""

    name: str
    versions: tuple[str, ...]
    locks: tuple[str, ...]

    @property
    def is_product(self) -> bool:
        return PRODUCT in self.locks and self.name not in _TESTS


def locked() -> tuple[Package, ...]:
    """Every package of every lock. Those of npm are called ``npm/…``."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted([*LOCKS.glob("*.txt"), *LOCKS.glob("*/package-lock.json")]):
        for name, version in _of_lock(path):
            entry = found.setdefault(name, {"versions": [], "locks": []})
            entry["versions"].append(version)
            entry["locks"].append(path.stem if path.suffix == ".txt" else path.parent.name)
    return tuple(
        Package(name, tuple(dict.fromkeys(entry["versions"])), tuple(dict.fromkeys(entry["locks"])))
        for name, entry in sorted(found.items())
    )


def _of_lock(path: Path) -> list[tuple[str, str]]:
    if path.suffix == ".txt":
        found = _LOCKED.findall(path.read_text(encoding="utf-8"))
        return [(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in found]
    return [(name, str(entry["version"])) for name, entry in _npm(path)]


def _npm(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """npm writes licences into its lock."""
    for place, entry in json.loads(path.read_text(encoding="utf-8"))["packages"].items():
        if place:
            yield "npm/" + place.rpartition("node_modules/")[2], entry


def told() -> dict[str, tuple[str, str]]:
    """What the page says: name to versions and licence."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = {name: (versions.strip(), licence.strip()) for name, versions, licence in _ROW.findall(text)}
    return {name: row for name, row in rows.items() if row[1] != "licence"}  # not the tables' heads


def problems(packages: Iterable[Package], told_: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Sentences. Whatever the page says that the locks do not, and the other way round."""
    packages = tuple(packages)
    for package in packages:
        versions, licence = told_.get(package.name, ("", ""))
        if versions != _versions(package):
            yield f"{package.name} is locked at {_versions(package)}, the page has {versions or 'nothing'}"
        elif not compatible(licence):
            yield f"{package.name}: {licence} is not known to go together with GPL-3.0-or-later"
    for name in sorted(set(told_) - {package.name for package in packages}):
        yield f"{name} is on the page and in no lock"


def _versions(package: Package) -> str:
    return ", ".join(package.versions)


# --- writing the page ----------------------------------------------------------------------------------------------
def page(packages: Iterable[Package], licences: Mapping[str, str]) -> str:
    packages = tuple(packages)
    product = [package for package in packages if package.is_product]
    tools = [package for package in packages if not package.is_product]
    return "\n".join(
        [
            *_HEAD,
            "<!-- Written by `python -m tools.quality.licences` (./dev lock); `./dev lint` finds it stale. -->",
            "# Licences of what this project stands on",
            "",
            "The collection is GPL-3.0-or-later. It ships no code of others (the outline of the report's map is made",
            "from Natural Earth, which is in the public domain). What it needs is installed beside it; every licence",
            "below goes together with GPL-3.0-or-later. Names are SPDX identifiers, from the packages' own metadata.",
            "",
            "## Where the collection runs",
            "",
            "`ansible-core`, `librouteros`, and for the bootstrap `paramiko` and `cryptography`, with what they need.",
            "",
            *_table(product, licences),
            "",
            "## Where it is developed, tested and documented",
            "",
            "None of these is needed to use the collection. `requirements/*.in` says what each is for.",
            "",
            *_table(tools, licences),
            "",
        ]
    )


def _table(packages: Iterable[Package], licences: Mapping[str, str]) -> Iterator[str]:
    yield "| package | locked | licence | in |"
    yield "|---|---|---|---|"
    for package in packages:
        yield f"| {package.name} | {_versions(package)} | {licences[package.name]} | {', '.join(package.locks)} |"


def metadata(packages: Iterable[Package]) -> dict[str, str]:
    """Name to licence. What no environment below ``.dev`` has, and the page has not either, is downloaded."""
    make("quality", ("3.11", "3.12", "3.13"))  # some of what it needs comes without a wheel that fits everywhere
    installed, known, found = _installed(), told(), {}
    npm = {name: entry for path in LOCKS.glob("*/package-lock.json") for name, entry in _npm(path)}
    for package in packages:
        versions, licence = known.get(package.name, ("", ""))
        said = installed.get((package.name, package.versions[-1]))
        if package.name in npm:
            found[package.name] = npm[package.name].get("license", UNKNOWN)
        elif said is None and versions == _versions(package) and licence != UNKNOWN:
            found[package.name] = licence
        else:
            found[package.name] = identifier(said or _downloaded(package))
    return found


def _installed() -> dict[tuple[str, str], Message]:
    found = {}
    for path in (ROOT / ".dev").glob("**/site-packages/*.dist-info/METADATA"):
        said = Parser().parsestr(path.read_text(encoding="utf-8", errors="replace"), headersonly=True)
        found[re.sub(r"[-_.]+", "-", str(said["Name"])).lower(), str(said["Version"])] = said
    return found


def _downloaded(package: Package) -> Message:
    """From the wheel, for whatever system there is one."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps"]
        wanted = [f"{package.name}=={package.versions[-1]}", "-d", folder]
        subprocess.run([*pip, "--only-binary=:all:", "--ignore-requires-python", *wanted], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            return Parser().parsestr(wheel.read(name).decode("utf-8", "replace"), headersonly=True)


def main() -> int:
    packages = locked()
    if "--check" not in sys.argv:
        PAGE.write_text(page(packages, metadata(packages)), encoding="utf-8")
    bad = list(problems(packages, told()))
    for words in bad:
        print(f"docs/licences.md: {words}")
    if bad:
        print("docs/licences.md: python -m tools.quality.licences writes it anew")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
