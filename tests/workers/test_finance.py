"""The hand-over to the finance system: every version of an invoice in one batch; receipts act once, in any order."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from lxml import etree

from config.load import city
from config.settings import load_settings
from records import audit, register
from records.finance import ToWrite
from records.finance_moves import move
from records.models import Deduction, Document, FinanceBatch, FinanceItem, FinanceReceipt, Notice, RegisterEntry
from records.objects import ObjectStore
from schemas.accounting import DeductionKind
from schemas.errors import Conflict, Unavailable
from schemas.states import State
from schemas.values import InvoiceFacts
from tests.workers.conftest import MakeDocument
from workers import finance
from workers.finance import DONE, REFUSED, hand_over, leading_to, round_of_finance, take_receipts
from workers.targets import object_store

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
HEAD = "uebergabe;re_nummer;fassung;ergebnis;datum;beleg;grund\n"
KEPT_BACK = ("bauabzugsteuer", "sicherheitseinbehalt", "auszahlungsbetrag")
pytestmark = pytest.mark.django_db
Release = Callable[..., RegisterEntry]
Answer = Callable[..., Path]


@pytest.fixture
def release(make_document: MakeDocument) -> Release:
    """An invoice that waits to be handed over."""

    def make(payable: str = "1190.00", currency: str | None = "EUR") -> RegisterEntry:
        document = make_document(State.TO_EXPORT, content=f"<Rechnung {uuid4()}/>".encode(), unit="16")
        audit.append(document, State.TO_EXPORT, {"reason": "Abgelegt."}, NOW)
        facts = InvoiceFacts(
            syntax="UBL Invoice",
            number=uuid4().hex,
            issued_on=date(2026, 11, 16),
            currency=currency,
            payable=Decimal(payable),
            seller_name="Bürobedarf Schmidt",
            identity=uuid4().hex * 2,
        )
        return register.enter(document, facts, NOW, 2026)

    return make


@pytest.fixture
def answer() -> Answer:
    """A receipt file of the finance system, old enough to be read."""

    def make(*lines: str, name: str = "quittung.csv", raw: bytes | None = None) -> Path:
        path = load_settings().finance_in / name
        path.write_bytes((HEAD + "".join(f"{line}\n" for line in lines)).encode() if raw is None else raw)
        path.with_name(f"{name}.ready").touch()
        return path

    return make


def over(now: datetime = NOW) -> tuple[str, ...]:
    return hand_over(load_settings(), city(), object_store(), now)


def taken(now: datetime = LATER) -> tuple[int, int]:
    return take_receipts(load_settings(), object_store(), now)


def state_of(entry: RegisterEntry) -> str:
    return Document.objects.values_list("state", flat=True).get(id=entry.document_id)


def folder_of(number: str) -> Path:
    return load_settings().finance_out / number


# Batches


def test_what_waits_goes_into_one_batch_that_lies_complete_beside_its_marker(release: Release) -> None:
    entries = [release("100.00"), release("50.50")]
    (number,) = over()
    assert number == "FB-2026-000001"
    batch = FinanceBatch.objects.get()
    assert (batch.count, batch.total) == (2, Decimal("150.50"))
    names = {path.name for path in folder_of(number).iterdir()}
    assert names == {
        f"{number}.xml",
        f"{number}_rechnungen.csv",
        f"{number}_kontierung.csv",
        *(f"{entry.number}-v1.pdf" for entry in entries),
    }
    assert folder_of(number).with_name(f"{number}.ready").exists() and batch.written_at == NOW
    assert [state_of(entry) for entry in entries] == [State.EXPORTED] * 2
    assert not list(audit.verify())


def test_what_is_kept_back_is_told_and_not_paid_out(release: Release) -> None:
    entry, user = release("1190.00"), get_user_model().objects.create(username="anna")
    for kind, amount in ((DeductionKind.CONSTRUCTION_TAX, "178.50"), (DeductionKind.SECURITY, "59.50")):
        Deduction.objects.create(
            document=entry.document,
            kind=kind,
            amount=Decimal(amount),
            until=date(2027, 1, 10),
            reason="VOB/B",
            user=user,
            name="Anna",
            at=NOW,
        )
    (number,) = over()
    told = etree.parse(folder_of(number) / f"{number}.xml")
    said = {name: told.findtext(f".//{{*}}{name}") for name in ("zahlbetrag", *KEPT_BACK)}
    assert said == {
        "zahlbetrag": "1190.00",
        "bauabzugsteuer": "178.50",
        "sicherheitseinbehalt": "59.50",
        "auszahlungsbetrag": "952.00",
    }


def test_nothing_waiting_makes_no_batch_and_uses_up_no_number(release: Release) -> None:
    assert over() == ()
    release()
    assert over() == ("FB-2026-000001",)
    assert over(LATER) == ()


def test_an_invoice_is_in_one_batch_only(release: Release) -> None:
    entry = release()
    over()
    release()
    over(LATER)
    assert FinanceItem.objects.filter(document=entry.document).count() == 1


def test_many_invoices_are_several_batches(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        release()
    rules = city().finance.export.model_copy(update={"most": 2})
    small = city().model_copy(update={"finance": city().finance.model_copy(update={"export": rules})})
    hand_over(load_settings(), small, object_store(), NOW)
    assert list(FinanceBatch.objects.order_by("number").values_list("count", flat=True)) == [2, 2, 1]


def test_a_batch_has_one_currency_so_that_its_sum_means_something(release: Release) -> None:
    for payable, currency in (("100.00", "EUR"), ("70.00", "CHF"), ("50.50", "EUR"), ("1.00", None)):
        release(payable, currency)
    over()
    found = FinanceBatch.objects.order_by("number").values_list("currency", "count", "total")
    assert list(found) == [("EUR", 2, Decimal("150.50")), ("CHF", 1, Decimal(70)), ("", 1, Decimal(1))]
    xml = (folder_of("FB-2026-000002") / "FB-2026-000002.xml").read_text()
    assert '<Pruefsumme anzahl="1" summe="70.00" waehrung="CHF"/>' in xml


def test_where_the_city_hands_nothing_over_everything_stays(release: Release) -> None:
    entry = release()
    none = city().model_copy(update={"finance": city().finance.model_copy(update={"handover": "none"})})
    assert round_of_finance(load_settings(), none, object_store(), NOW).batches == ()
    assert state_of(entry) == State.TO_EXPORT


class Died(BaseException):
    """In place of a kill: nothing behind it runs, and nobody catches it."""


@pytest.mark.parametrize(
    "point",
    [
        "finance.before_commit",
        "finance.after_commit",
        "finance.after_files",
        "finance.after_placed",
        "finance.after_marker",
    ],
)
def test_whoever_dies_there_loses_and_doubles_nothing(
    point: str, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = release()
    deaths = [point]

    def die(name: str) -> None:
        if name in deaths:
            deaths.remove(name)
            raise Died

    monkeypatch.setattr(finance, "fault_point", die)
    monkeypatch.setattr("records.finance.fault_point", die)
    with pytest.raises(Died):
        over()
    marker = load_settings().finance_out / "FB-2026-000001.ready"
    assert marker.exists() == (point == "finance.after_marker"), "fetched only when it is whole and known to be there"
    over(LATER)
    (item,) = FinanceItem.objects.all()
    batch = FinanceBatch.objects.get()
    assert (batch.number, batch.written_at, item.number) == ("FB-2026-000001", LATER, entry.number)
    assert marker.exists() and len(list(folder_of(batch.number).iterdir())) == 4
    assert [path.name for path in load_settings().finance_out.iterdir() if path.name.startswith(".")] == []
    assert state_of(entry) == State.EXPORTED


def test_what_was_fetched_before_that_was_noted_is_not_handed_over_again(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    release()

    def die(name: str) -> None:
        if name == "finance.after_marker":
            raise Died

    monkeypatch.setattr(finance, "fault_point", die)
    with pytest.raises(Died):
        over()
    folder = folder_of("FB-2026-000001")
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.with_name("FB-2026-000001.ready").unlink()
    over(LATER)
    assert not folder.exists() and FinanceBatch.objects.get().written_at == LATER


def test_a_half_written_folder_is_made_anew_byte_for_byte(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    release()

    def die(name: str) -> None:
        if name == "finance.after_files":
            raise Died

    monkeypatch.setattr(finance, "fault_point", die)
    with pytest.raises(Died):
        over()
    folder = folder_of("FB-2026-000001")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "FB-2026-000001.xml").unlink()
    monkeypatch.undo()
    over(LATER)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_two_rounds_at_once_lay_a_batch_ready_once_though_it_is_fetched_between(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    release()
    fetched, unwritten = [], finance.finance.unwritten

    def fetch() -> None:
        folder = folder_of("FB-2026-000001")
        if folder.with_name(f"{folder.name}.ready").exists():
            fetched.append(folder.name)
            shutil.rmtree(folder)
            folder.with_name(f"{folder.name}.ready").unlink()

    def and_another_round(store: ObjectStore) -> tuple[ToWrite, ...]:
        found = unwritten(store)
        monkeypatch.setattr(finance.finance, "unwritten", unwritten)
        over(LATER)
        fetch()
        return found

    monkeypatch.setattr(finance.finance, "unwritten", and_another_round)
    over()
    fetch()
    over(LATER)
    fetch()
    assert fetched == ["FB-2026-000001"]


# Receipts


def test_a_file_that_cannot_be_put_away_or_read_does_not_hold_up_the_others(
    release: Release, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = release()
    over()
    long = answer(raw=b"kein Inhalt", name=f"{'a' * 244}.csv")
    torn = answer(raw=b"nicht zu lesen", name="b.csv")
    answer(line(entry, "gebucht"), name="c.csv")
    whole = finance._content

    def content(path: Path) -> bytes:
        if path == torn:
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(finance, "_content", content)
    with pytest.raises(Unavailable, match=r"b\.csv"):
        taken()
    assert state_of(entry) == State.POSTED
    assert not long.exists() and torn.exists()


def line(entry: RegisterEntry, kind: str, version: int = 1, batch: str = "FB-2026-000001") -> str:
    more = {"gebucht": "24.11.2026;4711;", "bezahlt": "26.11.2026;;", "abgelehnt": "24.11.2026;;Konto gesperrt"}
    return f"{batch};{entry.number};{version};{kind};{more[kind]}"


@pytest.mark.parametrize(
    ("kind", "state"),
    [("gebucht", State.POSTED), ("bezahlt", State.PAID), ("abgelehnt", State.BOOKING_REFUSED)],
)
def test_an_answer_moves_the_invoice_and_its_file_away(
    kind: str, state: State, release: Release, answer: Answer
) -> None:
    entry = release()
    over()
    path = answer(line(entry, kind))
    assert taken() == (1, 0)
    assert state_of(entry) == state
    assert not path.exists() and len(list((path.parent / DONE).iterdir())) == 1
    assert not list(audit.verify())


@pytest.mark.parametrize("order", list(permutations(["gebucht", "bezahlt"])), ids="-".join)
def test_posted_and_paid_end_as_paid_in_whatever_order(
    order: tuple[str, ...], release: Release, answer: Answer
) -> None:
    entry = release()
    over()
    for at, kind in enumerate(order):
        answer(line(entry, kind), name=f"{at}.csv")
    assert taken() == (2, 0)
    assert state_of(entry) == State.PAID
    assert FinanceReceipt.objects.count() == 2 and not FinanceReceipt.objects.filter(disputed=True).exists()


def test_the_same_answer_twice_acts_once(release: Release, answer: Answer) -> None:
    entry = release()
    over()
    answer(line(entry, "gebucht"), name="a.csv")
    taken()
    answer(line(entry, "gebucht"), name="b.csv")
    answer(line(entry, "gebucht"), line(entry, "gebucht"), name="c.csv")
    assert taken() == (2, 0)
    assert FinanceReceipt.objects.count() == 1
    events = Document.objects.get(id=entry.document_id).events
    assert events.filter(kind=State.POSTED).count() == 1


def test_a_crash_before_the_file_is_moved_away_does_not_repeat_it(
    release: Release, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = release()
    over()
    path = answer(line(entry, "gebucht"))

    def die(name: str) -> None:
        raise Died

    monkeypatch.setattr(finance, "fault_point", die)
    with pytest.raises(Died):
        taken()
    assert path.exists()
    assert taken() == (1, 0) and not path.exists()
    assert FinanceReceipt.objects.count() == 1 and state_of(entry) == State.POSTED


def test_a_refused_booking_goes_out_again_as_the_next_version(release: Release, answer: Answer) -> None:
    entry = release()
    over()
    answer(line(entry, "abgelehnt"))
    taken()
    move(entry.document_id, State.TO_EXPORT, {"reason": "Neu freigegeben."}, LATER, allowed={State.BOOKING_REFUSED})
    (number,) = over(LATER)
    assert (folder_of(number) / f"{entry.number}-v2.pdf").exists()
    answer(line(entry, "gebucht", version=2, batch=number), name="zweite.csv")
    taken()
    assert state_of(entry) == State.POSTED


def test_a_late_answer_to_an_earlier_version_is_noted_and_told(release: Release, answer: Answer) -> None:
    entry = release()
    over()
    answer(line(entry, "abgelehnt"))
    taken()
    move(entry.document_id, State.TO_EXPORT, {"reason": "Neu freigegeben."}, LATER, allowed={State.BOOKING_REFUSED})
    over(LATER)
    answer(line(entry, "gebucht"), name="spaet.csv")
    taken()
    assert state_of(entry) == State.EXPORTED
    disputed = FinanceReceipt.objects.get(disputed=True)
    assert "frühere Fassung" in disputed.outcome
    assert Notice.objects.filter(subject__contains="widersprechen").exists()


def test_a_refusal_of_what_is_paid_is_a_contradiction_for_a_person(release: Release, answer: Answer) -> None:
    entry = release()
    over()
    answer(line(entry, "bezahlt"), line(entry, "abgelehnt"))
    taken()
    assert state_of(entry) == State.PAID
    assert FinanceReceipt.objects.get(disputed=True).kind == "abgelehnt"


def test_one_unknown_invoice_refuses_the_file_whole_with_a_report(release: Release, answer: Answer) -> None:
    entry = release()
    over()
    path = answer(line(entry, "gebucht"), "FB-2026-000009;RE-2026-999999;1;gebucht;24.11.2026;1;")
    assert taken() == (0, 1)
    assert state_of(entry) == State.EXPORTED, "nothing of it counts"
    (report,) = (path.parent / REFUSED).glob("*.bericht.txt")
    assert "Zeile 3: RE-2026-999999 Fassung 1 wurde mit FB-2026-000009 nicht übergeben" in report.read_text()
    assert Notice.objects.filter(subject="Quittung nicht übernommen").count() == 1


def test_hostile_files_are_refused_and_nothing_is_followed(release: Release, answer: Answer, tmp_path: Path) -> None:
    inbox = load_settings().finance_in
    (tmp_path / "geheim.csv").write_text(HEAD)
    (inbox / "link.csv").symlink_to(tmp_path / "geheim.csv")
    (inbox / "ordner.csv").mkdir()
    answer(raw=b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', name="bombe.xml")
    assert taken() == (0, 1)
    assert (tmp_path / "geheim.csv").exists() and (inbox / "link.csv").is_symlink()


def test_a_file_that_is_still_written_is_left_alone(release: Release) -> None:
    entry = release()
    over()
    path = load_settings().finance_in / "quittung.csv"
    path.write_text(HEAD + line(entry, "gebucht"))
    assert take_receipts(load_settings(), object_store(), datetime.fromtimestamp(path.stat().st_mtime, UTC)) == (0, 0)
    (path.parent / "x.tmp").touch()
    settled = datetime.fromtimestamp(path.stat().st_mtime, UTC) + timedelta(seconds=6)
    assert take_receipts(load_settings(), object_store(), settled) == (1, 0)


def test_a_batch_without_answer_is_told_once(release: Release) -> None:
    release()
    over()
    for days in (2, 4, 5):
        round_of_finance(load_settings(), city(), object_store(), NOW + timedelta(days=days))
    assert Notice.objects.filter(subject="FB-2026-000001: Antwort des Finanzwesens fehlt").count() == 1


def test_nothing_moves_but_along_the_table(release: Release) -> None:
    entry = release()
    with pytest.raises(Conflict):
        move(entry.document_id, State.PAID, {}, NOW, allowed=leading_to(State.PAID))
    assert state_of(entry) == State.TO_EXPORT
