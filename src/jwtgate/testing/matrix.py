"""Hostile requests against an app of the user's own."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.policy import Policy
from jwtgate.testing.attackreport import AttackReport, Result
from jwtgate.testing.attacks.attack import Attack
from jwtgate.testing.attacks.catalogue import ATTACKS
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.controls import Untested, judge_of
from jwtgate.testing.forging import Forge
from jwtgate.testing.judging import Judge
from jwtgate.testing.requests import Request, Unsendable
from jwtgate.testing.senders import Send, sender

__all__ = ["attack_matrix"]


def attack_matrix(  # noqa: PLR0913 - by keyword; most are left out
    client: Any,
    path: str,
    gate: Gate,
    whose: Consumer | Credential | str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    other: Consumer | Credential | str | None = None,
    websocket: str | None = None,
    ran: Callable[[], int] | None = None,
    allow: Collection[str] = (),
    private_key: str | bytes | None = None,
    policy: Policy | None = None,
) -> AttackReport:
    """Make hostile requests of a guarded path, and tell which of them got in.

    First a request with a good token has to pass, and one without has to be told from
    it; otherwise nothing is tested, and the report says so. Then every attack is made
    once. One got in if its answer has a status of success, or that of the good token;
    for some it is told by the answer's body, or by ``ran``. An answer of 5xx, or an
    exception, is a failure as well.

    Where the client is one of tests, its app is called directly, since clients make
    requests tidy; what the client would add itself is not sent.

    Args:
        client: The test client of Starlette, FastAPI, Flask, Werkzeug or Django (both),
            a client of httpx, an app of ASGI or WSGI, or a function that takes a
            :class:`jwtgate.testing.Request` and gives a status, or an
            :class:`jwtgate.testing.Answer`.
        path: The path, best of a view that shows who calls; with a query, if it needs
            one.
        gate: The gate that is to guard it; tokens are made for it, by its clock.
        whose: Who may enter; as for :func:`jwtgate.testing.mint`.
        method: The method of the view.
        headers: What the view needs besides, such as a ``Content-Type``.
        body: The same.
        other: Who else has a credential with the gate.
        websocket: A guarded path for handshakes of WebSockets, if there is one.
        ran: Tells how often the view has run; then nothing is concluded from answers.
        allow: The names of attacks that this app lets in for good reasons.
        private_key: For a credential with a public key; ``other`` needs the kit's own.
        policy: That of a route, if the path has one of its own.

    Returns:
        The report; call its ``assert_safe()``.

    Raises:
        ConfigurationError: A client of another kind, no such credential, or no such
            attack to allow.
        InvalidKey: No private key where one is needed, or one that does not fit.
    """
    _check_names(allow)
    forge = Forge(gate, whose, private_key=private_key, policy=policy)
    target = Target(
        forge=forge,
        usual=_usual(path, method, headers, body),
        other=None if other is None else Forge(gate, other, policy=policy),
        websocket=websocket,
    )
    name = f"{method} {path}"
    with sender(client) as send:
        try:
            judge = judge_of(gate, target, send, ran)
        except Untested as problem:
            return AttackReport(target=name, problem=str(problem))
        results = [_result(each, target, send, judge, allow) for each in ATTACKS]
    return AttackReport(target=name, results=tuple(results))


def _usual(
    path: str, method: str, headers: Mapping[str, str] | None, body: bytes
) -> Request:
    lines = tuple((n.encode(), v.encode()) for n, v in (headers or {}).items())
    bare, _, query = path.partition("?")
    return Request(method=method, path=bare, query=query, headers=lines, body=body)


def _check_names(names: Collection[str]) -> None:
    known = {each.name for each in ATTACKS}
    if unknown := [name for name in names if name not in known]:
        raise ConfigurationError(f"there is no attack {unknown[0]!r:.80} to allow")


def _result(
    attack: Attack, target: Target, send: Send, judge: Judge, allow: Collection[str]
) -> Result:
    result = Result(name=attack.name, about=attack.about, verdict="skipped", answer="")
    request = attack.request(target)
    if request is None:
        return replace(result, answer="not here")
    try:
        answer, verdict = judge.verdict(attack, request, send)
    except Unsendable:
        return replace(result, answer="not sendable")
    told = " ".join(part for part in (str(answer.status or "-"), answer.error) if part)
    if verdict == "passed" and attack.name in allow:
        verdict = "allowed"
    return replace(result, verdict=verdict, answer=told)
