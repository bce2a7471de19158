# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes in the variables of bootstrap: all at once, each with its place, before anything is sent."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.problems import BranchError
from ansible_collections.multiwan.routeros.plugins.plugin_utils import bootstrap_input

from tests.unit.plugins.bootstrap_router import arguments


def mistakes(variables: tuple[str, ...] = (), **changes: object) -> dict[str, str]:
    with pytest.raises(BranchError) as failure:
        bootstrap_input.read(arguments(**changes), name="jakarta", variables=variables)
    return {problem.path: str(problem) for problem in failure.value.problems}


def test_right_variables() -> None:
    order = bootstrap_input.read(arguments(), name="jakarta", variables=("multiwan_management", "ansible_host"))
    assert order.management == (IPv4Network("10.0.0.0/8"), IPv4Network("192.168.88.7/32"))
    assert order.names == ("10.1.2.3", "192.168.88.1", "jakarta")
    assert order.close == ("api", "telnet")
    assert order.password not in repr(order)


def test_any_is_a_word_of_its_own() -> None:
    order = bootstrap_input.read(arguments(management="any"), name="jakarta", variables=())
    assert order.management == ()
    assert bootstrap_input.covers(order.management, "203.0.113.5")


@pytest.mark.parametrize("value", [None, [], "", "10.0.0.0/8", {"any": True}])
def test_management_must_be_said(value: object) -> None:
    assert "the word any" in mistakes(management=value)["multiwan_management"]


@pytest.mark.parametrize("network", ["10.0.0.1/8", "0.0.0.0/0", "10.0.0.0/33", "any", "fd00::/8", 10, None])
def test_each_network_is_looked_at(network: object) -> None:
    assert list(mistakes(management=["10.0.0.0/8", network])) == ["multiwan_management[1]"]


def test_all_mistakes_come_together() -> None:
    found = mistakes(
        management=["10.0.0.1/8"],
        close_services=["ssh", "tlenet"],
        api_user="two words",
        api_password="short",
        api_tls=False,
        api_port=0,
        host="no name",
        user="",
        host_key="ssh-rsa nothing",
        accept_host_key="yes",
        certificate_days=7,
        variables=("multiwan_managment",),
    )
    assert set(found) == {
        "multiwan_managment",
        "multiwan_management[0]",
        "multiwan_close_services[0]",
        "multiwan_close_services[1]",
        "multiwan_api_user",
        "multiwan_api_password",
        "multiwan_api_tls",
        "multiwan_api_port",
        "multiwan_ssh_host",
        "multiwan_ssh_user",
        "multiwan_ssh_host_key",
        "multiwan_ssh_accept_host_key",
        "multiwan_certificate_days",
    }
    assert "did you mean multiwan_management?" in found["multiwan_managment"]
    assert "how bootstrap comes in" in found["multiwan_close_services[0]"]


@pytest.mark.parametrize("password", [None, "", "sevench", "line\nbreak here"])
def test_a_password_that_can_not_be_used_is_not_shown(password: object) -> None:
    found = mistakes(api_password=password)
    assert list(found) == ["multiwan_api_password"]
    assert "break here" not in str(found)
    assert "sevench" not in str(found)


def test_a_file_that_site_would_not_find_either_is_told_now() -> None:
    assert list(mistakes(api_ca_file="/nonexistent/ca.pem", ca_folder="/srv/ca")) == ["multiwan_api_ca_file"]
    own = bootstrap_input.read(
        arguments(api_ca_file="/srv/ca/ca.pem", ca_folder="/srv/ca"), name="jakarta", variables=()
    )
    assert own.user == "multiwan"


def test_the_user_of_ssh_is_never_the_one_that_gets_the_least_rights() -> None:
    assert "another user" in mistakes(api_user="admin", user="admin")["multiwan_api_user"]


@pytest.mark.parametrize(
    ("address", "inside"), [("10.200.1.1", True), ("192.168.88.7", True), ("192.168.88.8", False), ("fe80::1", False)]
)
def test_who_is_let_in(address: str, inside: bool) -> None:
    order = bootstrap_input.read(arguments(), name="jakarta", variables=())
    assert bootstrap_input.covers(order.management, address) is inside
