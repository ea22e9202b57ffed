"""A mistake in the city's rules is told with file, line, what is wrong and what is allowed."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from config.city_config import City
from config.deadlines_config import DeadlineRules
from config.load import read_city
from config.settings import CODE_ROOT
from schemas.errors import ConfigurationError

SHIPPED = CODE_ROOT / "config" / "city"
FILES = sorted(path.name for path in SHIPPED.glob("*.yaml"))
OPTIONAL = frozenset(
    {
        "accounting.yaml",
        "approval.yaml",
        "deadlines.yaml",
        "distribution.yaml",
        "finance.yaml",
        "legal_entities.yaml",
        "teaching.yaml",
    }
)
"""Came later than the first cities: without them the defaults hold."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rules that a test may spoil."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "city"))


def line_of(path: Path, text: str) -> int:
    """The line on which the text stands for the first time."""
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def complaint(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_city(folder)
    return str(caught.value)


def test_the_shipped_rules_are_sound(folder: Path) -> None:
    city = read_city(folder)
    assert isinstance(city, City)
    assert city.organisation.city == "Stadt Iserlohn"
    assert city.unit("22") is not None
    assert city.document_type("hundesteuer") is not None
    assert city.intake_point("scan") is not None


def test_what_does_not_exist_is_not_made_up(folder: Path) -> None:
    city = read_city(folder)
    assert (city.unit("999"), city.document_type("gibtsnicht"), city.intake_point("keller")) == (None, None, None)


@pytest.mark.parametrize("name", [name for name in FILES if name not in OPTIONAL])
def test_a_missing_file_is_named_with_its_folder(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert complaint(folder) == f"{name}: Die Datei fehlt in {folder}."


def test_a_folder_of_an_earlier_release_still_loads(folder: Path) -> None:
    for name in OPTIONAL:
        (folder / name).unlink(missing_ok=True)
    assert read_city(folder).deadlines == DeadlineRules()


def test_nobody_is_told_of_a_deadline_before_its_unit(folder: Path) -> None:
    (folder / "deadlines.yaml").write_text("remind_after: 5\nescalate_after: 5\n")
    assert "'escalate_after' muss größer sein als 'remind_after'" in complaint(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_syntax_error_is_told_with_its_line(folder: Path, name: str) -> None:
    path = folder / name
    lines = len(path.read_text().splitlines())
    path.write_text(path.read_text() + "\noffen: [1, 2\n")
    message = complaint(folder)
    assert message.startswith(f"{name}, Zeile {lines + 3}: kein gültiges YAML (")


@pytest.mark.parametrize("name", FILES)
def test_a_tab_as_indentation_is_told_with_its_line(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text("a:\n\tb: 1\n")
    assert complaint(folder).startswith(f"{name}, Zeile 2: kein gültiges YAML (")


@pytest.mark.parametrize("name", FILES)
def test_an_unknown_entry_is_told_with_its_line_and_the_allowed_ones(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(path.read_text() + "\nfremd: 1\n")
    message = complaint(folder)
    assert message.startswith(f"{name}, Zeile {line_of(path, 'fremd')}: fremd: unbekannte Angabe; erlaubt sind: ")
    known = next(iter(yaml.safe_load((SHIPPED / name).read_text())))
    assert known in message


@pytest.mark.parametrize("name", FILES)
def test_an_entry_given_twice_is_told_with_the_second_line(folder: Path, name: str) -> None:
    path = folder / name
    first = next(iter(yaml.safe_load(path.read_text())))
    path.write_text(path.read_text() + f"\n{first}: 1\n")
    lines = len(path.read_text().splitlines())
    assert complaint(folder) == f"{name}, Zeile {lines}: '{first}' steht zweimal."


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", ["", "# nichts\n", "- nur\n- eine Liste\n", "nur Text\n"])
def test_a_file_that_holds_no_entries_is_refused_in_german(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    message = complaint(folder)
    assert message.startswith(f"{name}, Zeile 1: Datei: muss Angaben der Form 'Schlüssel: Wert' enthalten")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_utf8_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes("city: Schönstadt\n".encode("latin-1"))
    message = complaint(folder)
    assert name in message
    assert "nicht lesbar" in message


MISTAKES = {
    "unit number as a number": (
        "organisation.yaml",
        'number: "11"',
        "number: 11",
        "units.3.number: muss Text sein (Zahlen in Anführungszeichen setzen) (gefunden: 11)",
    ),
    "unit number of a wrong form": (
        "organisation.yaml",
        'number: "16"',
        'number: "EDV"',
        "units.6.number: hat nicht die erlaubte Form",
    ),
    "dms neither true nor false": (
        "organisation.yaml",
        "name: Rechnungsprüfungsamt, dms: true",
        "name: Rechnungsprüfungsamt, dms: vielleicht",
        "units.5.dms: muss true oder false sein (gefunden: 'vielleicht')",
    ),
    "unit without a name": (
        "organisation.yaml",
        "name: Rechnungsprüfungsamt, ",
        "",
        "units.5.name: Pflichtangabe fehlt",
    ),
    "unknown entry of a unit": (
        "organisation.yaml",
        "name: Rechnungsprüfungsamt, dms: true",
        "name: Rechnungsprüfungsamt, dms: true, leitung: A",
        "units.5.leitung: unbekannte Angabe; erlaubt sind: number, name, dms, dms_from, dms_to, valid_from, valid_to, "
        "succeeded_by, aliases, persons",
    ),
    "empty name": ("organisation.yaml", "city: Stadt Iserlohn", 'city: "  "', "city: darf nicht leer sein"),
    "key of a wrong form": (
        "document_types.yaml",
        "key: mahnung",
        "key: Mahnung!",
        "document_types.3.key: hat nicht die erlaubte Form",
    ),
    "unknown protection level": (
        "procedure.yaml",
        "protection: {integrity: sehr hoch}",
        "protection: {integrity: mittel}",
        "protection.integrity: erlaubt ist nur 'normal', 'hoch' oder 'sehr hoch' (gefunden: 'mittel')",
    ),
    "a very high need checked by whoever scanned": (
        "procedure.yaml",
        "protection: {integrity: sehr hoch}",
        "protection: {integrity: sehr hoch}, sample: {share: 1.0}",
        "'sample': bei Integrität 'sehr hoch' sind {share: 1.0, four_eyes: true} verbindlich",
    ),
    "a level of confidentiality without its way of shredding": (
        "procedure.yaml",
        "din_66399: {normal: P-3, hoch: P-4, sehr hoch: P-5}",
        "din_66399: {normal: P-3, hoch: P-4}",
        "'din_66399' braucht auch: sehr hoch",
    ),
    "a way of shredding that does not exist": (
        "procedure.yaml",
        "din_66399: {normal: P-3",
        "din_66399: {normal: fein",
        "din_66399.normal: hat nicht die erlaubte Form",
    ),
    "bad pattern": (
        "document_types.yaml",
        "(?:gutschrift|Rechnungskorrektur|",
        "(?:gutschrift|(Rechnungskorrektur|",
        "ist kein gültiger regulärer Ausdruck",
    ),
    "word and pattern at once": (
        "document_types.yaml",
        "{word: Gemeindeordnung, weight: 2}",
        "{word: Gemeindeordnung, pattern: Gemeinde, weight: 2}",
        "genau eines von 'word', 'pattern', 'any' und 'all' angeben",
    ),
    "neither word nor pattern": (
        "document_types.yaml",
        "{word: Gemeindeordnung, weight: 2}",
        "{weight: 2}",
        "genau eines von 'word', 'pattern', 'any' und 'all' angeben",
    ),
    "weight not above zero": (
        "document_types.yaml",
        "{word: Gemeindeordnung, weight: 2}",
        "{word: Gemeindeordnung, weight: 0}",
        "weight: muss größer als 0 sein (gefunden: 0)",
    ),
    "weight too high": (
        "document_types.yaml",
        "{word: Gemeindeordnung, weight: 2}",
        "{word: Gemeindeordnung, weight: 20}",
        "weight: darf höchstens 10 sein (gefunden: 20)",
    ),
    "weight no number": (
        "document_types.yaml",
        "{word: Gemeindeordnung, weight: 2}",
        "{word: Gemeindeordnung, weight: viel}",
        "weight: muss eine Zahl sein (gefunden: 'viel')",
    ),
    "cues no list": (
        "document_types.yaml",
        "name: Sonstiges Schreiben",
        "name: Sonstiges Schreiben\n    cues: Brief",
        "cues: muss eine Liste sein (gefunden: 'Brief')",
    ),
    "confidence above one": (
        "routing.yaml",
        "minimum_confidence: 0.6",
        "minimum_confidence: 60",
        "minimum_confidence: darf höchstens 1 sein (gefunden: 60)",
    ),
    "no address lines": (
        "routing.yaml",
        "address_lines: 20",
        "address_lines: 0",
        "address_lines: muss mindestens 1 sein (gefunden: 0)",
    ),
    "half an address line": (
        "routing.yaml",
        "address_lines: 20",
        "address_lines: 2.5",
        "address_lines: muss eine ganze Zahl sein (gefunden: 2.5)",
    ),
    "inbox with a path in it": (
        "intake_points.yaml",
        "inbox: scan",
        "inbox: ../../etc",
        "intake_points.1.inbox: hat nicht die erlaubte Form",
    ),
    "nobody answers for the scans": (
        "intake_points.yaml",
        "operator: Maria Muster",
        'operator: ""',
        "intake_points.1.operator: darf nicht leer sein",
    ),
    "no date": (
        "intake_points.yaml",
        "valid_from: 2026-01-01",
        "valid_from: Neujahr",
        "intake_points.1.valid_from: muss ein Datum der Form JJJJ-MM-TT sein (gefunden: 'Neujahr')",
    ),
    "property nobody knows": (
        "dms.yaml",
        'unit: "4"',
        'bereich: "4"',
        "properties.bereich: erlaubt ist nur 'document_id', 'register_number', 'document_type', 'unit', "
        "'received_on', 'file_name', 'sha256', 'invoice_register_number', 'amount'",
    ),
    "an age of no days": (
        "invoices.yaml",
        "oldest_days: 730",
        "oldest_days: 0",
        "oldest_days: muss mindestens 1 sein (gefunden: 0)",
    ),
    "a decision no archive takes": (
        "retention.yaml",
        "    decision: A",
        "    decision: B",
        "appraisals.1.decision: erlaubt ist nur 'A' oder 'V' (gefunden: 'B')",
    ),
    "a decision without its number": (
        "retention.yaml",
        "number: Beispiel-1/2026 ",
        'number: "" ',
        "appraisals.1.number: darf nicht leer sein",
    ),
    "a decision without its day": (
        "retention.yaml",
        "decided_on: 2026-01-15",
        "decided_on: im Januar",
        "appraisals.1.decided_on: muss ein Datum der Form JJJJ-MM-TT sein (gefunden: 'im Januar')",
    ),
}


@pytest.mark.parametrize("lax", ["{share: 0.5, four_eyes: true}", "{share: 1.0}"])
def test_a_very_high_need_is_looked_at_whole_and_by_another(folder: Path, lax: str) -> None:
    spoil(folder / "procedure.yaml", "sehr hoch: {share: 1.0, four_eyes: true}", f"sehr hoch: {lax}")
    assert "sampling: bei Integrität 'sehr hoch' sind {share: 1.0, four_eyes: true} verbindlich" in complaint(folder)


@pytest.mark.parametrize(("name", "old", "new", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_wrong_value_is_told_with_its_line_and_what_is_allowed(
    folder: Path, name: str, old: str, new: str, expected: str
) -> None:
    line = line_of(folder / name, old) + new.count("\n")
    spoil(folder / name, old, new)
    message = complaint(folder)
    assert message.startswith(f"{name}, Zeile {line}: ")
    assert expected in message


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_no_message_is_english(folder: Path, mistake: tuple[str, str, str, str]) -> None:
    name, old, new, _ = mistake
    spoil(folder / name, old, new)
    message = complaint(folder)
    assert not any(word in message for word in ("Input", "should", "valid ", "Value error", " or "))


def test_a_bad_pattern_to_ignore_is_shown(folder: Path) -> None:
    spoil(folder / "routing.yaml", "'(?i)rechnungsprüfungsamt'", "'(?i)rechnungs[prüfungsamt'")
    message = complaint(folder)
    assert message.startswith("routing.yaml, Zeile ")
    assert "'(?i)rechnungs[prüfungsamt' ist kein gültiger regulärer Ausdruck" in message


def test_our_own_id_must_be_mapped(folder: Path) -> None:
    spoil(folder / "dms.yaml", '  document_id: "1"\n', "")
    message = complaint(folder)
    assert message.startswith("dms.yaml, Zeile ")
    assert "'properties' braucht 'document_id'" in message


def test_no_unit_no_intake_point(folder: Path) -> None:
    (folder / "intake_points.yaml").write_text("intake_points: []\n")
    assert complaint(folder) == "intake_points.yaml, Zeile 1: intake_points: braucht mindestens einen Eintrag."


REFERENCES = ["vertrag", "urkunde", "rechnung", "hundesteuer"]


@pytest.mark.parametrize("key", REFERENCES)
def test_a_unit_that_does_not_exist_is_told_on_the_line_it_stands(folder: Path, key: str) -> None:
    """Also for keys that stand as part of a word further up: 'vertrag' in 'Mietvertrag'."""
    path = folder / "document_types.yaml"
    data = yaml.safe_load(path.read_text())
    kind = next(kind for kind in data["document_types"] if kind["key"] == key)
    kind["unit"] = "99"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    message = complaint(folder)
    line = line_of(path, "unit: '99'")
    assert message.startswith(
        f"document_types.yaml, Zeile {line}: {key}: die Organisationseinheit '99' gibt es nicht. Erlaubt: 10/1, 10/2, "
    )


def test_a_category_for_a_type_that_does_not_exist_is_told_on_its_line(folder: Path) -> None:
    spoil(folder / "dms.yaml", "categories: {e_rechnung: RECH}", "categories:\n  rechnung: RECHN\n  unit: X")
    message = complaint(folder)
    line = line_of(folder / "dms.yaml", "unit: X")
    assert message.startswith(f"dms.yaml, Zeile {line}: die Dokumentart 'unit' gibt es nicht. Erlaubt: angebot_vergabe")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"51": {node', '"59": {node', "die Organisationseinheit '59' gibt es nicht. Erlaubt: 10/1, 10/2, "),
        (
            "  original: {form: none}",
            "  rohscan: {form: none}",
            "das Papier 'rohscan' gibt es nicht. Erlaubt: freigabeprotokoll, freigabeprotokoll_xml, lesbar, "
            "manifest, manifestsiegel, manifestzeitstempel, original, pruefbericht, transfervermerk.",
        ),
        (
            "{POSTE: sehr hoch",
            "{POST: sehr hoch",
            "die Kategorie 'POST' gibt es nicht. Erlaubt: NACHW, POSTE, RECH.",
        ),
    ],
    ids=["inbox of no unit", "paper nobody knows", "reader of no category"],
)
def test_a_name_in_dms_yaml_that_nothing_has_is_told_on_its_line(folder: Path, old: str, new: str, said: str) -> None:
    spoil(folder / "dms.yaml", old, new)
    message = complaint(folder)
    line = line_of(folder / "dms.yaml", new.splitlines()[-1])
    assert message.startswith(f"dms.yaml, Zeile {line}: {said}")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("form: document}", "form: doppelt}", "papers.lesbar.form: erlaubt ist nur 'document', 'version' oder 'none'"),
        ('"54": {node: 54-POSTEINGANG, title: Posteingang Sportbüro, group: gruppe-54}', '"54": {}', "'node'"),
        ("dossiers: {category", "# {category", "dafür braucht es 'dossiers'"),
    ],
    ids=["unknown form", "inbox without place", "nodes without dossiers"],
)
def test_a_mistake_in_papers_or_inboxes_is_told(folder: Path, old: str, new: str, said: str) -> None:
    spoil(folder / "dms.yaml", old, new)
    assert said in complaint(folder)


@pytest.mark.parametrize("pattern", ["^51-.*", "51-.*$", ".*", "51-("])
def test_a_pattern_that_does_not_describe_one_whole_reference_is_refused(folder: Path, pattern: str) -> None:
    path = folder / "routing.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("own_reference:")] + f"own_reference: '{pattern}'\n", encoding="utf-8")
    assert "'own_reference'" in complaint(folder)


def test_every_unit_that_works_in_the_dms_has_an_inbox_node_and_a_group(folder: Path) -> None:
    city = read_city(folder)
    inboxes = {number: (inbox.node, inbox.group) for number, inbox in city.dms.inboxes.items()}
    assert inboxes == {
        unit.number: (f"{unit.number}-POSTEINGANG", f"gruppe-{unit.folder}")
        for unit in city.organisation.units
        if unit.dms
    }


def test_a_category_for_a_known_type_is_kept(folder: Path) -> None:
    spoil(folder / "dms.yaml", "{e_rechnung: RECH}", "{rechnung: RECH}")
    assert read_city(folder).dms.categories == {"rechnung": "RECH"}


@pytest.mark.parametrize(
    ("name", "old", "new", "taken"),
    [
        ("organisation.yaml", 'number: "10/2"', 'number: "16"', "'16'"),
        ("document_types.yaml", "key: gutschrift", "key: rechnung", "'rechnung'"),
    ],
)
def test_a_number_or_key_given_twice_is_told_on_its_second_line(
    folder: Path, name: str, old: str, new: str, taken: str
) -> None:
    spoil(folder / name, old, new)
    path = folder / name
    lines = [number for number, line in enumerate(path.read_text().splitlines(), 1) if new in line]
    assert complaint(folder) == f"{name}, Zeile {lines[1]}: {taken} ist zweimal vergeben."


@pytest.mark.parametrize(("same", "value"), [("inbox", "scan"), ("key", "scanstelle")])
def test_two_intake_points_do_not_share_inbox_or_key(folder: Path, same: str, value: str) -> None:
    path = folder / "intake_points.yaml"
    data = yaml.safe_load(path.read_text())
    first, *_ = data["intake_points"]
    data["intake_points"].append(first | {"inbox": "keller", "key": "keller"} | {same: value})
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    message = complaint(folder)
    assert message.startswith("intake_points.yaml, Zeile ")
    assert message.endswith(f"'{value}' ist zweimal vergeben.")


def test_the_rules_cannot_be_changed_while_running(folder: Path) -> None:
    city = read_city(folder)
    with pytest.raises(ValueError, match="frozen"):
        city.routing.minimum_confidence = 0.0  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        city.organisation.units[0].dms = False  # type: ignore[misc]


def test_a_units_number_becomes_a_folder_name_without_slash(folder: Path) -> None:
    unit = read_city(folder).unit("41/2")
    assert unit is not None
    assert unit.folder == "41-2"


# What the archive has decided


ANOTHER = "  - {document_type: %s, decision: %s, number: 2/2026, decided_on: 2026-02-01, decided_by: Archiv}\n"


def decide(folder: Path, document_type: str, decision: str) -> Path:
    path = folder / "retention.yaml"
    path.write_text(path.read_text(encoding="utf-8") + ANOTHER % (document_type, decision), encoding="utf-8")
    return path


def test_only_a_decision_a_makes_a_type_one_the_archive_keeps(folder: Path) -> None:
    decide(folder, "werbung", "V")
    found = read_city(folder)
    kept = found.kept_by_archive("rat_fraktion")
    assert kept is not None
    assert (kept.number, kept.decided_on.isoformat()) == ("Beispiel-1/2026", "2026-01-15")
    assert [found.kept_by_archive(kind) for kind in ("werbung", "hundesteuer", None)] == [None, None, None]


def test_without_any_decision_nothing_is_kept(folder: Path) -> None:
    (folder / "retention.yaml").write_text("appraisals: []\n")
    assert read_city(folder).kept_by_archive("rat_fraktion") is None


def test_a_decision_about_a_type_that_does_not_exist_is_told_on_its_line(folder: Path) -> None:
    path = decide(folder, "ratsbeschluss", "A")
    line = line_of(path, "ratsbeschluss")
    assert complaint(folder).startswith(
        f"retention.yaml, Zeile {line}: die Dokumentart 'ratsbeschluss' gibt es nicht. Erlaubt: angebot_vergabe, "
    )


def test_two_decisions_about_one_type_are_told_on_the_second_line(folder: Path) -> None:
    path = decide(folder, "rat_fraktion", "V")
    line = len(path.read_text(encoding="utf-8").splitlines())
    assert complaint(folder) == f"retention.yaml, Zeile {line}: 'rat_fraktion' ist zweimal vergeben."


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ('unit: "999"', "die Organisationseinheit '999' gibt es nicht. Erlaubt: "),
        ("document_type: witz", "die Dokumentart 'witz' gibt es nicht. Erlaubt: "),
    ],
)
def test_a_separator_names_units_and_types_that_exist(folder: Path, mistake: str, said: str) -> None:
    path = folder / "scan.yaml"
    sheet = f"contents:\n    - {{content: NEU, type: DOC, {mistake}}}\n"
    path.write_text(re.sub(r"contents: \[\].*\n", sheet, path.read_text()))
    assert complaint(folder).startswith(f"scan.yaml, Zeile {line_of(path, 'NEU')}: {said}")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("routing.yaml", "other_type: sonstiges", "other_type: anderes", "die Dokumentart 'anderes' gibt es nicht"),
        (
            "routing.yaml",
            "tender_type: angebot_vergabe",
            "tender_type: angebot",
            "die Dokumentart 'angebot' gibt es nicht",
        ),
        ("routing.yaml", 'unit: "54"', 'unit: "99"', "die Organisationseinheit '99' gibt es nicht"),
        (
            "document_types.yaml",
            "yields_to: [gerichtspost,",
            "yields_to: [gericht,",
            "die Dokumentart 'gericht' gibt es",
        ),
        (
            "document_types.yaml",
            'topics_first: ["51",',
            'topics_first: ["59",',
            "die Organisationseinheit '59' gibt es",
        ),
    ],
)
def test_what_a_rule_of_distribution_names_must_exist(folder: Path, name: str, old: str, new: str, said: str) -> None:
    spoil(folder / name, old, new)
    message = complaint(folder)
    assert message.startswith(f"{name}, Zeile ")
    assert said in message
