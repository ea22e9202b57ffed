"""Nodes of the filing plan in the DMS: created once, whoever asks at the same time and whatever dies in between."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction

from records.clock import database_now
from records.models import FilingNode
from schemas.errors import PosteingangError, Unavailable, UnclearOutcome

__all__ = ["Creation", "creating", "known", "remember"]


class Creation:
    """What `creating` hands over: the id somebody created moments ago (do not create), or where to put the new one."""

    def __init__(self, target_id: str = "") -> None:
        self.target_id = target_id


def known() -> dict[str, str]:
    """The DMS's id of every known node, by reference."""
    return dict(FilingNode.objects.exclude(target_id="").values_list("reference", "target_id"))


def remember(found: Mapping[str, str]) -> None:
    """Nodes a search has shown: an earlier creation is no longer unclear."""
    for reference, target_id in found.items():
        FilingNode.objects.update_or_create(
            reference=reference,
            defaults={"target_id": target_id, "known_since": database_now(), "unclear_since": None},
        )


@contextmanager
def creating(reference: str, wait: float) -> Iterator[Creation]:
    """Commit the intent, create inside. Entered only after a search has shown no such node.

    A creation by somebody else may not be shown yet: within `wait` seconds its id is handed over, or, if its answer
    is still missing, Unavailable is raised. After that time the search is believed.
    """
    creation = Creation(_claim(reference, wait))
    if creation.target_id:
        yield creation
        return
    mine = FilingNode.objects.filter(reference=reference)
    try:
        yield creation
    except UnclearOutcome:
        raise
    except PosteingangError:
        mine.update(unclear_since=None)
        raise
    mine.update(target_id=creation.target_id, known_since=database_now(), unclear_since=None)


def _claim(reference: str, wait: float) -> str:
    """Empty: it is ours to create. Otherwise the id of the one just created."""
    FilingNode.objects.get_or_create(reference=reference)
    with transaction.atomic():
        row = FilingNode.objects.filter(reference=reference)
        row.update(reference=reference)  # locks the row, on SQLite the database
        node, now = row.get(), database_now()
        believed = now - timedelta(seconds=wait)
        if node.unclear_since is not None and node.unclear_since > believed:
            raise Unavailable(
                f"Der Knoten {reference} wird im DMS gerade angelegt; vor einem zweiten Versuch wird abgewartet.",
                retry_after=(node.unclear_since - believed).total_seconds(),
            )
        if node.target_id and node.known_since is not None and node.known_since > believed:
            return node.target_id
        row.update(target_id="", known_since=None, unclear_since=now, calls=node.calls + 1)
    return ""
