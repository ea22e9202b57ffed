"""Decisions that stood teach: organisations get a proposed unit, a model is kept only if it is not worse."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT, load_settings
from config.teaching_config import TeachingRules
from pipelines.routing.lessons import Figures
from records.closed import moved
from records.intake import Arrival, accept
from records.models import Act as ActRow
from records.models import ClearingDecision, Document, DocumentFile, Sender, SenderSighting, TrainingRun
from records.models_released import begin_run
from records.objects import ObjectStore
from records.senders import accept as accept_proposal
from records.senders import version_of
from schemas.roles import Role
from schemas.senders import SenderState
from schemas.states import FileRole, State
from tests.pipelines.routing.paper import ADDRESS
from tests.records.persons import make_person
from workers import teaching
from workers.teaching import round_of_senders, train_now

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
CLUB, PERSON = "Turnverein Letmathe e. V.\nHallenweg 1", "Erika Beispiel\nAm Hang 3\n58675 Hemer"
ABOUT = {
    "hundesteuer": "hiermit melde ich meinen Hund zur Hundesteuer an, er ist ein Dackel und lebt seit Mai bei mir.",
    "vertrag": "anbei senden wir Ihnen den unterzeichneten Vertrag über die Wartung der Anlage für das Archiv zurück.",
}


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects")


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


@pytest.fixture
def iserlohn() -> City:
    rules = TeachingRules.model_validate({"training": {"letters": 20, "held_back": 0.3}})
    return read_city(CODE_ROOT / "config" / "city").model_copy(update={"teaching": rules})


class Mailroom:
    """Letters that were filed, each with its text in the evidence store."""

    def __init__(self, folder: Path, store: ObjectStore) -> None:
        self._folder, self._store, self._number = folder, store, count(1)

    def filed(self, head: str, kind: str = "vertrag", unit: str = "61", since: datetime = LONG_AGO) -> Document:
        number = next(self._number)
        text = (
            f"{head}\n\n{ADDRESS}Unser Schreiben\n\nSehr geehrte Damen und Herren,\n\n{ABOUT.get(kind, '')} {number}\n"
        )
        path = self._folder / f"letter-{number}"
        path.write_text(text, encoding="utf-8")
        arrival = Arrival(uuid4(), "scan", "Scan-Stelle", "Maria Muster", "brief.pdf", NOW, demo=False)
        document = Document.objects.get(id=accept(arrival, path, self._store, NOW))
        Document.objects.filter(id=document.id).update(
            state=State.FILED, state_since=since, unit=unit, document_type=kind
        )
        path.write_text(text, encoding="utf-8")
        content = self._store.register(self._store.put(path), NOW)
        DocumentFile.objects.create(document=document, role=FileRole.TEXT, content=content, name="text.txt")
        document.refresh_from_db()
        return document


@pytest.fixture
def mailroom(tmp_path: Path, store: ObjectStore) -> Mailroom:
    return Mailroom(tmp_path, store)


def test_an_organisation_whose_letters_stayed_with_one_unit_is_proposed(
    mailroom: Mailroom, store: ObjectStore, iserlohn: City
) -> None:
    for _ in range(4):
        mailroom.filed(CLUB)
    round_of_senders(iserlohn, store, NOW)
    sender = Sender.objects.get()
    assert (sender.name, sender.state, sender.proposed_unit) == ("Turnverein Letmathe e. V.", SenderState.SEEN, None)
    mailroom.filed("TURNVEREIN Lctmathe e.V.")  # misread, and the same all the same
    round_of_senders(iserlohn, store, NOW)
    sender.refresh_from_db()
    assert (sender.proposed_unit, sender.proposed_letters, sender.proposed_type) == ("61", 5, "vertrag")


def test_letters_at_several_units_propose_nothing(mailroom: Mailroom, store: ObjectStore, iserlohn: City) -> None:
    for unit in ("61", "61", "61", "61", "61", "22"):
        mailroom.filed(CLUB, unit=unit)
    round_of_senders(iserlohn, store, NOW)
    assert Sender.objects.get().proposed_unit is None


def test_a_redirected_letter_counts_where_it_is_now(mailroom: Mailroom, store: ObjectStore, iserlohn: City) -> None:
    letters = [mailroom.filed(CLUB) for _ in range(5)]
    round_of_senders(iserlohn, store, NOW)
    assert Sender.objects.get().proposed_unit == "61"
    Document.objects.filter(id=letters[0].id).update(unit="22")
    round_of_senders(iserlohn, store, NOW)
    assert Sender.objects.get().proposed_unit is None


def test_an_accepted_sender_that_begins_to_write_elsewhere_tells_no_unit_any_more(
    mailroom: Mailroom, store: ObjectStore, iserlohn: City
) -> None:
    for _ in range(5):
        mailroom.filed(CLUB)
    round_of_senders(iserlohn, store, NOW)
    sender = Sender.objects.get()
    accept_proposal(sender.id, version_of(sender), make_person(Role.MAILROOM), LONG_AGO)
    for unit in ("61", "61", "22", "22", "61"):
        mailroom.filed(CLUB, unit=unit, since=LONG_AGO + timedelta(days=1))
    round_of_senders(iserlohn, store, NOW)
    sender.refresh_from_db()
    assert (sender.unit, sender.several) == ("61", True)
    assert "Schreibt an mehrere Einheiten" in sender.changes.order_by("-id")[0].what


def test_of_persons_and_confidential_matters_nothing_is_kept(
    mailroom: Mailroom, store: ObjectStore, iserlohn: City
) -> None:
    secret = next(kind.key for kind in iserlohn.document_types if kind.confidential)
    for _ in range(6):
        mailroom.filed(PERSON)
        mailroom.filed("Rechtsanwälte Muster GbR", kind=secret)
    round_of_senders(iserlohn, store, NOW)
    assert not Sender.objects.exists()
    assert SenderSighting.objects.filter(sender=None).count() == 6


def test_what_has_not_stood_for_a_while_or_is_closed_is_not_looked_at(
    mailroom: Mailroom, store: ObjectStore, iserlohn: City
) -> None:
    mailroom.filed(CLUB, since=NOW - timedelta(days=1))
    Document.objects.filter(id=mailroom.filed(CLUB).id).update(state=State.LOCKED)
    assert round_of_senders(iserlohn, store, NOW) == 0


@pytest.mark.parametrize(("others", "left"), [(0, 0), (1, 1)])
def test_when_mail_is_locked_its_sender_is_forgotten_unless_another_letter_named_it(
    others: int, left: int, mailroom: Mailroom, store: ObjectStore, iserlohn: City
) -> None:
    letter = mailroom.filed(CLUB)
    for _ in range(others):
        mailroom.filed(CLUB)
    round_of_senders(iserlohn, store, NOW)
    Document.objects.filter(id=letter.id).update(state=State.LOCKED)
    letter.refresh_from_db()
    moved(letter, State.FILED, NOW)
    assert not SenderSighting.objects.filter(document=letter).exists()
    assert Sender.objects.count() == left


def test_what_was_only_noticed_is_forgotten(mailroom: Mailroom, store: ObjectStore, iserlohn: City) -> None:
    mailroom.filed(CLUB)
    round_of_senders(iserlohn, store, NOW)
    assert Sender.objects.count() == 1
    round_of_senders(iserlohn, store, NOW + timedelta(days=400))
    assert Sender.objects.count() == 0


@pytest.fixture
def decided_mail(mailroom: Mailroom) -> list[Document]:
    """Letters of two kinds from ten senders each."""
    return [
        mailroom.filed(f"{name} Hausverwaltung GmbH\nHauptstraße 1", kind, unit)
        for name in ("Adler", "Birke", "Clemens", "Dorn", "Eiche", "Fichte", "Ginster", "Hasel", "Ilex", "Jasmin")
        for kind, unit in (("hundesteuer", "22"), ("vertrag", "41/2")) * 2
    ]


@pytest.fixture(autouse=True)
def no_shipped_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """The invented letters take their time."""
    monkeypatch.setattr(teaching, "_shipped_lessons", lambda city: ())


def trained(iserlohn: City, store: ObjectStore) -> TrainingRun:
    run = begin_run(NOW, every_days=7, minutes=60)
    assert run is not None
    train_now(run.number, iserlohn, store, NOW)
    run.refresh_from_db()
    return run


def test_a_model_learned_from_decisions_is_kept_by_its_hash_and_says_how_good_it_is(
    decided_mail: list[Document], store: ObjectStore, iserlohn: City
) -> None:
    run = trained(iserlohn, store)
    assert run.outcome == "candidate", run.detail
    assert run.lessons + run.held_back == len(decided_mail)
    candidate = Figures(**run.figures["candidate"])
    assert candidate.letters == run.held_back
    assert candidate.types == candidate.units == candidate.letters
    assert (load_settings().models / f"{run.sha256}.npz").is_file()


def test_a_correction_of_a_person_weighs_more(decided_mail: list[Document], store: ObjectStore, iserlohn: City) -> None:
    person = make_person(Role.MAILROOM)
    for document in decided_mail:
        act = ActRow.objects.create(
            document=document, sequence=2, action="entscheiden", user_id=person.user_id, name="x", at=NOW
        )
        ClearingDecision.objects.create(act=act, chosen_type="vertrag", chosen_unit="41/2", needs_original=False)
    run = trained(iserlohn, store)
    assert run.corrections == run.lessons


def test_a_worse_model_is_not_kept(
    decided_mail: list[Document], store: ObjectStore, iserlohn: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "compared", lambda candidate, live: "Weniger richtige Einheiten: 1 statt 2 von 3.")
    monkeypatch.setattr(teaching, "_figures_of_live", lambda held_back, city: (Figures(12, 12, 12, 12, 12), "alt"))
    run = trained(iserlohn, store)
    assert (run.outcome, run.sha256) == ("worse", "")
    assert "Weniger richtige Einheiten" in run.detail
    assert not list(load_settings().models.glob("*.npz"))


def test_too_few_letters_teach_nothing(mailroom: Mailroom, store: ObjectStore, iserlohn: City) -> None:
    mailroom.filed(CLUB)
    run = trained(iserlohn, store)
    assert run.outcome == "too_few"
    assert "verlangt sind 20" in run.detail


def test_an_erased_letter_teaches_no_more(decided_mail: list[Document], store: ObjectStore, iserlohn: City) -> None:
    before = trained(iserlohn, store)
    gone = decided_mail[:4]
    DocumentFile.objects.filter(document__in=gone).delete()
    run = begin_run(NOW + timedelta(days=7), every_days=7, minutes=60)
    assert run is not None
    train_now(run.number, iserlohn, store, NOW)
    run.refresh_from_db()
    assert run.lessons + run.held_back == before.lessons + before.held_back - 4


def test_one_training_at_a_time_and_not_before_its_day_and_a_killed_one_is_told() -> None:
    run = begin_run(NOW, every_days=7, minutes=60)
    assert run is not None
    assert begin_run(NOW + timedelta(minutes=5), every_days=7, minutes=60) is None
    assert begin_run(NOW + timedelta(hours=2), every_days=7, minutes=60) is None
    run.refresh_from_db()
    assert (run.outcome, "abgebrochen" in run.detail) == ("failed", True)
    assert begin_run(NOW + timedelta(days=7), every_days=7, minutes=60) is not None


def test_never_is_never() -> None:
    assert begin_run(NOW, every_days=0, minutes=60) is None
