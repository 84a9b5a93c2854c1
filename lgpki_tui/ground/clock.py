"""The clock is a port: no other file of the program asks the system for the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

from lgpki_tui.ground.frozen import dataclass

# Japan has had no daylight saving time since 1951: a fixed offset needs no time-zone database on the PC.
TOKYO = timezone(timedelta(hours=9), "Asia/Tokyo")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The time of this PC."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PretendClock:
    """A clock that stands still, for rehearsals (`[pretend] now`) and tests."""

    moment: datetime

    def now(self) -> datetime:
        """The moment it was set to, in UTC."""
        return self.moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """Write an aware moment as RFC 3339 in UTC with `Z` and whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tokyo(moment: datetime) -> datetime:
    """An aware moment as Japan's clocks show it. The last that can be written (RFC 5280, 4.1.2.5: 99991231235959Z, of a
    certificate without an end) has no morrow: it stays in UTC."""
    try:
        return moment.astimezone(TOKYO)
    except OverflowError:
        return moment


def from_rfc3339(text: str) -> datetime:
    """Read an RFC 3339 moment. Raises ValueError when it is none or names no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    return moment.astimezone(UTC)
