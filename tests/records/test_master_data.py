"""Master data are taken over whole or not at all, and every earlier state stays."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from records.master_data import certificates_of, creditor_in, present, record_of, search, take_over, unknown
from records.models import MasterDataImport
from schemas.accounting import AccountingObject, Creditor, ExemptionCertificate, MasterDataKind
from schemas.master_data import Entry, MasterDataFile

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
CREDITORS, PRODUCTS = MasterDataKind.CREDITORS, MasterDataKind.PRODUCTS
BAU = Creditor("70001", "Bau Müller GmbH", vat_ids=("DE123456789",), ibans=("DE02120300000000202051",))
BROT = Creditor("70002", "Brot Schmidt e. K.")

pytestmark = pytest.mark.django_db


def take(
    *entries: Entry,
    kind: MasterDataKind = CREDITORS,
    sha: str = "",
    confirmed: bool = False,
    faults: tuple[str, ...] = (),
) -> MasterDataImport:
    file = MasterDataFile(entries, len(entries), faults, ())
    return take_over(
        kind,
        file,
        name="kreditoren.csv",
        sha256=sha or str(hash(entries)),
        actor="Test",
        now=NOW,
        largest_loss=Decimal(10),
        confirmed=confirmed,
    )


def test_the_first_file_begins_the_first_generation() -> None:
    row = take(BAU, BROT)

    assert (row.generation, row.added, row.changed, row.ended) == (1, 2, 0, 0)
    record = record_of(CREDITORS, "70001")
    assert record is not None
    assert creditor_in(record) == BAU


def test_a_changed_entry_stands_beside_what_it_was() -> None:
    take(BAU, BROT)
    before = record_of(CREDITORS, "70001")
    row = take(replace(BAU, city="Hemer"), BROT)

    assert (row.generation, row.added, row.changed, row.ended) == (2, 0, 1, 0)
    now = record_of(CREDITORS, "70001")
    assert now is not None and before is not None
    assert creditor_in(now).city == "Hemer"
    before.refresh_from_db()
    assert creditor_in(before) == BAU
    assert before.until == row


def test_with_a_fault_nothing_is_taken_over() -> None:
    take(BAU)
    row = take(BAU, BROT, faults=("Zeile 3: Name fehlt.",))

    assert row.generation is None
    assert row.complaints == ["Zeile 3: Name fehlt."]
    assert present(CREDITORS).count() == 1


def test_when_too_much_would_vanish_a_person_must_agree() -> None:
    many = [Creditor(str(number), f"Firma {number}") for number in range(20)]
    take(*many)

    refused = take(*many[:17])
    assert (refused.generation, refused.awaits) == (None, True)
    assert "3 von 20" in refused.complaints[0]
    assert present(CREDITORS).count() == 20

    agreed = take(*many[:17], confirmed=True)
    refused.refresh_from_db()
    assert (agreed.generation, agreed.ended, refused.awaits) == (2, 3, False)
    assert present(CREDITORS).count() == 17


def test_a_tenth_may_vanish_without_asking() -> None:
    many = [Creditor(str(number), f"Firma {number}") for number in range(20)]
    take(*many)

    assert take(*many[:18]).generation == 2


def test_the_same_file_again_changes_nothing() -> None:
    first = take(BAU, sha="a" * 64)

    assert take(BAU, sha="a" * 64) == first
    assert MasterDataImport.objects.count() == 1


@pytest.mark.parametrize("words", ["70001", "müller", "DE 123456789", "DE02 1203 0000 0000 2020 51"])
def test_a_creditor_is_found_by_what_is_known_of_it(words: str) -> None:
    take(BAU, BROT)

    assert [record.key for record in search(CREDITORS, words)] == ["70001"]


def test_a_number_of_a_plan_is_checked_once_the_plan_is_imported() -> None:
    assert unknown(PRODUCTS, "11101", 2026) is None
    take(AccountingObject("11101", "Rat", 2020, 2026), kind=PRODUCTS)

    assert unknown(PRODUCTS, "11101", 2026) is None
    assert unknown(PRODUCTS, "11101", 2027) == "gilt nicht im Haushaltsjahr 2027"
    assert unknown(PRODUCTS, "999", 2026) == "steht nicht in den Stammdaten"


def test_certificates_of_a_creditor() -> None:
    old = ExemptionCertificate("F1", "70001", date(2024, 1, 1), date(2025, 12, 31))
    new = ExemptionCertificate("F2", "70001", date(2026, 1, 1), date(2028, 12, 31))
    take(
        old,
        new,
        ExemptionCertificate("F3", "70002", date(2026, 1, 1), date(2026, 12, 31)),
        kind=MasterDataKind.EXEMPTIONS,
    )

    assert certificates_of("70001") == (new, old)
