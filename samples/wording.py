"""Letters by the thousand for measuring the distribution, from the wordings of letter_pools/.

They are set as DIN 5008 letters and read through a noisy channel like a text recognition. Everyone is invented. Rules
were built with the wordings `train` and `dev`, the learned model with `train`; `held` is for measuring alone, and so is
`probe`, which is written in another voice and was never looked at letter by letter.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from pipelines.scan.words import Block, Line, PageWords, Word
from samples.letter_senders import Sender, sender
from samples.noise import noisy

__all__ = ["Example", "Pool", "letters", "wordings"]

Pool = Literal["train", "dev", "held", "probe"]
_POOLS = Path(__file__).resolve().parent / "letter_pools"
_DPI, _MM = 300.0, 300 / 25.4
_UNITS = {
    "10/1": (
        "Büro für Ratsangelegenheiten",
        "Ratsbüro",
    ),
    "10/2": ("Büro für Verwaltungssteuerung",),
    "11": (
        "Bereich Personal",
        "Personalabteilung",
    ),
    "12": (
        "Bereich Medien- und Öffentlichkeitsarbeit",
        "Pressestelle",
    ),
    "14": ("Rechnungsprüfungsamt",),
    "16": ("Bereich EDV",),
    "21": (
        "Bereich Buchhaltung",
        "Stadtkasse",
    ),
    "22": (
        "Bereich Steuern und Gebühren",
        "Steueramt",
    ),
    "25": (
        "Zentraler Einkauf",
        "Bereich Zentraler Einkauf und Servicebetriebe",
    ),
    "30": (
        "Bereich Recht",
        "Rechtsamt",
    ),
    "40": ("Büro für Europaangelegenheiten",),
    "41/2": (
        "Stadtarchiv",
        "Abteilung Archiv",
    ),
    "50": (
        "Ressortreferat Soziales",
        "Wohngeldstelle",
    ),
    "51": (
        "Bereich Jugend",
        "Jugendamt",
    ),
    "52": ("Bereich Grundsicherung",),
    "54": ("Sportbüro",),
    "63": (
        "Statistikstelle",
        "Bereich Statistikstelle",
    ),
}
_ELSEWHERE = (
    "Bauordnungsamt",
    "Ordnungsamt",
    "Bürgerservice",
    "Standesamt",
    "Friedhofsverwaltung",
    "Straßenverkehrsamt",
)
_GREETINGS = (
    "Sehr geehrte Damen und Herren,",
    "Guten Tag,",
    "Sehr geehrte Frau Bergmann,",
    "Hallo,",
    "Sehr geehrter Herr Lange,",
)
_CLOSES = ("Mit freundlichen Grüßen", "Freundliche Grüße", "Hochachtungsvoll", "Mit freundlichem Gruß", "Viele Grüße")
_PADDING = (
    "Für Rückfragen stehe ich Ihnen gern zur Verfügung.", "Bitte bestätigen Sie mir den Eingang dieses Schreibens.",
    "Ich bitte um eine kurze schriftliche Antwort.", "Über eine zeitnahe Bearbeitung würde ich mich freuen.",
    "Sie erreichen mich tagsüber unter der oben genannten Telefonnummer.", "Vielen Dank für Ihre Mühe im Voraus.",
    "Die nötigen Unterlagen habe ich in Kopie beigelegt.", "Wie am Telefon besprochen, schreibe ich Ihnen noch einmal.",
)  # fmt: skip
_NOISE_LEVELS = (0.0, 0.005, 0.01, 0.02, 0.03)


@dataclass(frozen=True, slots=True)
class Example:
    """A letter as it would be recognised, and what it is. `source`: its wording. `invoice`: only for invoices."""

    pages: tuple[PageWords, ...]
    document_type: str | None
    unit: str | None
    source: str = ""
    original: bool = False
    closed: bool = False
    envelope: bool = False
    addressed: bool = False
    sureness: float = 0.95
    invoice: dict[str, str] = field(default_factory=dict)


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    return tuple(
        entry for path in sorted(_POOLS.glob("*.yaml")) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    )


def _wordings(entry: dict[str, Any], pool: Pool) -> list[dict[str, Any]]:
    """Subject `s` and text `b`, or the `lines` of an envelope; written short: 'subject :: text'."""
    given = entry.get(pool, ())
    return [_short(each) if isinstance(each, str) else each for each in given]


def _short(wording: str) -> dict[str, Any]:
    subject, _, body = wording.partition("::")
    return {"s": subject.strip(), "b": body.strip()}


def wordings(pool: Pool) -> Iterator[str]:
    """Subject and text, or the lines of an envelope, of every wording of the pool."""
    for entry in _entries():
        for wording in _wordings(entry, pool):
            yield "\n".join(wording.get("lines") or (wording["s"], wording["b"]))


def letters(pool: Pool, each: int, seed: int = 5) -> Iterator[Example]:
    """`each` letters of every wording of the pool, and odd ones: foreign, unreadable, empty."""
    for entry in _entries():
        for number, wording in enumerate(_wordings(entry, pool)):
            for turn in range(each):
                key = f"{seed}/{entry['type']}/{entry['unit']}/{pool}/{number}/{turn}"
                said = " ".join(wording.get("lines") or (wording["s"], wording["b"]))
                yield replace(_example(entry, wording, random.Random(key)), source=said)
    for turn in range(each):
        yield from _odd(random.Random(f"{seed}/odd/{turn}"))


def _example(entry: dict[str, Any], wording: dict[str, Any], chance: random.Random) -> Example:
    unit, kind = wording.get("unit", entry["unit"]), entry["type"]
    truth = {"closed": entry.get("closed", False), "original": wording.get("original", entry.get("original", False))}
    noise = chance.choice(_NOISE_LEVELS)
    if "lines" in wording:
        rows = [(95.0, 100.0 + 9 * at, line) for at, line in enumerate(wording["lines"])]
        return Example((_page(rows, noise, chance),), kind, unit, **truth, envelope=True, sureness=_sureness(noise))
    fill = _slots(chance)
    who = sender(entry["sender"], chance)
    named = chance.random() < 0.5
    office = chance.choice(_UNITS[unit]) if unit and named else ""
    if unit is None and chance.random() < 0.3 and kind not in ("werbung",):
        office = chance.choice(_ELSEWHERE)
    if unit == "21" and kind in ("rechnung", "mahnung", "gutschrift") and named:
        office = chance.choice(chance.choice(list(_UNITS.values())))
    rows = _head(who, office, unit, fill, chance)
    rows, invoice = _text(rows, entry, wording, who, fill, chance)
    return Example(
        (_page(rows, noise, chance),), kind, unit, **truth, addressed=bool(office), sureness=_sureness(noise),
        invoice=invoice,
    )  # fmt: skip


def _slots(chance: random.Random) -> dict[str, str]:
    day = date(2026, 11, 16) - timedelta(days=chance.randrange(3, 60))
    return {
        "name": chance.choice(("Krause", "Yilmaz", "Petersen", "Nowak", "Hoffmeister")),
        "strasse": chance.choice(("Lerchenweg 4", "Baarstraße 112", "Am Dickenturm 9", "Hagener Straße 31")),
        "datum": f"{day:%d.%m.%Y}",
        "betrag": f"{chance.randrange(40, 900)},{chance.randrange(100):02d}",
        "nr": chance.choice(("2026-{}", "RE{}", "{}", "26/{}")).format(chance.randrange(1000, 99999)),
        "jahr": "2026",
        "az": f"0120.{chance.randrange(1000, 9999)}.{chance.randrange(1000, 9999)}",
        "kennzeichen": f"MK-{chance.choice('ABCDE')}X {chance.randrange(10, 999)}",
    }


Rows = list[tuple[float, float, str]]


def _head(who: Sender, office: str, unit: str | None, fill: dict[str, str], chance: random.Random) -> Rows:
    """Letterhead, return line, address window of form A or B, information block right or below."""
    top = chance.choice((27.0, 45.0))
    rows: Rows = [(25.0 if chance.random() < 0.7 else 120.0, 12.0 + 5 * at, line) for at, line in enumerate(who.head)]
    if chance.random() < 0.6:
        rows.append((25.0, top + 4, f"{who.head[0]} · {who.head[-1]}"))
    city = chance.choice(("Stadt Iserlohn", "Stadtverwaltung Iserlohn", "An die Stadt Iserlohn", "Stadt Iserlohn"))
    window = [
        city,
        *([office] if office else [chance.choice(("", "Der Bürgermeister", ""))]),
        "Schillerplatz 7",
        "58636 Iserlohn",
    ]
    if office and chance.random() < 0.3:
        window[0], window[1] = (
            (window[1], "der Stadt Iserlohn") if chance.random() < 0.5 else (window[0], f"- {office} -")
        )
    rows += [(25.0, top + 10 + 5 * at, line) for at, line in enumerate(line for line in window if line)]
    labels = [f"Datum: {fill['datum']}"]
    if unit and unit != "21" and chance.random() < 0.12:
        labels.insert(
            0,
            f"Ihr Zeichen: {unit}-{chance.randrange(10, 60)}.{chance.randrange(10, 40)}/{chance.randrange(100, 9999)}",
        )
    if who.reference:
        labels.append(f"Unser Zeichen: {who.reference}")
    if chance.random() < 0.6:
        rows += [(125.0, top + 12 + 5 * at, line) for at, line in enumerate(labels)]
    else:
        rows += [(25.0, top + 42 + 5 * at, line) for at, line in enumerate(labels)]
    return rows


def _text(
    rows: Rows, entry: dict[str, Any], wording: dict[str, Any], who: Sender, fill: dict[str, str], chance: random.Random
) -> tuple[Rows, dict[str, str]]:
    low = max(y for _, y, _ in rows) + 12
    marked = "Betreff: " if chance.random() < 0.15 else ""
    invoice: dict[str, str] = {}
    lines = ["", *(_wrapped(marked + wording["s"].format(**fill)) if wording["s"] else ()), ""]
    parts = [part.format(**fill) for part in wording["b"].split("|")]
    if entry.get("layout") == "invoice":
        table, invoice = _invoice(fill, who, chance)
        if fill["nr"] not in lines[1]:
            lines.insert(1, f"{'Gutschrift' if entry['type'] == 'gutschrift' else 'Rechnungs'}nummer: {fill['nr']}")
        lines += [
            chance.choice(_GREETINGS),
            "",
            *_wrapped(parts[0]),
            *table,
            *(_wrapped(parts[1]) if parts[1:] else ()),
        ]
    else:
        padding = chance.sample(_PADDING, chance.randrange(0, 3))
        lines += [chance.choice(_GREETINGS), "", *_wrapped(" ".join([*parts, *padding]))]
    lines += ["", chance.choice(_CLOSES), "", who.signer]
    for line in lines:
        low += 5
        if line:
            rows.append((25.0, low, line))
    rows += [(25.0, 275.0 + 4 * at, line) for at, line in enumerate(who.footer)]
    return rows, invoice


def _invoice(fill: dict[str, str], who: Sender, chance: random.Random) -> tuple[list[str], dict[str, str]]:
    net = chance.randrange(2000, 400000)
    rate = chance.choice((19, 19, 7))
    tax = round(net * rate / 100)
    words = chance.choice(
        (("Nettobetrag", "Rechnungsbetrag"), ("Zwischensumme", "Gesamtbetrag"), ("Summe netto", "Endbetrag brutto"))
    )
    money = lambda cents: f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"  # noqa: E731
    table = [
        "Pos. Bezeichnung Menge Einzelpreis Gesamt",
        f"1 Leistung laut Auftrag 1 {money(net)} {money(net)}",
        f"{words[0]} {money(net)} EUR",
        f"zzgl. {rate} % MwSt. {money(tax)} EUR",
        f"{words[1]} {money(net + tax)} EUR",
    ]
    gross = f"{(net + tax) // 100}.{(net + tax) % 100:02d}"
    return table, {"number": fill["nr"], "gross": gross, "iban": who.iban}


def _odd(chance: random.Random) -> Iterator[Example]:
    """What nobody may guess at: an empty sheet, a foreign letter, handwriting read as rubbish."""
    yield Example((_page([], 0.0, chance),), None, None)
    for text in (
        "Dear Sir or Madam, we are writing to you about the school exchange with your town. Please let us know whether "
        "you are able to receive our students in May. We would be happy to have your answer. Yours sincerely",
        "Sayın yetkililer, size bu mektubu oturum iznim için yazıyorum. Lütfen bana bir randevu verin, çok teşekkür "
        "ederim. "
        "Eşim ve çocuklarım da benimle birlikte gelecek. Saygılarımla",
        "Dzień dobry, proszę o informację, jak mogę zameldować się w mieście i jakie dokumenty są potrzebne. Nie znam "
        "dobrze języka, dlatego piszę po polsku. Z góry dziękuję za odpowiedź.",
    ):
        rows: Rows = [
            (25.0, 50.0 + 5 * at, line)
            for at, line in enumerate(["Stadt Iserlohn", "Schillerplatz 7", "58636 Iserlohn", "", *_wrapped(text)])
        ]
        yield Example((_page([row for row in rows if row[2]], 0.0, chance),), None, None)
    rubbish = ["".join(chance.choice("ilnmuvwaecrs.,'/- ") for _ in range(60)) for _ in range(18)]
    yield Example(
        (_page([(25.0, 40.0 + 8 * at, line) for at, line in enumerate(rubbish)], 0.0, chance),),
        None,
        None,
        sureness=0.4,
    )


def _wrapped(text: str, width: int = 84) -> list[str]:
    """Lines of at most so many signs; '//' in the text begins a new one."""
    if "//" in text:
        return [line for part in text.split("//") for line in _wrapped(part, width)]
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines


def _page(rows: Rows, noise: float, chance: random.Random) -> PageWords:
    """The rows from top to bottom as lines with boxes; rows of the same height are sometimes read as one line."""
    by_height: dict[int, Rows] = {}
    for x, y, text in rows:
        if text and not (noise > 0.015 and chance.random() < noise / 2):
            by_height.setdefault(round(y / 2.5), []).append((x, y, noisy(text, noise, chance)))
    blocks: list[Block] = []
    for height in sorted(by_height):
        parts = [_words(*row) for row in sorted(by_height[height])]
        together = len(parts) > 1 and chance.random() < 0.5
        for words in [[word for part in parts for word in part]] if together else parts:
            if words:
                blocks.append(Block((Line(tuple(words)),)))
    return PageWords(1, 2480, 3508, _DPI, tuple(blocks), languages="deu")


def _words(x: float, y: float, text: str) -> list[Word]:
    words, at = [], x
    for part in text.split():
        width = 2.0 * len(part)
        words.append(
            Word(part, round(at * _MM), round(y * _MM), round((at + width) * _MM), round((y + 3.2) * _MM), 0.95)
        )
        at += width + 1.6
    return words


def _sureness(noise: float) -> float:
    return round(0.96 - 4 * noise, 2)
