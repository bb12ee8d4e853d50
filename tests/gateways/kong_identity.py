"""What the app is told of who calls, and what a client cannot tell it."""

from tests.gateways.cases import ABSENT, Case
from tests.gateways.kong_configs import (
    DEFAULT,
    GUEST,
    GUEST_ID,
    JACK_ID,
    NOBODY,
    TOKEN,
    bearer,
    cookie,
    credential,
    file,
    guarded,
    guest,
    jack,
    passes,
    route,
    routed,
)
from tests.kit import KEY, SECRET, Header, Sent, mint

_HEADERS = "6. Headers for the app behind"
_UNDERSCORES = "6. Headers: spellings with underscores pass through"
_UNTOUCHED = "6. Headers: not touched"
_SKIPPED = "11. In process: strip identity headers on every path"

_EXPLICIT_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

JACK = {
    "x-consumer-id": JACK_ID,
    "x-consumer-custom-id": "495aec6a",
    "x-consumer-username": "jack",
    "x-credential-identifier": KEY,
    "x-anonymous-consumer": ABSENT,
}
"""What the app sees of jack."""

_NAMES = {
    "X-Consumer-ID": "x-consumer-id",
    "X-Consumer-Custom-ID": "x-consumer-custom-id",
    "X-Consumer-Username": "x-consumer-username",
    "X-Credential-Identifier": "x-credential-identifier",
    "X-Anonymous-Consumer": "x-anonymous-consumer",
}
_OTHERS = ("X-Consumer-Groups", "X-Authenticated-Groups", "X-Credential-Username")
_WHY_UNDERSCORES = "Kong lets it through, and a WSGI app reads the real header"
_WHY_UNTOUCHED = "Kong leaves it as the client sent it"

_BARE = file({"username": "jack", "jwt_secrets": [credential()]})
_NAMELESS = file(
    {"id": _EXPLICIT_ID, "custom_id": "495aec6a", "jwt_secrets": [credential()]}
)
_ANONYMOUS = guarded(jack(), guest(), anonymous="guest")
_EVERY_FORGED: tuple[Header, ...] = (
    *((name, "admin") for name in (*_NAMES, *_OTHERS)),
    *((name.replace("-", "_"), "admin") for name in (*_NAMES, *_OTHERS)),
)
_NOTHING_ELSE = {
    **dict.fromkeys((name.replace("-", "_").lower() for name in _NAMES), ABSENT),
    **dict.fromkeys((name.replace("-", "_").lower() for name in _OTHERS), ABSENT),
    **dict.fromkeys((name.lower() for name in _OTHERS), ABSENT),
}

VALUES = (
    passes("all that is known of jack", _HEADERS, DEFAULT, bearer(), seen=JACK),
    passes(
        "an id that the file gives",
        _HEADERS,
        file(jack(id=_EXPLICIT_ID)),
        bearer(),
        seen={**JACK, "x-consumer-id": _EXPLICIT_ID},
    ),
    passes(
        "an id that is derived from the username",
        "3. Declarative file: missing ids",
        _BARE,
        bearer(),
        seen={"x-consumer-id": JACK_ID},
    ),
    passes(
        "no custom_id, no header of it",
        _HEADERS,
        _BARE,
        bearer(),
        seen={**JACK, "x-consumer-custom-id": ABSENT},
    ),
    passes(
        "no username, no header of it",
        _HEADERS,
        _NAMELESS,
        bearer(),
        seen={**JACK, "x-consumer-id": _EXPLICIT_ID, "x-consumer-username": ABSENT},
    ),
    passes(
        "the identifier is the credential's key, not its id",
        _HEADERS,
        file(jack(credential(id=_EXPLICIT_ID))),
        bearer(),
        seen={"x-credential-identifier": KEY},
    ),
    passes(
        "a username with blanks and signs, as it is",
        _HEADERS,
        file(jack(username="Jack O'Neill (ext.)")),
        bearer(),
        seen={"x-consumer-username": "Jack O'Neill (ext.)"},
    ),
    passes(
        "a username that is not ASCII",
        _HEADERS,
        file(jack(username="J\u00e4ck")),
        bearer(),
        seen={"x-consumer-username": "J%C3%A4ck"},
        why="Kong sends its octets, which servers read as they like",
    ),
    passes(
        "a username with a per cent sign",
        _HEADERS,
        file(jack(username="50%")),
        bearer(),
        seen={"x-consumer-username": "50%25"},
        why="Kong sends it as it is: two consumers could look alike",
    ),
    passes(
        "the same identity from the query",
        _HEADERS,
        DEFAULT,
        Sent(query=f"jwt={TOKEN}"),
        seen=JACK,
    ),
    passes(
        "the same identity from a cookie",
        _HEADERS,
        guarded(cookie_names=["jwt"]),
        cookie(f"jwt={TOKEN}"),
        seen=JACK,
    ),
    passes(
        "claims do not make headers",
        _HEADERS,
        DEFAULT,
        bearer(mint(username="admin", custom_id="1", groups=["admin"])),
        seen={**JACK, "x-consumer-groups": ABSENT},
    ),
)

FORGED = (
    *(
        passes(
            f"a forged {name} of an authenticated request",
            _HEADERS,
            DEFAULT,
            bearer(TOKEN, (name, "admin")),
            seen=JACK,
        )
        for name in _NAMES
    ),
    *(
        passes(
            f"a forged {name.replace('-', '_')} of an authenticated request",
            _UNDERSCORES,
            DEFAULT,
            bearer(TOKEN, (name.replace("-", "_"), "admin")),
            seen={**JACK, name.replace("-", "_").lower(): ABSENT},
            why=_WHY_UNDERSCORES,
        )
        for name in (*_NAMES, *_OTHERS)
    ),
    *(
        passes(
            f"a forged {name} of an authenticated request",
            _UNTOUCHED,
            DEFAULT,
            bearer(TOKEN, (name, "admin")),
            seen={**JACK, name.lower(): ABSENT},
            why=_WHY_UNTOUCHED,
        )
        for name in _OTHERS
    ),
    passes(
        "a forged identity in lower case",
        _HEADERS,
        DEFAULT,
        bearer(TOKEN, *((name, "admin") for name in _NAMES.values())),
        seen=JACK,
    ),
    passes(
        "a forged identity in capitals",
        _HEADERS,
        DEFAULT,
        bearer(TOKEN, *((name.upper(), "admin") for name in _NAMES)),
        seen=JACK,
    ),
    passes(
        "a forged identity in mixed spellings",
        _UNDERSCORES,
        DEFAULT,
        bearer(
            TOKEN,
            ("x_consumer-ID", "admin"),
            ("X-CONSUMER_username", "admin"),
            ("x-Credential_Identifier", "admin"),
        ),
        seen={
            **JACK,
            "x_consumer-id": ABSENT,
            "x-consumer_username": ABSENT,
            "x-credential_identifier": ABSENT,
        },
        why=_WHY_UNDERSCORES,
    ),
    passes(
        "an identity forged twice",
        "6. Headers: set replaces all lines",
        DEFAULT,
        bearer(TOKEN, ("X-Consumer-ID", "admin"), ("X-Consumer-ID", "root")),
        seen=JACK,
    ),
    passes(
        "a forged custom_id of a consumer without",
        _HEADERS,
        _BARE,
        bearer(TOKEN, ("X-Consumer-Custom-ID", "admin")),
        seen={**JACK, "x-consumer-custom-id": ABSENT},
    ),
    passes(
        "a forged username of a consumer without",
        _HEADERS,
        _NAMELESS,
        bearer(TOKEN, ("X-Consumer-Username", "admin")),
        seen={"x-consumer-username": ABSENT},
    ),
    passes(
        "any other header of a consumer",
        _UNTOUCHED,
        DEFAULT,
        bearer(TOKEN, ("X-Consumer-Role", "admin")),
        seen={**JACK, "x-consumer-role": ABSENT},
        why=_WHY_UNTOUCHED,
    ),
    passes(
        "a forged identity of the anonymous consumer",
        _HEADERS,
        _ANONYMOUS,
        Sent(headers=[(name, "admin") for name in _NAMES]),
        seen=GUEST,
    ),
    passes(
        "a forged identity with underscores of the anonymous consumer",
        _UNDERSCORES,
        _ANONYMOUS,
        Sent(headers=[(name.replace("-", "_"), "admin") for name in _NAMES]),
        seen={**GUEST, "x_consumer_custom_id": ABSENT, "x_consumer_id": ABSENT},
        why=_WHY_UNDERSCORES,
    ),
    passes(
        "a forged X-Anonymous-Consumer that says false",
        _HEADERS,
        _ANONYMOUS,
        Sent(headers=[("X-Anonymous-Consumer", "false")]),
        seen=GUEST,
    ),
    passes(
        "a forged identity on an OPTIONS that is skipped",
        _SKIPPED,
        guarded(run_on_preflight=False),
        Sent(method="OPTIONS", headers=_EVERY_FORGED),
        seen={**NOBODY, **_NOTHING_ELSE},
        why="Kong clears nothing there: the app sees what the client claims to be",
    ),
    passes(
        "a forged identity on a route without the plugin",
        _SKIPPED,
        routed(
            route("/orders", plugins=[{"name": "jwt"}]),
            route("/public", name="public"),
            plugins=[],
        ),
        Sent(path="/public", headers=_EVERY_FORGED),
        seen={**NOBODY, **_NOTHING_ELSE},
        why="Kong clears nothing there: the app sees what the client claims to be",
    ),
)


def _stays(name: str, request: Sent, header: str, value: str) -> Case:
    return passes(
        name,
        "6. Headers: the token stays where it was",
        guarded(cookie_names=["jwt"]),
        request,
        seen={**JACK, header: value},
    )


STAYS = (
    _stays("the header stays", bearer(), "authorization", f"Bearer {TOKEN}"),
    _stays(
        "the cookie stays",
        cookie(f"a=1; jwt={TOKEN}"),
        "cookie",
        f"a=1; jwt={TOKEN}",
    ),
    passes(
        "a bad token stays with the anonymous consumer",
        "7. anonymous: bad token forwarded",
        _ANONYMOUS,
        bearer("garbled"),
        seen={**GUEST, "authorization": "Bearer garbled"},
    ),
    passes(
        "the token stays on an OPTIONS that is skipped",
        "4. Request flow, 1",
        guarded(run_on_preflight=False),
        bearer(method="OPTIONS"),
        seen={**NOBODY, "authorization": f"Bearer {TOKEN}"},
    ),
    passes(
        "headers of the client's own pass",
        _HEADERS,
        DEFAULT,
        bearer(TOKEN, ("X-Request-ID", "7"), ("X-Consumers", "12")),
        seen={"x-request-id": "7", "x-consumers": "12"},
    ),
)

TWO_CONSUMERS = (
    passes(
        "a consumer who is anonymous elsewhere is no less authenticated",
        _HEADERS,
        guarded(
            guest(jwt_secrets=[credential(key="guest-key", secret=SECRET)]),
            anonymous="guest",
        ),
        bearer(mint(iss="guest-key")),
        seen={
            "x-consumer-id": GUEST_ID,
            "x-credential-identifier": "guest-key",
            "x-anonymous-consumer": ABSENT,
        },
    ),
)

CASES = (*VALUES, *FORGED, *STAYS, *TWO_CONSUMERS)
