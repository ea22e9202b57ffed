"""What makes a PDF dangerous is found without executing or rendering anything."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from pipelines.intake.hazards import check_hazards
from schemas.errors import BadInput
from tests.pipelines.papers import attached, pdf_bytes, picture_of, scanned, typed

Change = Callable[[pikepdf.Pdf], None]
LIMIT = 100


def anomalies_of(content: bytes) -> tuple[str, ...]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return check_hazards(pdf, max_megapixels=LIMIT)


def refusal(change: Change) -> str:
    with pytest.raises(BadInput) as caught:
        anomalies_of(pdf_bytes(change))
    return str(caught.value)


def javascript_on_opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('hallo')"))


def javascript_by_name(pdf: pikepdf.Pdf) -> None:
    action = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)")))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("start"), action])))


def javascript_of_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("1")))


def javascript_after_another_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://example.org"), Next=Array([_script()]))


def javascript_behind_a_rendition(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.Rendition, JS=String("1"))


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("1"))


@pytest.mark.parametrize(
    "change",
    [
        javascript_on_opening,
        javascript_by_name,
        javascript_of_a_page,
        javascript_after_another_action,
        javascript_behind_a_rendition,
    ],
)
def test_javascript_is_refused_wherever_it_hangs(change: Change) -> None:
    assert refusal(change).startswith("Das PDF enthält JavaScript. Bitte die IT verständigen")


def test_javascript_in_another_spelling_is_javascript() -> None:
    content = pdf_bytes(javascript_on_opening, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    spelled = content.replace(b"/S /JavaScript", b"/S/J#61vaScript").replace(b"/JS ", b"/XS ")
    assert b"/JavaScript" not in spelled
    with pytest.raises(BadInput, match="JavaScript"):
        anomalies_of(spelled)


def test_an_action_that_starts_a_program_is_refused() -> None:
    def launch(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("cmd.exe"))

    assert refusal(launch).startswith("Das PDF enthält eine Startaktion für Programme.")


def test_a_link_to_a_page_on_the_web_is_harmless() -> None:
    def link(pdf: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.URI, URI=String("https://www.iserlohn.de"))
        pdf.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action)])

    assert anomalies_of(pdf_bytes(link)) == ()


@pytest.mark.parametrize("name", ["rechnung.exe", "RECHNUNG.EXE", "rechnung.pdf.js", "a.vbs ", "a.exe.", "a.lnk"])
def test_an_embedded_program_is_refused_and_named(name: str) -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["anlage"] = attached(pdf, b"MZ\x90\x00", name)

    assert refusal(attach).startswith(f"Das PDF enthält ein eingebettetes Programm ({name}).")


def test_a_program_hidden_behind_a_harmless_second_name_is_refused() -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        spec = attached(pdf, b"MZ", "rechnung.pdf")
        spec.obj.F = String("rechnung.exe")
        pdf.attachments["anlage"] = spec

    assert "rechnung.exe" in refusal(attach)


def test_a_program_that_hangs_only_on_a_page_is_refused() -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        embedded = pdf.make_stream(b"MZ", Type=Name.EmbeddedFile)
        spec = Dictionary(UF=String("setup.msi"), EF=Dictionary(F=embedded))
        pdf.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=spec)])

    assert "setup.msi" in refusal(attach)


@pytest.mark.parametrize("name", ["factur-x.xml", "lageplan.pdf", "excel.exe.xml", "foto.jpg"])
def test_other_attachments_are_no_hazard(name: str) -> None:
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments[name] = attached(pdf, b"<x/>", name)

    assert anomalies_of(pdf_bytes(attach)) == ()


def with_image(width: object, height: object, **more: object) -> Change:
    """An image that is nothing but its header."""

    def change(pdf: pikepdf.Pdf) -> None:
        image = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height, **more)
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Im0=image))

    return change


def test_a_giant_image_is_refused_by_its_header_alone() -> None:
    assert refusal(with_image(50_000, 50_000)).startswith(
        "Ein Bild ist mit 50000 x 50000 Pixeln zu groß (erlaubt: 100 Megapixel)."
    )


def test_the_limit_itself_is_allowed() -> None:
    assert anomalies_of(pdf_bytes(with_image(10_000, 10_000))) == ()
    assert "10001 x 10000" in refusal(with_image(10_001, 10_000))


@pytest.mark.parametrize("width", [Name.Breit, String("zwölf"), Array([1]), -50_000, 7.5, Dictionary()], ids=repr)
def test_a_size_that_is_no_number_of_pixels_is_refused(width: object) -> None:
    assert refusal(with_image(width, 10)).startswith("Ein Bild nennt keine gültige Größe")


@pytest.mark.parametrize(
    "filters", [Name.JBIG2Decode, Array([Name.JBIG2Decode]), Array([Name.FlateDecode, Name.JBIG2Decode])], ids=str
)
def test_jbig2_is_refused_because_it_may_exchange_symbols(filters: pikepdf.Object) -> None:
    reason = refusal(with_image(10, 10, Filter=filters))
    assert reason.startswith("Das PDF enthält JBIG2-Bilder")
    assert "A.SC.12" in reason


@pytest.mark.parametrize("filters", [Name.CCITTFaxDecode, Name.DCTDecode, Array([Name.FlateDecode])], ids=str)
def test_other_compressions_are_fine(filters: pikepdf.Object) -> None:
    assert anomalies_of(pdf_bytes(with_image(10, 10, Filter=filters))) == ()


def signature(**more: Dictionary) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        field = pdf.make_indirect(
            Dictionary(
                {"/FT": Name.Sig, "/T": String("Unterschrift")} | {f"/{key}": value for key, value in more.items()}
            )
        )
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)

    return change


def test_a_signed_original_is_noted_because_the_product_cannot_carry_the_signature() -> None:
    (anomaly,) = anomalies_of(pdf_bytes(signature(V=Dictionary(Type=Name.Sig))))
    assert "digital signiert" in anomaly
    assert "trägt die Signatur nicht" in anomaly


def test_two_signatures_are_noted_once() -> None:
    def twice(pdf: pikepdf.Pdf) -> None:
        fields = [pdf.make_indirect(Dictionary(FT=Name.Sig, V=Dictionary(Type=Name.Sig))) for _ in range(2)]
        pdf.Root.AcroForm = Dictionary(Fields=Array(fields))

    assert len(anomalies_of(pdf_bytes(twice))) == 1


def test_an_empty_signature_field_is_no_signature() -> None:
    assert anomalies_of(pdf_bytes(signature())) == ()


@pytest.mark.parametrize("content", [pdf_bytes(), typed("Brief"), scanned(picture_of("Brief"))])
def test_ordinary_letters_have_no_anomalies(content: bytes) -> None:
    assert anomalies_of(content) == ()
