"""Set a letter on A4 paper and scan it (skew, grain, dust, folds) into a PDF that holds images only."""

import io
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random

import img2pdf  # type: ignore[import-untyped, unused-ignore]
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from samples.model import Block, Heading, Letter, Look, Rows

__all__ = ["DPI", "FONTS", "pdf_of", "scanned_pages"]

FONTS = Path("/usr/share/fonts/truetype/dejavu")
DPI = 300
_SIZE = (2480, 3508)
_INK, _PENCIL, _PAPER = 28, 70, 255
_JPEG_QUALITY = 38


def _mm(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


_LEFT, _RIGHT = _mm(25), _mm(190)
_VALUES = _mm(54)


@lru_cache(maxsize=64)
def _font(face: str, points: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    path = FONTS / f"{face}{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(str(path), points * DPI / 72, layout_engine=ImageFont.Layout.BASIC)


@dataclass(slots=True)
class _Sheet:
    """One page being set: where the next line goes, in the type face of the letter."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    look: Look
    y: int

    def line(self, text: str, *, x: int = _LEFT, points: float | None = None, bold: bool = False) -> None:
        size = points or self.look.points
        self.pen.text((x, self.y), text, fill=_INK, font=_font(self.look.face, size, bold=bold))
        self.y += round(size * 1.38 * DPI / 72)

    def gap(self, millimetres: float) -> None:
        self.y += _mm(millimetres)

    def paragraph(self, text: str) -> None:
        for line in _wrapped(text, _font(self.look.face, self.look.points), _RIGHT - _LEFT):
            self.line(line)
        self.gap(2.6)

    def block(self, block: Block) -> None:
        match block:
            case Heading(text):
                self.gap(1.5)
                self.line(text, bold=True, points=self.look.points + 0.5)
                self.gap(1.5)
            case Rows(rows):
                for label, value in rows:
                    top = self.y
                    self.line(label, x=_LEFT + _mm(4))
                    self.y = top
                    self.line(value, x=_LEFT + _mm(4) + _VALUES)
                self.gap(2.6)
            case str(text):
                self.paragraph(text)

    def signature(self, signer: str, random: Random) -> None:
        """A pen stroke over the printed name: a tall initial, then loops that run out flat."""
        hand = Random(signer)
        base, x = float(self.y + _mm(8)), float(_LEFT + _mm(hand.uniform(2, 5)))
        tall, slant = _mm(hand.uniform(5.5, 8.5)), _mm(hand.uniform(0.5, 2.2))
        points = [(x, base - tall * 0.4), (x + slant, base - tall), (x + slant * 1.4, base - tall * 0.8)]
        points += [(x, base + tall * 0.2), (x + _mm(2), base - tall * hand.uniform(0.2, 0.7))]
        for left in range(hand.randint(4, 9), 0, -1):
            reach = _mm(hand.uniform(0.4, 1.1) * (1 + left / 4)) + random.randint(-3, 3)
            x += _mm(hand.uniform(1.8, 3.6))
            points += [(x, base + hand.choice((0, 0, 0, _mm(2.5)))), (x + slant * 0.8, base - reach)]
        points += [(x + _mm(3), base), (x + _mm(hand.uniform(6, 16)), base - _mm(hand.uniform(-1, 2)))]
        self.pen.line(_smooth(points), fill=_PENCIL, width=5, joint="curve")
        self.gap(13)


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners cut four times (Chaikin)."""
    for _ in range(4):
        cut: list[tuple[float, float]] = []
        for (ax, ay), (bx, by) in pairwise(points):
            cut += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by)]
            cut += [(0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        points = cut
    return points


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines, current = list[str](), ""
    for word in text.split():
        longer = f"{current} {word}".strip()
        if current and font.getlength(longer) > width:
            lines.append(current)
            current = word
        else:
            current = longer
    return [*lines, current]


def _blank(look: Look, top: float) -> _Sheet:
    image = Image.new("L", _SIZE, _PAPER)
    return _Sheet(image, ImageDraw.Draw(image), look, _mm(top))


def _head(sheet: _Sheet, letter: Letter) -> None:
    sender, look = letter.sender, letter.look
    rows = [(sender.name, 16.0, True), (sender.below, 10.0, False)]
    rows += [(text, 9.0, False) for text in (f"{sender.street}, {sender.town}", "   ".join(sender.contact))]
    for text, points, bold in rows:
        if text:
            width = round(_font(look.face, points, bold=bold).getlength(text))
            x = (_SIZE[0] - width) // 2 if look.centred_head else _LEFT
            sheet.line(text, x=x, points=points, bold=bold)
    sheet.gap(1.5)
    sheet.pen.line((_LEFT, sheet.y, _RIGHT, sheet.y), fill=_INK, width=3)


def _foot(sheet: _Sheet, letter: Letter) -> None:
    top = _mm(276)
    sheet.pen.line((_LEFT, top - _mm(2), _RIGHT, top - _mm(2)), fill=_INK, width=2)
    columns = letter.sender.footer
    for number, column in enumerate(columns):
        sheet.y = top
        for line in column:
            sheet.line(line, x=_LEFT + number * (_RIGHT - _LEFT) // len(columns), points=8.5)


def _first_page(letter: Letter, random: Random) -> Image.Image:
    """DIN 5008 form B: address window at 45 mm, date on the right, subject below the window."""
    sheet = _blank(letter.look, 14)
    _head(sheet, letter)
    sheet.y = _mm(52)
    sheet.line(f"{letter.sender.name}, {letter.sender.street}, {letter.sender.town}", points=7)
    sheet.gap(5)
    for line in letter.addressee:
        sheet.line(line)
    date = _font(letter.look.face, letter.look.points)
    sheet.y = _mm(91)
    sheet.line(letter.date, x=_RIGHT - round(date.getlength(letter.date)))
    sheet.y = _mm(109)  # clear of the fold
    sheet.line(letter.subject, bold=True)
    sheet.gap(5)
    sheet.line(letter.greeting)
    sheet.gap(2.6)
    for block in letter.body:
        sheet.block(block)
    sheet.line("Mit freundlichen Grüßen")
    _close(sheet, letter, random)
    sheet.gap(4)
    sheet.line(letter.enclosures, points=letter.look.points - 1)
    _foot(sheet, letter)
    return sheet.image


def _close(sheet: _Sheet, letter: Letter, random: Random) -> None:
    sheet.gap(2)
    sheet.signature(letter.signer, random)
    sheet.line(letter.signer)


def _further_page(letter: Letter, blocks: tuple[Block, ...], number: int, random: Random) -> Image.Image:
    sheet = _blank(letter.look, 24)
    for block in blocks:
        sheet.block(block)
    _close(sheet, letter, random)
    sheet.y = _mm(281)
    sheet.line(f"Seite {number} von {len(letter.further) + 1}", points=8)
    return sheet.image


def _grain(random: Random, *, share: float) -> Image.Image:
    """Sensor noise around 128, slightly soft as behind a scanner's lens."""
    noise = Image.frombytes("L", _SIZE, random.randbytes(_SIZE[0] * _SIZE[1]))
    soft = noise.filter(ImageFilter.GaussianBlur(0.9))
    return soft.point([round((value - 128) * share) + 128 for value in range(256)])


def _marked(page: Image.Image, look: Look, random: Random) -> Image.Image:
    """Two folds (it came in a window envelope), dust, and a shadow along one edge, all under the ink."""
    marks = Image.new("L", _SIZE, _PAPER)
    pen = ImageDraw.Draw(marks)
    for fold in (_mm(105), _mm(210)):
        shift = random.randint(-6, 6)
        pen.line((0, fold + shift, _SIZE[0], fold - shift), fill=243, width=3)
    for _ in range(60):
        x, y, size = random.randrange(_SIZE[0]), random.randrange(_SIZE[1]), random.choice((1, 1, 2, 2, 3))
        if page.crop((x - 40, y - 40, x + 40, y + 40)).getextrema()[0] == _PAPER:
            pen.ellipse((x, y, x + size, y + size), fill=random.randint(90, 190))
    darkest = 205 if look.bilevel else 150
    for step in range(24):
        pen.line((step, 0, step, _SIZE[1]), fill=min(_PAPER, darkest + 4 * step))
    return ImageChops.darker(page, marks)


def _scan(page: Image.Image, look: Look, random: Random) -> Image.Image:
    """What the scanner makes of the sheet: turned a little, softened, grainy, paper not quite white."""
    angle = look.skew + random.uniform(-0.04, 0.04)
    turned = _marked(page, look, random).rotate(angle, Image.Resampling.BICUBIC, fillcolor=_PAPER)
    soft = turned.filter(ImageFilter.GaussianBlur(0.7))
    toned = soft.point([round(16 + value * 0.905) for value in range(256)])
    grain = _grain(random, share=0.25 if look.bilevel else 0.09)
    grey = ImageChops.add(toned, grain, 1, -128)
    return grey.point([0 if value < 158 else 255 for value in range(256)], "1") if look.bilevel else grey


def scanned_pages(letter: Letter) -> list[Image.Image]:
    """The pages of the letter as a scanner delivers them, the same every time."""
    random = Random(letter.look.seed)
    pages = [_first_page(letter, random)]
    for number, blocks in enumerate(letter.further, start=2):
        pages.append(_further_page(letter, blocks, number, random))  # one by one: each draws from `random`
    return [_scan(page, letter.look, random) for page in pages]


def pdf_of(pages: list[Image.Image]) -> bytes:
    """An image-only PDF: bilevel pages as CCITT G4, grey pages as JPEG; no dates, no identifiers."""
    layout = img2pdf.get_layout_fun((img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297)))
    whole: bytes = img2pdf.convert(
        [_encoded(page) for page in pages],
        layout_fun=layout,
        engine=img2pdf.Engine.internal,
        producer="Dokumentenscanner 1",
        nodate=True,
    )
    return whole


def _encoded(page: Image.Image) -> bytes:
    target = io.BytesIO()
    if page.mode == "1":
        page.save(target, "TIFF", compression="group4", dpi=(DPI, DPI))
    else:
        page.save(target, "JPEG", quality=_JPEG_QUALITY, optimize=True, dpi=(DPI, DPI))
    return target.getvalue()
