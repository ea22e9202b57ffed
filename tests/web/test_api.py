"""Programs hand files in and ask for them: once per key, in their own inbox, with problems a program understands."""

import errno
import json
import os
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test import Client
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from config.settings import CODE_ROOT, load_settings
from records.journal import read
from records.models import ApiToken, Document, Intake
from records.tokens import revoke
from schemas.errors import Unavailable
from schemas.recognised import Kind
from schemas.roles import Role, Scope
from schemas.states import State
from tests.records.letters import found, proposal
from tests.records.letters import read as read_letter
from tests.web.conftest import Enter, Limit, SignIn
from tests.web.programs import PDF, Program, form_of, leftovers, new_program
from web.api.problems import Trouble
from web.api.routes import OPERATIONS, api_routes
from web.evidence import object_store

pytestmark = pytest.mark.django_db
SENDER = found(Kind.SENDER, "Müller GmbH")


@pytest.fixture
def program() -> Program:
    return new_program()


def assert_problem(answer: Any, trouble: Trouble, *words: str) -> None:
    """A problem document of that kind whose sentence holds the words, and nothing taken in or left behind."""
    assert answer.status_code == trouble.status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert told["code"] == trouble.code
    assert told["type"] == f"urn:posteingang:problem:{trouble.code}"
    assert (told["status"], told["title"]) == (trouble.status, trouble.title)
    for word in words:
        assert word in told["detail"]
    assert leftovers() == []


def call(program: Program, body: Any, length: int, *, form: bool) -> int:
    """Hand in a body that is read from a stream, as a server would; the status of the answer."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/documents",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "multipart/form-data; boundary=grenze-7d9" if form else "application/pdf",
        "CONTENT_LENGTH": str(length),
        "HTTP_AUTHORIZATION": f"Bearer {program.secret}",
        "HTTP_IDEMPOTENCY_KEY": "grosse-datei",
        "HTTP_CONTENT_DISPOSITION": 'attachment; filename="gross.pdf"',
        "wsgi.input": body,
        "wsgi.url_scheme": "http",
    }
    return WSGIHandler().get_response(WSGIRequest(environ)).status_code


# Handing in


def test_a_file_handed_in_is_taken_in_as_from_the_folder_and_durable_before_the_answer(program: Program) -> None:
    answer = program.hand_in(PDF, "Rechnung März.pdf")

    assert answer.status_code == 201
    told = answer.json()
    document = Document.objects.select_related("intake").get(id=told["id"])
    assert told == {
        "id": str(document.id),
        "state": "received",
        "label": "angenommen",
        "kind": "automatic",
        "register_number": None,
        "invoice_number": None,
        "reason": None,
        "links": {"self": f"/api/v1/documents/{document.id}"},
    }
    assert answer["Location"] == told["links"]["self"]
    intake = document.intake
    assert (intake.inbox, intake.intake_point, intake.operator, intake.original_name, intake.demo) == (
        "rechnung", "Zentraler Rechnungseingang", "Maria Muster", "Rechnung März.pdf", False,
    )  # fmt: skip
    assert intake.token == ApiToken.objects.get()
    assert object_store().path(intake.content_id).read_bytes() == PDF
    noted = [
        line for line in read(load_settings().journal_folder) if getattr(line, "claim_id", None) == intake.claim_id
    ]
    assert [line.token_id for line in noted] == [intake.token_id]
    assert leftovers() == []


def test_a_file_can_be_the_body_itself(program: Program) -> None:
    answer = program.send(PDF)
    assert answer.status_code == 201
    assert Intake.objects.get().original_name == "brief.pdf"
    assert object_store().path(Intake.objects.get().content_id).read_bytes() == PDF


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="brief.pdf"', "brief.pdf"),
        ("attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf", "Größe.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%E2%82%AC.pdf", "€.pdf"),
        ('attachment; filename="Größe.pdf"'.encode().decode("latin-1"), "Größe.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Scans\\\\a.pdf"', "a.pdf"),
        ("attachment; filename*=UTF-8''a%00b.pdf", "a�b.pdf"),
        ("attachment; filename*=UTF-8''%E2%80%AEfdp.exe", "�fdp.exe"),
        ("attachment; filename*=UTF-8''%FF%FE.pdf", "��.pdf"),
        (f'attachment; filename="{"x" * 300}.pdf"', "x" * 255),
    ],
)
def test_hostile_names_are_only_names(disposition: str, name: str, program: Program) -> None:
    assert program.send(PDF, disposition).status_code == 201
    assert Intake.objects.get().original_name == name


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Scans\\a.pdf", "a.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("CON", "CON"),
        ("a." + "ä" * 300, ("a." + "ä" * 300)[:255]),
        ("&lt;b&gt;.pdf", "<b>.pdf"),
    ],
)
def test_hostile_names_in_a_form_are_only_names(sent: str, name: str, program: Program) -> None:
    assert program.hand_in(PDF, sent).status_code == 201
    assert Intake.objects.get().original_name == name


@pytest.mark.parametrize(
    "disposition",
    [None, "", "attachment", 'attachment; filename=""', 'attachment; filename=".."', "a" * 5000, 'x; filename="/"',
     "attachment; filename*=quatsch''x.pdf"],
)  # fmt: skip
def test_a_body_without_a_name_is_refused(disposition: str | None, program: Program) -> None:
    assert_problem(program.send(PDF, disposition), Trouble.BODY_BROKEN, "Dateiname")


# Once per key


def test_the_same_call_once_more_answers_with_the_same_document(program: Program) -> None:
    first = program.hand_in(PDF, key="lauf-0001")
    again = program.hand_in(PDF, key="lauf-0001")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert "Location" not in again
    assert Document.objects.count() == 1
    assert program.hand_in(PDF, key="lauf-0002").status_code == 201


def test_the_same_key_with_other_bytes_is_a_conflict(program: Program) -> None:
    program.hand_in(PDF, key="lauf-0001")
    assert_problem(program.hand_in(PDF + b"mehr", key="lauf-0001"), Trouble.KEY_REUSED, "andere Datei")
    assert Document.objects.count() == 1


def test_keys_of_different_programs_have_nothing_to_do_with_each_other(program: Program) -> None:
    other = new_program()
    first, second = program.hand_in(PDF, key="lauf-0001"), other.hand_in(PDF, key="lauf-0001")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("key", [None, "", "kurz", "x" * 201, "umlaut-ä-drin"])
def test_a_call_without_a_proper_key_is_refused(key: str | None, program: Program) -> None:
    answer = program.post(form_of(PDF), "multipart/form-data; boundary=grenze-7d9", idempotency_key=key)
    assert_problem(answer, Trouble.KEY_MISSING, "Idempotency-Key")
    assert Document.objects.count() == 0


def test_a_crash_between_store_and_answer_is_healed_by_the_same_call(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(name: str) -> None:
        raise SystemExit(name)

    monkeypatch.setattr("records.intake.fault_point", die)
    with pytest.raises(SystemExit, match=r"intake\.after_object"):
        program.hand_in(PDF, key="lauf-0001")
    monkeypatch.undo()
    assert program.hand_in(PDF, key="lauf-0001").status_code == 201
    assert Document.objects.count() == 1


# What is wrong with the file or the call


@pytest.mark.parametrize("body", [b"", b"quatsch", form_of(PDF, end=False)[:60], b"--grenze-7d9--\r\n"])
def test_a_broken_form_is_refused(body: bytes, program: Program) -> None:
    answer = program.post(body, "multipart/form-data; boundary=grenze-7d9")
    assert answer.status_code == 400
    assert answer.json()["code"] in {"body_broken", "file_missing"}
    assert Document.objects.count() == 0


def test_a_form_cut_off_in_the_file_is_refused(program: Program) -> None:
    answer = program.post(form_of(PDF * 5000, end=False), "multipart/form-data; boundary=grenze-7d9")
    assert answer.status_code == 400
    assert Document.objects.count() == 0


@pytest.mark.parametrize("kind", ["multipart/form-data", f"multipart/form-data; boundary={'x' * 300}"])
def test_a_form_without_a_proper_boundary_is_refused(kind: str, program: Program) -> None:
    assert_problem(program.post(form_of(PDF), kind), Trouble.BODY_BROKEN)


def test_a_form_needs_exactly_one_file_of_the_right_field(program: Program) -> None:
    kind = "multipart/form-data; boundary=grenze-7d9"
    two = form_of(PDF, end=False) + b"\r\n" + form_of(PDF)
    for body in (form_of(PDF, field="datei"), two, form_of(PDF, name="")):
        assert_problem(program.post(body, kind), Trouble.FILE_MISSING, "genau eine Datei")


def test_an_empty_file_is_refused(program: Program) -> None:
    assert_problem(program.hand_in(b""), Trouble.FILE_EMPTY, "0 Byte")
    assert_problem(program.send(b""), Trouble.FILE_EMPTY, "0 Byte")


def test_a_file_above_the_limit_is_refused_one_at_the_limit_is_not(program: Program, limit: Limit) -> None:
    limit(1)
    assert program.hand_in(b"x" * 1000**2).status_code == 201
    assert program.send(b"y" * 1000**2).status_code == 201
    for size in (1000**2 + 1, 1000**2 + 100_000):
        assert_problem(program.hand_in(b"x" * size), Trouble.FILE_TOO_LARGE, "1 MB")
        assert_problem(program.send(b"x" * size), Trouble.FILE_TOO_LARGE, "1 MB")


@pytest.mark.parametrize("form", [True, False], ids=["form", "body"])
def test_a_body_shorter_than_announced_is_refused(form: bool, program: Program) -> None:
    body = form_of(PDF * 9000, end=False) if form else PDF
    assert call(program, BytesIO(body), len(body) + 30, form=form) == 400
    assert Document.objects.count() == 0
    assert leftovers() == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_as_such_wherever_it_is_met(
    code: int, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    for place in ("web.receiving.FolderUpload.receive_data_chunk", "records.objects.shutil.copyfileobj",
                  "records.journal.os.write"):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(place, full)
            assert_problem(program.hand_in(PDF), Trouble.STORAGE_FULL, "Platz")
    assert Document.objects.count() == 0


def test_a_store_that_does_not_answer_is_temporary(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise Unavailable("Der Beleg-Speicher antwortet nicht.")

    monkeypatch.setattr("web.handing_in.accept", gone)
    answer = program.hand_in(PDF)
    assert_problem(answer, Trouble.UNAVAILABLE, "später")
    assert answer["Retry-After"] == "10"


def test_a_bug_is_a_problem_too_and_says_nothing_about_itself(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.handing_in.accept", lambda *_: 1 / 0)
    answer = program.hand_in(PDF)
    assert_problem(answer, Trouble.INTERNAL)
    assert b"division" not in answer.content


# Asking


def test_the_state_is_told_with_its_numbers_and_nothing_of_the_content(program: Program, enter: Enter) -> None:
    entry = enter(State.TO_ORDER)
    Intake.objects.filter(documents=entry.document).update(token=ApiToken.objects.get())
    told = program.show(entry.document_id).json()
    assert told == {
        "id": str(entry.document_id),
        "state": "to_order",
        "label": "wartet auf Auszahlungsanordnung",
        "kind": "waiting",
        "register_number": entry.document.register_number,
        "invoice_number": entry.number,
        "reason": None,
        "links": {"self": f"/api/v1/documents/{entry.document_id}"},
    }


@pytest.mark.parametrize(
    ("state", "told"), [(State.QUARANTINED, "Grund."), (State.CLEARING, None), (State.FILED, None)]
)
def test_a_reason_is_told_only_if_it_is_about_the_file(state: State, told: str | None, program: Program) -> None:
    document_id = program.hand_in(PDF).json()["id"]
    Document.objects.update(state=state, reason="Grund.")
    assert program.show(document_id).json()["reason"] == told


def test_what_another_handed_in_does_not_exist(program: Program, enter: Enter) -> None:
    foreign = new_program().hand_in(PDF).json()["id"]
    for document_id in (foreign, enter().document_id, uuid4()):
        assert_problem(program.show(document_id), Trouble.NOT_FOUND, "nicht eingeliefert")


# Keys


ROUTES = [
    ("POST", "/api/v1/documents"),
    ("GET", "/api/v1/documents/6c338cb2-a348-4f6a-8f5c-fecbf751cafa"),
    ("GET", "/api/v1/openapi.json"),
]


@pytest.mark.parametrize(("method", "address"), ROUTES)
@pytest.mark.parametrize("sent", [None, "", "Basic abc", "Bearer", "Bearer  ", "pe_abc"])
def test_no_call_without_a_key(method: str, address: str, sent: str | None, client: Client) -> None:
    answer = client.generic(method, address, headers={"authorization": sent} if sent is not None else {})
    assert_problem(answer, Trouble.TOKEN_MISSING, "Authorization")
    assert answer["WWW-Authenticate"] == 'Bearer realm="posteingang"'


@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_no_call_with_a_wrong_or_a_revoked_key(method: str, address: str, client: Client) -> None:
    revoked = new_program()
    revoke(ApiToken.objects.get().name, ApiToken.objects.get().created_at)
    for secret in ("pe_falsch", "ä" * 1000, revoked.secret):
        answer = client.generic(method, address, headers={"authorization": f"Bearer {secret}"})
        assert_problem(answer, Trouble.TOKEN_INVALID, "widerrufen")
        assert answer["WWW-Authenticate"] == 'Bearer realm="posteingang", error="invalid_token"'


def test_each_call_needs_its_scope() -> None:
    writer, reader = new_program(Scope.WRITE_DOCUMENTS), new_program(Scope.READ_DOCUMENTS)
    document_id = writer.hand_in(PDF).json()["id"]
    for answer, scope in ((writer.show(document_id), "documents:read"), (reader.hand_in(PDF), "documents:write")):
        assert_problem(answer, Trouble.SCOPE_MISSING, scope)
        assert answer["WWW-Authenticate"] == 'Bearer realm="posteingang", error="insufficient_scope"'


def test_a_key_for_an_inbox_the_city_no_longer_has_hands_nothing_in() -> None:
    program = new_program(inbox="keller")
    assert_problem(program.hand_in(PDF), Trouble.INBOX_UNKNOWN, "keller")


def test_people_who_are_logged_in_are_no_program(sign_in: SignIn) -> None:
    client = sign_in(*Role)
    assert client.post("/api/v1/documents", {}).status_code == 401
    assert client.get(f"/api/v1/documents/{uuid4()}").status_code == 401


def test_no_answer_sets_or_depends_on_a_cookie(program: Program) -> None:
    for answer in (program.hand_in(PDF), program.show(uuid4()), program.client.get("/api/v1/gibt-es-nicht")):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_a_wrong_method_and_an_unknown_address_are_problems(program: Program) -> None:
    for method in ("get", "put", "delete"):
        answer = getattr(program.client, method)("/api/v1/documents")
        assert_problem(answer, Trouble.METHOD)
        assert answer["Allow"] == "POST"
    for address in ("/api/v1/gibt-es-nicht", "/api/v2/documents", "/api/v1/documents/keine-id"):
        assert_problem(program.client.get(address), Trouble.NOT_FOUND)


# The description


def test_the_description_is_for_keys_and_for_people(program: Program, sign_in: SignIn) -> None:
    by_key = program.client.get("/api/v1/openapi.json", headers={"authorization": f"Bearer {program.secret}"})
    by_person = sign_in().get("/api/v1/openapi.json")
    assert by_key.json() == by_person.json()
    assert sign_in().get("/api/v1/openapi.json", headers={"authorization": "Bearer pe_falsch"}).status_code == 401


def test_the_description_names_every_route_and_every_problem_it_can_have(sign_in: SignIn) -> None:
    told = sign_in().get("/api/v1/openapi.json").json()
    names = {operation["operationId"] for path in told["paths"].values() for operation in path.values()}
    assert names | {"api_unknown"} == {route.name for route in api_routes}
    for operation in OPERATIONS:
        answers = told["paths"][operation.template][operation.method.lower()]["responses"]
        assert {str(status) for status in operation.answers} <= set(answers)
        for trouble in operation.troubles:
            assert trouble.code in answers[str(trouble.status)]["description"]


def test_the_description_is_valid_and_real_answers_fit_it(sign_in: SignIn, program: Program) -> None:
    told = sign_in().get("/api/v1/openapi.json").json()
    validate(told)
    for answer, model in ((program.hand_in(PDF), "DocumentAnswer"), (program.show(uuid4()), "ProblemDetails")):
        schema = {"$ref": f"#/components/schemas/{model}", "components": told["components"]}
        OAS31Validator(schema).validate(answer.json())


def test_the_handbook_names_every_code() -> None:
    book = (CODE_ROOT / "docs" / "schnittstelle.md").read_text(encoding="utf-8")
    for trouble in Trouble:
        assert f"| {trouble.status} | `{trouble.code}` |" in book


# Memory


class Endless(RawIOBase):
    """A body that is made while it is read."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self.length = len(head) + size + len(tail)
        self._head, self._left, self._tail = head, size, tail

    def read(self, size: int = -1) -> bytes:
        if self._head or not self._left:
            part = self._head or self._tail
            self._head, self._tail = (b"", self._tail) if self._head else (b"", b"")
            return part
        count = min(size, self._left)
        self._left -= count
        return b"\x17" * count


def memory(field: str) -> int:
    """VmRSS or VmHWM of this process in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise AssertionError(field)


@pytest.mark.parametrize("form", [True, False], ids=["form", "body"])
def test_a_large_file_is_never_held_in_memory(form: bool, program: Program) -> None:
    size = 100 * 1000**2
    head, _, tail = form_of(b"!").partition(b"!") if form else (b"", b"", b"")
    body = Endless(head, size, tail)
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")

    assert call(program, body, body.length, form=form) == 201

    assert Intake.objects.get().content.size == size
    assert memory("VmHWM") - before < 30 * 1000**2


# What was recognised


def test_what_was_recognised_is_told_only_to_a_key_that_may_read_it() -> None:
    writer = new_program()
    reader = new_program(Scope.WRITE_DOCUMENTS, Scope.READ_DOCUMENTS, Scope.READ_CONTENT)
    answers = []
    for program in (writer, reader):
        document = Document.objects.get(id=program.hand_in(PDF + program.secret.encode()).json()["id"])
        read_letter(document, SENDER, deadlines=(proposal(),))
        answers.append(program.show(document.id).json())
    silent, told = answers

    assert "recognised" not in silent and "deadlines" not in silent
    assert told["recognised"] == [
        {"kind": "Absender", "value": "Müller GmbH", "confidence": 0.85, "page": 1, "confirmed": False}
    ]
    assert [(each["ends_on"], each["state"]) for each in told["deadlines"]] == [("2026-12-16", "proposed")]


def test_of_closed_mail_nothing_is_told() -> None:
    reader = new_program(Scope.WRITE_DOCUMENTS, Scope.READ_DOCUMENTS, Scope.READ_CONTENT)
    document = Document.objects.get(id=reader.hand_in(PDF).json()["id"])
    read_letter(document, SENDER, deadlines=(proposal(),))
    Document.objects.update(state=State.LOCKED)
    told = reader.show(document.id).json()
    assert (told["recognised"], told["deadlines"]) == ([], [])
