"""Search: what a clerk types finds what a letter says, on both databases, and never what the person must not see."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.settings import load_settings
from records import register
from records.access import visible_documents
from records.backup import back_up
from records.excerpt import excerpts
from records.models import Document, DocumentFile, SearchText
from records.objects import ObjectStore
from records.restore import restore
from records.search import Reindexed, index, matching, reindex, remove
from records.wording import folded, readable, terms_of, text_of_html
from records.work import LeaseLost, finish
from schemas.roles import Person, Role
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, InvoiceFacts, NewFile, StepResult
from tests import postgres
from tests.records.conftest import NOW, TakeIn, connected_to, lease_of, name_in

in_database = pytest.mark.django_db
Write = Callable[..., Document]
ON_POSTGRESQL = postgres.wanted()
AUDIT = Person(1, "Rita Prüf", frozenset({Role.AUDIT}), frozenset())


@pytest.fixture
def write(take_in: TakeIn) -> Write:
    """A letter that says this."""

    def make(text: str, **changes: object) -> Document:
        document = take_in(**changes)
        index(document, text)
        return document

    return make


def found(query: str, person: Person = AUDIT) -> set[int]:
    return {document.entry for document in matching(visible_documents(person), query)}


def marked(document: Document, query: str) -> str:
    """The excerpt with what was found in brackets."""
    pieces = excerpts([document.id], query).get(document.id, ())
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in pieces)


def deliver(document: Document, store: ObjectStore, folder: Path, **texts: str) -> None:
    """A step that ends with these files."""
    files = []
    for role, text in texts.items():
        path = folder / f"{role}-{document.entry}"
        path.write_text(text, encoding="utf-8")
        files.append(NewFile(FileRole(role), path, role))
    result = StepResult(State.IDENTIFIED, DocumentFacts(), "gelesen", tuple(files))
    finish(lease_of(document.id), result, store, NOW, registered=[], year=2026, actor="test")


# Words


@in_database
@pytest.mark.parametrize(
    ("text", "query", "hit"),
    [
        ("Hundesteuermarke verloren", "Hundesteuer", True),
        ("Hundesteuermarke verloren", "hundesteuer VERLOREN", True),
        ("Hundesteuermarke verloren", "Hundesteuer gefunden", False),
        ("Hundesteuermarke", "steuermarke", False),
        ("Hundesteuermarke", '"Hundesteuer"', False),
        ("Hundesteuermarke", "Hu*", True),
        ("Hundesteuermarke", "H*", False),
        ("Hundesteuermarke", "Hun", False),
        ("Antrag auf Wohngeld", '"auf Wohngeld"', True),
        ("Antrag auf Wohngeld", "„Antrag auf Wohngeld“", True),
        ("Antrag auf Wohngeld", '"Antrag Wohngeld"', False),
        ("Antrag auf Wohngeld", '"Antrag auf', True),
        ("Antrag auf Wohngeld", "auf", True),
        ("Herr Müller, Große Straße 3", "Müller Strasse", True),
        ("Herr Müller, Große Straße 3", "muller GROSSE", True),
        ("Herr Müller, Große Straße 3", "Mueller straße", True),
        ("Herr MUELLER", "Müller", True),
        ("Herr Muller", "Müller", True),
        ("Alle neuen Hunde", "Neue", True),
        ("Der Neubau", "neue", False),
        ("Çelik und Łukasz", "celik lukasz", True),
        ("Hunde-\nsteuer und Haupt-\nund Finanzausschuss", "Hundesteuer Hauptund", False),
        ("Hunde-\nsteuer und Haupt-\nund Finanzausschuss", "Hundesteuer Finanz", True),
        ("Pﬂegegeld", "Pflegegeld", True),
        ("Betrag 1.234,56 EUR", "1.234,56", True),
        ("Az. 4711/26", "4711/26", True),
        ("Nummer 47110", "4711", False),
        ("Nummer 47110", "4711*", True),
        ("E-Mail an max@example.org", "max@example.org", True),
        ("Das Übermaß ist voll", "UEBERMASS", True),
    ],
)
def test_a_clerks_words_find_what_stands_in_the_letter(text: str, query: str, hit: bool, write: Write) -> None:
    write("etwas ganz anderes")
    document = write(text)
    assert found(query) == ({document.entry} if hit else set())


@in_database
def test_postgresql_finds_other_forms_of_a_word_and_neither_does_in_quotes(write: Write) -> None:
    document = write("Der Antrag der Wohnungen")
    expected = {document.entry} if ON_POSTGRESQL else set()
    assert found("Anträge Wohnung") == ({document.entry} if ON_POSTGRESQL else set())
    assert found("Anträgen") == expected
    assert found('"Anträge"') == found('"Wohnung"') == set()


@in_database
def test_numbers_names_and_sellers_are_found_by_any_part_without_any_text(take_in: TakeIn, write: Write) -> None:
    letter = write("Hundesteuer", original_name="Antrag_Müller.pdf")
    invoice = take_in(original_name="rechnung.xml")
    Document.objects.filter(id=letter.id).update(register_number="PE-2026-000123")
    facts = InvoiceFacts(syntax="UBL Invoice", identity="x", number="R-4711", seller_name="Bürobedarf Schmidt e. K.")
    number = register.enter(invoice, facts, NOW, 2026).number
    for query in ("PE-2026-000123", "000123", "Müller", "_Müll", "antrag hundesteuer"):
        assert found(query) == {letter.entry}, query
    for query in (number, "R-4711", "schmidt", "Bürobedarf rechnung.xml", '"Schmidt e. K."'):
        assert found(query) == {invoice.entry}, query
    assert found("hundesteuer schmidt") == set()
    assert found("%") == found("_%") == set()


@in_database
@pytest.mark.parametrize("query", ["", " ", "*", '""', '" "', "\0"])
def test_nothing_asked_is_everything(query: str, write: Write) -> None:
    document = write("Hundesteuer")
    assert found(query) == {document.entry}
    assert marked(document, query) == ""


@in_database
def test_hits_keep_the_order_of_their_list(write: Write) -> None:
    entries = [write(text).entry for text in ("Hund", "Hund Hund Hund", "Hund")]
    rows = matching(visible_documents(AUDIT).order_by("-entry"), "Hund")
    assert [document.entry for document in rows] == entries[::-1]


# Whatever is typed

SIGNS = st.text(st.sampled_from("\"'*()^:{}[]+-&|!<>\\%_;@#$ \0\tAÄß1aeu‘“„"), max_size=60)
OPERATORS = st.lists(
    st.sampled_from(["AND", "OR", "NOT", "NEAR(", "folded:", "'", '"', "''", "<->", "!", "&", ":*", "a"])
)


@in_database
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(query=st.one_of(st.text(max_size=300), SIGNS, OPERATORS.map(" ".join)))
@example(query="\ufdfa" * 200)
@example(query="\U0001e921 \U00010400")
@example(query="'; DROP TABLE records_document; --")
@example(query="\ud800 \x01")
def test_no_query_is_an_error(query: str) -> None:
    list(matching(Document.objects.all(), query))
    excerpts([], query)


@in_database
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120))
@example(text="12e3abc 1e5 0x1f ǅ ŉ")
def test_every_word_of_a_text_finds_it(text: str, take_in: TakeIn) -> None:
    document = Document.objects.first() or take_in()
    index(document, text)
    for word in folded(readable(text)).split()[:5]:
        if _known_to_both(word):
            assert found(word) == found(f'"{word}"') == {document.entry}, word


def _known_to_both(word: str) -> bool:
    """Scripts that a mailroom meets; younger ones are words to Python, and blanks to one of the databases."""
    return re.fullmatch("[0-9a-z\u0370-\u03ff\u0400-\u045f]+", word) is not None


@given(st.text())
def test_folding_is_final_and_bounded(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert all(len(word) <= 64 for word in once.split())


def test_a_query_is_cut_not_refused() -> None:
    assert len(terms_of("wort " * 1000)) == 10
    assert terms_of("a" * 1000)[0].spellings[0].words == ("a" * 64,)


@in_database
def test_the_densest_text_there_is_can_be_indexed(write: Write) -> None:
    words = [first + second for first in map(chr, range(0x4E00, 0x9FFF)) for second in "一二三四五"]
    write(" ".join(words))
    document = write("Anfang " + "x" * 3_000_000 + " y" * 200_000)
    assert found("Anfang") == {document.entry}


# Excerpts


@in_database
def test_an_excerpt_shows_the_place_with_every_found_word_marked(write: Write) -> None:
    document = write(
        "Sehr geehrte Damen und Herren, " + "viel Text davor " * 20 + "die Große\fStraße 3 der Hundesteuermarke, Herr "
        "Mueller. " + "viel Text danach " * 50
    )
    shown = marked(document, "strasse Hundesteuer Müller der")
    assert "die Große [Straße] 3 [der] [Hundesteuermarke], Herr [Mueller]." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 250
    assert marked(document, '"große strasse 3"').count("[Große Straße 3]") == 1
    assert "[Große Straße 3]" in marked(document, "„große strasse 3“")


@in_database
def test_an_excerpt_without_a_place_is_none_and_a_long_word_is_cut(write: Write) -> None:
    document = write("Hundesteuer " + "x" * 5000)
    assert marked(document, "brief.pdf") == ""
    assert marked(document, "!!") == ""
    assert len(marked(document, "xxxx")) < 300


@in_database
def test_an_inflected_word_is_marked_too(write: Write) -> None:
    assert marked(write("Der Antrag vom Mai"), "Anträge") == "Der [Antrag] vom Mai"


# What is indexed


@in_database
def test_a_step_that_delivers_text_makes_it_searchable(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    letter, invoice = take_in(), take_in()
    html = "<html><head><style>p{color:red}</style></head><body><p>Druckerpapier &amp;<b>Toner</b></p></body></html>"
    deliver(letter, store, tmp_path, text="Hundesteuer\fSeite zwei")
    deliver(invoice, store, tmp_path, rendering=html)
    assert found("Hundesteuer zwei") == {letter.entry}
    assert found("Druckerpapier Toner") == {invoice.entry}
    assert found("color") == found("body") == set()
    assert marked(invoice, "toner") == "Druckerpapier & [Toner]"


@in_database
def test_other_files_of_a_step_are_not_searched(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    deliver(take_in(), store, tmp_path, report="Geheimwort")
    assert not SearchText.objects.exists()


@in_database
def test_whoever_lost_the_lease_leaves_no_text(take_in: TakeIn, store: ObjectStore, tmp_path: Path) -> None:
    document = take_in()
    lease = lease_of(document.id)
    Document.objects.update(lease_token=None)
    path = tmp_path / "text"
    path.write_text("Hundesteuer", encoding="utf-8")
    result = StepResult(State.IDENTIFIED, DocumentFacts(), "", (NewFile(FileRole.TEXT, path, "text"),))
    with pytest.raises(LeaseLost):
        finish(lease, result, store, NOW, registered=[], year=2026, actor="test")
    assert found("Hundesteuer") == set()


@in_database
def test_indexing_again_replaces_and_removing_forgets(write: Write) -> None:
    document, other = write("Hundesteuer"), write("Hundesteuer")
    index(document, "Hundesteuer")
    index(document, "Wohngeld")
    assert found("Hundesteuer") == {other.entry}
    assert found("Wohngeld") == {document.entry}
    remove(document.id)
    remove(document.id)
    assert found("Wohngeld") == set()
    assert found("") == {document.entry, other.entry}


@in_database
def test_everything_is_rebuilt_from_the_store_in_batches(
    take_in: TakeIn, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.search._BATCH", 2)
    documents = [take_in() for _ in range(6)]
    for number, document in enumerate(documents[:5]):
        deliver(document, store, tmp_path, text=f"Brief nummer{number}")
    gone = DocumentFile.objects.get(document=documents[4], role=FileRole.TEXT)
    store.path(gone.content_id).unlink()
    SearchText.objects.filter(document=documents[0]).delete()
    index(documents[1], "veraltet")
    index(documents[5], "nie erkannt")
    said: list[tuple[int, int]] = []

    result = reindex(store, lambda done, total: said.append((done, total)))

    assert result == Reindexed(indexed=4, missing=1)
    assert said == [(2, 5), (4, 5), (5, 5)]
    assert [found(f"nummer{number}") for number in range(5)] == [{document.entry} for document in documents[:4]] + [
        set()
    ]
    assert found("veraltet") == found("erkannt") == set()


def test_html_is_read_as_people_see_it() -> None:
    assert text_of_html("<title>Rechnung</title><p>A<b>B</b>&uuml;<script>x()</script><!-- y --><p>C").split() == [
        "Rechnung", "A", "B", "ü", "C",
    ]  # fmt: skip


# Who finds what


@in_database
@pytest.mark.parametrize(
    "query", ["Hundesteuer", "geheim.pdf", "PE-2026-000777", '"die Hundesteuer"', "Hundesteu*", "H"]
)
def test_another_units_document_is_not_found_by_anything(query: str, write: Write) -> None:
    document = write("Betrifft die Hundesteuer", original_name="geheim.pdf")
    Document.objects.filter(id=document.id).update(unit="51", register_number="PE-2026-000777")
    own = Person(1, "Eva Eigen", frozenset({Role.UNIT}), frozenset({"51"}))
    for other in (
        Person(2, "Otto Anders", frozenset({Role.UNIT, Role.ORDERING}), frozenset({"16"})),
        Person(3, "Ada Min", frozenset({Role.ADMIN}), frozenset({"51"})),
        Person(4, "Bert Buch", frozenset({Role.ACCOUNTING}), frozenset()),
    ):
        assert found(query, other) == set()
    assert found(query, own) == {document.entry}


# Schema


@pytest.mark.usefixtures("own_database")
def test_the_index_goes_and_comes_back_without_its_content(write: Write) -> None:
    document = write("Hundesteuer")
    call_command("migrate", "records", "0003", verbosity=0)
    assert not {"records_search", "records_searchtext"} & set(connection.introspection.table_names())
    call_command("migrate", verbosity=0)
    assert found("Hundesteuer") == set()
    index(document, "Hundesteuer")
    assert found("Hundesteuer") == {document.entry}


@pytest.mark.usefixtures("own_database")
def test_a_restored_database_still_finds(write: Write, store: ObjectStore, tmp_path: Path) -> None:
    document = write("Herr Müller, Hundesteuer")
    here = load_settings().model_copy(update={"var": tmp_path, "journal": tmp_path / "journal"})
    there = here.model_copy(update={"var": tmp_path / "neu", "journal": tmp_path / "neu" / "journal"})
    for folder in (*here.folders(), *there.folders()):
        folder.mkdir(parents=True, exist_ok=True)
    (here.packs / "probe").mkdir()
    (here.packs / "probe" / "pack.json").write_text("{}")
    (here.receipts / "beleg.json").write_text("{}")
    saved = back_up(here, tmp_path / "sicherung", NOW)
    empty = postgres.new_database() if ON_POSTGRESQL else None
    with connected_to(name_in(empty) if empty else str(tmp_path / "neu.sqlite3")):
        restore(saved, there, NOW)
        assert found("mueller hundesteuer") == {document.entry}
        index(Document.objects.get(), "Wohngeld")
        assert found("hundesteuer") == set()
        assert found("wohngeld") == {document.entry}
    assert (there.packs / "probe" / "pack.json").read_text() == "{}", "rule packs are there again too"
    assert (there.receipts / "beleg.json").read_text() == "{}", "so is what must not be handed over again"
    if empty:
        postgres.drop_database(empty)
