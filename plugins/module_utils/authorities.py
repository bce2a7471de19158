# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates of authorities that a router is given when it has none that vouches for the server of the messages."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----")
#: ``/file set contents`` of old versions takes 4095 characters.
MAX_PEM = 4000


@dataclass(frozen=True)
class Authority:
    """``pem``: one certificate, canonical. ``fingerprint``: SHA-256 of its bytes, hex, lower case."""

    pem: str
    fingerprint: str

    @property
    def file(self) -> str:
        """Name of its file on the router. The router calls the certificate after it, with a suffix."""
        return f"mw-ca-{self.fingerprint[:12]}"


def read_pem(text: str) -> tuple[Authority, ...]:
    """The certificates of a PEM text, each once, in its order. What stands between them is ignored.

    Raises ``ValueError`` when there is none, when one is none or too long for old versions, or when there is a key.
    """
    found: dict[str, Authority] = {}
    for kind, body in _BLOCK.findall(text):
        if kind != "CERTIFICATE":
            raise ValueError(f"a {kind.lower()} is no certificate")
        try:
            der = base64.b64decode("".join(body.split()), validate=True)
        except binascii.Error:
            raise ValueError("damaged") from None
        if not der.startswith(b"\x30\x82"):  # a sequence with a length of two bytes, as every certificate is
            raise ValueError("not a certificate")
        lines = re.findall(".{1,64}", base64.b64encode(der).decode("ascii"))
        pem = "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
        if len(pem) > MAX_PEM:
            raise ValueError("too long")
        fingerprint = hashlib.sha256(der).hexdigest()
        found[fingerprint] = Authority(pem, fingerprint)
    if not found or text.count("-----BEGIN ") != len(_BLOCK.findall(text)):
        raise ValueError("no certificate")
    return tuple(found.values())


#: Go Daddy Root Certificate Authority - G2, where the chain of api.telegram.org ends. Public; taken from Mozilla's list
#: (certifi 2026.10.18). Valid until the end of 2037.
#: SHA-256 45140b3247eb9cc8c5b4f0d7b53091f73292089e6e5a63e2749dd3aca9198eda, compared by a test.
GO_DADDY_G2 = read_pem(
    """
-----BEGIN CERTIFICATE-----
MIIDxTCCAq2gAwIBAgIBADANBgkqhkiG9w0BAQsFADCBgzELMAkGA1UEBhMCVVMx
EDAOBgNVBAgTB0FyaXpvbmExEzARBgNVBAcTClNjb3R0c2RhbGUxGjAYBgNVBAoT
EUdvRGFkZHkuY29tLCBJbmMuMTEwLwYDVQQDEyhHbyBEYWRkeSBSb290IENlcnRp
ZmljYXRlIEF1dGhvcml0eSAtIEcyMB4XDTA5MDkwMTAwMDAwMFoXDTM3MTIzMTIz
NTk1OVowgYMxCzAJBgNVBAYTAlVTMRAwDgYDVQQIEwdBcml6b25hMRMwEQYDVQQH
EwpTY290dHNkYWxlMRowGAYDVQQKExFHb0RhZGR5LmNvbSwgSW5jLjExMC8GA1UE
AxMoR28gRGFkZHkgUm9vdCBDZXJ0aWZpY2F0ZSBBdXRob3JpdHkgLSBHMjCCASIw
DQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAL9xYgjx+lk09xvJGKP3gElY6SKD
E6bFIEMBO4Tx5oVJnyfq9oQbTqC023CYxzIBsQU+B07u9PpPL1kwIuerGVZr4oAH
/PMWdYA5UXvl+TW2dE6pjYIT5LY/qQOD+qK+ihVqf94Lw7YZFAXK6sOoBJQ7Rnwy
DfMAZiLIjWltNowRGLfTshxgtDj6AozO091GB94KPutdfMh8+7ArU6SSYmlRJQVh
GkSBjCypQ5Yj36w6gZoOKcUcqeldHraenjAKOc7xiID7S13MMuyFYkMlNAJWJwGR
tDtwKj9useiciAF9n9T521NtYJ2/LOdYq7hfRvzOxBsDPAnrSTFcaUaz4EcCAwEA
AaNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYE
FDqahQcQZyi27/a9BUFuIMGU2g/eMA0GCSqGSIb3DQEBCwUAA4IBAQCZ21151fmX
WWcDYfF+OwYxdS2hII5PZYe096acvNjpL9DbWu7PdIxztDhC2gV7+AJ1uP2lsdeu
9tfeE8tTEH6KRtGX+rcuKxGrkLAngPnon1rpN5+r5N9ss4UXnT3ZJE95kTXWXwTr
gIOrmgIttRD02JDHBHNA7XIloKmf7J6raBKZV8aPEjoJpL1E/QYVN8Gb5DKj7Tjo
2GTzLH4U/ALqn83/B2gX2yKQOC16jdFU8WnjXzPKej17CuPKf1855eJ1usV2GDPO
LPAvTK33sefOT6jEm0pUBsV/fdUID+Ic/n4XuKxe9tQWskMJDE32p2u0mYRlynqI
4uJEvlz36hz1
-----END CERTIFICATE-----
"""
)
