"""The same call twice at the same moment: one document, and both are told its id."""

import os

import pytest
from django.db import connections

from records.models import Document, Intake
from tests.records.conftest import empty_database, own_database  # noqa: F401 - fixtures
from tests.records.threads import at_once
from tests.web.programs import PDF, Program, new_program


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def hand_in(secret: str, content: bytes) -> tuple[int, str]:
    try:
        answer = Program(secret).hand_in(content, key="lauf-0001")
        return answer.status_code, answer.json().get("id", answer.json().get("code"))
    finally:
        connections.close_all()


@pytest.mark.usefixtures("own_database")
def test_the_same_call_at_the_same_moment_makes_one_document() -> None:
    program = new_program()

    answers = at_once(4, lambda number: hand_in(program.secret, PDF))

    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert {document_id for _, document_id in answers} == {str(Document.objects.get().id)}
    assert Intake.objects.count() == 1


@pytest.mark.usefixtures("own_database")
def test_the_same_key_with_other_bytes_at_the_same_moment_has_one_winner() -> None:
    program = new_program()

    answers = at_once(4, lambda number: hand_in(program.secret, PDF + bytes([number])))

    assert sorted(status for status, _ in answers) == [201, 409, 409, 409]
    assert {told for status, told in answers if status == 409} == {"idempotency_key_reused"}
    assert Document.objects.count() == 1
