# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from lab.verbs import Trap
from tests.unit.lab.services.rig import Rig
from tests.unit.lab.services.web import Authority

ROOT = Authority("Root A")


async def imported(rig: Rig) -> None:
    await rig.call("/file", "add", name="a.pem", contents=ROOT.pem + Authority("Root B").pem)
    await rig.call("/certificate", "import", file_name="a.pem", passphrase="")


async def test_each_certificate_of_a_file_is_a_trusted_row() -> None:
    rig = Rig()
    await imported(rig)
    rows = await rig.rows("/certificate")
    assert [(r["name"], r["common-name"], r["trusted"], r["authority"]) for r in rows] == [
        ("a.pem_0", "Root A", "true", "true"),
        ("a.pem_1", "Root B", "true", "true"),
    ]


@pytest.mark.parametrize(("version", "left"), [("7.22", 0), ("7.14", 1)])
async def test_the_file_goes_after_an_import_from_7_15(version: str, left: int) -> None:
    rig = Rig(version)
    await imported(rig)
    assert len(await rig.rows("/file")) == left


async def test_a_removed_certificate_is_trusted_no_more() -> None:
    rig = Rig()
    await imported(rig)
    await rig.call("/certificate", "remove", **{".id": "a.pem_0"})
    assert ROOT.pem not in rig.services.certificates.trusted_pem("fetch")
    with pytest.raises(Trap, match="no such item"):
        await rig.call("/certificate", "remove", **{".id": "*9"})


async def test_a_file_that_is_not_there_can_not_be_imported() -> None:
    with pytest.raises(Trap, match="failure"):
        await Rig().call("/certificate", "import", file_name="nope.pem")


async def test_the_builtin_store_is_shown_from_7_19() -> None:
    shown = await Rig(trusted_ca_pem=ROOT.pem).rows("/certificate/builtin")
    assert [row["common-name"] for row in shown] == ["Root A"]
    with pytest.raises(Trap):
        await Rig("7.18", trusted_ca_pem=ROOT.pem).rows("/certificate/builtin")
