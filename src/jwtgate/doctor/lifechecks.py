"""What is weak about the life of credentials, and of the tokens made with them."""

from collections.abc import Iterator, Sequence

from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.policychecks import LEEWAY, MAX_LEEWAY
from jwtgate.doctor.subject import Placed, Subject
from jwtgate.doctor.tokenchecks import has_long_lived
from jwtgate.stores.fitting import is_retired

__all__ = ["RULES", "check_lives"]

ENDLESS = Rule(
    "JG321",
    "info",
    "credentials have no end",
    "One that leaked, and nobody noticed, is good for ever.",
    "Rotate them, with retire_after or by rotate(), as often as you can.",
)
RETIRED = Rule(
    "JG322",
    "info",
    "credentials that are retired are still there",
    "They verify nothing; what is kept can still leak.",
    "Delete them.",
)
DISABLED = Rule(
    "JG323",
    "info",
    "a consumer is disabled, and its credentials are not",
    "They work again the moment the consumer does, those of who left, too.",
    "Delete those that are not to come back.",
)
NO_DENYLIST = Rule(
    "JG324",
    "info",
    "tokens live for more than a day, and none can be revoked",
    "A token that leaked is good until its exp, or until the credential is taken away "
    "from all of them.",
    "Give the gate a denylist, or let tokens live for an hour (RFC 6750 section 5.3).",
)

RULES = (ENDLESS, RETIRED, DISABLED, NO_DENYLIST)


def check_lives(subject: Subject) -> Iterator[Finding]:
    """Look at when credentials end, and whether a token can before that."""
    live = subject.live
    endless = [each for each in live if each.credential.retire_after is None]
    yield from _counted(ENDLESS, endless, live, "have no retire_after", subject)
    retired = [
        each for each in subject.credentials if is_retired(each.credential, subject.now)
    ]
    yield from _counted(RETIRED, retired, subject.credentials, "are retired", subject)
    for each in subject.credentials:
        credential = each.credential
        if credential.enabled and not credential.consumer.enabled:
            yield DISABLED.at(each.path)
        if (credential.lifetime_grace_period or 0) > MAX_LEEWAY:
            what = f"the leeway is {credential.lifetime_grace_period:g} seconds"
            yield LEEWAY.at(each.member("lifetime_grace_period"), what)
    if subject.settings.denylist is None and has_long_lived(subject):
        yield NO_DENYLIST.at(subject.place("denylist"))


def _counted(
    rule: Rule,
    some: Sequence[Placed],
    of: Sequence[Placed],
    what: str,
    subject: Subject,
) -> Iterator[Finding]:
    # One line for all: there may be a hundred thousand.
    if some:
        text = f"{len(some)} of {len(of)} credentials {what}"
        path = some[0].path if len(some) == 1 else subject.place("consumers")
        yield rule.at(path, text)
