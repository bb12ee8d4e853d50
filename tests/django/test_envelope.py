from typing import Any

import pytest
from django.http import HttpResponse

from jwtgate import Access, Answer, Denied, Policy, RequestView, authenticate
from jwtgate.django.envelope import content_of, dress, text_of
from tests.kit import make_gate, mint


def denied(policy: Policy, **claims: Any) -> Denied:
    """Give the refusal of a token, if only by the policy."""
    headers = [(b"authorization", b"Bearer " + mint(**claims).encode())]
    outcome = authenticate(
        make_gate(policy=policy), RequestView("GET", headers=headers)
    )
    assert isinstance(outcome, Denied)
    return outcome


def answered(**answer: Any) -> Denied:
    """Give a refusal with an answer of the policy."""
    made = Answer(**{"status": 403, **answer})
    return denied(Policy(access=Access(deny_consumers=["jack"], answer=made)))


KONG = denied(Policy.kong(claims_to_verify=("exp", "nbf")), exp=1, nbf=9e9)
EXPIRED = denied(Policy(), exp=1)


@pytest.mark.parametrize(
    ("refusal", "text", "detail"),
    [
        pytest.param(EXPIRED, *["The token has expired"] * 2, id="own"),
        pytest.param(answered(message="Go"), *["Go"] * 2, id="message"),
        pytest.param(answered(body="<p>"), *["<p>"] * 2, id="body"),
        pytest.param(
            KONG,
            "token expired, token not valid yet",
            {"exp": "token expired", "nbf": "token not valid yet"},
            id="members",
        ),
    ],
)
def test_detail(refusal: Denied, text: str, detail: object) -> None:
    """What the client is told is the detail: a text, or members."""
    assert text_of(refusal) == text
    assert content_of(refusal) == {"detail": detail}


def test_status_without_content() -> None:
    """Such a refusal has no envelope."""
    assert content_of(answered(status=204)) is None


def test_response_gets_status_and_headers() -> None:
    """All but what describes the content is the refusal's."""
    response = HttpResponse(content_type="text/plain")
    dress(response, EXPIRED)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "text/plain"
