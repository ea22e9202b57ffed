"""PE-UST-ID and PE-STEUERNUMMER: VAT identifiers and German tax numbers, by form and check digit only.

Whether an identifier is given out to that company is known to the Federal Central Tax Office alone.
"""

import re
from collections.abc import Iterator

from pipelines.invoice.checks.said import Context, hint, shown, warning
from schemas.invoice import Invoice
from schemas.validation import Finding

__all__ = ["check_tax_number", "check_vat_ids", "vat_id_problem"]

_VAT, _TAX = "PE-UST-ID", "PE-STEUERNUMMER"
_SEPARATORS = re.compile(r"[\s/.-]+")
_VAT_FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}",
    "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}", "LT": r"(?:\d{9}|\d{12})", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{10}\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}",
    "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"(?:\d{9}|\d{12}|(?:GD|HA)\d{3})",
}  # fmt: skip
_VAT_PATTERNS = {country: re.compile(form, re.ASCII) for country, form in _VAT_FORMS.items()}
_LOCAL = re.compile(r"[0-9]{10,11}")
_UNIFIED = re.compile(r"(?:10|11|21|22|23|24|26|27|28|30|31|32|40|41|5[0-9]|9[0-9])[0-9]{2}0[0-9]{8}")
"""The unified federal form: four digits of the tax office, whose first name the state, a zero, eight more."""
_GERMAN_VAT = re.compile(r"DE[0-9]{9}")


def check_vat_ids(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """Seller (BT-31), buyer (BT-48), tax representative (BT-63)."""
    representative = invoice.tax_representative
    for term, name, value in (
        ("BT-31", "USt-IdNr. des Verkäufers", invoice.seller.vat_id),
        ("BT-48", "USt-IdNr. des Käufers", invoice.buyer.vat_id),
        ("BT-63", "USt-IdNr. des Steuervertreters", representative.vat_id if representative else None),
    ):
        if value is not None and (problem := vat_id_problem(value)):
            yield warning(
                _VAT, term, f"{name} ({term}): {shown(value)} {problem}. Bitte beim Rechnungssteller nachfragen."
            )


def check_tax_number(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """The seller's tax number (BT-32), if the seller is German or does not say."""
    number, address = invoice.seller.tax_number, invoice.seller.address
    if number is None or (address and address.country not in (None, "DE")):
        return
    compact = _SEPARATORS.sub("", number[:100]).upper()
    if _GERMAN_VAT.fullmatch(compact):
        yield hint(
            _TAX,
            "BT-32",
            f"Als Steuernummer des Verkäufers (BT-32) steht {shown(number)}; das hat die Form einer USt-IdNr. und "
            "gehört in BT-31. Bitte den Rechnungssteller darauf hinweisen.",
        )
    elif not (_LOCAL.fullmatch(compact) or _UNIFIED.fullmatch(compact)):
        yield warning(
            _TAX,
            "BT-32",
            f"Steuernummer des Verkäufers (BT-32): {shown(number)} hat nicht die Form einer deutschen Steuernummer "
            "(10 oder 11 Ziffern, bundeseinheitlich 13). Bitte beim Rechnungssteller nachfragen.",
        )


def vat_id_problem(text: str) -> str | None:
    """What is wrong with a VAT identifier of the EU (German), or None; those of other countries are not judged."""
    value = _SEPARATORS.sub("", text[:100]).upper()
    country = "EL" if value[:2] == "GR" else value[:2]
    pattern = _VAT_PATTERNS.get(country)
    if pattern is None:
        return (
            None if country.isascii() and country.isalpha() and len(country) == 2 else "beginnt mit keinem Länderkürzel"
        )
    if not pattern.fullmatch(value[2:]):
        return f"hat nicht die Form einer USt-IdNr. aus {country}"
    if country == "DE" and not _german_check_digit_holds(value[2:]):
        return "hat eine falsche Prüfziffer"
    return None


def _german_check_digit_holds(digits: str) -> bool:
    """ISO/IEC 7064 MOD 11,10 over nine digits, the last one being the check digit."""
    product = 10
    for digit in digits[:8]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(digits[8])
