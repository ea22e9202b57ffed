"""Logging in and out: who comes in, what a wrong try says, how long a session lasts."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from structlog.testing import capture_logs

from schemas.roles import Role
from tests.web.conftest import SignIn, text_of
from web.pages import login
from web.pages.login import Tries

pytestmark = pytest.mark.django_db
PASSWORD = "ein-langes-kennwort-7"


@pytest.fixture(autouse=True)
def no_earlier_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "TRIES", Tries())


@pytest.fixture
def anna() -> str:
    return get_user_model().objects.create_user("anna", password=PASSWORD).get_username()


def log_in(client: Client, name: str, password: str = PASSWORD, **fields: str) -> object:
    return client.post("/anmelden/", {"username": name, "password": password} | fields)


def test_a_person_comes_to_their_tasks_or_to_where_they_wanted(client: Client, anna: str) -> None:
    assert log_in(client, anna)["location"] == "/"
    assert log_in(Client(), anna, next="/post/")["location"] == "/post/"


def test_the_log_tells_who_came_in_when_and_that_somebody_failed_but_no_name(client: Client, anna: str) -> None:
    with capture_logs() as lines:
        log_in(client, anna, "falsch-geraten-9")
        log_in(client, anna)
    told = [line for line in lines if line["event"].startswith("login")]
    account = get_user_model().objects.get(username=anna).pk
    assert [(line["event"], line.get("account")) for line in told] == [("login_failed", None), ("login", account)]
    assert anna not in str(told)


def test_a_login_leads_nowhere_else(client: Client, anna: str) -> None:
    assert log_in(client, anna, next="https://boese.example/")["location"] == "/"


def test_a_wrong_password_is_said_in_german_and_keeps_the_name(client: Client) -> None:
    page = text_of(log_in(client, "anna", "falsch"))
    assert "Benutzername oder Kennwort stimmen nicht" in page
    assert 'value="anna"' in page
    assert "falsch" not in page


def test_after_five_wrong_tries_a_name_has_to_wait_whatever_the_password(client: Client, anna: str) -> None:
    for _ in range(5):
        assert log_in(client, anna, "falsch").status_code == 200
    for name in (anna, anna.upper()):
        answer = log_in(client, name)
        assert answer.status_code == 429
        assert "Zu viele Fehlversuche" in text_of(answer)
    get_user_model().objects.create_user("bruno", password=PASSWORD)
    assert log_in(client, "bruno").status_code == 302, "others are not kept out"


def test_a_right_try_forgets_the_wrong_ones(client: Client, anna: str) -> None:
    for _ in range(2):
        for _ in range(4):
            log_in(client, anna, "falsch")
        assert log_in(client, anna).status_code == 302
        client = Client()


def test_the_lock_opens_again_and_old_names_are_forgotten() -> None:
    now = [0.0]
    tries = Tries(most=2, seconds=30, clock=lambda: now[0])
    for _ in range(2):
        tries.wrong("Anna")
    assert tries.locked("anna")
    now[0] = 31
    assert not tries.locked("anna")
    now[0] = 1000
    tries.wrong("bruno")
    assert list(tries._wrong) == ["bruno"]


def test_logging_out_ends_the_session(sign_in: SignIn) -> None:
    client = sign_in(Role.MAILROOM)
    assert client.get("/abmelden/").status_code == 405, "no link and no picture logs anybody out"
    assert client.post("/abmelden/")["location"] == "/anmelden/"
    assert client.get("/post/").status_code == 302


def test_a_session_lasts_eight_hours_at_most_and_ends_with_the_browser(client: Client, anna: str) -> None:
    cookie = log_in(client, anna).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == ""
    assert cookie["expires"] == ""
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_NAME == "posteingang_sitzung"
    assert client.session.get_expiry_age() == 8 * 60 * 60


def test_the_token_of_the_forms_is_no_business_of_scripts_and_ends_with_the_browser(client: Client) -> None:
    cookie = client.get("/anmelden/").cookies["posteingang_formular"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
