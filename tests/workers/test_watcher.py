"""The hot folder: what is whole is taken in once, what is not is shown with what it waits for."""

import errno
import os
import zipfile
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from kombu.exceptions import OperationalError

from config.load import city
from config.settings import Settings
from pipelines.intake.claim import claim
from pipelines.intake.names import printable
from records.models import Document, InboxFile, Intake
from records.objects import ObjectStore
from schemas.digest import digest_of_file
from schemas.errors import Unavailable
from schemas.states import State
from tests.workers.conftest import NOW, Configure
from workers import watcher as watcher_module
from workers.targets import object_store
from workers.watcher import Watcher

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nBrief\n%%EOF\n"


@pytest.fixture
def settings(configure: Configure) -> Settings:
    return configure(stable_seconds=2, trailer_grace=600, spool_sweep_seconds=30, batch_stable_seconds=20)


@pytest.fixture
def inbox(settings: Settings) -> Path:
    return settings.inbox / "scan"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[UUID, State]]:
    """What was asked of the broker."""
    calls: list[tuple[UUID, State]] = []
    monkeypatch.setattr(watcher_module, "enqueue", lambda document_id, state: calls.append((document_id, state)))
    return calls


@pytest.fixture
def watcher(settings: Settings, asked: list[tuple[UUID, State]]) -> Watcher:
    return Watcher()


def waiting() -> dict[str, str]:
    return dict(InboxFile.objects.values_list("path", "waiting_for"))


def spooled(settings: Settings) -> list[Path]:
    return list(settings.spool.iterdir())


def test_a_file_that_stands_still_is_taken_in_and_asked_for(
    watcher: Watcher, settings: Settings, inbox: Path, asked: list[tuple[UUID, State]]
) -> None:
    (inbox / "brief.pdf").write_bytes(PDF)

    assert watcher.round(100.0) == 0
    assert waiting() == {"scan/brief.pdf": "wird noch geschrieben"}
    assert watcher.round(102.0) == 1

    document = Document.objects.get()
    assert asked == [(document.id, State.RECEIVED)]
    assert document.intake.original_name == "brief.pdf"
    assert document.intake.operator == "Maria Muster"
    assert waiting() == {}
    assert list(inbox.iterdir()) == []
    assert spooled(settings) == []
    assert watcher.round(104.0) == 0
    assert Document.objects.count() == 1


def test_a_growing_file_waits_and_is_shown_with_its_size(watcher: Watcher, inbox: Path) -> None:
    path = inbox / "gross.pdf"
    for moment in range(10):
        with path.open("ab") as scanner:
            scanner.write(PDF)
        assert watcher.round(100.0 + 5 * moment) == 0
        row = InboxFile.objects.get()
        assert (row.path, row.waiting_for) == ("scan/gross.pdf", "wird noch geschrieben")
        assert row.size == (moment + 1) * len(PDF)

    assert watcher.round(147.0) == 1
    assert waiting() == {}


def test_a_file_rewritten_at_the_same_size_waits_again(watcher: Watcher, inbox: Path) -> None:
    path = inbox / "brief.pdf"
    path.write_bytes(PDF)
    watcher.round(100.0)
    os.utime(path, ns=(1, 1))

    assert watcher.round(102.0) == 0
    assert watcher.round(104.0) == 1


def test_a_pdf_without_end_is_waited_for_and_then_taken_as_it_is(watcher: Watcher, inbox: Path) -> None:
    (inbox / "halb.pdf").write_bytes(PDF[:12])
    watcher.round(100.0)

    assert watcher.round(110.0) == 0
    assert waiting() == {"scan/halb.pdf": "PDF ohne Ende, vermutlich noch in Übertragung"}
    assert watcher.round(700.0) == 1


def test_an_empty_file_is_waited_for(watcher: Watcher, inbox: Path) -> None:
    (inbox / "leer.pdf").touch()
    watcher.round(100.0)

    watcher.round(110.0)

    assert waiting() == {"scan/leer.pdf": "ist noch leer"}


def test_a_ready_marker_ends_the_waiting_and_goes_with_its_file(watcher: Watcher, inbox: Path) -> None:
    (inbox / "brief.pdf").write_bytes(PDF)
    (inbox / "brief.pdf.ready").touch()

    assert watcher.round(100.0) == 1
    assert list(inbox.iterdir()) == []


@pytest.mark.parametrize("name", ["brief.pdf.part", "brief.tmp", "~brief.pdf"])
def test_a_working_name_is_shown_and_not_touched(watcher: Watcher, inbox: Path, name: str) -> None:
    (inbox / name).write_bytes(PDF)
    watcher.round(100.0)

    assert watcher.round(1000.0) == 0
    assert waiting() == {f"scan/{name}": "trägt einen Arbeitsnamen, wird noch geschrieben"}
    assert (inbox / name).exists()


def test_a_folder_with_a_working_name_is_not_taken_from_under_the_scanner(watcher: Watcher, inbox: Path) -> None:
    fill(inbox / "stapel.tmp", "1.pdf")
    watcher.round(100.0)

    assert watcher.round(1000.0) == 0
    assert waiting() == {"scan/stapel.tmp": "trägt einen Arbeitsnamen, wird noch geschrieben"}


def test_a_link_is_shown_with_the_reason_and_never_followed(watcher: Watcher, inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "geheim.pdf"
    secret.write_bytes(PDF)
    (inbox / "verknuepfung.pdf").symlink_to(secret)
    (inbox / "ins-leere.pdf").symlink_to(tmp_path / "gibt-es-nicht")
    (tmp_path / "stapel").mkdir()
    (tmp_path / "stapel" / "1.pdf").write_bytes(PDF)
    (inbox / "stapel").symlink_to(tmp_path / "stapel")

    assert [watcher.round(moment) for moment in (100.0, 110.0, 1000.0)] == [0, 0, 0]

    assert waiting() == {
        "scan/verknuepfung.pdf": "symbolische Verknüpfung; sie wird nicht verfolgt",
        "scan/ins-leere.pdf": "symbolische Verknüpfung; sie wird nicht verfolgt",
        "scan/stapel": "symbolische Verknüpfung; sie wird nicht verfolgt",
    }
    assert secret.exists()


def test_what_left_the_inbox_is_no_longer_shown(watcher: Watcher, inbox: Path) -> None:
    (inbox / "brief.part").write_bytes(PDF)
    watcher.round(100.0)
    assert waiting()

    (inbox / "brief.part").rename(inbox.parent / "weg")
    watcher.round(101.0)

    assert waiting() == {}


def test_files_are_taken_oldest_first(watcher: Watcher, inbox: Path) -> None:
    for name, moment in (("c.pdf", 3), ("a.pdf", 1), ("b.pdf", 2)):
        (inbox / name).write_bytes(PDF + name.encode() + b"\n%%EOF\n")
        os.utime(inbox / name, ns=(moment, moment))
    watcher.round(100.0)

    assert watcher.round(110.0) == 3

    names = Document.objects.order_by("entry").values_list("intake__original_name", flat=True)
    assert list(names) == ["a.pdf", "b.pdf", "c.pdf"]


def test_a_missing_inbox_is_made(watcher: Watcher, inbox: Path) -> None:
    inbox.rmdir()

    assert watcher.round(100.0) == 0
    assert inbox.is_dir()


def test_an_idle_mailroom_writes_nothing(watcher: Watcher, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (inbox / "ordner").mkdir()
    watcher.round(100.0)
    monkeypatch.setattr(watcher_module, "note_waiting", lambda *_: pytest.fail("wrote although nothing changed"))

    watcher.round(101.0)
    watcher.round(200.0)


# Batches


def fill(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(PDF)
    return folder


def container_names(document: Document) -> list[str]:
    with zipfile.ZipFile(object_store().path(document.files.get().content_id)) as container:
        return container.namelist()


def test_a_folder_that_stands_still_is_taken_in_as_one_container(
    watcher: Watcher, settings: Settings, inbox: Path, asked: list[tuple[UUID, State]]
) -> None:
    fill(inbox / "stapel-7", "1.pdf", "2.pdf")
    watcher.round(100.0)
    assert waiting() == {"scan/stapel-7": "Ordner wird noch geschrieben"}
    assert InboxFile.objects.get().size == 2 * len(PDF)
    assert watcher.round(119.0) == 0
    assert watcher.round(120.0) == 1

    document = Document.objects.get()
    assert document.intake.original_name == "stapel-7.zip"
    assert container_names(document) == ["stapel-7/1.pdf", "stapel-7/2.pdf"]
    assert asked == [(document.id, State.RECEIVED)]
    assert (waiting(), list(inbox.iterdir()), spooled(settings)) == ({}, [], [])


def test_a_page_that_comes_late_keeps_the_whole_folder(watcher: Watcher, inbox: Path) -> None:
    for number in range(5):
        fill(inbox / "stapel", f"{number}.pdf")
        assert watcher.round(100.0 + 15 * number) == 0
    assert watcher.round(180.0) == 1
    assert len(container_names(Document.objects.get())) == 5


def test_an_index_that_is_still_written_keeps_its_folder(watcher: Watcher, inbox: Path) -> None:
    fill(inbox / "stapel", "1.pdf", "2.pdf")
    watcher.round(100.0)
    (inbox / "stapel.xml").touch()

    assert watcher.round(125.0) == 0, "the folder stands still, its index has just begun"
    (inbox / "stapel.xml").write_text("<Stapel><Bediener>Eva", encoding="utf-8")
    assert [watcher.round(130.0), watcher.round(155.0)] == [0, 0]
    assert waiting() == {"scan/stapel": "Ordner: stapel.xml ist ein XML ohne Ende"}
    (inbox / "stapel.xml").write_text("<Stapel><Bediener>Eva</Bediener></Stapel>", encoding="utf-8")
    assert [watcher.round(160.0), watcher.round(181.0)] == [0, 1]


def test_a_folder_with_its_end_marker_is_taken_at_once(watcher: Watcher, inbox: Path) -> None:
    fill(inbox / "stapel", "1.pdf")
    fill(inbox, "stapel.ok", "stapel.xml")
    assert watcher.round(100.0) == 1
    assert container_names(Document.objects.get()) == ["stapel.ok", "stapel.xml", "stapel/1.pdf"]
    assert list(inbox.iterdir()) == []


def test_a_series_waits_for_nothing_but_its_marker(watcher: Watcher, inbox: Path) -> None:
    fill(inbox, "s_1.pdf", "s_2.pdf", "anderes.pdf", "s.end")
    assert watcher.round(100.0) == 1
    assert Document.objects.get().intake.original_name == "s.zip"
    assert [path.name for path in inbox.iterdir()] == ["anderes.pdf"]


def test_without_a_marker_the_files_of_a_series_are_single_files(watcher: Watcher, inbox: Path) -> None:
    fill(inbox, "s_1.pdf", "s_2.pdf")
    watcher.round(100.0)
    assert watcher.round(102.0) == 2
    assert set(Intake.objects.values_list("original_name", flat=True)) == {"s_1.pdf", "s_2.pdf"}


def test_an_inbox_may_demand_the_marker(watcher: Watcher, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = tuple(point.model_copy(update={"wait_for_marker": True}) for point in city().intake_points)
    demanding = city().model_copy(update={"intake_points": points})
    monkeypatch.setattr(watcher_module, "city", lambda: demanding)
    fill(inbox, "s_1.pdf", "s_2.pdf")
    fill(inbox / "stapel", "1.pdf")
    watcher.round(100.0)
    assert watcher.round(5000.0) == 0
    assert waiting() == {
        "scan/s_1.pdf": "wartet auf die Endemarke",
        "scan/s_2.pdf": "wartet auf die Endemarke",
        "scan/stapel": "Ordner wartet auf seine Endemarke",
    }
    fill(inbox, "s.ok", "stapel.ok")
    assert watcher.round(5001.0) == 2


def test_a_folder_that_cannot_be_taken_waits_with_the_reason(watcher: Watcher, inbox: Path, tmp_path: Path) -> None:
    fill(inbox / "stapel", "1.pdf")
    (inbox / "stapel" / "2.pdf").symlink_to(tmp_path)
    fill(inbox / "tief" / "a" / "b", "1.pdf")
    (inbox / "leer").mkdir()
    watcher.round(100.0)
    assert watcher.round(5000.0) == 0
    reasons = waiting()
    assert "2.pdf ist eine symbolische Verknüpfung" in reasons["scan/stapel"]
    assert "a/b ist ein Ordner im Unterordner" in reasons["scan/tief"]
    assert reasons["scan/leer"] == "Ordner ist leer"


def test_a_reason_of_any_length_can_be_shown(watcher: Watcher, inbox: Path, tmp_path: Path) -> None:
    (inbox / "stapel").mkdir()
    for number in range(4):
        (inbox / "stapel" / f"{number}{'n' * 200}").symlink_to(tmp_path)
    watcher.round(100.0)
    assert len(InboxFile.objects.get().waiting_for) == 200


def test_a_marker_that_came_first_is_shown(watcher: Watcher, inbox: Path) -> None:
    (inbox / "stapel.ok").touch()
    watcher.round(100.0)
    assert waiting() == {"scan/stapel": "Endemarke; was dazugehört, fehlt noch"}


def test_a_batch_claimed_but_not_committed_is_the_same_batch_after_a_new_start(
    watcher: Watcher, settings: Settings, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*given: object) -> None:
        raise SystemExit

    fill(inbox / "stapel", "1.pdf", "2.pdf", "stapel.ok")
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(watcher_module, "accept", dies)
        watcher.round(100.0)
    (left,) = spooled(settings)
    packed = digest_of_file(left / "container.zip").sha256

    assert Watcher().round(200.0) == 1

    assert Document.objects.get().intake.content_id == packed
    assert (spooled(settings), list(inbox.iterdir())) == ([], [])


def test_the_same_folder_again_is_the_same_content(watcher: Watcher, inbox: Path) -> None:
    for moment in (100.0, 200.0):
        fill(inbox / "stapel", "1.pdf", "stapel.ok")
        assert watcher.round(moment) == 1
    assert len(set(Intake.objects.values_list("content_id", flat=True))) == 1


# Names that are not text


@pytest.mark.parametrize("name", [b"Stra\xdfe.pdf", b"zeile\neins.pdf", "rtl‮fdp.pdf".encode()])
def test_a_name_that_cannot_be_shown_is_replaced_and_still_taken_in(watcher: Watcher, inbox: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(inbox) + b"/" + name)).write_bytes(PDF)
    watcher.round(100.0)
    shown = list(waiting())
    assert len(shown) == 1
    assert shown[0].removeprefix("scan/").isprintable()

    assert watcher.round(110.0) == 1
    assert Intake.objects.get().original_name == shown[0].removeprefix("scan/")
    assert waiting() == {}


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Größe.pdf", "Größe.pdf"), ("a\tb", "a�b"), ("\udcdf.pdf", "?.pdf"), ("x" * 300, "x" * 255)],
)
def test_names_are_printable(name: str, shown: str) -> None:
    assert printable(name) == shown


# The spool


def in_spool(settings: Settings, content: bytes = PDF) -> UUID:
    """A file claimed by an earlier process."""
    claim_id = uuid4()
    source = settings.inbox / "scan" / f"{claim_id}.pdf"
    source.write_bytes(content)
    assert claim(source, settings.spool, claim_id=claim_id, inbox="scan", received_at=NOW)
    return claim_id


def test_what_was_claimed_but_not_committed_is_taken_in_once(
    watcher: Watcher, settings: Settings, asked: list[tuple[UUID, State]]
) -> None:
    claim_id = in_spool(settings)

    assert watcher.round(100.0) == 1
    assert watcher.round(200.0) == 0

    assert Intake.objects.get().claim_id == claim_id
    assert Intake.objects.get().received_at == NOW
    assert len(asked) == 1
    assert spooled(settings) == []


def test_what_was_committed_but_not_removed_is_only_removed(
    watcher: Watcher, settings: Settings, asked: list[tuple[UUID, State]], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_spool(settings)
    with monkeypatch.context() as patch:
        patch.setattr(watcher_module, "release", lambda _: None)
        assert watcher.recover_spool() == 1
    assert len(spooled(settings)) == 1

    assert watcher.recover_spool() == 0

    assert spooled(settings) == []
    assert Document.objects.count() == 1
    assert len(asked) == 1


def test_a_claim_whose_rename_never_happened_leaves_the_file_in_the_inbox(
    watcher: Watcher, settings: Settings, inbox: Path
) -> None:
    (inbox / "brief.pdf").write_bytes(PDF)
    abandoned = settings.spool / str(uuid4())
    abandoned.mkdir()
    (abandoned / "claim.json").write_text("{}", encoding="utf-8")
    watcher.round(100.0)

    assert watcher.round(110.0) == 1
    assert spooled(settings) == []
    assert Document.objects.count() == 1


def test_a_store_that_takes_nothing_leaves_the_claim_for_the_next_sweep(
    watcher: Watcher, settings: Settings, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "brief.pdf").write_bytes(PDF)
    watcher.round(100.0)

    def full(*_: object) -> None:
        raise Unavailable("voll")

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", full)
        watcher.round(110.0)
        assert Document.objects.count() == 0
        assert len(spooled(settings)) == 1

    assert watcher.round(129.0) == 0
    assert watcher.round(131.0) == 1
    assert spooled(settings) == []


def refuses(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Another program holds that file: the share does not let it be moved."""
    rename = Path.rename

    def held(self: Path, target: Path) -> Path:
        if self.name == name:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", held)


def test_a_batch_one_file_of_which_is_held_holds_up_nobody_else(
    watcher: Watcher, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("stapel_0001.pdf", "stapel_0002.pdf", "stapel.ok"):
        (inbox / name).write_bytes(PDF)
    with monkeypatch.context() as patched:
        refuses(patched, "stapel_0002.pdf")
        assert watcher.round(100.0) == 0
        (inbox / "brief.pdf").write_bytes(PDF)
        (inbox / "brief.pdf.ok").touch()
        assert watcher.round(200.0) == 1
        assert Document.objects.get().intake.original_name == "brief.pdf"
        assert "noch nicht ganz übernommen" in waiting()["scan/stapel.zip"], "people see that it hangs"

    assert watcher.round(300.0) == 1
    assert set(Intake.objects.values_list("original_name", flat=True)) == {"brief.pdf", "stapel.zip"}
    assert waiting() == {}


def test_a_file_that_cannot_be_moved_keeps_its_marker(
    watcher: Watcher, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "brief.pdf").write_bytes(PDF)
    (inbox / "brief.pdf.ok").touch()
    with monkeypatch.context() as patched:
        refuses(patched, "brief.pdf")
        assert watcher.round(100.0) == 0

    assert (inbox / "brief.pdf.ok").exists()
    assert watcher.round(101.0) == 1


def test_an_inbox_that_is_gone_does_not_stop_the_others(
    watcher: Watcher, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for point in city().intake_points:
        (inbox.parent / point.inbox).mkdir(exist_ok=True)
        (inbox.parent / point.inbox / "brief.pdf").write_bytes(PDF)
        (inbox.parent / point.inbox / "brief.pdf.ok").touch()
    entries = watcher_module._entries

    def gone(folder: Path) -> dict[Path, int]:
        if folder == inbox:
            raise OSError(errno.EHOSTDOWN, "Host is down")
        return entries(folder)

    monkeypatch.setattr(watcher_module, "_entries", gone)
    assert watcher.round(100.0) == len(city().intake_points) - 1 > 0
    assert "nicht erreichbar" in waiting()["scan"]


def test_a_broker_that_is_down_does_not_stop_the_intake(
    watcher: Watcher, inbox: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise OperationalError("Error 2 connecting to unix socket")

    monkeypatch.setattr(watcher_module, "enqueue", down)
    for name in ("a.pdf", "b.pdf"):
        (inbox / name).write_bytes(PDF + name.encode() + b"%%EOF")
    watcher.round(100.0)

    assert watcher.round(110.0) == 2

    assert Document.objects.filter(state=State.RECEIVED).count() == 2
    assert spooled(settings) == []
