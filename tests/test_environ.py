from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import (
    Anonymous,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Policy,
    Reason,
    RequestView,
    authenticate,
)
from jwtgate._environ import Environ, passed_on, request_of, settle
from jwtgate.identity import is_identity_header
from tests.kit import make_gate, mint

TOKEN = mint()
BEARER = RequestView("GET", headers=[(b"authorization", f"Bearer {TOKEN}".encode())])
NOBODY = RequestView("GET")
HIDING = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)
LENIENT = Policy(
    anonymous=Consumer(username="guest"),
    anonymous_for="any",
    query_names=("jwt",),
    hide_credentials=True,
)


def passing(request: RequestView, policy: Policy) -> Any:
    """Decide on a request that is to pass."""
    return authenticate(make_gate(policy=policy), request)


OUTCOMES: dict[str, Authenticated | Anonymous | Exempt] = {
    "authenticated": passing(BEARER, Policy()),
    "authenticated, hiding": passing(BEARER, HIDING),
    "anonymous, hiding": passing(NOBODY, LENIENT),
    "exempt": passing(NOBODY, Policy(mode="report")),
}
PLAIN = OUTCOMES["authenticated"]
GATE = PLAIN.gate
OTHER = make_gate()
HIDDEN = OUTCOMES["authenticated, hiding"]
each_outcome = pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)


def request(**keys: Any) -> Environ:
    """Make an environ of what must be there, and more."""
    return {"REQUEST_METHOD": "GET", **keys}


def wsgi_text(text: str) -> str:
    """Write a text as PEP 3333 has it."""
    return text.encode().decode("latin-1")


# The request


def test_a_request_is_what_the_server_says() -> None:
    """Nothing of it is parsed."""
    view = request_of(
        {
            "REQUEST_METHOD": "PUT",
            "PATH_INFO": "/a b",
            "RAW_URI": "/a%20b?c=%20&d",
            "QUERY_STRING": "c=%20&d",
            "REMOTE_ADDR": "192.0.2.1",
            "wsgi.url_scheme": "https",
        }
    )
    assert (view.method, view.path, view.raw_path) == ("PUT", "/a b", b"/a%20b")
    assert (view.query, view.client, view.scheme) == (b"c=%20&d", "192.0.2.1", "https")


def test_a_request_may_leave_out_most() -> None:
    """PEP 3333 lets path, query and peer be absent."""
    view = request_of(request())
    assert (view.path, view.raw_path, view.query, view.client) == ("", b"", b"", None)
    assert (view.scheme, view.kind, view.headers) == ("http", "http", [])


def test_the_headers_are_the_server_s_keys() -> None:
    """Octets again, ``_`` as ``-``; a value that is no text is no header."""
    view = request_of(
        request(HTTP_X_ONE="\xff", HTTP_X_TWO=b"2", CONTENT_TYPE="a", HTTP_="", other=1)
    )
    assert view.headers == [(b"X-ONE", b"\xff"), (b"", b"")]


@given(
    st.dictionaries(
        st.sampled_from(["HTTP_X_A", "HTTP_x_a", "HTTP_X-A", "HTTP_X_AB", "X_A"]),
        st.text(max_size=3) | st.binary(max_size=3),
    ),
    st.sampled_from([b"x-a", b"x-ab", b"x"]),
)
def test_lines_are_those_of_the_headers(keys: dict[str, Any], name: bytes) -> None:
    """They are sought without making the list of all headers."""
    view = request_of(request(**keys))
    plain = RequestView("GET", headers=view.headers)
    assert view.lines(name) == plain.lines(name)
    assert view.line_count >= plain.line_count


@given(
    st.dictionaries(
        st.sampled_from(
            ["HTTP_X_A", "HTTP_x_a", "HTTP_X-A", "HTTP_X_AB", "X_A", "Q\nHTTP_X_A"]
        ),
        st.sampled_from(["1", "1,2", "", b"1", "\xff", "\u2603"]),
    ),
    st.sampled_from([b"x-a", b"x-ab", b"x"]),
)
def test_a_single_line_is_that_of_the_headers(
    keys: dict[str, Any], name: bytes
) -> None:
    """However it is spelled; what is there in two spellings is no single one."""
    view = request_of(request(**keys))
    plain = RequestView("GET", headers=view.headers)
    assert view.single_line(name) == plain.single_line(name)


def test_variables_of_the_process_are_no_header_lines() -> None:
    """The servers of the standard library add them, however many they are."""
    process = {f"VARIABLE_{number}": "x" for number in range(2000)}
    assert request_of(request(HTTP_A="1", **process)).line_count == 1


def test_header_flood_more_than_a_thousand_lines_are_refused() -> None:
    """Servers refuse fewer; the bound is ours all the same."""
    flood = {f"HTTP_X_{number}": "x" for number in range(1001)}
    headers = request(HTTP_AUTHORIZATION=f"Bearer {TOKEN}", **flood)
    outcome = authenticate(make_gate(), request_of(headers))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.CARRIER_TOO_LONG


def test_what_is_no_octet_becomes_what_no_token_has() -> None:
    """A server, or another middleware, broke the standard."""
    view = request_of(request(HTTP_X="a☃", QUERY_STRING="☃", RAW_URI="/☃"))
    assert (view.headers, view.query, view.raw_path) == ([(b"X", b"a?")], b"?", b"/?")


@pytest.mark.parametrize("key", ["RAW_URI", "REQUEST_URI"])
def test_the_path_as_it_was_sent_is_the_server_s(key: str) -> None:
    """Servers have either key."""
    assert request_of(request(**{key: "/%61?b"})).raw_path == b"/%61"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_path_is_read_as_utf_8(path: str) -> None:
    """Whatever it holds."""
    assert request_of(request(PATH_INFO=wsgi_text(path))).path == path


@pytest.mark.parametrize(
    ("text", "path"),
    [("/\xff", "/\ufffd"), ("/☃", "/\ufffd"), ("/\ud800", "/\ufffd")],
    ids=["no UTF-8", "no octets", "a surrogate"],
)
def test_a_path_that_cannot_be_read_is_ambiguous(text: str, path: str) -> None:
    """Routes refuse the character that stands for it."""
    assert request_of(request(PATH_INFO=text)).path == path


# Behind a gate, and mounts between


def mounted(environ: Environ, below: str) -> Environ:
    """Pass a request on as a middleware that mounts apps does."""
    path = environ.get("PATH_INFO", "")
    assert path.startswith(below)
    return {
        **environ,
        "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + below,
        "PATH_INFO": path.removeprefix(below),
    }


def test_a_gate_below_a_mount_compares_what_is_below_it() -> None:
    """Its routes are written so, also where the same gate is further out."""
    environ = request(PATH_INFO="/shop/orders")
    inner = mounted(passed_on(environ, PLAIN), "/shop")
    assert request_of(inner).path == "/orders"


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "JWTGATE"])
def test_mount_spoofing_no_header_says_where_the_app_is(name: str) -> None:
    """Only what a gate left counts, and no header can be that."""
    forged = {f"HTTP_{name}": "/public"}
    environ = request(PATH_INFO="/public/admin", **forged)
    inner = passed_on(environ, PLAIN)
    assert request_of(environ).path == request_of(inner).path == "/public/admin"
    assert inner["jwtgate"] is PLAIN


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_no_path_behind_a_mount_makes_a_reading_fail(
    root: str, script_name: str, path: str
) -> None:
    """Whatever is between the two gates."""
    environ = passed_on(request(SCRIPT_NAME=root), PLAIN)
    environ.update(SCRIPT_NAME=script_name, PATH_INFO=path)
    assert isinstance(request_of(environ).path, str)


# What the app gets


@each_outcome
def test_the_app_gets_the_outcome_and_its_headers(
    outcome: Authenticated | Anonymous | Exempt,
) -> None:
    """Each header under its WSGI name."""
    environ = passed_on(request(), outcome)
    assert environ["jwtgate"] is outcome
    for name, value in outcome.request_headers:
        assert environ[f"HTTP_{name.upper().replace('-', '_')}"] == value


@pytest.mark.parametrize(
    ("key", "sent", "shown"),
    [
        ("HTTP_AUTHORIZATION", f"Bearer {TOKEN}", None),
        ("HTTP_COOKIE", f"a=\xff; jwt={TOKEN}", "a=\xff"),
        ("HTTP_COOKIE", "a=☃", "a=☃"),
        ("HTTP_COOKIE", b"jwt=x", b"jwt=x"),
        ("HTTP_X_CONSUMER_TAGS", b"forged", None),
        ("QUERY_STRING", f"a=%zz&jwt={TOKEN}", "a=%zz"),
        ("REDIRECT_QUERY_STRING", f"jwt={TOKEN}&a", "a"),
        ("RAW_URI", f"/p?jwt={TOKEN}", "/p"),
        ("REQUEST_URI", f"/p?jwt={TOKEN}&a", "/p?a"),
        ("REQUEST_URI", "/p?", "/p?"),
        ("REQUEST_URI", "/p", "/p"),
        ("wsgi.input", b"jwt=x", b"jwt=x"),
    ],
)
def test_what_is_hidden(key: str, sent: object, shown: object) -> None:
    """Every copy of the token, and what a client forged; the rest stays as it is."""
    assert passed_on(request(**{key: sent}), HIDDEN).get(key) == shown


def test_nothing_is_hidden_unless_the_policy_says_so() -> None:
    """Nor changed."""
    sent = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}", "QUERY_STRING": "jwt=\xff☃"}
    environ = passed_on(request(**sent), PLAIN)
    assert {key: environ[key] for key in sent} == sent


# Properties

_TEXTS = st.text() | st.sampled_from(
    [f"Bearer {TOKEN}", f"jwt={TOKEN}&a=1", f"a; jwt={TOKEN}", f"/p?jwt={TOKEN}", "/p?"]
)
_HEADERS = st.sampled_from(
    [
        "HTTP_AUTHORIZATION",
        "HTTP_COOKIE",
        "HTTP_JWTGATE_COMPARED",
        "HTTP_X_CONSUMER_ID",
        "HTTP_x-consumer_Username",
        "HTTP_X_ANONYMOUS_CONSUMER ",
        "HTTP_X_OTHER",
    ]
) | st.text().map("HTTP_".__add__)
_KEYS = st.fixed_dictionaries(
    {"REQUEST_METHOD": st.text()},
    optional={
        "PATH_INFO": st.text(),
        "QUERY_STRING": _TEXTS,
        "RAW_URI": _TEXTS,
        "REQUEST_URI": _TEXTS,
        "SCRIPT_NAME": st.sampled_from(["", "/app", "/a/b", "/app/"]),
    },
)
_ENVIRONS = st.builds(
    lambda headers, keys: {**headers, **keys},
    st.dictionaries(_HEADERS, _TEXTS | st.binary() | st.none()),
    _KEYS,
)
_OUTCOMES = st.sampled_from(list(OUTCOMES.values()))


@given(environ=_ENVIRONS, outcome=_OUTCOMES)
def test_settling_in_place_is_passing_on(
    environ: Environ, outcome: Authenticated | Anonymous | Exempt
) -> None:
    """Whatever the request holds; passing on changes nothing of it."""
    before = dict(environ)
    passed = passed_on(environ, outcome)
    view = request_of(environ)
    view.single_line(b"authorization")
    assert passed_on(environ, outcome, view.names) == passed
    assert environ == before
    settle(environ, outcome)
    assert environ == passed


@given(environ=_ENVIRONS, outcome=_OUTCOMES)
def test_settling_twice_is_settling_once(
    environ: Environ, outcome: Authenticated | Anonymous | Exempt
) -> None:
    """An adapter may, where an outer gate has."""
    settle(environ, outcome)
    once = dict(environ)
    settle(environ, outcome)
    assert environ == once


@given(environ=_ENVIRONS, outcome=_OUTCOMES)
def test_header_spoofing_every_identity_header_is_the_gate_s(
    environ: Environ, outcome: Authenticated | Anonymous | Exempt
) -> None:
    """In whatever spelling the client sent one."""
    settle(environ, outcome)
    ours = [
        environ[key]
        for key in environ
        if key.startswith("HTTP_")
        and is_identity_header(key[5:].encode("latin-1", "replace"))
    ]
    assert sorted(ours) == sorted(value for _, value in outcome.request_headers)


@given(_ENVIRONS)
def test_no_copy_of_a_token_is_left_where_it_is_looked_for(environ: Environ) -> None:
    """A gate further in would find none."""
    settle(environ, HIDDEN)
    again = authenticate(make_gate(policy=HIDING), request_of(environ))
    assert not isinstance(again, Authenticated)


@given(_ENVIRONS)
def test_a_gate_reads_the_same_request_behind_itself(environ: Environ) -> None:
    """Where nothing is hidden: path, query and the headers that are not ours."""
    before, after = (
        request_of(environ),
        request_of(passed_on(environ, PLAIN)),
    )
    assert (before.path, before.query, before.raw_path) == (
        after.path,
        after.query,
        after.raw_path,
    )
    kept = [line for line in before.headers if not is_identity_header(line[0])]
    assert kept == [line for line in after.headers if not is_identity_header(line[0])]
