# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import librouteros
import librouteros.login
import pytest
from librouteros.exceptions import TrapError
from librouteros.query import Key

from lab.verbs import Caller, Reply

Serve = Callable[..., Awaitable[Any]]


async def test_login_with_the_right_password(serve: Serve) -> None:
    client = await (await serve()).raw(login=False)
    assert await client.ask("/login", "=name=admin", "=password=wrong") == [
        ("!trap", "=message=invalid user name or password (6)"),
        ("!done",),
    ]
    assert await client.ask("/login", "=name=admin", "=password=s3cret") == [("!done",)]
    assert (await client.ask("/system/identity/print"))[0] == ("!re", "=name=MikroTik")


async def test_without_login_every_command_ends_the_connection(serve: Serve) -> None:
    client = await (await serve()).raw(login=False)
    assert await client.ask("/system/identity/print") == [("!fatal", "not logged in")]
    assert await client.read() == ()


async def test_the_challenge_of_old_versions(serve: Serve) -> None:
    served = await serve("6.42", old_login=True)
    await asyncio.to_thread(
        lambda: librouteros.connect(
            "127.0.0.1", "admin", "s3cret", port=served.port, login_method=librouteros.login.token
        ).close()
    )
    with pytest.raises(TrapError):
        await asyncio.to_thread(
            lambda: librouteros.connect(
                "127.0.0.1", "admin", "wrong", port=served.port, login_method=librouteros.login.token
            )
        )


async def test_a_print_without_rows_says_so_from_7_18_on(serve: Serve) -> None:
    for version, expected in (("7.17", [("!done",)]), ("7.18", [("!empty",), ("!done",)])):
        client = await (await serve(version)).raw()
        assert await client.ask("/ip/address/print") == expected


async def test_a_trap_has_only_message_and_category(serve: Serve) -> None:
    client = await (await serve()).raw()
    assert await client.ask("/ip/address/remove", "=.id=*9", ".tag=a") == [
        ("!trap", "=category=0", "=message=no such item", ".tag=a"),
        ("!done", ".tag=a"),
    ]
    assert await client.ask("/nothing/print") == [
        ("!trap", "=category=0", "=message=no such command prefix"),
        ("!done",),
    ]


async def test_add_gives_the_id_and_get_the_value(serve: Serve) -> None:
    client = await (await serve()).raw()
    assert await client.ask("/ip/address/add", "=address=10.0.0.1/8", "=interface=ether1") == [("!done", "=ret=*1")]
    assert await client.ask("/ip/address/get", "=.id=*1", "=value-name=network") == [("!done", "=ret=10.0.0.0")]
    assert await client.ask("/ip/address/print", "=count-only=") == [("!done", "=ret=1")]
    assert await client.ask("/ip/address/print", "=.proplist=network", ".tag=q") == [
        ("!re", "=network=10.0.0.0", ".tag=q"),
        ("!done", ".tag=q"),
    ]


async def test_quit_says_farewell(serve: Serve) -> None:
    client = await (await serve()).raw()
    assert await client.ask("/quit") == [("!fatal", "session terminated on request")]
    assert await client.read() == ()


async def test_bytes_that_are_no_utf_8_are_kept(serve: Serve) -> None:
    client = await (await serve()).raw()
    latin = b"Modem f\xfcr Jakarta".decode("utf-8", "surrogateescape")
    await client.ask("/interface/ethernet/set", "=.id=ether1", f"=comment={latin}")
    rows = await client.ask("/interface/ethernet/print", "=.proplist=comment", "?name=ether1")
    assert rows[0] == ("!re", f"=comment={latin}")


async def test_rubbish_ends_the_connection(serve: Serve) -> None:
    served = await serve()
    client = await served.raw()
    client.writer.write(b"\xff\xff\xff\xff")
    assert (await client.read())[0] == "!fatal"
    assert await client.read() == ()
    assert await (await served.raw()).ask("/ip/address/print") == [("!empty",), ("!done",)]


async def _slow(args: Mapping[str, str], caller: Caller) -> Reply:
    await asyncio.sleep(30)
    return Reply()


async def test_tagged_commands_run_side_by_side_and_can_be_cancelled(serve: Serve) -> None:
    served = await serve()
    served.engine.actions["/tool", "fetch"] = _slow
    client = await served.raw()
    await client.send("/tool/fetch", "=url=x", ".tag=slow")
    assert await client.ask("/system/identity/print", ".tag=fast") == [
        ("!re", "=name=MikroTik", ".tag=fast"),
        ("!done", ".tag=fast"),
    ]
    await client.send("/cancel", "=tag=slow")
    assert await client.read() == ("!trap", "=category=2", "=message=interrupted", ".tag=slow")
    assert await client.read() == ("!done", ".tag=slow")
    assert await client.read() == ("!done",)


async def test_a_command_that_is_cancelled_in_the_same_breath_answers_too(serve: Serve) -> None:
    served = await serve()
    served.engine.actions["/tool", "fetch"] = _slow
    client = await served.raw()
    await asyncio.gather(client.send("/tool/fetch", "=url=x", ".tag=a"), client.send("/cancel"))
    assert await client.read() == ("!trap", "=category=2", "=message=interrupted", ".tag=a")


async def test_untagged_commands_are_answered_in_their_order(serve: Serve) -> None:
    client = await (await serve()).raw()
    for number in range(20):
        await client.send("/ip/firewall/address-list/add", "=list=l", f"=address=10.0.0.{number}")
    assert [await client.read() for _ in range(20)] == [("!done", f"=ret=*{n:X}") for n in range(1, 21)]


async def test_listen_streams_changes_until_it_is_cancelled(serve: Serve) -> None:
    client = await (await serve()).raw()
    await client.send("/ip/address/listen", ".tag=l")
    await client.ask("/system/identity/print", ".tag=x")  # the listener has begun when this is answered
    await client.send("/ip/address/add", "=address=10.0.0.1/8", "=interface=ether1", ".tag=w")
    await client.send("/ip/address/remove", "=.id=*1", ".tag=w")
    seen = [await client.read() for _ in range(4)]
    told = [sentence for sentence in seen if sentence[-1] == ".tag=l"]
    assert told[0][:2] == ("!re", "=.id=*1")
    assert "=address=10.0.0.1/8" in told[0]
    assert told[1] == ("!re", "=.id=*1", "=.dead=yes", ".tag=l")
    await client.send("/cancel", "=tag=l")
    assert await client.read() == ("!trap", "=category=2", "=message=interrupted", ".tag=l")


async def test_the_reply_of_a_write_waits_for_the_router_to_act(serve: Serve) -> None:
    served = await serve()
    gate = asyncio.Event()
    served.engine.after_write = gate.wait
    client = await served.raw()
    await client.send("/system/identity/set", "=name=x")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.reader.read(1), 0.1)
    gate.set()
    assert await client.read() == ("!done",)


async def test_a_client_that_hangs_up_stops_its_commands(serve: Serve) -> None:
    served = await serve()
    stopped = asyncio.Event()

    async def slow(args: Mapping[str, str], caller: Caller) -> Reply:
        try:
            await asyncio.sleep(30)
        finally:
            stopped.set()
        return Reply()

    served.engine.actions["/tool", "fetch"] = slow
    client = await served.raw()
    await client.send("/tool/fetch", "=url=x")
    await client.ask("/system/identity/print", ".tag=x")
    client.writer.close()
    await asyncio.wait_for(stopped.wait(), 25)


async def test_a_hundred_and_fifty_clients_at_once(serve: Serve) -> None:
    served = await serve()

    async def one(number: int) -> tuple[str, ...]:
        client = await served.raw()
        done = await client.ask("/ip/firewall/address-list/add", "=list=l", f"=address=10.0.0.{number}")
        rows = await client.ask("/ip/firewall/address-list/print", f"?address=10.0.0.{number}", "=.proplist=address")
        assert done[0][0] == "!done"
        return rows[0]

    seen = await asyncio.gather(*(one(number) for number in range(150)))
    assert list(seen) == [("!re", f"=address=10.0.0.{number}") for number in range(150)]


def _foreign_client(port: int, context: ssl.SSLContext | None) -> list[dict[str, Any]]:
    """What a user of librouteros does: add, read by query, change, order, remove, be refused."""
    extra: dict[str, Any] = {"ssl_wrapper": context.wrap_socket} if context is not None else {}
    api = librouteros.connect("127.0.0.1", "admin", "s3cret", port=port, encoding="utf-8", **extra)
    mangle = api.path("ip", "firewall", "mangle")
    first = mangle.add(chain="prerouting", action="accept", comment="café")
    second = mangle.add(chain="prerouting", action="passthrough", **{"place-before": first})
    mangle.update(**{".id": second, "disabled": True})
    disabled = Key("disabled")
    chosen = [row[".id"] for row in mangle.select(Key(".id")).where(disabled == True)]  # noqa: E712
    assert chosen == [second]
    with pytest.raises(TrapError, match="unknown parameter"):
        mangle.add(chain="prerouting", colour="red")
    rows = list(mangle)
    mangle.remove(first, second)
    assert list(mangle) == []
    api.close()
    return rows


async def test_a_foreign_client_over_tcp(serve: Serve) -> None:
    rows = await asyncio.to_thread(_foreign_client, (await serve()).port, None)
    assert [row["action"] for row in rows] == ["passthrough", "accept"]
    assert rows[1]["comment"] == "café"


async def test_a_foreign_client_over_tls(serve: Serve, certificate: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.check_hostname = False
    served = await serve(context=server)
    rows = await asyncio.to_thread(_foreign_client, served.port, trusting)
    assert [row["action"] for row in rows] == ["passthrough", "accept"]
    doubting = ssl.create_default_context()
    doubting.check_hostname = False
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(_foreign_client, served.port, doubting)
