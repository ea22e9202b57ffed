"""Who scanned a batch and how: the index goes first, the cover sheet second, the intake point last."""

import pytest

from config.city_config import City
from pipelines.intake.capture import Told, captured
from schemas.batch import Capture, Sheet, SheetType
from schemas.batch_index import BatchIndex


def told(city: City, index: BatchIndex | None = None, cover: Sheet | None = None) -> Told:
    return captured(index, cover, city.intake_point("scan"), city)


def cover(**said: object) -> Sheet:
    return Sheet(SheetType.BATCH, **said)  # type: ignore[arg-type]


def test_who_is_not_told_anything_claims_nothing(iserlohn: City) -> None:
    assert told(iserlohn) == Told(Capture())


def test_the_cover_sheet_names_person_scanner_box_and_how_much(iserlohn: City) -> None:
    sheet = cover(operator="scan-02", scanner="Scanner 7", box="K-0815", sheets=12, documents=3, pages=9, duplex=True)
    found = told(iserlohn, cover=sheet)
    assert found == Told(
        Capture("Erika Beispiel", "scan-02", "Scanner 7", "", "", "K-0815", True, 12, 3), pages=9, findings=()
    )


@pytest.mark.parametrize("said", ["scan-02", "SCAN-02", "Erika  Beispiel"])
def test_a_person_is_known_by_mark_or_name(said: str, iserlohn: City) -> None:
    capture = told(iserlohn, BatchIndex(operator=said)).capture
    assert (capture.operator_id, capture.operator) == ("scan-02", "Erika Beispiel")


def test_a_mark_of_nobody_is_pointed_out_and_the_intake_point_stays_responsible(iserlohn: City) -> None:
    found = told(iserlohn, cover=cover(operator="scan-99"))
    assert (found.capture.operator_id, found.capture.operator) == ("", "")
    assert "„scan-99“" in found.findings[0]
    assert "verantwortlich bleibt Maria Muster" in found.findings[0]


def test_the_profile_says_how_many_sides_were_scanned_unless_somebody_does(iserlohn: City) -> None:
    assert told(iserlohn, BatchIndex(profile="grau-300-duplex")).capture.duplex is True
    assert told(iserlohn, BatchIndex(profile="grau-300-duplex", duplex=False)).capture.duplex is False
    assert told(iserlohn).capture.duplex is None


def test_what_does_not_fit_together_is_told(iserlohn: City) -> None:
    index = BatchIndex(sheets=10, profile="bunt", intake_point="Bürgerbüro", findings=("Zeile 3 ist unleserlich.",))
    found = told(iserlohn, index, cover(sheets=12))
    assert found.capture.sheets_expected == 10
    assert found.findings == (
        "Zeile 3 ist unleserlich.",
        "Das Scanprofil „bunt“ steht nicht in den Verfahrensregeln.",
        "Laut Index kommt der Stapel von „Bürgerbüro“, eingegangen ist er bei Zentrale Scan-Stelle.",
        "Blätter: laut Index 10, laut Deckblatt 12.",
    )


def test_what_the_index_says_besides_is_kept(iserlohn: City) -> None:
    assert told(iserlohn, BatchIndex(unknown=("Farbe = blau",))).capture.unknown == ("Farbe = blau",)


def test_what_is_far_too_long_is_cut_and_said_so(iserlohn: City) -> None:
    found = told(iserlohn, cover=cover(box="K" * 300))
    assert found.capture.box == "K" * 64
    assert found.findings == (f"Karton: „{'K' * 64}…“ ist zu lang und gekürzt (höchstens 64 Zeichen).",)


def test_a_login_nobody_knows_does_not_hide_the_name_beside_it(iserlohn: City) -> None:
    found = told(iserlohn, BatchIndex(operator_id="DOMAIN\\ebeispiel", operator="Erika Beispiel"))
    assert (found.capture.operator_id, found.capture.operator, found.findings) == ("scan-02", "Erika Beispiel", ())
    by_cover = told(iserlohn, BatchIndex(operator_id="ebeispiel"), cover(operator="scan-02"))
    assert (by_cover.capture.operator, by_cover.findings) == ("Erika Beispiel", ())


def test_mark_and_name_of_one_person_are_no_contradiction_but_two_persons_are(iserlohn: City) -> None:
    assert told(iserlohn, BatchIndex(operator="Erika Beispiel"), cover(operator="scan-02")).findings == ()
    first, other = list(iserlohn.intake_point("scan").names)[:2]  # type: ignore[union-attr]
    found = told(iserlohn, BatchIndex(operator_id=first), cover(operator=other))
    assert found.capture.operator_id == first
    assert found.findings == (f"Bediener: Index und Deckblatt meinen verschiedene Personen ({first}, {other}).",)
