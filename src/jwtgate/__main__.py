"""``python -m jwtgate``: the command."""

import sys

from jwtgate.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
