"""PE-IBAN: account numbers (BT-84, BT-91) by length and check digits, bank identifiers (BT-86) by form."""

import re
from collections.abc import Iterator

from pipelines.invoice.checks.said import Context, shown, warning
from pipelines.invoice.german import is_iban
from schemas.invoice import Invoice
from schemas.payment import PaymentMeans
from schemas.validation import Finding

__all__ = ["check_accounts", "iban_problem"]

_RULE = "PE-IBAN"
_SEPA_CODES = ("58", "59")
"""UNTDID 4461: SEPA credit transfer and SEPA direct debit; their accounts are IBANs, others may be anything."""
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_WITH_IBAN = re.compile(r"[A-Z0-9]{15,34}")
_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip
_ASK = "Bitte vor einer Zahlung mit den Stammdaten vergleichen und beim Rechnungssteller nachfragen."


def check_accounts(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """Every account and every bank of the payment instructions, each saying once what is wrong."""
    for means in invoice.payment:
        for transfer in means.transfers:
            yield from _account(means, transfer.account, "BT-84", "Kontonummer des Zahlungsempfängers")
            yield from _bank(transfer.bank)
        if means.direct_debit:
            yield from _account(means, means.direct_debit.account, "BT-91", "Konto, das belastet wird")


def iban_problem(text: str) -> str | None:
    """What is wrong with an IBAN (German), or None. ISO 13616: length by country, ISO 7064 MOD 97-10."""
    value = "".join(text.split()).upper()
    if not _WITH_IBAN.fullmatch(value) or not is_iban(value):
        return "hat nicht die Form einer IBAN"
    length = _LENGTHS.get(value[:2])
    if length is not None and len(value) != length:
        return f"hat {len(value)} Stellen, eine IBAN aus {value[:2]} hat {length}"
    digits = "".join(str(int(character, 36)) for character in value[4:] + value[:4])
    return None if int(digits) % 97 == 1 else "hat falsche Prüfziffern"


def _account(means: PaymentMeans, account: str | None, term: str, name: str) -> Iterator[Finding]:
    if account is None or not (means.code in _SEPA_CODES or is_iban(account)):
        return
    if problem := iban_problem(account):
        yield warning(_RULE, term, f"{name} ({term}): {shown(account)} {problem}. {_ASK}")


def _bank(bank: str | None) -> Iterator[Finding]:
    if bank is None or _BIC.fullmatch("".join(bank.split()).upper()):
        return
    yield warning(
        _RULE,
        "BT-86",
        f"Kennung der Bank (BT-86): {shown(bank)} hat nicht die Form eines BIC (8 oder 11 Stellen). {_ASK}",
    )
