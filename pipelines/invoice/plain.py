"""The invoice for the terminal: every term it has, in the order accountants read, in aligned columns of plain text."""

import textwrap
from collections.abc import Iterable, Iterator
from decimal import Decimal

from pipelines.invoice import codes, german
from pipelines.invoice.plain_lines import lines_table
from pipelines.invoice.plain_parts import Row, allowance, coded, days, fields, identifier, ruled, said, vat
from pipelines.invoice.render import discounts, marks, payable_label
from schemas.invoice import Address, AdvancePayment, Invoice, Party
from schemas.payment import PaymentMeans

__all__ = ["invoice_text"]

_LABEL = 35


def invoice_text(invoice: Invoice) -> str:
    """The whole invoice, as lines of at most some hundred characters."""
    sections: dict[str, str] = {
        _heading(invoice): fields(_summary(invoice)),
        "Nicht alles im Datensatz ließ sich lesen": _list(invoice.problems),
        "Rechnungssteller": fields(_party(invoice.seller)),
        "Angaben zur Rechnung": fields(_facts(invoice)),
        "Positionen": lines_table(invoice.lines, invoice.currency) or "Der Datensatz enthält keine Positionen.",
        "Nachlässe und Zuschläge": fields(_allowances(invoice)),
        "Summen": _sums(invoice),
        "Aufschlüsselung der Umsatzsteuer": fields(_breakdown(invoice)),
        "Zahlung": fields(_payment(invoice)),
        "Abweichender Zahlungsempfänger": fields(_party(invoice.payee)),
        "Bezüge": fields(_references(invoice)),
        "Rechnungsempfänger": fields(_party(invoice.buyer)),
        "Abweichender Rechnungsempfänger": fields(_party(invoice.invoicee)),
        "Lieferung": fields(_delivery(invoice)),
        "Steuervertreter des Rechnungsstellers": fields(_party(invoice.tax_representative)),
        "Hinweise": fields((coded(codes.NOTE_SUBJECTS, note.subject_code), note.text) for note in invoice.notes),
        "Anlagen": fields(_attachments(invoice)),
        "Vorherige Rechnungen": fields(
            (
                said(earlier.number) or "ohne Nummer",
                f"vom {german.day(earlier.issued_on)}" if earlier.issued_on else "–",
            )
            for earlier in invoice.preceding
        ),
        "Datensatz": fields(
            (
                ("Syntax", invoice.syntax.value),
                ("Spezifikation", invoice.specification),
                ("Geschäftsprozess", invoice.process),
            )
        ),
    }
    return "\n\n".join(f"{ruled(title)}\n{text}" for title, text in sections.items() if text) + "\n"


def _heading(invoice: Invoice) -> str:
    return f"{codes.heading(invoice.type_code)} {said(invoice.number)[:60]}".strip()


def _summary(invoice: Invoice) -> Iterator[Row]:
    yield "Von", invoice.seller.name or "–"
    yield "Vom", invoice.issued_on
    if invoice.totals.payable is not None:
        yield payable_label(invoice), german.amount(invoice.totals.payable, invoice.currency)
    yield "Fällig am", invoice.due_on
    for sentence in marks(invoice):
        yield "Achtung", sentence


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(
        textwrap.fill(said(sentence), 100, initial_indent="- ", subsequent_indent="  ") for sentence in sentences
    )


def _facts(invoice: Invoice) -> Iterator[Row]:
    yield "Rechnungsnummer", invoice.number
    yield "Rechnungsdatum", invoice.issued_on
    yield "Art", coded(codes.TYPES, invoice.type_code)
    yield "Bezeichnung", invoice.title
    yield "Leistungszeitraum", days(invoice.period)
    if invoice.period:
        yield "Steuerdatum nach", coded(codes.VAT_DATES, invoice.period.date_code)
    yield "Steuerdatum", invoice.tax_point
    yield "Währung", invoice.currency
    yield "Steuerwährung", invoice.vat_currency


def _party(party: Party | None) -> Iterator[Row]:
    if party is None:
        return
    yield "Name", party.name
    yield "Handelsname", party.trading_name
    yield "Anschrift", _address(party.address)
    yield "USt-IdNr.", party.vat_id
    yield "Steuernummer", party.tax_number
    yield "Registernummer", identifier(party.registration)
    for one in party.identifiers:
        yield "Kennung", identifier(one)
    yield "Elektronische Adresse", identifier(party.electronic_address)
    if party.contact:
        yield "Kontakt", party.contact.name
        yield "Telefon", party.contact.phone
        yield "E-Mail", party.contact.email
    yield "Rechtliche Angaben", party.legal_form


def _address(address: Address | None) -> str:
    if address is None:
        return ""
    town = " ".join(filter(None, (address.post_code, address.city)))
    country = coded(codes.COUNTRIES, address.country)
    parts = (address.street, address.line_2, address.line_3, town, address.subdivision, country)
    return "\n".join(part for part in parts if part)


def _allowances(invoice: Invoice) -> Iterator[Row]:
    for found in invoice.allowances:
        kind, _, rest = allowance(found, invoice.currency).partition(" ")
        tax = vat(found.vat_category, found.vat_rate)
        yield kind, f"{rest}{f', USt. {tax}' if tax else ''}" or "–"


def _sums(invoice: Invoice) -> str:
    """Labels to the left, amounts one below the other to the right."""
    totals, currency = invoice.totals, invoice.currency
    rows = [
        (label, german.amount(value, unit))
        for label, value, unit in (
            ("Summe der Positionen", totals.lines, currency),
            ("abzüglich Nachlässe", totals.allowances, currency),
            ("zuzüglich Zuschläge", totals.charges, currency),
            ("Summe ohne Umsatzsteuer", totals.net, currency),
            ("Umsatzsteuer", totals.tax, currency),
            ("Umsatzsteuer in der Steuerwährung", totals.tax_in_vat_currency, invoice.vat_currency),
            ("Summe mit Umsatzsteuer", totals.gross, currency),
            ("abzüglich bereits gezahlt", totals.prepaid, currency),
            ("Rundung", totals.rounding, currency),
            *((_third_party(paid.kind), paid.amount, currency) for paid in invoice.third_party_payments),
            (payable_label(invoice), totals.payable, currency),
        )
        if value is not None
    ]
    widest = max((len(text) for _, text in rows), default=0)
    return "\n".join(f"{label:<{_LABEL}}{said(text):>{widest}}" for label, text in rows)


def _third_party(kind: str | None) -> str:
    """What kind it is can be any text; here it is a label, in the section on payment it stands in full."""
    text = " ".join(said(kind).split())
    return textwrap.shorten(f"zuzüglich Drittzahlung: {text}" if text else "zuzüglich Drittzahlung", _LABEL - 1)


def _breakdown(invoice: Invoice) -> Iterator[Row]:
    for found in invoice.vat:
        rate = german.percent(found.rate) if found.rate is not None else ""
        of = f"{german.amount(found.tax, invoice.currency)} auf {german.amount(found.base, invoice.currency)}"
        grounds = [text for text in (found.exemption_reason, found.exemption_code) if text]
        yield f"{coded(codes.VAT_CATEGORIES, found.category)} {rate}".strip(), "\n".join([of, *grounds])


def _payment(invoice: Invoice) -> Iterator[Row]:
    for way in invoice.payment:
        yield from _means(way)
    yield "Zahlungsbedingungen", invoice.payment_terms
    yield "Skonto", "\n".join(discounts(invoice))
    for part in invoice.instalments:
        due = f"fällig am {german.day(part.due_on)}" if part.due_on else None
        first = " ".join(filter(None, (_money(part.amount, invoice), due)))
        yield "Teilzahlung", "\n".join(filter(None, (first, part.terms)))
    for before in invoice.advances:
        yield "Bereits gezahlt", "\n".join(_advance(before, invoice))
    for paid in invoice.third_party_payments:
        first = " ".join(filter(None, (_money(paid.amount, invoice), paid.kind)))
        yield "Im Zahlbetrag für Dritte", "\n".join(filter(None, (first, paid.description)))


def _money(amount: Decimal | None, invoice: Invoice) -> str | None:
    return german.amount(amount, invoice.currency) if amount is not None else None


def _advance(paid: AdvancePayment, invoice: Invoice) -> Iterator[str]:
    day = f"am {german.day(paid.received_on)}" if paid.received_on else None
    yield " ".join(filter(None, (_money(paid.amount, invoice), day, paid.invoice and f"auf Rechnung {paid.invoice}")))
    for tax in paid.vat:
        base = _money(tax.base, invoice)
        facts = (_money(tax.tax, invoice), base and f"auf {base}", vat(tax.category, tax.rate))
        yield " ".join(filter(None, ("darin USt.", *facts, tax.exemption_reason, tax.exemption_code)))


def _means(way: PaymentMeans) -> Iterator[Row]:
    yield "Zahlungsweg", coded(codes.PAYMENT_MEANS, way.code)
    yield "Erläuterung", way.text
    for transfer in way.transfers:
        if transfer.account:
            yield "IBAN" if german.is_iban(transfer.account) else "Konto", german.iban(transfer.account)
        yield "Kontoinhaber", transfer.account_name
        yield "BIC", transfer.bank
    yield "Verwendungszweck", way.remittance
    if way.card:
        yield "Karte (letzte Stellen)", way.card.number
        yield "Karteninhaber", way.card.holder
    if way.direct_debit:
        yield "Mandatsreferenz", way.direct_debit.mandate
        yield "Gläubiger-ID", way.direct_debit.creditor
        yield "Belastetes Konto", german.iban(way.direct_debit.account) if way.direct_debit.account else None


def _references(invoice: Invoice) -> Iterator[Row]:
    yield "Leitweg-ID, Käuferreferenz", invoice.buyer_reference
    yield "Bestellung", invoice.order
    yield "Auftrag", invoice.sales_order
    yield "Vertrag", invoice.contract
    yield "Projekt", invoice.project
    yield "Vergabe oder Los", invoice.tender
    yield "Abgerechnetes Objekt", identifier(invoice.invoiced_object)
    yield "Wareneingang", invoice.receiving_advice
    yield "Lieferavis", invoice.despatch_advice
    yield "Lieferschein", invoice.delivery_note
    yield "Buchungsreferenz", invoice.accounting_reference


def _delivery(invoice: Invoice) -> Iterator[Row]:
    if invoice.delivery:
        yield "Empfänger", invoice.delivery.name
        yield "Anschrift", _address(invoice.delivery.address)
        yield "Liefer- oder Leistungsdatum", invoice.delivery.delivered_on
        yield "Lieferort", identifier(invoice.delivery.location)


def _attachments(invoice: Invoice) -> Iterator[Row]:
    for number, file in enumerate(invoice.attachments, 1):
        size = german.file_size(len(file.content)) if file.content is not None else None
        elsewhere = f"Nicht beigefügt, Fundstelle laut Rechnung: {file.location}" if file.location else None
        facts = ", ".join(part for part in (file.reference, file.mime_type, size) if part)
        yield (
            f"{number}. Anlage",
            "\n".join(part for part in (file.file_name, file.description, facts, elsewhere) if part),
        )
