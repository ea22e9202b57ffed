"""In which order evidence counts, what is a trap, and what is never routed without a person."""

from datetime import date

import pytest

from config.city_config import City
from pipelines.routing.decide import decide, hear
from pipelines.routing.understand import understand
from pipelines.routing.zones import Letter
from schemas.recognised import ClosedMail, Evidence, Recognised, RoutingDecision, Zone
from schemas.senders import KnownSender
from tests.pipelines.routing.paper import written

DAY = date(2026, 11, 16)
FOOTER = "Muster GmbH · Geschäftsführer: M. Muster · Amtsgericht Iserlohn HRB 4711 · USt-IdNr. DE123456789"


def letter(
    subject: str, body: str, *, office: str = "", reference: str = "", sender: str = "Erika Beispiel\n58675 Hemer"
) -> str:
    window = "\n".join(line for line in ("Stadt Iserlohn", office, "Schillerplatz 7", "58636 Iserlohn") if line)
    information = f"Ihr Zeichen: {reference}\n" if reference else ""
    greeting = "Sehr geehrte Damen und Herren,\n\n"
    close = "Über eine baldige Antwort würde ich mich sehr freuen.\n\nMit freundlichen Grüßen\n\nErika Beispiel"
    return (
        f"{sender}\n\n{window}\n\n{information}Datum: 02.11.2026\n\n{subject}\n\n{greeting}{body}\n{close}\n\n{FOOTER}"
    )


def told(text: str, city: City) -> Recognised:
    return understand(written(text, city), city, DAY)


def decided(text: str, city: City) -> RoutingDecision:
    return told(text, city).decision


class Register:
    """Knows one sender, whose mail goes to the archive if nothing else is said."""

    def __init__(self, unit: str | None = "41/2", document_type: str | None = None) -> None:
        self._sender = KnownSender(1, "Musterverein e. V.", unit, document_type, ())

    def known(self, letter: Letter) -> KnownSender | None:
        return self._sender if "Erika Beispiel" in letter.part(Zone.LETTERHEAD) else None


def decided_with(text: str, city: City, register: Register) -> RoutingDecision:
    return decide(hear(written(text, city), city, register), city)


HALL = ("Hallenzeiten", "unser Sportverein braucht die Turnhalle am Dienstag.")


def test_our_own_reference_goes_before_the_words(iserlohn: City) -> None:
    found = decided(letter(*HALL, reference="51-20.05/1234"), iserlohn)
    assert (found.unit, found.evidence, found.certain) == ("51", Evidence.REFERENCE, True)
    assert "Ihr Zeichen „51-20.05/1234“ gehört zu 51 Bereich Jugend." in found.reasons


@pytest.mark.parametrize("reference", ["51/3-4711", "51-26-30/5", "51.2 - 123/26"])
def test_a_reference_names_its_unit_also_with_a_department_behind(reference: str, iserlohn: City) -> None:
    assert decided(letter(*HALL, reference=reference), iserlohn).unit == "51"


@pytest.mark.parametrize("reference", ["32.1-12.34/2026", "Bitte angeben", "4711"])
def test_a_reference_of_nobody_decides_nothing(reference: str, iserlohn: City) -> None:
    assert decided(letter(*HALL, reference=reference), iserlohn).unit == "54"


def test_the_address_goes_before_the_words(iserlohn: City) -> None:
    found = decided(letter(*HALL, office="Bereich Recht"), iserlohn)
    assert (found.unit, found.evidence, found.certain) == ("30", Evidence.ADDRESS, True)


def test_reference_and_address_at_odds_need_a_person(iserlohn: City) -> None:
    found = decided(letter(*HALL, office="Bereich Recht", reference="51-20.05/1234"), iserlohn)
    assert (found.unit, found.certain) == ("51", False)


PLAIN = ("Unser Schreiben", "wie besprochen senden wir Ihnen die Unterlagen zu unserem gemeinsamen Vorhaben zurück.")


def test_the_register_of_senders_goes_before_the_words_and_behind_the_address(iserlohn: City) -> None:
    by_sender = decided_with(letter(*PLAIN), iserlohn, Register())
    addressed = decided_with(letter(*PLAIN, office="Sportbüro"), iserlohn, Register())
    assert (by_sender.unit, by_sender.evidence, by_sender.certain) == ("41/2", Evidence.SENDER, True)
    assert "Absender bekannt: Musterverein e. V., zuständig 41/2 " in by_sender.reasons[-1]
    assert (addressed.unit, addressed.evidence) == ("54", Evidence.ADDRESS)


def test_a_known_sender_that_writes_about_another_units_matter_needs_a_person(iserlohn: City) -> None:
    found = decided_with(letter(*HALL), iserlohn, Register())
    assert (found.unit, found.evidence, found.certain) == ("41/2", Evidence.SENDER, False)


def test_a_sender_that_writes_to_several_units_tells_none(iserlohn: City) -> None:
    assert decided_with(letter(*HALL), iserlohn, Register(unit=None)).unit == "54"


def test_a_confidential_matter_is_never_routed_by_its_sender_alone(iserlohn: City) -> None:
    kind = next(kind for kind in iserlohn.document_types if kind.confidential and kind.unit_from_address)
    secret = next(example for example in kind.examples if "Stadt Iserlohn" not in example)
    text = letter("Unser Schreiben", secret)
    found = decided_with(text, iserlohn, Register())
    assert (found.document_type, found.evidence, found.certain) == (kind.key, Evidence.SENDER, False)
    assert "Vertrauliche Sache: sie wird nie allein nach dem Absender zugeleitet." in found.doubt


def test_what_no_word_tells_is_what_the_sender_always_writes_but_never_about_money_or_secrets(iserlohn: City) -> None:
    assert decided_with(letter(*PLAIN), iserlohn, Register(document_type="vertrag")).document_type == "vertrag"
    for kind in iserlohn.document_types:
        if kind.confidential or not kind.unit_from_address:
            told = decided_with(letter(*PLAIN), iserlohn, Register(document_type=kind.key))
            assert told.document_type == iserlohn.routing.other_type


def test_two_addressed_units_need_a_person(iserlohn: City) -> None:
    assert not decided(letter(*HALL, office="Bereich Jugend und Bereich Recht"), iserlohn).certain


@pytest.mark.parametrize("office", ["Bauordnungsamt", "Ordnungsamt", "Standesamt", "Friedhofsverwaltung"])
def test_an_office_that_is_none_of_the_units_is_never_guessed(office: str, iserlohn: City) -> None:
    found = decided(letter(*HALL, office=office), iserlohn)
    assert (found.unit, found.certain) == (None, False)


FOREIGN = [
    ("Falschparker", "vor unserer Einfahrt parken Autos im Halteverbot."),
    ("Schlagloch", "in der Fahrbahn ist ein tiefes Schlagloch."),
    ("Grabstätte", "das Nutzungsrecht am Grab auf dem Friedhof läuft ab."),
    ("Personalausweis", "ich brauche einen neuen Personalausweis."),
    ("Bebauungsplan", "zum Bebauungsplan möchte ich Einwände erheben."),
]


@pytest.mark.parametrize(("subject", "body"), FOREIGN)
def test_a_matter_nobody_here_answers_for_goes_to_a_person_who_is_told_why(
    subject: str, body: str, iserlohn: City
) -> None:
    found = decided(letter(subject, body), iserlohn)
    assert (found.unit, found.certain) == (None, False)
    assert "dafür ist keine der eingetragenen Einheiten zuständig" in found.reasons[-1]


def test_building_control_called_amt_63_elsewhere_is_not_our_statistics(iserlohn: City) -> None:
    found = decided(letter("Bauantrag", "anbei Bauvorlagen und Lageplan.", office="Amt 63"), iserlohn)
    assert (found.unit, found.certain) == (None, False)


TRAPS = {
    "a register court in the footer is no court": (letter(*HALL), "sonstiges"),
    "the audit office is no invoice": (letter("Termin", "wann passt es?", office="Rechnungsprüfungsamt"), "sonstiges"),
    "a lawsuit in the newspaper is no court mail": (
        letter("Leserbrief", "in Ihrem Stadtmagazin stand etwas über die Klage gegen das Kino. Das fand ich gut."),
        "sonstiges",
    ),
    "a dunning letter that quotes its invoice is no invoice": (
        letter("Mahnung", "unsere Rechnung Nr. 4711 mit Rechnungsdatum 1.9. ist noch offen, Gesamtbetrag 50,00 Euro."),
        "mahnung",
    ),
    "a complaint that speaks of a reminder is no dunning letter": (
        letter("Beschwerde", "trotz Zahlung kam eine Mahnung. Darüber beschwere ich mich."),
        "beschwerde",
    ),
    "an announced garnishment is no notice of termination": (
        letter("Pfändungsankündigung der Vollstreckung", "ich habe die Forderung schon bezahlt."),
        "sonstiges",
    ),
    "whoever asks for a certificate sends none": (
        letter("Geburtsurkunde", "ich bitte um Ausstellung einer Geburtsurkunde für meine Tochter."),
        "sonstiges",
    ),
    "a question of a bidder is no tender": (
        letter("Bieterfrage zur Ausschreibung", "zum Angebot im Vergabeverfahren 25/2026 haben wir eine Frage."),
        "sonstiges",
    ),
}


@pytest.mark.parametrize(("text", "kind"), TRAPS.values(), ids=TRAPS)
def test_a_quoted_word_is_not_a_class(text: str, kind: str, iserlohn: City) -> None:
    assert decided(text, iserlohn).document_type == kind


OBJECTIONS = [
    ("Widerspruch gegen den Grundsteuerbescheid", "der Hebesatz ist falsch, ich lege Widerspruch ein.", "22"),
    ("Widerspruch", "gegen den Bescheid über Grundsicherung nach dem SGB XII lege ich Widerspruch ein.", "52"),
    ("Einspruch gegen den Bußgeldbescheid", "ich lege Einspruch gegen den Bußgeldbescheid ein.", None),
]


@pytest.mark.parametrize(("subject", "body", "unit"), OBJECTIONS)
def test_an_objection_goes_to_whoever_issued_the_notice(
    subject: str, body: str, unit: str | None, iserlohn: City
) -> None:
    found = decided(letter(subject, body), iserlohn)
    assert (found.document_type, found.unit) == ("widerspruch", unit)


def test_court_mail_about_children_goes_to_the_youth_office(iserlohn: City) -> None:
    court = "Amtsgericht Iserlohn\nFamiliengericht"
    family = letter("In der Familiensache", "wegen elterlicher Sorge wird das Jugendamt geladen.", sender=court)
    civil = letter("In dem Rechtsstreit Müller gegen Stadt Iserlohn", "wird die Klageschrift zugestellt.", sender=court)
    assert (decided(family, iserlohn).unit, decided(civil, iserlohn).unit) == ("51", "30")


def test_a_confidential_matter_is_never_routed_on_words_in_the_text_alone(iserlohn: City) -> None:
    body = "ich bin alleinerziehend und beantrage Unterhaltsvorschuss nach dem UVG."
    alone = decided(letter("Bitte um Hilfe", body), iserlohn)
    assert (alone.unit, alone.certain) == ("51", False)
    assert alone.doubt == "Vertrauliche Sache: sie wird nie allein nach Wörtern zugeleitet."
    assert decided(letter("Bitte um Hilfe", body, office="Bereich Jugend"), iserlohn).certain
    assert not decided(letter("Antrag auf Unterhaltsvorschuss", body), iserlohn).certain, "a title is no address"


def test_a_city_may_let_a_title_suffice_for_confidential_matters(iserlohn: City) -> None:
    routing = iserlohn.routing.model_copy(update={"confidential_by": ("sheet", "reference", "address", "form")})
    city = iserlohn.model_copy(update={"routing": routing})
    assert decided(letter("Antrag auf Unterhaltsvorschuss", "nach dem UVG."), city).certain


def test_advertising_is_assigned_by_a_person_unless_a_unit_is_addressed(iserlohn: City) -> None:
    subject, body = "Herbstaktion: 20 % Rabatt auf Büromöbel", "jetzt bestellen, nur solange der Vorrat reicht!"
    plain, addressed = (told(letter(subject, body, office=office), iserlohn) for office in ("", "Zentraler Einkauf"))
    assert plain.advertising
    assert (plain.decision.unit, plain.decision.certain) == (None, False)
    assert (addressed.decision.unit, addressed.decision.certain) == ("25", True)


@pytest.mark.parametrize(
    "body",
    [
        "Die Zeugnisse füge ich im Original bei und bitte um Rücksendung.",
        "Eine beglaubigte Abschrift liegt bei.",
        "Zwei Ausfertigungen liegen bei, bitte senden Sie uns eine gegengezeichnet zurück.",
        "Die Hundemarke lege ich diesem Brief bei.",
        "Hiermit kündigen wir den Vertrag.",
    ],
)
def test_what_is_needed_as_paper_is_seen_whatever_the_type(body: str, iserlohn: City) -> None:
    assert told(letter("Mein Anliegen", body), iserlohn).needs_original


@pytest.mark.parametrize("body", ["Kopien liegen bei.", "Bitte schicken Sie mir eine neue Hundemarke."])
def test_copies_and_wishes_are_no_originals(body: str, iserlohn: City) -> None:
    assert not told(letter("Mein Anliegen", body), iserlohn).needs_original


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Dear Sir, we are writing to you because our school would like to visit your town. Please tell us.", "en"),
        ("Sayın yetkililer, size bu mektubu çok önemli bir konu için yazıyorum ve cevap bekliyorum bana.", "tr"),
        ("Уважаемые дамы и господа, я пишу вам по поводу моего заявления и прошу ответить.", "ru"),
    ],
)
def test_a_foreign_letter_is_told_and_left_to_a_person(text: str, language: str, iserlohn: City) -> None:
    found = told(f"Stadt Iserlohn\nSportbüro\n58636 Iserlohn\n\n{text}", iserlohn)
    assert (found.language, found.decision.certain) == (language, False)
    assert "nicht auf Deutsch" in found.decision.doubt


def test_rubbish_is_no_letter(iserlohn: City) -> None:
    found = told("ln nv mw; il vuw\n" * 20, iserlohn)
    assert not found.decision.certain
    assert "kaum lesbar" in found.decision.doubt


def test_a_badly_recognised_letter_is_left_to_a_person(iserlohn: City) -> None:
    page = written(letter(*HALL, office="Sportbüro"), iserlohn)
    assert understand(page, iserlohn, DAY, sureness=0.95).decision.certain
    assert not understand(page, iserlohn, DAY, sureness=0.5).decision.certain


def test_a_letter_that_cannot_be_read_properly_keeps_its_paper(iserlohn: City) -> None:
    page = written(letter(*HALL, office="Sportbüro"), iserlohn)
    assert understand(page, iserlohn, DAY, sureness=0.5).needs_original
    assert not understand(page, iserlohn, DAY, sureness=0.95).needs_original


def test_a_tender_that_was_opened_by_mistake_is_closed_all_the_same(iserlohn: City) -> None:
    body = "zu Ihrer Ausschreibung Vergabe-Nr. 25/2026 geben wir unser Angebot ab. An die Bindefrist halten wir uns."
    found = told(letter("Unser Angebot zur Ausschreibung", body), iserlohn)
    assert found.closed is ClosedMail.TENDER
    assert (found.decision.document_type, found.decision.certain, found.values) == ("angebot_vergabe", False, ())


@pytest.mark.parametrize("office", ["Amt 51", "Bereich 51", "FB 51"])
def test_a_number_in_the_address_names_the_unit_if_the_matter_is_not_another_one(office: str, iserlohn: City) -> None:
    neutral = decided(letter("Terminanfrage", "wann passt es Ihnen?", office=office), iserlohn)
    other = decided(letter(*HALL, office=office), iserlohn)
    assert (neutral.unit, neutral.evidence, neutral.certain) == ("51", Evidence.ADDRESS, True)
    assert other.unit == "54"


def test_our_whole_reference_in_the_subject_needs_no_label(iserlohn: City) -> None:
    found = decided(letter("Mein Anliegen, 51-20.05/1234", "bitte rufen Sie mich an."), iserlohn)
    assert (found.unit, found.evidence) == ("51", Evidence.REFERENCE)


def test_what_might_be_a_reminder_of_an_invoice_is_not_sent_to_the_unit_it_is_addressed_to(iserlohn: City) -> None:
    body = "der Betrag ist noch offen und überfällig."
    assert not decided(letter("Ihr Auftrag", body, office="Sportbüro"), iserlohn).certain
    assert decided(letter("Ihr Auftrag", "wir freuen uns darauf.", office="Sportbüro"), iserlohn).certain


def test_one_broad_word_does_not_send_an_invoice_to_the_unit_it_mentions(iserlohn: City) -> None:
    body = "für den Unterricht im Sportverein in der Turnhalle berechne ich 95,00 Euro.\nIBAN DE02120300000000202051"
    found = decided(letter("Mein Einsatz", f"{body}\nUmsatzsteuer fällt nach § 19 UStG nicht an."), iserlohn)
    assert not found.certain or found.unit == "21"


def test_two_strong_matters_of_two_units_wait_for_a_person(iserlohn: City) -> None:
    dog = "hiermit melde ich meinen Hund, einen Dackel, zur Hundesteuer an."
    child = (
        "Und wegen des Elternbeitrags für die Kindertagesstätte: Betreuungsplatz ab August, Beitragsfestsetzung anbei."
    )
    assert decided(letter("Anmeldung meines Hundes", dog), iserlohn).certain
    assert not decided(letter("Anmeldung meines Hundes", f"{dog}\n{child}"), iserlohn).certain


def test_a_type_half_heard_keeps_the_letter_from_the_unit_of_another_matter(iserlohn: City) -> None:
    body = "die Messbescheide des Finanzamts und die Veranlagung lege ich bei, mein Kind geht in den Kindergarten."
    assert not decided(letter("Unterlagen", body), iserlohn).certain


def test_a_broad_word_in_the_subject_names_no_unit_by_itself(iserlohn: City) -> None:
    assert not decided(letter("Trainingsanzug", "den haben Sie neulich verschenkt, danke schön."), iserlohn).certain
    assert decided(letter("Trainingsanzug", "er liegt noch in der Turnhalle."), iserlohn).certain


def test_the_last_word_of_a_sentence_is_no_title_of_an_invoice(iserlohn: City) -> None:
    body = "Ihre Bestellung ist eingegangen, Liefertermin ist der 3. Dezember. Dies ist noch keine\nRechnung."
    assert decided(letter("Auftragsbestätigung AB 815", body), iserlohn).document_type != "rechnung"
