from pathlib import Path

import pytest

from jwtgate.configs.formats import Format, format_of, reader_of

JSON = Path("a.json")


@pytest.mark.parametrize(
    ("path", "tree", "format_"),
    [
        (JSON, {"version": 1}, "native"),
        (JSON, {"_format_version": "3.0"}, "kong"),
        (JSON, {"consumers": []}, "apisix"),
        (JSON, {"secrets": []}, "apisix"),
        (JSON, {"version": 1, "consumers": []}, "native"),
        (JSON, {"consumer": []}, "native"),
        (JSON, [], "native"),
        (JSON, None, "native"),
        (Path("a.TOML"), {"_format_version": "3.0"}, "native"),
    ],
)
def test_a_file_tells_its_format(path: Path, tree: object, format_: str) -> None:
    """What is none of the gateways' is taken for one with a slip."""
    assert format_of(path, tree) == format_


@pytest.mark.parametrize("format_", ["native", "kong", "apisix"])
def test_each_format_has_a_reader(format_: Format) -> None:
    """Which is imported when it is needed."""
    assert callable(reader_of(format_))
