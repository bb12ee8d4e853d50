"""Sections 7 and 8 of APISIX's page: consumers, credentials, what the app sees."""

from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    JACK,
    JILL,
    JILLS,
    UNKNOWN,
    Tree,
    bearing,
    block,
    consumer,
    credential,
    file,
    guarded,
    holder,
    passes,
    refused,
    route,
    safer,
    token,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import Header, Sent, public_pem

_LABELLED = consumer(labels={"custom_id": "495aec6a", "team": "blue"})
_FULL = guarded((_LABELLED, credential()))
_OPEN = file(route("/open", plugins={}), route())

_SET = (
    passes("the username", "7", seen={"x-consumer-username": "jack"}),
    passes(
        "the credential's id, not its key",
        "7; 12",
        seen={"x-credential-identifier": "cred-jack-jwt-auth"},
    ),
    passes(
        "no identifier where the block is the consumer's",
        "7",
        config=guarded((holder(),)),
        seen={"x-credential-identifier": ABSENT},
    ),
    passes(
        "the custom_id among the labels",
        "7",
        config=_FULL,
        seen={"x-consumer-custom-id": "495aec6a"},
    ),
    passes(
        "no custom_id without the label", "7", seen={"x-consumer-custom-id": ABSENT}
    ),
    passes(
        "no custom_id of the credential's labels",
        "7, credential labels are ignored",
        config=guarded(
            (consumer(), {**credential(), "labels": {"custom_id": "of-the-credential"}})
        ),
        seen={"x-consumer-custom-id": ABSENT},
    ),
    passes(
        "no other label of the consumer",
        "7",
        config=_FULL,
        seen={"x-consumer-team": ABSENT, "x-team": ABSENT},
    ),
    passes(
        "no consumer id, which is Kong's",
        "12, other headers",
        config=_FULL,
        seen={"x-consumer-id": ABSENT},
    ),
    passes(
        "no word of being anonymous",
        "12, other headers",
        seen={"x-anonymous-consumer": ABSENT},
    ),
    passes(
        "no groups, though the consumer has one",
        "12, other headers",
        config=guarded(
            (consumer(group_id="staff"), credential()),
        )
        | {"consumer_groups": [{"id": "staff", "plugins": {}}]},
        seen={"x-consumer-groups": ABSENT},
    ),
    passes(
        "a username with a dash and a digit",
        "8, username",
        config=guarded((consumer("jack-the_2nd"), credential("jack-the_2nd"))),
        who="jack-the_2nd",
    ),
    passes(
        "a custom_id that is no ASCII, percent-encoded",
        "7",
        config=guarded((consumer(labels={"custom_id": "né"}), credential())),
        seen={"x-consumer-custom-id": "n%C3%A9"},
        **safer("the octets go out as they are, and apps read them differently"),
    ),
)


def _forge(*names: str) -> tuple[Header, ...]:
    return tuple((name, "admin") for name in names)


_OVERWRITTEN = (
    *(
        passes(
            f"a username that the client sends as {name}",
            "7, overwritten",
            bearing(GOOD, *_forge(name)),
            seen={
                "x-consumer-username": "jack",
                "x_consumer_username": ABSENT,
                "x-consumer_username": ABSENT,
            },
        )
        for name in (
            "X-Consumer-Username",
            "x-consumer-username",
            "X-CONSUMER-USERNAME",
            "X_Consumer_Username",
            "X-Consumer_Username",
        )
    ),
    *(
        passes(
            f"a custom_id that the client sends as {name}, and that is not set",
            "7, removed",
            bearing(GOOD, *_forge(name)),
            seen={"x-consumer-custom-id": ABSENT, "x_consumer_custom_id": ABSENT},
        )
        for name in (
            "X-Consumer-Custom-ID",
            "x-consumer-custom-id",
            "X_Consumer_Custom_ID",
        )
    ),
    passes(
        "a custom_id that the client sends, and that is set",
        "7, overwritten",
        bearing(GOOD, *_forge("X-Consumer-Custom-ID", "X_Consumer_Custom_ID")),
        config=_FULL,
        seen={"x-consumer-custom-id": "495aec6a", "x_consumer_custom_id": ABSENT},
    ),
    *(
        passes(
            f"an identifier that the client sends as {name}, and that is not set",
            "7, removed",
            bearing(GOOD, *_forge(name)),
            config=guarded((holder(),)),
            seen={
                "x-credential-identifier": ABSENT,
                "x_credential_identifier": ABSENT,
            },
        )
        for name in ("X-Credential-Identifier", "X_Credential_Identifier")
    ),
    *(
        passes(
            f"a header of Kong's that the client sends as {name}",
            "7; 12",
            bearing(GOOD, *_forge(name)),
            seen={
                name.lower(): ABSENT,
                name.lower().replace("_", "-"): ABSENT,
            },
            **safer("it is passed on, though apps behind Kong trust it"),
        )
        for name in (
            "X-Consumer-ID",
            "X_Consumer_ID",
            "X-Consumer-Groups",
            "X-Anonymous-Consumer",
            "X-Credential-Username",
            "X-Authenticated-Groups",
        )
    ),
    passes(
        "a header in the misspelling of the documents",
        "7, X-Credential-Indentifier",
        bearing(GOOD, *_forge("X-Credential-Indentifier")),
        seen={"x-credential-indentifier": ABSENT},
        **safer("it is passed on, and whoever reads the documents trusts it"),
    ),
    *(
        passes(
            f"{name} of the client on a route without the plugin",
            "7, untouched",
            Sent(path="/open", headers=_forge(name)),
            config=_OPEN,
            who=ABSENT,
            seen={name.lower(): ABSENT, name.lower().replace("_", "-"): ABSENT},
            **safer("it is passed on, so that anyone is whoever he says"),
        )
        for name in (
            "X-Consumer-Username",
            "X_Consumer_Username",
            "X-Consumer-Custom-ID",
            "X-Credential-Identifier",
        )
    ),
    passes(
        "another header of the client stays",
        "7",
        bearing(GOOD, ("X-Consumerism", "yes"), ("X-Request-ID", "7")),
        seen={"x-consumerism": "yes", "x-request-id": "7"},
    ),
)


def _nested(*credentials: Tree) -> Tree:
    return guarded((consumer(credentials=list(credentials)),))


_SECOND = {"key": "second-key", "secret": "2" * 40}
_SECOND_TOKEN = token({"key": "second-key"}, secret="2" * 40)
_MANY = guarded((*JACK, credential(name="second", **_SECOND)))
_BOTH = guarded((holder(**_SECOND), credential()))

_ENTRIES = (
    passes(
        "a credential that stands before its owner",
        "8, order does not matter",
        config=guarded((credential(), consumer())),
    ),
    passes(
        "a block of the consumer's own",
        "8, one block",
        config=guarded((holder(),)),
    ),
    passes(
        "a credential within its consumer, as the Admin API shows it",
        "8, nested",
        config=_nested({"id": "nested-one", "plugins": {"jwt-auth": block()}}),
        seen={"x-credential-identifier": "nested-one"},
    ),
    passes(
        "a credential within its consumer, as ADC writes it",
        "8, ADC",
        config=_nested({"name": "adc-one", "type": "jwt-auth", "config": block()}),
    ),
    passes(
        "the first of two credentials",
        "8, many credentials",
        config=_MANY,
        seen={"x-credential-identifier": "cred-jack-jwt-auth"},
    ),
    passes(
        "the second of two credentials",
        "8, many credentials",
        bearing(_SECOND_TOKEN),
        config=_MANY,
        seen={"x-credential-identifier": "second"},
    ),
    passes(
        "a credential beside the consumer's own block",
        "8, one block and many credentials",
        config=_BOTH,
        seen={"x-credential-identifier": "cred-jack-jwt-auth"},
    ),
    passes(
        "the consumer's own block beside a credential",
        "8, one block and many credentials",
        bearing(_SECOND_TOKEN),
        config=_BOTH,
        seen={"x-credential-identifier": ABSENT},
    ),
    passes(
        "another consumer by its own key",
        "8",
        bearing(JILLS),
        config=guarded((*JACK, *JILL)),
        who="jill",
        seen={"x-credential-identifier": "cred-jill"},
    ),
    refused(
        "one consumer's secret under another's key",
        "3, signature",
        bearing(token({"key": "jill-key"})),
        FAILED,
        config=guarded((*JACK, *JILL)),
    ),
    passes(
        "the later of two consumers with one key",
        "8, last loaded wins",
        bearing(token(secret="l" * 40)),
        config=guarded((holder(), holder("late", secret="l" * 40))),
        who="late",
    ),
    refused(
        "the earlier of two consumers with one key",
        "8, last loaded wins",
        bearing(),
        FAILED,
        config=guarded((holder(), holder("late", secret="l" * 40))),
    ),
    passes(
        "the later of two entries of one consumer",
        "8, duplicate ids",
        bearing(token(secret="l" * 40)),
        config=guarded((holder(), holder(secret="l" * 40))),
    ),
    refused(
        "the earlier of two entries of one consumer",
        "8, duplicate ids",
        bearing(),
        UNKNOWN,
        config=guarded((holder(), holder(**_SECOND))),
    ),
    refused(
        "the earlier of two entries of one credential",
        "8, duplicate ids",
        bearing(),
        UNKNOWN,
        config=guarded((consumer(), credential(), credential(**_SECOND))),
    ),
)

_SKIPPED: dict[str, tuple[Tree, ...]] = {
    "a username with a blank": (
        consumer("jack the ripper"),
        credential("jack the ripper"),
    ),
    "a username with a dot": (consumer("jack.x"), credential("jack.x")),
    "an empty username": (holder(""),),
    "a username that is a number": ({"username": 7, "plugins": {"jwt-auth": block()}},),
    "a label with a blank": ({**holder(), "labels": {"custom_id": "4 9"}},),
    "an empty label": ({**holder(), "labels": {"custom_id": ""}},),
    "a label of 257 characters": ({**holder(), "labels": {"custom_id": "x" * 257}},),
    "plugins that are a list": (consumer(plugins=[block()]),),
}
_INVALID = (
    *(
        refused(
            f"a consumer with {what} is skipped",
            "8, invalid entries",
            bearing(),
            UNKNOWN,
            config=guarded(entries),
        )
        for what, entries in _SKIPPED.items()
    ),
    refused(
        "a credential with two plugins is skipped",
        "8, exactly one plugin",
        bearing(),
        UNKNOWN,
        config=guarded(
            (
                consumer(),
                {
                    "id": "jack/credentials/two",
                    "plugins": {"jwt-auth": block(), "key-auth": {"key": "k"}},
                },
            )
        ),
    ),
    refused(
        "a credential without a plugin is skipped",
        "8, exactly one plugin",
        bearing(),
        UNKNOWN,
        config=guarded((consumer(), {"id": "jack/credentials/none", "plugins": {}})),
    ),
    passes(
        "an invalid consumer leaves the others",
        "8, skipped one by one",
        config=guarded(({"username": "no way"}, *JACK)),
    ),
    passes(
        "an invalid credential leaves the others",
        "8, skipped one by one",
        config=guarded((*JACK, credential(name="bad", key=""))),
    ),
    passes(
        "a base64_secret without a secret leaves the others",
        "8, crashes the whole list",
        config=guarded(
            (
                *JACK,
                credential(
                    name="odd",
                    key="odd-key",
                    secret=None,
                    base64_secret=True,
                    algorithm="RS256",
                    public_key=public_pem("RS256"),
                ),
            )
        ),
        **safer("the whole list of consumers is lost, and nobody can log in"),
    ),
)

CASES: tuple[Case, ...] = (*_SET, *_OVERWRITTEN, *_ENTRIES, *_INVALID)
