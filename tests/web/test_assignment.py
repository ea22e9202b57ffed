"""The page on which creditor, bank account and account assignment of an invoice are entered."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from records.accounting import assignments_of, creditor_of
from records.decisions import last_sequence
from records.models import AccountCheck, RegisterEntry
from schemas.accounting import AccountAssignment, AccountingObject, Creditor, MasterDataKind
from schemas.errors import BadInput
from schemas.roles import Role
from schemas.states import State
from tests.records.bills import BAU, IBAN, OTHER_IBAN, import_now
from tests.web.conftest import Enter, SignIn, text_of
from web.assigning import GridLine, lines_in

CREDITORS = MasterDataKind.CREDITORS
LINE = {"fiscal_year_1": "2026", "product_1": "111160", "account_1": "545600", "amount_1": "1.190,00"}


def page_of(entry: RegisterEntry) -> str:
    return f"/rechnungen/{entry.number}/buchung/"


def post(client: Client, entry: RegisterEntry, act: str, **fields: str) -> Any:
    seen = str(last_sequence(entry.document_id))
    return client.post(page_of(entry), {"act": act, "seen": seen, "lines": "2"} | fields)


def test_a_unit_assigns_its_invoice(sign_in: SignIn, enter: Enter) -> None:
    entry, unit = enter(), sign_in(Role.UNIT, units=("16",))
    assert post(unit, entry, "kontierung", **LINE).status_code == 302

    assert assignments_of(entry.document_id) == (AccountAssignment(1, 2026, "111160", "545600", Decimal("1190.00")),)
    page = text_of(unit.get(f"/rechnungen/{entry.number}/"))
    assert "545600" in page
    assert "Kontierung, Fassung 1" in page


def test_what_is_wrong_is_said_and_the_input_stays(sign_in: SignIn, enter: Enter) -> None:
    entry, unit = enter(), sign_in(Role.UNIT, units=("16",))
    answer = post(unit, entry, "kontierung", **LINE | {"amount_1": "1.189,00", "text_1": "Wartung <b>"})

    assert answer.status_code == 400
    page = text_of(answer)
    assert "Unterschied 1,00" in page
    assert 'value="1.189,00"' in page
    assert "Wartung &lt;b&gt;" in page
    assert assignments_of(entry.document_id) == ()


def test_more_lines_without_a_script(sign_in: SignIn, enter: Enter) -> None:
    entry, unit = enter(), sign_in(Role.UNIT, units=("16",))
    page = text_of(post(unit, entry, "zeilen", **LINE))

    assert 'name="amount_5"' in page
    assert 'value="1.190,00"' in page


def test_the_second_of_two_gets_what_changed_and_keeps_the_input(sign_in: SignIn, enter: Enter) -> None:
    entry = enter()
    eva, clerk = sign_in(Role.UNIT, units=("16",), name="Eva Amt"), sign_in(Role.ACCOUNTING)
    seen = str(last_sequence(entry.document_id))
    post(eva, entry, "kontierung", **LINE)
    answer = clerk.post(
        page_of(entry), {"act": "kontierung", "seen": seen, "lines": "1"} | LINE | {"product_1": "315010"}
    )

    assert answer.status_code == 409
    assert "Eva Amt: Kontierung, Fassung 1" in text_of(answer)
    assert 'value="315010"' in text_of(answer)
    assert assignments_of(entry.document_id)[0].product == "111160"


def test_a_double_click_does_no_harm(sign_in: SignIn, enter: Enter) -> None:
    entry, unit = enter(), sign_in(Role.UNIT, units=("16",))
    seen = str(last_sequence(entry.document_id))
    form = {"act": "kontierung", "seen": seen, "lines": "1"} | LINE
    assert [unit.post(page_of(entry), form).status_code for _ in range(2)] == [302, 302]

    assert entry.document.assignments.count() == 1


@pytest.mark.parametrize("role", [Role.ORDERING, Role.AUDIT])
def test_others_read_and_change_nothing(role: Role, sign_in: SignIn, enter: Enter) -> None:
    entry, person = enter(), sign_in(role, units=("16",))
    assert "Kontierung speichern" not in text_of(person.get(page_of(entry)))
    assert post(person, entry, "kontierung", **LINE).status_code == 400
    assert assignments_of(entry.document_id) == ()


def test_a_creditor_is_proposed_with_its_reason_and_confirmed(sign_in: SignIn, enter: Enter) -> None:
    import_now(CREDITORS, BAU)
    entry, clerk = enter(seller_vat_id="DE123456789", account=IBAN), sign_in(Role.ACCOUNTING)
    page = text_of(clerk.get(page_of(entry)))
    assert "gleich: USt-IdNr., IBAN" in page
    assert "Vorschlag" in page

    assert post(clerk, entry, "kreditor", creditor="70001", basis="gleich: USt-IdNr., IBAN").status_code == 302
    assert creditor_of(entry.document_id) == BAU
    assert "70001 Bau Müller GmbH" in text_of(clerk.get(f"/rechnungen/{entry.number}/"))


def test_an_unknown_creditor_goes_onto_a_list_that_no_spreadsheet_executes(sign_in: SignIn, enter: Enter) -> None:
    import_now(CREDITORS, Creditor("70002", "Brot"))
    entry, clerk = enter(seller_name="=HYPERLINK(1)"), sign_in(Role.ACCOUNTING)
    assert "Kein Kreditor der Stammdaten passt" in text_of(clerk.get(page_of(entry)))
    assert post(clerk, entry, "anfordern", note="bitte anlegen").status_code == 302

    assert entry.number in text_of(clerk.get("/stammdaten/"))
    rows = text_of(clerk.get("/stammdaten/anforderungen.csv")).splitlines()
    assert rows[1].startswith(f"{entry.number};'=HYPERLINK(1);")


def test_a_new_account_is_confirmed_by_calling_the_number_of_the_master_data(sign_in: SignIn, enter: Enter) -> None:
    import_now(CREDITORS, BAU)
    entry = enter(State.TO_ORDER, seller_vat_id="DE123456789", account=OTHER_IBAN)
    unit, clerk = sign_in(Role.UNIT, units=("16",)), sign_in(Role.ACCOUNTING)
    assert "Rückruf eintragen" not in text_of(unit.get(page_of(entry)))
    assert "zu klären" in text_of(unit.get(f"/rechnungen/{entry.number}/"))
    call = {"iban": OTHER_IBAN, "way": "0900 1", "called_on": "2026-11-23", "spoken_to": "Frau Müller", "result": "ja"}
    answer = post(clerk, entry, "rueckruf", **call)
    assert "nie unter der Nummer auf der Rechnung" in text_of(answer)
    assert 'value="Frau Müller"' in text_of(answer)

    assert post(clerk, entry, "rueckruf", **call | {"way": BAU.phone}).status_code == 302
    assert AccountCheck.objects.get().iban == OTHER_IBAN
    assert "Bankverbindung durch Rückruf bestätigt" in text_of(clerk.get(f"/rechnungen/{entry.number}/"))


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("", {}),
        ("loeschen", {}),
        ("kontierung", {"lines": "x"}),
        ("kontierung", {"lines": "999"}),
        ("kontierung", {"amount_1": "\0"}),
        ("rueckruf", {"called_on": "gestern", "result": "ja"}),
        ("rueckruf", {}),
        ("einbehalt", {"kind": "anderes"}),
        ("einbehalt", {"kind": "sicherheit", "amount": "viel", "until": "2027-01-01"}),
        ("einbehalt", {"kind": "sicherheit", "amount": "5,00", "until": "nie"}),
        ("kurs", {"rate": "NaN", "rate_on": "2026-11-20"}),
        ("kurs", {"rate": "1", "rate_on": ""}),
        ("kreditor", {"creditor": ""}),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_in_a_sentence(
    act: str, fields: dict[str, str], sign_in: SignIn, enter: Enter
) -> None:
    entry = enter()
    answer = post(sign_in(Role.ACCOUNTING), entry, act, **fields)

    assert answer.status_code == 400
    assert 'role="alert"' in text_of(answer)


def test_parts_in_per_cent_share_what_the_amounts_leave() -> None:
    grid = tuple(
        GridLine(fiscal_year="2026", product="1", account="5", amount=amount, percent=percent)
        for amount, percent in (("10,00", ""), ("", "33,33"), ("", "33,33"), ("", "33,34"))
    )

    assert [line.amount for line in lines_in(grid, Decimal("110.00"))] == [
        Decimal("10.00"), Decimal("33.33"), Decimal("33.33"), Decimal("33.34"),
    ]  # fmt: skip
    assert lines_in((GridLine(fiscal_year="2026"),), Decimal(0)) == ()
    with pytest.raises(BadInput, match="ergeben zusammen 66"):
        lines_in(grid[:3], Decimal("110.00"))


def test_master_data_are_searched_and_their_imports_shown(sign_in: SignIn) -> None:
    import_now(CREDITORS, BAU)
    import_now(MasterDataKind.PRODUCTS, AccountingObject("111160", "Informationstechnik"))
    auditor = sign_in(Role.AUDIT)

    page = text_of(auditor.get("/stammdaten/", {"suche": "DE02 1203 0000 0000 2020 51"}))
    assert "70001" in page
    assert "Informationstechnik" in text_of(auditor.get("/stammdaten/", {"art": "produkte"}))
    assert "Nichts gefunden." in text_of(auditor.get("/stammdaten/", {"suche": "gibt es nicht"}))
