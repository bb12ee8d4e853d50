"""The ``jwtgate`` command; the extra ``cli`` gives it colour.

``main`` is also ``python -m jwtgate``. What ends it with which code is in
:mod:`jwtgate.cli.errors`.
"""

from jwtgate.cli.entry import main

__all__ = ["main"]
