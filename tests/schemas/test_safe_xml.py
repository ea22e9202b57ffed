"""One way to parse XML: whatever comes in is parsed within bounds, or refused in German; nothing is ever fetched."""

import os
import time
from contextlib import suppress
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas import safe_xml
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml, root_name, serialised

DECLARATION = '<?xml version="1.0" encoding="{}"?>'
DOCTYPE = "<!DOCTYPE a><a>x</a>"
BOMB = (
    '<!DOCTYPE a [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><a b="&i;">&i;</a>'
)


def refusal(content: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        parse_xml(content)
    assert caught.value.remedy, "people are told what to do"
    return caught.value.sentence


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def test_a_document_is_parsed_to_its_root() -> None:
    root = parse_xml(b'<?xml version="1.0" encoding="UTF-8"?><n:a xmlns:n="urn:x"><b>1</b></n:a>')
    assert root_name(root) == "{urn:x}a"
    assert root.findtext("b") == "1"


DISGUISES = {
    "plainly": DOCTYPE.encode(),
    "after a declaration": (DECLARATION.format("UTF-8") + DOCTYPE).encode(),
    "with a byte order mark": DOCTYPE.encode("utf-8-sig"),
    "UTF-16, little end first, with mark": b"\xff\xfe" + DOCTYPE.encode("utf-16-le"),
    "UTF-16, big end first, with mark": b"\xfe\xff" + DOCTYPE.encode("utf-16-be"),
    "UTF-16, little end first, without mark": (DECLARATION.format("UTF-16") + DOCTYPE).encode("utf-16-le"),
    "UTF-16, big end first, without mark": (DECLARATION.format("UTF-16") + DOCTYPE).encode("utf-16-be"),
    "UTF-16 without mark and declaration": DOCTYPE.encode("utf-16-le"),
    "UTF-32": (DECLARATION.format("UTF-32") + DOCTYPE).encode("utf-32-le"),
    "UTF-32, big end first": DOCTYPE.encode("utf-32-be"),
    "UTF-32 with mark": DOCTYPE.encode("utf-32"),
    "EBCDIC": (DECLARATION.format("ebcdic-cp-us") + DOCTYPE).encode("cp037"),
    "UTF-7": DECLARATION.format("UTF-7").encode() + b"+ADwAIQ-DOCTYPE a+AD4-<a/>",
    "UTF-7 behind a mark": b"\xef\xbb\xbf" + DECLARATION.format("UTF-7").encode() + b"+ADwAIQ-DOCTYPE a+AD4-<a/>",
    "after a comment": b"<!-- Rechnung -->\n" + DOCTYPE.encode(),
    "after an instruction": b'<?xml-stylesheet href="x.xsl"?>' + DOCTYPE.encode(),
    "after many of both": b"<!--a--><?b c?>\r\n\t" * 500 + DOCTYPE.encode(),
    "behind a comment that mentions another": b"<!-- <!DOCTYPE a> -->" + DOCTYPE.encode(),
    "behind more blanks than anybody looks at": b" " * 70_000 + DOCTYPE.encode(),
    "behind a long comment": b"<!--" + b"x" * 70_000 + b"-->" + DOCTYPE.encode(),
    "with an encoding that changes after the declaration": (
        DECLARATION.format("UTF-16LE").encode() + DOCTYPE.encode("utf-16-le")
    ),
}


@pytest.mark.parametrize("content", DISGUISES.values(), ids=DISGUISES)
def test_a_doctype_is_refused_in_every_disguise(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*arguments: object) -> None:
        raise AssertionError("a document with a DOCTYPE has reached the parser")

    monkeypatch.setattr(safe_xml.etree, "fromstring", reached)
    assert refusal(content)


def test_the_refusal_says_that_it_was_the_doctype() -> None:
    assert "DOCTYPE" in refusal(DISGUISES["after many of both"])
    assert "UTF-7" in refusal(DISGUISES["UTF-7"]).upper()


@pytest.mark.parametrize("before", ["<!-- <!DOCTYPE a> -->", "<?note <!DOCTYPE a> ?>"])
def test_a_doctype_only_mentioned_is_none(before: str) -> None:
    assert parse_xml(f"{before}<a>&lt;!DOCTYPE a></a>".encode()).text == "<!DOCTYPE a>"


def test_should_the_prolog_be_misread_the_parsed_document_is_still_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_xml, "_check_prolog", lambda content: None)
    assert "DOCTYPE" in refusal(DOCTYPE.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_an_entity_bomb_does_not_go_off(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    refusal(BOMB.encode(encoding))
    monkeypatch.setattr(safe_xml, "_check_prolog", lambda content: None)
    refusal(BOMB.encode(encoding))
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "{canary}">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "{canary}"><a/>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "{canary}"> %x;]><a/>',
        '<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{canary}" parse="text"/></a>',
        '<?xml-stylesheet type="text/xsl" href="{canary}"?><a/>',
        '<a xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:noNamespaceSchemaLocation="{canary}"/>',
    ],
)
def test_no_file_named_in_a_document_is_read(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the check of the prolog were passed: the parser itself resolves nothing. The canary is a pipe."""
    os.mkfifo(tmp_path / "kanarienvogel")
    pipe = os.open(tmp_path / "kanarienvogel", os.O_RDWR | os.O_NONBLOCK)
    os.write(pipe, b"gelesen")
    end_of_file = Timer(2, os.close, (pipe,))
    end_of_file.start()
    monkeypatch.setattr(safe_xml, "_check_prolog", lambda content: None)
    with suppress(BadInput):
        parse_xml(content.format(canary=(tmp_path / "kanarienvogel").as_uri()).encode())
    end_of_file.cancel()
    assert os.read(pipe, 100) == b"gelesen", "by nobody else"
    os.close(pipe)


def test_an_include_stays_what_it_is() -> None:
    root = parse_xml(b'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="b.xml"/></a>')
    assert root[0].tag == "{http://www.w3.org/2001/XInclude}include"


def test_a_hundred_levels_are_deep_enough() -> None:
    assert parse_xml(nested(100)).tag == "a"
    assert refusal(nested(101)) == "Das XML ist tiefer als 100 Ebenen verschachtelt."


def test_depth_is_found_in_any_branch_and_stopped_early() -> None:
    assert "verschachtelt" in refusal(b"<r><a/>" + nested(100) + b"<a/></r>")
    assert refusal(nested(100_000))


def test_the_size_limit_is_the_last_size_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"<a>" + b"x" * 100 + b"</a>"
    monkeypatch.setattr(safe_xml, "MAX_BYTES", len(content))
    assert parse_xml(content).tag == "a"
    monkeypatch.setattr(safe_xml, "MAX_BYTES", len(content) - 1)
    assert "erlaubt sind" in refusal(content)


def test_an_attachment_of_many_megabytes_in_one_element_is_no_obstacle() -> None:
    assert len(parse_xml(b"<a>" + b"QUJD" * 4_000_000 + b"</a>").text or "") == 16_000_000


def test_elements_and_attributes_are_counted_since_each_costs_far_more_than_it_weighs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(safe_xml, "_MAX_MARKS", 12)
    assert len(parse_xml(b"<a>" + b"<b/>" * 10 + b"</a>")) == 10
    assert "zu viele" in refusal(b"<a>" + b"<b/>" * 11 + b"</a>")
    assert "zu viele" in refusal(b"<a " + b" ".join(b'b%d=""' % number for number in range(12)) + b"/>")


def test_more_elements_than_memory_should_hold_are_refused_before_they_are_parsed() -> None:
    begun = time.monotonic()
    assert "zu viele" in refusal(b"<a>" + b"<b/>" * 5_000_000 + b"</a>")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("frame", [b"%s", b"<a>%s</a>", b"%s<a/>"], ids=["alone", "inside", "before"])
def test_two_hundred_megabytes_of_white_space_are_refused_at_once(frame: bytes) -> None:
    content = frame % (b" " * (200 * 2**20))
    begun = time.monotonic()
    assert refusal(content) == "Das XML ist 200 MB groß, erlaubt sind 64 MB."
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("ISO-8859-1", "iso-8859-1"),
        ("ISO-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"),
        ("cp1252", "cp1252"),
        ("latin1", "iso-8859-1"),
    ],
)
def test_the_encodings_of_the_trade_are_read(encoding: str, codec: str) -> None:
    text = "Größe ß" + ("" if codec.startswith("iso-8859-1") and codec != "iso-8859-15" else " €")
    content = f"{DECLARATION.format(encoding)}<a>{text}</a>".encode(codec)
    assert parse_xml(content).text == text


def test_every_encoding_let_pass_is_one_the_parser_knows() -> None:
    for name in safe_xml._ENCODINGS - {"utf-16", "utf-16le", "utf-16be"}:
        assert parse_xml(f"{DECLARATION.format(name)}<a>x</a>".encode()).text == "x"


@pytest.mark.parametrize(
    "declared", ["UTF-7", "ISO-2022-JP", "EBCDIC-CP-US", "UTF-32", "HZ-GB-2312", "x-user-defined", "base64"]
)
def test_an_encoding_in_which_something_could_hide_is_refused_by_name(declared: str) -> None:
    assert refusal(f"{DECLARATION.format(declared)}<a/>".encode()) == (
        f"Die Zeichenkodierung {declared.lower()!r} wird nicht angenommen."
    )


@pytest.mark.parametrize("declaration", ["", DECLARATION.format("UTF-8"), DECLARATION.format("us-ascii")])
def test_bytes_that_are_not_what_the_declaration_says_are_refused_not_guessed(declaration: str) -> None:
    assert "nicht wohlgeformt" in refusal(f"{declaration}<a>Größe</a>".encode("latin-1"))


def test_a_file_that_only_says_it_were_utf_16_is_refused() -> None:
    assert "nicht wohlgeformt" in refusal(f"{DECLARATION.format('UTF-16')}<a/>".encode())


def test_a_byte_order_mark_counts_more_than_the_declaration() -> None:
    content = f"{DECLARATION.format('ISO-8859-1')}<a>Größe</a>"
    assert parse_xml(content.encode("utf-8-sig")).text == "Größe"
    assert parse_xml(content.encode("utf-16")).text == "Größe"


def test_xml_1_1_is_read_as_far_as_it_is_xml_1_0() -> None:
    assert parse_xml(b'<?xml version="1.1"?><a>x</a>').text == "x"
    assert "nicht wohlgeformt" in refusal(b'<?xml version="1.1"?><a>&#1;</a>')


@pytest.mark.parametrize("content", [b"", b" ", b"\r\n\t"])
def test_nothing_is_said_to_be_nothing(content: bytes) -> None:
    assert refusal(content) == "Das XML ist leer."


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\xff\xfe", b"<!-- nur ein Kommentar -->", b"Text", b"%PDF-1.7"])
def test_a_file_without_element_is_no_xml(content: bytes) -> None:
    assert "beginnt mit keinem Element" in refusal(content)


def test_the_line_of_an_error_is_named() -> None:
    assert refusal(b"<a>\n<b>\n</c>\n</a>").startswith("Das XML ist nicht wohlgeformt (Zeile 3: ")


def test_instructions_are_dropped_wherever_they_stand() -> None:
    root = parse_xml(b'<?xml-stylesheet href="x.xsl"?><a><?php echo 1 ?>x</a><?end?>')
    assert serialised(root) == "<a>x</a>"
    assert root.getprevious() is None


def test_what_goes_on_to_others_is_the_same_document_without_declaration() -> None:
    content = '<n:a xmlns:n="urn:x" b="1&#10;2">ä 😀 &amp; &lt;b&gt; &#13;<![CDATA[<c>]]><n:d/><!-- e --></n:a>'
    root = parse_xml((DECLARATION.format("UTF-8") + content).encode())
    written = serialised(root)
    assert written.startswith("<n:a ")
    again = parse_xml(written.encode())
    assert etree.tostring(again, method="c14n2") == etree.tostring(root, method="c14n2")
    assert again.get("b") == "1\n2"
    assert again.text == "ä 😀 & <b> \r<c>"


MARKUP = [
    b"<a>",
    b"</a>",
    b"<!--",
    b"-->",
    b"<?xml ",
    b"?>",
    b"<!DOCTYPE ",
    b'encoding="',
    b"utf-16",
    b"\0",
    b"&x;",
    b"]]>",
]
pieces = st.lists(st.one_of(st.sampled_from(MARKUP), st.binary(max_size=6)), max_size=30).map(b"".join)
texts = st.text(max_size=40).map(lambda text: f"<a>{text}</a>")
anything = st.one_of(
    st.binary(max_size=200),
    pieces,
    st.tuples(texts, st.sampled_from(["utf-8", "utf-16", "utf-32"])).map(
        lambda made: made[0].encode(made[1], "replace")
    ),
)


@settings(max_examples=500, deadline=None, database=None)
@given(anything)
def test_whatever_comes_is_a_document_or_a_refusal(content: bytes) -> None:
    try:
        root = parse_xml(content)
    except BadInput as problem:
        assert problem.sentence
    else:
        assert parse_xml(serialised(root).encode()).tag == root.tag
        assert root.getroottree().docinfo.doctype == ""
