"""The page of APISIX's ``jwt-auth``, from files: ``python -m examples.from_apisix``."""

import sys
from collections.abc import Sequence
from pathlib import Path

from examples import published
from examples.documents import Setup, Step, play

_HERE = Path(__file__).parent
_JACK = {
    "x-consumer-username": "jack",
    "x-credential-identifier": "cred-jack-jwt-auth",
}
_BEARER = {"Authorization": published.JACK_TOKEN}  # the page sends it bare


def setups() -> Sequence[Setup]:
    """Give the setups of the page, in its order; the one with Vault is not here yet."""
    return (
        Setup(
            title="Use JWT for Consumer Authentication",
            file=_HERE / "apisix.yaml",
            steps=(
                Step(
                    title="the page's token",
                    path="/headers",
                    headers=_BEARER,
                    sees=_JACK,
                ),
                Step(
                    title="an invalid token",
                    path="/headers",
                    headers={"Authorization": f"{published.JACK_TOKEN[:-6]}random"},
                    statuses=[401],
                    body={"message": "failed to verify jwt"},
                ),
                Step(
                    title="no token",
                    path="/headers",
                    statuses=[401],
                    body={"message": "Missing JWT token in request"},
                ),
                Step(
                    title="a path without a route",
                    path="/get",
                    headers=_BEARER,
                    statuses=[404],
                    body={"error_msg": "404 Route Not Found"},
                ),
            ),
        ),
        Setup(
            title="Carry JWT in Request Header, Query String, or Cookie",
            file=_HERE / "carriers.yaml",
            steps=(
                Step(
                    title="in the header",
                    path="/get",
                    headers={"jwt-auth-header": published.JACK_TOKEN},
                    sees=_JACK,
                ),
                Step(
                    title="in the query",
                    path=f"/get?jwt-query={published.JACK_TOKEN}",
                    sees=_JACK,
                ),
                Step(
                    title="in a cookie",
                    path="/get",
                    headers={"Cookie": f"jwt-cookie={published.JACK_TOKEN}"},
                    sees=_JACK,
                ),
            ),
        ),
        Setup(
            title="Manage Secrets in Environment Variables",
            file=_HERE / "environment.yaml",
            environ={"JACK_JWT_SECRET": published.JACK_SECRET},
            steps=(
                Step(
                    title="a secret from the environment",
                    path="/get",
                    headers=_BEARER,
                    sees=_JACK,
                ),
            ),
        ),
        Setup(
            title="Sign JWT with RS256 Algorithm",
            file=_HERE / "public_key.yaml",
            steps=(
                Step(
                    title="the page's RS256 token",
                    path="/headers",
                    headers={"Authorization": published.RSA_TOKEN},
                    sees=_JACK,
                ),
            ),
        ),
        Setup(
            title="Add Consumer Custom ID to Header",
            file=_HERE / "custom_id.yaml",
            steps=(
                Step(
                    title="the consumer's custom id",
                    path="/anything",
                    headers=_BEARER,
                    sees={**_JACK, "x-consumer-custom-id": "495aec6a"},
                ),
            ),
        ),
        Setup(
            title="Rate Limit with Anonymous Consumer",
            file=_HERE / "rate_limit.yaml",
            steps=(
                Step(
                    title="five requests of jack",
                    path="/anything",
                    headers=_BEARER,
                    statuses=[200, 200, 200, 429, 429],
                ),
                Step(
                    title="five requests of nobody",
                    path="/anything",
                    statuses=[200, 429, 429, 429, 429],
                ),
            ),
        ),
    )


if __name__ == "__main__":
    sys.exit(min(play(setups()), 1))
