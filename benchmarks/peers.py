"""Other libraries that verify JWTs, each as its documentation would have it fast.

Keys are prepared once wherever a library can keep one prepared, the one algorithm is
named, and exp and nbf are checked. None of them looks up a credential.
"""

import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

from benchmarks.tokens import ALGORITHMS, material, verifying_key

__all__ = ["OLD_PYJWT", "Peer", "Verify", "found_peers"]

OLD_PYJWT: Final = "PyJWT 2.10.1"

_OLD_PYJWT_FOLDER = Path(__file__).parents[1] / ".bench" / "pyjwt-2.10.1" / "jwt"

_KEY_TYPES: Final = {
    "HS256": "oct",
    "HS512": "oct",
    "RS256": "RSA",
    "ES256": "EC",
    "EdDSA": "OKP",
}

Verify = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Peer:
    """A library that verifies JWTs.

    Attributes:
        name: With its version.
        verifying: Gives what verifies a token of an algorithm.
        note: How it is used.
        algorithms: Those it knows.
    """

    name: str
    verifying: Callable[[str], Verify]
    note: str
    algorithms: Sequence[str] = ALGORITHMS


def found_peers() -> tuple[list[Peer], list[str]]:
    """Give the peers that are installed, and say which are not."""
    found, missing = [], []
    for name, make in _PEERS.items():
        try:
            found.append(make())
        except (ImportError, PackageNotFoundError):
            missing.append(f"{name} is not installed")
    return found, missing


def _pyjwt() -> Peer:
    note = "jwt.decode(token, key, algorithms=[...]), key: octets or a key object"
    return Peer(f"PyJWT {version('pyjwt')}", _decode_of(import_module("jwt")), note)


def _old_pyjwt() -> Peer:
    note = "the same; the last release before its strict base64 in Python"
    return Peer(OLD_PYJWT, _decode_of(_import_old_pyjwt()), note)


def _import_old_pyjwt() -> ModuleType:
    # Under a name of its own: one process runs both, so that they can take turns.
    name = "jwt_2_10_1"
    if name in sys.modules:
        return sys.modules[name]
    init = _OLD_PYJWT_FOLDER / "__init__.py"
    spec = spec_from_file_location(
        name, init, submodule_search_locations=[str(_OLD_PYJWT_FOLDER)]
    )
    if spec is None or spec.loader is None or not init.exists():
        raise ImportError(name)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _decode_of(module: ModuleType) -> Callable[[str], Verify]:
    def verifying(algorithm: str) -> Verify:
        key, algorithms = verifying_key(algorithm), [algorithm]
        decode = module.decode
        return lambda token: decode(token, key, algorithms=algorithms)

    return verifying


def _joserfc() -> Peer:
    jwt, jwk = import_module("joserfc.jwt"), import_module("joserfc.jwk")
    errors = import_module("joserfc.errors")
    warnings.simplefilter("ignore", errors.SecurityWarning)  # "EdDSA" has a new name

    def verifying(algorithm: str) -> Verify:
        key = jwk.import_key(material(algorithm), _KEY_TYPES[algorithm])
        algorithms, registry = [algorithm], jwt.JWTClaimsRegistry()

        def verify(token: str) -> object:
            read = jwt.decode(token, key, algorithms=algorithms)
            registry.validate(read.claims)
            return read.claims

        return verify

    note = "jwt.decode with an imported key, then JWTClaimsRegistry().validate"
    return Peer(f"joserfc {version('joserfc')}", verifying, note)


def _authlib() -> Peer:
    with warnings.catch_warnings():
        import_module("authlib.deprecate")  # which turns its warnings on
        warnings.simplefilter("ignore")
        jose = import_module("authlib.jose")

    def verifying(algorithm: str) -> Verify:
        kind = {"kty": _KEY_TYPES[algorithm]}
        key = jose.JsonWebKey.import_key(material(algorithm), kind)
        decode = jose.JsonWebToken([algorithm]).decode

        def verify(token: str) -> object:
            claims = decode(token, key)
            claims.validate()
            return claims

        return verify

    note = "JsonWebToken([...]).decode with an imported key, then validate"
    return Peer(f"Authlib {version('authlib')}", verifying, note)


def _python_jose() -> Peer:
    jwt, jwk = import_module("jose.jwt"), import_module("jose.jwk")

    def verifying(algorithm: str) -> Verify:
        key, algorithms = jwk.construct(material(algorithm), algorithm), [algorithm]
        decode = jwt.decode
        return lambda token: decode(token, key, algorithms=algorithms)

    note = "jwt.decode with a constructed key, on the backend of cryptography"
    known = tuple(each for each in ALGORITHMS if each != "EdDSA")
    return Peer(f"python-jose {version('python-jose')}", verifying, note, known)


_PEERS: dict[str, Callable[[], Peer]] = {
    "PyJWT": _pyjwt,
    OLD_PYJWT: _old_pyjwt,
    "joserfc": _joserfc,
    "Authlib": _authlib,
    "python-jose": _python_jose,
}
