import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, StoreError
from jwtgate.stores.jwks.fetch import Fetcher
from jwtgate.stores.jwks.leash import Leash
from jwtgate.stores.jwks.source import Fetched
from tests.stores.jwks.provider import (
    KEYS,
    Provider,
    document,
    jwk,
    provider,
    raw,
    redirects,
    says,
    trusting,
)

A = jwk("ES256", kid="a")
MAX_OCTETS = 10_000


def fetch(url: str, *, seconds: float = 5, **fields: Any) -> Fetched:
    """Fetch a document, by http too."""
    fetcher = Fetcher(**{"max_octets": MAX_OCTETS, "allow_http": True, **fields})
    with Leash(seconds) as leash:
        return fetcher.get(url, leash)


def refusal(url: str, **fields: Any) -> str:
    """Tell why a document cannot be had."""
    with pytest.raises(StoreError) as caught:
        fetch(url, **fields)
    assert caught.value.__cause__ is None
    return str(caught.value)


# What it asks for


def test_a_document_is_fetched() -> None:
    """As it is."""
    with provider(A) as there:
        assert fetch(there.url + KEYS) == Fetched(document(A))
    assert there.asked == [KEYS]


def test_a_query_is_sent() -> None:
    """Some providers have one."""
    with provider() as there:
        there.answers["/k?p=1"] = says(b"{}")
        assert fetch(f"{there.url}/k?p=1").octets == b"{}"


def test_it_asks_for_json_unpacked() -> None:
    """And sends nothing that was not meant."""
    with provider(A) as there:
        fetch(there.url + KEYS)
        assert set(there.seen) == {"Host", "Accept", "Accept-Encoding", "User-Agent"}
        assert there.seen["Accept-Encoding"] == "identity"


def test_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who sets a variable does not choose whose keys are trusted."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with provider(A) as there:
        assert fetch(there.url + KEYS).octets == document(A)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=15", 15),
        ("public, max-age=15, stale-while-revalidate=15", 15),
        ("Public,MAX-AGE=7", 7),
        ('max-age="60"', 60),
        ("no-cache", None),
        ("s-maxage=5", None),
        ("x-max-age=5", None),
        ("max-age=-1", None),
        ("max-age=", None),
        ("max-age=" + "9" * 5000, None),
        ("", None),
    ],
)
def test_max_age_is_read(header: str, seconds: float | None) -> None:
    """RFC 9111 section 5.2.2.1; what is none is as if it were not there."""
    with provider() as there:
        there.publish(A, Cache_Control=header)
        assert fetch(there.url + KEYS).max_age == seconds


def test_an_address_of_ipv6_is_a_host() -> None:
    """In brackets, once: servers answer 400 to any other."""
    said: list[bytes] = []
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError as error:
        pytest.skip(f"this machine has no ::1: {error}")
    with listening:
        listening.settimeout(10)

        def serve() -> None:
            with listening.accept()[0] as connection:
                said.append(connection.recv(9999))
                connection.sendall(HEAD + b"\r\n{}")

        thread = Thread(target=serve)
        thread.start()
        where = f"[::1]:{listening.getsockname()[1]}"
        assert fetch(f"http://{where}/").octets == b"{}"
        thread.join()
    assert f"\r\nHost: {where}\r\n".encode() in said[0]


# What it takes


@pytest.mark.parametrize("status", [201, 204, 304, 400, 401, 404, 429, 500, 503])
def test_only_200_is_a_document(status: int) -> None:
    """Whatever else is said is not read."""
    with provider() as there:
        there.answers[KEYS] = says(b"" if status in (204, 304) else b"{}", status)
        assert refusal(there.url + KEYS) == f"the answer has status {status}"


def test_a_redirect_without_a_place_is_no_document() -> None:
    """It has a status like others."""
    with provider() as there:
        there.answers[KEYS] = says(b"", 302)
        assert refusal(there.url + KEYS) == "the answer has status 302"


@pytest.mark.parametrize("length", [MAX_OCTETS, MAX_OCTETS + 1])
def test_a_document_has_a_bound(length: int) -> None:
    """In octets."""
    with provider() as there:
        there.answers[KEYS] = says(b"x" * length)
        if length == MAX_OCTETS:
            assert len(fetch(there.url + KEYS).octets) == length
        else:
            assert "more than 10000 octets" in refusal(there.url + KEYS)


HEAD = b"HTTP/1.1 200 OK\r\n"


def test_a_document_may_come_in_chunks() -> None:
    """The bound is for all of them."""
    chunks = b"5\r\n{    \r\n3;x=y\r\n  }\r\n"
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
    with provider() as there:
        there.answers[KEYS] = raw(chunked + b"0\r\n\r\n")
        assert fetch(there.url + KEYS).octets == b"{      }"
        assert "more than 7 octets" in refusal(there.url + KEYS, max_octets=7)


@pytest.mark.parametrize("octets", [b"-1\r\n", b"0\r\n"], ids=["chunk", "trailers"])
def test_a_flood_around_chunks_has_a_bound_too(octets: bytes) -> None:
    """A chunk of the length -1 would be read to the end of the connection."""
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + octets
    with provider() as there:
        there.answers[KEYS] = raw(chunked + b"a: b\r\n" * (1 << 19))
        assert refusal(there.url + KEYS) == "the answer has too many octets"


def test_decompression_bomb_nothing_is_unpacked() -> None:
    """What comes packed is no JSON."""
    packed = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    with provider() as there:
        there.answers[KEYS] = raw(packed)
        assert fetch(there.url + KEYS).octets == b"abc"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x16\x03\x01",
        b"HTTP/1.1 abc\r\n\r\n",
        HEAD + b"Content-Length: 9\r\n\r\n{}",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"x" * 70_000 + b"\r\n\r\n",
        HEAD + b"a: b\r\n" * 200 + b"\r\n",
    ],
    ids=lambda octets: octets[:45].decode("latin-1"),
)
def test_what_is_no_sound_http_is_refused(octets: bytes) -> None:
    """With a word that was not sent."""
    with provider() as there:
        there.answers[KEYS] = raw(octets)
        assert refusal(there.url + KEYS).isalpha()


# Redirects


def test_a_redirect_within_the_origin_is_followed() -> None:
    """Three times."""
    with provider(A) as there:
        there.answers["/1"] = redirects("/2", 301)
        there.answers["/2"] = redirects("3", 307)
        there.answers["/3"] = redirects(there.url + KEYS, 308)
        assert fetch(there.url + "/1").octets == document(A)


def test_a_redirect_loop_ends() -> None:
    """After three."""
    with provider() as there:
        there.answers[KEYS] = redirects(KEYS)
        assert refusal(there.url + KEYS) == "there are more than 3 redirects"
        assert len(there.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/keys",
        "https://127.0.0.1:{port}/keys",
        "http://127.0.0.1:1/keys",
        "//evil.example/keys",
    ],
)
def test_ssrf_a_redirect_to_another_origin_is_not_followed(location: str) -> None:
    """Host, port and scheme are those that were configured."""
    with provider(A) as there:
        port = there.server_address[1]
        there.answers["/1"] = redirects(location.format(port=port))
        assert refusal(there.url + "/1") == "the answer is a redirect to another origin"
        assert there.asked == ["/1"]


def test_a_redirect_to_http_is_not_followed() -> None:
    """Not even to the same host."""
    with provider(A, tls=True) as there:
        there.answers["/1"] = redirects(there.url.replace("https", "http") + KEYS)
        said = refusal(there.url + "/1", allow_http=False, ssl_context=trusting())
        assert said.startswith("the URL must begin with https://")


@pytest.mark.parametrize("location", ["http://[", "http://a b/", "file:///etc/passwd"])
def test_a_redirect_to_nowhere_is_refused(location: str) -> None:
    """By a word that was not sent."""
    with provider() as there:
        there.answers[KEYS] = redirects(location)
        assert location not in refusal(there.url + KEYS)


# Time


def test_a_server_that_says_nothing_is_left() -> None:
    """In time."""
    with provider() as there:
        there.stall()
        said = refusal(there.url + KEYS, seconds=0.1)
        assert said == "there was no answer in time"


@pytest.mark.parametrize(
    ("octets", "again"),
    [
        (HEAD + b"Content-Length: 9999\r\n\r\n", b" "),
        (HEAD + b"\r\n", b" "),
        (HEAD + b"x-a: ", b"a"),
        (b"HTTP", b" "),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "body without end", "header", "status", "continue"],
)
def test_slow_loris_octets_now_and_then_gain_no_time(
    octets: bytes, again: bytes
) -> None:
    """Each would start the timeout of a socket anew."""
    with provider() as there:
        there.trickle(octets, again=again)
        said = refusal(there.url + KEYS, seconds=0.15)
        assert said == "there was no answer in time"


def test_what_looks_whole_when_it_is_cut_is_not_taken() -> None:
    """Without a length, the end of the connection is that of the body."""
    with provider() as there, Leash(5) as leash:

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(HEAD + b"\r\n" + document(A))
            leash.cut()
            there.gone.wait(5)

        there.answers[KEYS] = answer
        with pytest.raises(StoreError, match="in time"):
            Fetcher(max_octets=9999, allow_http=True).get(there.url + KEYS, leash)


@contextmanager
def slow_handshake() -> Iterator[int]:
    """Run a server that never comes to an end of its first TLS record."""
    gone = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with listening.accept()[0] as connection:
                connection.sendall(b"\x16\x03\x03\x40\x00")
                while not gone.wait(0.02):
                    connection.send(b"\x02")

        thread = Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            gone.set()
            thread.join()


def test_slow_loris_a_handshake_has_a_bound_too() -> None:
    """The connection is on the leash before it is TLS."""
    with slow_handshake() as port:
        said = refusal(f"https://127.0.0.1:{port}/", seconds=0.15)
        assert said == "there was no answer in time"


def test_nothing_is_begun_when_time_is_over() -> None:
    """As the second request of a fetch."""
    with provider(A) as there:
        with Leash(5) as leash:
            leash.cut()
            with pytest.raises(StoreError, match="in time"):
                Fetcher(max_octets=9, allow_http=True).get(there.url + KEYS, leash)
        assert there.asked == []


def test_what_nobody_serves_is_told_with_why() -> None:
    """An operator mends it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = refusal(f"http://127.0.0.1:{port}/?apikey=secret")
    assert said.startswith("Failed to establish a new connection: ")
    assert "secret" not in said


# TLS


def test_a_certificate_of_a_trusted_authority_is_taken() -> None:
    """By a context of one's own."""
    with provider(A, tls=True) as there:
        found = fetch(there.url + KEYS, allow_http=False, ssl_context=trusting())
        assert found.octets == document(A)


@pytest.fixture(scope="module")
def secured() -> Iterator[Provider]:
    """Run a provider with a certificate for 127.0.0.1 of an authority of its own."""
    with provider(A, tls=True) as there:
        yield there


def test_an_unknown_authority_is_refused(secured: Provider) -> None:
    """And it is told that this is why."""
    assert "CERTIFICATE_VERIFY_FAILED" in refusal(secured.url + KEYS)


def test_a_certificate_for_another_host_is_refused(secured: Provider) -> None:
    """Though the authority is trusted."""
    elsewhere = secured.url.replace("127.0.0.1", "localhost")
    said = refusal(elsewhere + KEYS, ssl_context=trusting())
    assert "CERTIFICATE_VERIFY_FAILED" in said
    assert KEYS not in secured.asked


def lax(**settings: Any) -> ssl.SSLContext:
    """Make a context that does not check everything."""
    context = ssl.create_default_context()
    context.check_hostname = False
    for name, value in settings.items():
        setattr(context, name, value)
    return context


@pytest.mark.parametrize(
    "context", [lax(), lax(verify_mode=ssl.CERT_NONE)], ids=["host", "certificate"]
)
def test_a_context_that_does_not_check_is_refused(context: ssl.SSLContext) -> None:
    """Keys would be anybody's."""
    with pytest.raises(ConfigurationError, match="must check certificates and hosts"):
        Fetcher(max_octets=9, ssl_context=context)


# URLs


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://a/", "https://"),
        ("ftp://a/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("a.example/keys", "https://"),
        ("https:///keys", "https://"),
        ("", "https://"),
        ("https://user:pass@a/", "username or password"),
        ("https://user@a/", "username or password"),
        ("https://a:99999/", "cannot be read"),
        ("https://a b/", "cannot be read"),
    ],
)
def test_a_url_that_is_not_fetched_is_told_without_it(url: str, why: str) -> None:
    """It may hold a password."""
    with pytest.raises(StoreError) as caught:
        Fetcher(max_octets=9).locate(url)
    assert why in str(caught.value)
    assert "pass@" not in str(caught.value)


URLS = st.text(max_size=20) | st.from_regex(r"https://[\x00-\x7f]{0,12}")


@given(URLS)
def test_any_text_is_a_url_or_refused(text: str) -> None:
    """What is one is https, of a host, without credentials."""
    try:
        found = Fetcher(max_octets=9, ssl_context=TRUSTING).locate(text)
    except StoreError:
        return
    assert (found.scheme, found.auth) == ("https", None)
    assert found.host


TRUSTING = trusting()
