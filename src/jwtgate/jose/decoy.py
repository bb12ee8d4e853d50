"""Keys that belong to nobody, for the work that hides which keys exist.

A token that names an unknown key is checked against the decoy of its algorithm, so
that the answer takes as long as for a bad signature under a known key. The result is
thrown away: it would not matter if somebody could sign for a decoy.
"""

import json
from functools import cache

from jwtgate.jose.algorithms import ALGORITHMS
from jwtgate.jose.compact import UnverifiedToken
from jwtgate.jose.keys import VerificationKey, load_key

__all__ = ["decoy_key", "verify_in_vain"]

_RSA = {
    "kty": "RSA",
    "e": "AQAB",
    "n": "mxduOljpqMROoBhvypfNzo6Ot50qH5I5EbmuINob32uhdvMZdafMLeN9UvBPZY8WdkaFSWJpD0"
    "ME-KOOyuYAfdCAu_Th9s9eLIxiF_TsCvaDxc4S_zHRghr0AdPH6yBguC48h_C8Vd1w3DwMzQbj1nex"
    "vWmeS1MvNO_Gus5pj2P-zMCOwIROToke-I5Q_pFjfsmER7blEkr1-epR2Fc_NDenzhLMDJkdm9SlrZ"
    "I9tF2WBkWpI6gVDyOpsn4NOXMr9fTdNs-47PqMOpOjKJOAZWiYHd7J7TmqTwzFGJZb7-kBIxPoWksn"
    "RjMKDYAoX0ZIfyAKlhQXk814rNPevuu5jw",
}
_PUBLIC = {
    "ES256": {
        "kty": "EC",
        "crv": "P-256",
        "x": "oF7G7qVOltgWTIS7JtNkeOddnJefmUfBWe_Lf7k33VE",
        "y": "GLfvdPBZ20VxIcyCnlG5_1LsDSqkG_q8TdH3Ky27eng",
    },
    "ES384": {
        "kty": "EC",
        "crv": "P-384",
        "x": "UAmHwVtWkNHwzkm0HcD8G2IyOn5eKK9cV4hanFk4RsLAr8NweqbSY4DtL4fap2Wr",
        "y": "sc-LUyswzMsp0wHzZ2CJjjx0x7huoL17K0GYACcPEKUxzSNaCvCWhpOk_n4Z_eVd",
    },
    "ES512": {
        "kty": "EC",
        "crv": "P-521",
        "x": "AQuxTTAdCqTRdFVjtOv2-TWL5bnHrwYJbku1J8nF_A2jI6o7n2xuy8uB5UQD0MnDi-UK73ti"
        "rhKEeUFR_-e_po-O",
        "y": "AJqRIqvKlt6erqFeUmSIpF4iINNNuH3Lw0kGotizVC2SpUh0ES0z9LaAC0WE7qpTsrK2NXcq"
        "EXNODZlYxaf1PAj6",
    },
    "EdDSA": {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "XwlzzO7KOy1fsepEjyIwCVBVOQG6RH1sjmQPujycVg0",
    },
}


@cache
def decoy_key(algorithm: str) -> VerificationKey:
    """Give the decoy of one of the 13 algorithms; the first call parses it."""
    if ALGORITHMS[algorithm].symmetric:
        return load_key(algorithm, bytes(64))
    jwk = _PUBLIC.get(algorithm, _RSA)
    return load_key(algorithm, json.dumps(jwk).encode())


def verify_in_vain(token: UnverifiedToken) -> None:
    """Do the work of a signature check for a token that is refused anyway.

    Args:
        token: Its ``alg`` is one of the 13, as the gate saw to before.
    """
    if token.signature is not None and token.header.alg is not None:
        decoy_key(token.header.alg).verify(token.signature, token.signing_input)
