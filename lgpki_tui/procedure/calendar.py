"""The days of a certificate's life, counted in Japan (seed, section 6)."""

from __future__ import annotations

from datetime import date, datetime

from lgpki_tui.ground.clock import tokyo

RENEWAL_MONTHS = 6


def renewal_opens(not_after: datetime) -> date:
    """The first day on which renewal may be applied for: the Asia/Tokyo day of notAfter less six calendar months,
    clamped to the month's last day (31 August -> 28 or 29 February)."""
    from calendar import monthrange  # 1 ms of every start; only this needs it

    last = tokyo(not_after).date()
    months = last.year * 12 + last.month - 1 - RENEWAL_MONTHS
    year, month = divmod(months, 12)
    return date(year, month + 1, min(last.day, monthrange(year, month + 1)[1]))


def days_left(not_after: datetime, now: datetime) -> int:
    """Whole days of Asia/Tokyo from today to the day of notAfter; negative when it has passed."""
    return (tokyo(not_after).date() - tokyo(now).date()).days
