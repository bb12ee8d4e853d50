"""Moments as Django has them, and as seconds since the epoch."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone

__all__ = ["moment", "seconds"]


def seconds(moment: datetime | None) -> float | None:
    """Give seconds since the epoch; a naive moment is in the zone of the settings."""
    if moment is None:
        return None
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return aware.timestamp()


def moment(seconds: float | None) -> datetime | None:
    """Give a moment as the database takes it: with a time zone if ``USE_TZ`` is on."""
    if seconds is None:
        return None
    aware = datetime.fromtimestamp(seconds, UTC)
    return aware if settings.USE_TZ else timezone.make_naive(aware)
