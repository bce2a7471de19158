# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet's authority: what Python's TLS makes of its certificates, and what lies in its folder."""

from __future__ import annotations

import datetime
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.multiwan.routeros.plugins.plugin_utils.fleet_ca import (
    AuthorityError,
    FleetAuthority,
    Issued,
    certificate_name,
    fitting,
    is_reachable_name,
)
from cryptography import x509
from cryptography.hazmat.primitives import serialization

NOW = datetime.datetime.now(datetime.UTC)
UNTIL = NOW.date() + datetime.timedelta(days=700)
NAMES = ("192.0.2.7", "branch.example.net", "jakarta")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> FleetAuthority:
    made = FleetAuthority(tmp_path_factory.mktemp("fleet") / "ca", "correct horse")
    assert made.ensure(NOW)
    return made


@pytest.fixture(scope="module")
def issued(authority: FleetAuthority) -> Issued:
    return authority.issue("jakarta", NAMES, UNTIL, NOW)


def handshake(authority: FleetAuthority, issued: Issued, folder: Path, name: str) -> None:
    """A client that trusts the authority alone and wants ``name`` meets a server with the certificate."""
    chain, key = folder / "router.crt", folder / "router.key"
    chain.write_text(issued.certificate, encoding="ascii")
    key.write_text(issued.key, encoding="ascii")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key, issued.passphrase)
    client = ssl.create_default_context(cafile=str(authority.certificate_file))
    upward, downward = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(downward, upward, server_hostname=name)
    there = server.wrap_bio(upward, downward, server_side=True)
    open_ends = [here, there]
    for _ in range(10):
        for end in list(open_ends):
            try:
                end.do_handshake()
                open_ends.remove(end)
            except ssl.SSLWantReadError:
                pass
        if not open_ends:
            return
    raise AssertionError("no end of the handshake")


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_authority_takes_the_certificate(
    authority: FleetAuthority, issued: Issued, tmp_path: Path, name: str
) -> None:
    handshake(authority, issued, tmp_path, name)


@pytest.mark.parametrize("name", ["192.0.2.8", "other.example.net"])
def test_not_for_another_name(authority: FleetAuthority, issued: Issued, tmp_path: Path, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority, issued, tmp_path, name)


def test_not_a_certificate_of_another_authority(authority: FleetAuthority, tmp_path: Path) -> None:
    other = FleetAuthority(tmp_path / "other")
    other.ensure(NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority, other.issue("jakarta", NAMES, UNTIL, NOW), tmp_path, NAMES[0])


def test_what_both_kinds_of_routers_take(issued: Issued) -> None:
    certificate = x509.load_pem_x509_certificate(issued.certificate.encode())
    key = serialization.load_pem_private_key(issued.key.encode(), issued.passphrase.encode())
    assert certificate.public_key() == key.public_key()
    assert certificate.public_key().key_size == 2048  # type: ignore[union-attr]
    assert certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA256
    assert issued.key.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert certificate.not_valid_before_utc < NOW
    assert certificate.not_valid_after_utc.date() == UNTIL


def test_a_router_can_not_sign_for_another(authority: FleetAuthority, issued: Issued) -> None:
    router = x509.load_pem_x509_certificate(issued.certificate.encode())
    fleet = x509.load_pem_x509_certificate(authority.certificate_file.read_bytes())
    assert router.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert fleet.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_keys_and_passphrases_are_not_shown(issued: Issued, authority: FleetAuthority) -> None:
    assert issued.passphrase not in repr(issued)
    assert "PRIVATE" not in repr(issued)
    assert "horse" not in repr(authority)


def test_the_folder_holds_two_files_and_the_key_is_for_its_owner(authority: FleetAuthority, issued: Issued) -> None:
    assert {path.name for path in authority.folder.iterdir()} == {"ca.pem", "ca.key"}
    assert authority.key_file.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in authority.key_file.read_bytes()


def test_a_key_that_anybody_could_read_is_closed(tmp_path: Path) -> None:
    plain = FleetAuthority(tmp_path / "ca")
    plain.ensure(NOW)
    plain.key_file.chmod(0o644)
    plain.check()
    assert plain.key_file.stat().st_mode & 0o777 == 0o644
    plain.issue("jakarta", NAMES, UNTIL, NOW)
    assert plain.key_file.stat().st_mode & 0o777 == 0o600


def test_a_passphrase_given_later_encrypts_the_key(tmp_path: Path) -> None:
    plain = FleetAuthority(tmp_path / "ca")
    plain.ensure(NOW)
    assert b"ENCRYPTED" not in plain.key_file.read_bytes()
    FleetAuthority(plain.folder, "later").issue("jakarta", NAMES, UNTIL, NOW)
    assert b"ENCRYPTED" in plain.key_file.read_bytes()
    for passphrase, words in ((None, "give its passphrase"), ("wrong", "is not its passphrase")):
        with pytest.raises(AuthorityError, match=words):
            FleetAuthority(plain.folder, passphrase).issue("jakarta", NAMES, UNTIL, NOW)
    assert FleetAuthority(plain.folder, "later").issue("jakarta", NAMES, UNTIL, NOW)


def test_branches_that_begin_at_once_get_one_authority(tmp_path: Path) -> None:
    def begin(_number: int) -> tuple[bool, str]:
        own = FleetAuthority(tmp_path / "ca")
        return own.ensure(NOW), own.fingerprint()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(begin, range(4)))
    assert sorted(made for made, _ in found) == [False, False, False, True]
    assert len({fingerprint for _, fingerprint in found}) == 1


def test_a_certificate_without_its_key_is_said_in_words(tmp_path: Path) -> None:
    half = FleetAuthority(tmp_path / "ca")
    half.ensure(NOW)
    half.key_file.unlink()
    assert half.ensure(NOW) is False
    with pytest.raises(AuthorityError, match="can't be read"):
        half.issue("jakarta", NAMES, UNTIL, NOW)


def test_a_name_on_the_router_tells_what_it_was_made_for() -> None:
    name = certificate_name("ab12", NAMES, UNTIL)
    assert fitting("ab12", tuple(reversed(NAMES)), name) == UNTIL
    assert fitting("ab13", NAMES, name) is None
    assert fitting("ab12", NAMES[:2], name) is None
    assert fitting("ab12", NAMES, f"{name}.crt_0") is None
    assert fitting("ab12", NAMES, f"{name[:-8]}20269999") is None


@pytest.mark.parametrize(
    ("name", "right"),
    [("10.0.0.1", True), ("fd00::1", True), ("r1.example.net", True), ("two words", False), ("", False), ("ä", False)],
)
def test_only_what_can_stand_in_a_certificate(name: str, right: bool) -> None:
    assert is_reachable_name(name) is right
