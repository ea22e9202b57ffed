"""Released letters leave through a real mail server on this machine: once, with the PDF, and again after a failure."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from records import audit
from records.models import DocumentFile, RejectionLetter, StoredObject
from schemas.rejection import LetterWay
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.records.persons import make_person
from tests.workers.conftest import Configure, MakeDocument
from tests.workers.smtp_server import MailServer, mail_server
from workers.rejections import round_of_rejections
from workers.targets import object_store

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
PDF, NAME = b"%PDF-1.7 Schreiben", "RE-1 Zurückweisung.pdf"
pytestmark = pytest.mark.django_db
Release = Callable[..., RejectionLetter]


@pytest.fixture
def release(make_document: MakeDocument, tmp_path: Path) -> Release:
    """A letter as a person released it, before anything was sent."""

    def make(**columns: object) -> RejectionLetter:
        document = make_document(State.REJECTED)
        path = tmp_path / "schreiben.pdf"
        path.write_bytes(PDF)
        row: StoredObject = object_store().register(object_store().put(path), NOW)
        DocumentFile.objects.create(
            document=document, role=FileRole.REJECTION, content=row, name="RE-1 Zurückweisung.pdf"
        )
        values = {
            "subject": "Rechnung 17 nicht angenommen",
            "text": "Guten Tag,\nbitte neu.",
            "saved_at": NOW,
            "user_id": make_person(Role.ACCOUNTING).user_id,
            "name": "Maria Muster",
            "released_at": NOW,
            "way": LetterWay.MAIL,
            "mail": "rechnung@bau.example",
            "message_id": f"zurueckweisung.{document.id}",
        }
        return RejectionLetter.objects.create(document=document, **values | columns)

    return make


def plain(configure: Configure, server: MailServer) -> Settings:
    values = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_from": "post@stadt.example"}
    return configure(**values, smtp_security="none", public_url="https://post.stadt.example")


def test_a_released_letter_is_mailed_once_with_its_pdf(release: Release, configure: Configure) -> None:
    letter = release()
    with mail_server(MailServer()) as server:
        settings = plain(configure, server)
        assert round_of_rejections(settings, object_store(), NOW) == 1
        assert round_of_rejections(settings, object_store(), LATER) == 0
    (mail,) = server.taken
    assert server.receivers == ["rechnung@bau.example"]
    assert mail["Subject"] == letter.subject
    body = mail.get_body()
    assert body is not None
    assert "bitte neu." in body.get_content()
    (paper,) = mail.iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == (NAME, PDF)
    letter.refresh_from_db()
    assert letter.sent_at == NOW
    assert audit.history(letter.document_id)[-1][2]["what"] == "Zurückweisungsschreiben per E-Mail versandt"


@pytest.mark.parametrize(
    "columns",
    [{"released_at": None, "way": "", "mail": ""}, {"way": LetterWay.POST, "mail": ""}],
    ids=["draft", "paper"],
)
def test_drafts_and_letters_on_paper_are_never_mailed(
    columns: dict[str, object], release: Release, configure: Configure
) -> None:
    release(**columns)
    with mail_server(MailServer()) as server:
        assert round_of_rejections(plain(configure, server), object_store(), NOW) == 0
    assert server.taken == []


def test_a_lost_connection_is_tried_again_under_the_same_message_id(release: Release, configure: Configure) -> None:
    release()
    with mail_server(MailServer(drop_after_data=True)) as server:
        settings = plain(configure, server)
        assert round_of_rejections(settings, object_store(), NOW) == 0
        assert round_of_rejections(settings, object_store(), NOW + timedelta(seconds=30)) == 0, "not before its time"
        server.drop_after_data = False
        assert round_of_rejections(settings, object_store(), LATER) == 1
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_an_address_that_is_refused_for_good_goes_on_paper(release: Release, configure: Configure) -> None:
    letter = release()
    with mail_server(MailServer(answers={"rechnung@bau.example": "550 no such user"})) as server:
        settings = plain(configure, server)
        assert round_of_rejections(settings, object_store(), NOW) == 0
        assert round_of_rejections(settings, object_store(), NOW + timedelta(days=1)) == 0
    letter.refresh_from_db()
    assert letter.refused
    assert "550 no such user" in letter.problem
    assert server.taken == []


def test_a_letter_whose_pdf_is_missing_waits_and_is_not_sent_without_it(release: Release, configure: Configure) -> None:
    letter = release()
    file = DocumentFile.objects.get(document=letter.document, role=FileRole.REJECTION)
    object_store().path(file.content_id).unlink()
    with mail_server(MailServer()) as server:
        assert round_of_rejections(plain(configure, server), object_store(), NOW) == 0
    assert server.taken == []
    letter.refresh_from_db()
    assert "nicht lesbar" in letter.problem
