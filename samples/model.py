"""What a sample letter consists of: sender, look, wording as blocks, and the expected outcome."""

from dataclasses import dataclass

__all__ = ["Block", "Heading", "Letter", "Look", "Rows", "Sender", "iban"]

_FAKE_BANK_CODE = "99900099"  # not assigned by the Bundesbank


def iban(account: int) -> str:
    """A German IBAN with valid check digits at a bank that does not exist, in groups of four."""
    basic = f"{_FAKE_BANK_CODE}{account:010d}"
    check = 98 - int(basic + "131400") % 97
    whole = f"DE{check:02d}{basic}"
    return " ".join(whole[start : start + 4] for start in range(0, len(whole), 4))


@dataclass(frozen=True, slots=True)
class Rows:
    """Label and value side by side, one pair a line."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A bold line between paragraphs."""

    text: str


Block = str | Rows | Heading


@dataclass(frozen=True, slots=True)
class Sender:
    """Letterhead, the small line above the address, and the footer columns."""

    name: str
    below: str
    street: str
    town: str
    contact: tuple[str, ...]
    footer: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How the paper was printed and scanned: face, size in points, skew in degrees, bilevel or grey."""

    face: str
    points: float
    skew: float
    bilevel: bool
    seed: int
    centred_head: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: first page as blocks, further pages as blocks, and the expected outcome."""

    stem: str
    document_type: str
    unit: str | None
    state: str
    look: Look
    sender: Sender
    addressee: tuple[str, ...]
    date: str
    subject: str
    greeting: str
    body: tuple[Block, ...]
    signer: str
    enclosures: str
    further: tuple[tuple[Block, ...], ...] = ()
