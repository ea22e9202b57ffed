"""Post and clearing: what is seen, filtered, searched, paged, and what an empty list says."""

import re
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from records.decisions import acts_of, last_sequence
from records.intake import note_waiting
from schemas.roles import Action, Role
from schemas.states import State
from tests.web.conftest import NOW, Arrive, Enter, SignIn, text_of

pytestmark = pytest.mark.django_db


def test_an_empty_mailroom_says_where_files_go(sign_in: SignIn) -> None:
    assert "inbox/scan" in text_of(sign_in(Role.MAILROOM).get("/post/"))


def test_post_shows_and_filters_by_state(sign_in: SignIn, arrive: Arrive) -> None:
    arrive(name="erster.pdf")
    arrive(State.CLEARING, name="zweiter.pdf", reason="Die Dokumentart ist nicht erkannt.")
    client = sign_in(Role.MAILROOM)
    everything, clearing = text_of(client.get("/post/")), text_of(client.get("/post/?zustand=clearing"))
    assert "erster.pdf" in everything
    assert "zweiter.pdf" in everything
    assert "2 Schriftstücke" in everything
    assert "erster.pdf" not in clearing
    assert "Die Dokumentart ist nicht erkannt." in clearing
    assert "kein Schriftstück, das Sie sehen dürfen" in text_of(client.get("/post/?zustand=filed"))
    assert "erster.pdf" in text_of(client.get("/post/?zustand=unsinn&seite=xyz"))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("antrag", True),
        ("ANTRAG mai", True),
        ("antrag juni", False),
        ("%", False),
        ("\0antrag", True),
        ("x" * 5000, False),
    ],
)
def test_post_is_searched_by_words_of_number_and_file_name(
    words: str, found: bool, sign_in: SignIn, arrive: Arrive
) -> None:
    document = arrive(State.IDENTIFIED, name="Antrag vom Mai.pdf")
    client = sign_in(Role.MAILROOM)
    assert ("Antrag vom Mai.pdf" in text_of(client.get("/post/", {"suche": words}))) is found
    assert "Antrag vom Mai.pdf" in text_of(client.get("/post/", {"suche": document.register_number}))


def test_post_is_paged_and_the_filter_stays(sign_in: SignIn, arrive: Arrive) -> None:
    for number in range(51):
        arrive(name=f"brief-{number:02}.pdf")
    client = sign_in(Role.MAILROOM)
    first = text_of(client.get("/post/?suche=brief"))
    assert "Seite 1 von 2" in first
    assert "?suche=brief&amp;seite=2" in first
    second = text_of(client.get("/post/?suche=brief&seite=2"))
    assert "brief-00.pdf" in second
    assert second.count('scope="row"') == 1


def test_the_number_of_queries_of_post_does_not_grow_with_the_rows(
    sign_in: SignIn, arrive: Arrive, enter: Enter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        arrive(State.CLEARING)
        enter()
    client = sign_in(Role.AUDIT)
    with django_assert_max_num_queries(8):
        client.get("/post/")


def test_a_unit_sees_its_own_mail_only_and_never_what_waits_in_the_inbox(sign_in: SignIn, arrive: Arrive) -> None:
    arrive(State.FILED, name="unseres.pdf", unit="16")
    arrive(State.FILED, name="fremdes.pdf", unit="51")
    note_waiting({"scan/halb.pdf": (10, "wird noch geschrieben")}, NOW)
    page = text_of(sign_in(Role.UNIT, units=("16",)).get("/post/"))
    assert "unseres.pdf" in page
    assert "fremdes.pdf" not in page
    assert "halb.pdf" not in page


def test_the_mailroom_sees_what_waits_in_the_inbox_with_its_reason(sign_in: SignIn) -> None:
    note_waiting({"scan/halb.pdf": (10, "wird noch geschrieben")}, NOW)
    page = text_of(sign_in(Role.MAILROOM).get("/post/"))
    assert "scan/halb.pdf" in page
    assert "wird noch geschrieben" in page


def test_a_file_name_is_shown_as_text_never_as_markup(sign_in: SignIn, arrive: Arrive) -> None:
    name = "<script>alert(1)</script>\"'.pdf"
    document = arrive(State.CLEARING, name=name)
    client = sign_in(Role.MAILROOM)
    for address in ("/", "/post/", "/klaerung/", f"/schriftstueck/{document.id}/", "/post/?suche=<script>alert"):
        page = text_of(client.get(address))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_no_clearing_case_is_said(sign_in: SignIn) -> None:
    assert "Es gibt keine Klärfälle." in text_of(sign_in(Role.MAILROOM).get("/klaerung/"))


def test_clearing_lists_what_is_to_be_decided_with_proposal_and_sureness(sign_in: SignIn, arrive: Arrive) -> None:
    arrive(State.CLEARING, document_type="bauantrag", unit="63", confidence=0.42, reason="Nicht sicher genug.")
    arrive(State.FILED, name="erledigt.pdf")
    page = text_of(sign_in(Role.MAILROOM).get("/klaerung/"))
    for shown in ("Bauantrag", "63 Bereich Statistikstelle", "42 %", "Nicht sicher genug."):
        assert shown in page
    assert "erledigt.pdf" not in page


# Several cases with one cause


def ticked(page: str) -> list[str]:
    """What the boxes that are ticked would send."""
    return re.findall(r'name="fall" value="([^"]+)"[^>]* checked>', page)


def test_cases_with_one_cause_are_tried_again_at_once_each_as_an_act_of_its_own(
    sign_in: SignIn, arrive: Arrive
) -> None:
    wrong = [arrive(State.ROUTED, State.CLEARING, reason="Die Kategorie POSTEN gibt es nicht.") for _ in range(2)]
    other = arrive(State.ROUTED, State.CLEARING, reason="Die Dokumentart ist nicht erkannt.")
    client = sign_in(Role.MAILROOM)
    page = text_of(client.get("/klaerung/?grund=kategorie posten"))
    cases = ticked(page)
    assert len(cases) == 2
    assert ticked(text_of(client.get("/klaerung/"))) == []

    answer = client.post("/klaerung/", {"fall": cases, "reason": "Zuordnung berichtigt."}, follow=True)

    assert "2 Klärfälle werden erneut verarbeitet." in text_of(answer)
    for document in wrong:
        document.refresh_from_db()
        assert document.state == State.ROUTED
        (act,) = acts_of(document.id)
        assert (act.action, act.reason) == (Action.RETRY, "Zuordnung berichtigt.")
    other.refresh_from_db()
    assert other.state == State.CLEARING


def test_what_has_moved_on_since_the_list_was_shown_is_left_alone_and_said(sign_in: SignIn, arrive: Arrive) -> None:
    arrive(State.ROUTED, State.CLEARING, reason="Ablage")
    client = sign_in(Role.MAILROOM)
    sent = {"fall": ticked(text_of(client.get("/klaerung/?grund=ablage"))), "reason": "Behoben."}
    client.post("/klaerung/", sent, follow=True)

    answer = text_of(client.post("/klaerung/", sent, follow=True))

    assert "1 nicht: " in answer
    assert "erneut verarbeitet." not in answer


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"reason": "x"}, "kein Klärfall ausgewählt"),
        ({"fall": "unsinn", "reason": "x"}, "Diesen Klärfall gibt es nicht."),
        ({"fall": f"{UUID(int=1)}:3", "reason": "x"}, "1 nicht"),
        ({"fall": "unsinn", "reason": " "}, "Die Begründung fehlt."),
    ],
)
def test_an_unusable_form_changes_nothing_and_says_why(sign_in: SignIn, fields: dict[str, str], told: str) -> None:
    assert told in text_of(sign_in(Role.MAILROOM).post("/klaerung/", fields, follow=True))


def test_an_invoice_is_not_tried_again_by_the_mailroom(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(State.CLEARING)
    case = f"{entry.document_id}:{last_sequence(entry.document_id)}"

    answer = sign_in(Role.MAILROOM).post("/klaerung/", {"fall": case, "reason": "x"}, follow=True)

    assert "Diesen Klärfall gibt es nicht." in text_of(answer)
    entry.document.refresh_from_db()
    assert entry.document.state == State.CLEARING


def test_a_stopped_invoice_is_no_clearing_case_of_the_mailroom(sign_in: SignIn, enter: Enter) -> None:
    enter(State.CLEARING)
    assert "Es gibt keine Klärfälle." in text_of(sign_in(Role.MAILROOM).get("/klaerung/"))
