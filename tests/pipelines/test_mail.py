"""Invoices in mails: every one is found and named, whatever else is in there, and no mail takes the program down."""

import time
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.load import city
from pipelines.intake.identify import identify
from pipelines.invoice.mail import is_mail, reports_on
from pipelines.invoice.names import file_name, shown_name, unique
from pipelines.invoice.validate import validate_file
from schemas.states import FileRole, State
from schemas.validation import InvoiceKind, ValidationReport, Verdict
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.papers import Desk, carrying, typed

UBL, CII, NOTE = ubl_invoice(), cii_invoice(), ubl_credit_note()
PDF = carrying(("xrechnung.xml", CII))
PLAIN = typed("Rechnung")


def mail(*files: tuple[str, bytes], html: str = "") -> EmailMessage:
    """A mail with text and these attachments, by the ending of their names."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Rechnung <xml>"
    message.set_content("Sehr geehrte Damen und Herren,\nanbei die Rechnung.\n")
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in files:
        subtype = {"xml": "xml", "pdf": "pdf"}.get(name[-3:], "octet-stream")
        message.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return message


def reports(
    content: bytes | EmailMessage, folder: Path, judge: Callable[[Path], ValidationReport] = validate_file
) -> list[ValidationReport]:
    path = folder / "mail.eml"
    path.write_bytes(content if isinstance(content, bytes) else bytes(content))
    found = reports_on(path, judge)
    assert all(report.file.startswith(str(path)) for report in found)
    return [report.model_copy(update={"file": report.file.removeprefix(f"{folder}/")}) for report in found]


def outcome(found: list[ValidationReport]) -> dict[str, str]:
    return {report.file: str(report.verdict) for report in found}


def test_every_invoice_of_a_mail_has_its_report(tmp_path: Path) -> None:
    wrong = changed(UBL, "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00")
    message = mail(("rechnung.xml", UBL), ("rechnung.pdf", PDF), ("falsch.xml", wrong), ("agb.pdf", PLAIN))
    assert outcome(reports(message, tmp_path)) == {
        "mail.eml!rechnung.xml": "accept",
        "mail.eml!rechnung.pdf": "accept",
        "mail.eml!falsch.xml": "reject",
    }


def test_inline_parts_and_mails_inside_are_looked_into_in_their_order(tmp_path: Path) -> None:
    inside = mail(("innen.xml", CII))
    deeper = mail(("tiefer.xml", NOTE))
    inside.add_attachment(deeper)
    outside = mail()
    outside.make_mixed()
    outside.add_attachment(UBL, maintype="text", subtype="xml", disposition="inline")
    outside.add_attachment(inside)
    assert list(outcome(reports(outside, tmp_path))) == [
        "mail.eml!Teil 2",
        "mail.eml!innen.xml",
        "mail.eml!tiefer.xml",
    ]


def test_mails_inside_mails_are_followed_to_the_fifth_only(tmp_path: Path) -> None:
    def nested(levels: int) -> EmailMessage:
        message = mail(("tief.xml", UBL))
        for _ in range(levels):
            outer = mail()
            outer.add_attachment(message)
            message = outer
        return message

    assert outcome(reports(nested(5), tmp_path)) == {"mail.eml!tief.xml": "accept"}
    (report,) = reports(nested(6), tmp_path)
    assert (report.verdict, report.kind) == (Verdict.NOT_ASSESSED, InvoiceKind.KEINE_RECHNUNG)


def test_the_body_alone_may_be_the_invoice(tmp_path: Path) -> None:
    head = b"From: a@example.org\r\nSubject: x\r\nContent-Type: text/xml\r\n\r\n"
    assert outcome(reports(head + UBL, tmp_path)) == {"mail.eml!Teil 1": "accept"}


def test_what_is_no_mail_is_not_taken_for_one(tmp_path: Path) -> None:
    for content in (UBL, PDF, PLAIN, b"", b"Rechnung: ja\n", b"From: nur das\n\nText"):
        path = tmp_path / "datei.eml"
        path.write_bytes(content)
        assert not is_mail(path)


@pytest.mark.parametrize(
    "head",
    [
        b"From MAILER Mon Nov 24 2026\nFrom: a\nTo: b\n\n",
        b"\r\nReceived: by x\r\n\tby y\r\nDate: heute\r\n\r\n",
        b"X-Filter: 1\nfrom: a\nSUBJECT : b\n\n",
    ],
)
def test_a_mail_is_told_by_its_header(head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "datei"
    path.write_bytes(head + b"Text")
    assert is_mail(path)


NONE = {
    "text only": (mail(), "keine Rechnung mit strukturierten Daten."),
    "HTML": (mail(html="<html><p>Rechnung<br>offen</html>"), "keine Rechnung"),
    "other XML": (mail(("bestellung.xml", b"<bestellung/>")), "keine Rechnung"),
    "TNEF": (mail(("winmail.dat", b"\x78\x9f\x3e\x22TNEF" + UBL)), "Nicht geöffnet: winmail.dat (TNEF);"),
    "nothing": (b"From: a\nTo: b\n\n", "keine Rechnung"),
}


@pytest.mark.parametrize(("message", "reason"), NONE.values(), ids=NONE)
def test_a_mail_without_invoice_is_not_assessed_and_says_so(
    message: bytes | EmailMessage, reason: str, tmp_path: Path
) -> None:
    (report,) = reports(message, tmp_path)
    assert (report.file, report.verdict, report.kind) == ("mail.eml", Verdict.NOT_ASSESSED, "keine_rechnung")
    assert reason in report.reason
    assert report.findings == ()


def test_a_pdf_without_data_counts_in_a_mail_as_it_does_alone(tmp_path: Path) -> None:
    (report,) = reports(mail(("rechnung.pdf", PLAIN), ("bild.png", b"\x89PNG")), tmp_path)
    assert (report.file, report.verdict, report.kind) == ("mail.eml", Verdict.NOT_ASSESSED, "sonstige_rechnung")
    assert report.reason.endswith(" PDF ohne Datensatz: rechnung.pdf.")


def test_what_is_closed_is_named_with_its_kind(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(b"PK", maintype="application", subtype="zip", filename="rechnungen.zip")
    message.add_attachment(b"0", maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    (report,) = reports(message, tmp_path)
    assert "rechnungen.zip (Archiv), smime.p7m (S/MIME)" in report.reason


def test_data_that_cannot_be_read_are_rejected_but_broken_html_is_nobody_s_invoice(tmp_path: Path) -> None:
    message = mail(("kaputt.xml", UBL[:-30]), ("kaputt.pdf", PDF[:300]), html="<html><p>x</html>")
    assert outcome(reports(message, tmp_path)) == {"mail.eml!kaputt.xml": "reject", "mail.eml!kaputt.pdf": "reject"}


def raw(*parts: bytes, end: bytes = b"--g--\n") -> bytes:
    body = b"".join(b"--g\n%s\n" % part for part in parts)
    return b"From: a\nTo: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=g\n\n" + body + end


def part(name: str, content: bytes = UBL) -> bytes:
    return f'Content-Type: application/xml\nContent-Disposition: attachment; filename="{name}"\n\n'.encode() + content


HOSTILE = {
    "../../etc/passwd.xml": "_.._etc_passwd.xml",
    "C:\\\\Rechnung.xml": "C:_Rechnung.xml",
    "gut\u202elmx.exe": "gut_lmx.exe",
    f"{'x' * 300}.xml": f"{'x' * 116}.xml",
    " ": "Teil 1",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_cleaned_for_display(name: str, tmp_path: Path) -> None:
    (report,) = reports(raw(part(name)), tmp_path)
    shown = report.file.removeprefix("mail.eml!")
    assert shown.endswith(HOSTILE[name])
    assert not set(shown) & set("/\\\0\u202e")
    assert len(shown) <= 120


def test_nul_and_line_breaks_in_an_encoded_name_do_not_reach_anyone(tmp_path: Path) -> None:
    head = b"Content-Type: application/xml\nContent-Disposition: attachment; filename*=utf-8''a%00b%0Ac%2Fd.xml\n\n"
    (report,) = reports(raw(head + UBL), tmp_path)
    assert report.file == "mail.eml!a_b_c_d.xml"


def test_parts_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = reports(raw(part("r.xml"), part("R.xml"), part("r.xml")), tmp_path)
    assert [report.file for report in found] == ["mail.eml!r.xml", "mail.eml!R (2).xml", "mail.eml!r (3).xml"]


BROKEN = {
    "no end": raw(part("r.xml"), end=b""),
    "no boundary": raw(part("r.xml")).replace(b"; boundary=g", b""),
    "another boundary": raw(part("r.xml")).replace(b"boundary=g", b"boundary=h"),
    "two content types": raw(b"Content-Type: text/plain\n" + part("r.xml")),
    "no header": raw(b"\n" + UBL),
    "unknown encoding": raw(b"Content-Transfer-Encoding: x-rot\n" + part("r.xml")),
    "broken base64": raw(b"Content-Transfer-Encoding: base64\n" + part("r.xml", b"PEludm9pY2U=%%=A")),
    "broken uuencode": raw(b"Content-Transfer-Encoding: uuencode\n" + part("r.xml", b"begin 666 r\n\xff\xff\n")),
    "odd charset": raw(b"Content-Type: text/xml; charset=\xff\n\n" + UBL),
    "comments in comments": b"From: a\nTo: b\nContent-Type: " + b"(" * 3000 + b"\n\n" + UBL,
    "broken parameter": raw(b"Content-Type: a/b; name*0*=x'y'%zz; name*=''\n\n" + UBL),
    "mail in nothing": raw(b"Content-Type: message/rfc822\n"),
    "cut": bytes(mail(("r.xml", UBL)))[:2000],
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_mail_has_an_outcome(content: bytes, tmp_path: Path) -> None:
    found = reports(content, tmp_path)
    assert found
    assert all(report.verdict in Verdict for report in found)


PIECES = [
    b"\n", b"--g", b"--", b"Content-Type: ", b"multipart/mixed; boundary=g", b"text/xml", b"message/rfc822",
    b'name="', b"\xff", b"=?utf-8?q?", b"<Invoice/>", b"Content-Transfer-Encoding: base64\n",
]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES)))
def test_no_mixture_of_mail_parts_is_too_much(tmp_path: Path, pieces: list[bytes]) -> None:
    assert reports(b"From: a\nTo: b\n" + b"".join(pieces), tmp_path)


TOO_MUCH = {
    "parts": (raw(*[b"\nx"] * 201), "200 Teile"),
    "containers": (b"From: a\nTo: b\n" + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 300, "200 Teile"),
    "mails in mails": (b"From: a\nTo: b\n" + b"Content-Type: message/rfc822\n\n" * 3000, "200 Teile"),
    "header": (b"From: a\nTo: b\nContent-Type: a/b; " + b"a=b;\n " * 50_000 + b"\n\n", "überlange Kopfzeile"),
    "header after a return": (
        b"From: a\rContent-Type: a/b; " + b"a=b; " * 9000 + b"\nTo: b\n\n",
        "überlange Kopfzeile",
    ),
    "lines": (b"From: a\nTo: b\n\n" + b"\n" * 1_600_000, "zu viele Zeilen"),
}


@pytest.mark.parametrize(("content", "reason"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_mail_beyond_measure_is_refused_in_a_moment(content: bytes, reason: str, tmp_path: Path) -> None:
    begun = time.monotonic()
    (report,) = reports(content, tmp_path)
    assert time.monotonic() - begun < 5
    assert report.verdict is Verdict.NOT_ASSESSED
    assert reason in report.reason


def test_a_mail_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    with path.open("wb") as stream:
        stream.write(b"From: a\nTo: b\n\n")
        stream.truncate(10 * 2**30)
    (report,) = reports_on(path, validate_file)
    assert "größer als 64 MB" in report.reason


def test_the_mailroom_asks_for_the_attachments_of_a_mail(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put(FileRole.ORIGINAL, bytes(mail(("r.xml", UBL))), "mail.eml")
    result = identify(desk.work(), city())
    assert result.state is State.QUARANTINED
    assert result.reason == "Die Datei ist eine E-Mail. Bitte die Anlagen einzeln einlegen."


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("rechnung.pdf", "rechnung.pdf"),
        ("../..", "Anlage"),
        ("", "Anlage"),
        (".htaccess", "htaccess"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ('a<b>:"c|d?*.txt', "a_b___c_d__.txt"),
        ("u\u0308ber.txt ", "über.txt"),
        ("\ud800x", "_x"),
    ],
)
def test_a_file_can_be_called_by_any_name(name: str, file: str) -> None:
    assert file_name(name, "Anlage") == file


@given(st.text(st.characters(), max_size=400))
def test_no_name_leaves_its_folder_or_is_too_long(name: str) -> None:
    file = file_name(name, "Anlage")
    assert not set(file) & set('/\\\0<>:"|?*')
    assert file.strip(". ") == file != ""
    assert len(file.encode()) <= 201
    assert len(shown_name(name)) <= 120


def test_a_name_is_taken_whatever_its_case() -> None:
    taken: set[str] = set()
    assert [unique(name, taken) for name in ("a.b.c", "A.B.C", "a", "a", "a (2)")] == [
        "a.b.c", "A.B (2).C", "a", "a (2)", "a (2) (2)",
    ]  # fmt: skip
