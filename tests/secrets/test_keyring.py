import copy
import os
import pickle
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jwtgate.secrets
from jwtgate import ConfigurationError
from jwtgate.errors import SecretUnavailable
from jwtgate.secrets.keyring import MARK, Keyring

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
RING = Keyring({"new": NEW, "old": OLD})
SECRET = b"a secret that nobody may see"
HERE = b"this row"


def text_of(key: bytes) -> str:
    """Write a key as an operator does."""
    return b64encode(key).decode()


def refusal(envelope: str, ring: Keyring = RING, context: bytes = HERE) -> str:
    """Tell why an envelope does not open."""
    with pytest.raises(SecretUnavailable) as caught:
        ring.open(envelope, context)
    assert SECRET.decode() not in str(caught.value)
    return str(caught.value)


# Sealing and opening


@given(octets=st.binary(), context=st.binary())
def test_what_is_sealed_opens_where_it_was_sealed(
    octets: bytes, context: bytes
) -> None:
    """Whatever it is."""
    assert RING.open(RING.seal(octets, context), context) == octets


def test_an_envelope_is_ascii_and_names_its_key() -> None:
    """A column of text holds it, and an operator sees which key it needs."""
    envelope = RING.seal(SECRET, HERE)
    assert envelope.isascii()
    assert envelope.startswith(f"{MARK}new:")


def test_an_envelope_is_as_long_as_it_says() -> None:
    """About 4/3 of the octets, and 60 characters."""
    assert len(RING.seal(b"x" * 300, HERE)) < 400 + 65


def test_an_envelope_does_not_show_what_is_in_it() -> None:
    """Not in any spelling that a search of a dump would find."""
    envelope = RING.seal(SECRET, HERE)
    assert SECRET.decode() not in envelope
    assert text_of(SECRET).rstrip("=") not in envelope


def test_no_two_envelopes_are_alike() -> None:
    """Equal secrets in a dump would be seen to be equal; a nonce never repeats."""
    assert len({RING.seal(SECRET, HERE) for _ in range(100)}) == 100


def test_an_older_key_opens_and_does_not_seal() -> None:
    """So that a key is changed while envelopes of the old one are about."""
    envelope = Keyring({"old": OLD}).seal(SECRET, HERE)
    assert RING.open(envelope, HERE) == SECRET
    assert not RING.is_current(envelope)


@pytest.mark.parametrize(
    ("text", "current"),
    [(RING.seal(SECRET, HERE), True), ("plain", False), (f"{MARK}newer:x", False)],
    ids=["sealed", "plain", "an id that begins alike"],
)
def test_what_the_newest_key_sealed_is_current(text: str, current: bool) -> None:  # noqa: FBT001 - a column of the table
    """The rest is to be sealed anew."""
    assert RING.is_current(text) is current


# Attacks on envelopes


def test_an_envelope_moved_to_another_row_does_not_open() -> None:
    """Who may write to the table cannot lend one consumer another's secret."""
    assert "does not open" in refusal(RING.seal(SECRET, HERE), context=b"that row")


@pytest.mark.parametrize("place", [0, 11, 12, 20, -17, -16, -1])
def test_an_envelope_with_a_flipped_bit_does_not_open(place: int) -> None:
    """In the nonce, the text, or the tag."""
    head, _, text = RING.seal(SECRET, HERE).rpartition(":")
    octets = bytearray(urlsafe_b64decode(text))
    octets[place] ^= 1
    changed = f"{head}:{urlsafe_b64encode(octets).decode()}"
    assert "does not open" in refusal(changed)


def test_an_envelope_that_is_cut_off_does_not_open() -> None:
    """At any place: a column that is too short must not weaken a key."""
    envelope = RING.seal(SECRET, HERE)
    head = len(MARK)
    assert all(refusal(envelope[:end]) for end in range(head, len(envelope)))


def test_the_id_of_another_key_does_not_open_an_envelope() -> None:
    """Key confusion: the id is bound, too, should two ids have one key."""
    ring = Keyring({"a": OLD, "b": OLD})
    envelope = ring.seal(SECRET, HERE).replace(f"{MARK}a:", f"{MARK}b:")
    assert "does not open by the key b" in refusal(envelope, ring)


def test_a_key_of_the_same_id_does_not_open_an_envelope() -> None:
    """Two deployments that share a name for their keys."""
    envelope = Keyring({"new": OLD}).seal(SECRET, HERE)
    assert "does not open by the key new" in refusal(envelope)


def test_an_envelope_of_a_key_that_is_gone_names_it() -> None:
    """So that an operator knows which one to put back."""
    envelope = Keyring({"2019-01": OLD}).seal(SECRET, HERE)
    assert "the key 2019-01, not here" in refusal(envelope)


def test_an_id_that_is_none_is_not_repeated() -> None:
    """It is somebody's text, for a log."""
    assert refusal(f"{MARK}\n<script>:x") == "a secret is sealed by the key ?, not here"


@pytest.mark.parametrize(
    "text",
    ["", SECRET.decode(), f"{MARK}", f"{MARK}new", f" {MARK}new:AAAA", MARK.upper()],
    ids=["empty", "plain", "mark", "no text", "a blank before", "upper case"],
)
def test_what_is_not_sealed_is_never_taken_as_it_is(text: str) -> None:
    """A downgrade: a plain secret put where an envelope has to be."""
    assert "not sealed" in refusal(text)


@given(text=st.text(st.characters()))
def test_any_text_opens_or_is_refused(text: str) -> None:
    """Nothing else escapes, whatever a table holds."""
    for envelope in (text, MARK + text, f"{MARK}new:{text}"):
        assert refusal(envelope)


# Reading a keyring


@pytest.mark.parametrize("key", [OLD, text_of(OLD)], ids=["octets", "base64"])
def test_a_key_is_32_octets_or_base64_of_them(key: bytes | str) -> None:
    """Both mean the same."""
    envelope = Keyring({"old": key}).seal(SECRET, HERE)
    assert RING.open(envelope, HERE) == SECRET


@pytest.mark.parametrize(
    "key",
    [
        b"",
        OLD[:31],
        OLD + b"x",
        OLD[:16],
        "",
        text_of(OLD)[:-1],
        f"{text_of(OLD)}\n",
        text_of(OLD[:16]),
        "ü" * 32,
        None,
    ],
    ids=[
        "none",
        "31 octets",
        "33 octets",
        "of AES-128",
        "empty",
        "no padding",
        "line end",
        "base64 of 16 octets",
        "no ASCII",
        "not set",
    ],
)
def test_a_key_of_another_form_is_refused(key: bytes | str) -> None:
    """Rather than stretched or cut."""
    with pytest.raises(ConfigurationError, match="key 1 of a keyring must have 32"):
        Keyring({"id": key})


@pytest.mark.parametrize("name", ["a", "2026-11", "A.b_c-d", "x" * 64])
def test_an_id_is_of_letters_digits_and_a_few_signs(name: str) -> None:
    """It is part of every envelope."""
    ring = Keyring({name: OLD})
    assert ring.open(ring.seal(SECRET, HERE), HERE) == SECRET


@pytest.mark.parametrize("name", ["", "-a", "a:b", "a b", "ä", "a\n", "x" * 65])
def test_an_id_of_another_form_is_refused(name: str) -> None:
    """A colon in it would end it early."""
    with pytest.raises(ConfigurationError, match="id of a key"):
        Keyring({name: OLD})


def test_a_keyring_has_a_key() -> None:
    """There would be nothing to seal with."""
    with pytest.raises(ConfigurationError, match="one key, or more"):
        Keyring({})


@pytest.mark.parametrize(
    "between", ["\n", "\r\n", ",", " , ", ",\n,", "\n\n# old, x:y\n"]
)
def test_a_text_has_a_line_for_each_key(between: str) -> None:
    """In a variable, commas are handier; a comment may have any sign."""
    text = (
        f"# keys, the newest first\n new:{text_of(NEW)}{between}old: {text_of(OLD)}\n"
    )
    ring = Keyring.from_text(text)
    assert repr(ring) == "Keyring(new, old)"
    assert RING.open(ring.seal(SECRET, HERE), HERE) == SECRET


@pytest.mark.parametrize(
    "text",
    ["", "#", "new", text_of(NEW), f"a:{text_of(NEW)}\na:{text_of(OLD)}", "a:b"],
    ids=["empty", "comment", "no colon", "no id", "an id twice", "no key"],
)
def test_a_text_of_another_form_is_refused(text: str) -> None:
    """At startup."""
    with pytest.raises(ConfigurationError, match="keyring"):
        Keyring.from_text(text)


def test_a_keyring_is_read_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name that it has unless another is given."""
    monkeypatch.setenv("JWTGATE_KEYRING", f"new:{text_of(NEW)}")
    assert RING.open(Keyring.from_env().seal(SECRET, HERE), HERE) == SECRET


def test_a_keyring_is_read_of_a_variable_of_another_name() -> None:
    """And of another mapping than the process's."""
    ring = Keyring.from_env("RING", {"RING": f"old:{text_of(OLD)}"})
    assert repr(ring) == "Keyring(old)"


def test_a_variable_that_is_not_set_is_an_error() -> None:
    """Rather than a store without encryption."""
    with pytest.raises(ConfigurationError, match="RING is not set"):
        Keyring.from_env("RING", {})


def test_a_keyring_is_read_of_a_file(tmp_path: Path) -> None:
    """As a secret that is mounted."""
    path = tmp_path / "ring"
    path.write_text(f"new:{text_of(NEW)}\n")
    assert RING.open(Keyring.from_file(path).seal(SECRET, HERE), HERE) == SECRET


@pytest.mark.parametrize("octets", [None, b"\xff\xfe"], ids=["missing", "no UTF-8"])
def test_a_file_that_cannot_be_read_is_an_error(
    octets: bytes | None, tmp_path: Path
) -> None:
    """Told with its path."""
    if octets is not None:
        (tmp_path / "ring").write_bytes(octets)
    with pytest.raises(ConfigurationError, match="ring cannot be read"):
        Keyring.from_file(tmp_path / "ring")


def test_a_key_that_is_made_can_be_used() -> None:
    """And is never the same."""
    assert repr(Keyring({"id": Keyring.new_key()})) == "Keyring(id)"
    assert Keyring.new_key() != Keyring.new_key()


# Secrecy


def test_a_keyring_shows_the_ids_alone() -> None:
    """In a repr, as in a traceback with locals."""
    assert repr(RING) == "Keyring(new, old)"


def test_a_keyring_cannot_be_pickled() -> None:
    """It would take its keys along."""
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(RING)


def test_a_keyring_can_be_copied() -> None:
    """As settings are."""
    assert copy.deepcopy(RING).open(RING.seal(SECRET, HERE), HERE) == SECRET


@pytest.mark.parametrize(
    "text",
    [
        f"{text_of(NEW)}:2026-11",
        f"{os.urandom(32).hex()}:2026-11",
        f"2026-11:{text_of(NEW)}=",
        f"2026 11:{text_of(NEW)}",
    ],
    ids=["the id behind", "hex, the id behind", "a sign too many", "no id"],
)
def test_an_error_never_shows_a_key(text: str) -> None:
    """Not even one that stands where the id belongs."""
    with pytest.raises(ConfigurationError) as caught:
        Keyring.from_text(text)
    shown = str(caught.value)
    assert all(
        part.rstrip("=") not in shown for part in text.split(":") if len(part) > 9
    )


def test_it_is_found_where_secrets_are() -> None:
    """By a name that loads cryptography when it is asked for."""
    assert jwtgate.secrets.Keyring is Keyring
    with pytest.raises(AttributeError, match="no attribute 'Keyrings'"):
        jwtgate.secrets.Keyrings  # noqa: B018 - the look-up
