# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from lab.verbs import Caller, Reply, Trap
from lab.world import pki
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


NOW = datetime.datetime.now(datetime.UTC)
FLEET = pki.make_ca("fleet", NOW)
ROUTER = pki.issue(FLEET, ("router.example", "192.0.2.1"), NOW)


def sealed(form: serialization.PrivateFormat, password: str = "secret") -> str:
    """The router's key with a password: PKCS#8 or the older form, AES in both."""
    key = serialization.load_pem_private_key(ROUTER.key.encode(), None)
    by = serialization.BestAvailableEncryption(password.encode())
    return key.private_bytes(serialization.Encoding.PEM, form, by).decode()


def counted(reply: Reply) -> tuple[str, ...]:
    return tuple(reply.rows[0].values())


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.22"])
@pytest.mark.parametrize("form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
async def test_a_certificate_with_its_sealed_key(version: str, form: serialization.PrivateFormat) -> None:
    rig = Rig(version)
    rig.engine.write_file("r.pem", ROUTER.certificate + FLEET.certificate + sealed(form))
    reply = await rig.call("/certificate", "import", file_name="r.pem", passphrase="secret")
    assert counted(reply) == ("2", "1", "1", "0", "0")
    own, ca = await rig.rows("/certificate")
    assert (own["name"], own["private-key"], own["trusted"]) == ("r.pem_0", "true", "true")
    assert own["subject-alt-name"] == "DNS:router.example,IP:192.0.2.1"
    assert (ca["name"], ca["authority"], "private-key" in ca) == ("r.pem_1", "true", False)
    assert "PRIVATE" not in str(await rig.rows("/certificate"))
    shown = rig.services.certificates.shown("r.pem_0")
    assert shown is not None
    assert shown.chain_pem == ROUTER.certificate, "the root is no part of what is shown"


async def test_a_wrong_passphrase_leaves_the_certificate_without_its_key_until_the_right_one_comes() -> None:
    rig = Rig()
    both = ROUTER.certificate + sealed(serialization.PrivateFormat.PKCS8)
    rig.engine.write_file("r.pem", both)
    assert counted(await rig.call("/certificate", "import", file_name="r.pem", passphrase="wrong")) == (
        *("1", "0", "1", "1", "0"),
    )
    assert rig.services.certificates.shown("r.pem_0") is None
    rig.engine.write_file("r.pem", both)
    assert counted(await rig.call("/certificate", "import", file_name="r.pem", passphrase="secret")) == (
        *("0", "1", "1", "0", "0"),
    )
    (row,) = await rig.rows("/certificate")
    assert (row["name"], row["private-key"]) == ("r.pem_0", "true"), "the same certificate is there once"


async def test_a_key_in_a_file_of_its_own_and_a_key_of_nobody() -> None:
    rig = Rig()
    rig.engine.write_file("r.key", ROUTER.key)
    assert counted(await rig.call("/certificate", "import", file_name="r.key", passphrase="")) == (
        *("0", "0", "1", "0", "1"),
    )
    for name, text in (("r.crt", ROUTER.certificate), ("r.key", ROUTER.key)):
        rig.engine.write_file(name, text)
        await rig.call("/certificate", "import", file_name=name, passphrase="")
    assert rig.services.certificates.shown("r.crt_0") is not None


async def test_a_service_follows_a_renamed_certificate_and_forgets_a_removed_one() -> None:
    rig = Rig()
    rig.engine.write_file("r.pem", ROUTER.certificate + ROUTER.key)
    await rig.call("/certificate", "import", file_name="r.pem", passphrase="")
    await rig.call("/ip/service", "set", numbers="api-ssl", certificate="r.pem_0")
    await rig.call("/certificate", "set", numbers="r.pem_0", name="mw-api")

    async def of_api_ssl() -> str:
        return next(row["certificate"] for row in await rig.rows("/ip/service") if row["name"] == "api-ssl")

    assert await of_api_ssl() == "mw-api"
    await rig.call("/certificate", "remove", numbers="mw-api")
    assert await of_api_ssl() == "*1"
    with pytest.raises(Trap, match="input does not match any value of certificate"):
        await rig.call("/ip/service", "set", numbers="api-ssl", certificate="mw-api")


async def test_the_builtin_store_is_shown_from_7_19() -> None:
    shown = await Rig(trusted_ca_pem=ROOT.pem).rows("/certificate/builtin")
    assert [row["common-name"] for row in shown] == ["Root A"]
    with pytest.raises(Trap):
        await Rig("7.18", trusted_ca_pem=ROOT.pem).rows("/certificate/builtin")
