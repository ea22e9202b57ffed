"""What is it really? Broken and hostile files end in quarantine with a German reason, never in a crash."""

import re
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from config.city_config import City
from config.settings import load_settings
from pipelines.intake.identify import identify
from schemas.states import FileRole, State
from schemas.values import StepResult
from tests.pipelines.papers import Desk, pdf_bytes, picture_of, scanned, typed


def judged(content: bytes, desk: Desk, city: City, name: str = "brief.pdf") -> StepResult:
    desk.put(FileRole.ORIGINAL, content, name)
    return identify(desk.work(), city)


def with_crossreference(body: bytes, root: int) -> bytes:
    """The objects of a hand-written PDF with a correct table behind them."""
    offsets = {int(found[1]): found.start() for found in re.finditer(rb"(?m)^(\d+) 0 obj", body)}
    rows = b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(offsets))
    size = len(offsets) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + rows
        + b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, len(body))
    )


def test_an_ordinary_pdf_is_identified_with_its_page_count(desk: Desk, iserlohn: City) -> None:
    result = judged(pdf_bytes(pages=3), desk, iserlohn)
    assert result.state is State.IDENTIFIED
    assert result.facts.page_count == 3
    assert result.facts.anomalies == ()
    assert result.reason == "PDF mit 3 Seite(n)."


@pytest.mark.parametrize("content", [scanned(picture_of("Brief")), typed("Brief")], ids=["scanned", "typed"])
def test_scans_and_born_digital_letters_pass(content: bytes, desk: Desk, iserlohn: City) -> None:
    assert judged(content, desk, iserlohn).state is State.IDENTIFIED


def test_the_content_decides_not_the_extension(desk: Desk, iserlohn: City) -> None:
    assert judged(pdf_bytes(), desk, iserlohn, "brief.docx").state is State.IDENTIFIED
    assert judged(b"PK\x03\x04 word/document.xml %%EOF", desk, iserlohn, "brief.pdf").state is State.QUARANTINED


def test_a_pdf_behind_some_leading_bytes_is_a_pdf(desk: Desk, iserlohn: City) -> None:
    assert judged(b"\xef\xbb\xbf\r\n" + pdf_bytes(), desk, iserlohn).state is State.IDENTIFIED


def test_encryption_without_a_password_to_open_is_no_obstacle(desk: Desk, iserlohn: City) -> None:
    content = pdf_bytes(encryption=pikepdf.Encryption(owner="nur zum Ändern", user=""))
    assert judged(content, desk, iserlohn).state is State.IDENTIFIED


def cyclic_pages() -> bytes:
    return with_crossreference(
        b"%PDF-1.4\n"
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Count 2 /Kids [3 0 R] >>\nendobj\n"
        b"3 0 obj\n<< /Type /Pages /Count 2 /Parent 2 0 R /Kids [2 0 R] >>\nendobj\n",
        root=1,
    )


def crossreference_loop() -> bytes:
    content = pdf_bytes(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    start = re.search(rb"startxref\n(\d+)", content)
    assert start is not None
    return content.replace(b"trailer <<", b"trailer << /Prev %s " % start[1])


def without_pages() -> bytes:
    return pdf_bytes(pages=0)


def no_catalogue() -> bytes:
    return with_crossreference(b"%PDF-1.4\n1 0 obj\n[1 2 3]\nendobj\n", root=1)


def three_pages(third: bytes) -> bytes:
    """A letter of three pages, the last one as given."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>"
    return with_crossreference(
        b"%PDF-1.4\n"
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Count 3 /Kids [3 0 R 4 0 R 5 0 R] >>\nendobj\n"
        + b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in ((3, page), (4, page), (5, third or page))),
        root=1,
    )


def uncounted_pages() -> bytes:
    """A reader that repairs such a tree stumbles over its own count."""
    return three_pages(b"<< /Contents << 0 R /MediaBox [0 0 9 9]").replace(b"/Count 3", b"        ")


def nested_deeply() -> bytes:
    return with_crossreference(
        b"%PDF-1.4\n"
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /X "
        + b"[" * 100_000
        + b"]" * 100_000
        + b" >>\nendobj\n",
        root=1,
    )


BROKEN = {
    "zero bytes": (b"", "Die Datei ist leer (0 Byte)."),
    "not a PDF": (b"Sehr geehrte Damen und Herren", "Die Datei ist weder ein PDF oder Bild noch eine E-Rechnung"),
    "HTML named PDF": (b"<html>404</html>", "Das XML ist keine Rechnung in UBL oder CII."),
    "truncated": (pdf_bytes(pages=5)[:-40], "Das PDF ist abgeschnitten"),
    "only a head": (b"%PDF-1.7\n", "Das PDF ist abgeschnitten"),
    "head and end": (b"%PDF-1.7\n%%EOF\n", "Das PDF ist beschädigt"),
    "user password": (
        pdf_bytes(encryption=pikepdf.Encryption(owner="o", user="geheim")),
        "Das PDF ist mit einem Kennwort verschlüsselt.",
    ),
    "no pages": (without_pages(), "Das PDF hat keine Seiten."),
    "cyclic page tree": (cyclic_pages(), "Das PDF ist beschädigt"),
    "page tree without count": (uncounted_pages(), "Das PDF "),
    "no catalogue": (no_catalogue(), "Das PDF ist beschädigt"),
    "nested deeply": (nested_deeply(), "Das PDF "),
    "xref points nowhere": (
        re.sub(rb"startxref\n\d+", b"startxref\n999999", pdf_bytes()),
        "Das PDF ist beschädigt",
    ),
    "xref shifted": (
        pdf_bytes(object_stream_mode=pikepdf.ObjectStreamMode.disable).replace(b"1 0 obj", b"   1 0 obj", 1),
        "Das PDF ist beschädigt",
    ),
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_quarantined_with_a_reason(content: bytes, reason: str, desk: Desk, iserlohn: City) -> None:
    result = judged(content, desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.reason.startswith(reason)
    assert "Bitte" in result.reason, "people are told what to do"


@pytest.mark.parametrize(
    "third", [b"null", b"(kaputt)", b"<< /Type /Page /Par", b"<< /Type /Page /X 99999999999999999999 >>"]
)
def test_a_page_that_cannot_be_read_is_not_left_out_silently(third: bytes, desk: Desk, iserlohn: City) -> None:
    assert judged(three_pages(b""), desk, iserlohn).facts.page_count == 3
    result = judged(three_pages(third), desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.reason.startswith("Das PDF hat laut Verzeichnis 3 Seiten, lesbar sind nur 2.")


def test_a_crossreference_that_names_itself_as_its_predecessor_ends(desk: Desk, iserlohn: City) -> None:
    content = crossreference_loop()
    assert content.count(b"/Prev") == 1
    assert judged(content, desk, iserlohn).state is State.QUARANTINED


def test_the_reason_does_not_show_where_our_files_lie(desk: Desk, iserlohn: City) -> None:
    result = judged(BROKEN["xref points nowhere"][0], desk, iserlohn)
    assert str(desk.folder) not in result.reason


def test_the_original_is_only_read(desk: Desk, iserlohn: City) -> None:
    stored = desk.put(FileRole.ORIGINAL, BROKEN["cyclic page tree"][0], "brief.pdf")
    stored.path.chmod(0o440)
    before = stored.path.stat().st_mtime_ns
    identify(desk.work(), iserlohn)
    assert stored.path.read_bytes() == BROKEN["cyclic page tree"][0]
    assert stored.path.stat().st_mtime_ns == before


def test_more_pages_than_allowed_are_refused_and_exactly_the_limit_is_not(
    desk: Desk, iserlohn: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTEINGANG_MAX_PAGES", "4")
    load_settings.cache_clear()
    try:
        assert judged(pdf_bytes(pages=4), desk, iserlohn).state is State.IDENTIFIED
        result = judged(pdf_bytes(pages=5), desk, iserlohn)
    finally:
        monkeypatch.undo()
        load_settings.cache_clear()
    assert result.state is State.QUARANTINED
    assert result.reason == "Das PDF hat 5 Seiten, erlaubt sind 4. Bitte in mehrere Dateien teilen."


def test_ten_thousand_pages_are_refused_under_the_shipped_limit(desk: Desk, iserlohn: City) -> None:
    def many(pdf: pikepdf.Pdf) -> None:
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 9, 9]), Parent=pdf.Root.Pages)
        pdf.Root.Pages.Kids = Array([pdf.make_indirect(page) for _ in range(10_000)])
        pdf.Root.Pages.Count = 10_000

    result = judged(pdf_bytes(many, pages=0), desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.reason.startswith("Das PDF hat 10000 Seiten, erlaubt sind 1000.")


def test_a_duplicate_is_named_and_not_opened_at_all(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, b"", "brief.pdf")
    result = identify(desk.work(duplicate_of="PE-2026-000007"), iserlohn)
    assert result.state is State.DUPLICATE
    assert result.reason == "Inhaltsgleich mit PE-2026-000007."


def assert_judged_in_german(result: StepResult) -> None:
    if result.state is State.IDENTIFIED:
        assert result.facts.page_count
        assert result.reason.startswith("PDF mit ")
    else:
        assert result.state is State.QUARANTINED
        assert re.match(
            r"(Das (PDF|XML|JPEG|TIFF)|Die (ZIP-)?Datei|Ein Bild|Bild \d+) (ist|hat|enthält|nennt|beginnt|lässt) "
            r".+\. Bitte .+\.$",
            result.reason,
        )


LETTER = scanned(picture_of("Brief"))
PLAIN = pdf_bytes(pages=3, object_stream_mode=pikepdf.ObjectStreamMode.disable)
PACKED = pdf_bytes(pages=3, object_stream_mode=pikepdf.ObjectStreamMode.generate)
SAMPLES = st.sampled_from([LETTER, PLAIN, PACKED])
whatever_comes = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@whatever_comes
@given(sample=SAMPLES, keep=st.floats(0, 1))
def test_a_pdf_cut_off_anywhere_is_judged(sample: bytes, keep: float, tmp_path: Path, iserlohn: City) -> None:
    content = sample[: int(len(sample) * keep)]
    result = judged(content, Desk(tmp_path), iserlohn)
    assert_judged_in_german(result)
    if len(content) < len(sample) - len(b"%%EOF\n"):
        assert result.state is State.QUARANTINED


@whatever_comes
@given(sample=SAMPLES, flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4))))
def test_a_pdf_with_bytes_overwritten_anywhere_is_judged(
    sample: bytes, flips: list[tuple[float, bytes]], tmp_path: Path, iserlohn: City
) -> None:
    content = bytearray(sample)
    for where, new in flips:
        start = int(len(content) * where)
        content[start : start + len(new)] = new
    assert_judged_in_german(judged(bytes(content), Desk(tmp_path), iserlohn))


@whatever_comes
@given(
    key=st.sampled_from([b"/Type", b"/Kids", b"/Count", b"/MediaBox", b"/Parent", b"/Pages", b"/Size", b"/Root"]),
    value=st.sampled_from(
        [b"null", b"true", b"-1", b"99999999999999999999", b"7.5", b"(a)", b"/N", b"[]", b"<<>>", b"1 0 R", b"3 0 R"]
    ),
)
def test_a_pdf_with_a_wrong_value_at_any_structural_key_is_judged(
    key: bytes, value: bytes, tmp_path: Path, iserlohn: City
) -> None:
    content = re.sub(key + rb"\b", key + b" " + value + b" /Ersetzt", PLAIN)
    body = content[: content.index(b"\nxref\n") + 1]
    assert_judged_in_german(judged(with_crossreference(body, root=1), Desk(tmp_path), iserlohn))
