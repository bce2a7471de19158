# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.schema.expr import SchemaError, parse_type
from lab.values import BadValue, NoReferences
from lab.values.scalar import format_duration, parse_duration


class Rows:
    """Rows that values may point to."""

    known: Mapping[str, Mapping[str, str]] = {
        "/interface": {"ether1": "*1", "pppoe-out1": "*9", "pppoe-out2": "*A"},
        "/routing/table": {"main": "*0", "to-isp1": "*1"},
    }

    def resolve(self, menu: str, text: str) -> str | None:
        return next((name for name, number in self.known.get(menu, {}).items() if text in (name, number)), None)

    def begin_with(self, menu: str, text: str) -> int:
        return sum(name.startswith(text) for name in self.known.get(menu, {}))


def parse(kind: str, text: str) -> str:
    return parse_type(kind).parse(text, Rows())


@pytest.mark.parametrize(
    ("kind", "text", "printed"),
    [
        ("bool", "yes", "true"),
        ("bool", "false", "false"),
        ("presence", "no", ""),
        ("num(1, 255)", "0x10", "16"),
        ("time", "00:00:10", "10s"),
        ("time", "10", "10s"),
        ("time", "1w2d3h4m5s", "1w2d3h4m5s"),
        ("time", "1d00:00:10", "1d10s"),
        ("time", "90m", "1h30m"),
        ("time", "0", "0s"),
        ("time", "1500ms", "1s500ms"),
        ("or(enum(none), time)", "none", "none"),
        ("mac", "dc-2c-6e-81-cf-34", "DC:2C:6E:81:CF:34"),
        ("mac", "dc.2c.6e.81.cf.34", "DC:2C:6E:81:CF:34"),
        ("prefix", "10.1.2.3/8", "10.0.0.0/8"),
        ("prefix", "8.8.8.8", "8.8.8.8/32"),
        ("hostprefix", "192.168.1.2/24", "192.168.1.2/24"),
        ("hostprefix", "192.168.1.2/255.255.255.0", "192.168.1.2/24"),
        ("addresses", "8.8.8.8/32", "8.8.8.8"),
        ("addresses", "10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9"),
        ("neg(addresses)", "!192.168.0.77/16", "!192.168.0.0/16"),
        ("rate", "10M", "10000000"),
        ("pair(rate)", "10M/512k", "10000000/512000"),
        ("neg(pcc)", "both-addresses:4/0", "both-addresses:4/0"),
        ("neg(pcc)", "!src-address-and-port:2/1", "!src-address-and-port:2/1"),
        ("neg(list(port))", "80,443,1000-2000", "80,443,1000-2000"),
        ("protocol", "6", "tcp"),
        ("protocol", "254", "254"),
        ("list(gateway)", "192.168.1.1%ether1,10.0.0.1@to-isp1", "192.168.1.1%ether1,10.0.0.1@to-isp1"),
        ("gateway", "pppoe-out1", "pppoe-out1"),
        ("ref(/interface)", "*9", "pppoe-out1"),
        ("flags(read, write, test)", "test,read", "read,test"),
        ("date", "jan/31/2026", "2026-01-31"),
        ("neg(list(enum(new, related)))", "!new,related", "!new,related"),
    ],
)
def test_a_value_is_printed_in_its_canonical_form(kind: str, text: str, printed: str) -> None:
    assert parse(kind, text) == printed


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("bool", "1", "input does not match any value of x"),
        ("enum(a, b)", "c", "input does not match any value of x"),
        ("ref(/interface)", "ether9", "input does not match any value of x"),
        ("gateway", "192.168.1.1%ether9", "input does not match any value of x"),
        ("gateway", "ether9", "invalid value for argument x"),
        ("num(1, 255)", "256", "value of x out of range (1..255)"),
        ("num(1, 255)", "ten", "invalid value for argument x"),
        ("time(10s, 1d)", "1s", "value of x is out of range (00:00:10 .. 1d00:00:00)"),
        ("ip", "192.168.1.300", "invalid value for argument x"),
        ("prefix", "10.0.0.0/33", "invalid value for argument x"),
        ("iprange", "10.0.0.9-10.0.0.1", "invalid value for argument x"),
        ("pcc", "both-everything:2/0", "input does not match any value of x"),
        ("pcc", "both-addresses:0/0", "value of x out of range (1..4294967295)"),
        ("pcc", "both-addresses:2", "invalid value for argument x"),
        ("port", "70000", "value of x out of range (0..65535)"),
        ("list(mac)", "AA:BB:CC:DD:EE", "invalid value of x, mac address required"),
    ],
)
def test_a_bad_value_is_refused_in_the_routers_words(kind: str, text: str, words: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse(kind, text)
    assert caught.value.text("x") == words


@given(st.integers(min_value=0, max_value=10**15))
def test_a_duration_reads_back_as_itself(microseconds: int) -> None:
    assert parse_duration(format_duration(microseconds)) == microseconds


_KINDS = {
    "time": st.integers(0, 10**9).map(str),
    "prefix": st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(lambda p: f"{p[0]}/{p[1]}"),
    "addresses": st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(lambda p: f"{p[0]}/{p[1]}"),
    "pair(rate)": st.tuples(st.integers(0, 10**6), st.sampled_from("kMG")).map(lambda p: f"{p[0]}{p[1]}/{p[0]}"),
    "mac": st.binary(min_size=6, max_size=6).map(lambda raw: raw.hex("-")),
    "protocol": st.integers(0, 255).map(str),
    "group-policy": st.sets(st.sampled_from(["read", "write", "ftp", "api"])).map(",".join),
    "flags(a, b, c)": st.permutations(["a", "b", "c"]).map(",".join),
}


@given(st.sampled_from(sorted(_KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), _KINDS[kind])))
def test_what_is_printed_is_read_back_unchanged(case: tuple[str, str]) -> None:
    kind, text = case
    printed = parse(kind, text)
    assert parse(kind, printed) == printed


@given(st.text())
def test_no_text_breaks_a_type_in_another_way_than_refusal(text: str) -> None:
    for kind in (
        "bool",
        "num",
        "time",
        "mac",
        "prefix",
        "iprange",
        "neg(pcc)",
        "list(gateway)",
        "shape(limit)",
        "rate",
    ):
        try:
            parse(kind, text)
        except BadValue:
            continue


def test_a_renamed_row_is_followed_inside_lists_and_gateways() -> None:
    def to(menu: str, name: str) -> str:
        return "wan" if (menu, name) == ("/interface", "ether1") else name

    assert (
        parse_type("list(gateway)").rename("10.0.0.1%ether1,ether1,10.0.0.2@main", to)
        == "10.0.0.1%wan,wan,10.0.0.2@main"
    )
    assert parse_type("neg(ref(/interface))").rename("!ether1", to) == "!wan"
    assert parse_type("or(enum(all), ref(/interface))").rename("ether1", to) == "wan"
    assert parse_type("neg(string)").rename("ether1", to) == "ether1"


@pytest.mark.parametrize(
    "text", ["", "list", "list(bool", "num(1", "what", "bool)", "shape(no-such-shape)", "list(bool, num)"]
)
def test_a_type_expression_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(SchemaError):
        parse_type(text)


def test_without_rows_every_reference_is_unknown() -> None:
    with pytest.raises(BadValue):
        parse_type("ref(/interface)").parse("ether1", NoReferences())


@pytest.mark.parametrize("text", ["pppoe", "pppoe-out", "p", ""])
def test_a_beginning_that_several_rows_share_is_ambiguous(text: str) -> None:
    with pytest.raises(BadValue) as bad:
        parse("ref(/interface)", text)
    assert bad.value.text("interface") == "ambiguous value of interface, more than one possible value matches input"


def test_a_beginning_of_one_word_stands_for_it() -> None:
    assert parse("enum(accept, drop, masquerade)", "masq") == "masquerade"
    with pytest.raises(BadValue, match="ambiguous value"):
        parse("enum(mark-connection, mark-packet)", "mark")
    with pytest.raises(BadValue, match="does not match"):
        parse("enum(none)", "")


def test_a_beginning_of_one_row_does_not_stand_for_it() -> None:
    """Stricter than a router may be: a misspelt name must not pass."""
    with pytest.raises(BadValue, match="does not match"):
        parse("ref(/interface)", "ether")


def test_dates_before_7_10_are_printed_with_the_month_in_letters() -> None:
    assert parse("olddate", "Jan/1/2026") == "jan/01/2026"
    for text in ("2026-01-01", "foo/01/2026", "jan/32/2026"):
        with pytest.raises(BadValue):
            parse("olddate", text)


def test_a_bare_number_counts_microseconds_where_the_manual_says_so() -> None:
    assert parse("microtime(0s, 30s)", "500000") == "500ms"
    assert parse("microtime(0s, 30s)", "2s") == "2s"
    with pytest.raises(BadValue, match="out of range"):
        parse("microtime(0s, 30s)", "31000000")
