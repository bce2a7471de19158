# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The fleet's own certificate authority: a folder on the controller with ``ca.pem`` and ``ca.key``.

The authority's key never leaves the folder. A router's key is made for it, brought to it and forgotten.
Everything is RSA with SHA-256, which RouterOS 6 and 7 both take.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError:
    MISSING = "the Python library cryptography is missing in the controller's environment"
else:
    #: Why there can be no authority at all; empty when there can.
    MISSING = ""

CERTIFICATE_FILE = "ca.pem"
KEY_FILE = "ca.key"

#: Twenty years: who replaces the authority has to bootstrap every router again.
_CA_DAYS = 20 * 365
_CA_BITS = 3072
_ROUTER_BITS = 2048
#: Clocks of controllers and routers differ; and a router without a battery is behind after a power cut.
_BACKDATED = datetime.timedelta(days=1)
_DNS = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")


class AuthorityError(Exception):
    """A sentence about what is wrong with the authority's folder."""


@dataclass(frozen=True)
class Issued:
    """A router's certificate, and its key encrypted with a passphrase that is used once. All PEM."""

    certificate: str
    key: str = field(repr=False)
    passphrase: str = field(repr=False)
    until: datetime.date


@dataclass(frozen=True)
class FleetAuthority:
    """The folder of an authority that may not exist yet. ``passphrase``: encrypts the key; ``None`` leaves it plain."""

    folder: Path
    passphrase: str | None = field(repr=False, default=None)

    @property
    def certificate_file(self) -> Path:
        return self.folder / CERTIFICATE_FILE

    @property
    def key_file(self) -> Path:
        return self.folder / KEY_FILE

    def exists(self) -> bool:
        return self.certificate_file.exists() or self.key_file.exists()

    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return self._certificate().fingerprint(hashes.SHA256()).hex()

    def ensure(self, now: datetime.datetime) -> bool:
        """Make the authority if there is none. ``True``: it was made now. Several branches may ask at once."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked():
            if self.exists():
                self._certificate()
                return False
            key = rsa.generate_private_key(public_exponent=65537, key_size=_CA_BITS)
            certificate = _authority(key, now)
            # The key first: a certificate without its key would look like an authority.
            self._write(self.key_file, self._key_pem(key), mode=0o600)
            self._write(self.certificate_file, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
            return True

    def check(self) -> None:
        """Raise when :meth:`issue` would, for the folder's sake. Changes nothing."""
        self._signer()

    def issue(self, common_name: str, names: Sequence[str], until: datetime.date, now: datetime.datetime) -> Issued:
        """A certificate for a router that is reached by ``names`` (host names and addresses)."""
        authority, signer = self._certificate(), self._signer()
        self._guard_key(signer)
        end = datetime.datetime(until.year, until.month, until.day, tzinfo=datetime.UTC)
        if end > authority.not_valid_after_utc:
            raise AuthorityError(f"the authority in {self.folder} ends on {authority.not_valid_after_utc:%Y-%m-%d}")
        key = rsa.generate_private_key(public_exponent=65537, key_size=_ROUTER_BITS)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(common_name))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(max(now - _BACKDATED, authority.not_valid_before_utc))
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([_san(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True, key_encipherment=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        passphrase = secrets.token_urlsafe(24)
        return Issued(
            certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
            key=_encrypted(key, passphrase).decode(),
            passphrase=passphrase,
            until=until,
        )

    # ---- files

    def _certificate(self) -> x509.Certificate:
        try:
            return x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        except (OSError, ValueError) as error:
            raise AuthorityError(f"{self.certificate_file} is no certificate: {_reason(error)}") from None

    def _signer(self) -> rsa.RSAPrivateKey:
        key = self._key()
        if key.public_key() != self._certificate().public_key():
            raise AuthorityError(f"{self.key_file} is not the key of {self.certificate_file}")
        return key

    def _guard_key(self, key: rsa.RSAPrivateKey) -> None:
        """Encrypted once there is a passphrase, and for its owner only."""
        if self.passphrase is not None and b"ENCRYPTED" not in self.key_file.read_bytes():
            with self._locked():
                self._write(self.key_file, self._key_pem(key), mode=0o600)
        elif self.key_file.stat().st_mode & 0o077:
            self.key_file.chmod(0o600)  # a version control system does not keep modes

    def _key(self) -> rsa.RSAPrivateKey:
        try:
            data = self.key_file.read_bytes()
        except OSError as error:
            raise AuthorityError(f"the authority's key {self.key_file} can't be read: {_reason(error)}") from None
        plain = b"ENCRYPTED" not in data
        if not plain and self.passphrase is None:
            raise AuthorityError(f"{self.key_file} is encrypted: give its passphrase as multiwan_ca_passphrase")
        try:
            password = None if plain else str(self.passphrase).encode()
            key = serialization.load_pem_private_key(data, password)
        except (ValueError, TypeError):
            why = "it is no PEM key" if plain else "multiwan_ca_passphrase is not its passphrase"
            raise AuthorityError(f"the authority's key {self.key_file} can't be used: {why}") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise AuthorityError(f"{self.key_file} is no RSA key, which RouterOS 6 needs")
        return key

    def _key_pem(self, key: rsa.RSAPrivateKey) -> bytes:
        if self.passphrase is not None:
            return _encrypted(key, self.passphrase)
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _write(self, path: Path, data: bytes, *, mode: int) -> None:
        """The whole file or nothing."""
        handle, temporary = tempfile.mkstemp(dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise


def is_reachable_name(name: str) -> bool:
    """Whether a certificate can be made for it: an address, or a host name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(_DNS.fullmatch(name))
    return True


def certificate_name(authority: str, names: Sequence[str], until: datetime.date) -> str:
    """Name of a certificate on its router. It tells who signed it (``authority``: fingerprint), for which names and how
    long, so that a later run knows without a list of its own whether it still fits."""
    return f"{_stem(authority, names)}{until:%Y%m%d}"


def fitting(authority: str, names: Sequence[str], found: str) -> datetime.date | None:
    """The last day of a certificate that is called ``found``, ``None`` when it was made for something else."""
    stem = _stem(authority, names)
    day = found.removeprefix(stem)
    if not found.startswith(stem) or not re.fullmatch(r"\d{8}", day):
        return None
    try:
        return datetime.datetime.strptime(day, "%Y%m%d").date()
    except ValueError:
        return None


#: How all our certificates on routers begin.
PREFIX = "mw-api-"


def _stem(authority: str, names: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join([authority, *sorted(set(names))]).encode()).hexdigest()
    return f"{PREFIX}{digest[:12]}-"


def _authority(key: rsa.RSAPrivateKey, now: datetime.datetime) -> x509.Certificate:
    name = _name(f"multiwan fleet {secrets.token_hex(4)}")
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + datetime.timedelta(days=_CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def _usage(
    *,
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_encipherment=key_encipherment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _san(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _encrypted(key: rsa.RSAPrivateKey, passphrase: str) -> bytes:
    """PKCS #8, the form in which RouterOS itself exports keys."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
