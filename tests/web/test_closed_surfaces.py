"""Every way out of the system, for every role: nothing of closed mail is seen there but number and standing."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern

from pipelines.flow import FLOW, stage_of
from records import audit, removal, search
from records.closed import forget
from records.dms_tasks import due, plan
from records.excerpt import excerpts
from records.models import Batch, BatchImage, Deadline, Document, FoundValue, Lot, LotDocument, Original, SearchText
from records.recognised import keep as keep_reading
from records.removal import Grounds
from records.status import held_up
from schemas.batch import ImageKind
from schemas.recognised import Kind
from schemas.roles import Role
from schemas.states import CLOSED, FileRole, State
from tests.pipelines.papers import pdf_bytes
from tests.records.letters import found, proposal
from tests.records.letters import reading as recognised_as
from tests.records.persons import make_person
from tests.web.conftest import NOW, Arrive, Keep, log_in
from web.api.routes import api_routes
from web.evidence import object_store
from web.outcome import outcome_of
from web.urls import urlpatterns

pytestmark = pytest.mark.django_db

SECRET = "Feuerwehrauto"
"""Stands in the name, the text, the reasons, the findings and the file of the batch."""

GROUNDS = Grounds("War verschlossen.", "Anna Beispiel", "Bernd Beispiel")
QUESTIONS = (
    f"?suche={SECRET}&absender={SECRET}&zeichen={SECRET}&grund={SECRET}&zustand=&tag={NOW:%Y-%m-%d}&karton=K-1&leere=ja"
)
WITHOUT_MAIL = {"login", "logout", "metrics", "health", "upload", "procedure", "procedure_version", "procedure_file"}
ROUTES = [route for route in urlpatterns if route not in api_routes and route.name not in WITHOUT_MAIL]


@pytest.fixture(params=[State.LOCKED, State.REMOVED], ids=str)
def closed(request: pytest.FixtureRequest, arrive: Arrive, keep: Keep) -> Document:
    """Closed mail cut out of a batch, with a duplicate, lot, paper; a search entry and a reading are left behind."""
    content = pdf_bytes() + SECRET.encode()
    batch = arrive(State.IDENTIFIED, State.SPLIT, name="stapel.pdf", content=content, page_count=1)
    document = arrive(State.RECOGNISED, State.FILED, name=f"{SECRET}.pdf", content=content + b"2")
    facts = Batch.objects.create(intake=batch.intake, name="Montag", scanned_at=NOW)
    Document.objects.filter(id=document.id).update(
        intake=batch.intake,
        ordinal=2,
        name=f"{SECRET}.pdf",
        unit="16",
        document_type="bewerbung",
        reasons=[f"gefunden „{SECRET}“"],
        anomalies=[SECRET],
        case_reference=SECRET,
        doubt=SECRET,
        page_count=1,
        needs_original=True,
    )
    document.refresh_from_db()
    BatchImage.objects.create(batch=facts, number=1, kind=ImageKind.PAGE, document=document)
    keep(document, FileRole.TEXT, SECRET.encode(), "text.txt")
    keep(document, FileRole.PRODUCT, content + b"3", f"{SECRET}.pdf")
    search.index_files(document, object_store())
    duplicate = arrive(State.DUPLICATE, name=f"{SECRET}.pdf", content=content + b"4")
    Document.objects.filter(id=duplicate.id).update(duplicate_of=document, unit="16")
    lot = Lot.objects.create(inbox="scan", day=NOW.date(), state="drawn", state_since=NOW)
    LotDocument.objects.create(lot=lot, document=document, drawn=True)
    Original.objects.create(
        document=document, box="K-1", position="1", scanned_on=NOW.date(), state="kept", state_since=NOW
    )
    keep_reading(document, recognised_as(found(Kind.SENDER, SECRET), deadlines=(proposal(basis=SECRET),)), NOW)
    state = State(request.param)
    audit.append(document, state, {"reason": "Gesperrt."}, NOW)
    Document.objects.filter(id=document.id).update(state=state, reason="Gesperrt.")
    document.refresh_from_db()
    if state is State.REMOVED:
        removal.remove(document, list(FileRole), GROUNDS, NOW)
        forget(document, GROUNDS, NOW)
    return document


def addresses(route: URLPattern, document: Document) -> list[str]:
    """The route with everything that could lead to the document: its ids, those of its batch, lot and duplicate."""
    batch = Document.objects.get(intake=document.intake, ordinal=1)
    duplicate = Document.objects.get(duplicate_of=document)
    ids: dict[str, list[Any]] = {
        "document_id": [document.id, batch.id, duplicate.id],
        "claim_id": [document.intake_id],
        "form_id": [document.intake_id],
        "role": ["original", "text", "product"],
        "lot_id": list(Lot.objects.values_list("id", flat=True)),
        "number": [1] if "<int:number>" in str(route.pattern) else [document.register_number],
        "version": [1],
        "other": [document.register_number],
        "copy_id": [document.id],
        "sender_id": [1],
        "sample_id": [1],
        "deadline_id": list(Deadline.objects.values_list("id", flat=True)),
        "value_id": list(FoundValue.objects.values_list("id", flat=True)),
        "name": ["scan.yaml"],
    }
    found = [str(route.pattern)]
    for part in re.findall(r"<\w+:\w+>", str(route.pattern)):
        values = ids[part.strip("<>").partition(":")[2]]
        found = [address.replace(part, str(value)) for address in found for value in values]
    return [f"/{address}" for address in found]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@pytest.mark.parametrize("role", [Role.MAILROOM, Role.UNIT, Role.AUDIT, Role.ARCHIVE])
def test_no_page_no_file_and_no_picture_shows_it(role: Role, closed: Document) -> None:
    client = log_in(make_person(role, units=("16",)))
    for route in ROUTES:
        for address in addresses(route, closed):
            for question in ("", QUESTIONS) if "<" not in str(route.pattern) else ("",):
                answer = client.get(address + question)
                said = body(answer).replace(f'value="{SECRET}"'.encode(), b"").replace(f"„{SECRET}“".encode(), b"")
                assert SECRET.encode() not in said, f"{role} {address}{question}"
    for part in ("original", "product"):
        assert client.get(f"/schriftstueck/{closed.id}/datei/{part}").status_code == 404
    assert client.get(f"/schriftstueck/{closed.id}/seite/1.png").status_code == 404


def test_no_other_way_out_knows_it(closed: Document) -> None:
    assert SECRET not in str(outcome_of(closed)), "interface for programs, and whoever handed it in"
    assert SECRET not in str(held_up()), "status"
    client = log_in(make_person(Role.ADMIN))
    assert SECRET.encode() not in client.get("/metrics").content
    search.reindex(object_store(), lambda *_: None)
    assert excerpts([closed.id], SECRET) == {}
    assert not SearchText.objects.filter(document=closed.entry).exists()
    plan({State(closed.state): None}, NOW, newest=timedelta(days=9), limit=9)
    assert SECRET not in str(due(NOW, 9)), "tasks in the DMS"


def test_nothing_of_it_goes_to_archive_or_dms(closed: Document) -> None:
    stage = stage_of(State(closed.state))
    assert stage.step is None or stage.step.startswith("pipelines.filing.remove:")
    handing_on = {each.state for each in FLOW if each.outbound and each.state not in CLOSED}
    assert not handing_on & set(stage.next)
