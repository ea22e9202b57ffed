"""Lease times are database times: one clock for all workers, whatever their machines believe."""

from datetime import UTC, datetime

from django.db import connection

__all__ = ["database_now"]


def database_now() -> datetime:
    """The database server's present moment (aware, UTC), also inside a long transaction."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')" if sqlite else "SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return datetime.fromisoformat(moment).replace(tzinfo=UTC) if sqlite else moment.astimezone(UTC)
