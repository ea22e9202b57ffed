"""What a letter says and what a clerk types, made comparable: one spelling for both databases.

Words are compared in lower case and without accents, ß as ss. Whoever types Müller also finds Mueller and Muller,
whoever types Mueller also finds Müller. Nothing a person types is an operator but quotation marks and a final star.
"""

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

__all__ = ["Spelling", "Term", "folded", "readable", "terms_of", "text_of_html"]

LONGEST_QUERY = 200
MOST_TERMS = 10
LONGEST_TEXT = 250_000
"""Letters (and bytes of folded words) that are searched: about 100 pages, and PostgreSQL's limit for one vector."""
_LONGEST_WORD = 64
_IMPLICIT = 4
_STARRED = 2

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_UNDIVIDED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
_WRITTEN_OUT = re.compile(r"([ao])e|(?<![aeoq])(u)e")
"""ae, oe, ue for an umlaut; never the ue of 'neue', 'Bauer', 'Steuer', 'Quelle'."""
_LINE_END = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\s*\n\s*(?=[a-zäöüß])(?!(?:und|oder|bzw|sowie)\b)")
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_TYPED = str.maketrans("„“”«»", '"""""', "\0")


@dataclass(frozen=True, slots=True)
class Spelling:
    """Folded words that follow each other; if `begins`, the last is the beginning of a word."""

    words: tuple[str, ...]
    begins: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found: `said` as typed, any of its spellings; `exact` if it stood in quotes."""

    said: str
    spellings: tuple[Spelling, ...]
    exact: bool


def folded(text: str) -> str:
    """The words of a text, parted by one blank each; only letters and digits are left."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_UNDIVIDED)
    words = " ".join(word[:_LONGEST_WORD] for word in _WORD.findall(_ACCENTS.sub("", plain)))
    return words.encode("utf-8", "ignore")[:LONGEST_TEXT].decode("utf-8", "ignore")


def readable(text: str) -> str:
    """A recognised text as one line: words divided at the end of a line are whole again, ligatures are letters."""
    joined = _LINE_END.sub("", unicodedata.normalize("NFKC", text)).replace("\0", "").replace("\u00ad", "")
    return " ".join(joined.encode("utf-8", "ignore").decode().split())[:LONGEST_TEXT]


def terms_of(query: str) -> tuple[Term, ...]:
    """Whatever is typed means something: words, "a phrase", the beginning of a wor*; beyond the limits it is cut."""
    typed = query[:LONGEST_QUERY].translate(_TYPED).encode("utf-8", "ignore").decode()
    found = (_word(match[2]) if match[1] is None else _phrase(match[1]) for match in _TERM.finditer(typed))
    return tuple(term for term in found if term.said)[:MOST_TERMS]


def _word(typed: str) -> Term:
    said, starred = typed.strip("*"), typed.endswith("*")
    spellings = tuple(Spelling(words, _is_beginning(words[-1], starred)) for words in _spelled(said))
    return Term(said, spellings, exact=False)


def _is_beginning(word: str, starred: bool) -> bool:
    """German compounds begin with what is looked for; but not numbers, and not the many words of two or three."""
    return len(word) >= _STARRED if starred else len(word) >= _IMPLICIT and word.isalpha()


def _phrase(typed: str) -> Term:
    said = " ".join(typed.split())
    return Term(said, tuple(Spelling(words, begins=False) for words in _spelled(said)), exact=True)


def _spelled(said: str) -> list[tuple[str, ...]]:
    """As typed, with umlauts written out, with written-out umlauts as such."""
    typed = folded(said)
    out = folded(unicodedata.normalize("NFC", said).translate(_UMLAUTS))
    ways = dict.fromkeys((typed, out, _WRITTEN_OUT.sub(r"\1\2", typed)))
    return [tuple(way.split()) for way in ways if way]


def text_of_html(html: str) -> str:
    """What a reader of the page sees, tags stripped."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(reader.seen)


class _Reader(HTMLParser):
    _UNSEEN = frozenset({"head", "script", "style"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in self._UNSEEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in self._UNSEEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)
