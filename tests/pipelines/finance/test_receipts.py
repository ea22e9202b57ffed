"""Receipts of the finance system: read whole, or refused with every reason."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.finance.receipts import MOST_BYTES, read_receipts
from schemas.errors import BadInput
from schemas.finance import Receipt, ReceiptKind

HEAD = "uebergabe;re_nummer;fassung;ergebnis;datum;beleg;grund\r\n"
POSTED = "FB-2026-000001;RE-2026-000042;1;gebucht;24.11.2026;4711;\r\n"
NAMESPACE = "urn:posteingang:finanz:quittung:1"


def xml(*positions: str) -> bytes:
    return f'<Quittung xmlns="{NAMESPACE}">{"".join(positions)}</Quittung>'.encode()


POSITION = (
    '<Position uebergabe="FB-2026-000001" re_nummer="RE-2026-000042" fassung="2" ergebnis="abgelehnt" '
    'datum="2026-11-24" grund="Konto gesperrt"/>'
)


def test_a_csv_file_is_read() -> None:
    content = f"{HEAD}{POSTED}FB-2026-000001;KIM-2026-000003;12;abgelehnt;2026-11-25;;Konto  gesperrt\r\n"
    assert read_receipts(content.encode("utf-8-sig")) == (
        Receipt("FB-2026-000001", "RE-2026-000042", 1, ReceiptKind.POSTED, date(2026, 11, 24), "4711", "", "Zeile 2"),
        Receipt(
            "FB-2026-000001",
            "KIM-2026-000003",
            12,
            ReceiptKind.REFUSED,
            date(2026, 11, 25),
            "",
            "Konto gesperrt",
            "Zeile 3",
        ),
    )


def test_an_xml_file_is_read() -> None:
    (found,) = read_receipts(xml(POSITION))
    assert (found.version, found.kind, found.reason) == (2, ReceiptKind.REFUSED, "Konto gesperrt")


def test_columns_may_stand_in_another_order_and_the_last_two_may_be_missing() -> None:
    content = b"datum;ergebnis;fassung;re_nummer;uebergabe\n2026-11-24;bezahlt;1;RE-2026-000042;FB-2026-000001\n"
    assert read_receipts(content)[0].kind is ReceiptKind.PAID


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("X;RE-2026-000042;1;gebucht;24.11.2026;1;", "keine Nummer einer Übergabe"),
        ("FB-2026-000001;../../x;1;gebucht;24.11.2026;1;", "keine RE-Nummer"),
        ("FB-2026-000001;RE-2026-000042;0;gebucht;24.11.2026;1;", "fassung"),
        ("FB-2026-000001;RE-2026-000042;1;erledigt;24.11.2026;1;", "keines von gebucht, bezahlt, abgelehnt"),
        ("FB-2026-000001;RE-2026-000042;1;gebucht;31.02.2026;1;", "kein Tag"),
        ("FB-2026-000001;RE-2026-000042;1;gebucht;24.11.2026;;", "ohne Belegnummer"),
        ("FB-2026-000001;RE-2026-000042;1;abgelehnt;24.11.2026;;", "ohne Grund"),
        ("FB-2026-000001;RE-2026-000042;1;gebucht;24.11.2026", "5 statt 7 Felder"),
        (f"FB-2026-000001;RE-2026-000042;1;abgelehnt;24.11.2026;;{'x' * 1001}", "länger als 1000"),
        ('FB-2026-000001;"RE-2026-000042;1', "keine lesbare CSV-Zeile"),
    ],
)
def test_one_wrong_line_refuses_the_whole_file_and_is_named(line: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        read_receipts(f"{HEAD}{POSTED}{line}\r\n".encode())
    assert "Zeile 3" in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEAD.encode(),
        b"%PDF-1.7",
        b"\xff\xfe\x00",
        b"a;b\n1;2\n",
        b"\0" * 100,
        xml(),
        xml(POSITION.replace("abgelehnt", "weg")),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b"<Quittung/>",
        b"x" * (MOST_BYTES + 1),
    ],
    ids=[
        "empty",
        "head only",
        "pdf",
        "binary",
        "other columns",
        "nul",
        "no position",
        "enum",
        "doctype",
        "other",
        "huge",
    ],
)
def test_what_is_no_receipt_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_receipts(content)


@given(st.binary(max_size=400))
def test_no_file_is_too_odd(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_receipts(HEAD.encode() + content + b"\r\nx;y;z\r\n")
