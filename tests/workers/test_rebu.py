"""Where another register leads: every entry is told once, its number comes back, nothing hostile does."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from config import load
from config.city_config import City
from pipelines.invoice.rebu.tidings import NAMESPACE, read_answers, tidings_csv, tidings_xml
from records import audit, register
from records.models import Announcement, Document, RegisterEntry
from records.register_announced import note_changes, to_tell
from schemas.errors import BadInput
from schemas.rebu_port import Answer, AnswerFile, AnswerKind, RebuPort, Tidings
from schemas.safe_xml import parse_xml
from schemas.states import State
from tests.records.conftest import TakeIn, store, take_in
from tests.records.entries import make_entry
from workers.rebu import DropPort, port_of, round_of_register

__all__ = ["store", "take_in"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HEAD = "re_nummer;ergebnis;nummer;grund\n"


class FakeRegister:
    """A register in memory, as every adapter must behave: a key counts once."""

    def __init__(self) -> None:
        self.told: dict[str, Tidings] = {}
        self.waiting: list[AnswerFile] = []
        self.settled: list[AnswerFile] = []

    def tell(self, tidings: Tidings) -> None:
        assert self.told.setdefault(tidings.key, tidings) == tidings, "a key always says the same"

    def answers(self) -> Iterator[AnswerFile]:
        yield from list(self.waiting)

    def settle(self, file: AnswerFile) -> None:
        self.settled.append(file)
        self.waiting = [each for each in self.waiting if each.sha256 != file.sha256]


@pytest.fixture
def another_leads(monkeypatch: pytest.MonkeyPatch) -> City:
    rules = load.city()
    leading = rules.invoice_register.model_copy(update={"leading_register": "drop"})
    changed = rules.model_copy(update={"invoice_register": leading})
    monkeypatch.setattr(register, "city", lambda: changed)
    return changed


@pytest.fixture
def entry(take_in: TakeIn, another_leads: City) -> RegisterEntry:
    return make_entry(take_in(), seller_name='Bau & "Söhne"\n=SUMME(1)')


@pytest.fixture
def port(tmp_path: Path) -> DropPort:
    (tmp_path / "in").mkdir()
    return DropPort(tmp_path / "out", tmp_path / "in", "xml", NOW)


def lay(tmp_path: Path, content: str | bytes, name: str = "antwort.csv", age: float = 60) -> Path:
    path = tmp_path / "in" / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (NOW.timestamp() - age,) * 2)
    return path


def told(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out").iterdir())


def moved(entry: RegisterEntry, state: State) -> None:
    Document.objects.filter(id=entry.document_id).update(state=state)


def test_our_own_register_tells_nobody(take_in: TakeIn, tmp_path: Path) -> None:
    make_entry(take_in())
    assert port_of(load.city(), load.load_settings(), NOW) is None
    round_of_register(None, NOW)
    assert not Announcement.objects.exists()


def test_an_entry_is_told_as_soon_as_it_is_made_and_once(entry: RegisterEntry, port: DropPort, tmp_path: Path) -> None:
    for _ in range(2):
        round_of_register(port, NOW)
    assert told(tmp_path) == ["RE-2026-000001.1.xml"]
    said = parse_xml((tmp_path / "out" / "RE-2026-000001.1.xml").read_bytes()).attrib
    assert (said["schluessel"], said["stand"], said["brutto"]) == ("RE-2026-000001.1", "offen", "119.0000")
    assert said["rechnungssteller"] == 'Bau & "Söhne" =SUMME(1)'


def test_after_a_crash_the_same_file_is_not_written_again(entry: RegisterEntry, port: DropPort, tmp_path: Path) -> None:
    ((_, tidings),) = to_tell()
    port.tell(tidings)
    before = (tmp_path / "out" / "RE-2026-000001.1.xml").stat()
    (tmp_path / "out" / ".RE-2026-000002.1.xml.tmp").write_bytes(b"half")
    round_of_register(port, NOW)
    assert (tmp_path / "out" / "RE-2026-000001.1.xml").stat() == before
    assert to_tell() == []


@pytest.mark.parametrize(
    ("states", "standings"),
    [
        ([State.REJECTED], ["offen", "zurueckgewiesen"]),
        ([State.TO_ORDER, State.FILED, State.APPRAISED], ["offen", "erledigt"]),
        ([State.CANCELLED], ["offen", "storniert"]),
    ],
)
def test_a_new_standing_is_told_as_a_further_version(
    states: list[State], standings: list[str], entry: RegisterEntry
) -> None:
    port = FakeRegister()
    round_of_register(port, NOW)
    for state in states:
        moved(entry, state)
        round_of_register(port, NOW)
    assert [(each.key, str(each.standing)) for each in port.told.values()] == [
        (f"RE-2026-000001.{version}", standing) for version, standing in enumerate(standings, 1)
    ]


def test_a_standing_that_changes_while_a_slow_process_tells_the_last_one_is_told_nevertheless(
    entry: RegisterEntry,
) -> None:
    class SlowRegister(FakeRegister):
        def tell(self, tidings: Tidings) -> None:
            if not self.told:
                self.told[tidings.key] = tidings
                round_of_register(self, NOW)  # another process is done with it
                moved(entry, State.REJECTED)
                note_changes()
            super().tell(tidings)

    port = SlowRegister()
    for _ in range(2):
        round_of_register(port, NOW)
    assert list(port.told) == ["RE-2026-000001.1", "RE-2026-000001.2"]


def test_what_a_person_confirmed_of_a_paper_invoice_is_told_in_place_of_what_was_read(
    take_in: TakeIn, another_leads: City
) -> None:
    port, entry = FakeRegister(), make_entry(take_in(), syntax="Papier oder PDF, abgelesen")
    round_of_register(port, NOW)
    said = register.value_of(entry).invoice
    register.establish(entry, replace(said, gross=Decimal("191.00")), NOW)
    round_of_register(port, NOW)
    assert port.told["RE-2026-000001.2"].gross == Decimal("191.00")


def test_an_answer_whose_name_is_as_long_as_can_be_is_put_away(
    entry: RegisterEntry, port: DropPort, tmp_path: Path
) -> None:
    path = lay(tmp_path, b"nichts", f"{'a' * 250}.csv")
    lay(tmp_path, HEAD + "RE-2026-000001;eingetragen;FIN-77;\n", "b.csv")
    round_of_register(port, NOW)
    assert Announcement.objects.get().leading_number == "FIN-77" and not path.exists()


def test_its_number_comes_back_and_stands_in_the_chain(entry: RegisterEntry, port: DropPort, tmp_path: Path) -> None:
    lay(tmp_path, HEAD + "RE-2026-000001;eingetragen;FIN-77;\n")
    round_of_register(port, NOW)
    row = Announcement.objects.get()
    assert (row.status, row.leading_number, row.answered_at) == ("eingetragen", "FIN-77", NOW)
    _, kind, payload = audit.history(entry.document_id)[-1]
    assert (kind, payload["what"], payload["reason"]) == ("remark", "Im führenden Buch eingetragen", "FIN-77")
    (done,) = (tmp_path / "in" / "erledigt").iterdir()
    assert done.name == f"{row.answer[:16]}-antwort.csv"


def test_the_same_answer_again_changes_nothing_and_another_number_is_refused(
    entry: RegisterEntry, port: DropPort, tmp_path: Path
) -> None:
    for name, answer in (("a.csv", "FIN-77;"), ("b.csv", "FIN-77;"), ("c.csv", "FIN-78;")):
        lay(tmp_path, f"{HEAD}RE-2026-000001;eingetragen;{answer}\n{'' if name == 'a.csv' else chr(10)}", name)
        round_of_register(port, NOW)
    assert Announcement.objects.get().leading_number == "FIN-77"
    assert [payload["what"] for _, kind, payload in audit.history(entry.document_id) if kind == "remark"] == [
        "Im führenden Buch eingetragen"
    ]
    report = next((tmp_path / "in" / "abgelehnt").glob("*.bericht.txt")).read_text(encoding="utf-8")
    assert "trägt dort schon die Nummer FIN-77" in report


def test_a_file_counts_whole_or_not_at_all(entry: RegisterEntry) -> None:
    port = FakeRegister()
    answers = (
        Answer(entry.number, AnswerKind.REGISTERED, "FIN-1"),
        Answer("RE-2026-000099", AnswerKind.REFUSED, "", "x"),
    )
    port.waiting.append(AnswerFile("a", "a" * 64, answers))
    round_of_register(port, NOW)
    assert Announcement.objects.get().status == ""
    assert port.settled[0].problem == "RE-2026-000099 wurde diesem Buch nicht gemeldet."


HOSTILE = {
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "another root": b"<andere/>",
    "no UTF-8": b"\xff\xfe\x00",
    "nothing": b"",
    "heading alone": HEAD.encode(),
    "wrong columns": b"nummer;re_nummer\nFIN;RE-2026-000001\n",
    "too many columns": (HEAD + "RE-2026-000001;eingetragen;F;;x\n").encode(),
    "no number of ours": (HEAD + "../../etc;eingetragen;F;\n").encode(),
    "unknown outcome": (HEAD + "RE-2026-000001;bezahlt;F;\n").encode(),
    "registered without a number": (HEAD + "RE-2026-000001;eingetragen;;\n").encode(),
    "a number too long": (HEAD + f"RE-2026-000001;eingetragen;{'9' * 65};\n").encode(),
    "refused without a reason": (HEAD + "RE-2026-000001;abgelehnt;;\n").encode(),
    "too large": HEAD.encode() + b"x" * (5 * 1024 * 1024),
    "an open quote": (HEAD + '"RE-2026-000001;eingetragen;F;\n').encode(),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_is_refused_with_a_report_and_changes_nothing(
    content: bytes, entry: RegisterEntry, port: DropPort, tmp_path: Path
) -> None:
    lay(tmp_path, content)
    round_of_register(port, NOW)
    assert Announcement.objects.get().status == ""
    report = next((tmp_path / "in" / "abgelehnt").glob("*.bericht.txt")).read_text(encoding="utf-8")
    assert report.startswith("antwort.csv\n")
    assert not (tmp_path / "in" / "antwort.csv").exists()


def test_links_folders_and_unfinished_files_stay_where_they_are(
    entry: RegisterEntry, port: DropPort, tmp_path: Path
) -> None:
    secret = tmp_path / "geheim.csv"
    secret.write_text(HEAD + "RE-2026-000001;eingetragen;FIN-77;\n", encoding="utf-8")
    (tmp_path / "in" / "link.csv").symlink_to(secret)
    (tmp_path / "in" / "ordner").mkdir()
    lay(tmp_path, secret.read_bytes(), "neu.csv", age=1)
    lay(tmp_path, secret.read_bytes(), "halb.csv.part")
    round_of_register(port, NOW)
    assert Announcement.objects.get().status == ""
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == [
        "halb.csv.part",
        "link.csv",
        "neu.csv",
        "ordner",
    ]
    round_of_register(DropPort(tmp_path / "out", tmp_path / "in", "xml", NOW + timedelta(minutes=1)), NOW)
    assert Announcement.objects.get().leading_number == "FIN-77"


def test_xml_answers_say_the_same_as_csv() -> None:
    xml = (
        f'<Antworten xmlns="{NAMESPACE}"><Antwort re_nummer="RE-2026-000001" ergebnis="abgelehnt" '
        'grund="Kreditor gesperrt"/></Antworten>'
    )
    expected = (Answer("RE-2026-000001", AnswerKind.REFUSED, "", "Kreditor gesperrt"),)
    assert read_answers(xml.encode()) == expected
    assert read_answers(f"\ufeff{HEAD}RE-2026-000001;abgelehnt;;Kreditor gesperrt\n".encode()) == expected
    with pytest.raises(BadInput, match="Antwort 1: ergebnis"):
        read_answers(xml.replace("abgelehnt", "ja").encode())


def test_tidings_as_csv_are_never_calculated(entry: RegisterEntry) -> None:
    ((_, tidings),) = to_tell()
    row = tidings_csv(replace(tidings, seller_name="=1+1", account=None)).decode().splitlines()[1].split(";")
    assert "'=1+1" in row
    assert "119.0000" in row
    assert "iban" not in parse_xml(tidings_xml(replace(tidings, account=None))).attrib


def test_every_adapter_is_a_port(port: DropPort) -> None:
    adapters: list[RebuPort] = [port, FakeRegister()]
    assert len(adapters) == 2
