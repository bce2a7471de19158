# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""routeros-api (RouterOS-api on PyPI): pool, resources, queries, asynchronous calls, typed structures."""

import ssl

import routeros_api
from routeros_api import exceptions, query
from routeros_api.api_structure import BooleanField, IntegerField, StringField
from way import refused, tell, way

to = way()
login = {"username": to["user"], "password": to["password"]}


def pool(**more):
    given = {**login, "port": to["port"], "plaintext_login": True, **more}
    return routeros_api.RouterOsApiPool(to["host"], **given)


def over_tls():
    one = pool(port=to["ssl_port"], ssl_context=ssl.create_default_context(cafile=to["ca_file"]))
    try:
        return one.get_api().get_resource("/system/identity").get()[0]["name"]
    finally:
        one.disconnect()


def edit(api):
    lists = api.get_resource("/ip/firewall/address-list")
    new = [lists.add(list="rosapi", address=f"10.3.0.{n}", comment="Büro").done_message["ret"] for n in (1, 2, 3)]
    wanted = [query.OrQuery(query.IsEqualQuery("address", "10.3.0.1"), query.IsEqualQuery("address", "10.3.0.2"))]
    seen = {
        "by": sorted(row["address"] for row in lists.get(list="rosapi")),
        "detailed": lists.detailed_get(address="10.3.0.1")[0]["comment"],
        "either": sorted(row["address"] for row in lists.call("print", {}, additional_queries=wanted)),
        "count": lists.call("print", {"count-only": ""}, {"list": "rosapi"}).done_message,
        "id": lists.get(address="10.3.0.2")[0]["id"],
        "new": new,
    }
    lists.set(id=new[0], disabled="yes")
    waiting = [lists.get_async(address=f"10.3.0.{n}") for n in (1, 2, 3)]
    seen["async"] = [answer.get()[0]["disabled"] for answer in waiting]
    typed = api.get_resource(
        "/ip/firewall/address-list",
        {
            "id": StringField(),
            "disabled": BooleanField(),
            "address": StringField(),
            "list": StringField(),
            "dynamic": BooleanField(),
            "comment": StringField(),
            "creation-time": StringField(),
        },
    )
    seen["typed"] = [row["disabled"] for row in typed.get(list="rosapi")]
    for one in new:
        lists.remove(id=one)
    seen["none"] = len(lists.get(list="rosapi"))
    return seen


def main():
    connection = pool()
    api = connection.get_api()
    system = api.get_resource("/system/resource", {**{"cpu-count": IntegerField()}})
    seen = {"edit": edit(api), "cpu": api.get_binary_resource("/system/resource").get()[0]["cpu-count"].decode()}
    assert system is not None
    errors = (exceptions.RouterOsApiError,)
    seen["menu"] = refused(lambda: api.get_resource("/ip/bogus").get(), *errors)
    seen["missing"] = refused(lambda: api.get_resource("/ip/address").add(address="10.0.0.1/24"), *errors)
    seen["after"] = api.get_resource("/system/identity").get()[0]["name"]
    connection.disconnect()
    seen["tls"] = over_tls()
    seen["login"] = refused(lambda: pool(password="wrong").get_api(), *errors)
    return seen


def ping():
    connection = pool()
    try:
        asked = {"address": "192.168.1.1", "count": "3", "interval": "100ms"}
        return connection.get_api().get_resource("/").call("ping", asked)
    finally:
        connection.disconnect()


tell(ping() if to.get("ask") == "ping" else main())
