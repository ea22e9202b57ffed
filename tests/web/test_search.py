"""The search of the two lists: texts beside numbers and names, excerpts as text, nothing of what is not one's own."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.search import index, index_files
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.web.conftest import Arrive, Enter, Keep, SignIn, text_of
from web.evidence import object_store

pytestmark = pytest.mark.django_db


def test_a_letter_is_found_by_what_it_says_and_shows_where(sign_in: SignIn, arrive: Arrive) -> None:
    index(arrive(State.FILED, name="eins.pdf"), "Betrifft: Hundesteuermarke in der Großen Straße")
    index(arrive(State.FILED, name="zwei.pdf"), "Betrifft: Wohngeld")
    page = text_of(sign_in(Role.MAILROOM).get("/post/", {"suche": "hundesteuer strasse"}))
    assert "eins.pdf" in page
    assert "Betrifft: <mark>Hundesteuermarke</mark> in der Großen <mark>Straße</mark>" in page
    assert "zwei.pdf" not in page
    assert "1 Schriftstück," in page


def test_an_invoice_is_found_by_what_it_says_its_seller_and_its_file(sign_in: SignIn, enter: Enter, keep: Keep) -> None:
    entry, other = enter(seller_name="Papier Krause", number="K-1"), enter()
    keep(entry.document, FileRole.TEXT, b"Position 1: Druckerpapier A4", "text.txt")
    index_files(entry.document, object_store())
    client = sign_in(Role.ACCOUNTING)
    for query in ("druckerpapier", "krause k-1", '"position 1"', entry.number):
        page = text_of(client.get("/rechnungen/", {"suche": query}))
        assert f"/rechnungen/{entry.number}/" in page, query
        assert f"/rechnungen/{other.number}/" not in page, query
    assert "<mark>Druckerpapier</mark> A4" in text_of(client.get("/rechnungen/?suche=drucker"))
    assert f"/rechnungen/{other.number}/" in text_of(client.get("/rechnungen/?suche=rechnung.xml"))


def test_without_words_or_by_name_alone_there_is_no_excerpt(sign_in: SignIn, arrive: Arrive) -> None:
    index(arrive(State.FILED, name="eins.pdf"), "Betrifft: Hundesteuer")
    client = sign_in(Role.MAILROOM)
    for address in ("/post/", "/post/?suche=eins.pdf"):
        page = text_of(client.get(address))
        assert "eins.pdf" in page
        assert "Betrifft" not in page


@pytest.mark.parametrize("query", ["hundesteuer", "geheim.pdf", "PE-2026", "*", "H"])
def test_another_units_letter_is_not_found_not_even_its_existence(
    query: str, sign_in: SignIn, arrive: Arrive, enter: Enter
) -> None:
    index(arrive(State.FILED, name="geheim.pdf", unit="51"), "Betrifft: Hundesteuer")
    index(enter(unit="51").document, "Hundesteuer")
    client = sign_in(Role.UNIT, Role.ORDERING, units=("16",))
    for address in ("/post/", "/rechnungen/"):
        page, of_nothing = (
            _said(text_of(client.get(address, {"suche": words})), words) for words in (query, "x-nichts")
        )
        assert page == of_nothing


def _said(page: str, words: str) -> str:
    """The page without the words it was asked for and the token of its forms."""
    return (
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(f'"{words}"', "").replace(f"„{words}“", "")
    )


def test_content_is_not_for_administrators(sign_in: SignIn, arrive: Arrive) -> None:
    index(arrive(State.FILED), "Betrifft: Hundesteuer")
    assert sign_in(Role.ADMIN).get("/post/?suche=hundesteuer").status_code == 404


@pytest.mark.parametrize("role", [Role.MAILROOM, Role.AUDIT])
def test_what_a_letter_says_is_shown_as_text_never_as_markup(role: Role, sign_in: SignIn, arrive: Arrive) -> None:
    index(arrive(State.FILED), "Hund <script>alert(1)</script> </mark><img src=x onerror=alert(1)>")
    page = text_of(sign_in(role).get("/post/", {"suche": "hund script alert"}))
    assert "<mark>Hund</mark> &lt;<mark>script</mark>&gt;<mark>alert</mark>(1)" in page
    assert "<script>" not in page
    assert "<img" not in page


@pytest.mark.parametrize("address", ["/post/", "/rechnungen/"])
def test_an_empty_answer_says_what_was_looked_for_and_where(address: str, sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.AUDIT).get(address, {"suche": "<b>Hund</b>"}))
    assert (
        "Gesucht wurde „&lt;b&gt;Hund&lt;/b&gt;“ in Nummern, Dateinamen, Rechnungsstellern und im erkannten Text"
        in page
    )


@pytest.mark.parametrize("address", ["/post/", "/rechnungen/"])
def test_the_number_of_queries_does_not_grow_with_the_hits(address: str, sign_in: SignIn, enter: Enter) -> None:
    client = sign_in(Role.AUDIT)
    needed = []
    for _ in range(2):
        for _ in range(5):
            index(enter().document, "Druckerpapier und Toner")
        with CaptureQueriesContext(connection) as queries:
            page = text_of(client.get(address, {"suche": "druckerpapier toner"}))
        needed.append(len(queries))
    assert page.count("<mark>Toner</mark>") == 10
    assert needed[0] == needed[1] <= 12


def test_the_search_stays_when_paging(sign_in: SignIn, arrive: Arrive) -> None:
    for _ in range(51):
        index(arrive(), "Hundesteuer")
    page = text_of(sign_in(Role.MAILROOM).get("/post/?suche=Hundesteuer&seite=2"))
    assert "51 Schriftstücke" in page
    assert page.count("<mark>Hundesteuer</mark>") == 1
