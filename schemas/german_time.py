"""The calendar that counts: days and years are German ones, while every moment is kept in UTC."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

__all__ = ["BERLIN", "day_in_germany", "moment_in_germany"]

BERLIN = ZoneInfo("Europe/Berlin")


def day_in_germany(moment: datetime) -> date:
    """The German calendar day of an aware moment."""
    return moment.astimezone(BERLIN).date()


def moment_in_germany(moment: datetime) -> str:
    """An aware moment as people write it: '01.04.2026, 10:00:00 Uhr'."""
    return f"{moment.astimezone(BERLIN):%d.%m.%Y, %H:%M:%S} Uhr"
