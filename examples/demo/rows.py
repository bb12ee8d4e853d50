"""What the demo sends, and what must come back."""

import time
from dataclasses import dataclass, field
from warnings import catch_warnings, simplefilter

import jwt
from jwt.warnings import InsecureKeyLengthWarning

from examples import published
from examples.demo import gates

JSMITH = {"x-consumer-username": "jsmith"}
JACK = {"x-consumer-username": "jack"}
APISIX_JACK = {
    **JACK,
    "x-consumer-custom-id": "495aec6a",
    "x-credential-identifier": "cred-jack-jwt-auth",
}


@dataclass(frozen=True)
class Row:
    """One request, and its answer as it must be.

    Attributes:
        sent: What it is, in words.
        url: Path and query; the path's first part chooses the policy.
        headers: Header lines to send.
        sees: Identity headers that the app must see; empty for a refusal.
        reason: The slug that the log must have; empty if the app runs.
        body: What a refusal must tell the client.
        status: Of a refusal.
    """

    sent: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    sees: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    body: dict[str, str] = field(default_factory=dict)
    status: int = 401

    @property
    def policy(self) -> str:
        """The first part of the path."""
        return self.url.split("/")[1]


def bearer(token: str) -> list[tuple[str, str]]:
    """Write a token into the usual header."""
    return [("Authorization", f"Bearer {token}")]


def signed(key: str, secret: str | bytes, **claims: object) -> str:
    """Sign a token, as any issuer would, with PyJWT."""
    with catch_warnings():
        # Two of the published secrets are shorter than RFC 7518 3.2 demands.
        simplefilter("ignore", InsecureKeyLengthWarning)
        return jwt.encode({"iss": key, **claims}, secret, algorithm="HS256")


def native_rows(now: int) -> list[Row]:
    """Give the rows of jwtgate's own policy."""
    fresh = signed("jack", gates.SECRET, exp=now + 300)
    other = signed("jack", gates.SECRET, exp=now + 301)
    expired = signed("jack", gates.SECRET, exp=now - 1)
    tampered = fresh[:-2] + ("AA" if fresh[-2:] != "AA" else "QQ")
    spoofed = [("X-Consumer-Username", "admin"), ("X_Consumer_Username", "admin")]
    return [
        Row("no token", "/native/", reason="token_missing"),
        Row("a fresh token", "/native/", bearer(fresh), JACK),
        Row("one that expired", "/native/", bearer(expired), reason="token_expired"),
        Row("a tampered one", "/native/", bearer(tampered), reason="signature_invalid"),
        Row(
            "two that differ",
            f"/several/?jwt={other}",
            bearer(fresh),
            reason="tokens_differ",
        ),
        Row("a spoofed X-Consumer-Username", "/native/", bearer(fresh) + spoofed, JACK),
        Row(
            "no token, guests allowed",
            "/open/",
            sees={"x-consumer-username": "guest", "x-anonymous-consumer": "true"},
        ),
        Row(
            "a tampered one, guests allowed",
            "/open/",
            bearer(tampered),
            reason="signature_invalid",
        ),
        Row(
            "Kong's published token (no exp)",
            "/native/",
            bearer(published.KONG_TOKEN),
            reason="claim_missing",
        ),
    ]


def kong_rows(now: int) -> list[Row]:
    """Give the rows of Kong's documents."""
    blob = signed("blob-key", b"blob data")
    near = signed(published.LAB_KEY, published.LAB_SECRET, exp=now + 590)
    far = signed(published.LAB_KEY, published.LAB_SECRET, exp=now + 3600)
    return [
        Row(
            "no token",
            "/kong/",
            reason="token_missing",
            body={"message": "Unauthorized"},
        ),
        Row("jsmith's token", "/kong/", bearer(published.KONG_TOKEN), JSMITH),
        Row("the same in ?jwt=", f"/kong/?jwt={published.KONG_TOKEN}", sees=JSMITH),
        Row(
            'base64 secret, "blob data"',
            "/kong/",
            bearer(blob),
            {"x-consumer-username": "blob"},
        ),
        Row(
            "the lab: exp in 590 s of 600",
            "/lab/",
            bearer(near),
            {"x-consumer-username": "lab"},
        ),
        Row(
            "the lab: exp in an hour",
            "/lab/",
            bearer(far),
            reason="expiration_too_far",
            body={"exp": "exceeds maximum allowed expiration"},
        ),
    ]


def apisix_rows() -> list[Row]:
    """Give the rows of APISIX's document."""
    token = published.JACK_TOKEN
    return [
        Row("HS256 token, bare", "/apisix/", [("Authorization", token)], APISIX_JACK),
        Row("the same with Bearer", "/apisix/", bearer(token), APISIX_JACK),
        Row("in its own header", "/apisix/", [("jwt-auth-header", token)], APISIX_JACK),
        Row("in the query", f"/apisix/?jwt-query={token}", sees=APISIX_JACK),
        Row(
            "as a cookie", "/apisix/", [("Cookie", f"jwt-cookie={token}")], APISIX_JACK
        ),
        Row(
            "a random signature",
            "/apisix/",
            bearer(token[:-16] + "_random_random_A"),
            reason="signature_invalid",
            body={"message": "failed to verify jwt"},
        ),
        Row("RS256 token", "/apisix-rs256/", bearer(published.RSA_TOKEN), APISIX_JACK),
        Row(
            "the Vault example's token",
            "/apisix-vault/",
            bearer(published.VAULT_TOKEN),
            APISIX_JACK,
        ),
    ]


def file_rows(now: int) -> list[Row]:
    """Give the rows of the gate from a file, as the file is at first."""
    fresh = signed("jack", gates.SECRET, exp=now + 300)
    return [
        Row("no token on a public route", "/file/health"),
        Row("no token elsewhere", "/file/orders", reason="token_missing"),
        Row("a fresh token", "/file/orders", bearer(fresh), JACK),
        Row(
            "a path around the public route",
            "/file/health/%2e%2e/orders",
            reason="path_ambiguous",
            status=400,
        ),
    ]


def rows_after_reload(now: int) -> list[Row]:
    """Give the rows after jack's credential was disabled in the file."""
    fresh = signed("jack", gates.SECRET, exp=now + 300)
    return [
        Row(
            "a fresh token, after a reload",
            "/file/orders",
            bearer(fresh),
            reason="credential_disabled",
        ),
    ]


def all_rows() -> list[Row]:
    """Give every row but those after the reload, signed now."""
    now = int(time.time())
    return [*native_rows(now), *kong_rows(now), *apisix_rows(), *file_rows(now)]
