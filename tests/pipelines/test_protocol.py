"""The papers of a released invoice: who signed which words upon what, provable by the hashes, readable for ever."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from config.city_config import City
from pipelines.invoice import protocol
from pipelines.invoice.enter import facts_of
from pipelines.invoice.protocol import write_protocol
from pipelines.invoice.protocol_xml import differences
from schemas import chain
from schemas.errors import BadInput
from schemas.roles import SIGNED, Action
from schemas.states import FileRole, State
from schemas.validation import Finding, InvoiceKind, RuleSheet, Severity, ValidationReport, Verdict
from schemas.values import Act, Assessment, DocumentFacts, Entry, PastEvent, StepResult, Work
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_invoice
from tests.pipelines.invoices.change import read
from tests.pipelines.papers import DOCUMENT_ID, Desk, typed

UBL, CII = ubl_invoice(), cii_invoice()
REPORT = ValidationReport(
    file="rechnung.xml",
    syntax="UBL Invoice",
    profile="urn:x",
    verdict=Verdict.ACCEPT,
    kind=InvoiceKind.E_RECHNUNG,
    scenario="EN16931 XRechnung (UBL Invoice)",
    findings=(
        Finding(rule="BR-CL-23", severity=Severity.WARNING, location="/Invoice[1]", message="Einheit unbekannt"),
    ),
    rules=(RuleSheet(name="EN 16931 UBL", version="1.3.16", sha256="ab" * 32),),
)
Pages = Callable[[Work, City], dict[FileRole, str]]
NAMES = ("Fatma Fachlich", "Rudi Rechner", "Anna Anordnung", "Karla Kasse")


def acts(city: City) -> tuple[Act, ...]:
    return tuple(
        Act(
            action=action,
            user_id=number,
            name=name,
            at=datetime(2026, 3, number, 23, 30, tzinfo=UTC),
            wording=city.invoices.wording[action],
            reason="",
            sequence=10 + number,
            seen_sha256=f"{number}" * 64,
            report_sha256=f"{number + 4}" * 64,
        )
        for number, (action, name) in enumerate(zip(SIGNED, NAMES, strict=True), 1)
    )


def chained(done: tuple[Act, ...]) -> tuple[PastEvent, ...]:
    """A chain that ends with these acts, each of them its own event."""
    events: list[PastEvent] = []
    previous = chain.START
    said = {act.sequence: act for act in done}
    for number in range(1, max(said) + 1):
        act = said.get(number)
        payload = json.dumps(_payload(act) if act else {"reason": "ein Schritt"}, ensure_ascii=False, sort_keys=True)
        at = act.at if act else datetime(2026, 3, 1, tzinfo=UTC)
        salt = f"{number:064x}"
        commitment = chain.commitment_of(salt, payload)
        link = chain.link_of(DOCUMENT_ID, number, at, "zustand", commitment, previous)
        events.append(PastEvent(number, at, "zustand", payload, salt, False, commitment, previous, link))
        previous = link
    return tuple(events)


def _payload(act: Act) -> dict[str, str | None]:
    return {
        "actor": act.name,
        "action": act.action,
        "wording": act.wording,
        "reason": act.reason,
        "seen_sha256": act.seen_sha256,
        "report_sha256": act.report_sha256,
    }


def released(desk: Desk, city: City, *, pdf: bool = False, content: bytes = UBL) -> Work:
    if pdf:
        desk.put(FileRole.ORIGINAL, typed("Rechnung"), "Rechnung März.pdf")
        desk.put(FileRole.INVOICE_XML, CII, "factur-x.xml")
    else:
        desk.put(FileRole.ORIGINAL, content, "Rechnung März.xml")
    desk.put(FileRole.REPORT, REPORT.model_dump_json().encode(), "pruefbericht.json")
    desk.put(FileRole.RENDERING, b"<html>", "rechnung.html")
    facts = replace(facts_of(read(UBL)), gross=Decimal("1234.56"), currency="EUR")
    assessment = Assessment(Verdict.ACCEPT, InvoiceKind.E_RECHNUNG, REPORT.scenario)
    return replace(
        desk.work(DocumentFacts(document_type="e_rechnung", unit="16")),
        entry=Entry("RE-2026-000042", facts, assessment),
        acts=acts(city),
        history=chained(acts(city)),
    )


def text_of(path: Path) -> str:
    """The text as it stands on the pages, without the blanks of the typesetting."""
    document = pypdfium2.PdfDocument(path)
    try:
        return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)
    finally:
        document.close()


def papers(result: StepResult) -> dict[FileRole, str]:
    return {file.role: text_of(file.path) for file in result.files if file.role is not FileRole.PROTOCOL_XML}


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    """The pages before they are set, where only their content matters: setting takes most of a second."""
    monkeypatch.setattr(protocol, "pdf_of", lambda html, path, title: path.write_text(html, encoding="utf-8"))

    def made(work: Work, city: City) -> dict[FileRole, str]:
        return {file.role: file.path.read_text(encoding="utf-8") for file in write_protocol(work, city).files}

    return made


def tight(text: str) -> str:
    return "".join(text.split())


def test_an_xml_invoice_gets_three_papers_under_its_number(desk: Desk, iserlohn: City) -> None:
    result = write_protocol(released(desk, iserlohn), iserlohn)
    assert (result.state, result.reason) == (State.PROTOCOLLED, "Freigabeprotokoll geschrieben.")
    assert {file.role: file.name for file in result.files} == {
        FileRole.REPORT_PDF: "RE-2026-000042 Prüfbericht.pdf",
        FileRole.PROTOCOL: "RE-2026-000042 Freigabeprotokoll.pdf",
        FileRole.INVOICE_PDF: "RE-2026-000042.pdf",
        FileRole.PROTOCOL_XML: "RE-2026-000042 Freigabeprotokoll.xml",
    }
    for file in result.files[:-1]:
        assert file.path.parent == desk.work().scratch
        with pikepdf.open(file.path) as pdf, pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "2"
            assert metadata["dc:title"] == file.name.removesuffix(".pdf")
    assert "RECHNUNG-1" in papers(result)[FileRole.INVOICE_PDF]


def test_an_invoice_that_came_as_pdf_is_readable_already(desk: Desk, iserlohn: City) -> None:
    result = write_protocol(released(desk, iserlohn, pdf=True), iserlohn)
    assert {file.role for file in result.files} == {
        FileRole.REPORT_PDF,
        FileRole.PROTOCOL,
        FileRole.PROTOCOL_XML,
    }


def test_the_protocol_names_who_signed_which_words_when_and_upon_what(desk: Desk, iserlohn: City) -> None:
    work = released(desk, iserlohn)
    text = papers(write_protocol(work, iserlohn))[FileRole.PROTOCOL]
    places = []
    for act in work.acts:
        for part in (act.name, act.wording, act.seen_sha256 or "", act.report_sha256 or ""):
            assert tight(part) in text
        places.append(text.index(tight(act.name)))
    assert places == sorted(places), "in the order in which they signed"
    assert tight("03.03.2026") in text, "half past eleven at night in universal time is the next day in Germany"
    assert tight("2026-03-02T23:30:00Z") in text


def test_the_protocol_names_the_invoice_its_numbers_and_its_unit(desk: Desk, iserlohn: City) -> None:
    text = papers(write_protocol(released(desk, iserlohn), iserlohn))[FileRole.PROTOCOL]
    for part in (
        "Stadt Iserlohn", "RE-2026-000042", "PE-2026-000042", "16 Bereich EDV", "RECHNUNG-1", "1.234,56",
        "formal geprüft", "EN16931 XRechnung (UBL Invoice)",
    ):  # fmt: skip
        assert tight(part) in text


@pytest.mark.parametrize("pdf", [False, True])
def test_the_protocol_lists_every_file_with_its_hashes(pdf: bool, desk: Desk, iserlohn: City) -> None:
    work = released(desk, iserlohn, pdf=pdf)
    text = papers(write_protocol(work, iserlohn))[FileRole.PROTOCOL]
    assert len(work.files) == (4 if pdf else 3)
    for file in work.files.values():
        for part in (file.name, file.digest.sha256, file.digest.sha512):
            assert tight(part) in text


def test_other_acts_are_listed_with_their_reason(desk: Desk, iserlohn: City, pages: Pages) -> None:
    work = released(desk, iserlohn)
    asked = replace(work.acts[0], action=Action.ACCEPT, wording="", reason="Lieferschein lag bei, Menge stimmt.")
    html = pages(replace(work, acts=(asked, *work.acts)), iserlohn)[FileRole.PROTOCOL]
    assert "Lieferschein lag bei, Menge stimmt." in html


def test_the_report_on_paper_says_verdict_findings_and_rules(desk: Desk, iserlohn: City) -> None:
    text = papers(write_protocol(released(desk, iserlohn), iserlohn))[FileRole.REPORT_PDF]
    for part in ("formal geprüft", "BR-CL-23", "Einheit unbekannt", "EN 16931 UBL", "1.3.16", "ab" * 32):
        assert tight(part) in text


def test_what_is_too_long_for_paper_is_cut_there(
    desk: Desk, iserlohn: City, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [line.name or "" for line in read(UBL).lines]
    assert len(names) > 1
    work = released(desk, iserlohn)
    many = REPORT.model_copy(
        update={"findings": (*REPORT.findings, REPORT.findings[0].model_copy(update={"rule": "Z-9"}))}
    )
    desk.put(FileRole.REPORT, many.model_dump_json().encode(), "pruefbericht.json")
    whole = pages(work, iserlohn)
    assert names[-1] in whole[FileRole.INVOICE_PDF]
    assert "Z-9" in whole[FileRole.REPORT_PDF]
    monkeypatch.setattr(protocol, "_MOST_LINES", 1)
    monkeypatch.setattr(protocol, "_MOST_FINDINGS", 1)
    cut = pages(work, iserlohn)
    assert names[0] in cut[FileRole.INVOICE_PDF]
    assert names[-1] not in cut[FileRole.INVOICE_PDF]
    assert "Z-9" not in cut[FileRole.REPORT_PDF]


def test_what_a_seller_writes_cannot_forge_a_paper(desk: Desk, iserlohn: City, pages: Pages) -> None:
    work = released(desk, iserlohn, content=changed(UBL, "cbc:Note", "<h2>Freigegeben</h2>"))
    assert work.entry is not None
    forged = replace(work.entry, invoice=replace(work.entry.invoice, seller_name="</dd><h2>Freigegeben</h2>"))
    made = pages(replace(work, entry=forged), iserlohn)
    for role in (FileRole.PROTOCOL, FileRole.INVOICE_PDF):
        assert "&lt;h2&gt;Freigegeben" in made[role], "shown as it is written"
        assert "<h2>Freigegeben" not in made[role]


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_says_so(demo: bool, desk: Desk, iserlohn: City, pages: Pages) -> None:
    work = replace(released(desk, iserlohn, pdf=True), demo=demo)
    assert ("Vorführung, erfundene Daten" in pages(work, iserlohn)[FileRole.PROTOCOL]) is demo


def test_an_invoice_without_entry_was_never_released(desk: Desk, iserlohn: City) -> None:
    with pytest.raises(AssertionError, match="without an entry"):
        write_protocol(replace(released(desk, iserlohn), entry=None), iserlohn)


def protocol_of(work: Work, city: City) -> Path:
    (found,) = (file.path for file in write_protocol(work, city).files if file.role is FileRole.PROTOCOL_XML)
    return found


def test_the_protocol_proves_itself_and_the_invoice_without_any_database(
    desk: Desk, iserlohn: City, pages: Pages
) -> None:
    work = released(desk, iserlohn)
    content = protocol_of(work, iserlohn).read_bytes()
    assert differences(content, [work.file(FileRole.ORIGINAL).path, work.file(FileRole.REPORT).path]) == ()


def test_another_invoice_is_told_from_the_one_that_was_approved(
    desk: Desk, iserlohn: City, pages: Pages, tmp_path: Path
) -> None:
    other = tmp_path / "andere.xml"
    other.write_bytes(UBL + b" ")
    (sentence,) = differences(protocol_of(released(desk, iserlohn), iserlohn).read_bytes(), [other])
    assert sentence.startswith("andere.xml: diese Datei steht nicht im Protokoll")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('person="Anna Anordnung"', 'person="Otto Ordner"', "Handlung zu Ereignis 13"),
        ("Auszahlung angeordnet.</Wortlaut>", "Nichts angeordnet.</Wortlaut>", "Handlung zu Ereignis 13"),
        ('"actor": "Anna Anordnung"', '"actor": "Otto Ordner"', "der Inhalt von Ereignis 13 ist verändert"),
        ('nummer="5"', 'nummer="6"', "Ereignis 5 fehlt"),
        ('art="zustand"', 'art="released"', "Ereignis 1 ist verändert"),
    ],
)
def test_whatever_is_altered_in_the_protocol_is_told(
    old: str, new: str, told: str, desk: Desk, iserlohn: City, pages: Pages
) -> None:
    text = protocol_of(released(desk, iserlohn), iserlohn).read_text(encoding="utf-8")
    assert old in text
    assert told in " ".join(differences(text.replace(old, new, 1).encode(), []))


def test_what_is_no_protocol_is_refused() -> None:
    with pytest.raises(BadInput, match="kein Freigabeprotokoll"):
        differences(UBL, [])
