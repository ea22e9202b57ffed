"""Mail that must stay closed is known by its outside; a letter that only speaks of it is not closed."""

from datetime import date

import pytest

from config.city_config import City
from pipelines.routing.classify import classify
from pipelines.routing.closed import closed_mail
from pipelines.routing.understand import understand
from schemas.recognised import ClosedMail
from schemas.states import FileRole, State
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk
from tests.pipelines.routing.paper import written

LINES = "Schillerplatz 7\n58636 Iserlohn"
LETTER = (
    "Erika Beispiel\n58675 Hemer\n\nStadt Iserlohn\nBereich Personal\n58636 Iserlohn\n\nMein Antrag\n\n"
    "Sehr geehrte Damen und Herren,\n\n{body}\n\nMit freundlichen Grüßen\n\nErika Beispiel"
)


def closed(text: str, city: City) -> ClosedMail | None:
    found = closed_mail(written(text, city), city)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"Stadt Iserlohn\nZentrale Vergabestelle\n{LINES}\nAngebot zur Vergabe-Nr. 25/2026-017", ClosedMail.TENDER),
        (f"Teilnahmeantrag\nStadt Iserlohn\n{LINES}", ClosedMail.TENDER),
        (f"Stadt Iserlohn\n{LINES}\nAngebotsfrist: 3.12.2026, 11 Uhr", ClosedMail.TENDER),
        (f"PERSÖNLICH / VERTRAULICH\nStadt Iserlohn\nHerrn Bürgermeister\n{LINES}", ClosedMail.PERSONAL),
        (f"Stadt Iserlohn\n{LINES}\nBitte nicht öffnen!", ClosedMail.PERSONAL),
        (f"Frau Sabine Kellermann\nStadt Iserlohn\n{LINES}", ClosedMail.PERSONAL),
        (f"Stadt Iserlohn\nPersonalrat\n{LINES}", ClosedMail.STAFF_COUNCIL),
        (f"An die Gleichstellungsbeauftragte\nder Stadt Iserlohn\n{LINES}", ClosedMail.STAFF_COUNCIL),
        (f"WAHLBRIEF\nStadt Iserlohn\n{LINES}", ClosedMail.ELECTION),
    ],
)
def test_an_envelope_tells_by_its_marks_that_it_stays_closed(text: str, kind: ClosedMail, iserlohn: City) -> None:
    assert closed(text, iserlohn) is kind


def test_an_address_alone_is_the_outside_of_something_unopened(iserlohn: City) -> None:
    envelope = written(f"Stadt Iserlohn\nSteueramt\n{LINES}", iserlohn)
    assert understand(envelope, iserlohn, date(2026, 11, 16)).closed is ClosedMail.ENVELOPE


def test_formally_served_mail_is_court_mail_and_no_closed_envelope(iserlohn: City) -> None:
    text = f"Landgericht Hagen\n58097 Hagen\n\nZustellungsurkunde\n\nStadt Iserlohn\n{LINES}\n\nKlageschrift"
    found = understand(written(text, iserlohn), iserlohn, date(2026, 11, 16))
    assert (found.closed, found.decision.document_type, found.needs_original) == (None, "gerichtspost", True)


@pytest.mark.parametrize("mark", ["Persönlich", "- vertraulich -", "Vertrauliche Personalsache"])
def test_a_mark_above_the_address_closes_a_whole_letter(mark: str, iserlohn: City) -> None:
    assert closed(f"{mark}\n{LETTER.format(body='Wie besprochen.')}", iserlohn) is ClosedMail.PERSONAL


@pytest.mark.parametrize(
    "body",
    [
        "Bitte behandeln Sie meine Angaben vertraulich.",
        "Ich habe persönlich bei Ihnen vorgesprochen und dort ein Angebot erhalten, das ich gern annehme.",
        "Der Personalrat hat mir geraten, mich an Sie zu wenden, weil meine Personalsache nicht vorankommt.",
        "Mein Wahlbrief ist nicht angekommen, obwohl ich die Briefwahlunterlagen rechtzeitig beantragt habe.",
    ],
)
def test_a_letter_that_speaks_of_such_things_is_not_closed(body: str, iserlohn: City) -> None:
    assert closed(LETTER.format(body=body), iserlohn) is None


@pytest.mark.parametrize(
    "line",
    [
        "Tel. privat: 02371 4711",
        "Persönlich abgegeben",
        "E-Mail privat: erika@beispiel.example",
        "vertraulich behandeln!",
    ],
)
def test_a_word_in_the_head_that_means_something_else_closes_nothing(line: str, iserlohn: City) -> None:
    assert closed(f"{line}\n{LETTER.format(body='Wie besprochen.')}", iserlohn) is None


def test_a_long_subject_about_it_closes_nothing(iserlohn: City) -> None:
    text = LETTER.format(body="Ich mache mir Sorgen.").replace(
        "Mein Antrag", "Vertrauliche Mitteilung über ein Kind in Not"
    )
    assert closed(text, iserlohn) is None


def test_the_name_below_the_authority_is_ordinary_mail(iserlohn: City) -> None:
    text = LETTER.format(body="Wie besprochen.").replace("Bereich Personal", "Herrn Jürgen Brandt")
    assert closed(text, iserlohn) is None


def test_a_city_may_read_a_name_above_its_own_as_ordinary_mail(iserlohn: City) -> None:
    rules = iserlohn.routing.closed.model_copy(update={"name_first": False})
    city = iserlohn.model_copy(update={"routing": iserlohn.routing.model_copy(update={"closed": rules})})
    text = f"Frau Sabine Kellermann\nStadt Iserlohn\n{LINES}\nRückfrage zu Ihrem Schreiben vom Montag"
    assert (closed(text, iserlohn), closed(text, city)) == (ClosedMail.PERSONAL, None)


def test_the_step_locks_it_and_keeps_nothing_of_what_was_read(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.TEXT, f"Stadt Iserlohn\nPersonalrat\n{LINES}".encode(), "brief.txt")
    result = classify(desk.work(DocumentFacts(page_count=1)), iserlohn)
    assert result.state is State.LOCKED
    assert result.removed == {FileRole.TEXT, FileRole.WORDS, FileRole.PRODUCT}
    assert (result.facts.document_type, result.facts.reasons, result.facts.needs_original) == (None, (), True)


def test_what_two_persons_have_opened_is_a_letter_like_any_other(iserlohn: City) -> None:
    text = f"vertraulich\n{LETTER.format(body='Ich bewerbe mich auf Ihre Stellenausschreibung.')}"
    found = understand(written(text, iserlohn), iserlohn, date(2026, 11, 16), opened=True)
    assert (found.closed, found.decision.document_type, found.decision.unit) == (None, "bewerbung", "11")
