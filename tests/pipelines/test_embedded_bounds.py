"""What a hostile attachment may cost: little memory, little time, however it is packed and however often named."""

import base64
import resource
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from pipelines.invoice import embedded
from pipelines.invoice.embedded import Embedded, embedded_invoice
from schemas.errors import BadInput
from tests.pipelines.papers import carrying, pdf_bytes, specification

ONE = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'


def found_in(content: bytes, folder: Path) -> Embedded | None:
    path = folder / "rechnung.pdf"
    path.write_bytes(content)
    return embedded_invoice(path)


def as_packed(content: bytes, filters: object, parameters: object = None) -> bytes:
    """A PDF whose attachment stays packed exactly so."""

    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream(content)
        stream.write(content, filter=filters, decode_parms=parameters)
        pdf.Root.AF = Array([specification(pdf, b"", "factur-x.xml", EF=Dictionary(F=stream))])

    return pdf_bytes(change, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


DEFLATED = zlib.compress(ONE)
PACKINGS = [
    (ONE, None, None),
    (DEFLATED, Name.FlateDecode, None),
    (DEFLATED, Array([Name.FlateDecode]), None),
    (DEFLATED, Name.FlateDecode, Dictionary(Predictor=1)),
    (zlib.compress(DEFLATED), Array([Name.FlateDecode, Name.FlateDecode]), None),
    (DEFLATED.hex().encode() + b">", Array([Name.ASCIIHexDecode, Name.FlateDecode]), None),
    (base64.a85encode(DEFLATED, wrapcol=72) + b"~>\n", Array([Name.ASCII85Decode, Name.FlateDecode]), None),
]


@pytest.mark.parametrize(("content", "filters", "parameters"), PACKINGS)
def test_every_packing_writers_use_is_undone(
    content: bytes, filters: object, parameters: object, tmp_path: Path
) -> None:
    found = found_in(as_packed(content, filters, parameters), tmp_path)
    assert found is not None
    assert found.content == ONE


@pytest.mark.parametrize(
    ("content", "filters", "parameters"),
    [
        (b"\x80\x0b\x60\x50", Name.LZWDecode, None),
        (b"\x81a", Name.RunLengthDecode, None),
        (DEFLATED, Name.FlateDecode, Dictionary(Predictor=12, Columns=4)),
    ],
)
def test_a_packing_that_could_not_be_bounded_is_refused(
    content: bytes, filters: object, parameters: object, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="auf unübliche Weise gepackt"):
        found_in(as_packed(content, filters, parameters), tmp_path)


@pytest.mark.parametrize(
    ("content", "filters"),
    [(b"kein zlib", Name.FlateDecode), (b"xy", Name.ASCIIHexDecode), (b"v~>", Name.ASCII85Decode)],
)
def test_a_packing_that_is_broken_is_said(content: bytes, filters: object, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"factur-x\.xml ist nicht lesbar: Die Anlage ist beschädigt"):
        found_in(as_packed(content, filters), tmp_path)


def bomb(megabytes: int) -> bytes:
    """A zlib stream that unpacks to so many megabytes of blanks."""
    press = zlib.compressobj(9)
    head = press.compress(b" " * 2**20) + press.flush(zlib.Z_FULL_FLUSH)
    block = press.compress(b" " * 2**20) + press.flush(zlib.Z_FULL_FLUSH)
    return head + block * (megabytes - 1)


@pytest.mark.parametrize("filters", [Name.FlateDecode, Array([Name.FlateDecode]), Array([Name.FlateDecode] * 2)])
def test_an_attachment_that_unpacks_to_gigabytes_costs_little(filters: object, tmp_path: Path) -> None:
    content = bomb(4000)
    pdf = as_packed(zlib.compress(content) if isinstance(filters, Array) and len(filters) == 2 else content, filters)
    assert len(pdf) < 8 * 2**20
    with bounded_memory(megabytes=300):
        begun = time.monotonic()
        with pytest.raises(BadInput, match="größer als 64 MB"):
            found_in(pdf, tmp_path)
        assert time.monotonic() - begun < 10


@contextmanager
def bounded_memory(megabytes: int) -> Iterator[None]:
    """Whoever asks for more memory than that gets a MemoryError."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 2**20, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_many_names_for_one_large_attachment_do_not_multiply_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream(b"<a>" + b" " * 9_000 + b"</a>")
        files = [specification(pdf, b"", f"{number}.xml", EF=Dictionary(F=stream)) for number in range(500)]
        pdf.Root.AF = Array(files)

    unpacked = counted_reads(monkeypatch)
    monkeypatch.setattr(embedded, "MAX_BYTES", 10_000)
    assert found_in(pdf_bytes(change), tmp_path) is None
    assert len(unpacked) == 2, "then the limit for all of them together is reached"


def test_an_attachment_listed_everywhere_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        file = specification(pdf, ONE, "factur-x.xml")
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a"), file, String("b"), file])))
        pdf.Root.AF = Array([file] * 20)

    unpacked = counted_reads(monkeypatch)
    assert found_in(pdf_bytes(change), tmp_path) is not None
    assert unpacked == [ONE]


def test_no_more_than_a_hundred_attachments_are_looked_at_the_usual_names_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = counted_reads(monkeypatch)
    others = [(f"{number}.xml", b"<a/>") for number in range(150)]
    assert found_in(carrying(*others, ("factur-x.xml", ONE)), tmp_path) is not None
    assert len(unpacked) == 100


def counted_reads(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    reads: list[bytes] = []
    unpack = embedded._content
    monkeypatch.setattr(embedded, "_content", lambda file: reads.append(unpack(file)) or reads[-1])
    return reads
