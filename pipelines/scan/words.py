"""What stands where on a page and how sure it is: words with boxes, kept as ALTO 4 (Library of Congress, alto-v4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lxml import etree

from schemas.errors import BadInput

__all__ = [
    "RECOGNITION",
    "TURNING",
    "Block",
    "Line",
    "PageWords",
    "PostProcessing",
    "Word",
    "alto",
    "blank_pages",
    "post_processing",
    "read_words",
    "sureness",
]

RECOGNITION, TURNING = "Texterkennung", "Drehung der Anzeige"
"""Names of the two steps that bear on the product; the others only help to read it."""
_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_VERSION = "4.4"
_BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Word:
    """One word, its box in pixels (right and bottom exclusive), and how sure it is (0..1; None: it was not guessed)."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one line from left to right; `slope` and `offset` place its base line over the box's lower left."""

    words: tuple[Word, ...]
    slope: float = 0.0
    offset: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        lefts, tops, rights, bottoms = zip(*((w.left, w.top, w.right, w.bottom) for w in self.words), strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together: an address, a paragraph, a column."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PageWords:
    """One page as it is read, upright: its size in pixels, its resolution, its words in reading order.

    `turned`: degrees clockwise by which the page as delivered is turned to be upright. `deskewed`: degrees clockwise
    by which the copy was turned that was read; the boxes are those of the page itself. `languages` is empty for a page
    that carries its text itself. `blank`: nothing can be seen on it. `gave_up`: reading took too long. `faults`: names
    of what is wrong with its picture.
    """

    number: int
    width: int
    height: int
    dpi: float
    blocks: tuple[Block, ...] = ()
    turned: int = 0
    deskewed: float = 0.0
    languages: str = ""
    blank: bool = False
    gave_up: bool = False
    faults: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        for block in self.blocks:
            yield from block.lines

    def words(self) -> Iterator[Word]:
        for line in self.lines():
            yield from line.words

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines())

    @property
    def confidence(self) -> float | None:
        """Mean over all guessed characters, 0..1; None if nothing was guessed."""
        return sureness((self,))


@dataclass(frozen=True, slots=True)
class PostProcessing:
    """One step that changed how a scan is shown or read, as the transfer note wants it: what, with what, how."""

    name: str
    tool: str
    parameters: str


def sureness(pages: Sequence[PageWords]) -> float | None:
    """Mean confidence over all guessed characters of the pages, 0..1; None if nothing was guessed."""
    sure = total = 0.0
    for page in pages:
        for word in page.words():
            if word.confidence is not None:
                sure += word.confidence * len(word.text)
                total += len(word.text)
    return round(sure / total, 4) if total else None


def alto(
    pages: Sequence[PageWords], steps: Sequence[PostProcessing], file_name: str, made_at: datetime | None
) -> bytes:
    """The pages as ALTO 4: PC is the confidence of a page, PAGECLASS marks a blank one, Processing tells the steps."""
    root = etree.Element(f"{{{_NAMESPACE}}}alto", {"SCHEMAVERSION": _VERSION}, nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
    description = _add(root, "Description")
    _add(description, "MeasurementUnit").text = "pixel"
    _add(_add(description, "sourceImageInformation"), "fileName").text = _printable(file_name)
    for number, step in enumerate(steps, 1):
        node = _add(description, "Processing", ID=f"P{number}")
        if made_at is not None:
            _add(node, "processingDateTime").text = made_at.isoformat(timespec="seconds")
        _add(node, "processingStepDescription").text = step.name
        _add(node, "processingStepSettings").text = step.parameters
        _add(_add(node, "processingSoftware"), "softwareName").text = step.tool
    layout = _add(root, "Layout")
    for page in pages:
        _add_page(layout, page)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_page(layout: etree._Element, page: PageWords) -> None:
    node = _add(layout, "Page", ID=f"page_{page.number}", PHYSICAL_IMG_NR=str(page.number))
    node.set("WIDTH", str(page.width))
    node.set("HEIGHT", str(page.height))
    if page.blank:
        node.set("PAGECLASS", _BLANK)
    if page.confidence is not None:
        node.set("PC", f"{page.confidence:.4f}")
    node.set("PROCESSING", _facts(page))
    space = _add(node, "PrintSpace", HPOS="0", VPOS="0", WIDTH=str(page.width), HEIGHT=str(page.height))
    for at, block in enumerate(page.blocks, 1):
        block_node = _add(space, "TextBlock", ID=f"block_{page.number}_{at}")
        for line in block.lines:
            left, top, right, bottom = line.box
            line_node = _add(block_node, "TextLine", HPOS=str(left), VPOS=str(top))
            line_node.set("WIDTH", str(right - left))
            line_node.set("HEIGHT", str(bottom - top))
            ends = (left, bottom + line.offset), (right, bottom + line.offset + line.slope * (right - left))
            line_node.set("BASELINE", " ".join(f"{x:.0f},{y:.1f}" for x, y in ends))
            for word in line.words:
                _add_word(line_node, word)


def _add_word(line: etree._Element, word: Word) -> None:
    node = _add(line, "String", CONTENT=_printable(word.text), HPOS=str(word.left), VPOS=str(word.top))
    node.set("WIDTH", str(word.right - word.left))
    node.set("HEIGHT", str(word.bottom - word.top))
    if word.confidence is not None:
        node.set("WC", f"{word.confidence:.2f}")


def _facts(page: PageWords) -> str:
    """What ALTO has no attribute for."""
    facts = [f"dpi={page.dpi:.2f}", f"turned={page.turned}", f"deskewed={page.deskewed:.2f}"]
    if page.languages:
        facts.append(f"languages={page.languages}")
    if page.gave_up:
        facts.append("gave_up=1")
    if page.faults:
        facts.append(f"faults={','.join(page.faults)}")
    return ";".join(facts)


def read_words(path: Path) -> tuple[PageWords, ...]:
    """The pages of a words file of ours; BadInput if it is none."""
    root = _root(path)
    try:
        return tuple(_page(node) for node in root.iter(f"{{{_NAMESPACE}}}Page"))
    except (KeyError, ValueError) as error:
        raise BadInput(f"{path.name}: die Wortdatei ist beschädigt ({type(error).__name__}).") from None


def blank_pages(path: Path, *, of: int | None = None) -> frozenset[int]:
    """Numbers of the pages that are marked as blank, without reading all the words. BadInput for a damaged file.

    `of`: none, if the file tells of another number of pages than the product has: then they were left out of it.
    """
    try:
        tag = f"{{{_NAMESPACE}}}Page"
        pages = etree.iterparse(path, events=("start",), tag=tag, resolve_entities=False)  # lint: xml - as below
        blank = {int(str(node.attrib["PHYSICAL_IMG_NR"])): node.get("PAGECLASS") == _BLANK for _, node in pages}
    except (etree.XMLSyntaxError, KeyError, ValueError):
        raise BadInput(f"{path.name}: die Wortdatei ist beschädigt.") from None
    return frozenset(number for number, is_blank in blank.items() if is_blank and of in (None, len(blank)))


def post_processing(path: Path) -> tuple[PostProcessing, ...]:
    """The steps a words file tells of, in their order."""
    found: list[PostProcessing] = []
    for node in _root(path).iter(f"{{{_NAMESPACE}}}Processing"):
        name, parameters, tool = (
            node.findtext(f".//{{{_NAMESPACE}}}{tag}", default="")
            for tag in ("processingStepDescription", "processingStepSettings", "softwareName")
        )
        found.append(PostProcessing(name, tool, parameters))
    return tuple(found)


def _root(path: Path) -> etree._Element:
    """Written by us: no limit of elements as for what comes from outside, a page of writing has thousands."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        return etree.fromstring(path.read_bytes(), parser)  # lint: xml - from the evidence store, made by `alto`
    except etree.XMLSyntaxError:
        raise BadInput(f"{path.name}: die Wortdatei ist beschädigt.") from None


def _page(node: etree._Element) -> PageWords:
    facts = dict(part.split("=", 1) for part in str(node.attrib["PROCESSING"]).split(";"))
    blocks = (
        Block(tuple(_line(line) for line in block.iter(f"{{{_NAMESPACE}}}TextLine")))
        for block in node.iter(f"{{{_NAMESPACE}}}TextBlock")
    )
    return PageWords(
        int(node.attrib["PHYSICAL_IMG_NR"]),
        int(node.attrib["WIDTH"]),
        int(node.attrib["HEIGHT"]),
        float(facts["dpi"]),
        tuple(blocks),
        int(facts["turned"]),
        float(facts["deskewed"]),
        facts.get("languages", ""),
        node.get("PAGECLASS") == _BLANK,
        "gave_up" in facts,
        tuple(facts["faults"].split(",")) if "faults" in facts else (),
    )


def _line(node: etree._Element) -> Line:
    words = tuple(_word(word) for word in node.iter(f"{{{_NAMESPACE}}}String"))
    (left, from_y), (right, to_y) = (map(float, point.split(",")) for point in str(node.attrib["BASELINE"]).split())
    bottom = int(node.attrib["VPOS"]) + int(node.attrib["HEIGHT"])
    slope = (to_y - from_y) / (right - left) if right > left else 0.0
    return Line(words, slope, from_y - bottom)


def _word(node: etree._Element) -> Word:
    left, top = int(node.attrib["HPOS"]), int(node.attrib["VPOS"])
    sure = node.get("WC")
    return Word(
        str(node.attrib["CONTENT"]),
        left,
        top,
        left + int(node.attrib["WIDTH"]),
        top + int(node.attrib["HEIGHT"]),
        float(sure) if sure is not None else None,
    )


def _printable(text: str) -> str:
    """Without what XML cannot carry."""
    return "".join(sign for sign in text if sign.isprintable() or sign == " ")


def _add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_NAMESPACE}}}{tag}", attributes)
