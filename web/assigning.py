"""The grid of the account assignment as it was sent: read line by line, parts by per cent, input kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from pipelines.invoice.german import amount as german_amount
from records.assignments import split
from schemas.accounting import AccountAssignment
from schemas.errors import BadInput
from schemas.typed import read_amount

__all__ = ["GridLine", "grid_of", "lines_in", "sent_grid"]

_MOST = 200
_LONGEST = 64
_YEAR = re.compile(r"20\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class GridLine:
    """One line of the form, as text. Either `amount` in euros, or `percent` of what the amounts leave."""

    fiscal_year: str = ""
    product: str = ""
    account: str = ""
    cost_center: str = ""
    cost_object: str = ""
    investment: str = ""
    commitment: str = ""
    tax_code: str = ""
    business_share: str = ""
    amount: str = ""
    percent: str = ""
    text: str = ""

    @property
    def empty(self) -> bool:
        """Nothing in it but the year, which is filled in beforehand."""
        return not any(getattr(self, each.name) for each in fields(self) if each.name != "fiscal_year")


def sent_grid(form: Mapping[str, str]) -> tuple[GridLine, ...]:
    """What stands in the lines of the form, without NUL and blanks around."""
    count = form.get("lines", "")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    if number > _MOST:
        raise BadInput(f"Mehr als {_MOST} Zeilen sind nicht möglich.")
    names = [each.name for each in fields(GridLine)]
    return tuple(
        GridLine(**{name: form.get(f"{name}_{line}", "").replace("\0", "").strip()[:255] for name in names})
        for line in range(1, number + 1)
    )


def lines_in(grid: tuple[GridLine, ...], payable: Decimal) -> tuple[AccountAssignment, ...]:
    """The filled lines as values; BadInput with the line for what cannot be read."""
    filled = [line for line in grid if not line.empty]
    amounts = _amounts(filled, payable)
    return tuple(
        AccountAssignment(
            line=number,
            fiscal_year=_year(line.fiscal_year, number),
            product=_number(line.product, number),
            account=_number(line.account, number),
            amount=amount,
            cost_center=_number(line.cost_center, number),
            cost_object=_number(line.cost_object, number),
            investment=_number(line.investment, number),
            commitment=_number(line.commitment, number),
            tax_code=_number(line.tax_code, number),
            business_share=_percent(line.business_share, number, "BgA-Anteil") / 100,
            text=line.text,
        )
        for number, (line, amount) in enumerate(zip(filled, amounts, strict=True), 1)
    )


def grid_of(lines: tuple[AccountAssignment, ...]) -> tuple[GridLine, ...]:
    """Kept or proposed lines as they stand in the form."""
    return tuple(
        GridLine(
            fiscal_year=str(line.fiscal_year),
            product=line.product,
            account=line.account,
            cost_center=line.cost_center,
            cost_object=line.cost_object,
            investment=line.investment,
            commitment=line.commitment,
            tax_code=line.tax_code,
            business_share=_share(line.business_share),
            amount=german_amount(line.amount, "EUR").replace("EUR", "").replace("€", "").strip(),
            text=line.text,
        )
        for line in lines
    )


def _amounts(filled: list[GridLine], payable: Decimal) -> list[Decimal]:
    """Amounts as entered; lines in per cent share what is left, and the last of them gets the rounding."""
    entered = [_amount(line, number) for number, line in enumerate(filled, 1)]
    shared = [place for place, amount in enumerate(entered) if amount is None]
    percents = [_percent(filled[place].percent, place + 1, "Anteil") for place in shared]
    whole = sum(percents, Decimal(0))
    if shared and whole != 100:
        raise BadInput(f"Die Anteile ergeben zusammen {whole.normalize():f} %, nötig sind 100 %.")
    left = payable - sum((amount for amount in entered if amount is not None), Decimal(0))
    parts = iter(split(left, percents)) if shared else iter(())
    return [next(parts) if amount is None else amount for amount in entered]


def _amount(line: GridLine, number: int) -> Decimal | None:
    if line.percent and line.amount:
        raise BadInput(f"Zeile {number}: bitte entweder einen Betrag oder einen Anteil eintragen.")
    if line.percent:
        return None
    if not line.amount:
        raise BadInput(f"Zeile {number}: Betrag oder Anteil fehlt.")
    try:
        return read_amount(line.amount)
    except ValueError as error:
        raise BadInput(f"Zeile {number}: Betrag {error}") from None


def _percent(text: str, number: int, label: str) -> Decimal:
    if not text:
        return Decimal(0)
    plain = text.rstrip(" %").replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", plain, re.ASCII) or Decimal(plain) > 100:
        raise BadInput(f"Zeile {number}: {label} {text[:20]!r} ist keine Zahl zwischen 0 und 100.")
    return Decimal(plain)


def _share(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}".replace(".", ",") if share else ""


def _year(text: str, number: int) -> int:
    if not _YEAR.fullmatch(text):
        raise BadInput(f"Zeile {number}: Haushaltsjahr {text[:20]!r} ist kein Jahr.")
    return int(text)


def _number(text: str, number: int) -> str:
    if len(text) > _LONGEST:
        raise BadInput(f"Zeile {number}: eine Nummer ist länger als {_LONGEST} Zeichen.")
    return text
