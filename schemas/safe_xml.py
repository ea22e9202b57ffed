"""The one way to parse XML: no DTD, no network, no entities, bounded in size and depth.

lxml alone would accept an internal DTD, and saxonche resolves external entities; so a DOCTYPE is refused here before
the parser sees it, and whatever goes on to Saxon is what was parsed here, written anew.
"""

import re

from lxml import etree

from schemas.errors import BadInput

__all__ = ["MAX_BYTES", "parse_xml", "root_name", "serialised"]

MAX_BYTES = 64 * 1024 * 1024
_MAX_DEPTH = 100
_MAX_MARKS = 4_000_000
"""'<' and '=', signs of elements and attributes: some 100 bytes each. An invoice of 10,000 lines has a million."""
_REMEDY = "Bitte beim Absender eine gültige Datei anfordern."
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset(
    {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"}
    | {"latin1", *(f"iso-8859-{part}" for part in range(1, 17) if part != 12)}
    | {f"{of}125{page}" for of in ("windows-", "cp") for page in range(9)}
)
"""UTF and the one-byte encodings that are ASCII in their lower half: what a DOCTYPE looks like is known in them."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ELEMENT = re.compile(r"<[^\s\0!?/]")


def parse_xml(content: bytes) -> etree._Element:
    """The root element. BadInput (German, with the line where there is one) for anything that is not safe XML.

    MemoryError if there is too little to read it.
    """
    if len(content) > MAX_BYTES:
        raise BadInput(
            f"Das XML ist {len(content) // 2**20} MB groß, erlaubt sind {MAX_BYTES // 2**20} MB.", remedy=_REMEDY
        )
    if not content.strip():
        raise BadInput("Das XML ist leer.", remedy=_REMEDY)
    if content.count(b"<") + content.count(b"=") > _MAX_MARKS:
        raise BadInput("Das XML hat zu viele Elemente, um eine Rechnung zu sein.", remedy=_REMEDY)
    _check_prolog(content)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)  # lint: xml - the safe parser itself
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:  # type: ignore[attr-defined]
            raise MemoryError from None  # nothing is known of the document
        line = error.lineno or 1
        raise BadInput(f"Das XML ist nicht wohlgeformt (Zeile {line}: {_words(error)}).", remedy=_REMEDY) from None
    except ValueError as error:
        raise BadInput(f"Das XML ist nicht lesbar ({error}).", remedy=_REMEDY) from None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise BadInput("Das XML enthält eine DOCTYPE-Angabe; sie ist aus Sicherheitsgründen verboten.", remedy=_REMEDY)
    if root.xpath("boolean(" + "/*" * (_MAX_DEPTH + 1) + ")"):
        raise BadInput(f"Das XML ist tiefer als {_MAX_DEPTH} Ebenen verschachtelt.", remedy=_REMEDY)
    return root


def serialised(root: etree._Element) -> str:
    """The parsed document written anew, without declaration: the only form other processors are given."""
    return str(etree.tostring(root, encoding="unicode"))


def root_name(root: etree._Element) -> str:
    """'{namespace}local' of an element as text."""
    return str(root.tag)


def _check_prolog(content: bytes) -> None:
    """A DOCTYPE can stand before the first element only: there nothing but blanks, comments and PIs is let pass.

    Encodings that could hide one are refused.
    """
    head = content[:65536]
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, "ignore")
            break
    else:
        if head[1:2] == b"\0":
            text = head.decode("utf-16-le", "ignore")
        elif head[:1] == b"\0":
            text = head.decode("utf-16-be", "ignore")
        else:
            declared = _DECLARED.match(head)
            name = declared[1].decode("ascii").lower() if declared else "utf-8"
            if name not in _ENCODINGS:
                raise BadInput(f"Die Zeichenkodierung {name!r} wird nicht angenommen.", remedy=_REMEDY)
            text = head.decode("latin-1")
    place = 0
    while found := _SKIPPED.match(text, place):
        place = found.end()
    if text.startswith("<!DOCTYPE", place):
        raise BadInput("Das XML enthält eine DOCTYPE-Angabe; sie ist aus Sicherheitsgründen verboten.", remedy=_REMEDY)
    if not _ELEMENT.match(text, place):
        raise BadInput(
            "Das XML beginnt mit keinem Element, oder sein Vorspann ist zu lang oder nicht abgeschlossen.",
            remedy=_REMEDY,
        )


def _words(error: etree.XMLSyntaxError) -> str:
    """What the parser says; it quotes the document, so nothing is kept that would turn the sentence around."""
    words = " ".join((error.msg or "unbekannter Fehler").split(", line ")[0].split())[:160]
    return "".join(char if char.isprintable() else "\ufffd" for char in words)
