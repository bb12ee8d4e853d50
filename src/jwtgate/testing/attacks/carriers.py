"""Requests whose token is absent, in the wrong place, or one of two."""

from collections.abc import Callable

from jwtgate.testing.attacks.attack import Attack, with_header
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.minting import token_of
from jwtgate.testing.requests import Line, Request

__all__ = ["ATTACKS"]

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


def _lines(name: str, about: str, *lines: Line) -> Attack:
    """Make an attack of header lines, without a token."""
    return Attack(name=name, about=about, request=lambda target: target.request(*lines))


def _elsewhere(name: str, about: str, header: str, scheme: str = "") -> Attack:
    """Make an attack of a good token in a header that is no carrier."""

    def request(target: Target) -> Request | None:
        if header.lower() in (each.lower() for each in target.policy.header_names):
            return None
        line = header.encode(), f"{scheme}{target.forge.seal()}".encode()
        return target.request(line)

    return Attack(name=name, about=about, request=request)


def _in_query(name: str, about: str, parameter: str) -> Attack:
    def request(target: Target) -> Request | None:
        if parameter in target.policy.query_names:
            return None
        return target.with_query(f"{parameter}={target.forge.seal()}")

    return Attack(name=name, about=about, request=request)


def _in_cookie(target: Target) -> Request | None:
    if target.policy.cookie_names:
        return None
    token = target.forge.seal()
    names = ("jwt", "token", "access_token", "session")
    cookies = "; ".join(f"{name}={token}" for name in names)
    return target.request((b"Cookie", cookies.encode()))


def _across_sites(target: Target) -> Request | None:
    names = target.policy.cookie_names
    if not names:
        return None
    method = target.usual.method
    return target.request(
        (b"Cookie", f"{names[0]}={target.forge.seal()}".encode()),
        (b"Origin", b"https://evil.example"),
        (b"Sec-Fetch-Site", b"cross-site"),
        method="POST" if method in _SAFE else method,
    )


def _two_lines(
    pick: Callable[[str, str], tuple[str, ...]],
) -> Callable[[Target], Request | None]:
    """Make a request of several lines of one header, of a good token and a bad one."""

    def request(target: Target) -> Request | None:
        if (header := target.header) is None:
            return None
        forge = target.forge
        values = pick(forge.seal(), token_of(forge, "wrong_key"))
        return target.request(*((header, value.encode()) for value in values))

    return request


def _two_carriers(*, good_first: bool) -> Callable[[Target], Request | None]:
    def request(target: Target) -> Request | None:
        policy = target.policy
        kinds = (policy.header_names, policy.query_names, policy.cookie_names)
        if sum(map(bool, kinds)) < 2:
            return None
        good, bad = target.forge.seal(), token_of(target.forge, "wrong_key")
        return target.bearing(*((good, bad) if good_first else (bad, good)))

    return request


def _by_another(target: Target) -> Request | None:
    if target.other is None:
        return None
    # Signed by one who may enter, in the name of another.
    key = target.forge.credential.key
    return target.bearing(target.other.seal(*target.other.naming(key)))


def _bare(target: Target) -> Request | None:
    header = target.header
    # APISIX takes a header that is nothing but the token.
    if header is None or target.policy.dialect.name == "apisix":
        return None
    return target.request((header, target.forge.seal().encode()))


_BEARERS = (
    with_header("scheme-basic", "a token in another scheme", lambda t: f"Basic {t}"),
    with_header(
        "scheme-unanchored", "not anchored: FooBearer", lambda t: f"FooBearer {t}"
    ),
    with_header(
        "scheme-behind", "another scheme first", lambda t: f"Basic x, Bearer {t}"
    ),
    with_header("scheme-twice", "Bearer Bearer", lambda t: f"Bearer Bearer {t}"),
    with_header(
        "bearer-two-words", "a word behind it (RFC 6750 2.1)", lambda t: f"Bearer {t} x"
    ),
    with_header(
        "bearer-quoted", "a quoted token (RFC 6750 2.1)", lambda t: f'Bearer "{t}"'
    ),
    with_header(
        "bearer-parameter", "token=... (RFC 6750 2.1)", lambda t: f"Bearer token={t}"
    ),
    with_header(
        "bearer-tab", "a tab for the blank (RFC 9110 11.4)", lambda t: f"Bearer\t{t}"
    ),
    with_header("bearer-line-feed", "a line feed inside", lambda t: f"Bearer {t}\n x"),
    with_header("bearer-nul", "NUL behind a token", lambda t: f"Bearer {t}\0"),
    with_header(
        "bearer-control", "control characters", lambda t: f"\x01Bearer \x7f{t}"
    ),
    with_header(
        "bearer-no-break-space", "NBSP for the blank", lambda t: f"Bearer\xa0{t}"
    ),
    with_header(
        "bearer-latin-1", "octets above ASCII", lambda t: f"Bearer {t}\xe9\xff"
    ),
    with_header(
        "bearer-look-alike",
        "letters that look alike",
        lambda t: b"Bearer \xd0\xb5" + t.encode(),
    ),
    with_header(
        "bearer-comma", "a list of two (RFC 9110 5.3)", lambda t: f"Bearer {t}, x"
    ),
    with_header(
        "bearer-64-kib", "a header of 64 KiB", lambda _: "Bearer " + "A" * 65_536
    ),
)

ATTACKS = (
    _lines("no-token", "no token at all"),
    _lines("bearer-alone", "Bearer without a token", (b"Authorization", b"Bearer")),
    _lines("bearer-empty", "Bearer and a blank", (b"Authorization", b"Bearer ")),
    _lines("authorization-empty", "an empty Authorization", (b"Authorization", b"")),
    _lines("bearer-null", "Bearer null", (b"Authorization", b"Bearer null")),
    _lines(
        "basic-password",
        "a guessed password",
        (b"Authorization", b"Basic YWRtaW46YWRtaW4="),
    ),
    *_BEARERS,
    Attack(
        name="scheme-none",
        about="a token without a scheme (RFC 6750 2.1)",
        request=_bare,
    ),
    Attack(
        name="lines-good-forged",
        about="two Authorization lines (RFC 9110 5.3)",
        request=_two_lines(lambda good, bad: (f"Bearer {good}", f"Bearer {bad}")),
    ),
    Attack(
        name="lines-forged-good",
        about="the same, the other way round",
        request=_two_lines(lambda good, bad: (f"Bearer {bad}", f"Bearer {good}")),
    ),
    Attack(
        name="joined-good-forged",
        about="both in one line, as servers join them",
        request=_two_lines(lambda good, bad: (f"Bearer {good},Bearer {bad}",)),
    ),
    Attack(
        name="joined-forged-good",
        about="the same, the other way round",
        request=_two_lines(lambda good, bad: (f"Bearer {bad},Bearer {good}",)),
    ),
    Attack(
        name="carriers-good-forged",
        about="a good token, and a forged one elsewhere (RFC 6750 2)",
        request=_two_carriers(good_first=True),
    ),
    Attack(
        name="carriers-forged-good",
        about="the same, the other way round",
        request=_two_carriers(good_first=False),
    ),
    Attack(
        name="name-of-another",
        about="a key claim of one, signed by another (RFC 8725 3.8)",
        request=_by_another,
    ),
    Attack(
        name="cookie-unasked",
        about="a token in a cookie, though none is looked for there",
        request=_in_cookie,
    ),
    Attack(
        name="cookie-across-sites",
        about="a cookie's token, from a page of another site (CSRF)",
        request=_across_sites,
    ),
    _in_query("query-unasked", "a token in the URL (RFC 6750 5.3)", "access_token"),
    _in_query("query-jwt-unasked", "the same, under Kong's name", "jwt"),
    _elsewhere(
        "proxy-authorization", "in another header", "Proxy-Authorization", "Bearer "
    ),
    _elsewhere("x-authorization", "in another header", "X-Authorization", "Bearer "),
    _elsewhere("x-access-token", "in another header", "X-Access-Token"),
    _lines(
        "many-headers",
        "2000 headers",
        *((f"X-{number}".encode(), b"x") for number in range(2000)),
    ),
)
"""Requests that carry a token as they should not."""
