"""Several persons and workers at the same moment: one is first, nothing is done twice."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from records import annexes
from records.annexes import Asked, Speaker
from records.decisions import Conflict
from records.lots import draw_lot, draw_ready, gather
from records.models import Document, DocumentFile, FullCheckOrder, Judgement, Lot, LotDocument, NoteAnnex
from records.objects import ObjectStore
from records.quality import Found, judge
from records.rescans import link
from schemas.annex import AnnexKind
from schemas.quality import LotState, Verdict
from schemas.roles import Role
from schemas.states import FileRole
from schemas.values import NewFile
from tests.records.conftest import NOW
from tests.records.persons import make_person
from tests.records.scans import CITY, batch_of, scan
from tests.records.threads import at_once

pytestmark = pytest.mark.usefixtures("own_database")
MANY = 5


def told(call: object) -> str:
    """'done', or the kind of refusal; the thread's connection is given back."""
    try:
        return str(call() or "done") if callable(call) else ""
    except Conflict:
        return "conflict"
    finally:
        connections.close_all()


def test_of_many_who_judge_at_once_one_is_first_and_the_others_are_told(store: ObjectStore, tmp_path: Path) -> None:
    letter = scan(store, tmp_path, NOW, document_type="widerspruch")
    gather(CITY, NOW)
    draw_ready(CITY, NOW + timedelta(days=1))
    subject, persons = letter.in_lot.id, [make_person(Role.MAILROOM) for _ in range(MANY)]
    found = [Found(Verdict.GOOD), Found(Verdict.FAULT, "Seite fehlt.")]

    said = at_once(MANY, lambda n: told(lambda: judge(subject, 0, found[n % 2], persons[n], CITY, NOW) and "done"))
    assert Counter(said) == {"done": 1, "conflict": MANY - 1}
    assert Judgement.objects.count() == 1
    passed = Lot.objects.get().state == LotState.PASSED
    assert NoteAnnex.objects.count() == (2 if passed else 0)


def test_a_lot_is_drawn_once(store: ObjectStore, tmp_path: Path) -> None:
    scan(store, tmp_path, NOW)
    gather(CITY, NOW)
    lot, person = Lot.objects.get(), make_person(Role.MAILROOM)

    said = at_once(MANY, lambda _: told(lambda: draw_lot(lot.id, CITY, person, NOW)))
    assert Counter(said) == {"done": 1, "conflict": MANY - 1}


def test_what_is_gathered_while_its_lot_is_drawn_is_in_the_draw_or_in_another_lot(
    store: ObjectStore, tmp_path: Path
) -> None:
    person = make_person(Role.MAILROOM)
    for _ in range(3):
        scan(store, tmp_path, NOW)
        gather(CITY, NOW)
        lot = Lot.objects.latest("id")
        for _ in range(4):
            scan(store, tmp_path, NOW)
        acts = [lambda: gather(CITY, NOW), lambda lot=lot: draw_lot(lot.id, CITY, person, NOW)]
        at_once(2, lambda n, acts=acts: told(acts[n]))  # type: ignore[misc]
    gather(CITY, NOW)

    assert LotDocument.objects.count() == 15
    assert not LotDocument.objects.filter(drawn=None).exclude(lot__state=LotState.OPEN).exists()


def test_a_rescan_that_is_linked_while_its_lot_is_drawn_or_passes_is_looked_at(
    store: ObjectStore, tmp_path: Path
) -> None:
    person = make_person(Role.MAILROOM)
    for _ in range(3):
        old = scan(store, tmp_path, NOW, document_type="widerspruch")
        *_, new = batch_of(store, tmp_path, NOW, *({} for _ in range(8)))
        gather(CITY, NOW)
        acts = [
            lambda: draw_ready(CITY, NOW),
            lambda old=old, new=new: link(old.id, new.register_number or "", "", person, CITY, NOW) and "done",
        ]
        assert "conflict" not in at_once(2, lambda n, acts=acts: told(acts[n]))  # type: ignore[misc]
        assert LotDocument.objects.get(document=new).drawn


def test_faults_found_at_once_in_several_lots_order_one_full_check(store: ObjectStore, tmp_path: Path) -> None:
    persons = [make_person(Role.MAILROOM) for _ in range(MANY)]
    for _ in range(MANY):
        batch_of(store, tmp_path, NOW, {}, {})
    gather(CITY, NOW)
    draw_ready(CITY, NOW)
    subjects = list(LotDocument.objects.filter(drawn=True).values_list("id", flat=True))
    fault = Found(Verdict.FAULT, "Seite fehlt.")

    said = at_once(MANY, lambda n: told(lambda: judge(subjects[n], 0, fault, persons[n], CITY, NOW) and "done"))
    assert said == ["done"] * MANY
    assert FullCheckOrder.objects.count() == 1


def test_an_annex_is_made_once_whoever_has_it_in_hand(store: ObjectStore, tmp_path: Path) -> None:
    letter = Document.objects.get(id=scan(store, tmp_path, NOW).id)
    annexes.request(Asked(letter, AnnexKind.QUALITY, "Gut."), Speaker("erika", "Erika Beispiel"), NOW)
    (one,) = annexes.due(NOW, 10)

    def make(number: int) -> str:
        path = tmp_path / f"anlage-{number}.xml"
        path.write_bytes(b"<Anlage/>" + bytes(number))
        file = NewFile(FileRole.ANNEX, path, "anlage.xml")
        return told(lambda: str(annexes.keep(one, [file], store, NOW)))

    assert Counter(at_once(MANY, make)) == {"True": 1, "False": MANY - 1}
    assert DocumentFile.objects.filter(role=FileRole.ANNEX).count() == 1
