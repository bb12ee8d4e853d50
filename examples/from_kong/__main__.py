"""Kong's documents, from its own files: ``python -m examples.from_kong``."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from warnings import catch_warnings, simplefilter

import jwt
from jwt.warnings import InsecureKeyLengthWarning

from examples import published
from examples.documents import Setup, Step, play

_HERE = Path(__file__).parent
_BLOB = b"blob data"


def bearer(token: str) -> dict[str, str]:
    """Write a token into the header that Kong looks at."""
    return {"Authorization": f"Bearer {token}"}


def signed(key: str, secret: str | bytes, **claims: int) -> str:
    """Sign as the documents do, on jwt.io or with PyJWT."""
    with catch_warnings():
        simplefilter("ignore", InsecureKeyLengthWarning)
        return jwt.encode({"iss": key, **claims}, secret, algorithm="HS256")


def setups(now: int) -> Sequence[Setup]:
    """Give the setups of the three documents, with tokens for this time."""
    lab = signed(published.LAB_KEY, published.LAB_SECRET, iat=now, exp=now + 600)
    late = signed(published.LAB_KEY, published.LAB_SECRET, exp=1_733_279_271)
    far = signed(published.LAB_KEY, published.LAB_SECRET, exp=now + 3_600)
    blob = signed("blob-key", _BLOB)
    blob_as_text = signed("blob-key", published.BLOB_SECRET)
    good = signed("blob-key", published.BLOB_SECRET, exp=now + 60, nbf=now - 60)
    early = signed("blob-key", published.BLOB_SECRET, exp=now + 90, nbf=now + 60)
    blob_seen = {"x-consumer-username": "blob", "x-consumer-custom-id": "495aec6a"}
    guest = {"x-consumer-username": "guest", "x-anonymous-consumer": "true"}
    return (
        Setup(
            title="Authenticate Consumers with the JWT plugin",
            file=_HERE / "kong.yml",
            steps=(
                Step(
                    title="no token",
                    path="/anything",
                    statuses=[401],
                    body={"message": "Unauthorized"},
                ),
                Step(
                    title="the document's token",
                    path="/anything",
                    headers=bearer(published.KONG_TOKEN),
                    sees={
                        "x-consumer-username": "jsmith",
                        "x-credential-identifier": published.KONG_KEY,
                    },
                ),
                Step(
                    title="in the query",
                    path=f"/anything?jwt={published.KONG_TOKEN}",
                    sees={"x-consumer-username": "jsmith"},
                ),
                Step(
                    title="a path without a route",
                    path="/",
                    headers=bearer(published.KONG_TOKEN),
                    statuses=[404],
                    body={"message": "no Route matched with those values"},
                ),
            ),
        ),
        Setup(
            title="JWT Authentication, a lab with FastAPI",
            file=_HERE / "lab.yml",
            steps=(
                Step(
                    title="a token of the lab's script",
                    path="/kong/healthy",
                    headers=bearer(lab),
                    sees={"x-consumer-username": "fastapi-consumer"},
                ),
                Step(
                    title="the token of its first try, long expired",
                    path="/kong/healthy",
                    headers=bearer(late),
                    statuses=[401],
                    body={"exp": "token expired"},
                ),
                Step(
                    title="one that lives an hour",
                    path="/kong/healthy",
                    headers=bearer(far),
                    statuses=[401],
                    body={"exp": "exceeds maximum allowed expiration"},
                ),
            ),
        ),
        Setup(
            title="The plugin's overview",
            file=_HERE / "overview.yml",
            steps=(
                Step(
                    title="verified claims",
                    path="/verified",
                    headers=bearer(good),
                    sees=blob_seen,
                ),
                Step(
                    title="a token whose time has not come",
                    path="/verified",
                    headers=bearer(early),
                    statuses=[401],
                    body={"nbf": "token not valid yet"},
                ),
                Step(
                    title='signed with "blob data", kept as base64',
                    path="/base64",
                    headers=bearer(blob),
                    sees=blob_seen,
                ),
                Step(
                    title="signed with the base64 itself",
                    path="/base64",
                    headers=bearer(blob_as_text),
                    statuses=[401],
                    body={"message": "Invalid signature"},
                ),
                Step(
                    title="a public key",
                    path="/public-key",
                    headers=bearer(published.RSA_TOKEN),
                    sees={"x-consumer-username": "keys"},
                ),
                Step(title="nobody, as anonymous", path="/anonymous", sees=guest),
                Step(
                    title="two tokens that differ",
                    path=f"/verified?jwt={early}",
                    headers=bearer(good),
                    statuses=[401],
                    body={"message": "Multiple tokens provided"},
                ),
                Step(
                    title="anonymous, where an acl shuts the door",
                    path="/closed",
                    statuses=[401],
                    body={"message": "Unauthorized"},
                ),
                Step(
                    title="a member of the acl's group",
                    path="/closed",
                    headers=bearer(blob_as_text),
                    sees={**blob_seen, "x-consumer-groups": "members"},
                ),
                Step(
                    title="five requests, three an hour",
                    path="/limited",
                    headers=bearer(blob_as_text),
                    statuses=[200, 200, 200, 429, 429],
                    body={"message": "API rate limit exceeded"},
                ),
            ),
        ),
    )


if __name__ == "__main__":
    sys.exit(min(play(setups(int(time.time()))), 1))
