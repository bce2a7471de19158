# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PEM file brings for ``/certificate``, and what the menu shows of a certificate. Pure."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from lab.router.services.base import format_moment
from lab.values.scalar import format_duration

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_KEY_USAGES = {
    "digital_signature": "digital-signature",
    "content_commitment": "content-commitment",
    "key_encipherment": "key-encipherment",
    "data_encipherment": "data-encipherment",
    "key_agreement": "key-agreement",
    "key_cert_sign": "key-cert-sign",
    "crl_sign": "crl-sign",
}
_EXTENDED = {ExtendedKeyUsageOID.SERVER_AUTH: "tls-server", ExtendedKeyUsageOID.CLIENT_AUTH: "tls-client"}


@dataclass(frozen=True)
class Found:
    """``keys``: private keys as PEM without a password. ``undecrypted``: keys that the passphrase does not open."""

    certificates: tuple[x509.Certificate, ...] = ()
    keys: tuple[str, ...] = ()
    undecrypted: int = 0


def read(text: str, passphrase: str) -> Found:
    """Certificates and private keys of a PEM file; keys in PKCS#8 or the older form, encrypted or not."""
    certificates, keys, undecrypted = [], [], 0
    for block in _BLOCK.finditer(text.replace("\r\n", "\n")):
        if block[1] == "CERTIFICATE":
            with contextlib.suppress(ValueError):  # a broken one counts as none
                certificates.append(x509.load_pem_x509_certificate(block[0].encode()))
        elif block[1].endswith("PRIVATE KEY"):
            key = _key(block[0], passphrase)
            if key is None:
                undecrypted += 1
            else:
                keys.append(key)
    return Found(tuple(certificates), tuple(keys), undecrypted)


def _key(pem: str, passphrase: str) -> str | None:
    encrypted = "ENCRYPTED" in pem
    try:
        key = serialization.load_pem_private_key(pem.encode(), passphrase.encode() if encrypted else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return _pem(key)


def _pem(key: PrivateKeyTypes) -> str:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def belongs(certificate: x509.Certificate, key_pem: str) -> bool:
    """Whether a private key is that of a certificate."""
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    return _public(key.public_key()) == _public(certificate.public_key())


def _public(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def load(text: str) -> list[x509.Certificate]:
    """The certificates in a PEM text; none when there is none."""
    return x509.load_pem_x509_certificates(text.encode()) if "BEGIN CERTIFICATE" in text else []


# ---- what the menu shows


def describe(version: str, certificate: x509.Certificate) -> dict[str, str]:
    """Properties that ``/certificate`` and ``/certificate/builtin`` show."""
    return {
        "common-name": common_name(certificate.subject),
        "issuer": certificate.issuer.rfc4514_string(),
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
        "serial-number": f"{certificate.serial_number:X}",
        "invalid-before": format_moment(version, certificate.not_valid_before_utc.timestamp()),
        "invalid-after": format_moment(version, certificate.not_valid_after_utc.timestamp()),
    }


def describe_more(certificate: x509.Certificate, now: float) -> dict[str, str]:
    """What only ``/certificate`` shows: key, names, usages, what is left of its life (names of the command trees)."""
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    left = certificate.not_valid_after_utc - datetime.datetime.fromtimestamp(now, datetime.UTC)
    shown = {
        **_key_kind(certificate.public_key()),
        "days-valid": str(life.days),
        "key-usage": ",".join(_usages(certificate)),
        "subject-alt-name": ",".join(_names(certificate)),
    }
    if left.total_seconds() > 0:
        shown["expires-after"] = format_duration(int(left.total_seconds()) * 1_000_000)
    else:
        shown["expired"] = "true"
    return {name: text for name, text in shown.items() if text}


def common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def chain(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """``leaf`` and the intermediate authorities above it, as far as they are among ``others``."""
    found = [leaf]
    while found[-1].issuer != found[-1].subject:
        above = [c for c in others if c.subject == found[-1].issuer and c not in found and c.issuer != c.subject]
        if not above:
            break
        found.append(above[0])
    return found


def _key_kind(key: PublicKeyTypes) -> dict[str, str]:
    if isinstance(key, rsa.RSAPublicKey):
        return {"key-type": "rsa", "key-size": str(key.key_size)}
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"key-type": "ec", "key-size": {"secp256r1": "prime256v1"}.get(key.curve.name, key.curve.name)}
    return {}


def _usages(certificate: x509.Certificate) -> list[str]:
    words = []
    for extension in certificate.extensions:
        if extension.oid == ExtensionOID.KEY_USAGE:
            words += [word for name, word in _KEY_USAGES.items() if getattr(extension.value, name)]
        elif extension.oid == ExtensionOID.EXTENDED_KEY_USAGE:
            words += [_EXTENDED[usage] for usage in extension.value if usage in _EXTENDED]
    return words


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    dns = [f"DNS:{name}" for name in names.get_values_for_type(x509.DNSName)]
    return dns + [f"IP:{address}" for address in names.get_values_for_type(x509.IPAddress)]
