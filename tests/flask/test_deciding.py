import json
from typing import Any

import pytest
from flask import Flask, Response, g, request
from werkzeug.test import run_wsgi_app

from jwtgate import (
    Anonymous,
    Answer,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Policy,
    Quota,
    Reason,
)
from jwtgate.flask.deciding import denial, gate_of_request, open_to_all, refusal
from jwtgate.flask.mounts import Mount, mounts_of
from jwtgate.requirement import Requirement
from tests.kit import KEY, ListStore, clock, credential, jack, make_gate, mint

TOKEN = mint()
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FORGED = {"X-Consumer-Id": "forged", "X_Consumer_Username": "forged"}
EVERYWHERE = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)
OPTIONAL = Requirement(optional=True)
STAFF = Requirement(groups=["staff"])

APP = Flask("shop")


def asked(**sent: Any) -> Any:
    """Give the context of a request for an app without the extension."""
    return APP.test_request_context(**sent)


def text_of(response: Response | None) -> tuple[int, str]:
    """Give status and body of a refusal."""
    assert response is not None
    return response.status_code, json.loads(response.data)["message"]


# A decision


def test_a_caller_passes() -> None:
    """The outcome is in g and in the environ, the very same."""
    with asked(headers=BEARER):
        assert refusal(make_gate(), None) is None
        assert type(g.jwtgate) is Authenticated
        assert request.environ["jwtgate"] is g.jwtgate


def test_a_caller_is_told_by_headers() -> None:
    """The identity headers are where Flask's users look for headers."""
    with asked(headers={**BEARER, **FORGED}):
        refusal(make_gate(), None)
        assert request.headers["X-Consumer-ID"] == jack().id
        assert request.headers["X-Consumer-Username"] == "jack"
        assert request.headers["X-Credential-Identifier"] == KEY


def test_nobody_is_refused() -> None:
    """Without a token there is a response, and its outcome is in g."""
    with asked():
        assert text_of(refusal(make_gate(), None)) == (401, Reason.TOKEN_MISSING.text)
        assert type(g.jwtgate) is Denied
        assert request.environ["jwtgate"] is g.jwtgate


def test_what_a_view_demands() -> None:
    """A caller who is not what a view demands is refused."""
    with asked(headers=BEARER):
        status, text = text_of(refusal(make_gate(), STAFF))
        assert (status, text) == (403, Reason.CONSUMER_FORBIDDEN.text)


def test_what_a_view_lets_pass() -> None:
    """Without a token, what demands none is called without identity."""
    with asked(headers=FORGED):
        assert refusal(make_gate(), OPTIONAL) is None
        assert g.jwtgate.why == "optional"
        assert "X-Consumer-Id" not in request.headers


def test_the_anonymous_consumer() -> None:
    """Who stands in is told as who calls is."""
    gate = make_gate(policy=Policy(anonymous=Consumer(username="guest")))
    with asked(headers=FORGED):
        assert refusal(gate, None) is None
        assert type(g.jwtgate) is Anonymous
        assert request.headers["X-Consumer-Username"] == "guest"


def test_report_mode() -> None:
    """What would be refused passes, and without identity."""
    with asked(headers=FORGED):
        assert refusal(make_gate(policy=Policy(mode="report")), STAFF) is None
        assert g.jwtgate.would.reason is Reason.TOKEN_MISSING
        assert "X-Consumer-Id" not in request.headers


def test_a_second_decision() -> None:
    """The same gate does not verify twice, though the token is hidden by then."""
    store = ListStore(credential())
    gate = Gate(store, EVERYWHERE, clock=clock)
    with asked(headers=BEARER):
        assert refusal(gate, None) is None
        assert refusal(gate, Requirement(authenticated=True)) is None
    assert len(store.asked) == 1


def test_a_second_decision_counts_once() -> None:
    """What was counted for a request is not counted for its view."""
    gate = make_gate(policy=Policy(quota=Quota(rates="1/h", aligned=True)))
    with asked(headers=BEARER):
        assert refusal(gate, None) is None
        assert refusal(gate, Requirement()) is None


def test_a_decision_of_another_gate() -> None:
    """What another gate let through is decided afresh."""
    with asked(headers=BEARER):
        refusal(make_gate(), None)
        status, _ = text_of(refusal(Gate(ListStore(), clock=clock), None))
        assert status == 401


def test_a_store_that_fails() -> None:
    """A failure of ours is a 503, and no exception."""

    class Broken:
        def find(self, key: str, kid: str | None = None) -> Any:
            raise OSError(key, kid)

    with asked(headers=BEARER):
        assert text_of(refusal(Gate(Broken(), clock=clock), None))[0] == 503


# A public view


def test_a_public_view() -> None:
    """Everybody passes, and nobody under a forged name."""
    with asked(headers={**BEARER, **FORGED}):
        open_to_all(make_gate())
        assert g.jwtgate.why == "public"
        assert request.environ["jwtgate"] is g.jwtgate
        assert not [name for name, _ in request.headers if name.startswith("X-")]


def test_a_public_view_behind_a_gate() -> None:
    """What a gate further out said stays."""
    with asked(headers=BEARER):
        refusal(make_gate(), None)
        outcome = g.pop("jwtgate")
        open_to_all(make_gate())
        assert g.jwtgate is outcome
        assert request.headers["X-Consumer-Username"] == "jack"


# The response of a refusal


def sent_by(gate: Gate, **sent: Any) -> tuple[Response, Denied]:
    """Give the response to a refused request, and its outcome."""
    with asked(**sent):
        response = refusal(gate, None)
        assert response is not None
        return response, g.jwtgate


def test_a_response() -> None:
    """Status, headers and body are the refusal's, and nothing is added."""
    response, denied = sent_by(make_gate(policy=Policy(realm="shop")))
    assert response.status_code == 401
    assert response.data == denied.content
    assert list(response.headers) == [
        ("Content-Length", str(len(denied.content))),
        ("WWW-Authenticate", 'Bearer realm="shop"'),
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
    ]


def test_a_response_to_head() -> None:
    """It has the headers of the body, and no body (RFC 9110 section 9.3.2)."""
    response, denied = sent_by(make_gate(), method="HEAD")
    assert response.headers["Content-Length"] == str(len(denied.content))
    assert response.data == b""


def test_a_response_without_content() -> None:
    """Flask's own idea of a Content-Type is not sent with a 204."""
    gate = make_gate(policy=Policy(termination=Answer(status=204)))
    response, _ = sent_by(gate, headers=BEARER)
    assert list(response.headers) == [("Cache-Control", "no-store")]


def test_a_response_that_is_the_apps() -> None:
    """An app that has a class of responses gets one."""

    class Own(Response):
        pass

    app = Flask("shop")
    app.response_class = Own
    with app.test_request_context():
        assert type(refusal(make_gate(), None)) is Own


def test_a_class_of_responses_that_takes_names() -> None:
    """Some take their arguments by name alone, as Flask gives them."""

    class Named(Response):
        def __init__(self, response: Any = None, **named: Any) -> None:
            super().__init__(response, **named)

    app = Flask("shop")
    app.response_class = Named
    with app.test_request_context():
        assert text_of(refusal(make_gate(), None))[0] == 401


def test_a_refusal_of_another_form() -> None:
    """A gateway's form is kept to the byte."""
    gate = make_gate(policy=Policy.apisix())
    with asked():
        outcome = refusal(gate, None)
        assert outcome is not None
        assert outcome.data == g.jwtgate.content


def test_a_refusal_by_itself() -> None:
    """Whatever was denied can be rendered, as a WSGI response."""
    with asked():
        refusal(make_gate(), None)
        body, status, _ = run_wsgi_app(denial(g.jwtgate), request.environ)
        assert status == "401 UNAUTHORIZED"
        assert b"".join(body) == g.jwtgate.content


# Which gate


def test_the_gate_of_the_app() -> None:
    """The app's own gate comes before one further out."""
    app, gate = Flask("shop"), make_gate()
    mounts_of(app.extensions)[None] = Mount.of({}, gate)
    with app.test_request_context():
        refusal(make_gate(), OPTIONAL)
        assert gate_of_request() is gate


def test_the_gate_further_out() -> None:
    """An app without the extension has the gate of the middleware around it."""
    gate = make_gate()
    with asked(environ_base={"jwtgate": Exempt("preflight", None, gate)}):
        assert gate_of_request() is gate


@pytest.mark.parametrize("found", [None, "forged", Exempt("public", None, "forged")])
def test_no_gate(found: object) -> None:
    """Without one, the error names the missing step."""
    environ = {} if found is None else {"jwtgate": found}
    with (
        asked(environ_base=environ),
        pytest.raises(RuntimeError, match=r"call JWTGate\(gate\)\.init_app\(app\)"),
    ):
        gate_of_request()


# What Flask has kept of the request


def read() -> str:
    """Read the request in every way that Werkzeug keeps an answer of."""
    seen = (
        *(request.args, request.cookies, request.values, request.query_string),
        *(request.url, request.full_path, request.authorization, request.base_url),
        *(list(request.headers), request.environ.get("RAW_URI")),
        *(request.environ["QUERY_STRING"], request.environ.get("REQUEST_URI")),
    )
    authorization = request.authorization
    return repr((*seen, authorization and authorization.token))


CARRIED = {
    "header": {"headers": BEARER},
    "query": {"query_string": f"a=1&jwt={TOKEN}"},
    "cookie": {"headers": {"Cookie": f"a=1; jwt={TOKEN}"}},
    "raw-uri": {
        "headers": BEARER,
        "environ_base": {"RAW_URI": f"/?a=1&jwt={TOKEN}"},
    },
    "request-uri": {
        "headers": BEARER,
        "environ_base": {"REQUEST_URI": f"/?a=1&jwt={TOKEN}"},
    },
}


@pytest.mark.parametrize("sent", CARRIED.values(), ids=CARRIED)
def test_a_hidden_token(sent: dict[str, Any]) -> None:
    """With hide_credentials, what was read before and kept is forgotten."""
    with asked(**sent):
        assert TOKEN in read()
        assert refusal(make_gate(policy=EVERYWHERE), None) is None
        assert TOKEN not in read()


def test_a_hidden_token_at_a_public_view() -> None:
    """Where a gate further out knows who calls, what that hides stays hidden."""
    query = f"a=1&jwt={TOKEN}"
    with asked(query_string=query):
        refusal(make_gate(policy=EVERYWHERE), None)
        found = g.jwtgate
    with asked(query_string=query):
        request.environ["jwtgate"] = found
        assert TOKEN in read()
        open_to_all(make_gate())
        assert TOKEN not in read()


def test_what_is_beside_a_hidden_token() -> None:
    """The other parameters and cookies stay."""
    sent = {"query_string": f"a=1&jwt={TOKEN}", "headers": {"Cookie": "b=2"}}
    with asked(**sent):
        read()
        refusal(make_gate(policy=EVERYWHERE), None)
        assert (dict(request.args), dict(request.cookies)) == ({"a": "1"}, {"b": "2"})
        assert request.url == "http://localhost/?a=1"
        assert dict(request.values) == {"a": "1"}
        assert request.full_path == "/?a=1"


def test_a_token_stays_unless_it_is_to_be_hidden() -> None:
    """By default the app sees the request as the client sent it."""
    with asked(query_string=f"jwt={TOKEN}"):
        refusal(make_gate(policy=Policy(query_names=("jwt",))), None)
        assert request.args["jwt"] == TOKEN


def test_an_environ_without_a_query() -> None:
    """A server may leave it out (PEP 3333)."""
    with asked(headers=BEARER):
        del request.environ["QUERY_STRING"]
        assert refusal(make_gate(), None) is None
        assert request.query_string == b""


def test_the_body() -> None:
    """What was sent is the view's to read."""
    with asked(headers=BEARER, method="POST", json={"a": 1}):
        refusal(make_gate(policy=EVERYWHERE), None)
        assert request.get_json() == {"a": 1}


def test_a_body_that_was_read() -> None:
    """And what a hook has read of it stays read."""
    with asked(headers=BEARER, method="POST", data={"a": "1"}):
        assert request.form["a"] == "1"
        refusal(make_gate(policy=EVERYWHERE), None)
        assert request.values["a"] == "1"
