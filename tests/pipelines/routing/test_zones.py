"""Which part of a letter is which: on DIN 5008 form A and B, in one line across columns, in noisy and in plain text."""

import pytest

from config.city_config import City
from schemas.recognised import Zone
from tests.pipelines.routing.paper import ADDRESS, on_paper, written

WINDOW = ("Stadt Iserlohn", "Bereich Jugend", "Schillerplatz 7", "58636 Iserlohn")


def letter_rows(top: float) -> list[tuple[float, float, str]]:
    """A letter whose address window begins so far down."""
    rows = [(25.0, 12.0, "Elektro Beispiel GmbH"), (25.0, 17.0, "Handwerkerweg 3"), (25.0, 22.0, "58640 Iserlohn")]
    rows.append((25.0, top, "Elektro Beispiel GmbH · Handwerkerweg 3 · 58640 Iserlohn"))
    rows += [(25.0, top + 8 + 5 * at, line) for at, line in enumerate(WINDOW)]
    rows += [(125.0, top + 8, "Ihr Zeichen: 51-20.05/1234"), (125.0, top + 13, "Datum: 02.11.2026")]
    rows += [
        (25.0, top + 55, "Betreuungsvertrag"),
        (25.0, top + 65, "Sehr geehrte Damen und Herren,"),
        (25.0, top + 75, "hier steht, worum es geht."),
        (25.0, top + 90, "Mit freundlichen Grüßen"),
        (25.0, top + 100, "Erika Beispiel"),
        (25.0, 275.0, "Amtsgericht Iserlohn HRB 4711 · IBAN DE02 1203 0000 0000 2020 51"),
    ]
    return rows


@pytest.mark.parametrize("top", [27.0, 45.0], ids=["form A", "form B"])
def test_every_part_of_a_business_letter_is_found(top: float, iserlohn: City) -> None:
    letter = on_paper(iserlohn, letter_rows(top))
    assert letter.part(Zone.ADDRESS).split("\n") == list(WINDOW)
    assert letter.part(Zone.INFORMATION).split("\n") == ["Ihr Zeichen: 51-20.05/1234", "Datum: 02.11.2026"]
    assert letter.part(Zone.SUBJECT) == "Betreuungsvertrag"
    assert letter.part(Zone.BODY) == "Sehr geehrte Damen und Herren,\nhier steht, worum es geht."
    assert letter.part(Zone.CLOSING) == "Mit freundlichen Grüßen\nErika Beispiel"
    assert letter.part(Zone.FOOTER).startswith("Amtsgericht Iserlohn HRB 4711")
    assert letter.part(Zone.LETTERHEAD).startswith("Elektro Beispiel GmbH\nHandwerkerweg 3\n58640 Iserlohn")


def test_the_place_of_a_word_is_told_by_zone_page_and_line(iserlohn: City) -> None:
    letter = on_paper(iserlohn, letter_rows(45.0), [(25.0, 30.0, "Anlage")])
    place = letter.place(letter.text.index("Betreuungsvertrag"))
    assert (place.zone, place.page) == (Zone.SUBJECT, 1)
    assert letter.text.splitlines()[place.line - 1] == "Betreuungsvertrag"
    further = letter.place(letter.text.index("Anlage"))
    assert (further.zone, further.page) == (Zone.FURTHER, 2)


def test_misread_anchors_are_still_anchors(iserlohn: City) -> None:
    address = "5tadt lserlohn\nBereicb Jugend\nSchi1lerplatz 7\n58636 Iserlohn"
    text = f"Cem Beispiel\n\n{address}\n\nMein Anliegen\n\n5ehr gechrte Damen,\nText."
    letter = written(text, iserlohn)
    assert letter.part(Zone.ADDRESS).split("\n")[1] == "Bereicb Jugend"
    assert letter.part(Zone.SUBJECT) == "Mein Anliegen"


def test_a_sender_in_the_same_town_is_not_the_addressee(iserlohn: City) -> None:
    sender = "Erika Beispiel\nFinkenweg 8\n58636 Iserlohn"
    text = f"{sender}\n\nStadt Iserlohn\nSteueramt\n58636 Iserlohn\n\nHund\n\nGuten Tag,\nText."
    letter = written(text, iserlohn)
    assert letter.part(Zone.LETTERHEAD).startswith("Erika Beispiel")
    assert letter.part(Zone.ADDRESS).startswith("Stadt Iserlohn\nSteueramt")


def test_a_court_of_the_town_above_the_letter_is_no_address(iserlohn: City) -> None:
    letter = written("Amtsgericht Iserlohn\n\nIn dem Rechtsstreit Müller gegen Stadt Iserlohn\n40 C 123/26", iserlohn)
    assert letter.part(Zone.ADDRESS) == ""


@pytest.mark.parametrize("subject", ["Kündigung zum 31.12.2026", "Mein Antrag auf Wohngeld vom 12.10.2026"])
def test_a_subject_that_ends_with_a_date_is_no_date(subject: str, iserlohn: City) -> None:
    letter = written(
        f"Stadt Iserlohn\n58636 Iserlohn\n\nHemer, den 2.11.2026\n\n{subject}\n\nGuten Tag,\nText.", iserlohn
    )
    assert letter.part(Zone.SUBJECT) == subject
    assert letter.part(Zone.INFORMATION) == "Hemer, den 2.11.2026"


def test_a_form_without_salutation_is_told_by_its_title(iserlohn: City) -> None:
    letter = written("Gewerbe-Anmeldung\nnach § 14 GewO\n\nName: Beispiel\nBeginn: 1.12.2026", iserlohn)
    assert letter.part(Zone.SUBJECT) == "Gewerbe-Anmeldung\nnach § 14 GewO"


def test_the_title_of_a_form_above_the_office_is_no_address(iserlohn: City) -> None:
    letter = written("Antrag auf Wohngeld\nStadt Iserlohn, Wohngeldstelle\n\nName: Kurz\nKaltmiete: 480,00", iserlohn)
    assert "Antrag auf Wohngeld" not in letter.part(Zone.ADDRESS)


def test_a_cover_page_with_next_to_nothing_is_not_the_letter(iserlohn: City) -> None:
    cover = [(60.0, 140.0, "Eingang")]
    letter = on_paper(iserlohn, cover, letter_rows(45.0))
    assert letter.part(Zone.SUBJECT) == "Betreuungsvertrag"
    assert letter.part(Zone.FURTHER) == "Eingang"


def test_a_word_broken_at_the_end_of_a_line_is_whole_again(iserlohn: City) -> None:
    letter = written("Guten Tag,\nes geht um die Grund-\nsteuer meines Hauses, Hof-\nund Garten", iserlohn)
    assert "Grundsteuer meines" in letter.text
    assert "Hof-\nund" in letter.text, "a shared part of two words is no break"


@pytest.mark.parametrize("text", ["", "\f\f", " \n \n"])
def test_nothing_has_no_zones_and_breaks_nothing(text: str, iserlohn: City) -> None:
    letter = written(text, iserlohn)
    assert (letter.lines(), letter.words) == ([], 0)
    assert letter.place(0).line == 1


@pytest.mark.parametrize("flood", ["A1B2" * 50_000, "Wort " * 40_000, "Anhang zum Widerspruch.\n" * 20_000])
def test_an_endless_annex_is_cut_off_and_no_row_is_endless(flood: str, iserlohn: City) -> None:
    letter = written(f"Stadt Iserlohn\n58636 Iserlohn\n\nSache\n\nGuten Tag,\n{flood}", iserlohn)
    assert letter.part(Zone.SUBJECT) == "Sache"
    assert len(letter.text) < 50_000
    assert max(len(line) for _, line in letter.lines()) <= 300


@pytest.mark.parametrize("sender", ["Landgericht Hagen - Zivilkammer", "Arbeitsgericht Hagen", "Finanzamt Hagen"])
def test_a_court_close_above_the_address_is_the_sender(sender: str, iserlohn: City) -> None:
    letter = written(f"{sender}\nStadt Iserlohn\nDer Bürgermeister\n58634 Iserlohn\nSache\nText folgt.", iserlohn)
    assert letter.part(Zone.LETTERHEAD) == sender


def test_without_a_place_the_address_ends_where_the_text_begins(iserlohn: City) -> None:
    text = "Stadt Iserlohn, Bereich EDV\nFrage nach der Statistik\nIch möchte wissen, wie viele das waren."
    assert written(text, iserlohn).part(Zone.ADDRESS) == "Stadt Iserlohn, Bereich EDV"


def test_the_town_hall_with_its_place_is_an_address(iserlohn: City) -> None:
    letter = written("Imbiss Beispiel\n\nAn das Rathaus\n58636 Iserlohn\n\nBetriebsaufgabe\nIch höre auf.", iserlohn)
    assert letter.part(Zone.ADDRESS) == "An das Rathaus\n58636 Iserlohn"


def test_the_second_row_of_a_text_is_no_title_if_it_is_a_sentence(iserlohn: City) -> None:
    letter = written(f"{ADDRESS}Erklärung\nAnliegend sende ich das Formular.\nGruß", iserlohn)
    assert letter.part(Zone.SUBJECT) == "Erklärung"


def test_a_quarter_is_no_date_and_a_register_in_a_paragraph_no_footer(iserlohn: City) -> None:
    paragraph = (
        "In der Anlage melden wir die Ergebnisse unserer Apparate an allen Standorten im Stadtgebiet. AG Hagen HRB 1."
    )
    letter = written(f"{ADDRESS}Steuererklärung 3. Quartal 2026\n{paragraph}", iserlohn)
    assert (letter.part(Zone.SUBJECT), letter.part(Zone.BODY)) == ("Steuererklärung 3. Quartal 2026", paragraph)


@pytest.mark.parametrize("title", ["Zahlungserinnerung", "Bauvoranfrage Wintergarten", "Antrag"])
def test_what_the_letter_is_does_not_belong_to_an_address_without_a_place(title: str, iserlohn: City) -> None:
    letter = written(f"An das Rechtsamt der Stadt Iserlohn\n{title}\nSehr geehrte Frau Beispiel,\nText.", iserlohn)
    assert (letter.part(Zone.ADDRESS), letter.part(Zone.SUBJECT)) == ("An das Rechtsamt der Stadt Iserlohn", title)
