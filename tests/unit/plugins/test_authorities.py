# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils import notify
from ansible_collections.multiwan.routeros.plugins.module_utils.authorities import GO_DADDY_G2, MAX_PEM, read_pem
from ansible_collections.multiwan.routeros.plugins.module_utils.model import DEFAULT_API_URL, Telegram
from ansible_collections.multiwan.routeros.plugins.module_utils.versions import parse_version
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tests.unit.plugins.script_router import router

PEM = GO_DADDY_G2[0].pem


def test_the_authority_that_is_shipped_is_the_one_that_its_name_says() -> None:
    (authority,) = GO_DADDY_G2
    certificate = x509.load_pem_x509_certificate(authority.pem.encode())
    assert "CN=Go Daddy Root Certificate Authority - G2" in certificate.subject.rfc4514_string()
    assert certificate.fingerprint(hashes.SHA256()).hex() == authority.fingerprint
    assert authority.fingerprint == "45140b3247eb9cc8c5b4f0d7b53091f73292089e6e5a63e2749dd3aca9198eda"
    assert certificate.not_valid_after_utc.year == 2037


def test_what_stands_around_certificates_and_how_they_are_wrapped_does_not_matter() -> None:
    folded = PEM.replace("\n", "\r\n")
    assert read_pem(f"# comment\n{folded}\nsubject: x\n{PEM}") == GO_DADDY_G2


def _block(der: bytes, kind: str = "CERTIFICATE") -> str:
    return f"-----BEGIN {kind}-----\n{base64.b64encode(der).decode()}\n-----END {kind}-----\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/etc/ssl/root.pem",
        _block(b"hello"),
        _block(b"\x30\x82" + b"\x00" * MAX_PEM),
        PEM + _block(b"\x30\x82secret", "PRIVATE KEY"),
        PEM + _block(b"\x30\x82secret", "RSA PRIVATE KEY"),
        PEM.replace("MIID", "M!ID"),
        PEM.replace("-----END CERTIFICATE-----", ""),
        PEM + "-----BEGIN CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"certificate|damaged|long"):
        read_pem(text)


@pytest.mark.parametrize(
    ("version", "url", "given", "expected"),
    [
        ("6.49", DEFAULT_API_URL, (), GO_DADDY_G2),
        ("7.20", DEFAULT_API_URL, (), GO_DADDY_G2),
        ("7.21", DEFAULT_API_URL, (), ()),
        ("6.49", "https://bot.example.com", (), ()),
        ("7.22", DEFAULT_API_URL, GO_DADDY_G2, GO_DADDY_G2),
    ],
)
def test_a_router_is_given_what_it_lacks_or_what_the_branch_says(
    version: str, url: str, given: tuple[object, ...], expected: tuple[object, ...]
) -> None:
    settings = Telegram("t", "1", "id", url, given)  # type: ignore[arg-type]
    assert notify.authorities(settings, parse_version(version)) == expected


@pytest.mark.parametrize("version", ["6.49", "7.9", "7.12", "7.20"])
async def test_the_authority_is_imported_once_trusted_and_leaves_no_file(version: str) -> None:
    jakarta = router(version=version)
    for number in range(3):
        await jakarta.notify(f"{number}")
        await jakarta.tick()
    (certificate,) = jakarta.menus["/certificate"]
    assert certificate["contents"] == PEM
    assert (certificate["name"], certificate["trusted"]) == ("mw-ca-45140b3247eb.txt_0", "yes")
    assert jakarta.menus["/file"] == []
    assert len(jakarta.sent) == 3


@pytest.mark.parametrize("version", ["6.49", "7.12"])
async def test_one_that_the_administrator_imported_is_trusted_and_none_is_added(version: str) -> None:
    jakarta = router(version=version)
    fingerprint = GO_DADDY_G2[0].fingerprint
    jakarta.menus["/certificate"] = [{".id": "*1", "name": "gd", "fingerprint": fingerprint, "trusted": "false"}]
    await jakarta.notify("satu")
    await jakarta.tick()
    assert [(row["name"], row["trusted"]) for row in jakarta.menus["/certificate"]] == [("gd", "yes")]
    assert jakarta.menus.get("/file", []) == []
    assert len(jakarta.sent) == 1


async def test_an_authority_that_is_no_longer_wanted_goes_and_those_of_others_stay() -> None:
    jakarta = router(version="7.12")
    rows = [{".id": "*1", "name": "mw-ca-000000000000.txt_0"}, {".id": "*2", "name": "their-own"}]
    jakarta.menus["/certificate"] = rows
    await jakarta.notify("satu")
    await jakarta.tick()
    assert [row["name"] for row in jakarta.menus["/certificate"]] == ["their-own", "mw-ca-45140b3247eb.txt_0"]


async def test_an_import_that_fails_is_logged_and_keeps_no_message_back() -> None:
    jakarta = router(version="7.12")
    jakarta.menus["/file"] = [{".id": "*9", "name": "mw-ca-45140b3247eb.txt"}, {".id": "*A", "name": "x"}]
    jakarta.refuse_import = True
    await jakarta.notify("satu")
    await jakarta.tick()
    assert any("could not be imported" in line for line in jakarta.log)
    assert len(jakarta.sent) == 1
