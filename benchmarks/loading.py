"""What it costs to load a file of 10,000 consumers, in each notation."""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from jwtgate import load

CONSUMERS = 10_000


def toml(consumers: list[dict[str, str]]) -> str:
    """Write the consumers as TOML."""
    tables = [
        f'[[consumers]]\nusername = "{each["username"]}"\n'
        f'credentials = [{{ key = "{each["key"]}", secret = "{each["secret"]}" }}]\n'
        for each in consumers
    ]
    return "\n".join(["version = 1", *tables])


def tree(consumers: list[dict[str, str]]) -> str:
    """Write the consumers as JSON, which is YAML too."""
    tables = [
        {
            "username": each["username"],
            "credentials": [{"key": each["key"], "secret": each["secret"]}],
        }
        for each in consumers
    ]
    return json.dumps({"version": 1, "consumers": tables})


def main() -> None:
    """Print the seconds of each notation, the least of three."""
    consumers = [
        {"username": f"c{number}", "key": f"k{number}", "secret": f"{number:064d}"}
        for number in range(CONSUMERS)
    ]
    texts = {"toml": toml(consumers), "json": tree(consumers), "yaml": tree(consumers)}
    with TemporaryDirectory() as folder:
        for notation, text in texts.items():
            path = Path(folder) / f"jwtgate.{notation}"
            path.write_text(text)
            seconds = []
            for _ in range(3):
                start = time.perf_counter()
                load(path, environ={})
                seconds.append(time.perf_counter() - start)
            print(f"{CONSUMERS} consumers, {notation}: {min(seconds):.2f} s")


if __name__ == "__main__":
    main()
