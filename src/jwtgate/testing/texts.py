"""Texts that stores have taken for other texts, or for commands."""

__all__ = ["NEAR", "NEAR_NAMES", "ODD"]

NEAR = {
    "case": ("jack-key", "Jack-Key"),
    "case of other letters": ("\u00e9t\u00e9", "\u00c9t\u00c9"),
    "blank behind": ("jack-key", "jack-key "),
    "blank before": ("jack-key", " jack-key"),
    "two blanks within": ("jack key", "jack  key"),
    "accent": ("jose", "jos\u00e9"),
    "composed accent": ("andr\u00e9", "andre\u0301"),
    "sharp s": ("stra\u00dfe", "strasse"),
    "dotless i": ("jill", "j\u0131ll"),
    "full width": ("jack", "\uff4a\uff41\uff43\uff4b"),
    "ligature": ("file", "\ufb01le"),
    "kelvin": ("K", "\u212a"),
    "kana": ("\u304b", "\u30ab"),
    "above U+FFFF": ("\U0001f511", "\U0001f510"),
    "shorter": ("jack-key", "jack-ke"),
    "wildcard of one": ("jackxkey", "jack_key"),
    "wildcard of many": ("jack-key", "jack%"),
    "pattern": ("jack-key", "[a-z]*"),
    "zeros before a number": ("1", "01"),
    "another writing of a number": ("10", "1e1"),
    "end of 512 octets": ("k" * 511 + "a", "k" * 511 + "b"),
    "end of 512 octets of UTF-8": ("\u00e9" * 255 + "\u00e8", "\u00e9" * 256),
}
"""Pairs that are two texts, though a database or a program may take them for one."""

NEAR_NAMES = {why: pair for why, pair in NEAR.items() if len(pair[0]) < 255}
"""Those of them that may be names: a store may have less room for names than keys."""

ODD = {
    "blank": " ",
    "quotes": "' OR '1'='1",
    "command": "x'; DELETE FROM jwtgate_credentials; --",
    "double quote": '"',
    "backslash": "\\",
    "percent": "%",
    "underscore": "_",
    "star": "*",
    "format": "%s %(key)s {key} {0}",
    "bind": ":key ?1 $1 @key",
    "braces": "}{x}{",
    "colons": "::1:",
    "path": "../../etc/passwd",
    "address": "https://issuer.example/?a=b&c#d",
    "JSON": '{"$ne": null}',
    "null": "null",
    "None": "None",
    "true": "true",
    "zero": "0",
    "reference": "$env://HOME",
    "no Latin": "\u0645\u0641\u062a\u0627\u062d",
    "four octets a character": "\U0001f511" * 128,
    "512 octets": "k" * 512,
}
"""Keys that mean something to some program; each is a key like any other."""
