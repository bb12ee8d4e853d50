"""Every statement of APISIX's page, through both middlewares."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import time_machine

import jwtgate
from examples import published
from jwtgate import Authenticated, ConfigurationError, Gate
from jwtgate.drive import authenticate
from jwtgate.extraction import RequestView
from jwtgate.secrets import Secrets
from tests.configs.files import told
from tests.gateways import (
    apisix_access,
    apisix_algorithms,
    apisix_anonymous,
    apisix_attributes,
    apisix_carriers,
    apisix_claims,
    apisix_documents,
    apisix_failures,
    apisix_identity,
    apisix_quotas,
    apisix_references,
    apisix_routes,
)
from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    JACK,
    JILL,
    JILLS,
    PLAIN,
    ROTTEN,
    UNKNOWN,
    Tree,
    bearing,
    consumer,
    credential,
    file,
    gate_of,
    guarded,
    holding,
    limit,
    query,
    route,
    token,
)
from tests.gateways.cases import Case, check, run, sound
from tests.kit import BOTH, NOW, SECRET, Got, Sent
from tests.secrets.fakes import Manager

SHARED = (
    *apisix_failures.CASES,
    *apisix_claims.CASES,
    *apisix_algorithms.CASES,
    *apisix_carriers.CASES,
    *apisix_identity.CASES,
    *apisix_anonymous.CASES,
    *apisix_attributes.CASES,
    *apisix_routes.CASES,
    *apisix_access.CASES,
    *apisix_documents.CASES,
)
OWN = (*apisix_quotas.CASES, *apisix_references.CASES)

both = pytest.mark.parametrize("server", BOTH)


@both
@pytest.mark.parametrize("case", SHARED, ids=lambda case: case.name)
def test_a_row_of_the_table(case: Case, server: str) -> None:
    """What comes is what the page says, or something safer."""
    check(case, run(case, server, "apisix"))


@both
@pytest.mark.parametrize("case", OWN, ids=lambda case: case.name)
def test_a_row_with_a_gate_of_its_own(case: Case, server: str) -> None:
    """What comes is what the page says, where gates count or look at variables."""
    gate = gate_of(dict(case.config), environ=apisix_references.ENVIRON)
    check(case, BOTH[server](gate, case.request))


def test_the_table_is_sound() -> None:
    """Rows differ in name, those that differ from APISIX say why, and none fails."""
    sound((*SHARED, *OWN), 250)


# What a row cannot say: queries that the app sees, clocks, claims.


@both
@pytest.mark.parametrize(
    ("sent", "seen"),
    [row[1:] for row in apisix_carriers.HIDDEN_QUERIES],
    ids=[row[0] for row in apisix_carriers.HIDDEN_QUERIES],
)
def test_a_hidden_query_leaves_the_other_parameters(
    sent: str, seen: str, server: str
) -> None:
    """The token goes, and the rest stays byte for byte, in its order."""
    got = BOTH[server](gate_of(apisix_carriers.HIDING), query(sent))
    assert got.seen_query == seen


@both
def test_a_query_is_shown_by_default(server: str) -> None:
    """Nothing is hidden unless it is asked for."""
    got = BOTH[server](gate_of(PLAIN), query(f"a=1&jwt={GOOD}"))
    assert got.seen_query == f"a=1&jwt={GOOD}"


@both
def test_a_hidden_header_leaves_the_query(server: str) -> None:
    """Only the carrier that was used is cleaned."""
    sent = bearing(query=f"jwt={GOOD}")
    got = BOTH[server](gate_of(apisix_carriers.HIDING), sent)
    assert got.seen_query == f"jwt={GOOD}"


@both
def test_a_rejected_query_is_hidden_from_who_serves_the_anonymous(server: str) -> None:
    """Hiding comes before verification, so also for a token that fails."""
    gate = gate_of(
        guarded(
            (*JACK, consumer("anonymous")),
            anonymous_consumer="anonymous",
            hide_credentials=True,
        )
    )
    assert BOTH[server](gate, query(f"a=1&jwt={ROTTEN}")).seen_query == "a=1"


@both
@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"exp": int(NOW) + 0.5}, 200),
        ({"exp": int(NOW)}, 401),
        ({"nbf": int(NOW) + 0.5}, 401),
        ({"nbf": int(NOW) - 0.5}, 200),
    ],
)
def test_time_is_cut_to_whole_seconds(
    claims: Mapping[str, object], status: int, server: str
) -> None:
    """Nine tenths into a second it is still that second."""
    gate = gate_of(PLAIN, clock=lambda: NOW + 0.9)
    assert BOTH[server](gate, bearing(token(claims))).status == status


@both
def test_the_payload_is_kept_for_what_runs_afterwards(server: str) -> None:
    """What store_in_ctx keeps is the outcome's claims."""
    gate = gate_of(guarded(store_in_ctx=True))
    got = BOTH[server](gate, bearing(token({"plan": "gold"})))
    assert isinstance(got.outcome, Authenticated)
    assert got.outcome.claims["plan"] == "gold"


@both
@pytest.mark.parametrize("request_", apisix_failures.EACH.values())
def test_no_refusal_tells_the_secret_or_the_token(request_: Sent, server: str) -> None:
    """CVE-2022-29266: refusals of APISIX did."""
    got = BOTH[server](gate_of(PLAIN), request_)
    answer = f"{got.headers}{got.body!r}{got.outcome!r}"
    assert SECRET not in answer
    assert GOOD.split(".")[1] not in answer


# Quotas, in sequence.


def statuses(gate: Gate, server: str, *requests: Sent) -> list[int]:
    """Give the status of each request, sent one after the other."""
    return [BOTH[server](gate, request).status for request in requests]


def spent(server: str, config: Tree, count: int = 3) -> Got:
    """Give the answer to a request of jack's beyond his limit."""
    gate = gate_of(config)
    statuses(gate, server, *[bearing()] * count)
    return BOTH[server](gate, bearing())


_OF_THE_DOCUMENT = bearing(apisix_documents.TOKEN, path="/anything")


@both
def test_the_documents_five_requests_with_a_token(server: str) -> None:
    """Three pass, two are refused."""
    gate = gate_of(apisix_documents.LIMITED)
    got = statuses(gate, server, *[_OF_THE_DOCUMENT] * 5)
    assert got == [200, 200, 200, 429, 429]


@both
def test_the_documents_five_requests_without_a_token(server: str) -> None:
    """One passes, four are refused."""
    gate = gate_of(apisix_documents.LIMITED)
    got = statuses(gate, server, *[Sent(path="/anything")] * 5)
    assert got == [200, 429, 429, 429, 429]


@both
def test_the_anonymous_consumer_uses_up_nothing_of_another(server: str) -> None:
    """Each consumer has counters of its own."""
    gate = gate_of(apisix_documents.LIMITED)
    nobody = Sent(path="/anything")
    got = statuses(gate, server, nobody, nobody, _OF_THE_DOCUMENT)
    assert got == [200, 429, 200]


@both
def test_a_window_ends(server: str) -> None:
    """After its seconds all requests are there again."""
    gate = gate_of(apisix_quotas.limited(count=1))
    with time_machine.travel(NOW, tick=False) as traveller:
        before = statuses(gate, server, bearing(), bearing())
        traveller.shift(31)
        assert (before, statuses(gate, server, bearing())) == ([200, 429], [200])


@both
def test_a_window_is_fixed(server: str) -> None:
    """It begins with its first request; later ones do not prolong it."""
    gate = gate_of(apisix_quotas.limited(count=2))
    with time_machine.travel(NOW, tick=False) as traveller:
        statuses(gate, server, bearing())
        traveller.shift(20)
        before = statuses(gate, server, bearing(), bearing())
        traveller.shift(11)
        assert (before, statuses(gate, server, bearing())) == ([200, 429], [200])


@both
def test_the_figures_count_down_to_zero(server: str) -> None:
    """What is left is told with each request, refused ones too."""
    gate = gate_of(apisix_quotas.limited(count=2))
    got = [BOTH[server](gate, bearing()).headers for _ in range(3)]
    assert [each["x-ratelimit-remaining"] for each in got] == ["1", "0", "0"]


@both
def test_the_figures_of_a_refusal(server: str) -> None:
    """The limit, nothing left, and when the window ends."""
    with time_machine.travel(NOW, tick=False):
        headers = spent(server, apisix_quotas.limited()).headers
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    assert [headers[name] for name in names] == ["3", "0", "30"]


@both
def test_no_figures_of_a_refusal_that_are_not_shown(server: str) -> None:
    """show_limit_quota_header counts for refusals, too."""
    got = spent(server, apisix_quotas.limited(show_limit_quota_header=False))
    assert (got.status, "x-ratelimit-limit" in got.headers) == (429, False)


@both
def test_a_refusal_without_a_text_is_empty(server: str) -> None:
    """There is a body where rejected_msg says so alone."""
    assert spent(server, apisix_quotas.limited()).body == b""


@both
def test_a_refusal_with_a_text(server: str) -> None:
    """The text is the member error_msg of a line of JSON."""
    got = spent(server, apisix_quotas.limited(rejected_msg="slow down"))
    assert got.body == b'{"error_msg":"slow down"}\n'


@both
def test_a_refusal_with_an_error_response(server: str) -> None:
    """It takes the place of rejected_msg."""
    block = {"rejected_msg": "no", "_meta": {"error_response": {"message": "later"}}}
    assert spent(server, apisix_quotas.limited(**block)).message == {"message": "later"}


@both
def test_a_refusal_with_another_status(server: str) -> None:
    """rejected_code is the operator's choice."""
    assert spent(server, apisix_quotas.limited(rejected_code=403)).status == 403


@both
def test_a_refusal_is_no_failure_of_the_service_by_default(server: str) -> None:
    """Safer than APISIX, whose default is 503."""
    config = guarded(
        (
            consumer(plugins={"limit-count": {"count": 1, "time_window": 30}}),
            credential(),
        )
    )
    assert spent(server, config, 1).status == 429


@both
def test_a_refusal_of_a_quota_has_no_challenge(server: str) -> None:
    """Who logs in anew gets no more."""
    assert "www-authenticate" not in spent(server, apisix_quotas.limited()).headers


@both
def test_refused_logins_are_not_counted(server: str) -> None:
    """Nobody can use up another's requests with a bad token."""
    gate = gate_of(apisix_quotas.routed(count=1))
    got = statuses(gate, server, bearing(ROTTEN), Sent(), bearing())
    assert got == [401, 401, 200]


@both
def test_who_may_not_pass_is_not_counted(server: str) -> None:
    """The restriction comes before the limit."""
    plugins = {
        "jwt-auth": {},
        "consumer-restriction": {"whitelist": ["jack"]},
        "limit-count": limit(1),
    }
    gate = gate_of(file(route(plugins=plugins), consumers=(*JACK, *JILL)))
    assert statuses(gate, server, bearing(JILLS), bearing()) == [403, 200]


_TWO_CREDENTIALS = (
    credential(),
    credential(name="second", key="second", secret="2" * 40),
)
_SECONDS = token({"key": "second"}, secret="2" * 40)


@both
def test_all_credentials_of_a_consumer_share_its_counter(server: str) -> None:
    """The limit is the consumer's."""
    limited = consumer(plugins={"limit-count": limit(1)})
    gate = gate_of(guarded((limited, *_TWO_CREDENTIALS)))
    assert statuses(gate, server, bearing(), bearing(_SECONDS)) == [200, 429]


@both
def test_a_consumers_counter_is_the_same_on_every_route(server: str) -> None:
    """The limit is the consumer's, wherever it goes."""
    limited = consumer(plugins={"limit-count": limit(1)})
    gate = gate_of(file(route("/a"), route("/b"), consumers=(limited, credential())))
    assert statuses(gate, server, bearing(path="/a"), bearing(path="/b")) == [200, 429]


@both
def test_two_routes_count_apart(server: str) -> None:
    """The limit is the route's."""
    plugins = {"jwt-auth": {}, "limit-count": limit(1)}
    gate = gate_of(file(route("/a", plugins, id="a"), route("/b", plugins, id="b")))
    assert statuses(gate, server, bearing(path="/a"), bearing(path="/b")) == [200, 200]


@both
def test_routes_of_one_group_count_together(server: str) -> None:
    """What a group is for."""
    plugins = {"jwt-auth": {}, "limit-count": limit(1, group="all")}
    gate = gate_of(file(route("/a", plugins, id="a"), route("/b", plugins, id="b")))
    assert statuses(gate, server, bearing(path="/a"), bearing(path="/b")) == [200, 429]


@both
def test_consumers_at_one_address_share_a_routes_counter(server: str) -> None:
    """A route counts by remote address unless it has another key."""
    gate = gate_of(apisix_quotas.routed(count=1))
    assert statuses(gate, server, bearing(), bearing(JILLS)) == [200, 429]


@both
def test_a_route_counts_by_consumer_where_it_says_so(server: str) -> None:
    """key: consumer_name."""
    gate = gate_of(apisix_quotas.routed(count=1, key="consumer_name"))
    got = statuses(gate, server, bearing(), bearing(JILLS), bearing())
    assert got == [200, 200, 429]


@both
def test_a_route_counts_by_a_header_where_it_says_so(server: str) -> None:
    """key: http_x_tenant."""
    gate = gate_of(apisix_quotas.routed(count=1, key="http_x_tenant"))
    one, two = (bearing(GOOD, ("X-Tenant", name)) for name in ("one", "two"))
    assert statuses(gate, server, one, two, one) == [200, 200, 429]


@both
def test_a_route_counts_all_where_its_key_is_a_constant(server: str) -> None:
    """key_type: constant."""
    gate = gate_of(apisix_quotas.routed(count=1, key="all", key_type="constant"))
    assert statuses(gate, server, bearing(), bearing(JILLS)) == [200, 429]


@both
def test_the_consumers_block_alone_counts(server: str) -> None:
    """The route's is replaced, so that it cannot refuse."""
    gate = gate_of(
        file(
            route(plugins={"jwt-auth": {}, "limit-count": limit(1)}),
            consumers=(consumer(plugins={"limit-count": limit(2)}), credential()),
        )
    )
    assert statuses(gate, server, *[bearing()] * 3) == [200, 200, 429]


def test_a_consumer_counts_apart_at_each_address() -> None:
    """The counter is of the consumer and the remote address."""
    gate = gate_of(apisix_quotas.limited(count=1))
    headers = [(b"authorization", GOOD.encode())]
    got = [
        authenticate(gate, RequestView("GET", headers=headers, client=client))
        for client in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
    ]
    assert [isinstance(each, Authenticated) for each in got] == [True, True, False]


# Files.

_YAML = f"""\
consumers:
  - username: jack
  - id: jack/credentials/one
    plugins: {{jwt-auth: {{key: jack-key, secret: "{SECRET}"}}}}
routes:
  - uri: /*
    plugins: {{jwt-auth: {{realm: "${{{{REALM:=usual}}}}"}}}}
"""


def told_realm(gate: Gate, server: str) -> str:
    """Give the challenge of a gate."""
    return BOTH[server](gate, Sent()).headers["www-authenticate"]


@both
@pytest.mark.parametrize("name", ["apisix.yaml", "apisix.yml"])
def test_a_yaml_file_with_its_marker(name: str, server: str) -> None:
    """Section 8: the last line is #END."""
    gate = gate_of(f"{_YAML}#END\n", name=name)
    assert BOTH[server](gate, bearing()).status == 200


def test_a_yaml_file_without_its_marker() -> None:
    """Section 8: it may still be written to, and is not read."""
    assert "#END" in str(told(lambda: gate_of(_YAML, name="apisix.yaml")))


@both
def test_a_variable_of_the_text_has_its_default(server: str) -> None:
    """Section 8: what is behind := counts where there is no variable."""
    gate = gate_of(f"{_YAML}#END\n", name="apisix.yaml")
    assert told_realm(gate, server) == 'Bearer realm="usual"'


@both
def test_a_variable_of_the_text(server: str) -> None:
    """Section 8: variables are replaced in the text before it is parsed."""
    gate = gate_of(
        f"{_YAML}#END\n", name="apisix.yaml", environ={"REALM": "of the machine"}
    )
    assert told_realm(gate, server) == 'Bearer realm="of the machine"'


def test_a_variable_of_the_text_that_is_nowhere() -> None:
    """Section 8: the file is refused."""
    problems = told(lambda: gate_of(guarded(realm="${{NOWHERE}}")))
    assert any("NOWHERE is not set" in problem for problem in problems)


@both
def test_digits_of_a_variable_are_a_number_in_json(server: str) -> None:
    """Section 8: as true and false are no texts."""
    config = holding(lifetime_grace_period="${{GRACE}}")
    gate = gate_of(config, environ={"GRACE": "60"})
    assert BOTH[server](gate, bearing(token({"exp": int(NOW) - 59}))).status == 200


@both
def test_true_of_a_variable_is_a_switch_in_json(server: str) -> None:
    """Section 8: as digits are no texts."""
    gate = gate_of(guarded(hide_credentials="${{HIDE}}"), environ={"HIDE": "true"})
    got = BOTH[server](gate, bearing())
    assert got.seen_headers is not None
    assert "authorization" not in got.seen_headers


@both
def test_the_documents_secret_in_a_variable(server: str) -> None:
    """The reference is resolved when the file is loaded."""
    environ = {"JACK_JWT_SECRET": apisix_documents.SECRET}
    gate = gate_of(apisix_documents.OF_THE_ENVIRONMENT, environ=environ)
    request = bearing(apisix_documents.TOKEN, path="/get")
    assert BOTH[server](gate, request).status == 200


@both
def test_the_documents_secret_in_vault(server: str) -> None:
    """Section 9; the real Vault is that of the examples."""
    manager = Manager(jack={"jwt-secret": published.VAULT_SECRET})
    secrets = Secrets({"vault/jwt": manager})
    gate = gate_of(apisix_documents.OF_VAULT, secrets=secrets)
    request = bearing(published.VAULT_TOKEN, path="/get")
    assert BOTH[server](gate, request).status == 200
    secrets.close()


@both
def test_a_vault_out_of_reach_is_no_unknown_key(server: str) -> None:
    """Section 9: APISIX answers 401 until its file changes; clients believe that."""
    manager = Manager()
    manager.error = TimeoutError()
    secrets = Secrets({"vault/jwt": manager})
    gate = gate_of(apisix_documents.OF_VAULT, secrets=secrets)
    request = bearing(published.VAULT_TOKEN, path="/get")
    got = BOTH[server](gate, request)
    assert (got.status, "retry-after" in got.headers) == (503, True)
    secrets.close()


@both
def test_a_file_that_cannot_be_parsed_leaves_the_old_state(
    tmp_path: Path, server: str
) -> None:
    """Section 8: as long as it is broken, what was loaded counts."""
    path = tmp_path / "apisix.yaml"
    path.write_text(f"{_YAML}#END\n")
    gate = jwtgate.load(path, format="apisix", environ={}, clock=lambda: NOW)
    path.write_text("consumers: [\n#END\n")
    with pytest.raises(ConfigurationError):
        gate.reload()
    assert BOTH[server](gate, bearing()).status == 200


def test_a_skipped_entry_is_reported_with_its_place() -> None:
    """Section 8: one by one, with a line in the log."""
    gate = gate_of(guarded((*JACK, credential(name="bad", key=""))))
    paths = [note.path for note in gate.load_report if note.kind == "skipped"]
    assert paths == ["consumers[2]"]


def test_a_skipped_entry_refuses_the_file_where_that_is_asked_for() -> None:
    """The strict mode, which APISIX has not."""
    config = guarded((*JACK, credential(name="bad", key="")))
    assert any(
        "consumers[2]" in each for each in told(lambda: gate_of(config, strict=True))
    )


@pytest.mark.parametrize(
    "name", ["multi-auth", "key-auth", "ip-restriction", "openid-connect", "own-plugin"]
)
def test_another_plugin_that_keeps_people_out_is_refused(name: str) -> None:
    """What multi-auth and its like decide is not carried over, so no door opens."""
    config = file(route(plugins={"jwt-auth": {}, name: {}}))
    assert any(name in problem for problem in told(lambda: gate_of(config)))


@pytest.mark.parametrize(
    "criterion",
    [
        {"vars": [["arg_a", "==", "b"]]},
        {"remote_addrs": ["192.0.2.0/24"]},
        {"remote_addr": "192.0.2.1"},
        {"filter_func": "function(vars) return true end"},
        {"script": "return"},
    ],
    ids=lambda criterion: next(iter(criterion)),
)
def test_a_criterion_of_a_route_that_is_not_known_is_refused(criterion: Tree) -> None:
    """The route would be for other requests than in APISIX."""
    config = file(route("/a", **criterion), route("/b"))
    assert any(
        problem.startswith(f"routes[0].{next(iter(criterion))}")
        for problem in told(lambda: gate_of(config))
    )


def test_a_global_rule_and_a_route_that_differ_are_refused() -> None:
    """APISIX demands both; what would demand one alone opens a door."""
    rules = [{"id": "1", "plugins": {"jwt-auth": {"header": "x-global"}}}]
    problems = told(lambda: gate_of(file(route(), global_rules=rules)))
    assert any("global" in problem for problem in problems)


def test_routes_that_guard_nothing_are_refused() -> None:
    """A file without the plugin would let everyone in."""
    problems = told(lambda: gate_of(file(route(plugins={}))))
    assert any("nothing would be guarded" in problem for problem in problems)


def test_a_reference_of_a_route_that_leads_nowhere_is_refused() -> None:
    """APISIX takes the text itself, for a realm or the name of a header."""
    problems = told(lambda: gate_of(guarded(header="$env://NOWHERE")))
    assert any("NOWHERE" in problem for problem in problems)


@both
def test_another_plugin_may_be_left_to_another(server: str) -> None:
    """Named in allow_dropped, the rest is guarded as ever."""
    config = file(route(plugins={"jwt-auth": {}, "ip-restriction": {}}))
    gate = gate_of(config, allow_dropped=["ip-restriction"])
    assert statuses(gate, server, Sent(), bearing()) == [401, 200]


@both
def test_credentials_of_other_plugins_prove_nothing(server: str) -> None:
    """A key of key-auth is no key of jwt-auth."""
    other = {"id": "jack/credentials/k", "plugins": {"key-auth": {"key": "jack-key"}}}
    gate = gate_of(guarded((consumer(), other)))
    assert BOTH[server](gate, bearing()).message == {"message": UNKNOWN}


@both
def test_rotten_tokens_say_no_more_with_many_credentials(server: str) -> None:
    """One message, however many keys there are."""
    gate = gate_of(guarded((consumer(), *_TWO_CREDENTIALS)))
    assert BOTH[server](gate, bearing(ROTTEN)).message == {"message": FAILED}
