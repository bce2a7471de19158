# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/certificate``: what the router trusts when it opens TLS connections, and shows on its own (facts 5.2)."""

from __future__ import annotations

import itertools
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from lab.router.services import pemfile
from lab.router.services.base import RouterHost, at_least
from lab.schema.snapshot import Snapshot
from lab.store import Trap, format_id, parse_id
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
    #: PEM of its private key, "" when the router has none
    key_pem: str = field(default="", repr=False)

    def serves(self, service: str) -> bool:
        return self.trusted and (not self.trust_store or service in self.trust_store.split(","))

    @property
    def pem(self) -> str:
        return _pem(self.certificate)


@dataclass(frozen=True)
class Shown:
    """What a TLS server needs: the certificate with those between it and its root, and the private key; both PEM."""

    chain_pem: str
    key_pem: str = field(repr=False)


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
        engine.actions["/certificate", "remove"] = self._remove

    async def start(self) -> None:
        """Nothing runs here."""

    async def stop(self) -> None:
        """Nothing runs here."""

    def refresh(self, snapshot: Snapshot) -> None:
        """Settings are read with every connection."""

    # ---- trust

    def trusted_pem(self, service: str) -> str:
        """PEM of every authority that ``service`` (``fetch``) may trust now."""
        own = [row for row in self._rows.values() if row.serves(service)]
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

    # ---- the router's own certificates

    def shown(self, name: str) -> Shown | None:
        """For a service with ``certificate=name``: None when there is no such certificate, or no key for it."""
        row = next((row for row in self._rows.values() if row.name == name and row.key_pem), None)
        if row is None:
            return None
        chain = pemfile.chain(row.certificate, [other.certificate for other in self._rows.values()])
        return Shown("".join(map(_pem, chain)), row.key_pem)

    def install(self, name: str, certificate_pem: str, key_pem: str) -> None:
        """A certificate that the router has from the start."""
        (certificate,) = pemfile.load(certificate_pem)
        self._keep(name, certificate, trusted=False)
        self._give_key(key_pem)

    # ---- the menu

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        return [(row.id, self._shown(row)) for row in self._rows.values()]

    def _shown(self, row: Certificate) -> dict[str, str]:
        shown = pemfile.describe(self._host.version, row.certificate)
        shown |= pemfile.describe_more(row.certificate, self._host.clock())
        shown |= {"name": row.name, "trusted": "true" if row.trusted else "false"}
        if row.key_pem:
            shown["private-key"] = "true"
        if row.trust_store:
            shown["trust-store"] = row.trust_store
        if pemfile.is_authority(row.certificate):
            shown["authority"] = "true"
        return shown

    def remove(self, ids: Sequence[int]) -> None:
        if not set(ids) <= set(self._rows):
            raise Trap("no such item", 0)
        for number in ids:
            gone = self._rows.pop(number)
            self._host.store.renamed("/certificate", gone.name, format_id(number))

    async def _remove(self, args: Mapping[str, str], caller: Caller) -> Reply:
        _require(caller, "write")
        if set(args) - {".id", "numbers"}:
            raise Trap("unknown parameter")
        self.remove([row.id for row in self._chosen(args)])
        return Reply()

    async def _set(self, args: Mapping[str, str], caller: Caller) -> Reply:
        _require(caller, "write")
        chosen = self._chosen(args)
        for name, text in args.items():
            if name in (".id", "numbers"):
                continue
            if name not in ("trusted", "name", "trust-store"):
                raise Trap("unknown parameter")
            for row in chosen:
                if name == "name":
                    self._rename(row, text)
                self._rows[row.id] = _changed(self._rows[row.id], name, text)
        return Reply()

    def _rename(self, row: Certificate, name: str) -> None:
        """What points to it follows. The words of the refusal are unsure."""
        if not name:
            raise Trap("invalid value for argument name", 1)
        if any(other.name == name and other.id != row.id for other in self._rows.values()):
            raise Trap("failure: certificate with the same name already exists")
        self._host.store.renamed("/certificate", row.name, name)

    def _chosen(self, args: Mapping[str, str]) -> list[Certificate]:
        return [self._find(part) for part in (args.get(".id") or args.get("numbers") or "").split(",") if part]

    def _find(self, which: str) -> Certificate:
        number = parse_id(which)
        for row in self._rows.values():
            if row.id == number or row.name == which:
                return row
        raise Trap("no such item", 0)

    async def _import(self, args: Mapping[str, str], caller: Caller) -> Reply:
        """From the contents of a row of /file. What is imported is trusted; the file goes from 7.15 on (facts 10).

        A certificate that is there already is not imported again, and not counted (seen in guides that import a file
        twice). A private key goes to the certificate whose key it is, of this file or imported before; one without a
        certificate is not kept. The counters are those that a router prints.
        """
        _require(caller, "write")
        file_name = args.get("file-name", "")
        file = next((row for row in self._host.store.rows("/file") if row.get("name") == file_name), None)
        if not file_name:
            raise Trap("missing =file-name=", 0)
        if file is None:
            raise Trap("input does not match any value of file-name", 1)
        found = pemfile.read(file.get("contents"), args.get("passphrase", ""))
        trusted = args.get("trusted", "yes") in ("yes", "true")
        known = {row.certificate for row in self._rows.values()}
        new = [c for c in dict.fromkeys(found.certificates) if c not in known]
        for certificate in new:
            alone = args.get("name") if len(found.certificates) == 1 else None
            name = self._free_name(alone or "", args.get("name") or f"{file_name}_")
            self._keep(name, certificate, trusted=trusted, trust_store=args.get("trust-store", ""))
        kept = [self._give_key(key) for key in found.keys]
        if at_least(self._host.version, "7.15"):
            self._host.store.remove("/file", [file.id])
        counts = {
            "certificates-imported": len(new),
            "private-keys-imported": kept.count(True),
            "files-imported": 1 if found.certificates or found.keys else 0,
            "decryption-failures": found.undecrypted,
            "keys-with-no-certificate": kept.count(False),
        }
        return Reply(rows=({name: str(count) for name, count in counts.items()},))

    def _free_name(self, wanted: str, base: str) -> str:
        """``wanted`` or, where that is empty or taken, ``base`` with the first number that is free."""
        taken = {row.name for row in self._rows.values()}
        numbered = (f"{base}{number}" for number in itertools.count())
        return next(
            name
            for name in (*([wanted] if wanted else []), *itertools.islice(numbered, len(taken) + 1))
            if name not in taken
        )

    def _keep(self, name: str, certificate: x509.Certificate, *, trusted: bool, trust_store: str = "") -> None:
        self._rows[self._next] = Certificate(self._next, name, certificate, trusted, trust_store)
        self._next += 1

    def _give_key(self, key_pem: str) -> bool:
        """To every row that it belongs to; False when there is none."""
        owners = [row for row in self._rows.values() if pemfile.belongs(row.certificate, key_pem)]
        for row in owners:
            self._rows[row.id] = replace(row, key_pem=key_pem)
        return bool(owners)


class Builtin:
    """``/certificate/builtin``, empty before 7.19."""

    def __init__(self, host: RouterHost, pem: str) -> None:
        self._host = host
        self._certificates = pemfile.load(pem) if at_least(host.version, BUILTIN_SINCE) else []

    @property
    def pem(self) -> str:
        return "".join(map(_pem, self._certificates))

    def rows(self) -> Sequence[tuple[int, Mapping[str, str]]]:
        described = [(c, pemfile.describe(self._host.version, c)) for c in self._certificates]
        return [
            (number, {**shown, "name": pemfile.common_name(certificate.subject)})
            for number, (certificate, shown) in enumerate(described, start=1)
        ]

    def remove(self, ids: Sequence[int]) -> None:
        raise Trap("no such command", 0)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _changed(row: Certificate, name: str, text: str) -> Certificate:
    if name == "trusted":
        return replace(row, trusted=text in ("yes", "true"))
    return replace(row, name=text) if name == "name" else replace(row, trust_store=text)


def _require(caller: Caller, policy: str) -> None:
    if not caller.may(policy):
        raise Trap("not enough permissions (9)")
