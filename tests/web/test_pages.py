"""The pages without a running system: login needed, empty state, filter, what one document shows."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from records.intake import Arrival, accept, note_waiting
from records.models import Document
from records.objects import ObjectStore

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def clerk(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_user("anna", password="ein-langes-kennwort-7"))
    return client


def arrive(folder: Path, name: str = "brief.pdf") -> UUID:
    source = folder / "content"
    source.write_bytes(name.encode())
    arrival = Arrival(uuid4(), "scan", "Zentrale Scan-Stelle", "Maria Muster", name, NOW, False)
    return accept(arrival, source, ObjectStore(folder / "objects"), NOW)


def test_every_page_but_login_and_health_asks_for_a_login(client: Client, tmp_path: Path) -> None:
    document_id = arrive(tmp_path)
    for address in ("/", f"/schriftstueck/{document_id}/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["location"].startswith("/anmelden/")
    assert client.get("/anmelden/").status_code == 200
    assert client.get("/gesund").json() == {"status": "ok"}


def test_a_wrong_password_is_said_in_german_and_keeps_the_name(client: Client) -> None:
    answer = client.post("/anmelden/", {"username": "anna", "password": "falsch"})
    assert "Benutzername oder Kennwort stimmen nicht" in answer.content.decode()
    assert 'value="anna"' in answer.content.decode()


def test_an_empty_mailroom_says_where_files_go(clerk: Client) -> None:
    assert "inbox/scan" in clerk.get("/").content.decode()


def test_the_list_shows_and_filters_by_state(clerk: Client, tmp_path: Path) -> None:
    arrive(tmp_path, "erster.pdf")
    second = arrive(tmp_path, "zweiter.pdf")
    Document.objects.filter(id=second).update(state="clearing", reason="Die Dokumentart ist nicht erkannt.")

    everything = clerk.get("/").content.decode()
    only_clearing = clerk.get("/?zustand=clearing").content.decode()
    nothing = clerk.get("/?zustand=filed").content.decode()

    assert "erster.pdf" in everything
    assert "zweiter.pdf" in everything
    assert "erster.pdf" not in only_clearing
    assert "Die Dokumentart ist nicht erkannt." in only_clearing
    assert "In diesem Zustand ist gerade kein Schriftstück." in nothing
    assert "erster.pdf" in clerk.get("/?zustand=unsinn&seite=xyz").content.decode()


def test_a_file_name_is_shown_as_text_never_as_markup(clerk: Client, tmp_path: Path) -> None:
    arrive(tmp_path, "<script>alert(1)</script>.pdf")
    assert "<script>alert" not in clerk.get("/").content.decode()


def test_a_file_that_waits_in_the_inbox_is_listed_with_its_reason(clerk: Client) -> None:
    note_waiting({"scan/halb.pdf": (10, "wird noch geschrieben")}, NOW)
    page = clerk.get("/").content.decode()
    assert "scan/halb.pdf" in page
    assert "wird noch geschrieben" in page


def test_a_document_shows_facts_history_and_hashes(clerk: Client, tmp_path: Path) -> None:
    document_id = arrive(tmp_path)
    page = clerk.get(f"/schriftstueck/{document_id}/").content.decode()
    assert "Noch ohne Eingangsnummer" in page
    assert "Maria Muster" in page
    assert "02.03.2026 10:30:00" in page, "times are shown in Europe/Berlin"
    assert Document.objects.get(id=document_id).intake.content_id in page


def test_an_unknown_document_is_a_german_404(clerk: Client) -> None:
    answer = clerk.get(f"/schriftstueck/{uuid4()}/")
    assert answer.status_code == 404
    assert "Nicht gefunden" in answer.content.decode()
