"""Mail that stays closed is told before it is read: by sheet, cover, type, by what was registered, by its bytes."""

from dataclasses import replace

import pytest

from config.city_config import City
from config.procedure_config import ClassRules
from pipelines.intake.closed import BY_SHEET
from pipelines.intake.hazards import SIGNED
from pipelines.intake.identify import identify
from pipelines.intake.split import split
from pipelines.routing.classify import classify
from schemas.batch import SheetType
from schemas.closed import CLOSED_INBOX, ClosedKind, ClosedMail, closed_mail_of, text_of
from schemas.errors import BadInput
from schemas.roles import Action
from schemas.states import FileRole, State
from schemas.values import Act, DocumentFacts
from tests.pipelines.containers import jpeg, zipped
from tests.pipelines.papers import Desk, pdf_bytes
from tests.pipelines.test_split import cut, letter, scanned, separator


def closing(city: City, document_type: str) -> City:
    """The rules with that type as one whose mail stays closed."""
    others = [rules for rules in city.procedure.classes if rules.document_type != document_type]
    classes = (*others, ClassRules(document_type=document_type, closed=True))
    return city.model_copy(update={"procedure": city.procedure.model_copy(update={"classes": classes})})


def test_a_marked_document_of_a_batch_is_locked_and_the_others_go_on(desk: Desk, iserlohn: City) -> None:
    content = scanned(
        separator("v=1;type=DOC;unit=10/1;class=bewerbung;conf=1"),
        letter("Geheim"),
        separator("v=1;type=DOC"),
        letter("B"),
    )
    marked, other = cut(desk, iserlohn, content).children
    assert (marked.state, other.state) == (State.LOCKED, State.PREPARED)
    assert marked.reason == BY_SHEET
    assert marked.facts == DocumentFacts(page_count=1, unit="10/1", needs_original=True)


def test_a_cover_sheet_closes_the_whole_batch(desk: Desk, iserlohn: City) -> None:
    content = scanned(
        separator(f"v=1;type={SheetType.BATCH.value};batch=T1;conf=1"),
        *(separator("v=1;type=DOC"), letter("A"), separator("v=1;type=DOC"), letter("B")),
    )
    assert {child.state for child in cut(desk, iserlohn, content).children} == {State.LOCKED}


def test_a_class_that_stays_closed_closes_by_its_sheet_alone(desk: Desk, iserlohn: City) -> None:
    content = scanned(separator("v=1;type=DOC;class=bewerbung"), letter("A"))
    (child,) = cut(desk, closing(iserlohn, "bewerbung"), content).children
    assert (child.state, child.facts.document_type) == (State.LOCKED, None)


def test_an_attachment_or_a_second_cover_closes_what_it_is_part_of(desk: Desk, iserlohn: City) -> None:
    attached = scanned(
        *(separator("v=1;type=DOC"), letter("A"), separator("v=1;type=ANLAGE;conf=1"), letter("Geheim")),
        *(separator("v=1;type=DOC"), letter("B")),
    )
    assert [one.state for one in cut(desk, iserlohn, attached).children] == [State.LOCKED, State.PREPARED]

    two = scanned(separator("v=1;type=BATCH"), letter("A"), separator("v=1;type=BATCH;conf=1"), letter("Geheim"))
    assert {one.state for one in cut(desk, iserlohn, two).children} == {State.LOCKED}


def test_a_single_document_that_its_index_says_stays_closed_is_not_read(desk: Desk, iserlohn: City) -> None:
    index = b"<Stapel><Dokument><Dokumentart>bewerbung</Dokumentart></Dokument></Stapel>"
    desk.put(FileRole.ORIGINAL, zipped({"1.jpg": jpeg("Geheim"), "stapel.xml": index}), "stapel.zip")
    desk.put(FileRole.RAW_SCAN, scanned(letter("Geheim")), "stapel.pdf")
    work, rules = desk.work(DocumentFacts(page_count=1)), closing(iserlohn, "bewerbung")

    result = split(work, rules)

    assert (result.state, result.reason, result.facts.document_type) == (State.LOCKED, BY_SHEET, None)
    assert result.batch is not None, "its sheets are counted all the same"
    opened = Act(Action.CONFIRM_OPENING, 2, "Bernd Beispiel", work.now, "", "Keine.", 9)
    assert split(replace(work, acts=(opened,)), rules).state is State.PREPARED


def test_a_signed_scan_with_a_closing_sheet_in_it_is_not_read(desk: Desk, iserlohn: City) -> None:
    content = scanned(separator("v=1;type=DOC;conf=1"), letter("Geheim"))
    assert cut(desk, iserlohn, content, DocumentFacts(anomalies=(SIGNED,))).state is State.LOCKED


@pytest.fixture
def application(desk: Desk) -> Desk:
    text = "Bewerbung\nhiermit bewerbe ich mich auf die Stelle. Lebenslauf, Zeugnisse anbei. Bewerbungsunterlagen."
    desk.put(FileRole.TEXT, text.encode(), "text.txt")
    return desk


def test_a_type_found_by_its_words_locks_and_gives_up_what_was_read(application: Desk, iserlohn: City) -> None:
    work = application.work(DocumentFacts(page_count=2))
    assert classify(work, iserlohn).facts.document_type == "bewerbung", "what the words say"

    result = classify(work, closing(iserlohn, "bewerbung"))

    assert result.state is State.LOCKED
    assert result.facts == DocumentFacts(page_count=2, needs_original=True)
    assert result.removed == {FileRole.TEXT, FileRole.WORDS, FileRole.PRODUCT}
    assert "Bewerbung" not in result.reason


def test_after_two_persons_have_opened_it_it_goes_on_as_any_other(application: Desk, iserlohn: City) -> None:
    work = application.work(DocumentFacts(page_count=2))
    opened = Act(Action.CONFIRM_OPENING, 2, "Bernd Beispiel", work.now, "", "Keine.", 9)
    result = classify(replace(work, acts=(opened,)), closing(iserlohn, "bewerbung"))
    assert result.state is State.CLASSIFIED


def test_bytes_of_closed_mail_are_closed_mail_until_two_persons_say_otherwise(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, pdf_bytes(), "brief.pdf")
    work = replace(desk.work(), closed_like="PE-2026-000007")
    assert identify(work, iserlohn).state is State.LOCKED
    opened = Act(Action.CONFIRM_OPENING, 2, "Bernd Beispiel", work.now, "", "Keine.", 9)
    assert identify(replace(work, acts=(opened,)), iserlohn).state is State.IDENTIFIED


def mail(desk: Desk) -> ClosedMail:
    return ClosedMail(ClosedKind.TENDER, "10/1", desk.work().now, "Petra Post", sender="Muster Bau", reference="V-1")


def test_a_record_that_is_taken_in_again_is_passed_on_again(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, text_of(mail(desk)).encode(), "vergabe.json")
    result = identify(desk.work(intake_point=CLOSED_INBOX), iserlohn)
    assert (result.state, result.facts.unit) == (State.PASSED_ON, "10/1")
    assert "Muster Bau" not in result.reason


def test_a_record_reads_as_it_was_written_and_nothing_else_is_one(desk: Desk) -> None:
    written = mail(desk)
    assert closed_mail_of(text_of(written)) == written
    for text in ("", "{}", "[]", '{"form": "verschlossene-post/1"}', text_of(written).replace("vergabe", "unbekannt")):
        with pytest.raises(BadInput):
            closed_mail_of(text)


@pytest.mark.parametrize("kind", ClosedKind)
def test_every_kind_says_what_it_is_and_what_to_do(kind: ClosedKind) -> None:
    assert kind.label
    assert "öffne" in kind.advice
