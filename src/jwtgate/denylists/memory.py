"""A list of revoked tokens in this process's memory."""

import time
from collections.abc import Callable, Collection, Sequence
from threading import Lock
from typing import final

from jwtgate.denylist import KINDS, Denials, Subject, check_by
from jwtgate.denylists.entries import MARGIN, Entry, check_margin, new_entry, stricter

__all__ = ["MemoryDenylist"]

_PURGE_AT_LEAST = 1000


@final
class MemoryDenylist:
    """Revoked tokens in memory; safe for threads.

    A look-up reads one dict and never waits, so asynchronous gates use it as it is.
    Other processes do not see it, and it is gone with this one.

    Args:
        by: What tokens are revoked by: ``jti`` (every token must have one, then),
            ``token``, ``consumer``, ``everyone``; all if left out.
        margin: Seconds that an entry outlives its token; no less than the longest
            leeway, or grace period of a credential.
        clock: Gives seconds since the epoch.

    Raises:
        ConfigurationError: Another ``by``, or no margin.
    """

    blocking = False

    def __init__(
        self,
        *,
        by: Collection[str] = KINDS,
        margin: float = MARGIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.by = check_by(by)
        self._margin = check_margin(margin)
        self._clock = clock
        self._lock = Lock()
        self._entries: dict[str, Entry] = {}
        self._purge_above = _PURGE_AT_LEAST

    def deny(
        self,
        subject: Subject,
        *,
        until: float | None = None,
        issued_before: float | None = None,
    ) -> None:
        """Deny a token, or all of a consumer's, from now on.

        Of a subject that is denied already, the stricter holds.

        Args:
            subject: Which.
            until: When the tokens expire, in seconds since the epoch: their ``exp``.
                None keeps the entry for ever.
            issued_before: Deny only tokens whose ``iat`` is before this, in seconds
                since the epoch, and those that have none; None denies all.

        Raises:
            ConfigurationError: What is no time, or a kind of subject that is not in
                ``by``.
        """
        entry = new_entry(subject, self.by, until, issued_before)
        with self._lock:
            present = self._entries.get(subject.text)
            if present is not None and not self._is_over(present):
                entry = stricter(entry, present)
            self._entries[subject.text] = entry
            if len(self._entries) > self._purge_above:
                self._purge()

    def allow(self, subject: Subject) -> None:
        """Deny a subject no more; whatever else names its tokens still does."""
        with self._lock:
            self._entries.pop(subject.text, None)

    def look_up(self, subjects: Sequence[str]) -> Denials:
        """Find which subjects are denied now."""
        entries = self._entries
        found = ((text, entries.get(text)) for text in subjects)
        return {
            text: entry.issued_before
            for text, entry in found
            if entry is not None and not self._is_over(entry)
        }

    def _is_over(self, entry: Entry) -> bool:
        return entry.until is not None and entry.until + self._margin <= self._clock()

    def _purge(self) -> None:
        kept = {
            text: entry
            for text, entry in self._entries.items()
            if not self._is_over(entry)
        }
        self._entries = kept
        # As many again may come before the next time, so that it costs next to nothing.
        self._purge_above = max(_PURGE_AT_LEAST, 2 * len(kept))
