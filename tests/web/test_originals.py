"""The pages about paper: where it lies, who may do what with it, slips and receipts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from records.models import Document, Original, RoutingSlip
from records.routing_slips import send, sheet_of
from schemas.originals import OriginalState
from schemas.roles import Role
from schemas.states import State
from tests.records.papers import BOX, LEGAL, allow_destruction, make_ready, paper_rules
from tests.records.persons import make_person
from tests.web.conftest import Arrive, SignIn, text_of

__all__ = ["paper_rules"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper_rules")]


@pytest.fixture
def filed() -> datetime:
    """So long ago that the period is over."""
    return datetime.now(UTC) - timedelta(days=200)


@pytest.fixture
def original(arrive: Arrive, filed: datetime) -> Original:
    return make_ready(arrive(State.NOTED), filed)


def state_of(original: Original) -> str:
    return Original.objects.get(document_id=original.document_id).state


def address(original: Original) -> str:
    return f"/originale/{original.document_id}/"


def test_an_empty_list_says_what_will_stand_there(sign_in: SignIn) -> None:
    assert "elektronische Post hat keines" in text_of(sign_in(Role.MAILROOM).get("/originale/"))


@pytest.mark.parametrize("words", ["{number}", BOX, "k-17"])
def test_paper_is_found_by_its_number_or_its_box(words: str, original: Original, sign_in: SignIn) -> None:
    number = original.document.register_number
    client = sign_in(Role.MAILROOM)
    assert number in text_of(client.get("/originale/", {"suche": words.format(number=number)}))
    assert "Dazu gibt es kein Original" in text_of(client.get("/originale/", {"suche": "K-18"}))


@pytest.mark.parametrize(
    ("view", "shown"), [("faellig", True), ("besondere", False), ("ueberfaellig", False), ("vermisst", False)]
)
def test_the_views_of_the_list(view: str, shown: bool, original: Original, sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.MAILROOM).get("/originale/", {"ansicht": view}))
    assert (original.document.register_number in page) == shown


def test_the_page_tells_where_the_paper_is_and_everything_that_stands_against_its_destruction(
    original: Original, sign_in: SignIn
) -> None:
    page = text_of(sign_in(Role.MAILROOM).get(address(original)))
    for said in (BOX, "in der Scan-Stelle", "Antrag Wohngeld", "Es ist keine Fassung des Scanverfahrens freigegeben."):
        assert said in page, said


def test_where_nothing_stands_against_it_the_page_says_so(original: Original, filed: datetime, sign_in: SignIn) -> None:
    allow_destruction(filed)
    assert "Nichts steht entgegen" in text_of(sign_in(Role.AUDIT).get(address(original)))


def test_a_clerk_moves_paper_with_a_reason_and_the_history_tells_it(original: Original, sign_in: SignIn) -> None:
    client = sign_in(Role.MAILROOM, name="Petra Post")
    form = {"seen": 1, "act": "ausleihen", "reason": "An Einheit 50 zur Ansicht."}
    answer = client.post(address(original), form, follow=True)
    assert "„Original ausleihen“ ist eingetragen" in text_of(answer)
    assert state_of(original) == OriginalState.LENT
    page = text_of(client.get(f"/schriftstueck/{original.document_id}/"))
    for said in ("Original ausgeliehen", "Petra Post", "An Einheit 50 zur Ansicht."):
        assert said in page, said


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"seen": 1, "act": "ausleihen", "reason": " "}, 400, "Die Begründung fehlt."),
        ({"seen": 9, "act": "ausleihen", "reason": "Wozu."}, 409, "inzwischen von anderer Stelle bewegt"),
        ({"seen": 1, "act": "vernichten", "reason": "Weg."}, 400, "nicht (mehr) möglich"),
        ({"seen": 1, "act": "erfunden", "reason": "Weg."}, 400, "nicht (mehr) möglich"),
        ({"seen": "x", "act": "ausleihen", "reason": "Wozu."}, 400, "Formular ist unvollständig"),
        ({"seen": 1, "act": "ort_aendern", "reason": "Umgeräumt.", "box": ""}, 400, "Der Karton fehlt."),
        ({"seen": 1, "act": "ausleihen", "reason": "x" * 2001}, 400, "zu lang"),
        ({"seen": 1, "act": "sperren", "reason": "Ich will."}, 400, "keine Sperre setzen"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    form: dict[str, object], status: int, said: str, original: Original, sign_in: SignIn
) -> None:
    answer = sign_in(Role.MAILROOM).post(address(original), form)
    assert answer.status_code == status
    assert said in text_of(answer)
    assert state_of(original) == OriginalState.KEPT


def test_what_was_entered_stands_in_the_form_again(original: Original, sign_in: SignIn) -> None:
    form = {"seen": 1, "act": "ort_aendern", "reason": "Umgeräumt.", "box": "", "position": "Fach 3"}
    page = text_of(sign_in(Role.MAILROOM).post(address(original), form))
    assert "Umgeräumt." in page and 'value="Fach 3"' in page


@pytest.mark.parametrize(
    ("roles", "units", "office"),
    [
        ((Role.AUDIT,), (), "Rechnungsprüfung"),
        ((Role.ARCHIVE,), (), "Archiv"),
        ((Role.UNIT,), (LEGAL,), "Rechtsamt"),
        ((Role.UNIT,), ("50",), "Einheit 50"),
    ],
)
def test_whoever_needs_the_paper_holds_it_and_lets_it_go_again(
    roles: tuple[Role, ...], units: tuple[str, ...], office: str, original: Original, sign_in: SignIn
) -> None:
    client = sign_in(*roles, units=units)
    page = text_of(client.post(address(original), {"seen": 1, "act": "sperren", "reason": "Verfahren."}, follow=True))
    assert f"Vernichtungssperre: {office}: Verfahren." in page
    hold = Original.objects.get().holds.get()
    form = {"seen": 2, "act": "entsperren", "hold": hold.id, "reason": "Verfahren beendet."}
    page = text_of(client.post(address(original), form, follow=True))
    assert "Verfahren beendet." in page
    assert f"Vernichtungssperre: {office}" not in page


def test_archive_and_legal_office_see_where_paper_lies_and_nothing_of_the_mail(
    original: Original, sign_in: SignIn
) -> None:
    for client in (sign_in(Role.ARCHIVE), sign_in(Role.UNIT, units=(LEGAL,))):
        page = text_of(client.get(address(original)))
        assert BOX in page
        assert original.document.intake.original_name not in page
        assert f"/schriftstueck/{original.document_id}/" not in page
        assert client.get(f"/schriftstueck/{original.document_id}/").status_code == 404


def test_other_units_do_not_find_it(original: Original, sign_in: SignIn) -> None:
    client = sign_in(Role.UNIT, units=("51",))
    assert client.get(address(original)).status_code == 404
    assert client.post(address(original), {"seen": 1, "act": "anfordern", "reason": "So."}).status_code == 404
    assert original.document.register_number not in text_of(client.get("/originale/"))


def test_of_closed_mail_only_the_number_and_its_place_are_shown(original: Original, sign_in: SignIn) -> None:
    Document.objects.filter(id=original.document_id).update(state=State.LOCKED)
    client = sign_in(Role.MAILROOM)
    for page in (text_of(client.get("/originale/")), text_of(client.get(address(original)))):
        assert original.document.register_number in page
        assert "Wohngeld" not in page and "50 Ressort" not in page


def test_the_document_tells_where_its_paper_is(original: Original, sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{original.document_id}/"))
    assert f'href="{address(original)}"' in page and BOX in page


def test_special_items_wait_by_unit_and_go_on_with_a_slip(original: Original, sign_in: SignIn) -> None:
    Document.objects.update(needs_original=True)
    client = sign_in(Role.MAILROOM, name="Petra Post")
    page = text_of(client.get("/originale/weiterleiten/"))
    assert "50 Ressortreferat Soziales" in page and original.document.register_number in page
    form = {"unit": "50", "original": f"{original.document_id}:1", "instruction": "Zur Akte."}
    answer = client.post("/originale/weiterleiten/", form)
    slip = RoutingSlip.objects.get()
    assert answer["location"] == f"/originale/laufzettel/{slip.number}/"
    assert state_of(original) == OriginalState.SENT
    paper = client.get(f"/originale/laufzettel/{slip.number}/pdf")
    assert paper["content-type"] == "application/pdf" and paper.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"unit": "50", "instruction": "Zur Akte."}, 400),
        ({"unit": "50", "original": "unsinn", "instruction": "Zur Akte."}, 400),
        ({"unit": "50", "original": "{id}:9", "instruction": "Zur Akte."}, 409),
        ({"unit": "50", "original": f"{UUID(int=7)}:1", "instruction": "Zur Akte."}, 400),
        ({"unit": "50", "original": "{id}:1", "instruction": ""}, 400),
    ],
)
def test_what_cannot_go_on_says_why(form: dict[str, str], status: int, original: Original, sign_in: SignIn) -> None:
    Document.objects.update(needs_original=True)
    sent = {name: value.format(id=original.document_id) for name, value in form.items()}
    answer = sign_in(Role.MAILROOM).post("/originale/weiterleiten/", sent)
    assert answer.status_code == status
    assert 'role="alert"' in text_of(answer)
    assert not RoutingSlip.objects.exists()


@pytest.fixture
def slip(original: Original) -> RoutingSlip:
    person = make_person(Role.MAILROOM)
    return send("50", [(original.document_id, 1)], person, datetime.now(UTC), instruction="Zur Akte.")


def confirm(client: Client, slip: RoutingSlip, original: Original, **more: str) -> int:
    form = {"original": f"{original.document_id}:2", **more}
    return client.post(f"/originale/laufzettel/{slip.number}/", form).status_code


def test_the_unit_confirms_on_its_page(slip: RoutingSlip, original: Original, sign_in: SignIn) -> None:
    client = sign_in(Role.UNIT, units=("50",))
    assert slip.number in text_of(client.get("/originale/laufzettel/"))
    assert "Empfang bestätigen" in text_of(client.get(f"/originale/laufzettel/{slip.number}/"))
    assert confirm(client, slip, original) == 302
    assert state_of(original) == OriginalState.RECEIVED
    assert "nichts offen" in text_of(client.get(f"/originale/laufzettel/{slip.number}/"))
    assert confirm(client, slip, original) == 409, "once"


def test_other_units_do_not_find_the_slip(slip: RoutingSlip, original: Original, sign_in: SignIn) -> None:
    client = sign_in(Role.UNIT, units=("51",))
    assert client.get(f"/originale/laufzettel/{slip.number}/").status_code == 404
    assert client.get(f"/originale/laufzettel/{slip.number}/pdf").status_code == 404
    assert confirm(client, slip, original) == 404
    assert slip.number not in text_of(client.get("/originale/laufzettel/"))


def test_the_mailroom_enters_a_signed_slip_and_the_audit_only_reads(
    slip: RoutingSlip, original: Original, sign_in: SignIn
) -> None:
    reader = sign_in(Role.AUDIT)
    assert "Empfang bestätigen</button>" not in text_of(reader.get(f"/originale/laufzettel/{slip.number}/"))
    assert confirm(reader, slip, original) == 409
    clerk = sign_in(Role.MAILROOM)
    assert confirm(clerk, slip, original) == 400, "who signed it"
    assert confirm(clerk, slip, original, reason="Uwe Beispiel, heute") == 302
    assert state_of(original) == OriginalState.RECEIVED


def test_an_overdue_receipt_is_pointed_out(slip: RoutingSlip, original: Original, sign_in: SignIn) -> None:
    RoutingSlip.objects.update(receipt_due=datetime.now(UTC).date() - timedelta(days=3))
    client = sign_in(Role.MAILROOM)
    assert "Empfang überfällig" in text_of(client.get("/originale/weiterleiten/"))
    assert "überfällig" in text_of(client.get("/originale/laufzettel/"))
    assert original.document.register_number in text_of(client.get("/originale/", {"ansicht": "ueberfaellig"}))


def test_nothing_of_paper_that_does_not_exist(sign_in: SignIn) -> None:
    client = sign_in(Role.MAILROOM)
    for unknown in (f"/originale/{uuid4()}/", "/originale/laufzettel/LZ-2026-000001/"):
        assert client.get(unknown).status_code == 404
    assert "Bitte geben Sie einen Karton an" in text_of(client.get("/originale/karton/"))


def test_neither_slip_nor_list_of_what_goes_on_says_what_kind_of_closed_mail_it_is(
    original: Original, sign_in: SignIn
) -> None:
    Document.objects.update(needs_original=True, state=State.LOCKED)
    client = sign_in(Role.MAILROOM)
    page = text_of(client.get("/originale/weiterleiten/"))
    assert "verschlossene Post" in page and "Wohngeld" not in page
    form = {"unit": "50", "original": f"{original.document_id}:1", "instruction": "An den Empfänger."}
    page = text_of(client.post("/originale/weiterleiten/", form, follow=True))
    assert "verschlossene Post" in page and "Wohngeld" not in page
    assert "Wohngeld" not in str(sheet_of(RoutingSlip.objects.get()))
