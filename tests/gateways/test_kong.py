"""Kong's page, statement by statement, through both middlewares."""

import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jwt import encode

import jwtgate
from jwtgate import Anonymous, Authenticated, Gate, Reason
from tests.configs.files import told, write
from tests.gateways import (
    kong_anonymous,
    kong_carriers,
    kong_claims,
    kong_documents,
    kong_failures,
    kong_files,
    kong_identity,
    kong_keys,
    kong_plugins,
    kong_preflight,
    kong_quotas,
    kong_refused,
    kong_routes,
    kong_tokens,
)
from tests.gateways.cases import Case, check, run, sound
from tests.gateways.kong_configs import (
    DEFAULT,
    FORGED,
    JACK_ID,
    JSON,
    TOKEN,
    Members,
    bearer,
    credential,
    file,
    guarded,
    guest,
    jack,
    jwt,
    plugin,
    route,
    routed,
)
from tests.gateways.kong_quotas import figures, limit, limited
from tests.gateways.kong_refused import Refused
from tests.kit import BOTH, KEY, NOW, SECRET, Sent, clock, mint, program

CASES = (
    *kong_carriers.CASES,
    *kong_tokens.CASES,
    *kong_keys.CASES,
    *kong_claims.CASES,
    *kong_failures.CASES,
    *kong_identity.CASES,
    *kong_anonymous.CASES,
    *kong_preflight.CASES,
    *kong_routes.CASES,
    *kong_plugins.CASES,
    *kong_files.CASES,
    *kong_documents.CASES,
)

both = pytest.mark.parametrize("server", BOTH)


def load(
    folder: Path, config: Mapping[str, Any], clock: Callable[[], float] = clock
) -> Gate:
    """Make a gate of its own."""
    path = write(folder, config, "kong.json")
    return jwtgate.load(path, environ={}, clock=clock)


def rows(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Make one test of each row."""
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


@both
@rows(CASES)
def test_a_row_of_the_table(case: Case, server: str) -> None:
    """What the page says of a request comes of it."""
    check(case, run(case, server, "kong"))


@both
@rows(kong_quotas.CASES)
def test_a_row_that_counts(case: Case, server: str, tmp_path: Path) -> None:
    """What the page says of a request comes of it, the first that its gate sees."""
    check(case, BOTH[server](load(tmp_path, case.config), case.request))


@pytest.mark.parametrize("case", kong_refused.CASES, ids=lambda case: case.name)
def test_a_file_that_is_refused(case: Refused, tmp_path: Path) -> None:
    """Every problem is told under its path, and nothing else is."""
    problems = told(lambda: load(tmp_path, case.config))
    for sentence in case.told:
        assert any(problem.startswith(sentence) for problem in problems), problems
    assert len(problems) == len(case.told), problems


def test_the_table_is_sound() -> None:
    """Every row has a name of its own, and a reason where it differs."""
    sound((*CASES, *kong_quotas.CASES), 500)


def test_the_table_of_files_is_sound() -> None:
    """Every row has a name of its own, and a reason where it differs."""
    cases = kong_refused.CASES
    assert len({case.name for case in cases}) == len(cases)
    assert all(bool(case.why) is (case.verdict == "safer") for case in cases)


# What takes more than one request: quotas.

OVER = {"message": "API rate limit exceeded"}
JILL = {"username": "jill", "jwt_secrets": [credential(key="jill-key")]}
JILLS = mint(iss="jill-key")
WEAK = "pass!word"


class Time:
    """A clock that is set by hand."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def statuses(server: str, gate: Gate, *requests: Sent) -> list[int]:
    """Send requests one after another."""
    return [BOTH[server](gate, request).status for request in requests]


@both
def test_a_request_over_the_limit(server: str, tmp_path: Path) -> None:
    """It is answered 429, says when to come back, and has no challenge."""
    gate = load(tmp_path, limited(minute=1))
    assert statuses(server, gate, bearer()) == [200]
    got = BOTH[server](gate, bearer())
    assert (got.status, got.message, got.app_ran) == (429, OVER, False)
    expected = {**figures(1, 0), "retry-after": "60", "content-type": JSON}
    assert expected.items() <= got.headers.items()
    assert "www-authenticate" not in got.headers


@both
def test_the_answer_over_a_limit_may_be_chosen(server: str, tmp_path: Path) -> None:
    """error_code and error_message take the place of status and text."""
    config = limited(minute=1, error_code=403, error_message="Slow down")
    gate = load(tmp_path, config)
    BOTH[server](gate, bearer())
    got = BOTH[server](gate, bearer())
    assert (got.status, got.message) == (403, {"message": "Slow down"})


@both
def test_a_limit_that_tells_nothing_tells_no_figures(
    server: str, tmp_path: Path
) -> None:
    """hide_client_headers holds for the refusal as well."""
    gate = load(tmp_path, limited(minute=1, hide_client_headers=True))
    assert statuses(server, gate, bearer(), bearer()) == [200, 429]
    got = BOTH[server](gate, bearer())
    assert not any("ratelimit" in name for name in got.headers)


@both
@pytest.mark.parametrize(
    ("period", "seconds"),
    {"second": 1, "minute": 60, "hour": 3_600, "day": 57_600}.items(),
)
def test_a_window_ends_with_the_period_of_the_calendar(
    server: str, tmp_path: Path, period: str, seconds: int
) -> None:
    """A minute begins at its second 0, in UTC, whenever the first request came."""
    now = Time()
    gate = load(tmp_path, limited(**{period: 1}), now)
    assert statuses(server, gate, bearer(), bearer()) == [200, 429]
    now.now = NOW + seconds - 0.5
    assert statuses(server, gate, bearer()) == [429]
    now.now = NOW + seconds
    assert statuses(server, gate, bearer(), bearer()) == [200, 429]


@both
def test_the_rest_of_a_window_is_told(server: str, tmp_path: Path) -> None:
    """RateLimit-Reset counts down to the end of the minute."""
    gate = load(tmp_path, limited(minute=5), Time(NOW + 45))
    assert BOTH[server](gate, bearer()).headers["ratelimit-reset"] == "15"


@both
def test_each_consumer_is_counted_apart(server: str, tmp_path: Path) -> None:
    """One who is over the limit takes nothing from another."""
    gate = load(tmp_path, limited(jack(), JILL, minute=1))
    requests = bearer(), bearer(), bearer(JILLS), bearer(JILLS)
    assert statuses(server, gate, *requests) == [200, 429, 200, 429]


@both
@pytest.mark.parametrize(("by", "last"), {"consumer": 429, "credential": 200}.items())
def test_credentials_of_one_consumer(
    server: str, tmp_path: Path, by: str, last: int
) -> None:
    """They count together, but where the limit is by credential."""
    config = limited(jack(credential(), credential(key="k2")), minute=1, limit_by=by)
    gate = load(tmp_path, config)
    assert statuses(server, gate, bearer(), bearer(mint(iss="k2"))) == [200, last]


@both
def test_each_value_of_a_header_is_counted_apart(server: str, tmp_path: Path) -> None:
    """limit_by header counts by what the header says."""
    config = limited(minute=1, limit_by="header", header_name="X-Tenant")
    gate = load(tmp_path, config)
    requests = [bearer(TOKEN, ("X-Tenant", tenant)) for tenant in ("a", "a", "b")]
    assert statuses(server, gate, *requests) == [200, 429, 200]


@both
def test_all_requests_to_a_service_are_counted_together(
    server: str, tmp_path: Path
) -> None:
    """limit_by service does not ask who calls."""
    config = routed(
        route("/orders"),
        consumers=[jack(), JILL],
        plugins=[jwt(), limit(minute=1, limit_by="service")],
    )
    gate = load(tmp_path, config)
    requests = bearer(path="/orders"), bearer(JILLS, path="/orders")
    assert statuses(server, gate, *requests) == [200, 429]


@both
@pytest.mark.parametrize(
    "refused",
    [Sent(), bearer(FORGED), bearer("garbled")],
    ids=["no token", "a wrong signature", "an unreadable token"],
)
def test_a_token_that_is_refused_is_not_counted(
    server: str, tmp_path: Path, refused: Sent
) -> None:
    """Jwt runs first, and a bad token takes nothing from the consumer it names."""
    gate = load(tmp_path, limited(minute=1))
    assert statuses(server, gate, refused, refused, bearer()) == [401, 401, 200]


@both
def test_one_who_may_not_is_not_counted(server: str, tmp_path: Path) -> None:
    """The acl plugin runs before the limit."""
    config = routed(
        route("/orders", plugins=[plugin("acl", allow=["staff"])]),
        route("/free", name="free"),
        plugins=[jwt(), limit(minute=1)],
    )
    gate = load(tmp_path, config)
    requests = bearer(path="/orders"), bearer(path="/free")
    assert statuses(server, gate, *requests) == [403, 200]


@both
def test_a_request_over_one_limit_takes_nothing_from_the_other(
    server: str, tmp_path: Path
) -> None:
    """Of a minute that is full the hour counts nothing."""
    now = Time()
    gate = load(tmp_path, limited(minute=1, hour=2), now)
    assert statuses(server, gate, bearer(), bearer(), bearer()) == [200, 429, 429]
    now.now = NOW + 60
    assert statuses(server, gate, bearer()) == [200]


@both
def test_a_limit_for_everything_counts_all_routes_together(
    server: str, tmp_path: Path
) -> None:
    """One plugin is one counter for each consumer."""
    config = routed(
        route("/a", name="a"), route("/b", name="b"), plugins=[jwt(), limit(minute=1)]
    )
    gate = load(tmp_path, config)
    requests = bearer(path="/a"), bearer(path="/b")
    assert statuses(server, gate, *requests) == [200, 429]


@both
def test_limits_of_two_routes_count_apart(server: str, tmp_path: Path) -> None:
    """Two plugins are two counters, be they alike."""
    config = routed(
        route("/a", name="a", plugins=[limit(minute=1)]),
        route("/b", name="b", plugins=[limit(minute=1)]),
    )
    gate = load(tmp_path, config)
    requests = bearer(path="/a"), bearer(path="/a"), bearer(path="/b")
    assert statuses(server, gate, *requests) == [200, 429, 200]


@both
def test_the_limit_of_a_consumer_takes_the_place_of_the_others(
    server: str, tmp_path: Path
) -> None:
    """The most specific plugin alone counts: a consumer may have more than others."""
    config = limited(jack(plugins=[limit(minute=2)]), JILL, minute=1)
    gate = load(tmp_path, config)
    requests = bearer(), bearer(), bearer(), bearer(JILLS), bearer(JILLS)
    assert statuses(server, gate, *requests) == [200, 200, 429, 200, 429]


@both
def test_the_anonymous_consumer_has_a_limit_of_its_own(
    server: str, tmp_path: Path
) -> None:
    """Those without a token are counted together, apart from those with one."""
    config = file(
        jack(),
        guest(plugins=[limit(minute=1)]),
        plugins=[jwt(anonymous="guest"), limit(minute=2)],
    )
    gate = load(tmp_path, config)
    requests = Sent(), bearer("garbled"), bearer(), bearer(), bearer()
    assert statuses(server, gate, *requests) == [200, 429, 200, 200, 429]


@both
def test_a_limit_on_a_route_without_jwt_counts_by_address(
    server: str, tmp_path: Path
) -> None:
    """Where nobody is known, a token makes no difference."""
    config = routed(
        route("/public", plugins=[limit(minute=1)]),
        route("/mine", name="mine", plugins=[jwt()]),
        plugins=[],
    )
    gate = load(tmp_path, config)
    requests = Sent(path="/public"), bearer(path="/public")
    assert statuses(server, gate, *requests) == [200, 429]


# Section 7: the answer that ends a request, where the file does not choose one.


@both
def test_an_end_says_503_by_default(server: str, tmp_path: Path) -> None:
    """The 503 is what the plugin is for, not a failure; so it is in no table."""
    ended = guest(plugins=[{"name": "request-termination"}])
    gate = load(tmp_path, guarded(jack(), ended, anonymous="guest"))
    got = BOTH[server](gate, Sent())
    assert (got.status, got.message) == (503, {"message": "Service unavailable"})
    assert statuses(server, gate, bearer()) == [200]


# Section 8: what is written to the file holds from the next request on.

CHANGES: Mapping[str, tuple[Members, str | None]] = {
    "a credential that is deleted": (
        file({"username": "jack"}),
        "No credentials found for given 'iss'",
    ),
    "a key that is changed": (
        file(jack(credential(key="another"))),
        "No credentials found for given 'iss'",
    ),
    "a secret that is changed": (
        file(jack(credential(secret="another"))),
        "Invalid signature",
    ),
    "an algorithm that is changed": (
        file(jack(credential(algorithm="HS512"))),
        "Invalid algorithm",
    ),
    "a consumer who is deleted": (
        file(JILL),
        "No credentials found for given 'iss'",
    ),
    "a plugin that looks elsewhere": (guarded(header_names=["X-T"]), "Unauthorized"),
    "a consumer who is renamed": (file(jack(username="john")), None),
}


@both
@pytest.mark.parametrize(("config", "message"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_file_holds_at_once(
    server: str, tmp_path: Path, config: Members, message: str | None
) -> None:
    """The whole file is swapped: no look-up of before is remembered."""
    gate = load(tmp_path, DEFAULT)
    assert statuses(server, gate, bearer()) == [200]
    write(tmp_path, config, "kong.json")
    gate.reload()
    got = BOTH[server](gate, bearer())
    assert (None if got.app_ran else got.message["message"]) == message


@both
def test_a_key_that_was_unknown_works_once_it_is_there(
    server: str, tmp_path: Path
) -> None:
    """That a key was not found is not remembered either."""
    gate = load(tmp_path, DEFAULT)
    assert statuses(server, gate, bearer(JILLS)) == [401]
    write(tmp_path, file(jack(), JILL), "kong.json")
    gate.reload()
    assert statuses(server, gate, bearer(JILLS), bearer()) == [200, 200]


@both
def test_a_file_that_does_not_load_changes_nothing(server: str, tmp_path: Path) -> None:
    """The gate goes on with the file before."""
    gate = load(tmp_path, DEFAULT)
    write(tmp_path, guarded(realm=""), "kong.json")
    assert told(gate.reload) == ("plugins[0].config.realm: length must be at least 1",)
    assert statuses(server, gate, bearer(), Sent()) == [200, 401]


# Section 6 and 4: what a row cannot show.


@both
def test_the_token_in_the_query_stays(server: str, tmp_path: Path) -> None:
    """There is no hide_credentials: the app sees the query as it was sent."""
    query = f"a=1&jwt={TOKEN}&b=%20"
    got = BOTH[server](load(tmp_path, DEFAULT), Sent(query=query))
    assert got.seen_query == query


@both
@pytest.mark.parametrize(
    ("exp", "nbf", "passes"),
    [(NOW + 0.5, NOW, True), (NOW, NOW, False), (NOW + 9, NOW + 0.5, False)],
    ids=["exp within this second", "exp at this second", "nbf within this second"],
)
def test_time_is_cut_to_whole_seconds(
    server: str, tmp_path: Path, exp: float, nbf: float, *, passes: bool
) -> None:
    """At NOW + 0.9 it is NOW, as nginx has it."""
    gate = load(tmp_path, guarded(claims_to_verify=["exp", "nbf"]), Time(NOW + 0.9))
    assert BOTH[server](gate, bearer(mint(exp=exp, nbf=nbf))).app_ran is passes


@both
def test_the_app_is_given_the_outcome(server: str, tmp_path: Path) -> None:
    """Claims, consumer and credential, beside the headers."""
    got = BOTH[server](load(tmp_path, DEFAULT), bearer(mint(sub="7", roles=["a"])))
    assert isinstance(got.outcome, Authenticated)
    assert (got.outcome.consumer.id, got.outcome.subject) == (JACK_ID, "7")
    assert got.outcome.credential.key == KEY


@both
def test_the_app_is_told_who_is_anonymous(server: str, tmp_path: Path) -> None:
    """And why: the reason that Kong loses."""
    config = guarded(jack(), guest(), anonymous="guest")
    got = BOTH[server](load(tmp_path, config), bearer(FORGED))
    assert isinstance(got.outcome, Anonymous)
    assert got.outcome.refusal is Reason.SIGNATURE_INVALID


# What is loaded, and told.


def notes_of(folder: Path, config: Members, *allowed: str) -> list[str]:
    """Give the notes of a file."""
    path = write(folder, config, "kong.json")
    gate = jwtgate.load(path, environ={}, allow_dropped=allowed)
    return [str(note) for note in gate.load_report]


NOTES: Mapping[str, tuple[Members, str]] = {
    "a plugin that keeps nobody out": (
        file(plugins=[jwt(), plugin("cors")]),
        "dropped: plugins[1]: cors ",
    ),
    "an anonymous consumer that there is not": (
        guarded(anonymous="nobody"),
        "warning: plugins[0].config.anonymous: ",
    ),
    "a secret that is too short": (
        file(jack(credential(secret=WEAK))),
        "warning: consumers[0].jwt_secrets[0].secret: ",
    ),
    "a secret that is no base64": (
        guarded(jack(credential(secret=WEAK)), secret_is_base64=True),
        "warning: consumers[0].jwt_secrets[0].secret: ",
    ),
    "an ES256 credential without a key": (
        file(jack(credential(algorithm="ES256"))),
        "warning: consumers[0].jwt_secrets[0].rsa_public_key: ",
    ),
    "a credential whose key is generated": (
        file(jack({"secret": SECRET})),
        "warning: consumers[0].jwt_secrets[0].key: ",
    ),
    "a limit that each process counts": (
        limited(minute=1),
        "warning: plugins[1].config: ",
    ),
}


@pytest.mark.parametrize(("config", "beginning"), NOTES.values(), ids=NOTES)
def test_what_deserves_a_look_is_told(
    tmp_path: Path, config: Members, beginning: str
) -> None:
    """One note under its path, without a secret."""
    (note,) = notes_of(tmp_path, config)
    assert note.startswith(beginning)
    assert WEAK not in note
    assert SECRET not in note


def test_a_usual_file_has_nothing_to_tell(tmp_path: Path) -> None:
    """No note where all is carried over."""
    assert notes_of(tmp_path, routed(route("/orders"))) == []


def test_a_plugin_that_restricts_may_be_dropped_by_name(tmp_path: Path) -> None:
    """Whoever leaves it out knows what does its work."""
    config = file(plugins=[jwt(), plugin("key-auth")])
    (note,) = notes_of(tmp_path, config, "key-auth")
    assert note.startswith("dropped: plugins[1]: key-auth is not carried over")


# The documents, with what a row cannot have: YAML, their own times, openssl.

HOW_TO = """
_format_version: "3.0"
_info:
  select_tags: [how-to]
consumers:
  - username: jsmith
    jwt_secrets:
      - algorithm: HS256
        key: YJdmaDvVTJxtcWRCvkMikc8oELgAVNcz
        secret: C50k0bcahDhLNhLKSUBSR1OMiFGzNZ7X
plugins:
  - name: jwt
    config:
      header_names:
        - authorization
      key_claim_name: iss
services:
  - name: example-service
    url: http://httpbin.konghq.com/anything
routes:
  - name: example-route
    paths:
      - /anything
    service:
      name: example-service
"""


@both
@pytest.mark.parametrize("name", ["kong.yaml", "kong.yml"])
def test_the_how_to_in_yaml(server: str, tmp_path: Path, name: str) -> None:
    """The file as deck writes it takes the token that is printed."""
    gate = jwtgate.load(write(tmp_path, HOW_TO, name), environ={})
    printed = bearer(kong_documents.PRINTED, path="/anything")
    assert statuses(server, gate, Sent(path="/anything"), printed) == [401, 200]


@both
@pytest.mark.parametrize(
    ("now", "claims"),
    [
        (1_733_279_270, {"exp": 1_733_279_271}),
        (1_733_285_147, {"iat": 1_733_285_147, "exp": 1_733_285_747}),
    ],
    ids=["made by hand", "made by the script"],
)
def test_the_lab_at_its_own_time(
    server: str, tmp_path: Path, now: int, claims: dict[str, int]
) -> None:
    """The times that are printed pass then, and from exp on no more."""
    clock = Time(now)
    gate = load(tmp_path, kong_documents.LAB, clock)
    token = kong_documents.lab_token(**claims)
    request = bearer(token, path="/kong/healthy")
    assert statuses(server, gate, request) == [200]
    clock.now = claims["exp"]
    assert statuses(server, gate, request) == [401]


@both
def test_the_key_pair_that_openssl_makes(server: str, tmp_path: Path) -> None:
    """The two commands of the overview give a key that verifies RS256."""
    openssl = program("openssl")
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    for arguments in (
        ["genrsa", "-out", str(private), "2048"],
        ["rsa", "-in", str(private), "-outform", "PEM", "-pubout", "-out", str(public)],
    ):
        command = [openssl, *arguments]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - openssl itself
    config = kong_documents.overview(
        jwt(), algorithm="RS256", rsa_public_key=public.read_text()
    )
    claims = {"iss": "overview-key"}
    token = encode(claims, private.read_bytes(), algorithm="RS256")
    gate = load(tmp_path, config)
    assert statuses(server, gate, bearer(token), bearer(token[:-4])) == [200, 401]
