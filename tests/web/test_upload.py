"""People hand files in by hand: each file once, in an inbox of their own, and they see what became of it."""

import errno
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from records.models import Document, Intake
from schemas.errors import Unavailable
from schemas.roles import Role
from schemas.states import State
from tests.records.persons import make_person
from tests.web.conftest import Enter, Limit, SignIn, log_in, text_of
from tests.web.programs import PDF, leftovers
from web.evidence import object_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailroom(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM, name="Petra Post")


def file(name: str = "brief.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it, its name as given."""
    made = SimpleUploadedFile("x", content, "application/pdf")
    made._name = name
    return made


def form_id(client: Client) -> str:
    """The number of a freshly opened form."""
    found = re.search(r'name="form" value="([^"]+)"', text_of(client.get("/einlegen/")))
    assert found
    return found[1]


def send(client: Client, *files: SimpleUploadedFile, inbox: str = "scan", form: str | None = None, **more: Any) -> Any:
    fields = {"form": form or form_id(client), "inbox": inbox, "files": list(files)}
    return client.post("/einlegen/", fields, **more)


def test_files_are_taken_in_under_the_name_of_the_person(mailroom: Client) -> None:
    answer = send(mailroom, file("eins.pdf"), file("zwei.pdf", PDF + b"2"), follow=True)

    intakes = list(Intake.objects.order_by("original_name"))
    assert [(each.original_name, each.inbox, each.intake_point, each.operator) for each in intakes] == [
        ("eins.pdf", "scan", "Zentrale Scan-Stelle", "Petra Post"),
        ("zwei.pdf", "scan", "Zentrale Scan-Stelle", "Petra Post"),
    ]
    assert all(each.token is None for each in intakes)
    assert object_store().path(intakes[1].content_id).read_bytes() == PDF + b"2"
    page = text_of(answer)
    for name in ("eins.pdf", "zwei.pdf", "angenommen", "noch ohne", "2 Dateien"):
        assert name in page
    assert leftovers() == []


def test_the_page_says_later_which_number_a_file_got_or_what_is_wrong_with_it(mailroom: Client) -> None:
    answer = send(mailroom, file("gut.pdf"), file("kaputt.pdf", b"kaputt"))
    good, broken = (Document.objects.get(intake__original_name=name) for name in ("gut.pdf", "kaputt.pdf"))
    Document.objects.filter(id=good.id).update(state=State.CLEARING, register_number="PE-2026-000001", reason="geheim")
    Document.objects.filter(id=broken.id).update(
        state=State.QUARANTINED, register_number="PE-2026-000002", reason="Die Datei ist kein PDF."
    )
    page = text_of(mailroom.get(answer["location"]))
    assert f'<a href="/schriftstueck/{good.id}/">PE-2026-000001</a>' in page
    assert "PE-2026-000002" in page
    assert "Quarantäne" in page
    assert "Die Datei ist kein PDF." in page
    assert "geheim" not in page


def test_what_the_person_may_not_see_is_told_without_a_link(sign_in: SignIn) -> None:
    accounting = sign_in(Role.ACCOUNTING)
    answer = send(accounting, file("rechnung.pdf"), inbox="rechnung")
    Document.objects.update(state=State.CLEARING, register_number="PE-2026-000001")
    page = text_of(accounting.get(answer["location"]))
    assert "PE-2026-000001" in page
    assert "/schriftstueck/" not in page


def test_the_mailroom_chooses_among_all_inboxes_accounting_has_that_of_invoices(sign_in: SignIn) -> None:
    mailroom, accounting = sign_in(Role.MAILROOM), sign_in(Role.ACCOUNTING)
    assert text_of(mailroom.get("/einlegen/")).count('type="radio"') == 2
    page = text_of(accounting.get("/einlegen/"))
    assert 'type="radio"' not in page
    assert "Zentraler Rechnungseingang" in page
    assert send(mailroom, file(), inbox="rechnung").status_code == 302
    refused = send(accounting, file("anders.pdf"), inbox="scan")
    assert refused.status_code == 400
    assert "Der Eingang fehlt." in text_of(refused)
    assert Intake.objects.count() == 1


def test_a_double_click_and_the_back_button_take_nothing_in_twice(mailroom: Client) -> None:
    form = form_id(mailroom)
    first = send(mailroom, file("a.pdf"), file("b.pdf", PDF + b"b"), form=form)
    again = send(mailroom, file("a.pdf"), file("b.pdf", PDF + b"b"), form=form, follow=True)
    assert first.status_code == 302
    assert text_of(again).count("schon eingelegt") == 2
    later = send(mailroom, file("b.pdf", PDF + b"b"), file("c.pdf", PDF + b"c"), form=form, follow=True)
    assert text_of(later).count("schon eingelegt") == 1
    assert sorted(Intake.objects.values_list("original_name", flat=True)) == ["a.pdf", "b.pdf", "c.pdf"]
    assert send(mailroom, file("a.pdf")).status_code == 302
    assert Intake.objects.count() == 4, "a new form means it"


def test_another_file_of_the_same_name_in_the_same_form_is_said(mailroom: Client) -> None:
    form = form_id(mailroom)
    send(mailroom, file("a.pdf"), form=form)
    page = text_of(send(mailroom, file("a.pdf", PDF + b"anders"), form=form, follow=True))
    assert "nicht angenommen" in page
    assert "andere Datei dieses Namens" in page
    assert Intake.objects.count() == 1


def test_two_files_of_one_name_at_once_are_two(mailroom: Client) -> None:
    send(mailroom, file("a.pdf"), file("a.pdf", PDF + b"zwei"))
    assert Intake.objects.count() == 2


def test_the_form_of_one_person_is_nothing_to_another(mailroom: Client, sign_in: SignIn) -> None:
    form, other = form_id(mailroom), sign_in(Role.MAILROOM)
    answer = send(mailroom, file(), form=form)
    assert other.get(answer["location"]).status_code == 404
    assert "schon eingelegt" not in text_of(send(other, file(content=PDF + b"x"), form=form, follow=True))
    assert Intake.objects.count() == 2


def test_what_is_refused_does_not_keep_the_rest_out(mailroom: Client, limit: Limit) -> None:
    limit(1)
    files = (file("gross.pdf", b"x" * (1000**2 + 1)), file("leer.pdf", b""), file("gut.pdf"))
    page = text_of(send(mailroom, *files, follow=True))
    assert "Die Datei ist größer als 1 MB." in page
    assert "Die Datei ist leer (0 Byte)." in page
    assert page.count("nicht angenommen") == 2
    assert list(Intake.objects.values_list("original_name", flat=True)) == ["gut.pdf"]
    assert leftovers() == []


def test_the_limits_are_said_before(mailroom: Client) -> None:
    page = text_of(mailroom.get("/einlegen/"))
    assert "Je Datei höchstens 200 MB, zusammen höchstens 1 GB und 100 Dateien." in page


def test_an_incomplete_form_is_shown_again_with_what_is_missing(mailroom: Client) -> None:
    for answer, words in (
        (send(mailroom), "Es ist keine Datei dabei."),
        (send(mailroom, file(), inbox=""), "Der Eingang fehlt."),
        (send(mailroom, file(), inbox="keller"), "Der Eingang fehlt."),
        (send(mailroom, file(), form="keine-nummer"), "Das Formular ist unvollständig."),
    ):
        assert answer.status_code == 400
        assert words in text_of(answer)
    assert "checked" in text_of(send(mailroom, inbox="rechnung"))
    assert Intake.objects.count() == 0


def test_too_many_files_are_refused_with_their_number(mailroom: Client) -> None:
    answer = send(mailroom, *(file(f"{number}.pdf") for number in range(101)))
    assert answer.status_code == 413
    assert "höchstens 100 auf einmal" in text_of(answer)
    assert Intake.objects.count() == 0
    assert leftovers() == []


def test_a_full_disk_is_said_whether_met_early_or_late(mailroom: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "voll")

    with monkeypatch.context() as patch:
        patch.setattr("web.receiving.FolderUpload.receive_data_chunk", full)
        answer = send(mailroom, file())
    assert answer.status_code == 507
    assert "kein Platz mehr" in text_of(answer)
    monkeypatch.setattr("records.objects.shutil.copyfileobj", full)
    assert "kein Platz mehr" in text_of(send(mailroom, file(), follow=True))
    assert Intake.objects.count() == 0


def test_a_store_that_does_not_answer_is_told_for_each_file(mailroom: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise Unavailable("Der Beleg-Speicher antwortet nicht.")

    monkeypatch.setattr("web.handing_in.accept", gone)
    assert "Der Beleg-Speicher antwortet nicht." in text_of(send(mailroom, file(), follow=True))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("<script>.pdf", "<script>.pdf"),
        ("x" * 300, "x" * 255),
    ],
)
def test_hostile_names_are_only_names(sent: str, kept: str, mailroom: Client) -> None:
    page = text_of(send(mailroom, file(sent), follow=True))
    assert Intake.objects.get().original_name == kept
    assert "<script>" not in page


def test_a_form_without_its_token_is_refused(db: None) -> None:
    client = log_in(make_person(Role.MAILROOM), enforce_csrf_checks=True)
    page = text_of(client.get("/einlegen/"))
    refused = send(client, file())
    assert refused.status_code == 403
    assert "Formular ist abgelaufen" in text_of(refused)
    assert Intake.objects.count() == 0
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    fields = {"form": form_id(client), "inbox": "scan", "files": [file()], "csrfmiddlewaretoken": token[1]}
    assert client.post("/einlegen/", fields).status_code == 302


def test_what_nobody_sent_has_no_page(mailroom: Client) -> None:
    assert mailroom.get(f"/einlegen/{uuid4()}/").status_code == 404


def test_only_the_last_forms_are_kept(mailroom: Client) -> None:
    answers = [send(mailroom, file(content=PDF + bytes([number]))) for number in range(12)]
    found = [mailroom.get(answer["location"]).status_code for answer in answers]
    assert found == [404, 404, *[200] * 10]


def test_an_invoice_is_told_with_both_numbers(mailroom: Client, enter: Enter) -> None:
    answer = send(mailroom, file())
    entry = enter()
    session = mailroom.session
    session["eingelegt"] = {key: [["r.xml", str(entry.document_id), ""]] for key in session["eingelegt"]}
    session.save()
    page = text_of(mailroom.get(answer["location"]))
    assert entry.number in page
    assert str(entry.document.register_number) in page
