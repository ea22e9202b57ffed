"""Sheets are counted while the documents of the batch move on: nobody is refused, and every chain holds."""

from collections import Counter
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.db.models import F

from records import audit
from records.balance import count_by_hand
from records.decisions import Conflict
from records.models import Batch, BatchCount, Document
from records.objects import ObjectStore
from schemas.roles import Role
from schemas.states import State
from tests.records.conftest import NOW
from tests.records.persons import make_person
from tests.records.scans import batch_of
from tests.records.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")
MANY = 6


def test_persons_who_count_and_steps_that_are_done_do_not_get_into_each_others_way(
    store: ObjectStore, tmp_path: Path
) -> None:
    parts = batch_of(store, tmp_path, NOW, *({} for _ in range(4)))
    batch, person = Batch.objects.get(), make_person(Role.MAILROOM)

    def count(sheets: int) -> None:
        count_by_hand(batch.intake_id, 0, sheets, person, NOW, duplex=False)

    def step(number: int) -> None:
        with transaction.atomic():
            Document.objects.filter(id=parts[number % 4].id).update(leased_by=F("leased_by"))
            audit.append(parts[number % 4], State.FILED, {}, NOW)

    def act(number: int) -> str:
        try:
            if number % 3 == 0:
                count(number + 1)
            else:
                step(number)
            return "done"
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()

    said = Counter(at_once(MANY, act))

    assert said == {"done": MANY - 1, "conflict": 1}, "one of the two who counted upon the same page"
    assert BatchCount.objects.count() == 1
    assert list(audit.verify()) == []
