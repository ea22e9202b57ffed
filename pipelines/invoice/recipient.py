"""For whom an invoice is: the legal entity (Mandant) it is registered for, and what speaks against it."""

import re
import unicodedata

from config.register_config import LegalEntity, RegisterRules
from pipelines.invoice.leitweg import normalised
from schemas.invoice import Invoice

__all__ = ["legal_entity_of"]

_WORDS = re.compile(r"[^\W_]+")


def legal_entity_of(invoice: Invoice, rules: RegisterRules) -> tuple[LegalEntity, str | None]:
    """The one its Leitweg-ID (BT-10), VAT id (BT-48) or name (BT-44) says, in this order; else the first.

    With it, in German, why a person must look: they contradict each other, or name nobody of ours.
    """
    leitweg = _by_leitweg(invoice.buyer_reference, rules)
    vat, name = invoice.buyer.vat_id, invoice.buyer.name
    by_vat, by_name = _by_vat(vat, rules), _by_name(name, rules)
    chosen = leitweg or by_vat or by_name or rules.legal_entities[0]
    for said, entity in ((f"die USt-IdNr. {vat}", by_vat), (f"„{name}“ als Empfänger", by_name)):
        if entity is not None and entity != chosen:
            return chosen, f"Falscher Rechtsträger: Die Rechnung gehört zu {chosen.name}, nennt aber {said}."
    if vat and by_vat is None and chosen.vat_id:
        return chosen, f"Falscher Rechtsträger: Die USt-IdNr. {vat} des Empfängers gehört keinem Mandanten."
    if name and by_name is None:
        return (
            chosen,
            f"Unbekannter Rechtsträger: „{name}“ als Empfänger ist keiner der Mandanten.",
        )
    return chosen, None


def _by_leitweg(reference: str | None, rules: RegisterRules) -> LegalEntity | None:
    number = normalised(reference or "")
    return next((entity for entity in rules.legal_entities if number in entity.leitweg_ids), None)


def _by_vat(vat: str | None, rules: RegisterRules) -> LegalEntity | None:
    said = _joined(vat)
    return next((entity for entity in rules.legal_entities if said and said == _joined(entity.vat_id)), None)


def _by_name(name: str | None, rules: RegisterRules) -> LegalEntity | None:
    """All words of a known name stand in what the invoice says; the longest such name decides."""
    said = _words(name)
    found = [
        (len(words), entity)
        for entity in rules.legal_entities
        for known in (entity.name, *entity.names)
        if (words := _words(known)) and words <= said
    ]
    return max(found, key=lambda each: each[0])[1] if found else None


def _joined(text: str | None) -> str:
    return "".join(_WORDS.findall((text or "").casefold()))


def _words(text: str | None) -> frozenset[str]:
    return frozenset(_WORDS.findall(unicodedata.normalize("NFKC", text or "").casefold()))
