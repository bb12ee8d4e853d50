"""``to_native()``: from a gate to the file that would give it again."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import final

from jwtgate.configs.native.build import VERSION, build
from jwtgate.configs.native.kinds import POLICY
from jwtgate.configs.native.policies import make_policy, shared_terms
from jwtgate.configs.native.snapshots import fixed
from jwtgate.configs.native.stand_ins import StandIns, as_text
from jwtgate.configs.native.variants import readings
from jwtgate.configs.native.writing import Members, Writer
from jwtgate.configs.problems import Problems
from jwtgate.configs.reading import parse_json
from jwtgate.configs.tree import sound
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.dialect import NATIVE, strict
from jwtgate.dialects import APISIX, KONG
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.policy import Policy
from jwtgate.routes import Route
from jwtgate.secrets import References
from jwtgate.settings import Settings
from jwtgate.stores import FixedStore, MemoryStore

__all__ = ["NativeFile", "to_native"]

_FIELDS = tuple(each.name for each in fields(Policy) if each.name in POLICY)
_GATEWAYS: Sequence[tuple[object, Members]] = (
    (NATIVE, {}),
    (KONG, {"gateway": "kong"}),
    (APISIX, {"gateway": "apisix"}),
    (strict(KONG), {"gateway": "kong", "strict": True}),
    (strict(APISIX), {"gateway": "apisix", "strict": True}),
)
_UNSAYABLE = "a policy is none that a constructor makes, so that no file can say it"
# YAML folds some of them, and takes none of the others as it is.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NativeFile:
    """What :func:`to_native` wrote.

    Attributes:
        text: The file: JSON, so that its name has to end in ``.json`` (or ``.yaml``,
            which takes JSON as well).
        variables: The environment variables that the file refers to, each with its
            secret; empty unless references were asked for. Never shown.
        notes: What the file cannot say, a sentence each.
    """

    text: str = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)
    notes: Sequence[str] = ()


def to_native(gate: Gate, *, references: bool = False) -> NativeFile:
    """Write the native file that gives a gate which answers as this one.

    Args:
        gate: A gate over a store of a file, or over a :class:`jwtgate.MemoryStore`.
        references: Write secrets as ``$env://`` references, and give their values
            beside the text; else they stand in the text.

    Raises:
        ConfigurationError: A store of another kind, a policy that no file can say, or
            what a native file takes for a mistake, as two consumers of one custom_id.
    """
    file = _Export(gate, StandIns(references=references)).file()
    _load(file)
    return file


def _load(file: NativeFile) -> None:
    # Who would find out later may have no gate any more to write anew.
    problems = Problems()
    tree = parse_json(file.text)
    build(sound(tree, problems, References(Path(), file.variables)), problems)


@final
class _Export:
    def __init__(self, gate: Gate, stand_ins: StandIns) -> None:
        self._settings = gate.settings
        self._stand_ins = stand_ins
        self._writer = Writer(stand_ins)
        self._store, self._is_base64 = _read_by(self._settings)

    def file(self) -> NativeFile:
        settings = self._settings
        base = _policy(settings.policy, {})
        own = base | self._reading(settings.store, above=None)
        tree: Members = {"version": VERSION, "policy": self._writer.write(own)}
        if settings.unrouted != "policy":
            tree["unrouted"] = settings.unrouted
        tree["consumers"] = self._consumers()
        below = {**base, **shared_terms(settings.policy)}
        tree["routes"] = [self._route(route, below) for route in settings.routes]
        text = json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
        notes = [
            # Not by its key, which may be what a reference led to.
            f"credential {number} of the store is left out: {row.why}"
            for number, row in enumerate(self._store.credentials, start=1)
            if isinstance(row, UnusableCredential)
        ]
        return NativeFile(
            text=_NOT_IN_YAML.sub(_escaped, text),
            variables=self._stand_ins.variables,
            notes=notes,
        )

    def _consumers(self) -> list[Members]:
        consumers = _owners(self._store)
        rows: dict[str, list[object]] = {each: [] for each in consumers}
        for row in _used(self._store):
            rows[row.consumer.id].append(self._writer.write(row))
        return [
            {**self._writer.table(each), "credentials": rows[name]}
            for name, each in consumers.items()
        ]

    def _route(self, route: Route, below: Members) -> Members:
        members = self._writer.table(route)
        if route.public:
            own = _policy(route.policy or Policy(), {})
        else:
            settings = self._settings
            store = settings.store if route.store is None else route.store
            own = _policy(route.policy or settings.policy, below)
            own |= self._reading(store, above=self._is_base64[id(settings.store)])
        return {**members, "policy": self._writer.write(own)} if own else members

    def _reading(self, store: object, *, above: bool | None) -> Members:
        own = self._is_base64[id(store)]
        return {} if own is above else {"secret_is_base64": own}


def _read_by(settings: Settings) -> tuple[FixedStore, Mapping[int, bool | None]]:
    """Give the store to be written, and what ``secret_is_base64`` makes others of it.

    The stores of a file's routes, and its own, have one secret in two readings at most.
    Source: Kong.
    """
    routes = [route.store for route in settings.routes if route.store is not None]
    stores = {id(each): _held(each) for each in (settings.store, *routes)}
    found = readings(tuple(stores.values()))
    if found is None:
        raise ConfigurationError(
            "a route has a store with other credentials than the gate's, which no file "
            "can say"
        )
    store, ways = found
    if any(way is not None for way in ways) and not all(map(_is_sayable, _used(store))):
        raise ConfigurationError(
            "a secret that is no text is read as base64 and as it is, which no file "
            "can say"
        )
    return store, dict(zip(stores, ways, strict=True))


def _is_sayable(row: Credential) -> bool:
    secret = row.reveal_secret()
    return secret is None or as_text(secret) is not None


def _used(store: FixedStore) -> list[Credential]:
    return [row for row in store.credentials if isinstance(row, Credential)]


def _held(store: object) -> FixedStore:
    if isinstance(store, FixedStore | MemoryStore):
        return fixed(store)
    raise ConfigurationError(
        "only what a file or a MemoryStore holds can be written; this store is a "
        f"{type(store).__name__}"
    )


def _owners(store: FixedStore) -> Mapping[str, Consumer]:
    found: dict[str, Consumer] = {}
    for each in (*store.consumers, *(row.consumer for row in _used(store))):
        if found.setdefault(each.id, each) != each:
            raise ConfigurationError(
                "two consumers share an id, which no file can say; give each its own"
            )
    return found


def _policy(policy: Policy, below: Mapping[str, object]) -> Members:
    """Give the members, as values, that make the policy of those below it."""
    own = _gateway(policy, below)
    # What a gateway's constructor takes as default depends on what it is given.
    while different := _different(policy, {**below, **own}):
        if different.keys() <= own.keys():
            raise ConfigurationError(_UNSAYABLE)
        own |= different
    return own


def _different(policy: Policy, settings: Mapping[str, object]) -> Members:
    chosen = {name: getattr(policy, name) for name in _FIELDS}
    try:
        made = make_policy(settings)
    except ConfigurationError:
        return chosen
    return {
        name: value for name, value in chosen.items() if getattr(made, name) != value
    }


def _gateway(policy: Policy, below: Mapping[str, object]) -> Members:
    named = next((own for ways, own in _GATEWAYS if policy.dialect is ways), None)
    if named is None:
        raise ConfigurationError(_UNSAYABLE)
    inherited = {name: below[name] for name in ("gateway", "strict") if below.get(name)}
    if named == inherited:
        return {}
    if not named:
        return {"gateway": "native"}
    return {"strict": False, **named} if "strict" in inherited else dict(named)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
