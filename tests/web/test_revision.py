"""The Rechnungsprüfung notes what it found, and draws samples anybody can draw again."""

import hashlib
from typing import Any

import pytest
from django.test import Client

from config.load import city
from records import audit
from records.decisions import last_sequence
from records.models import AuditMark, AuditSample, Document, RegisterEntry
from records.revision import drawn_again
from schemas.roles import Role
from schemas.states import State
from tests.web.conftest import Enter, SignIn, text_of

PAGE = "/rechnungen/pruefung/"
DRAW = {
    "first": "2026-01-01",
    "last": "2026-12-31",
    "least": "",
    "supplier": "",
    "unit": "",
    "wanted": "2",
    "seed": "7f",
}


def page_of(entry: RegisterEntry) -> str:
    return f"/rechnungen/{entry.number}/pruefvermerk/"


def note(client: Client, entry: RegisterEntry, seen: int | None = None, **fields: str) -> Any:
    shown = last_sequence(entry.document_id) if seen is None else seen
    said = {"result": "beanstandet", "text": "Skonto <b>nicht</b> gezogen.", "seen": str(shown)}
    return client.post(page_of(entry), said | fields)


def test_a_mark_stands_on_the_invoice_and_its_hash_in_the_chain(sign_in: SignIn, enter: Enter) -> None:
    entry, auditor = enter(State.FILED), sign_in(Role.AUDIT, name="Rosa Prüferin")
    assert note(auditor, entry).status_code == 302

    page = text_of(auditor.get(f"/rechnungen/{entry.number}/"))
    assert "Skonto &lt;b&gt;nicht&lt;/b&gt; gezogen." in page
    assert "Rosa Prüferin" in page
    _, kind, said = audit.history(entry.document_id)[-1]
    assert kind == audit.REMARK
    assert said["text_sha256"] == hashlib.sha256(AuditMark.objects.get().text.encode()).hexdigest()
    assert Document.objects.get(id=entry.document_id).state == State.FILED


@pytest.mark.parametrize(("seen_by", "reads"), [(frozenset({Role.UNIT}), True), (frozenset(), False)])
def test_the_unit_reads_it_only_where_the_city_says_so(
    seen_by: frozenset[Role], reads: bool, sign_in: SignIn, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = city().approval.model_copy(update={"audit_marks_for": seen_by})
    monkeypatch.setitem(city().__dict__, "approval", changed)
    entry = enter(State.FILED)
    note(sign_in(Role.AUDIT), entry)
    assert (
        "nicht&lt;/b&gt; gezogen" in text_of(sign_in(Role.UNIT, units=("16",)).get(f"/rechnungen/{entry.number}/"))
    ) is reads
    assert "nicht&lt;/b&gt; gezogen" not in text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))


def test_what_is_missing_is_said_and_a_second_save_is_refused(sign_in: SignIn, enter: Enter) -> None:
    entry, auditor = enter(State.FILED), sign_in(Role.AUDIT)
    seen = last_sequence(entry.document_id)
    assert note(auditor, entry, text="").status_code == 400
    assert note(auditor, entry, result="schön").status_code == 400
    assert note(auditor, entry, seen).status_code == 302
    assert note(auditor, entry, seen).status_code == 409
    assert AuditMark.objects.count() == 1


def test_the_same_seed_and_criteria_draw_the_same_invoices_and_another_seed_others(
    sign_in: SignIn, enter: Enter
) -> None:
    numbers = [enter().number for _ in range(12)]
    auditor = sign_in(Role.AUDIT)
    for seed in ("7f", "7f", "80"):
        assert auditor.post(PAGE, DRAW | {"seed": seed, "wanted": "5"}).status_code == 302
    first, second, other = (sample.numbers for sample in AuditSample.objects.order_by("id"))
    assert first == second
    assert first != other
    assert len(set(first)) == 5
    assert first == sorted(numbers, key=lambda each: hashlib.sha256(f"7f\n{each}".encode()).hexdigest())[:5]


def test_criteria_say_what_a_sample_is_drawn_from(sign_in: SignIn, enter: Enter) -> None:
    small = enter(payable="99.00")
    credit = enter(payable="-500.00", unit="51")
    large = enter(payable="500.00", unit="51", seller_name="Bau Müller GmbH")
    auditor = sign_in(Role.AUDIT)

    def drawn(**criteria: str) -> set[str]:
        auditor.post(PAGE, DRAW | {"wanted": "10"} | criteria)
        return set(AuditSample.objects.latest("id").numbers)

    assert drawn() == {small.number, credit.number, large.number}
    assert drawn(least="100,00") == {credit.number, large.number}
    assert drawn(unit="51", supplier="müller") == {large.number}
    assert drawn(last="2026-01-01") == set()


def test_a_sample_says_that_what_it_was_drawn_from_has_grown(sign_in: SignIn, enter: Enter) -> None:
    entry, auditor = enter(), sign_in(Role.AUDIT)
    auditor.post(PAGE, DRAW)
    sample = AuditSample.objects.get()
    assert drawn_again(sample)
    note(auditor, entry)
    page = text_of(auditor.get(f"{PAGE}{sample.pk}/"))
    assert "dieselbe Stichprobe" in page
    assert "beanstandet" in page
    enter()
    assert not drawn_again(sample)
    assert "Grundmenge hat sich geändert" in text_of(auditor.get(f"{PAGE}{sample.pk}/"))


@pytest.mark.parametrize(
    "wrong",
    [{"seed": ""}, {"wanted": "0"}, {"wanted": "x"}, {"first": "gestern"}, {"last": "2025-01-01"}, {"least": "x"}],
)
def test_a_sample_that_cannot_be_drawn_is_refused_and_the_input_stays(wrong: dict[str, str], sign_in: SignIn) -> None:
    answer = sign_in(Role.AUDIT).post(PAGE, DRAW | {"supplier": "Müller & Co"} | wrong)
    assert answer.status_code == 400
    assert "Müller &amp; Co" in text_of(answer)
    assert not AuditSample.objects.exists()
