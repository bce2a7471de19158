# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""librouteros: what its documentation shows, over plain API and TLS, blocking and asyncio."""

import asyncio
import ssl

from librouteros import async_connect, connect
from librouteros.exceptions import FatalError, LibRouterosError, MultiTrapError, TrapError
from librouteros.query import And, Key, Or
from way import refused, tell, way

to = way()
LISTS = ("ip", "firewall", "address-list")
login = {"username": to["user"], "password": to["password"], "host": to["host"], "encoding": "utf-8"}


def context():
    return ssl.create_default_context(cafile=to["ca_file"])


def rows(api, *path, where=()):
    return list(api.path(*path).select().where(*where)) if where else list(api.path(*path))


def over_tls():
    wrap = context()
    api = connect(
        **login, port=to["ssl_port"], ssl_wrapper=lambda raw: wrap.wrap_socket(raw, server_hostname=to["host"])
    )
    try:
        return next(iter(api.path("system", "identity")))["name"]
    finally:
        api.close()


def edit(api):
    lists = api.path(*LISTS)
    new = [lists.add(list="clients", address=f"10.1.0.{n}", comment=f"Büro {n} \u2013 ruang") for n in (1, 2, 3)]
    address, name, number = Key("address"), Key("list"), Key(".id")
    seen = {"ids": new, "first": list(lists.select(number, address, Key("comment")).where(number == new[0]))}
    seen["either"] = list(
        lists.select(address).where(And(name == "clients", Or(address == "10.1.0.1", address == "10.1.0.3")))
    )
    seen["others"] = list(lists.select(address).where(name == "clients", address != "10.1.0.1"))
    seen["within"] = list(lists.select(address).where(address.In("10.1.0.2", "10.1.0.9")))
    lists.update(**{".id": new[0], "disabled": True, "timeout": "1h"})
    seen["changed"] = list(lists.select().where(number == new[0]))
    seen["twice"] = refused(lambda: lists.add(list="clients", address="10.1.0.2"), TrapError)
    lists.remove(*new)
    seen["left"] = list(lists.select().where(name == "clients"))
    seen["gone"] = refused(lambda: lists.remove(new[0]), TrapError)
    return seen


def mistakes(api):
    return {
        "menu": refused(lambda: list(api.path("ip", "bogus")), TrapError),
        "command": refused(lambda: list(api("/ip/address/bogus")), TrapError),
        "argument": refused(lambda: api.path("ip", "address").add(bogus="1"), TrapError),
        "missing": refused(lambda: api.path("ip", "address").add(address="10.2.0.1/24"), TrapError),
        "value": refused(lambda: api.path("ip", "address").add(address="x", interface="ether1"), TrapError),
        "after": next(iter(api.path("system", "identity")))["name"],
    }


async def side_by_side():
    api = await async_connect(**login, port=to["port"])
    try:
        seen = {"names": sorted([row["name"] async for row in api.path("interface")])}
        seen["pings"] = [row async for row in api("/ping", address="192.168.1.1", count="2", interval="200ms")]
        return seen
    finally:
        await api.close()


def configuration(api):
    config = api.config()
    text = config.export(terse=True)
    candidate = '/ip/firewall/address-list\nadd address=10.7.7.7 list=imported comment="from a file"\n'
    config.validate(candidate)
    before = [row["address"] for row in rows(api, *LISTS) if row["list"] == "imported"]
    config.apply(candidate)
    after = [row[".id"] for row in rows(api, *LISTS) if row["list"] == "imported"]
    api.path(*LISTS).remove(*after)
    wrong = refused(lambda: config.validate("/ip/firewall/address-list\nadd bogus=1\n"), TrapError, MultiTrapError)
    left = [row["name"] for row in rows(api, "file") if "librouteros" in row["name"]]
    return {"text": text, "dry": before, "applied": len(after), "wrong": wrong, "left": left}


def main():
    ask = to.get("ask", "api")
    api = connect(**login, port=to["port"])
    try:
        if ask == "config":
            return configuration(api)
        seen = {
            "identity": next(iter(api.path("system", "identity"))),
            "resource": next(iter(api.path("system", "resource"))),
        }
        seen["edit"], seen["mistakes"] = edit(api), mistakes(api)
    finally:
        api.close()
    bad = {**login, "password": "wrong"}
    seen["login"] = refused(lambda: connect(**bad, port=to["port"]), LibRouterosError, FatalError)
    seen["tls"], seen["async"] = over_tls(), asyncio.run(side_by_side())
    return seen


tell(main())
