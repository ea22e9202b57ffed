"""The page of the learned model: figures, a request, a second person, and the way back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config.live_model import SHIPPED, keep_model, live_model, model_file
from config.settings import Settings, load_settings
from pipelines.routing.model import model_in, model_in_use
from records.models import ModelRelease, TrainingRun
from records.models_released import mark_problem, verify
from schemas.roles import Role
from tests.web.conftest import SignIn, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FIGURES = {"letters": 50, "types": 48, "units": 49, "sent": 40, "sent_rightly": 40}


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    load_settings.cache_clear()
    yield load_settings()
    monkeypatch.undo()
    load_settings.cache_clear()


@pytest.fixture
def post(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM, name="Petra Post")


@pytest.fixture
def other(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM, name="Otto Zweiter")


def candidate(number: int, content: bytes = b"model") -> TrainingRun:
    sha256 = keep_model(load_settings().models, content)
    return TrainingRun.objects.create(
        number=number,
        begun_at=NOW,
        finished_at=NOW,
        outcome="candidate",
        detail="In nichts schlechter.",
        lessons=400,
        held_back=50,
        sha256=sha256,
        figures={"candidate": FIGURES, "live": FIGURES},
    )


def send(client: Client, action: str, number: int, reason: str = "Bessere Zahlen") -> Any:
    return client.post("/modell/", {"action": action, "number": str(number), "reason": reason})


def used() -> Path:
    return live_model(load_settings().models, SHIPPED)


def test_a_fresh_installation_uses_what_it_came_with(post: Client) -> None:
    page = text_of(post.get("/modell/"))
    assert "mitgeliefertes Modell in Gebrauch" in page
    assert "Es wurde noch nicht gelernt." in page
    assert used() == SHIPPED


def test_one_asks_another_confirms_and_every_process_takes_it(post: Client, other: Client) -> None:
    run = candidate(1)
    assert "Art 48, Einheit 49 von 50 richtig" in text_of(post.get("/modell/"))
    assert send(post, "beantragen", 1).status_code == 302
    assert used() == SHIPPED
    assert "bestätigen muss es eine zweite Person" in text_of(post.get("/modell/"))
    assert send(post, "bestaetigen", 1).status_code == 400
    assert send(other, "bestaetigen", 1).status_code == 302
    assert used() == model_file(load_settings().models, run.sha256)
    page = text_of(post.get("/modell/"))
    assert "Modell 1 in Gebrauch" in page
    assert "Otto Zweiter" in page
    assert list(verify()) == []


def test_the_way_back_is_a_request_like_any_other(post: Client, other: Client) -> None:
    candidate(1)
    second = candidate(2, b"another")
    for number, request in ((1, 1), (2, 2), (1, 3), (0, 4)):
        assert send(post, "beantragen", number).status_code == 302
        assert send(other, "bestaetigen", request).status_code == 302
    assert used() == SHIPPED
    assert [row.outcome for row in ModelRelease.objects.order_by("number")] == ["released"] * 4
    assert second.releases.count() == 1


def test_a_request_that_was_decided_is_not_decided_again(post: Client, other: Client) -> None:
    candidate(1)
    send(post, "beantragen", 1)
    assert send(post, "beantragen", 1).status_code == 409
    assert send(other, "zurueckziehen", 1, reason="").status_code == 400
    assert send(other, "zurueckziehen", 1, reason="Noch nicht").status_code == 302
    assert send(other, "bestaetigen", 1).status_code == 409
    assert used() == SHIPPED


def test_a_worse_model_or_an_altered_file_is_never_released(post: Client, other: Client) -> None:
    run = candidate(1)
    TrainingRun.objects.filter(number=1).update(outcome="worse")
    assert send(post, "beantragen", 1).status_code == 400
    TrainingRun.objects.filter(number=1).update(outcome="candidate")
    send(post, "beantragen", 1)
    model_file(load_settings().models, run.sha256).write_bytes(b"something else")
    assert send(other, "bestaetigen", 1).status_code == 400
    assert used() == SHIPPED


def test_a_file_altered_later_is_told_and_the_shipped_model_is_used(post: Client, other: Client) -> None:
    run = candidate(1)
    send(post, "beantragen", 1)
    send(other, "bestaetigen", 1)
    model_file(load_settings().models, run.sha256).write_bytes(b"something else")
    assert "ist verändert" in mark_problem()
    assert "ist verändert" in text_of(post.get("/modell/"))
    assert used() == SHIPPED


def test_a_changed_row_breaks_the_chain(post: Client, other: Client) -> None:
    candidate(1)
    send(post, "beantragen", 1)
    send(other, "bestaetigen", 1)
    ModelRelease.objects.update(asked_name="Jemand anders")
    assert list(verify()) == ["Freigabe 1 des gelernten Modells: Der Eintrag ist verändert."]


def test_the_audit_sees_and_changes_nothing(post: Client, sign_in: SignIn) -> None:
    candidate(1)
    send(post, "beantragen", 1)
    audit = sign_in(Role.AUDIT)
    assert 'name="action"' not in text_of(audit.get("/modell/"))
    assert send(audit, "bestaetigen", 1).status_code == 400
    assert used() == SHIPPED


def test_a_file_exchanged_while_it_is_in_use_is_not_used_and_the_true_one_is_used_again(
    post: Client, other: Client
) -> None:
    run = candidate(1, SHIPPED.read_bytes())
    send(post, "beantragen", 1)
    send(other, "bestaetigen", 1)
    path = model_file(load_settings().models, run.sha256)
    assert used() == path
    path.write_bytes(b"another model")
    assert used() == SHIPPED
    path.write_bytes(SHIPPED.read_bytes())
    assert used() == path


def test_a_released_model_that_this_program_cannot_read_does_not_hold_up_the_mail(post: Client, other: Client) -> None:
    candidate(1, b"a model of another program")
    send(post, "beantragen", 1)
    send(other, "bestaetigen", 1)
    assert used() != SHIPPED
    model = model_in_use()
    assert model is not None
    assert model.version == model_in(SHIPPED).version
