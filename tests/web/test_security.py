"""What every page carries, and what people read when something goes wrong."""

import logging
import re

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from schemas.roles import Role
from schemas.states import State
from tests.web.conftest import Arrive, Enter, SignIn, text_of
from web.pages.errors import failure
from web.pages.health import health

pytestmark = pytest.mark.django_db

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def every_page(arrive: Arrive, enter: Enter) -> list[str]:
    letter, entry = arrive(State.NOTED, State.CLEARING), enter(unit="16")
    return [
        "/", "/post/", "/klaerung/", f"/schriftstueck/{letter.id}/", "/rechnungen/", f"/rechnungen/{entry.number}/",
        "/einlegen/", "/status/", "/gibt-es-nicht",
    ]  # fmt: skip


def test_every_page_allows_nothing_but_its_own_style_and_pictures(
    sign_in: SignIn, arrive: Arrive, enter: Enter, client: Client
) -> None:
    everybody = sign_in(*Role, units=("16",))
    answers = [everybody.get(address) for address in every_page(arrive, enter)]
    for answer in (*answers, client.get("/anmelden/"), client.get("/gesund")):
        assert answer["Content-Security-Policy"] == POLICY
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_no_page_needs_a_script_or_anything_from_elsewhere(sign_in: SignIn, arrive: Arrive, enter: Enter) -> None:
    client = sign_in(*Role, units=("16",))
    for address in every_page(arrive, enter):
        page = text_of(client.get(address))
        assert "<script" not in page
        assert not re.search(r"\son\w+=|style=|(src|href|action)=\"(https?:)?//", page)


def test_every_page_can_be_read_by_a_screen_reader(sign_in: SignIn, arrive: Arrive, enter: Enter) -> None:
    client = sign_in(*Role, units=("16",))
    for address in every_page(arrive, enter):
        page = text_of(client.get(address))
        assert '<html lang="de">' in page
        assert page.count("<h1") == 1
        assert '<a class="skip" href="#inhalt">Zum Inhalt</a>' in page
        assert '<main id="inhalt"' in page
        assert page.count("<table") == page.count("<caption")
        assert not re.search(r"<th(?! scope=)[ >]", page)
        for identifier in re.findall(r'<(?:input|select|textarea) id="([^"]+)"', page):
            assert f'for="{identifier}"' in page, "every field has its label"
        identifiers = re.findall(r'\sid="([^"]+)"', page)
        assert len(identifiers) == len(set(identifiers))


def test_the_stylesheet_is_served_and_asks_for_nothing(client: Client) -> None:
    answer = client.get("/static/web/posteingang.css")
    sheet = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"].startswith("text/css")
    assert "url(" not in sheet
    assert "@import" not in sheet


def test_a_page_that_does_not_exist_is_said_in_german_to_everybody(client: Client, sign_in: SignIn) -> None:
    for browser in (client, sign_in(Role.UNIT)):
        answer = browser.get("/gibt-es-nicht")
        assert answer.status_code == 404
        assert "Nicht gefunden" in text_of(answer)


def test_a_foreign_host_name_is_refused_in_german(client: Client) -> None:
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)
    answer = client.get("/", headers={"host": "boese.example"})
    assert answer.status_code == 400
    assert "Ungültige Anfrage" in text_of(answer)


def test_a_bug_is_a_german_page_that_needs_no_database(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(Role.MAILROOM)
    client.raise_request_exception = False
    monkeypatch.setattr("web.pages.lists.visible_documents", lambda person: 1 / 0)
    answer = client.get("/post/")
    assert answer.status_code == 500
    assert "Ihre letzte Eingabe ist nicht gespeichert." in text_of(answer)
    assert "ZeroDivisionError" not in text_of(answer)
    assert answer["Content-Security-Policy"] == POLICY


@pytest.mark.django_db(False)
def test_the_page_of_a_failure_looks_nothing_up(rf: RequestFactory) -> None:
    assert failure(rf.get("/")).status_code == 500


def test_the_supervisor_finds_the_page_well(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get(reverse("health"))
    assert health(request).content == b'{"status": "ok"}'


def test_nothing_is_served_in_debug_mode() -> None:
    assert settings.DEBUG is False
