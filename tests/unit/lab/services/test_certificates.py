# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest

from lab.verbs import Caller, Trap
from tests.unit.lab.services.rig import Rig
from tests.unit.lab.services.web import Authority, answer, serve

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


def brings_its_ca(version: str) -> str:
    """A script that carries a certificate, as a branch needs it where no authorities are built in."""
    pem = ROOT.pem.strip().replace("\n", "\\n")
    make = (
        f'/file print file=mw-ca; /file set mw-ca.txt contents="{pem}"'
        if version == "6.49"
        else f'/file add name=mw-ca.txt contents="{pem}"'
    )
    return (
        f':if ([:len [/certificate find where name~"^mw-ca"]] = 0) do={{ {make}; '
        '/certificate import file-name=mw-ca.txt passphrase="" }; '
        ':foreach i in=[/certificate find where name~"^mw-ca.txt"] do={ /certificate set $i name="mw-ca-root" }; '
        ':foreach i in=[/file find where name="mw-ca.txt"] do={ /file remove $i }'
    )


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.12", "7.16", "7.18"])
@pytest.mark.parametrize("by", ["scheduler", "run"])
async def test_a_script_brings_a_ca_along_and_fetch_checks_by_it_from_then_on(
    version: str, by: str, tmp_path: Path
) -> None:
    rig = Rig(version)
    policies = frozenset({"read", "write", "test"})
    await rig.script("mw-ca", brings_its_ca(version), policy="read,write,test")
    async with serve(ROOT.server("127.0.0.1", tmp_path)) as web:
        web.answers["/"] = answer("200 OK", b"hello")
        order = {"check-certificate": "yes-without-crl", **({} if version == "6.49" else {"output": "none"})}
        order |= {"keep-result": "no"} if version == "6.49" else {}
        url = f"https://127.0.0.1:{web.port}/"
        with pytest.raises(Trap):
            await rig.call("/tool", "fetch", url=url, **order)
        for _ in range(2):  # twice: the second time there is nothing to do
            if by == "run":
                await rig.call("/system/script", "run", Caller("mw", policies, "api"), number="mw-ca")
            else:
                assert await rig.services.scripts.run_event("mw-ca", origin="scheduler:s", policies=policies)
            (row,) = await rig.rows("/certificate")
            assert (row["name"], row["common-name"], row["trusted"]) == ("mw-ca-root", "Root A", "true")
        assert await rig.rows("/file") == []
        reply = await rig.call("/tool", "fetch", url=url, **order)
    assert reply.rows[0]["status"] == "finished"


async def test_without_the_right_to_write_nothing_is_imported() -> None:
    rig = Rig("7.9")
    await rig.call("/file", "add", name="a.pem", contents=ROOT.pem)
    reader = Caller("r", frozenset({"read", "test"}), "api")
    for menu, command, args in (
        ("/certificate", "import", {"file-name": "a.pem"}),
        ("/file", "add", {"name": "b.pem"}),
        ("/file", "print", {"file": "c"}),
    ):
        with pytest.raises(Trap, match="not enough permissions"):
            await rig.call(menu, command, reader, **args)
    assert (await rig.rows("/certificate"), len(await rig.rows("/file"))) == ([], 1)


@pytest.mark.parametrize("version", ["6.49", "7.9"])
async def test_print_makes_a_text_file_and_makes_it_anew(version: str) -> None:
    rig = Rig(version)
    await rig.call("/system/identity", "set", name="one")
    for name in ("x", "x.txt"):
        await rig.call("/system/identity", "print", file=name)
    (row,) = await rig.rows("/file")
    assert (row["name"], "one" in row["contents"]) == ("x.txt", True)


async def test_version_6_adds_no_files() -> None:
    with pytest.raises(Trap, match="no such command"):
        await Rig("6.49").call("/file", "add", name="a.txt")


async def test_a_file_that_is_not_there_can_not_be_imported() -> None:
    with pytest.raises(Trap, match="input does not match any value of file-name"):
        await Rig().call("/certificate", "import", file_name="nope.pem")


async def test_the_builtin_store_is_shown_from_7_19() -> None:
    shown = await Rig(trusted_ca_pem=ROOT.pem).rows("/certificate/builtin")
    assert [row["common-name"] for row in shown] == ["Root A"]
    with pytest.raises(Trap):
        await Rig("7.18", trusted_ca_pem=ROOT.pem).rows("/certificate/builtin")
