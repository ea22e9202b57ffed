"""The pages about destruction: what has to be agreed, and the list on its way through three persons."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from records.models import BackupRun, DestructionApproval, DestructionList, Document, ListFile, Original
from schemas.originals import OriginalState
from schemas.roles import Role
from schemas.states import State
from tests.records.papers import BOX, LEGAL, agree, allow_destruction, make_ready, paper_rules, release_procedure
from tests.web.conftest import Arrive, SignIn, text_of

__all__ = ["paper_rules"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper_rules")]
OVERVIEW = "/originale/vernichtung/"


@pytest.fixture
def filed() -> datetime:
    """So long ago that the period is over."""
    return datetime.now(UTC) - timedelta(days=200)


@pytest.fixture
def originals(arrive: Arrive, filed: datetime) -> list[Original]:
    """Two letters whose paper may go."""
    allow_destruction(filed)
    return [make_ready(arrive(State.NOTED), filed) for _ in range(2)]


@pytest.fixture
def petra(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM, name="Petra Post")


@pytest.fixture
def paul(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM, name="Paul Post")


def draw_up(client: Client) -> str:
    """Address of the new list."""
    page = text_of(client.get("/originale/karton/", {"karton": BOX}))
    mark = page.partition('name="seen" value="')[2].partition('"')[0]
    answer = client.post(f"/originale/karton/?karton={BOX}", {"seen": mark})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["location"])


def act(client: Client, address: str, what: str, seen: int = 1, **more: str) -> HttpResponse:
    client.get(address)
    return client.post(address, {"act": what, "seen": seen, **more}, follow=True)  # type: ignore[return-value]


def states() -> list[str]:
    return list(Original.objects.order_by("document__entry").values_list("state", flat=True))


def test_a_fresh_installation_says_that_nothing_is_destroyed_and_what_is_missing(sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.AUDIT).get(OVERVIEW))
    offices = "Rechnungsprüfung, Rechtsamt, Archiv"
    for said in ("ausgeschaltet", "keine Fassung freigegeben", offices, "keine aufgezeichnet"):
        assert said in page, said


def test_the_shipped_rules_have_no_period_for_any_type(monkeypatch: pytest.MonkeyPatch, sign_in: SignIn) -> None:
    from config.settings import CODE_ROOT, load_settings

    monkeypatch.setenv("POSTEINGANG_CITY", str(CODE_ROOT / "config" / "city"))
    load_settings.cache_clear()
    assert "ohne Frist bleibt das Papier" in text_of(sign_in(Role.MAILROOM).get(OVERVIEW))


@pytest.mark.parametrize(
    ("role", "units", "seen"),
    [
        (Role.MAILROOM, (), True),
        (Role.AUDIT, (), True),
        (Role.ARCHIVE, (), True),
        (Role.UNIT, (LEGAL,), True),
        (Role.UNIT, ("50",), False),
        (Role.ADMIN, (), False),
    ],
)
def test_who_may_see_the_preconditions(role: Role, units: tuple[str, ...], seen: bool, sign_in: SignIn) -> None:
    assert sign_in(role, units=units).get(OVERVIEW).status_code == (200 if seen else 404)


@pytest.mark.parametrize(
    ("role", "units", "office"),
    [(Role.AUDIT, (), "rechnungspruefung"), (Role.UNIT, (LEGAL,), "rechtsamt"), (Role.ARCHIVE, (), "archiv")],
)
def test_an_office_agrees_and_takes_it_back(
    role: Role, units: tuple[str, ...], office: str, filed: datetime, sign_in: SignIn
) -> None:
    version = release_procedure(filed)
    client = sign_in(role, units=units, name="Rita Revision")
    form = {"office": office, "seen": version, "reference": "14-30/2026", "dated": "20.11.2026"}
    page = text_of(client.post(OVERVIEW, form, follow=True))
    assert "14-30/2026 vom 20.11.2026" in page and "Rita Revision" in page
    made = DestructionApproval.objects.get()
    assert (made.office, made.procedure_version, str(made.dated)) == (office, version, "2026-11-20")
    page = text_of(client.post(OVERVIEW, {"withdraw": made.id, "reason": "Neue Bewertung."}, follow=True))
    assert "widerrufen" in page and "Neue Bewertung." in page


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"office": "archiv", "seen": 1, "reference": "", "dated": "2026-11-20"}, 400),
        ({"office": "archiv", "seen": 1, "reference": "1/26", "dated": "gestern"}, 400),
        ({"office": "archiv", "seen": 7, "reference": "1/26", "dated": "2026-11-20"}, 409),
        ({"office": "rechtsamt", "seen": 1, "reference": "1/26", "dated": "2026-11-20"}, 400),
        ({"office": "unsinn", "seen": 1, "reference": "1/26", "dated": "2026-11-20"}, 400),
        ({"withdraw": "77", "reason": "So."}, 400),
    ],
)
def test_an_agreement_that_is_not_complete_or_not_theirs_is_refused(
    form: dict[str, object], status: int, filed: datetime, sign_in: SignIn
) -> None:
    release_procedure(filed)
    answer = sign_in(Role.ARCHIVE).post(OVERVIEW, form)
    assert answer.status_code == status
    assert 'role="alert"' in text_of(answer)
    assert not DestructionApproval.objects.exists()


def test_the_box_shows_what_may_go_and_why_the_rest_stays(originals: list[Original], petra: Client) -> None:
    Document.objects.filter(id=originals[1].document_id).update(needs_original=True)
    page = text_of(petra.get("/originale/karton/", {"karton": BOX}))
    may, _, stays = page.partition("Bleibt erhalten")
    assert originals[0].document.register_number in may
    assert originals[1].document.register_number in stays and "besonderes Poststück" in stays


def test_a_list_goes_the_whole_way_and_its_pdf_is_kept(
    originals: list[Original], petra: Client, paul: Client, sign_in: SignIn
) -> None:
    address = draw_up(petra)
    page = text_of(petra.get(address))
    assert "Sie haben diese Liste aufgestellt; freigeben muss sie eine andere Person." in page
    file = ListFile.objects.get()
    assert file.content_id in page
    assert "Die Vernichtung ist freigegeben." in text_of(act(paul, address, "freigeben"))
    assert "durchführen muss sie eine andere Person" in text_of(paul.get(address))
    assert "Bitte vernichten Sie das Papier jetzt" in text_of(act(petra, address, "durchfuehren"))
    assert states() == [OriginalState.DESTROYED] * 2

    auditor = sign_in(Role.AUDIT)
    paper = auditor.get(f"{address}stand/1")
    assert b"".join(paper.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    page = text_of(auditor.get(address))
    assert "Petra Post" in page and "Paul Post" in page and "Was Sie tun können" not in page
    page = text_of(auditor.get(f"/originale/{originals[0].document_id}/"))
    assert "lässt sich nicht rückgängig machen" in page
    history = text_of(auditor.get(f"/schriftstueck/{originals[0].document_id}/"))
    for said in (
        "Original auf Vernichtungsliste gesetzt",
        "Vernichtung des Originals freigegeben",
        "Original vernichtet",
    ):
        assert said in history, said


@pytest.mark.parametrize(
    ("what", "seen", "more", "status", "said"),
    [
        ("freigeben", 1, {}, 400, "Wer die Liste aufgestellt hat"),
        ("freigeben", 2, {}, 409, "inzwischen von anderer Stelle geändert"),
        ("durchfuehren", 1, {}, 409, "inzwischen von anderer Stelle geändert"),
        ("verwerfen", 1, {"reason": ""}, 400, "Die Begründung fehlt."),
        ("herausnehmen", 1, {"reason": "So.", "document": "unsinn"}, 400, "Formular ist unvollständig"),
        ("loeschen", 1, {}, 400, "nicht möglich"),
    ],
)
def test_what_is_not_allowed_now_changes_nothing(
    what: str, seen: int, more: dict[str, str], status: int, said: str, originals: list[Original], petra: Client
) -> None:
    answer = act(petra, draw_up(petra), what, seen, **more)
    assert answer.status_code == status
    assert said in text_of(answer)
    assert states() == [OriginalState.LISTED] * 2


def test_a_hold_that_comes_between_is_told_with_the_new_list(
    originals: list[Original], petra: Client, paul: Client, sign_in: SignIn
) -> None:
    address = draw_up(petra)
    act(paul, address, "freigeben")
    paper = f"/originale/{originals[0].document_id}/"
    sign_in(Role.ARCHIVE).post(paper, {"seen": 3, "act": "sperren", "reason": "Muster."})
    answer = act(petra, address, "durchfuehren")
    assert answer.status_code == 409
    page = text_of(petra.get(address))
    assert "Von der Liste genommen" in page and "Vernichtungssperre, Archiv: Muster." in page
    act(petra, address, "durchfuehren", 2)
    assert states() == [OriginalState.KEPT, OriginalState.DESTROYED]
    assert sorted(ListFile.objects.values_list("version", flat=True)) == [1, 2]


def test_what_came_between_takes_paper_off_and_the_person_is_told(
    originals: list[Original], petra: Client, paul: Client
) -> None:
    address = draw_up(petra)
    Document.objects.filter(id=originals[0].document_id).update(needs_original=True)
    answer = act(paul, address, "freigeben")
    assert answer.status_code == 409
    page = text_of(answer)
    assert "eingetragen ist sonst nichts" in page
    assert f"{originals[0].document.register_number}: Das Original wird als Papier gebraucht" in page
    assert DestructionList.objects.get().state == "drawn_up"
    act(paul, address, "freigeben", 2)
    assert states() == [OriginalState.KEPT, OriginalState.RELEASED]


def test_one_original_less_and_a_list_that_is_given_up(originals: list[Original], petra: Client) -> None:
    address = draw_up(petra)
    one = str(originals[0].document_id)
    act(petra, address, "herausnehmen", 1, document=one, reason="Liegt nicht im Karton.")
    assert states() == [OriginalState.KEPT, OriginalState.LISTED]
    assert "verworfen" in text_of(act(petra, address, "verwerfen", 2, reason="Falscher Karton."))
    assert states() == [OriginalState.KEPT] * 2


def test_the_auditor_reads_and_does_nothing(originals: list[Original], petra: Client, sign_in: SignIn) -> None:
    address, auditor = draw_up(petra), sign_in(Role.AUDIT)
    act(auditor, address, "freigeben")
    auditor.post(f"/originale/karton/?karton={BOX}", {"seen": "x"})
    assert states() == [OriginalState.LISTED] * 2
    assert DestructionList.objects.count() == 1


def test_the_list_of_a_box_that_has_changed_is_not_drawn_up(originals: list[Original], petra: Client) -> None:
    answer = petra.post(f"/originale/karton/?karton={BOX}", {"seen": "alt"})
    assert answer.status_code == 409
    assert "hat sich inzwischen geändert" in text_of(answer)


def test_the_overview_shows_lists_backup_and_what_is_due(
    originals: list[Original], petra: Client, sign_in: SignIn
) -> None:
    page = text_of(petra.get(OVERVIEW))
    assert 'Frist abgelaufen <span class="count">2</span>' in page
    assert "eingerichtet" in page and "Antrag Wohngeld: 180 Tage" in page
    number = draw_up(petra).rstrip("/").rpartition("/")[2]
    assert number in text_of(petra.get(OVERVIEW))
    assert number not in text_of(sign_in(Role.ARCHIVE).get(OVERVIEW)), "lists are for scan office and audit"
    BackupRun.objects.all().delete()
    assert "keine aufgezeichnet" in text_of(petra.get(OVERVIEW))


def test_another_version_needs_new_agreements(originals: list[Original], filed: datetime, petra: Client) -> None:
    version = release_procedure(filed)
    assert "ausgeschaltet" in text_of(petra.get(OVERVIEW))
    agree(version, filed)
    assert "eingerichtet" in text_of(petra.get(OVERVIEW))


def test_no_list_no_page(petra: Client) -> None:
    for unknown in (f"{OVERVIEW}VL-2026-000009/", f"{OVERVIEW}VL-2026-000009/stand/1"):
        assert petra.get(unknown).status_code == 404
