"""The pages of scan batches: what is open stands on top, every image is told, sheets are counted by hand."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from records.batches import keep
from records.models import Batch, BatchCount, Document, Intake
from schemas.batch import BatchImage, Capture, ImageKind
from schemas.roles import Role
from schemas.states import State
from schemas.values import BatchFacts
from tests.web.conftest import Arrive, SignIn, text_of

pytestmark = pytest.mark.django_db

IMAGES = (
    BatchImage(1, ImageKind.SEPARATOR),
    BatchImage(2, ImageKind.PAGE, 1),
    BatchImage(3, ImageKind.PAGE, 1),
    BatchImage(4, ImageKind.BLANK, 1, ("Kaum zu sehen.",)),
)
TOLD = Capture("Erika Beispiel", "scan-02", box="K-0815", duplex=False, sheets_expected=4, unknown=("Farbe = blau",))


def scan(arrive: Arrive, name: str = "stapel.pdf", *, capture: Capture = TOLD, **child: Any) -> Batch:
    """A batch that came in today and was cut into one document, filed unless told otherwise."""
    container = arrive(State.IDENTIFIED, State.SPLIT, name=name, register_number=None)
    Intake.objects.filter(claim_id=container.intake_id).update(received_at=timezone.now())
    values = {"state": State.FILED, "delivered_as": "P1", "document_type": "hundesteuer"} | child
    part = arrive(State.PREPARED, intake=container.intake, ordinal=2, name=f"{name}-1", **values)
    Document.objects.filter(id=part.id).update(name=f"{name}-1.pdf")
    keep(container, BatchFacts(name, IMAGES, findings=("Ein Hinweis.",), capture=capture), [part])
    return Batch.objects.get(intake=container.intake)


def address(batch: Batch) -> str:
    return f"/stapel/{batch.intake_id}/"


def test_open_batches_stand_on_top_and_say_what_is_missing(sign_in: SignIn, arrive: Arrive) -> None:
    scan(arrive, "offen.pdf", state=State.CLEARING, delivered_as=None)
    scan(arrive, "ganz.pdf")
    page = text_of(sign_in(Role.MAILROOM).get("/stapel/"))
    assert page.index("offen.pdf") < page.index("ganz.pdf")
    assert "2 Stapel, davon 1 offen" in page
    assert "Abgelegt: 1 Schriftstück(e), 0 abgelegt oder übergeben" in page


@pytest.mark.parametrize(("stand", "shown"), [("offen", ["offen.pdf"]), ("ausgeglichen", ["ganz.pdf"])])
def test_the_list_is_narrowed_by_balance(stand: str, shown: list[str], sign_in: SignIn, arrive: Arrive) -> None:
    scan(arrive, "offen.pdf", state=State.CLEARING)
    scan(arrive, "ganz.pdf")
    page = text_of(sign_in(Role.AUDIT).get("/stapel/", {"stand": stand}))
    assert [name for name in ("offen.pdf", "ganz.pdf") if name in page] == shown


def test_the_list_is_of_one_day_or_of_all_the_last_days(sign_in: SignIn, arrive: Arrive) -> None:
    batch = scan(arrive)
    day = timezone.localdate() - timedelta(days=3)
    Intake.objects.filter(claim_id=batch.intake_id).update(received_at=at_noon(day))
    client = sign_in(Role.MAILROOM)
    assert "An diesem Tag ist kein Stapel eingegangen." in text_of(client.get("/stapel/"))
    assert "stapel.pdf" in text_of(client.get("/stapel/", {"tag": day.isoformat()}))
    assert "stapel.pdf" in text_of(client.get("/stapel/", {"tag": ""}))
    assert client.get("/stapel/", {"tag": "gestern", "seite": "x", "stand": "krumm"}).status_code == 200


def at_noon(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def test_electronic_mail_is_no_batch(sign_in: SignIn, arrive: Arrive) -> None:
    batch = scan(arrive)
    Intake.objects.filter(claim_id=batch.intake_id).update(inbox="rechnung")
    assert "stapel.pdf" not in text_of(sign_in(Role.MAILROOM).get("/stapel/"))


def test_a_batch_tells_its_facts_every_image_and_its_documents(sign_in: SignIn, arrive: Arrive) -> None:
    batch = scan(arrive)
    page = text_of(sign_in(Role.AUDIT).get(address(batch)))
    for told in ("ausgeglichen", "Erika Beispiel (scan-02)", "K-0815", "Farbe = blau", "Ein Hinweis.", "Hundesteuer"):
        assert told in page
    assert "2 bis 3" in page, "images of one kind stand together"
    assert "Kaum zu sehen." in page
    part = Document.objects.get(intake=batch.intake, ordinal=2)
    assert f'href="/schriftstueck/{part.id}/"' in page
    assert "Zählung eintragen" not in page, "the audit counts nothing"


def test_of_closed_mail_in_a_batch_only_number_and_state_are_told(sign_in: SignIn, arrive: Arrive) -> None:
    batch = scan(arrive, state=State.LOCKED)
    page = text_of(sign_in(Role.MAILROOM).get(address(batch)))
    assert "gesperrt" in page
    assert "Hundesteuer" not in page
    assert "stapel.pdf-1" not in page


@pytest.mark.parametrize("role", [Role.MAILROOM, Role.AUDIT])
def test_a_file_that_is_closed_mail_is_not_named(role: Role, sign_in: SignIn, arrive: Arrive) -> None:
    letter = arrive(State.PREPARED, State.LOCKED, name="Bewerbung Otto.pdf")
    Intake.objects.filter(claim_id=letter.intake_id).update(received_at=timezone.now())
    told = Capture(unknown=("Betreff = Bewerbung Otto",))
    keep(letter, BatchFacts("Bewerbung Otto.pdf", IMAGES, findings=("Bewerbung Otto?",), capture=told), ())
    client = sign_in(role)
    for page in (text_of(client.get("/stapel/")), text_of(client.get(address(Batch.objects.get())))):
        assert "verschlossene Post" in page
        assert "Otto" not in page


def test_what_the_index_says_of_a_batch_with_closed_mail_in_it_is_not_shown(sign_in: SignIn, arrive: Arrive) -> None:
    page = text_of(sign_in(Role.AUDIT).get(address(scan(arrive, state=State.LOCKED))))
    assert "Farbe = blau" not in page
    assert "Kaum zu sehen" not in page


def count(client: Client, batch: Batch, **fields: Any) -> Any:
    return client.post(address(batch), {"seen": "0", "sheets": "4", "sides": "einseitig", "reason": ""} | fields)


def test_a_person_counts_the_sheets_and_the_balance_follows(sign_in: SignIn, arrive: Arrive) -> None:
    batch = scan(arrive, capture=Capture())
    client = sign_in(Role.MAILROOM, name="Anna Beispiel")
    assert "nicht angegeben: bitte von Hand zählen" in text_of(client.get(address(batch)))
    assert count(client, batch, reason="Am Tisch gezählt.").status_code == 302
    page = text_of(client.get(address(batch)))
    assert "4 von Hand gezählt (Anna Beispiel), einseitig: 4 Bilder erwartet, 4 gescannt" in page
    assert "Am Tisch gezählt." in page
    assert "Bilanz offen" not in page


def test_whoever_counts_upon_an_old_page_is_told_and_nothing_is_kept(sign_in: SignIn, arrive: Arrive) -> None:
    batch = scan(arrive)
    count(sign_in(Role.MAILROOM), batch)
    answer = count(sign_in(Role.MAILROOM), batch, sheets="9")
    assert answer.status_code == 409
    assert "inzwischen jemand anders gezählt" in text_of(answer)
    assert [row.sheets for row in BatchCount.objects.all()] == [4]


@pytest.mark.parametrize(
    "wrong", [{"sheets": ""}, {"sheets": "vier"}, {"sheets": "0"}, {"sheets": "٤"}, {"sides": ""}, {"seen": "x"}]
)
def test_a_form_that_is_not_filled_in_properly_is_shown_again(
    wrong: dict[str, str], sign_in: SignIn, arrive: Arrive
) -> None:
    answer = count(sign_in(Role.MAILROOM), scan(arrive), **wrong)
    assert answer.status_code == 400
    assert 'role="alert"' in text_of(answer)
    assert not BatchCount.objects.exists()


def test_the_audit_looks_and_does_not_count(sign_in: SignIn, arrive: Arrive) -> None:
    assert count(sign_in(Role.AUDIT), scan(arrive)).status_code == 404
    assert not BatchCount.objects.exists()


def test_a_document_says_where_it_stood_and_the_batch_lists_what_came_out_of_it(
    sign_in: SignIn, arrive: Arrive
) -> None:
    batch = scan(arrive, unit="22")
    part = Document.objects.get(intake=batch.intake, ordinal=2)
    told = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{part.id}/"))
    assert f'<a href="/stapel/{batch.intake_id}/">stapel.pdf</a>, Bild 2 bis 4' in told
    assert f"/stapel/{batch.intake_id}/" not in text_of(
        sign_in(Role.UNIT, units=("22",)).get(f"/schriftstueck/{part.id}/")
    )
    container = Document.objects.get(intake=batch.intake, ordinal=1)
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{container.id}/"))
    assert part.register_number in page
    assert "<img " not in page
    assert "stapel.pdf-1.pdf" in text_of(sign_in(Role.MAILROOM).get("/post/"))
