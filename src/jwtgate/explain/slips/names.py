"""Mistakes in names: the key claim, the kid, issuer and audience, who is disabled."""

from collections.abc import Sequence
from typing import Final

from jwtgate.explain.case import Case
from jwtgate.explain.explanation import Slip
from jwtgate.explain.wording import plain, shown
from jwtgate.reason import Reason

__all__ = ["NAMES"]

_NO_KEY = (
    Reason.KEY_CLAIM_MISSING,
    Reason.KEY_CLAIM_INVALID,
    Reason.KEY_UNKNOWN,
)


def _key_elsewhere(case: Case) -> Slip | None:
    if case.reason not in _NO_KEY or not case.others:
        return None
    where, (value, _) = next(iter(case.others.items()))
    claim = case.policy.key_claim
    if where.startswith("key "):
        return Slip(
            name="key_nearly",
            saw=f"There is a credential for {shown(value)}, which the token's key "
            "almost is.",
            mend=f"Write it so in {shown(claim)}: keys are compared exactly.",
        )
    name = where.partition(", in the ")[0]
    return Slip(
        name="key_elsewhere",
        saw=f"The policy looks for the key in {shown(claim)}, and the token has it as "
        f"{plain(where)}.",
        mend=f"Set key_claim to {shown(name)}, or have the issuer write "
        f"{shown(claim)}.",
    )


def _kid_unknown(case: Case) -> Slip | None:
    if case.reason is not Reason.KID_UNKNOWN or case.token is None:
        return None
    kid = case.token.header.kid
    signed_with = next((each for each in case.tried if each.holds), None)
    if signed_with is not None:
        right = signed_with.credential.kid
        return Slip(
            name="kid_wrong",
            saw=f"The token's kid is {shown(kid)}, and it was signed with that of kid "
            f"{shown(right)}.",
            mend="Have the issuer write that kid, or none.",
        )
    kids = ", ".join(shown(each.credential.kid) for each in case.tried)
    return Slip(
        name="kid_unknown",
        saw=f"The token's kid is {shown(kid)}, and the key has credentials of kid "
        f"{kids} only.",
        mend="Add the new credential of a rotation, or sign with one of these.",
    )


def _consumer_disabled(case: Case) -> Slip | None:
    if case.reason is not Reason.CONSUMER_DISABLED:
        return None
    tried = next(
        each for each in case.tried if each.off_duty is Reason.CONSUMER_DISABLED
    )
    consumer = tried.credential.consumer
    holds = ", and the signature holds" if tried.holds else ""
    return Slip(
        name="consumer_disabled",
        saw=f"The consumer {shown(consumer.username or consumer.custom_id)} is "
        f"disabled{holds}.",
        mend="Enable the consumer, if that is not meant.",
    )


def _issuer_nearly(case: Case) -> Slip | None:
    return _nearly(case, Reason.ISSUER_MISMATCH, "iss", case.policy.issuer)


def _audience_nearly(case: Case) -> Slip | None:
    accepted = [*case.policy.audience]
    if case.verified is not None:
        accepted += case.verified[0].audience
    return _nearly(case, Reason.AUDIENCE_MISMATCH, "aud", accepted)


def _type_nearly(case: Case) -> Slip | None:
    accepted = [*case.policy.types]
    if case.verified is not None:
        accepted += case.verified[0].types
    return _nearly(case, Reason.TYPE_MISMATCH, "typ", accepted)


def _nearly(
    case: Case, reason: Reason, claim: str, accepted: Sequence[str]
) -> Slip | None:
    if case.token is None or not any(step.reason is reason for step in case.steps):
        return None
    members = case.token.header.members if claim == "typ" else case.token.claims
    found = members.get(claim)
    named = found if isinstance(found, tuple) else (found,)
    for text in named:
        for name in accepted:
            if isinstance(text, str) and _loose(text) == _loose(name) != "":
                return Slip(
                    name=f"{claim}_nearly",
                    saw=f"{claim} is {shown(text)}, and {shown(name)} is accepted: "
                    "they differ by case, blanks, scheme or a slash at the end.",
                    mend="Write both alike: they are compared exactly.",
                    reason=reason,
                )
    return None


def _loose(name: str) -> str:
    bare = name.strip().rstrip("/").casefold()
    return bare.removeprefix("https://").removeprefix("http://")


NAMES: Final = (
    _key_elsewhere,
    _kid_unknown,
    _consumer_disabled,
    _issuer_nearly,
    _audience_nearly,
    _type_nearly,
)
"""In the order in which the gate looks."""
