"""What the business rules of EN 16931-1 (6.4) ask of a supplier, in German words of our own.

The sheets speak English, and their words are the official ones; these sentences stand beside them for people.
"""

from collections.abc import Iterator

__all__ = ["demand"]

_MISSING = {
    "BR-01": "Die Kennung der Spezifikation (BT-24) fehlt.",
    "BR-02": "Die Rechnungsnummer (BT-1) fehlt.",
    "BR-03": "Das Rechnungsdatum (BT-2) fehlt.",
    "BR-04": "Die Art der Rechnung (BT-3) fehlt.",
    "BR-05": "Die Währung der Rechnung (BT-5) fehlt.",
    "BR-06": "Der Name des Rechnungsstellers (BT-27) fehlt.",
    "BR-07": "Der Name des Rechnungsempfängers (BT-44) fehlt.",
    "BR-08": "Die Anschrift des Rechnungsstellers (BG-5) fehlt.",
    "BR-09": "Das Land in der Anschrift des Rechnungsstellers (BT-40) fehlt.",
    "BR-10": "Die Anschrift des Rechnungsempfängers (BG-8) fehlt.",
    "BR-11": "Das Land in der Anschrift des Rechnungsempfängers (BT-55) fehlt.",
    "BR-12": "Die Summe der Positionen (BT-106) fehlt.",
    "BR-13": "Der Gesamtbetrag ohne Umsatzsteuer (BT-109) fehlt.",
    "BR-14": "Der Gesamtbetrag mit Umsatzsteuer (BT-112) fehlt.",
    "BR-15": "Der fällige Betrag (BT-115) fehlt.",
    "BR-16": "Die Rechnung hat keine Position (BG-25).",
    "BR-17": "Der Name des abweichenden Zahlungsempfängers (BT-59) fehlt.",
    "BR-18": "Der Name des Steuervertreters (BT-62) fehlt.",
    "BR-19": "Die Anschrift des Steuervertreters (BG-12) fehlt.",
    "BR-20": "Das Land in der Anschrift des Steuervertreters (BT-69) fehlt.",
    "BR-21": "Eine Position hat keine Nummer (BT-126).",
    "BR-22": "Einer Position fehlt die Menge (BT-129).",
    "BR-23": "Einer Position fehlt die Einheit der Menge (BT-130).",
    "BR-24": "Einer Position fehlt der Nettobetrag (BT-131).",
    "BR-25": "Einer Position fehlt die Bezeichnung der Ware oder Leistung (BT-153).",
    "BR-26": "Einer Position fehlt der Nettopreis (BT-146).",
    "BR-31": "Einem Nachlass auf die Rechnung fehlt der Betrag (BT-92).",
    "BR-32": "Einem Nachlass auf die Rechnung fehlt die Steuerkategorie (BT-95).",
    "BR-33": "Einem Nachlass auf die Rechnung fehlt der Grund (BT-97 oder BT-98).",
    "BR-36": "Einem Zuschlag auf die Rechnung fehlt der Betrag (BT-99).",
    "BR-37": "Einem Zuschlag auf die Rechnung fehlt die Steuerkategorie (BT-102).",
    "BR-38": "Einem Zuschlag auf die Rechnung fehlt der Grund (BT-104 oder BT-105).",
    "BR-41": "Einem Nachlass auf eine Position fehlt der Betrag (BT-136).",
    "BR-42": "Einem Nachlass auf eine Position fehlt der Grund (BT-139 oder BT-140).",
    "BR-43": "Einem Zuschlag auf eine Position fehlt der Betrag (BT-141).",
    "BR-44": "Einem Zuschlag auf eine Position fehlt der Grund (BT-144 oder BT-145).",
    "BR-45": "In der Umsatzsteueraufschlüsselung (BG-23) fehlt ein Steuergrundbetrag (BT-116).",
    "BR-46": "In der Umsatzsteueraufschlüsselung (BG-23) fehlt ein Steuerbetrag (BT-117).",
    "BR-47": "In der Umsatzsteueraufschlüsselung (BG-23) fehlt eine Steuerkategorie (BT-118).",
    "BR-48": "In der Umsatzsteueraufschlüsselung (BG-23) fehlt ein Steuersatz (BT-119); auch 0 ist anzugeben.",
    "BR-49": "Die Zahlungsart (BT-81) fehlt.",
    "BR-50": "Das Konto für die Überweisung (BT-84), etwa die IBAN, fehlt.",
    "BR-51": "Von der Kartennummer (BT-87) sind nur die letzten 4 bis 6 Ziffern anzugeben.",
    "BR-52": "Einer Anlage fehlt die Kennung (BT-122).",
    "BR-53": "Der Steuerbetrag in der Währung der Umsatzsteuer (BT-111) fehlt, obwohl sie (BT-6) angegeben ist.",
    "BR-54": "Einer Eigenschaft der Ware (BG-32) fehlt der Name (BT-160) oder der Wert (BT-161).",
    "BR-55": "Dem Verweis auf eine frühere Rechnung (BG-3) fehlt deren Nummer (BT-25).",
    "BR-56": "Die USt-IdNr. des Steuervertreters (BT-63) fehlt.",
    "BR-57": "Das Land der Lieferanschrift (BT-80) fehlt.",
    "BR-61": "Für eine Überweisung fehlt das Konto (BT-84), etwa die IBAN.",
    "BR-62": "Der elektronischen Adresse des Rechnungsstellers (BT-34) fehlt das Schema.",
    "BR-63": "Der elektronischen Adresse des Rechnungsempfängers (BT-49) fehlt das Schema.",
    "BR-64": "Der Kennung eines Artikels (BT-157) fehlt das Schema.",
    "BR-65": "Der Einordnung eines Artikels (BT-158) fehlt das Schema.",
    "BR-CO-04": "Einer Position fehlt die Steuerkategorie (BT-151).",
    "BR-CO-18": "Die Umsatzsteueraufschlüsselung (BG-23) fehlt.",
    "BR-CO-19": "Der Abrechnungszeitraum (BG-14) hat weder Anfang (BT-73) noch Ende (BT-74).",
    "BR-CO-20": "Der Zeitraum einer Position (BG-26) hat weder Anfang (BT-134) noch Ende (BT-135).",
    "BR-CO-21": "Einem Nachlass auf die Rechnung (BG-20) fehlt der Grund (BT-97 oder BT-98).",
    "BR-CO-22": "Einem Zuschlag auf die Rechnung (BG-21) fehlt der Grund (BT-104 oder BT-105).",
    "BR-CO-23": "Einem Nachlass auf eine Position (BG-27) fehlt der Grund (BT-139 oder BT-140).",
    "BR-CO-24": "Einem Zuschlag auf eine Position (BG-28) fehlt der Grund (BT-144 oder BT-145).",
    "BR-CO-25": "Es ist etwas zu zahlen (BT-115), aber weder Tag (BT-9) noch Bedingungen (BT-20) sind angegeben.",
    "BR-CO-26": "Dem Rechnungssteller fehlt jede Kennung (BT-29), Registernummer (BT-30) und USt-IdNr. (BT-31).",
}
_WRONG = {
    "BR-27": "Der Nettopreis einer Position (BT-146) darf nicht negativ sein; negativ ist bei Bedarf die Menge.",
    "BR-28": "Der Bruttopreis einer Position (BT-148) darf nicht negativ sein.",
    "BR-29": "Der Abrechnungszeitraum endet (BT-74), bevor er beginnt (BT-73).",
    "BR-30": "Der Zeitraum einer Position endet (BT-135), bevor er beginnt (BT-134).",
    "BR-CO-03": "Steuerdatum (BT-7) und Code des Steuerdatums (BT-8) schließen einander aus; bitte nur eines angeben.",
    "BR-CO-05": "Grund (BT-97) und dessen Code (BT-98) eines Nachlasses müssen dasselbe besagen.",
    "BR-CO-06": "Grund (BT-104) und dessen Code (BT-105) eines Zuschlags müssen dasselbe besagen.",
    "BR-CO-07": "Grund (BT-139) und dessen Code (BT-140) eines Nachlasses auf eine Position müssen dasselbe besagen.",
    "BR-CO-08": "Grund (BT-144) und dessen Code (BT-145) eines Zuschlags auf eine Position müssen dasselbe besagen.",
    "BR-CO-09": "Eine USt-IdNr. (BT-31, BT-48, BT-63) beginnt nicht mit dem Code ihres Landes, in Deutschland DE.",
    "BR-CO-10": "Die Summe der Positionen (BT-106) ist nicht die Summe ihrer Nettobeträge (BT-131).",
    "BR-CO-11": "Die Summe der Nachlässe (BT-107) ist nicht die Summe der einzelnen (BT-92).",
    "BR-CO-12": "Die Summe der Zuschläge (BT-108) ist nicht die Summe der einzelnen (BT-99).",
    "BR-CO-13": "Der Gesamtbetrag ohne Umsatzsteuer (BT-109) muss Positionen (BT-106) − Nachlässe (BT-107) + Zuschläge "
    "(BT-108) sein.",
    "BR-CO-14": "Der Gesamtbetrag der Umsatzsteuer (BT-110) ist nicht die Summe der Steuerbeträge (BT-117).",
    "BR-CO-15": "Der Gesamtbetrag mit Umsatzsteuer (BT-112) muss der ohne (BT-109) + Umsatzsteuer (BT-110) sein.",
    "BR-CO-16": "Der fällige Betrag (BT-115) muss Gesamtbetrag (BT-112) − Bezahltes (BT-113) + Rundung (BT-114) sein.",
    "BR-CO-17": "Ein Steuerbetrag (BT-117) muss Steuergrundbetrag (BT-116) × Steuersatz (BT-119) sein, auf zwei "
    "Nachkommastellen gerundet.",
    "BR-B-01": "Die Steuerkategorie B (Split Payment) gibt es nur in Rechnungen innerhalb Italiens.",
    "BR-B-02": "Die Steuerkategorien B (Split Payment) und S (Regelsatz) schließen einander aus.",
}
_LISTS = {
    "BR-CL-01": "Die Art der Rechnung (BT-3) steht nicht in der Codeliste UNTDID 1001.",
    "BR-CL-03": "Die Währung eines Betrags ist kein Code nach ISO 4217, etwa EUR.",
    "BR-CL-04": "Die Währung der Rechnung (BT-5) ist kein Code nach ISO 4217, etwa EUR.",
    "BR-CL-05": "Die Währung der Umsatzsteuer (BT-6) ist kein Code nach ISO 4217, etwa EUR.",
    "BR-CL-06": "Der Code des Steuerdatums (BT-8) steht nicht in der Codeliste UNTDID 2005.",
    "BR-CL-07": "Das Schema der Kennung eines Objekts (BT-18, BT-128) steht nicht in der Codeliste UNTDID 1153.",
    "BR-CL-08": "Das Thema einer Bemerkung (BT-21) steht nicht in der Codeliste UNTDID 4451.",
    "BR-CL-10": "Das Schema einer Kennung (BT-29, BT-46, BT-60) steht nicht in der Codeliste ISO 6523 ICD.",
    "BR-CL-11": "Das Schema einer Registernummer (BT-30, BT-47, BT-61) steht nicht in der Codeliste ISO 6523 ICD.",
    "BR-CL-13": "Das Schema der Einordnung eines Artikels (BT-158) steht nicht in der Codeliste UNTDID 7143.",
    "BR-CL-14": "Ein Land ist kein Code nach ISO 3166-1, etwa DE.",
    "BR-CL-15": "Das Herkunftsland eines Artikels (BT-159) ist kein Code nach ISO 3166-1, etwa DE.",
    "BR-CL-16": "Die Zahlungsart (BT-81) steht nicht in der Codeliste UNTDID 4461.",
    "BR-CL-17": "Eine Steuerkategorie (BT-95, BT-102, BT-118) steht nicht in der Codeliste UNTDID 5305.",
    "BR-CL-18": "Die Steuerkategorie einer Position (BT-151) steht nicht in der Codeliste UNTDID 5305.",
    "BR-CL-19": "Der Code des Grundes eines Nachlasses (BT-98, BT-140) steht nicht in der Codeliste UNTDID 5189.",
    "BR-CL-20": "Der Code des Grundes eines Zuschlags (BT-105, BT-145) steht nicht in der Codeliste UNTDID 7161.",
    "BR-CL-21": "Das Schema der Kennung eines Artikels (BT-157) steht nicht in der Codeliste ISO 6523 ICD.",
    "BR-CL-22": "Der Code des Grundes einer Steuerbefreiung (BT-121) steht nicht in der Codeliste VATEX.",
    "BR-CL-23": "Eine Einheit (BT-130, BT-150) steht nicht in den Codelisten UN/ECE Rec 20 und 21, etwa H87 für Stück.",
    "BR-CL-24": "Das Dateiformat einer Anlage (BT-125) ist nicht erlaubt; erlaubt sind PDF, PNG, JPEG, CSV, XLSX, ODS.",
    "BR-CL-25": "Das Schema einer elektronischen Adresse (BT-34, BT-49) steht nicht in der Codeliste EAS.",
    "BR-CL-26": "Das Schema der Kennung des Lieferorts (BT-71) steht nicht in der Codeliste ISO 6523 ICD.",
}
_AMOUNTS = {
    "01": "Der Betrag eines Nachlasses auf die Rechnung (BT-92)",
    "02": "Der Grundbetrag eines Nachlasses auf die Rechnung (BT-93)",
    "05": "Der Betrag eines Zuschlags auf die Rechnung (BT-99)",
    "06": "Der Grundbetrag eines Zuschlags auf die Rechnung (BT-100)",
    "09": "Die Summe der Positionen (BT-106)",
    "10": "Die Summe der Nachlässe (BT-107)",
    "11": "Die Summe der Zuschläge (BT-108)",
    "12": "Der Gesamtbetrag ohne Umsatzsteuer (BT-109)",
    "13": "Der Gesamtbetrag der Umsatzsteuer (BT-110)",
    "14": "Der Gesamtbetrag mit Umsatzsteuer (BT-112)",
    "15": "Der Steuerbetrag in der Währung der Umsatzsteuer (BT-111)",
    "16": "Die Summe der Vorauszahlungen (BT-113)",
    "17": "Die Rundung (BT-114)",
    "18": "Der fällige Betrag (BT-115)",
    "19": "Ein Steuergrundbetrag (BT-116)",
    "20": "Ein Steuerbetrag (BT-117)",
    "23": "Der Nettobetrag einer Position (BT-131)",
    "24": "Der Betrag eines Nachlasses auf eine Position (BT-136)",
    "25": "Der Grundbetrag eines Nachlasses auf eine Position (BT-137)",
    "27": "Der Betrag eines Zuschlags auf eine Position (BT-141)",
    "28": "Der Grundbetrag eines Zuschlags auf eine Position (BT-142)",
}
_CATEGORIES = {
    "S": "S (Regelsatz)",
    "Z": "Z (Nullsatz)",
    "E": "E (steuerbefreit)",
    "AE": "AE (Steuerschuld des Empfängers)",
    "IC": "K (innergemeinschaftliche Lieferung)",
    "G": "G (Ausfuhr)",
    "O": "O (nicht steuerbar)",
    "AF": "L (IGIC, Kanarische Inseln)",
    "AG": "M (IPSI, Ceuta und Melilla)",
}
"""The part of the rule's id, and the code with its meaning."""
_RATED, _UNEXPLAINED = ("S", "AF", "AG"), ("S", "Z", "AF", "AG")
_WITH = {
    "02": ("einer Position", "BT-151", "BT-152"),
    "03": ("einem Nachlass", "BT-95", "BT-96"),
    "04": ("einem Zuschlag", "BT-102", "BT-103"),
}
_SELLER = (
    "USt-IdNr. (BT-31) oder Steuernummer (BT-32) des Rechnungsstellers oder USt-IdNr. des Steuervertreters (BT-63)"
)
_SELLER_EU = "USt-IdNr. des Rechnungsstellers (BT-31) oder des Steuervertreters (BT-63)"
_TAX_IDS = {
    "AE": f"es fehlt {_SELLER}, oder USt-IdNr. (BT-48) oder Registernummer (BT-47) des Rechnungsempfängers",
    "IC": f"es fehlt {_SELLER_EU}, oder USt-IdNr. des Rechnungsempfängers (BT-48)",
    "G": f"es fehlt {_SELLER_EU}",
    "O": "USt-IdNr. von Rechnungssteller (BT-31), Steuervertreter (BT-63) und Empfänger (BT-48) sind dann wegzulassen",
}


def demand(rule: str) -> str | None:
    """What that rule asks for (German); None for a rule that is none of the core."""
    return _DEMANDS.get(rule)


def _on_decimals() -> Iterator[tuple[str, str]]:
    for number, amount in _AMOUNTS.items():
        yield f"BR-DEC-{number}", f"{amount} hat mehr als zwei Nachkommastellen."


def _on_category(key: str) -> Iterator[tuple[str, str]]:
    """The rules of one category of VAT, which are alike but for rate, tax ids and the note on an exemption."""
    name = f"Steuerkategorie {_CATEGORIES[key]}"
    rated = key in _RATED
    yield (
        "01",
        f"Die {name} steht in Positionen, Nachlässen oder Zuschlägen, aber nicht (oder mehrmals) in der "
        "Umsatzsteueraufschlüsselung (BT-118), oder umgekehrt.",
    )
    for number, (bearer, category, rate) in _WITH.items():
        yield number, f"{name} in {bearer} ({category}): {_TAX_IDS.get(key, f'es fehlt {_SELLER}')}."
        yield f"{int(number) + 3:02}", f"{name} in {bearer}: Der Steuersatz ({rate}) {_rate(key)}."
    each = ", je Steuersatz (BT-119)" if rated else ""
    yield (
        "08",
        f"{name}{each}: Der Steuergrundbetrag (BT-116) muss Positionen (BT-131) − Nachlässe (BT-92) + Zuschläge "
        "(BT-99) dieser Kategorie sein.",
    )
    owed = "muss Steuergrundbetrag (BT-116) × Steuersatz (BT-119) sein" if rated else "muss 0 sein"
    yield "09", f"{name}: Der Steuerbetrag (BT-117) {owed}."
    reason = "Ein Grund der Steuerbefreiung (BT-120, BT-121)"
    kept = "ist wegzulassen" if key in _UNEXPLAINED else "fehlt; bitte als Text oder Code angeben"
    yield "10", f"{name}: {reason} {kept}."


def _rate(key: str) -> str:
    if key == "O":
        return "ist wegzulassen"
    return "muss größer als 0 sein" if key == "S" else "darf nicht negativ sein" if key in _RATED else "muss 0 sein"


_BESIDE = {
    "BR-IC-11": "Steuerkategorie K: Es fehlt das Lieferdatum (BT-72) oder der Abrechnungszeitraum (BG-14).",
    "BR-IC-12": "Steuerkategorie K: Das Land der Lieferanschrift (BT-80) fehlt.",
    "BR-O-11": "Neben der Steuerkategorie O (nicht steuerbar) darf die Aufschlüsselung (BG-23) keine andere enthalten.",
    "BR-O-12": "Neben der Steuerkategorie O (nicht steuerbar) darf keine Position eine andere haben (BT-151).",
    "BR-O-13": "Neben der Steuerkategorie O (nicht steuerbar) darf kein Nachlass eine andere haben (BT-95).",
    "BR-O-14": "Neben der Steuerkategorie O (nicht steuerbar) darf kein Zuschlag eine andere haben (BT-102).",
}
_DEMANDS = {
    **_MISSING,
    **_WRONG,
    **_LISTS,
    **dict(_on_decimals()),
    **{f"BR-{key}-{number}": said for key in _CATEGORIES for number, said in _on_category(key)},
    **_BESIDE,
}
