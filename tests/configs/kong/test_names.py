import pytest

from jwtgate.configs.kong.names import CARRIED, HARMLESS


def test_no_plugin_is_in_both_groups() -> None:
    """What is carried over is not dropped."""
    assert not CARRIED & HARMLESS


GUARDS = [
    *("key-auth", "basic-auth", "oauth2", "hmac-auth", "ldap-auth", "openid-connect"),
    *("mtls-auth", "session", "ip-restriction", "bot-detection", "opa"),
    *("request-size-limiting", "response-ratelimiting", "rate-limiting-advanced"),
    *("pre-function", "post-function", "request-validator", "jwt-signer"),
    *("aws-lambda", "mocking", "redirect", "ai-proxy", "tls-metadata-headers"),
]


@pytest.mark.parametrize("name", GUARDS)
def test_what_keeps_somebody_out_is_not_harmless(name: str) -> None:
    """Nor what answers in the app's place."""
    assert name not in HARMLESS
