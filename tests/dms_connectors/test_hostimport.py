"""The file import: pairs the import can read, each laid ready once, refusals seen, arrival never claimed."""

import errno
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from config.dms_config import PropertySource
from dms_connectors.hostimport import HostimportConnector
from dms_connectors.hostimport import pair as pairs
from dms_connectors.port import FilingRequest, Place, SubmissionState
from dms_connectors.receipts import Receipts
from schemas.errors import NotOffered, Rejected, Unavailable, UnclearOutcome
from tests.dms_connectors.conftest import MakeRequest
from tests.dms_connectors.mock_client import Clock
from tests.dms_connectors.targets import import_mapping, make_hostimport

SETTLE = 300


class PowerCut(BaseException):
    """The process is gone at this place."""


@pytest.fixture
def target(tmp_path: Path, clock: Clock) -> HostimportConnector:
    return make_hostimport(tmp_path, clock=clock, settle=SETTLE)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def control_of(folder: Path) -> str:
    (path,) = (folder / "import").glob("*.jpl")
    return path.read_bytes().decode("cp1252")


def fetch(folder: Path) -> None:
    """The import takes everything."""
    for path in (folder / "import").iterdir():
        path.unlink()


def refuse(folder: Path, *, words: str = "", below: str = "") -> None:
    """The import puts everything among the errors."""
    to = folder / "errors" / below
    to.mkdir(parents=True, exist_ok=True)
    for path in list((folder / "import").iterdir()):
        if words and path.suffix == ".jpl":
            (to / f"{path.stem}.err").write_bytes(words.encode("cp1252"))
        path.rename(to / path.name)


def dies(*_: object, **__: object) -> None:
    raise PowerCut


# The pair


def test_document_and_control_file_share_their_name_and_nothing_else_lies_there(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing()

    base = target.store(request)

    assert base == f"PE-2026-000001_{request.document_id}"
    assert names(tmp_path / "import") == [f"{base}.jpl", f"{base}.pdf"]
    assert (tmp_path / "import" / f"{base}.pdf").read_bytes() == request.content.read_bytes()


def test_the_control_file_says_everything_in_the_spelling_of_the_import(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing(
        document_type="e_rechnung",
        invoice_register_number="RE-2026-000042",
        amount="1234.50",
        received_on=date(2026, 2, 28),
        page_count=3,
        sender="Bürgerverein „Am Kirchplatz“ e. V.",
        references=("4711/26", "ü-9"),
        part="hauptdokument",
    )

    target.store(request)

    assert control_of(tmp_path).split("\r\n") == [
        'dokuart = "RECH"',
        'logi_verzeichnis = "Fr"',
        f'dok_dat_feld[1] = "{request.document_id}"',
        'dok_dat_feld[2] = "PE-2026-000001"',
        'dok_dat_feld[3] = "e_rechnung"',
        'dok_dat_feld[4] = "22"',
        'dok_dat_feld[50] = "28.02.2026"',
        'dok_dat_feld[6] = "PE-2026-000001.pdf"',
        f'dok_dat_feld[7] = "{request.digest.sha256}"',
        'dok_dat_feld[8] = "RE-2026-000042"',
        'dok_dat_feld[70] = "1234,50"',
        'dok_dat_feld[11] = "hauptdokument"',
        'dok_dat_feld[80] = "3"',
        'dok_dat_feld[14] = "Bürgerverein „Am Kirchplatz“ e. V."',
        'dok_dat_feld_60[1] = "4711/26"',
        'dok_dat_feld_60[2] = "ü-9"',
        "",
    ]


def test_state_editor_joined_values_and_encoding_are_settings(tmp_path: Path, filing: MakeRequest) -> None:
    spelling = {"date": "%d.%m.%y", "decimal": ",", "multi": "joined", "separator": "; "}
    target = make_hostimport(
        tmp_path, rules=import_mapping(spelling=spelling), encoding="utf-8-sig", state="Be", editor="posteingang"
    )

    target.store(filing(sender="Łódź", references=("a", "b"), received_on=date(2026, 2, 28)))

    (path,) = (tmp_path / "import").glob("*.jpl")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdokuart")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert {
        'logi_verzeichnis = "Be"',
        'bearbeiter = "posteingang"',
        'dok_dat_feld[60] = "a; b"',
        'dok_dat_feld[50] = "28.02.26"',
        'dok_dat_feld[14] = "Łódź"',
    } <= set(lines)


def test_quotes_and_line_breaks_cannot_break_out_of_their_value(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    target.store(filing(sender='Müller "GmbH"\r\ndokuart = "GEHEIM"\u2028x', case_reference="u\u0308"))

    lines = control_of(tmp_path).split("\r\n")
    assert [line for line in lines if line.startswith("dokuart")] == ['dokuart = "POSTE"']
    assert "dok_dat_feld[14] = \"Müller 'GmbH'  dokuart = 'GEHEIM' x\"" in lines
    assert 'dok_dat_feld[10] = "ü"' in lines, "a letter in two signs is one letter in the code page"


def test_a_character_outside_the_code_page_is_told_with_field_and_document_and_nothing_is_written(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing(sender="Ministerium Łódź")

    with pytest.raises(Rejected, match=r"Absender von PE-2026-000001 enthält „Ł“.*cp1252"):
        target.store(request)

    assert names(tmp_path / "import") == []
    assert target.find(request.document_id) == ()


def test_a_key_that_is_no_field_number_is_told_with_field_and_document(tmp_path: Path, filing: MakeRequest) -> None:
    properties = {"document_id": "1", "sender": "ABSENDER"}
    target = make_hostimport(tmp_path, rules=import_mapping(properties=properties))

    with pytest.raises(Rejected, match=r"Absender von PE-2026-000001.*Feldnummer.*ABSENDER"):
        target.store(filing(sender="Muster GmbH"))

    told = {line.what: line for line in target.check()}
    assert told["Eigenschaft Absender"].ok is False
    assert told["Eigenschaft Dokument-ID"].ok is None
    assert names(tmp_path / "import") == []


def test_too_long_a_value_is_told_with_its_field(target: HostimportConnector, filing: MakeRequest) -> None:
    with pytest.raises(Rejected, match="Absender ist für das DMS zu lang"):
        target.store(filing(sender="x" * 256))


@pytest.mark.parametrize(
    ("number", "file_name", "expected"),
    [
        ("PE-2026-000001", "Brief.PDF", ("PE-2026-000001", ".pdf")),
        ("../../x", "a.tar.gz", ("------x", ".gz")),
        ("ü*?", "ohne", ("---", ".bin")),
        ("PE", "angriff.jpl", ("PE", ".bin")),
        ("PE", "angriff.upd", ("PE", ".bin")),
        ("PE", "a.p d f", ("PE", ".bin")),
        ("N" * 200, "a.xml", ("N" * 60, ".xml")),
    ],
)
def test_names_are_safe_everywhere_and_no_document_is_taken_for_a_control_file(
    number: str,
    file_name: str,
    expected: tuple[str, str],
    target: HostimportConnector,
    tmp_path: Path,
    filing: MakeRequest,
) -> None:
    request = filing(register_number=number, file_name=file_name)

    base = target.store(request)

    assert base == f"{expected[0]}_{request.document_id}"
    assert names(tmp_path / "import") == sorted([f"{base}.jpl", f"{base}{expected[1]}"])


def test_no_dossier_is_promised(target: HostimportConnector, filing: MakeRequest) -> None:
    with pytest.raises(NotOffered, match="Akten"):
        target.store(filing(dossier="P000000001"))


# What became of it


def test_a_pair_waits_until_it_is_fetched_and_then_is_taken_without_proof(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest, clock: Clock
) -> None:
    request = filing()
    base = target.store(request)
    assert target.progress(base).state is SubmissionState.WAITING

    fetch(tmp_path)
    assert target.progress(base).state is SubmissionState.WAITING, "the import may still refuse it"
    clock.forward(seconds=SETTLE - 1)
    assert target.progress(base).state is SubmissionState.WAITING
    clock.forward(seconds=1)
    told = target.progress(base)

    assert (told.state, told.detail) == (SubmissionState.TAKEN, "ist abgeholt, ohne Rückmeldung.")
    assert target.find(request.document_id) == (base,), "it is never written again"
    with pytest.raises(Rejected, match="schon übergeben"):
        target.store(request)


@pytest.mark.parametrize("below", ["", "20261123/Posteingang"])
def test_a_refused_pair_is_found_wherever_it_lies_among_the_errors_with_what_the_import_says(
    below: str, target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    base = target.store(filing())
    refuse(tmp_path, words="Fehler 17:\r\n Dokumentart ungültig\x00", below=below)

    told = target.progress(base)

    assert told.state is SubmissionState.REFUSED
    assert "Er meldet: Fehler 17: Dokumentart ungültig" in told.detail
    assert "Erneut verarbeiten" in told.detail


def test_a_message_beside_the_pair_is_a_refusal_too(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    """Some imports leave what they refuse where it is."""
    base = target.store(filing())
    (tmp_path / "import" / f"{base}.log").write_text("kein Zugriff", encoding="cp1252")

    assert target.progress(base).state is SubmissionState.REFUSED


def test_what_was_refused_is_put_aside_and_written_anew(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing()
    base = target.store(request)
    refuse(tmp_path, words="nein")
    assert target.find(request.document_id) == (base,), "nobody has been told yet"
    target.progress(base)

    assert target.find(request.document_id) == ()
    assert target.store(request) == base

    assert names(tmp_path / "import") == [f"{base}.jpl", f"{base}.pdf"]
    assert all(".beiseite-" in name for name in names(tmp_path / "errors"))
    assert len(names(tmp_path / "errors")) == 3, "kept as evidence"
    assert target.progress(base).state is SubmissionState.WAITING
    assert target.find(request.document_id) == (base,)


def test_a_refusal_is_remembered_when_somebody_tidies_up_the_errors(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing()
    base = target.store(request)
    refuse(tmp_path)
    target.progress(base)
    for path in (tmp_path / "errors").iterdir():
        path.unlink()

    assert target.progress(base).state is SubmissionState.REFUSED
    assert target.find(request.document_id) == ()


def test_a_pair_laid_back_by_hand_waits_again_and_is_not_doubled(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing()
    base = target.store(request)
    refuse(tmp_path)
    target.progress(base)
    for path in list((tmp_path / "errors").iterdir()):
        path.rename(tmp_path / "import" / path.name)

    assert target.find(request.document_id) == (base,)
    assert target.progress(base).state is SubmissionState.WAITING


def test_what_has_no_receipt_and_is_not_to_be_seen_is_unknown_not_taken(
    target: HostimportConnector, filing: MakeRequest
) -> None:
    told = target.progress(f"PE-2026-000001_{filing().document_id}")

    assert told.state is SubmissionState.UNKNOWN
    assert "im DMS nachsehen" in told.detail
    assert target.progress("P000000001").state is SubmissionState.UNKNOWN


def test_an_import_folder_that_is_not_mounted_says_nothing_about_a_pair(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    base = target.store(filing())
    (tmp_path / "import").rename(tmp_path / "woanders")

    with pytest.raises(Unavailable, match="nicht eingehängt"):
        target.progress(base)


@pytest.mark.parametrize("refused", [False, True])
def test_pairs_are_known_by_their_names_when_the_receipts_are_lost(
    refused: bool, target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing()
    base = target.store(request)
    if refused:
        refuse(tmp_path)
    (receipt,) = (tmp_path / "receipts").rglob("*.json")
    receipt.unlink()

    assert target.find(request.document_id) == (base,)
    assert target.progress(base).state is (SubmissionState.REFUSED if refused else SubmissionState.WAITING)


# Exactly once


CRASHES = {
    "while copying": (pairs, "copy_durably"),
    "before the control file": (pairs, "write_durably"),
    "before the receipt": (Receipts, "write"),
    "before the pair is shown": (pairs.Pair, "show"),
}


@pytest.fixture(params=CRASHES)
def crash(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The process dies at that place, until the patch is undone."""
    with monkeypatch.context() as broken:
        broken.setattr(*CRASHES[request.param], dies)
        yield broken


def test_a_crash_before_the_pair_is_shown_is_made_good_by_the_next_try(
    crash: pytest.MonkeyPatch, target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing()
    with pytest.raises(PowerCut):
        target.store(request)
    crash.undo()
    assert not list((tmp_path / "import").glob("*.jpl"))
    reborn = make_hostimport(tmp_path)

    assert reborn.find(request.document_id) == ()
    base = reborn.store(request)

    assert names(tmp_path / "import") == [f"{base}.jpl", f"{base}.pdf"]


def test_a_crash_between_document_and_control_file_shows_no_control_file_and_is_made_good(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, real = filing(), Path.replace

    def dies_at_the_control_file(self: Path, to: Path) -> Path:
        if Path(to).suffix == ".jpl":
            raise PowerCut
        return real(self, to)

    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(Path, "replace", dies_at_the_control_file)
        target.store(request)
    assert target.find(request.document_id) == ()

    base = target.store(request)

    assert names(tmp_path / "import") == [f"{base}.jpl", f"{base}.pdf"]


def test_a_second_crash_while_clearing_up_the_first_does_not_lose_the_document(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = filing()
    for place, name in ((pairs.Pair, "show"), (pairs, "copy_durably")):
        with monkeypatch.context() as broken, pytest.raises(PowerCut):
            broken.setattr(place, name, dies)
            target.store(request)

    assert target.find(request.document_id) == ()
    assert names(tmp_path / "import") == [], "nor is anything left of the first try"


def test_a_crash_while_what_was_refused_is_written_anew_is_made_good(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = filing()
    base = target.store(request)
    refuse(tmp_path)
    target.progress(base)
    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(*CRASHES["while copying"], dies)
        target.store(request)

    assert target.find(request.document_id) == ()
    assert target.progress(base).state is SubmissionState.REFUSED
    assert target.store(request) == base


def test_a_pair_taken_before_our_commit_is_not_written_again(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    request = filing()
    base = target.store(request)
    fetch(tmp_path)

    assert make_hostimport(tmp_path).find(request.document_id) == (base,)


@pytest.mark.parametrize("place", ["copy_durably", "write_durably"])
def test_a_full_disk_leaves_nothing_behind_and_is_tried_again(
    place: str, target: HostimportConnector, tmp_path: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = filing()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "voll")

    with monkeypatch.context() as broken, pytest.raises(Unavailable, match="kein Platz mehr"):
        broken.setattr(pairs, place, full)
        target.store(request)
    assert names(tmp_path / "import") == []

    assert target.find(request.document_id) == ()
    assert target.store(request)


def test_a_rename_without_an_answer_is_looked_after_before_anything_is_written_again(
    target: HostimportConnector, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = filing()
    real = pairs.Pair.show

    def shows_and_fails(self: pairs.Pair) -> None:
        real(self)
        raise OSError(errno.EIO, "Netz weg")

    with monkeypatch.context() as broken, pytest.raises(UnclearOutcome):
        broken.setattr(pairs.Pair, "show", shows_and_fails)
        target.store(request)

    assert len(target.find(request.document_id)) == 1


# Changes


def taken(target: HostimportConnector, folder: Path, clock: Clock, request: FilingRequest) -> str:
    base = target.store(request)
    fetch(folder)
    target.progress(base)
    clock.forward(seconds=SETTLE)
    return base


def test_a_change_names_the_document_and_the_new_values(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest, clock: Clock
) -> None:
    request = filing()
    base = taken(target, tmp_path, clock, request)

    target.update(
        base, {PropertySource.UNIT: "51", PropertySource.REFERENCES: ("a",), PropertySource.SENDER: ""}, "Grund"
    )

    (path,) = (tmp_path / "updates").iterdir()
    assert path.name.startswith(base)
    assert path.suffix == ".upd"
    assert path.read_bytes().decode("cp1252").split("\r\n") == [
        'o_dokuart = "POSTE"',
        f'o_dok_dat_feld_1 = "{request.document_id}"',
        'n_dok_dat_feld_4 = "51"',
        'n_dok_dat_feld_60[1] = "a"',
        'n_dok_dat_feld_14 = ""',
        "",
    ]


def test_changes_keep_their_order(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest, clock: Clock
) -> None:
    base = taken(target, tmp_path, clock, filing())

    for unit in ("51", "22", "51"):
        target.update(base, {PropertySource.UNIT: unit}, "Grund")
        clock.forward(seconds=1)

    told = [(tmp_path / "updates" / name).read_text(encoding="cp1252") for name in names(tmp_path / "updates")]
    assert [text.count('n_dok_dat_feld_4 = "51"') for text in told] == [1, 0, 1]


def test_what_still_waits_or_was_refused_is_not_changed(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest
) -> None:
    base = target.store(filing())
    with pytest.raises(Unavailable, match="wartet auf die Abholung"):
        target.update(base, {PropertySource.UNIT: "51"}, "Grund")

    refuse(tmp_path)
    with pytest.raises(Rejected, match="abgewiesen"):
        target.update(base, {PropertySource.UNIT: "51"}, "Grund")
    assert names(tmp_path / "updates") == []


def test_a_move_stays_within_its_category_and_touches_no_dossier(
    target: HostimportConnector, tmp_path: Path, filing: MakeRequest, clock: Clock
) -> None:
    base = taken(target, tmp_path, clock, filing())

    with pytest.raises(NotOffered, match="Kategorie POSTE"):
        target.move(base, Place("e_rechnung", "51"), "", "Grund")
    with pytest.raises(NotOffered, match="Akten"):
        target.move(base, Place("widerspruch", "51", "P1"), "", "Grund")
    assert names(tmp_path / "updates") == []

    target.move(base, Place("kuendigung", "51"), "", "falsch zugeleitet")

    (path,) = (tmp_path / "updates").iterdir()
    assert 'n_dok_dat_feld_3 = "kuendigung"\r\nn_dok_dat_feld_4 = "51"' in path.read_bytes().decode("cp1252")


# Health


def test_health_tells_what_waits_how_long_and_what_was_refused(
    tmp_path: Path, filing: MakeRequest, clock: Clock
) -> None:
    target = make_hostimport(tmp_path, clock=clock)
    assert target.health().ok
    assert "ohne Rückmeldung" in target.health().detail

    base = target.store(filing())
    began = clock.now.timestamp()
    os.utime(tmp_path / "import" / f"{base}.jpl", (began, began))
    clock.forward(minutes=59)
    assert target.health().ok
    assert "wartend: 1, das älteste seit 59 Minuten" in target.health().detail
    clock.forward(minutes=1)
    assert not target.health().ok, "nobody fetches"

    refuse(tmp_path)
    told = target.health()
    assert not told.ok
    assert "wartend: 0" in told.detail
    assert "im Fehlerordner: 1" in told.detail


def test_files_of_others_in_the_folders_are_not_counted(target: HostimportConnector, tmp_path: Path) -> None:
    for folder in ("import", "errors"):
        (tmp_path / folder / "ZB_123.jpl").touch()

    assert "wartend: 0" in target.health().detail
    assert "im Fehlerordner: 0" in target.health().detail


@pytest.mark.parametrize("missing", ["import", "updates"])
def test_a_missing_folder_is_told(missing: str, target: HostimportConnector, tmp_path: Path) -> None:
    (tmp_path / missing).rmdir()

    assert not target.health().ok
    assert missing in target.health().detail


def test_without_an_error_folder_refusals_cannot_be_seen_and_that_is_said(tmp_path: Path) -> None:
    target = make_hostimport(tmp_path, errors=None)

    assert "kein Fehlerordner eingestellt" in target.health().detail
    assert {line.what: line.ok for line in target.check()}["Fehlerordner"] is False


def test_dates_the_import_does_not_know_are_told_by_the_check(tmp_path: Path) -> None:
    target = make_hostimport(tmp_path, rules=import_mapping(spelling={}))

    assert {line.what: line.ok for line in target.check()}["Schreibweise Datum"] is False
