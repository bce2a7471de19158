# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``awx/configure.yml`` as Ansible sees it: which module is called with which arguments, in order."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROOT = Path(__file__).resolve().parents[2]
AWX = ROOT / "awx"
#: What a user must say; secrets that are easily found again.
SAID = {
    "awx_project_url": "https://git.example.com/branches.git",
    "awx_image": "registry.example.com/branches:1",
    "awx_routeros_password": "5ecret-of-the-routers",
    "awx_routeros_ca": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "awx_telegram_bot_token": "110201543:5ecret-of-the-bot",
    "awx_vault_password": "5ecret-of-the-vault",
    "awx_notifications": ["Mail to the night watch"],
    "awx_report_folder": "/reports",
}


@dataclass(frozen=True)
class Call:
    """One module, once: ``module`` without its collection, ``arguments`` templated, ``offered`` what the data says."""

    module: str
    arguments: Mapping[str, Any]
    offered: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.module}: {self.arguments['name']}"


def _read(path: Path) -> Any:
    return DataLoader().load_from_file(str(path), trusted_as_template=True)


def _template(value: Any, known: Mapping[str, Any]) -> Any:
    return Templar(loader=DataLoader(), variables=dict(known)).template(value)


def play() -> Mapping[str, Any]:
    return dict(_read(AWX / "configure.yml")[0])


def variables(**more: Any) -> dict[str, Any]:
    """What the play knows: its files of variables, and ``more`` as ``-e`` gives it. Not templated."""
    known: dict[str, Any] = {}
    for name in play()["vars_files"]:
        known |= _read(AWX / name)
    return known | more


def data(name: str, **more: Any) -> Any:
    """A list of the data, templated and plain."""
    return plain(_template(trust_as_template("{{ " + name + " }}"), variables(**(SAID | more))))


def plain(value: Any) -> Any:
    """Without what Ansible knows about where a value came from."""
    return json.loads(json.dumps(value, default=list))


def calls(**more: Any) -> Iterator[Call]:
    """Every call of a module of awx.awx, in the order of the play."""
    known = variables(**(SAID | more))
    for task in play()["tasks"]:
        modules = [key for key in task if key.startswith("awx.awx.")]
        if not modules:
            continue
        for item in _template(task["loop"], known):
            arguments = _template(task[modules[0]], known | {"item": item})
            yield Call(modules[0].removeprefix("awx.awx."), plain(arguments), plain(item))


class _Seen(Exception):
    def __init__(self, spec: Mapping[str, Any], more: Mapping[str, Any]) -> None:
        super().__init__("")
        self.spec, self.more = spec, more


def argument_spec(module: str, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The module's own, with what all modules of the collection take."""
    code = importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{module}")
    api = importlib.import_module("ansible_collections.awx.awx.plugins.module_utils.controller_api")

    def seen(argument_spec: Mapping[str, Any], **more: Any) -> None:
        raise _Seen(argument_spec, more)

    patch.setattr(code, "ControllerAPIModule", seen)
    try:
        code.main()
    except _Seen as found:
        return {**api.ControllerModule.AUTH_ARGSPEC, **found.spec}
    raise AssertionError(f"{module} has no argument spec")
