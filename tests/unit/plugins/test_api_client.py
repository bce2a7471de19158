# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against a peer that says prepared sentences. What a router says is tested in tests/lab."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from ansible_collections.multiwan.routeros.plugins.module_utils.api_client import Router, Target, connect
from ansible_collections.multiwan.routeros.plugins.module_utils.found import Found
from ansible_collections.multiwan.routeros.plugins.module_utils.router_api import Ask, RouterError, RouterTrap

Sentence = Sequence[str]


def encode(*words: str) -> bytes:
    encoded = [word.encode() for word in words]
    return b"".join(length(len(word)) + word for word in encoded) + b"\0"


def length(number: int) -> bytes:
    if number < 0x80:
        return bytes([number])
    if number < 0x4000:
        return (number | 0x8000).to_bytes(2, "big")
    assert number < 0x200000, "this peer knows no longer words"
    return (number | 0xC00000).to_bytes(3, "big")


class Together(list[Sentence]):
    """Said when ``to`` sentences have come in, not before."""

    def __init__(self, to: int, sentences: Sequence[Sentence]) -> None:
        super().__init__(sentences)
        self.to = to


class Peer:
    """Answers the n-th sentence with the n-th list of sentences, and remembers what it heard."""

    def __init__(self, answers: Sequence[Sequence[Sentence]]) -> None:
        self.heard: list[list[str]] = []
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as stream:
            for answer in self._answers:
                for _ in range(getattr(answer, "to", 1)):
                    self.heard.append(self._sentence(stream.read))
                connection.sendall(b"".join(encode(*words) for words in answer))

    @staticmethod
    def _sentence(read: Callable[[int], bytes]) -> list[str]:
        words = []
        while length := read(1)[0]:
            words.append(read(length).decode())
        return words

    def close(self) -> None:
        self._thread.join(timeout=60)
        self._listener.close()


@pytest.fixture
def peers() -> Iterator[list[Peer]]:
    started: list[Peer] = []
    yield started
    for peer in started:
        peer.close()


LOGIN = [["!done"]]


def logged_in(peers: list[Peer], *answers: Sequence[Sentence]) -> Router:
    peer = Peer([LOGIN, *answers])
    peers.append(peer)
    return connect(Target("127.0.0.1", peer.port, "multiwan", "secret", tls=False, timeout_s=2))


def test_login_is_plain(peers: list[Peer]) -> None:
    with logged_in(peers):
        assert peers[0].heard == [["/login", "=name=multiwan", "=password=secret"]]


def test_values_stay_text(peers: list[Peer]) -> None:
    answer = [["!re", "=.id=*1", "=name=yes", "=comment=007", "=scope=11", "=source=a=b=c", "=fib="], ["!done"]]
    with logged_in(peers, answer) as router:
        (found,) = router.rows("/routing/table")
    assert found.id == "*1"
    assert found.values == {"name": "yes", "comment": "007", "scope": "11", "source": "a=b=c", "fib": ""}


def test_no_rows_are_no_rows_also_when_the_router_says_so(peers: list[Peer]) -> None:
    with logged_in(peers, [["!empty"], ["!done"]]) as router:
        assert router.rows("/ip/route") == []


def test_only_some_properties_are_asked_for_but_always_whose_row_it_is(peers: list[Peer]) -> None:
    with logged_in(peers, [["!done"]]) as router:
        router.rows("/ip/route", ["gateway"])
    assert peers[0].heard[1] == ["/ip/route/print", "=.proplist=.id,comment,dynamic,gateway"]


def test_comments_are_utf_8(peers: list[Peer]) -> None:
    with logged_in(peers, [["!re", "=.id=*1", "=comment=Kantor Jalan Asia–Afrika"], ["!done"]]) as router:
        assert router.rows("/ip/route")[0].values["comment"] == "Kantor Jalan Asia–Afrika"


def test_an_add_says_where_and_learns_the_id(peers: list[Peer]) -> None:
    with logged_in(peers, [["!done", "=ret=*5"]]) as router:
        assert router.add("/ip/firewall/mangle", {"chain": "prerouting", "passthrough": "no"}, "*2") == "*5"
    assert peers[0].heard[1] == [
        "/ip/firewall/mangle/add", "=chain=prerouting", "=passthrough=no", "=place-before=*2",
    ]  # fmt: skip


def test_a_move_without_successor_goes_to_the_end(peers: list[Peer]) -> None:
    with logged_in(peers, [["!done"]]) as router:
        router.move("/ip/firewall/nat", "*5", None)
    assert peers[0].heard[1] == ["/ip/firewall/nat/move", "=numbers=*5"]


def test_a_trap_becomes_the_routers_own_words(peers: list[Peer]) -> None:
    answer = [["!trap", "=category=1", "=message=input does not match any value of interface", "=odd=x"], ["!done"]]
    with logged_in(peers, answer) as router, pytest.raises(RouterError) as caught:
        router.add("/ip/address", {"interface": "ether9"})
    assert caught.value.trap == "input does not match any value of interface"
    assert str(caught.value).startswith("/ip/address/add: the router says: ")


def test_a_connection_goes_on_after_a_trap(peers: list[Peer]) -> None:
    trap = [["!trap", "=message=no such item"], ["!done"]]
    with logged_in(peers, trap, [["!done"]]) as router:
        with pytest.raises(RouterError):
            router.remove("/ip/route", "*1")
        assert router.rows("/ip/route") == []


def test_a_broken_connection_is_said_so(peers: list[Peer]) -> None:
    with logged_in(peers) as router, pytest.raises(RouterError, match="the connection broke"):
        router.rows("/ip/route")


THREE = [Ask("/ip/route"), Ask("/ip/pool", ("name",)), Ask("/ip/hotspot")]


def test_several_prints_go_out_together_and_answers_are_told_apart_by_their_tags(peers: list[Peer]) -> None:
    answer = [
        ["!re", "=.id=*2", "=name=lan", ".tag=1"],
        ["!re", "=.id=*1", "=comment=.tag=1", ".tag=0"],
        ["!done", ".tag=1"],
        ["!re", "=.id=*3", ".tag=0"],
        ["!empty", ".tag=2"],
        ["!done", ".tag=2"],
        ["!done", ".tag=0"],
    ]
    with logged_in(peers, Together(3, answer)) as router:
        routes, pools, hotspots = router.tables(THREE)
    assert peers[0].heard[1:] == [
        ["/ip/route/print", ".tag=0"],
        ["/ip/pool/print", "=.proplist=.id,comment,dynamic,name", ".tag=1"],
        ["/ip/hotspot/print", ".tag=2"],
    ]
    assert routes == [Found("*1", {"comment": ".tag=1"}), Found("*3", {})]
    assert pools == [Found("*2", {"name": "lan"})]
    assert hotspots == []


def test_what_is_refused_of_several_is_the_routers_own_words_and_the_others_are_there(peers: list[Peer]) -> None:
    refusal = [["!trap", "=message=no such command prefix", ".tag=2"], ["!done", ".tag=2"]]
    answer = [*refusal, ["!done", ".tag=0"], ["!re", "=.id=*2", ".tag=1"], ["!done", ".tag=1"]]
    with logged_in(peers, Together(3, answer), [["!done"]]) as router:
        routes, pools, hotspots = router.tables(THREE)
        assert router.rows("/ip/route") == [], "the connection goes on"
    assert (routes, pools) == ([], [Found("*2", {})])
    assert isinstance(hotspots, RouterTrap)
    assert hotspots.trap == "no such command prefix"
    assert str(hotspots) == "/ip/hotspot/print: the router says: no such command prefix"


def test_an_end_that_is_said_twice_ends_one_answer(peers: list[Peer]) -> None:
    """Else the menu behind it would look empty, and its rows would be added again."""
    answer = [["!done", ".tag=0"], ["!done", ".tag=0"], ["!done", ".tag=2"], ["!re", "=.id=*2", ".tag=1"]]
    with logged_in(peers, Together(3, [*answer, ["!done", ".tag=1"]])) as router:
        assert router.tables(THREE) == [[], [Found("*2", {})], []]


def test_a_connection_that_breaks_among_several_names_the_first_that_was_not_answered(peers: list[Peer]) -> None:
    answer = Together(3, [["!done", ".tag=0"], ["!re", "=.id=*2", ".tag=1"]])
    with (
        logged_in(peers, answer) as router,
        pytest.raises(RouterError, match=r"^/ip/pool/print: the connection broke: the router closed the connection$"),
    ):
        router.tables(THREE)


def test_a_session_that_ends_among_several_is_said_so(peers: list[Peer]) -> None:
    with (
        logged_in(peers, Together(3, [["!fatal", "session terminated"]])) as router,
        pytest.raises(RouterError, match=r"^/ip/route/print: the router ended the session: session terminated$"),
    ):
        router.tables(THREE)


def test_a_router_is_not_given_everything_at_once(peers: list[Peer]) -> None:
    done = [["!done", f".tag={number}"] for number in range(20)]
    with logged_in(peers, Together(20, done), Together(5, done[:5])) as router:
        assert router.tables([Ask("/ip/route")] * 25) == [[]] * 25


@pytest.mark.parametrize("length", [0x7F, 0x80, 0x3FFF, 0x4000, 200_000])
def test_words_of_every_length_are_read(peers: list[Peer], length: int) -> None:
    comment = "x" * (length - len("=comment="))
    with logged_in(peers, [["!re", "=.id=*1", f"=comment={comment}", "=name=a"], ["!done"]]) as router:
        assert router.rows("/ip/route") == [Found("*1", {"comment": comment, "name": "a"})]


def test_a_refused_login_names_the_user_and_never_the_password(peers: list[Peer]) -> None:
    peer = Peer([[["!trap", "=message=invalid user name or password (6)"], ["!done"]]])
    peers.append(peer)
    with pytest.raises(RouterError, match=r"refused the login of user multiwan: invalid user name") as caught:
        connect(Target("127.0.0.1", peer.port, "multiwan", "secret", tls=False, timeout_s=2))
    assert "secret" not in str(caught.value)


def test_a_closed_port_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(RouterError, match=f"no connection to 127.0.0.1:{port}"):
        connect(Target("127.0.0.1", port, "multiwan", "secret", timeout_s=2))


def test_a_missing_ca_file_is_said_so(peers: list[Peer]) -> None:
    peer = Peer([])
    peers.append(peer)
    with pytest.raises(RouterError, match=r"the CA file /nowhere/ca\.pem does not exist"):
        connect(Target("127.0.0.1", peer.port, "u", "p", ca_file="/nowhere/ca.pem", timeout_s=2))


def test_a_target_does_not_show_its_password() -> None:
    assert "hunter22" not in repr(Target("h", 1, "u", "hunter22"))
