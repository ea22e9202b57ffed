"""The calendar that counts: days and years are German ones, while every moment is kept in UTC."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

__all__ = ["BERLIN", "day_in_germany"]

BERLIN = ZoneInfo("Europe/Berlin")


def day_in_germany(moment: datetime) -> date:
    """The German calendar day of an aware moment."""
    return moment.astimezone(BERLIN).date()
