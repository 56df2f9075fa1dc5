"""Dates of posts: when one was published, as exactly as that is known, and what told it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Precision = Literal["year", "month", "day", "minute"]


class DateSource(StrEnum):
    """Where a date was read."""

    FEED = "feed"
    HEADING = "page heading"
    PERMALINK = "permalink"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """When a post was published, no more exactly than its dump says.

    `moment` is an aware datetime where the precision is "minute", else a date whose finer parts mean nothing.
    `printed` is what the dump prints.
    """

    moment: date | datetime
    precision: Precision = "day"
    source: DateSource
    printed: str = ""

    @property
    def day(self) -> date:
        """The blog's own local day (the first one of the year or month where only that is known)."""
        return self.moment.date() if isinstance(self.moment, datetime) else self.moment

    @property
    def day_key(self) -> str:
        """The date as far as it is known: "2021", "2021-02" or "2021-02-06"."""
        return self.day.isoformat()[: {"year": 4, "month": 7}.get(self.precision, 10)]

    @property
    def iso(self) -> str:
        """ISO 8601, as exact as the precision: `day_key`, or date and time with their offset."""
        if isinstance(self.moment, datetime) and self.precision == "minute":
            return self.moment.isoformat(timespec="minutes")
        return self.day_key
