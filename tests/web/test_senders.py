"""The pages of the sender register: entered from a letter, accepted, changed upon what was shown, read by the audit."""

import re
from typing import Any

import pytest
from django.test import Client

from records.models import Sender
from schemas.roles import Role
from schemas.senders import NOBODY
from schemas.states import FileRole, State
from tests.pipelines.routing.paper import ADDRESS
from tests.web.conftest import Arrive, Keep, SignIn, text_of

pytestmark = pytest.mark.django_db
CLUB = f"Turnverein Letmathe e. V.\nHallenweg 1\n\n{ADDRESS}Hallenzeiten\n\nSehr geehrte Damen und Herren,\n\nText."
PERSON = f"Erika Beispiel\nAm Hang 3\n\n{ADDRESS}Hallenzeiten\n\nSehr geehrte Damen und Herren,\n\nText."


@pytest.fixture(autouse=True)
def nothing_read_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.senders._cached", NOBODY)


@pytest.fixture
def post(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM, name="Petra Post")


def entered(client: Client, **fields: str) -> Any:
    values = {"name": "Turnverein Letmathe e. V.", "unit": "54", "mark_domain": "tv-letmathe.de"} | fields
    return client.post("/absender/neu/", values)


def act(client: Client, sender: Sender, action: str, **fields: str) -> Any:
    """A form of the sender's page, upon the change it shows."""
    seen = re.search(r'name="seen" value="(\d+)"', text_of(client.get(f"/absender/{sender.id}/")))
    assert seen is not None
    return client.post(f"/absender/{sender.id}/", {"action": action, "seen": seen[1]} | fields)


def test_an_organisation_is_entered_from_its_letter_and_known_on_the_next_look(
    post: Client, arrive: Arrive, keep: Keep
) -> None:
    letter = arrive(State.IDENTIFIED, State.CLEARING, unit="54")
    keep(letter, FileRole.TEXT, CLUB.encode(), "text.txt")
    page = text_of(post.get(f"/schriftstueck/{letter.id}/"))
    assert f'href="/absender/neu/?schriftstueck={letter.id}"' in page
    form = text_of(post.get(f"/absender/neu/?schriftstueck={letter.id}"))
    assert 'value="Turnverein Letmathe e. V."' in form
    assert '<option value="54" selected>' in form
    assert entered(post).status_code == 302
    sender = Sender.objects.get()
    page = text_of(post.get(f"/schriftstueck/{letter.id}/"))
    assert f'<a href="/absender/{sender.id}/">Turnverein Letmathe e. V.</a>' in page
    assert "Absender merken" not in page


def test_of_a_persons_letter_nothing_is_proposed(post: Client, arrive: Arrive, keep: Keep) -> None:
    letter = arrive(State.IDENTIFIED, State.CLEARING, unit="54")
    keep(letter, FileRole.TEXT, PERSON.encode(), "text.txt")
    assert "Erika" not in text_of(post.get(f"/absender/neu/?schriftstueck={letter.id}"))


def test_what_is_refused_is_said_and_the_input_kept(post: Client) -> None:
    answer = entered(post, name="Erika Beispiel")
    assert answer.status_code == 400
    assert "Privatpersonen kommen nicht ins Verzeichnis" in text_of(answer)
    assert 'value="Erika Beispiel"' in text_of(answer)
    assert "tv-letmathe.de" in text_of(answer)
    assert entered(post, unit="999").status_code == 400
    assert not Sender.objects.exists()


def test_a_proposal_is_counted_shown_first_and_accepted(post: Client) -> None:
    entered(post, unit="")
    sender = Sender.objects.get()
    Sender.objects.update(proposed_unit="51", proposed_letters=6, proposed_share=1.0)
    assert "1 Vorschlag wartet auf Antwort" in text_of(post.get("/absender/"))
    assert "6 Schreiben" in text_of(post.get(f"/absender/{sender.id}/"))
    assert act(post, sender, "annehmen").status_code == 302
    sender.refresh_from_db()
    assert (sender.unit, sender.proposed_unit) == ("51", None)
    assert "Vorschlag angenommen: Einheit 51" in text_of(post.get(f"/absender/{sender.id}/"))


def test_a_double_click_and_an_old_page_change_nothing(post: Client) -> None:
    entered(post)
    sender = Sender.objects.get()
    seen = re.search(r'name="seen" value="(\d+)"', text_of(post.get(f"/absender/{sender.id}/")))
    assert seen is not None
    form = {"action": "ausschalten", "seen": seen[1]}
    assert post.post(f"/absender/{sender.id}/", form).status_code == 302
    again = post.post(f"/absender/{sender.id}/", form)
    assert again.status_code == 409
    assert "inzwischen geändert" in text_of(again)
    assert Sender.objects.get().changes.count() == 2


def test_doubles_are_merged_and_the_old_page_leads_to_the_one_that_stays(post: Client) -> None:
    entered(post)
    entered(post, name="TV Letmathe 1888 e. V.", mark_domain="")
    stays, goes = Sender.objects.order_by("id")
    assert act(post, goes, "zusammenfuehren", into=str(stays.id)).status_code == 302
    page = text_of(post.get(f"/absender/{goes.id}/"))
    assert f'<a href="/absender/{stays.id}/">' in page
    assert "TV Letmathe 1888" in text_of(post.get(f"/absender/{stays.id}/"))


def test_the_audit_reads_everything_and_changes_nothing(post: Client, sign_in: SignIn) -> None:
    entered(post)
    sender, audit = Sender.objects.get(), sign_in(Role.AUDIT)
    page = text_of(audit.get(f"/absender/{sender.id}/"))
    assert "Petra Post" in page
    assert 'name="action"' not in page
    assert audit.post(f"/absender/{sender.id}/", {"action": "ausschalten", "seen": "1"}).status_code in (400, 409)
    assert Sender.objects.get().state == "active"


def test_the_list_finds_and_says_when_there_is_nothing(post: Client) -> None:
    assert "Noch ist kein Absender bekannt" in text_of(post.get("/absender/"))
    entered(post)
    assert "Turnverein Letmathe" in text_of(post.get("/absender/?suche=tv-letmathe"))
    assert "Kein Absender passt" in text_of(post.get("/absender/?suche=stadtwerke"))
    assert "Kein Absender passt" in text_of(post.get("/absender/?stand=aus"))
