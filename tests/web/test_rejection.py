"""Rejecting an invoice opens a letter: edited and released by a person, kept with the invoice, never sent by itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from django.test import Client

from config.settings import load_settings
from records import audit
from records.decisions import last_sequence
from records.models import RegisterEntry, RejectionLetter
from schemas.accounting import Creditor, MasterDataKind
from schemas.roles import Action, Role
from schemas.states import FileRole, State
from schemas.validation import Finding, Severity, Verdict
from tests.records.bills import import_now
from tests.web.conftest import Enter, Keep, SignIn, text_of
from tests.web.test_invoice import report

SELLER = {"seller_name": "Bau Müller GmbH", "seller_vat_id": "DE123456789"}
BAU = Creditor("70001", "Bau Müller GmbH", street="Am Bau 1", post_code="58636", city="Iserlohn", country="DE",
               vat_ids=("DE123456789",), mail="rechnung@bau.example")  # fmt: skip
LETTER = {"subject": "Rechnung 2026-17", "text": "Guten Tag,\r\nbitte neu.", "recipient": "Bau Müller GmbH\r\nIserlohn"}


def page_of(entry: RegisterEntry) -> str:
    return f"/rechnungen/{entry.number}/zurueckweisung/"


def send(client: Client, entry: RegisterEntry, act: str, seen: int | None = None, **fields: str) -> Any:
    shown = last_sequence(entry.document_id) if seen is None else seen
    return client.post(page_of(entry), {"act": act, "seen": str(shown)} | LETTER | fields)


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One is set up; nothing is sent in these tests."""
    monkeypatch.setenv("POSTEINGANG_SMTP_HOST", "mail.example")
    monkeypatch.setenv("POSTEINGANG_SMTP_FROM", "post@stadt.example")
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def test_to_reject_leads_to_a_letter_that_names_what_is_wrong(sign_in: SignIn, enter: Enter, keep: Keep) -> None:
    entry = enter(State.CLARIFICATION, verdict=Verdict.REJECT)
    finding = Finding(rule="BR-02", severity=Severity.ERROR, location="/Invoice", message="[BR-02] words")
    keep(entry.document, FileRole.REPORT, report(finding), "bericht.json")
    clerk = sign_in(Role.ACCOUNTING)
    fields = {"action": Action.REJECT, "seen": str(last_sequence(entry.document_id)), "reason": "Nicht prüfbar."}
    answer = clerk.post(f"/rechnungen/{entry.number}/", fields)

    assert answer["location"] == page_of(entry)
    page = text_of(clerk.get(page_of(entry)))
    assert "Die Rechnungsnummer (BT-1) fehlt. (Regel BR-02)" in page
    assert "Grund: Nicht prüfbar." in page
    assert entry.number in text_of(clerk.get("/rechnungen/zurueckweisungen/"))
    assert not RejectionLetter.objects.exists(), "nothing is kept or sent before a person says so"


def test_a_draft_is_kept_as_edited(sign_in: SignIn, enter: Enter) -> None:
    entry, clerk = enter(State.REJECTED), sign_in(Role.ACCOUNTING)
    assert send(clerk, entry, "speichern").status_code == 302
    assert "Guten Tag,\nbitte neu." in text_of(clerk.get(page_of(entry)))
    assert RejectionLetter.objects.get().released_at is None


def test_a_released_letter_is_a_file_of_the_invoice_with_its_hash_in_the_chain(sign_in: SignIn, enter: Enter) -> None:
    entry, clerk = enter(State.REJECTED), sign_in(Role.ACCOUNTING)
    assert send(clerk, entry, "freigeben", way="post").status_code == 302

    file = entry.document.files.get(role=FileRole.REJECTION)
    answer = clerk.get(f"/schriftstueck/{entry.document_id}/datei/rejection")
    with pypdfium2.PdfDocument(b"".join(answer)) as pdf:  # type: ignore[arg-type]
        assert "bitte neu." in pdf[0].get_textpage().get_text_bounded()
    _, kind, said = audit.history(entry.document_id)[-1]
    assert (kind, said["sha256"]) == (audit.REMARK, file.content_id)
    assert list(audit.verify()) == []
    assert "auszudrucken und zu versenden" in text_of(clerk.get(f"/rechnungen/{entry.number}/"))


def test_what_was_released_is_never_changed_and_a_double_click_does_no_harm(sign_in: SignIn, enter: Enter) -> None:
    entry, clerk = enter(State.REJECTED), sign_in(Role.ACCOUNTING)
    seen = last_sequence(entry.document_id)
    send(clerk, entry, "freigeben", seen, way="post")
    assert send(clerk, entry, "freigeben", seen, way="post").status_code == 302
    assert send(clerk, entry, "freigeben", way="post", text="Etwas anderes").status_code == 409
    assert send(clerk, entry, "speichern", text="Etwas anderes").status_code == 409
    assert RejectionLetter.objects.get().text == "Guten Tag,\nbitte neu."
    assert entry.document.files.filter(role=FileRole.REJECTION).count() == 1


def test_the_second_of_two_is_told_and_keeps_what_was_typed(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(State.REJECTED)
    seen = last_sequence(entry.document_id)
    send(sign_in(Role.ACCOUNTING, name="Eva Erste"), entry, "speichern", seen)
    answer = send(sign_in(Role.ACCOUNTING), entry, "speichern", seen, text="Meine <b>Worte</b>")
    assert answer.status_code == 409
    assert "Eva Erste" in text_of(answer)
    assert "Meine &lt;b&gt;Worte&lt;/b&gt;" in text_of(answer)


@pytest.mark.usefixtures("mail_server")
def test_a_mail_goes_only_to_the_address_in_the_master_data(sign_in: SignIn, enter: Enter) -> None:
    import_now(MasterDataKind.CREDITORS, BAU)
    entry, clerk = enter(State.REJECTED, **SELLER), sign_in(Role.ACCOUNTING)
    page = text_of(clerk.get(page_of(entry)))
    assert "per E-Mail an rechnung@bau.example" in page
    assert "Am Bau 1\n58636 Iserlohn" in page

    assert send(clerk, entry, "freigeben", way="mail", mail="boese@example.org").status_code == 409
    assert not RejectionLetter.objects.exists()
    assert send(clerk, entry, "freigeben", way="mail", mail="rechnung@bau.example").status_code == 302
    assert RejectionLetter.objects.get().mail == "rechnung@bau.example"


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize("creditor", [None, replace(BAU, mail=""), replace(BAU, mail="a@b.example, c@d.example")])
def test_without_an_address_there_the_letter_goes_on_paper_through_the_poststelle(
    creditor: Creditor | None, sign_in: SignIn, enter: Enter
) -> None:
    if creditor is not None:
        import_now(MasterDataKind.CREDITORS, creditor)
    entry, clerk = enter(State.REJECTED, **SELLER), sign_in(Role.ACCOUNTING)
    assert "per E-Mail an" not in text_of(clerk.get(page_of(entry)))
    assert send(clerk, entry, "freigeben", way="mail", mail="").status_code == 400
    assert send(clerk, entry, "freigeben", way="post", recipient="").status_code == 400
    assert send(clerk, entry, "freigeben", way="post").status_code == 302
    assert send(clerk, entry, "versandt").status_code == 302
    assert send(clerk, entry, "versandt").status_code == 409
    assert RejectionLetter.objects.get().sent_at is not None
    assert entry.number not in text_of(clerk.get("/rechnungen/zurueckweisungen/"))


def test_the_auditors_read_it_and_change_nothing(sign_in: SignIn, enter: Enter) -> None:
    entry, auditor = enter(State.REJECTED), sign_in(Role.AUDIT)
    send(sign_in(Role.ACCOUNTING), entry, "speichern")
    page = text_of(auditor.get(page_of(entry)))
    assert "bitte neu." in page
    assert "<textarea" not in page
    assert send(auditor, entry, "speichern", text="x").status_code == 400
    assert send(auditor, entry, "freigeben", way="post").status_code == 400
    assert RejectionLetter.objects.get().released_at is None


def test_an_invoice_that_is_not_rejected_has_no_letter(sign_in: SignIn, enter: Enter) -> None:
    entry, clerk = enter(State.CLARIFICATION), sign_in(Role.ACCOUNTING)
    assert clerk.get(page_of(entry)).status_code == 404
    assert send(clerk, entry, "freigeben", way="post").status_code == 404
