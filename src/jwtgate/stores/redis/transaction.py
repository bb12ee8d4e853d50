"""Changes that are made whole or not at all, and only on what was seen."""

import os
from collections.abc import Callable
from random import uniform
from typing import Final, TypeAlias, TypeVar, final

from jwtgate.errors import StoreError
from jwtgate.stores.changes import Change, encode
from jwtgate.stores.redis.documents import Raw
from jwtgate.stores.redis.footprints import Footprint
from jwtgate.stores.redis.names import Names
from jwtgate.stores.redis.steps import Command, Pause, Work

__all__ = ["Transaction", "transact"]

_T = TypeVar("_T")

# All that a change says, is said by its arguments: what it rests on, each a command,
# its length before it, and the answer it has to have; then what it does. It has a
# name: one that comes twice, as its answer was lost, is made once.
_COMMIT: Final = """
local at = 0
local function take()
  at = at + 1
  return ARGV[at]
end
local function ask()
  local words = {}
  for i = 1, tonumber(take()) do words[i] = take() end
  return redis.call(unpack(words))
end
if redis.call('EXISTS', KEYS[1]) == 1 then return 1 end
for _ = 1, tonumber(take()) do
  if tostring(ask() or '') ~= take() then return 0 end
end
for _ = 1, tonumber(take()) do ask() end
redis.call('SET', KEYS[1], '', 'EX', 30)
return 1
"""

# One of those that compete always wins, so that so many may.
_ATTEMPTS: Final = 30
_SHORTEST: Final = 0.002  # seconds; it doubles with each attempt
_LONGEST: Final = 0.1

_Word: TypeAlias = str | bytes | int


@final
class Transaction:
    """One attempt at a change: what it has seen, and what it will write.

    Args:
        names: Of the store.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._seen: dict[tuple[str, bytes], Raw] = {}
        self._writes: list[tuple[_Word, ...]] = []
        self._touched: dict[bytes, None] = {}

    def read(self, *names: bytes) -> Work[list[Raw | None]]:
        """Read texts by their names; they may not change until the end."""
        if not names:
            return []
        found: list[Raw | None] = yield Command(("MGET", *names))
        for name, raw in zip(names, found, strict=True):
            self._saw("GET", name, b"" if raw is None else raw)
        return found

    def members(self, name: bytes) -> Work[list[Raw]]:
        """Read a list whole; how many it has may not change until the end."""
        found: list[Raw] = yield Command(("ZRANGE", name, 0, -1))
        self._saw("ZCARD", name, str(len(found)))
        return found

    def number(self) -> Work[int]:
        """Take the number of a new row."""
        taken: int = yield Command(("INCR", self._names.number))
        return taken

    def write(self, command: str, name: bytes, *rest: _Word) -> None:
        """Do a command at the end."""
        self._touched[name] = None
        self._writes.append((command, name, *rest))

    def exchange(self, old: Footprint, new: Footprint) -> None:
        """Go from one footprint to another at the end."""
        for name in old.texts.keys() - new.texts.keys():
            self.write("DEL", name)
        for name, text in new.texts.items():
            if old.texts.get(name) != text:
                self.write("SET", name, text)
        for name, member in old.members.keys() - new.members.keys():
            self.write("ZREM", name, member)
        for (name, member), number in new.members.items():
            if (name, member) not in old.members:
                self.write("ZADD", name, number, member)

    def tell(self, channel: str, change: Change) -> None:
        """Tell caches of the change at the end."""
        # The first of all: a user who may not publish shall have changed nothing.
        self._writes.insert(0, ("PUBLISH", channel, encode(change)))

    def commit(self) -> Command:
        """Give the command that does it all; answered with 0 if it did nothing."""
        names = [self._names.commit(os.urandom(16).hex()), *self._touched]
        words: list[_Word] = [len(self._seen)]
        for asked, expected in self._seen.items():
            words += len(asked), *asked, expected
        words.append(len(self._writes))
        for command in self._writes:
            words += len(command), *command
        return Command(("EVAL", _COMMIT, len(names), *names, *words))

    def _saw(self, command: str, name: bytes, answer: Raw) -> None:
        self._touched[name] = None
        # The first answer is what was decided on, should another one come later.
        self._seen.setdefault((command, name), answer)


def transact(names: Names, attempt: Callable[[Transaction], Work[_T]]) -> Work[_T]:
    """Try a change until what it rests on did not change meanwhile.

    Args:
        names: Of the store.
        attempt: Reads and decides, each time anew; what it raises ends the work, and
            nothing is changed.

    Raises:
        StoreError: Others changed the same all the time.
    """
    pause = _SHORTEST
    for _ in range(_ATTEMPTS):
        transaction = Transaction(names)
        made = yield from attempt(transaction)
        if (yield transaction.commit()):
            return made
        yield Pause(uniform(0, pause))  # noqa: S311 - no secret
        pause = min(2 * pause, _LONGEST)
    raise StoreError("others change the same all the time; nothing was changed")
