# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch against real servers on the loopback (facts 5.1, 5.2). Texts that facts.md marks unsure are not asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.verbs import Caller, Reply, Trap
from tests.unit.lab.services.rig import ADMIN, Rig
from tests.unit.lab.services.web import Authority, answer, serve

ROOT = Authority()


async def fetch(rig: Rig, url: str, caller: Caller = ADMIN, **args: str) -> Reply:
    return await rig.call("/tool", "fetch", caller, url=url, **{"output": "user", **args})


@pytest.mark.parametrize(
    ("version", "words"),
    [("7.22", "failure: Status 404, Not Found"), ("7.21.3", "Fetch failed with status 404")],
)
async def test_a_bad_status_is_an_error_in_the_words_of_the_version(version: str, words: str) -> None:
    async with serve() as web:
        with pytest.raises(Trap) as caught:
            await fetch(Rig(version), f"http://127.0.0.1:{web.port}/nope")
    assert caught.value.message == words


async def test_data_comes_back_as_text() -> None:
    async with serve() as web:
        web.answers["/x?a=1"] = answer("200 OK", b'{"ok":true}')
        row = (await fetch(Rig(), f"http://127.0.0.1:{web.port}/x?a=1")).rows[0]
    assert (row["status"], row["data"]) == ("finished", '{"ok":true}')
    assert (web.seen[0].method, web.seen[0].target) == ("GET", "/x?a=1")


async def test_http_data_is_posted_as_a_form_unless_a_header_says_otherwise() -> None:
    async with serve() as web:
        web.answers["/"] = answer("200 OK")
        url = f"http://127.0.0.1:{web.port}/"
        await fetch(Rig(), url, http_data="a=%20é")
        await fetch(Rig(), url, http_data="{}", http_header_field="Content-Type: application/json,X-List: 1\\,2")
    first, second = web.seen
    assert (first.method, first.body) == ("POST", "a=%20é".encode())
    assert first.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (second.headers["Content-Type"], second.headers["X-List"]) == ("application/json", "1,2")


async def test_output_none_gives_no_data_and_no_file() -> None:
    async with serve() as web:
        web.answers["/sendMessage"] = answer("200 OK", b"secret")
        rig = Rig()
        row = (await fetch(rig, f"http://127.0.0.1:{web.port}/sendMessage", output="none")).rows[0]
    assert "data" not in row
    assert await rig.rows("/file") == []


async def test_the_default_output_fills_the_flash() -> None:
    async with serve() as web:
        web.answers["/bot1/sendMessage"] = answer("200 OK", b"{}")
        rig = Rig()
        await rig.call("/tool", "fetch", url=f"http://127.0.0.1:{web.port}/bot1/sendMessage")
    assert [(row["name"], row["contents"]) for row in await rig.rows("/file")] == [("sendMessage", "{}")]


async def test_chunked_answers_are_joined() -> None:
    async with serve() as web:
        chunks = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        web.answers["/"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
        row = (await fetch(Rig(), f"http://127.0.0.1:{web.port}/")).rows[0]
    assert row["data"] == "abcde"


async def test_redirects_are_followed_as_often_as_allowed() -> None:
    async with serve() as web:
        web.answers["/a"] = answer("302 Found", b"", "Location: /b")
        web.answers["/b"] = answer("200 OK", b"there")
        url = f"http://127.0.0.1:{web.port}/a"
        with pytest.raises(Trap):
            await fetch(Rig(), url)
        row = (await fetch(Rig(), url, http_max_redirect_count="1")).rows[0]
    assert row["data"] == "there"


async def test_a_silent_server_ends_in_a_timeout() -> None:
    async with serve() as web:
        web.answers["/"] = None
        with pytest.raises(Trap, match="failure"):
            await fetch(Rig(), f"http://127.0.0.1:{web.port}/", idle_timeout="100ms")


async def test_data_over_64_kib_is_refused_before_anything_is_sent() -> None:
    async with serve() as web:
        web.answers["/"] = answer("200 OK")
        url = f"http://127.0.0.1:{web.port}/"
        await fetch(Rig(), url, http_data="x" * 65_536)
        with pytest.raises(Trap):
            await fetch(Rig(), url, http_data="x" * 65_537)
    assert len(web.seen) == 1


async def test_nobody_listening_is_a_failure() -> None:
    async with serve() as web:
        port = web.port
    with pytest.raises(Trap, match="failure"):
        await fetch(Rig(), f"http://127.0.0.1:{port}/")


# ---- TLS


@pytest.mark.parametrize("check", ["yes", "yes-without-crl"])
async def test_an_authority_that_is_not_trusted_is_refused(tmp_path: Path, check: str) -> None:
    async with serve(ROOT.server("127.0.0.1", tmp_path)) as web:
        web.answers["/"] = answer("200 OK")
        with pytest.raises(Trap) as caught:
            await fetch(Rig(), f"https://127.0.0.1:{web.port}/", check_certificate=check)
    assert caught.value.message == "failure: SSL: ssl: no trusted CA certificate found (6)"
    assert web.seen == []


async def test_by_default_no_certificate_is_checked(tmp_path: Path) -> None:
    async with serve(ROOT.server("other.example", tmp_path)) as web:
        web.answers["/"] = answer("200 OK", b"x")
        assert (await fetch(Rig(), f"https://127.0.0.1:{web.port}/")).rows[0]["data"] == "x"


async def test_the_builtin_authorities_are_trusted_from_7_21(tmp_path: Path) -> None:
    async with serve(ROOT.server("127.0.0.1", tmp_path)) as web:
        web.answers["/"] = answer("200 OK", b"x")
        url = f"https://127.0.0.1:{web.port}/"
        for version, works in (("7.22", True), ("7.21", True), ("7.20", False), ("7.18", False)):
            rig = Rig(version, trusted_ca_pem=ROOT.pem)
            if works:
                assert (await fetch(rig, url, check_certificate="yes")).rows[0]["data"] == "x"
            else:
                with pytest.raises(Trap, match="no trusted CA"):
                    await fetch(rig, url, check_certificate="yes")


async def test_the_builtin_store_can_be_closed_for_fetch(tmp_path: Path) -> None:
    async with serve(ROOT.server("127.0.0.1", tmp_path)) as web:
        rig = Rig(trusted_ca_pem=ROOT.pem)
        await rig.call("/certificate/settings", "set", builtin_trust_store="email,dns")
        with pytest.raises(Trap, match="no trusted CA"):
            await fetch(rig, f"https://127.0.0.1:{web.port}/", check_certificate="yes")


async def test_an_imported_authority_counts_while_it_is_trusted(tmp_path: Path) -> None:
    async with serve(ROOT.server("127.0.0.1", tmp_path)) as web:
        web.answers["/"] = answer("200 OK", b"x")
        url = f"https://127.0.0.1:{web.port}/"
        rig = Rig()
        await rig.call("/file", "add", name="root.pem", contents=ROOT.pem)
        counts = (await rig.call("/certificate", "import", file_name="root.pem", passphrase="")).rows[0]
        assert counts["certificates-imported"] == "1"
        assert (await fetch(rig, url, check_certificate="yes")).rows[0]["data"] == "x"
        await rig.call("/certificate", "set", **{".id": "root.pem_0", "trusted": "no"})
        with pytest.raises(Trap, match="no trusted CA"):
            await fetch(rig, url, check_certificate="yes")


async def test_the_name_in_the_certificate_must_be_the_one_asked_for(tmp_path: Path) -> None:
    async with serve(ROOT.server("api.telegram.org", tmp_path)) as web:
        web.answers["/"] = answer("200 OK", b"x")
        rig = Rig(trusted_ca_pem=ROOT.pem)
        await rig.call("/ip/dns/static", "add", name="api.telegram.org", address="127.0.0.1")
        good = f"https://api.telegram.org:{web.port}/"
        assert (await fetch(rig, good, check_certificate="yes")).rows[0]["data"] == "x"
        with pytest.raises(Trap, match="failure: SSL: ssl: name verification failed"):
            await fetch(rig, f"https://127.0.0.1:{web.port}/", check_certificate="yes")


async def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    async with serve(ROOT.server("127.0.0.1", tmp_path, expired=True)) as web:
        with pytest.raises(Trap, match="failure: SSL"):
            await fetch(Rig(trusted_ca_pem=ROOT.pem), f"https://127.0.0.1:{web.port}/", check_certificate="yes")


# ---- permissions, secrets, scripts


async def test_fetch_needs_test_and_for_a_file_ftp() -> None:
    async with serve() as web:
        web.answers["/"] = answer("200 OK", b"x")
        url = f"http://127.0.0.1:{web.port}/"
        event = Caller("*sys", frozenset({"read", "write", "test", "reboot"}), "netwatch")
        assert (await fetch(Rig(), url, event, output="none")).rows
        with pytest.raises(Trap, match="not enough permissions"):
            await fetch(Rig(), url, event, output="file")
        with pytest.raises(Trap, match="not enough permissions"):
            await fetch(Rig(), url, Caller("u", frozenset({"read", "write"}), "api"))


async def test_the_token_in_a_url_appears_in_no_log_line_and_in_no_error() -> None:
    rig = Rig()
    async with serve() as web:
        url = f"http://127.0.0.1:{web.port}/bot123:SECRET/sendMessage"
        source = f':onerror e in={{ /tool/fetch url="{url}" output=none }} do={{ :log error $e }}'
        await rig.services.interpreter.run(source, caller=ADMIN)
    assert rig.messages == [("script,error", "failure: Status 404, Not Found")]


async def test_a_script_reads_the_answer() -> None:
    rig = Rig()
    source = (
        ':local r [/tool/fetch url="http://127.0.0.1:{port}/" http-method=post http-data=("text=" . '
        '[:convert to=url "a b"]) output=user as-value]; :put ($r->"status"); '
        ':put ([:deserialize from=json ($r->"data")]->"ok")'
    )
    async with serve() as web:
        web.answers["/"] = answer("200 OK", b'{"ok":true}')
        printed = await rig.services.console(source.replace("{port}", str(web.port)), ADMIN)
    assert printed == "finished\ntrue"
    assert web.seen[0].body == b"text=a%20b"
