"""The letters as data: wording, look, and what the mailroom has to make of them. Everyone is invented."""

from samples.model import Heading, Letter, Look, Rows, Sender, iban

__all__ = ["LETTERS"]

_SANS, _SERIF = "DejaVuSans", "DejaVuSerif"
_NARROW, _BOOK = "DejaVuSansCondensed", "DejaVuSerifCondensed"
_CITY = ("Schillerplatz 7", "58636 Iserlohn")
_DOG = Letter(
    stem="hundesteuer_anmeldung",
    document_type="hundesteuer",
    unit="22",
    state="filed",
    look=Look(_SERIF, 10.5, 0.62, bilevel=False, seed=2201),
    sender=Sender(
        name="Katharina Wesselbrink",
        below="",
        street="Am Zeisigbusch 12",
        town="58640 Iserlohn",
        contact=("Telefon 0176 04069012", "k.wesselbrink@mail.example"),
        footer=(
            ("Bankverbindung für den Einzug:", "Phantasiebank Sauerland eG"),
            ("IBAN", iban(1200417)),
        ),
    ),
    addressee=("Stadt Iserlohn", "Bereich Steuern und Gebühren", *_CITY),
    date="Iserlohn, 16. November 2026",
    subject="Anmeldung meines Hundes zur Hundesteuer",
    greeting="Sehr geehrte Damen und Herren,",
    body=(
        "seit dem 1. November 2026 lebt ein Hund in meinem Haushalt. Ich melde ihn hiermit zur Hundesteuer "
        "an. Weitere Hunde werden in unserem Haushalt nicht gehalten.",
        Rows(
            (
                ("Rufname:", "Mila"),
                ("Rasse:", "Mischling (Labrador und Schäferhund)"),
                ("Geworfen am:", "7. August 2026"),
                ("Geschlecht, Farbe:", "Hündin, schwarz mit weißer Brust"),
                ("Chipnummer:", "276 000 000 041 782"),
            )
        ),
        "Die Hündin stammt aus dem Tierheim und wurde nicht in einer anderen Gemeinde versteuert. Eine "
        "Haftpflichtversicherung für Hundehalter habe ich abgeschlossen; die Bestätigung füge ich in Kopie "
        "bei.",
        "Bitte prüfen Sie, ob die Steuer im ersten Jahr ermäßigt werden kann, weil der Hund aus einem "
        "Tierheim übernommen wurde. Die Hundesteuermarke schicken Sie mir bitte mit der Post. Die Steuer "
        "können Sie vierteljährlich von dem unten genannten Konto einziehen.",
    ),
    signer="Katharina Wesselbrink",
    enclosures="Anlage: Bestätigung der Haftpflichtversicherung (Kopie)",
)

_HOUSING = Letter(
    stem="wohngeld_antrag",
    document_type="antrag_wohngeld",
    unit="50",
    state="filed",
    look=Look(_SANS, 10.0, -0.45, bilevel=True, seed=5002),
    sender=Sender(
        name="Jurek und Annegret Pohlschmidt",
        below="",
        street="Kranichgrund 31",
        town="58638 Iserlohn",
        contact=("Telefon 0171 3920034", "pohlschmidt@post.example"),
        footer=(
            ("Überweisung bitte an:", "Jurek Pohlschmidt", "Beispielbank Lennetal eG"),
            ("IBAN", iban(880026451)),
            ("Seite 1 von 2",),
        ),
    ),
    addressee=("Stadt Iserlohn", "Wohngeldstelle", *_CITY),
    date="Iserlohn, 12. November 2026",
    subject="Antrag auf Wohngeld (Mietzuschuss) ab November 2026",
    greeting="Sehr geehrte Damen und Herren,",
    body=(
        "hiermit stelle ich für meine Familie einen Antrag auf Wohngeld als Mietzuschuss. Wir wohnen seit "
        "dem 1. März 2021 in der oben genannten Wohnung zur Miete. In den letzten Jahren haben wir kein "
        "Wohngeld bezogen.",
        "Seit dem 1. Oktober 2026 arbeitet meine Frau wegen der Pflege ihrer Mutter nur noch 20 Stunden in "
        "der Woche. Dadurch ist unser Einkommen deutlich gesunken. Zugleich hat die Vermieterin die "
        "Kaltmiete zum 1. November 2026 auf 684,00 Euro erhöht.",
        "Die Angaben zu den Haushaltsmitgliedern, zum Einkommen und zur Wohnung stehen auf der zweiten "
        "Seite. Die Verdienstabrechnungen der letzten zwölf Monate, den Mietvertrag und die Bescheinigung "
        "über das Kindergeld füge ich in Kopie bei.",
        "Falls Sie den amtlichen Vordruck benötigen, schicken Sie ihn mir bitte zu. Dieser Brief soll den "
        "Zeitpunkt der Antragstellung wahren.",
    ),
    signer="Jurek Pohlschmidt",
    enclosures="Anlagen: Angaben zum Haushalt, Verdienstabrechnungen, Mietvertrag (Kopien)",
    further=(
        (
            Heading("Anlage zum Antrag auf Wohngeld: Angaben zum Haushalt"),
            "Antragsteller: Jurek Pohlschmidt, Kranichgrund 31, 58638 Iserlohn",
            Heading("1. Haushaltsmitglieder"),
            Rows(
                (
                    ("Jurek Pohlschmidt", "geboren am 4. Mai 1984, Lagerfachkraft"),
                    ("Annegret Pohlschmidt", "geboren am 19. Januar 1986, Verkäuferin"),
                    ("Leni Pohlschmidt", "geboren am 2. Juli 2014, Schülerin"),
                    ("Matthis Pohlschmidt", "geboren am 23. März 2019, Schüler"),
                )
            ),
            Heading("2. Einkommen im Monat (brutto)"),
            Rows(
                (
                    ("Jurek Pohlschmidt", "2.310,00 Euro"),
                    ("Annegret Pohlschmidt", "1.045,00 Euro"),
                    ("Kindergeld für zwei Kinder", "518,00 Euro"),
                )
            ),
            Heading("3. Wohnung"),
            Rows(
                (
                    ("Wohnfläche", "82 Quadratmeter, vier Zimmer, zweites Obergeschoss"),
                    ("Baujahr des Hauses", "1968"),
                    ("Kaltmiete", "684,00 Euro"),
                    ("Kalte Nebenkosten", "142,00 Euro"),
                    ("Heizkosten", "98,00 Euro, Gasheizung"),
                    ("Vermieterin", "Wohnbau Distelfink GmbH, Iserlohn"),
                )
            ),
            "Ich versichere, dass diese Angaben vollständig und richtig sind. Änderungen teile ich der "
            "Wohngeldstelle unaufgefordert mit.",
            "Iserlohn, 12. November 2026",
        ),
    ),
)

_NURSERY = Letter(
    stem="kita_elternbeitrag",
    document_type="jugend_kita",
    unit="51",
    state="filed",
    look=Look(_NARROW, 11.0, -0.88, bilevel=False, seed=5103),
    sender=Sender(
        name="Familie Dörnemann-Okafor",
        below="",
        street="Haselmausweg 5",
        town="58644 Iserlohn",
        contact=("Telefon 0176 04069047", "familie@doernemann-okafor.example"),
        footer=(("Bankverbindung: Phantasiebank Sauerland eG", f"IBAN {iban(30077195)}"),),
    ),
    addressee=("Stadt Iserlohn", "Bereich Jugend", *_CITY),
    date="Iserlohn, 9. November 2026",
    subject="Elternbeitrag für die Kita Rotkehlchennest: Einkommen hat sich geändert",
    greeting="Guten Tag,",
    body=(
        "unser Sohn Emeka Dörnemann-Okafor, geboren am 14. Februar 2023, besucht seit August 2025 die Kita "
        "Rotkehlchennest in Letmathe. Sein Betreuungsplatz umfasst 35 Stunden in der Woche.",
        "Seit dem 1. Oktober 2026 bin ich in Elternzeit, weil unsere Tochter geboren wurde. Unser "
        "Einkommen im Jahr 2026 wird deshalb voraussichtlich bei 46.800 Euro liegen. Der Elternbeitrag "
        "wurde zuletzt nach einem Einkommen von 63.500 Euro festgesetzt.",
        "Wir bitten Sie, den Elternbeitrag ab Oktober 2026 neu zu berechnen und zu viel gezahlte Beträge "
        "auf das unten genannte Konto zu erstatten. Die Erklärung zum Einkommen, die letzten drei "
        "Gehaltsabrechnungen und die Mitteilung über das Elterngeld liegen diesem Brief in Kopie bei.",
        "Bitte teilen Sie uns auch mit, ob der Beitrag für unsere Tochter entfällt, wenn sie ab August "
        "2027 ebenfalls die Kindertageseinrichtung besucht. Für Fragen sind wir am besten vormittags zu "
        "erreichen.",
    ),
    signer="Friederike Dörnemann-Okafor",
    enclosures="Anlagen: Erklärung zum Einkommen, Gehaltsabrechnungen, Mitteilung Elterngeld",
)

_APPLICATION = Letter(
    stem="bewerbung",
    document_type="bewerbung",
    unit="11",
    state="handed_over",
    look=Look(_BOOK, 11.0, 0.31, bilevel=False, seed=1104, centred_head=True),
    sender=Sender(
        name="Tarik Brüggenolte",
        below="Verwaltungsfachangestellter",
        street="Unter den Erlen 8 a",
        town="58706 Menden",
        contact=("Telefon 0171 3920071", "tarik.brueggenolte@mail.example"),
        footer=(
            (
                "Tarik Brüggenolte, Unter den Erlen 8 a, 58706 Menden",
                f"Konto für Reisekosten: Beispielbank Lennetal eG, IBAN {iban(55120938)}",
            ),
        ),
    ),
    addressee=("Stadt Iserlohn", "Bereich Personal", *_CITY),
    date="Menden, 13. November 2026",
    subject="Bewerbung als Sachbearbeiter im Bürgerservice, Kennziffer 2026-118",
    greeting="Sehr geehrte Damen und Herren,",
    body=(
        "Ihre Stellenausschreibung vom 2. November 2026 habe ich mit großem Interesse gelesen. Ich bewerbe "
        "mich um die Stelle in Vollzeit und könnte sie zum 1. März 2027 antreten.",
        "Nach meiner Ausbildung zum Verwaltungsfachangestellten habe ich fünf Jahre im Bürgerbüro einer "
        "Nachbargemeinde gearbeitet. Dort war ich für Meldeangelegenheiten und Ausweise zuständig und habe "
        "die Einführung der Terminvergabe im Internet begleitet. Der tägliche Kontakt mit Menschen in ganz "
        "verschiedenen Lebenslagen macht mir Freude.",
        "An der Stelle in Iserlohn reizt mich besonders, dass Sie viele Leistungen auf digitale Abläufe "
        "umstellen. Meine Kenntnisse aus dem Verwaltungslehrgang II, den ich im Sommer 2027 abschließe, "
        "möchte ich dabei gerne einbringen. Ich spreche neben Deutsch auch Türkisch und Englisch.",
        "Meinen Lebenslauf und meine Zeugnisse füge ich in Kopie bei; eine Rücksendung ist nicht nötig. "
        "Über eine Einladung zu einem Vorstellungsgespräch freue ich mich.",
    ),
    signer="Tarik Brüggenolte",
    enclosures="Anlagen: Lebenslauf, Zeugnisse (Kopien)",
)

_BUILDING = Letter(
    stem="bauantrag",
    document_type="bauantrag",
    unit=None,
    state="clearing",
    look=Look(_SANS, 10.0, 1.05, bilevel=True, seed=6305),
    sender=Sender(
        name="Planwerkstatt Uhlenkötter GmbH",
        below="Architektur und Bauleitung",
        street="Alter Schmiedehof 3",
        town="58642 Iserlohn",
        contact=("Telefon 0176 04069088", "buero@planwerkstatt-uhlenkoetter.example"),
        footer=(
            (
                "Planwerkstatt Uhlenkötter GmbH",
                "Geschäftsführerin: Wiebke Uhlenkötter",
                "Amtsgericht Iserlohn, HRB 99999",
            ),
            ("Phantasiebank Sauerland eG", f"IBAN {iban(4400318)}"),
        ),
    ),
    addressee=("Stadt Iserlohn", "Untere Bauaufsichtsbehörde", *_CITY),
    date="Iserlohn, 10. November 2026",
    subject="Bauantrag: Anbau eines Wintergartens, Lerchenkamp 22",
    greeting="Sehr geehrte Damen und Herren,",
    body=(
        "im Namen der Bauherrschaft, der Eheleute Hartwig und Selma Grotenhoff, reichen wir den Bauantrag "
        "für das folgende Vorhaben im vereinfachten Genehmigungsverfahren ein.",
        Rows(
            (
                ("Vorhaben:", "Anbau eines beheizten Wintergartens an ein Wohnhaus"),
                ("Grundstück:", "Lerchenkamp 22, 58636 Iserlohn"),
                ("Gemarkung:", "Iserlohn, Flur 99, Flurstück 4711"),
                ("Bruttofläche:", "27,40 Quadratmeter, eingeschossig"),
            )
        ),
        "Die Bauvorlagen liegen in dreifacher Ausfertigung bei: amtlicher Lageplan, Bauzeichnungen im "
        "Maßstab 1:100, Baubeschreibung und die Berechnung der Wohnfläche. Der Standsicherheitsnachweis "
        "wird vor Baubeginn nachgereicht.",
        "Der Abstand zur Grenze des Nachbargrundstücks beträgt 3,20 Meter. Die Nachbarn haben den Plänen "
        "zugestimmt. Bäume müssen für den Anbau nicht gefällt werden.",
        "Die Eheleute möchten im April 2027 mit den Arbeiten beginnen. Bitte bestätigen Sie uns den "
        "Eingang und teilen Sie uns mit, ob für die Baugenehmigung weitere Unterlagen nötig sind.",
    ),
    signer="Wiebke Uhlenkötter",
    enclosures="Anlagen: Lageplan, Bauzeichnungen, Baubeschreibung, Berechnung der Wohnfläche",
)

_PETITION = Letter(
    stem="buergerantrag",
    document_type="rat_fraktion",
    unit="10/1",
    state="staged",
    look=Look(_SERIF, 11.0, -0.27, bilevel=True, seed=1006),
    sender=Sender(
        name="Ottilie Rautenstrauch",
        below="",
        street="Am Wiesenknopf 14",
        town="58636 Iserlohn",
        contact=("Telefon 0171 3920096", "o.rautenstrauch@post.example"),
        footer=(("Ottilie Rautenstrauch, Am Wiesenknopf 14, 58636 Iserlohn",),),
    ),
    addressee=("Stadt Iserlohn", "Büro für Ratsangelegenheiten", *_CITY),
    date="Iserlohn, 17. November 2026",
    subject="Bürgerantrag nach § 24 GO NRW: ein Brunnen mit Trinkwasser",
    greeting="Sehr geehrte Damen und Herren,",
    body=(
        "nach § 24 der Gemeindeordnung wende ich mich mit einer Anregung an den Rat der Stadt. Ich bitte darum, "
        "diesen Bürgerantrag dem zuständigen Ausschuss vorzulegen.",
        "An der Haltestelle Schmetterlingswiese warten im Sommer viele Schulkinder und ältere Menschen in der "
        "prallen Sonne. Ein öffentlicher Brunnen mit Trinkwasser würde ihnen helfen. Die Wasserleitung verläuft "
        "nach dem ausgehängten Plan unmittelbar neben dem Wartehäuschen.",
        "Der Rat möge beschließen: Die Verwaltung prüft bis zum Sommer 2027, ob an dieser Haltestelle ein "
        "Trinkwasserbrunnen aufgestellt werden kann, und berichtet über Kosten und Pflege.",
        "Gerne erläutere ich meinen Vorschlag in der Sitzung. Bitte teilen Sie mir mit, wann er beraten wird.",
    ),
    signer="Ottilie Rautenstrauch",
    enclosures="Anlage: Foto der Haltestelle (Ausdruck)",
)

LETTERS: tuple[Letter, ...] = (_DOG, _HOUSING, _NURSERY, _APPLICATION, _BUILDING, _PETITION)
