"""What the codes of EN 16931 mean, in German. Small stable lists in full, long ones as far as they are met.

A code nobody listed is shown as it is: `meaning` gives None for it.
"""

from collections.abc import Mapping

from schemas.roles import Action

__all__ = [
    "ACTIONS",
    "ALLOWANCE_REASONS",
    "CHARGE_REASONS",
    "COUNTRIES",
    "LEGAL_BASIS",
    "NOTE_SUBJECTS",
    "PAYMENT_MEANS",
    "SCHEMES",
    "TYPES",
    "UNITS",
    "VAT_CATEGORIES",
    "VAT_DATES",
    "heading",
    "meaning",
]

TYPES = {  # UNTDID 1001, BT-3
    "326": "Teilrechnung",
    "380": "Rechnung",
    "381": "Gutschrift",
    "384": "Korrekturrechnung",
    "389": "Gutschrift im Gutschriftverfahren",
    "875": "Abschlagsrechnung (Bau)",
    "876": "Teilschlussrechnung (Bau)",
    "877": "Schlussrechnung (Bau)",
}

PAYMENT_MEANS = {  # UNTDID 4461, BT-81
    "10": "Barzahlung",
    "20": "Scheck",
    "30": "Überweisung",
    "31": "Abbuchung",
    "42": "Zahlung auf Bankkonto",
    "48": "Bankkarte",
    "49": "Lastschrift",
    "54": "Kreditkarte",
    "55": "Debitkarte",
    "57": "laufende Vereinbarung",
    "58": "SEPA-Überweisung",
    "59": "SEPA-Lastschrift",
    "97": "Verrechnung zwischen Geschäftspartnern",
    "ZZZ": "nach besonderer Vereinbarung",
}

VAT_CATEGORIES = {  # UNTDID 5305, BT-95, BT-102, BT-118, BT-151
    "S": "steuerpflichtig",
    "Z": "Nullsatz",
    "E": "steuerbefreit",
    "AE": "Steuerschuldnerschaft des Leistungsempfängers",
    "K": "innergemeinschaftliche Lieferung",
    "G": "Ausfuhr, steuerfrei",
    "O": "nicht steuerbar",
    "L": "Kanarische Inseln (IGIC)",
    "M": "Ceuta und Melilla (IPSI)",
}

VAT_DATES = {  # UNTDID 2005 (UBL) and 2475 (CII), BT-8
    "3": "Rechnungsdatum",
    "35": "Lieferdatum",
    "432": "Zahlungsdatum",
    "5": "Rechnungsdatum",
    "29": "Lieferdatum",
    "72": "Zahlungsdatum",
}

NOTE_SUBJECTS = {  # UNTDID 4451, BT-21
    "AAI": "Allgemeine Hinweise",
    "AAJ": "Zusätzliche Bedingungen",
    "AAK": "Preisbedingungen",
    "ABL": "Rechtliche Hinweise",
    "ADU": "Hinweis",
    "CUS": "Zollangaben",
    "PMD": "Einzelheiten zur Zahlung",
    "PMT": "Hinweise zur Zahlung",
    "REG": "Angaben zum Unternehmen",
    "SUR": "Anmerkungen des Rechnungsstellers",
    "TXD": "Hinweise zur Steuer",
}

LINE_STATUS = {  # BT-X-8 of Factur-X EXTENDED; what such a line's amount is called
    "DETAIL": "Einzelposition",
    "GROUP": "Zwischensumme",
    "INFORMATION": "nachrichtlich",
}

ALLOWANCE_REASONS = {  # UNTDID 5189, BT-98, BT-140
    "41": "Bonus für vorfristige Leistung",
    "42": "Anderer Bonus",
    "60": "Herstellerrabatt für Verbraucher",
    "62": "Nachlass wegen militärischer Stellung",
    "63": "Nachlass wegen Arbeitsunfalls",
    "64": "Sondervereinbarung",
    "65": "Nachlass wegen Fertigungsfehlers",
    "66": "Nachlass zur Neueröffnung",
    "67": "Musterrabatt",
    "68": "Auslaufrabatt",
    "70": "Incoterm-Nachlass",
    "71": "Nachlass ab Umsatzschwelle",
    "88": "Materialabschlag",
    "95": "Nachlass",
    "100": "Sondernachlass",
    "102": "Fester langfristiger Nachlass",
    "103": "Vorübergehender Nachlass",
    "104": "Standardnachlass",
    "105": "Jahresumsatzbonus",
}

CHARGE_REASONS = {  # UNTDID 7161, BT-105, BT-145
    "AA": "Werbung",
    "ABK": "Sonstiges",
    "ABL": "Zusätzliche Verpackung",
    "ADR": "Sonstige Leistungen",
    "ADT": "Abholung",
    "CG": "Reinigung",
    "DL": "Lieferung",
    "FC": "Fracht",
    "FI": "Finanzierung",
    "HD": "Handhabung",
    "LA": "Etikettierung",
    "LAA": "Arbeitsleistung",
    "PC": "Verpackung",
    "RV": "Beladung",
    "SAA": "Versand und Bearbeitung",
    "SH": "Sonderbehandlung",
    "SU": "Einrichtung",
    "TV": "Beförderung durch den Lieferanten",
    "ZZZ": "nach besonderer Vereinbarung",
}

SCHEMES = {  # EAS and ISO/IEC 6523, as far as they are met in Germany
    "0060": "DUNS",
    "0088": "GLN",
    "0160": "GTIN",
    "0204": "Leitweg-ID",
    "9930": "USt-IdNr.",
    "EM": "E-Mail",
}

COUNTRIES = {  # ISO 3166-1
    "AT": "Österreich",
    "BE": "Belgien",
    "CH": "Schweiz",
    "CZ": "Tschechien",
    "DE": "Deutschland",
    "DK": "Dänemark",
    "ES": "Spanien",
    "FR": "Frankreich",
    "GB": "Vereinigtes Königreich",
    "IE": "Irland",
    "IT": "Italien",
    "LU": "Luxemburg",
    "NL": "Niederlande",
    "PL": "Polen",
    "SE": "Schweden",
    "US": "Vereinigte Staaten",
}

UNITS = {  # UN/ECE Recommendations 20 and 21, BT-130, BT-150
    "ANN": "Jahr",
    "C62": "Stück",
    "CMK": "cm²",
    "CMT": "cm",
    "DAY": "Tag",
    "E48": "Serviceeinheit",
    "EA": "Stück",
    "GRM": "g",
    "H87": "Stück",
    "HUR": "Stunde",
    "KGM": "kg",
    "KMT": "km",
    "KWH": "kWh",
    "LH": "Arbeitsstunde",
    "LM": "lfd. m",
    "LS": "pauschal",
    "LTR": "Liter",
    "MIN": "Minute",
    "MMT": "mm",
    "MON": "Monat",
    "MTK": "m²",
    "MTQ": "m³",
    "MTR": "m",
    "MWH": "MWh",
    "NAR": "Anzahl",
    "P1": "Prozent",
    "PR": "Paar",
    "QAN": "Quartal",
    "SEC": "Sekunde",
    "SET": "Satz",
    "TNE": "Tonne",
    "WEE": "Woche",
    "XBX": "Kiste",
    "XCT": "Karton",
    "XPK": "Packung",
    "XPP": "Stück",
    "XPX": "Palette",
    "XRO": "Rolle",
    "XSA": "Sack",
}

ACTIONS = {
    Action.DECIDE: "Entscheidung im Klärfall",
    Action.CUT: "Trennen veranlasst",
    Action.CONFIRM: "Abgelegte Fassung anerkannt",
    Action.REDIRECT: "Als falsch zugeleitet weitergegeben",
    Action.RETRY: "Erneuter Versuch veranlasst",
    Action.ACCEPT: "Angenommen trotz Befund",
    Action.REJECT: "Zurückgewiesen",
    Action.CERTIFY_FACTUALLY: "Sachliche Feststellung",
    Action.CERTIFY_ARITHMETICALLY: "Rechnerische Feststellung",
    Action.ORDER_PAYMENT: "Auszahlungsanordnung",
    Action.RELEASE: "Freigabe durch die Buchhaltung",
    Action.QUERY: "In Klärung gegeben",
    Action.CONFIRM_DATA: "Angaben bestätigt",
    Action.NO_INVOICE: "Als keine Rechnung zugeleitet",
    Action.CONNECT: "Aus dem Postfach ins DMS",
    Action.SEND_BACK: "Nicht an uns gerichtet: zurückgesandt",
    Action.CERTIFY_BOTH: "Sachliche und rechnerische Feststellung",
    Action.MISDIRECT: "Nicht zuständig: an die Buchhaltung zurück",
    Action.RETURN_TO_FACTUAL: "Zur sachlichen Feststellung zurückgegeben",
    Action.RETURN_TO_ARITHMETICAL: "Zur rechnerischen Feststellung zurückgegeben",
    Action.RETURN_TO_ORDER: "Zur Anordnung zurückgegeben",
    Action.DECLARE_CONFLICT: "Befangenheit erklärt",
    Action.ASK_CANCELLATION: "Storno beantragt",
    Action.CONFIRM_CANCELLATION: "Storniert",
    Action.REFUSE_CANCELLATION: "Storno abgelehnt",
    Action.LOCK: "Als verschlossene Post gesperrt",
    Action.ASK_REMOVAL: "Entfernung beantragt",
    Action.CONFIRM_REMOVAL: "Entfernung bestätigt",
    Action.ASK_OPENING: "Aufhebung der Sperre beantragt",
    Action.CONFIRM_OPENING: "Sperre aufgehoben: keine verschlossene Post",
    Action.KEEP_LOCKED: "Antrag abgelehnt, bleibt gesperrt",
}

LEGAL_BASIS = {
    Action.CERTIFY_FACTUALLY: "§ 31 Abs. 2 KomHVO NRW",
    Action.CERTIFY_ARITHMETICALLY: "§ 31 Abs. 2 KomHVO NRW",
    Action.ORDER_PAYMENT: "§ 31 Abs. 3 KomHVO NRW",
    Action.RELEASE: "§ 31 Abs. 3 KomHVO NRW",
}


def meaning(table: Mapping[str, str], code: str | None) -> str | None:
    """What the code means, or None if it is absent or not listed."""
    return table.get(code) if code else None


def heading(type_code: str | None) -> str:
    """What stands above the paper: 'Rechnung', 'Gutschrift' ...; an unlisted kind shows its code."""
    if not type_code:
        return "Rechnung ohne Angabe der Art"
    return meaning(TYPES, type_code) or f"Beleg der Art {type_code}"
