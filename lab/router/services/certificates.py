# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/certificate``: what the router trusts when it opens TLS connections (facts 5.2)."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from lab.router.services.base import RouterHost, at_least, format_moment
from lab.schema.snapshot import Snapshot
from lab.store import Trap, parse_id
from lab.verbs import Caller, Reply

#: the built-in authorities arrived in 7.19
BUILTIN_SINCE = "7.19"
#: words of /certificate/settings builtin-trust-store that include fetch; ``default`` is what a 7.23 shows
#: (terraform-provider-routeros, certificate settings record), with fetch among its current-defaults
_STORE_WITH_FETCH = {"", "all", "default"}


@dataclass(frozen=True)
class Certificate:
    id: int
    name: str
    certificate: x509.Certificate
    trusted: bool
    #: services that may use it, from 7.22; empty is all
    trust_store: str = ""

    def serves(self, service: str) -> bool:
        return self.trusted and (not self.trust_store or service in self.trust_store.split(","))

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


class CertificateService:
    """``builtin_pem``: the authorities that the router ships with. ``rows``: those that it kept over a reboot."""

    def __init__(self, host: RouterHost, builtin_pem: str = "", rows: dict[int, Certificate] | None = None) -> None:
        self._host = host
        self._rows: dict[int, Certificate] = {} if rows is None else rows
        self._next = max(self._rows, default=0) + 1
        self.builtin = Builtin(host, builtin_pem)

    def plug(self) -> None:
        engine = self._host.engine
        engine.virtual["/certificate"] = self
        engine.virtual["/certificate/builtin"] = self.builtin
        engine.actions["/certificate", "import"] = self._import
        engine.actions["/certificate", "set"] = self._set

    async def start(self) -> None:
        """Nothing runs here."""

    async def stop(self) -> None:
        """Nothing runs here."""

    def refresh(self, snapshot: Snapshot) -> None:
        """Settings are read with every connection."""

    # ---- trust

    def trusted_pem(self, service: str) -> str:
        """PEM of every authority that ``service`` (``fetch``) may trust now."""
        own = [
            c for c in self._rows.values() if c.trusted and (not c.trust_store or service in c.trust_store.split(","))
        ]
        return "".join(c.pem for c in own) + (self.builtin.pem if self._builtin_trusted(service) else "")

    def context(self, service: str, *, verify: bool) -> ssl.SSLContext:
        """A client context that checks chain and host name against the router's own trust, or nothing at all."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        pem = self.trusted_pem(service)
        if pem:
            context.load_verify_locations(cadata=pem)
        return context

    def _builtin_trusted(self, service: str) -> bool:
        settings = self._host.store.snapshot().single("/certificate/settings")
        if at_least(self._host.version, "7.21"):
            chosen = settings.get("builtin-trust-store")
            return chosen in _STORE_WITH_FETCH or service in chosen.split(",")
        # 7.19 and 7.20 know trusted and not-trusted, the latter being the default (exports of such routers)
        return at_least(self._host.version, BUILTIN_SINCE) and settings.get("builtin-trust-anchors") == "trusted"

    # ---- the menu

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return [(row.id, self._shown(row)) for row in self._rows.values()]

    def _shown(self, row: Certificate) -> dict[str, str]:
        shown = describe(self._host.version, row.certificate)
        shown.update({"name": row.name, "trusted": "true" if row.trusted else "false"})
        if row.trust_store:
            shown["trust-store"] = row.trust_store
        if _authority(row.certificate):
            shown["authority"] = "true"
        return shown

    def remove(self, ids: Sequence[int]) -> None:
        if not set(ids) <= set(self._rows):
            raise Trap("no such item", 0)
        for number in ids:
            del self._rows[number]

    async def _set(self, args: Mapping[str, str], caller: Caller) -> Reply:
        _require(caller, "write")
        chosen = [self._find(part) for part in (args.get(".id") or args.get("numbers") or "").split(",") if part]
        for name, text in args.items():
            if name in (".id", "numbers"):
                continue
            if name not in ("trusted", "name", "trust-store"):
                raise Trap("unknown parameter")
            for row in chosen:
                self._rows[row.id] = _changed(self._rows[row.id], name, text)
        return Reply()

    def _find(self, which: str) -> Certificate:
        number = parse_id(which)
        for row in self._rows.values():
            if row.id == number or row.name == which:
                return row
        raise Trap("no such item", 0)

    async def _import(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """From the contents of a row of /file. Imported authorities are trusted; the file goes from 7.15 (facts 10)."""
        _require(caller, "write")
        file_name = args.get("file-name", "")
        file = next((row for row in self._host.store.rows("/file") if row.get("name") == file_name), None)
        if not file_name or file is None:
            raise Trap("failure: file not found" if file_name else "missing =file-name=", 0)
        found = load_pem(file.get("contents"))
        for index, certificate in enumerate(found):
            trusted = args.get("trusted", "yes") in ("yes", "true")
            base = args.get("name") or f"{file_name}_"
            name = base if args.get("name") and len(found) == 1 else f"{base}{index}"
            self._rows[self._next] = Certificate(self._next, name, certificate, trusted, args.get("trust-store", ""))
            self._next += 1
        if at_least(self._host.version, "7.15"):
            self._host.store.remove("/file", [file.id])
        counts = {"certificates-imported": len(found), "private-keys-imported": 0, "files-imported": 1 if found else 0}
        failures = {"decryption-failures": 0, "keys-with-no-certificate": 0}
        return Reply(rows=({name: str(count) for name, count in {**counts, **failures}.items()},))


class Builtin:
    """``/certificate/builtin``, empty before 7.19."""

    def __init__(self, host: RouterHost, pem: str) -> None:
        self._host = host
        self._certificates = load_pem(pem) if at_least(host.version, BUILTIN_SINCE) else []

    @property
    def pem(self) -> str:
        return "".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in self._certificates)

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return [
            (number, {**describe(self._host.version, certificate), "name": _common_name(certificate.subject)})
            for number, certificate in enumerate(self._certificates, start=1)
        ]

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("no such command", 0)


def load_pem(text: str) -> list[x509.Certificate]:
    """The certificates in a PEM text; none when there is none."""
    return x509.load_pem_x509_certificates(text.encode()) if "BEGIN CERTIFICATE" in text else []


def describe(version: str, certificate: x509.Certificate) -> dict[str, str]:
    """Properties that both menus show."""
    return {
        "common-name": _common_name(certificate.subject),
        "issuer": certificate.issuer.rfc4514_string(),
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
        "serial-number": f"{certificate.serial_number:X}",
        "invalid-before": _moment(version, certificate.not_valid_before_utc),
        "invalid-after": _moment(version, certificate.not_valid_after_utc),
    }


def _moment(version: str, moment: datetime.datetime) -> str:
    return format_moment(version, moment.timestamp())


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _changed(row: Certificate, name: str, text: str) -> Certificate:
    if name == "trusted":
        return replace(row, trusted=text in ("yes", "true"))
    return replace(row, name=text) if name == "name" else replace(row, trust_store=text)


def _require(caller: Caller, policy: str) -> None:
    if not caller.may(policy):
        raise Trap("not enough permissions (9)")
