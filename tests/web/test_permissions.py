"""Every route, every role, own and foreign unit: who gets a page, and that for all others it does not exist."""

from itertools import product
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from records.models import Document, Intake
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.pipelines.papers import pdf_bytes
from tests.web.conftest import Arrive, Enter, Keep, SignIn, text_of
from web.api.routes import api_routes
from web.permissions import ROLES
from web.urls import urlpatterns

pytestmark = pytest.mark.django_db

MAILROOM, ACCOUNTING, UNIT, ORDERING, AUDIT, ARCHIVE, ADMIN = Role
READERS = {ACCOUNTING, UNIT, ORDERING, AUDIT}
EXPECTED = {
    "start": set(),
    "post": {MAILROOM, UNIT, ORDERING, AUDIT},
    "clearing": {MAILROOM},
    "closed": {MAILROOM, AUDIT},
    "register_closed": {MAILROOM},
    "closed_document": {MAILROOM, AUDIT},
    "removal_note": {MAILROOM, AUDIT},
    "batches": {MAILROOM, AUDIT},
    "batch": {MAILROOM, AUDIT},
    "document": READERS | {MAILROOM},
    "file": READERS | {MAILROOM},
    "file_numbered": READERS | {MAILROOM},
    "note": READERS | {MAILROOM},
    "picture": READERS | {MAILROOM},
    "register": READERS,
    "deadlines": {MAILROOM, UNIT, ORDERING, AUDIT},
    "deadlines_csv": {MAILROOM, UNIT, ORDERING, AUDIT},
    "deadlines_calendar": {MAILROOM, UNIT, ORDERING, AUDIT},
    "deadline": {MAILROOM, UNIT, ORDERING, AUDIT},
    "add_deadline": {MAILROOM, UNIT},
    "value": {MAILROOM, UNIT},
    "invoice": READERS,
    "register_export": {ACCOUNTING, AUDIT},
    "register_corrections": READERS,
    "paper_invoice": {ACCOUNTING},
    "register_compare": READERS,
    "readable_invoice": READERS,
    "assignment": READERS,
    "master_data": {ACCOUNTING, AUDIT},
    "creditor_requests": {ACCOUNTING, AUDIT},
    "payment_deadlines": READERS,
    "limits": {ACCOUNTING, AUDIT, ADMIN},
    "who_may": READERS,
    "handovers": {ACCOUNTING, AUDIT},
    "handover": {ACCOUNTING, AUDIT},
    "handover_file": {ACCOUNTING, AUDIT},
    "notices": {MAILROOM, ACCOUNTING, AUDIT, ADMIN},
    "rejections": {ACCOUNTING, AUDIT},
    "rejection": {ACCOUNTING, AUDIT},
    "samples": {AUDIT},
    "sample": {AUDIT},
    "audit_mark": {AUDIT},
    "upload": {MAILROOM, ACCOUNTING},
    "handed_in": {MAILROOM, ACCOUNTING},
    "status": {MAILROOM, ACCOUNTING, AUDIT, ADMIN},
    "quality": {MAILROOM, AUDIT},
    "quality_lot": {MAILROOM, AUDIT},
    "quality_check": {MAILROOM, AUDIT},
    "senders": {MAILROOM, AUDIT},
    "new_sender": {MAILROOM},
    "sender": {MAILROOM, AUDIT},
    "learned": {MAILROOM, AUDIT},
    "procedure": {MAILROOM, AUDIT, ADMIN},
    "procedure_version": {MAILROOM, AUDIT, ADMIN},
    "procedure_file": {MAILROOM, AUDIT, ADMIN},
    "distribution": {MAILROOM, UNIT, AUDIT},
    "misdirected": {MAILROOM, AUDIT},
    "tray_list": {MAILROOM, UNIT, AUDIT},
    "standing_in": {MAILROOM, UNIT, AUDIT, ADMIN},
    "copy_withdrawn": {MAILROOM, UNIT},
    "originals": {MAILROOM, UNIT, AUDIT, ARCHIVE},
    "original": {MAILROOM, UNIT, ORDERING, AUDIT, ARCHIVE},
    "box": {MAILROOM, AUDIT},
    "forward": {MAILROOM},
    "slips": {MAILROOM, UNIT, AUDIT},
    "slip": {MAILROOM, UNIT, AUDIT},
    "slip_file": {MAILROOM, UNIT, AUDIT},
    "destruction": {MAILROOM, UNIT, AUDIT, ARCHIVE},
    "destruction_list": {MAILROOM, AUDIT},
    "destruction_file": {MAILROOM, AUDIT},
}
PUBLIC = {"login", "logout", "health", "metrics"}
FOR_PROGRAMS = {route.name for route in api_routes}
"""Guarded by keys: tests/web/test_api.py."""
LISTS = {
    "post": "/post/",
    "clearing": "/klaerung/",
    "batches": "/stapel/",
    "closed": "/verschlossen/",
    "register_closed": "/verschlossen/erfassen/",
    "register": "/rechnungen/",
    "limits": "/rechnungen/grenzen/",
    "deadlines": "/fristen/",
    "deadlines_csv": "/fristen/fristen.csv",
    "deadlines_calendar": "/fristen/fristen.ics",
    "payment_deadlines": "/rechnungen/fristen/",
    "handovers": "/rechnungen/uebergabe/",
    "notices": "/hinweise/",
    "rejections": "/rechnungen/zurueckweisungen/",
    "samples": "/rechnungen/pruefung/",
    "master_data": "/stammdaten/",
    "creditor_requests": "/stammdaten/anforderungen.csv",
    "upload": "/einlegen/",
    "status": "/status/",
    "quality": "/qualitaet/",
    "procedure": "/verfahren/",
    "senders": "/absender/",
    "new_sender": "/absender/neu/",
    "learned": "/modell/",
    "distribution": "/verteilung/",
    "misdirected": "/verteilung/irrlaeufer/",
    "standing_in": "/vertretungen/",
    "originals": "/originale/",
    "box": "/originale/karton/",
    "forward": "/originale/weiterleiten/",
    "slips": "/originale/laufzettel/",
}
SCAN_OFFICE = ("/stapel/", "/qualitaet/", "/originale/", "/verschlossen/", "/verfahren/")
OWN, OTHER = "16", "51"


def test_every_route_is_in_this_matrix_or_public_on_purpose() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(EXPECTED) | PUBLIC | FOR_PROGRAMS
    assert ROLES == EXPECTED


@pytest.mark.parametrize(("route", "role"), list(product(LISTS, Role)))
def test_a_list_exists_only_for_its_roles(route: str, role: Role, sign_in: SignIn) -> None:
    answer = sign_in(role, units=(OWN,)).get(LISTS[route])
    assert answer.status_code == (200 if role in EXPECTED[route] else 404)


def addresses(document: Document) -> list[str]:
    """Everything of a document that can be asked for."""
    base = f"/schriftstueck/{document.id}/"
    found = [base, f"{base}datei/original", f"{base}datei/original/1", f"{base}seite/1.png"]
    if hasattr(document, "invoice"):
        number = document.invoice.number
        found += [f"/rechnungen/{number}/", f"/rechnungen/{number}/ansicht", f"{base}datei/rendering"]
        found += [f"/rechnungen/{number}/berichtigungen/", f"/rechnungen/{number}/vergleich/{number}/"]
        found.append(f"/rechnungen/{number}/buchung/")
    return found


@pytest.mark.parametrize("unit", [OWN, OTHER], ids=["own unit", "foreign unit"])
@pytest.mark.parametrize("role", Role)
def test_a_letter_and_all_its_files_exist_only_for_who_may_see_it(
    role: Role, unit: str, sign_in: SignIn, arrive: Arrive
) -> None:
    letter = arrive(State.IDENTIFIED, State.CLEARING, unit=unit)
    seen = role in {MAILROOM, AUDIT} or (role in {UNIT, ORDERING} and unit == OWN)
    client = sign_in(role, units=(OWN,))
    for address in addresses(letter):
        assert client.get(address).status_code == (200 if seen else 404), address


@pytest.mark.parametrize("unit", [OWN, OTHER], ids=["own unit", "foreign unit"])
@pytest.mark.parametrize("role", Role)
def test_an_invoice_and_all_its_files_exist_only_for_who_may_see_it(
    role: Role, unit: str, sign_in: SignIn, enter: Enter, keep: Keep
) -> None:
    entry = enter(unit=unit)
    keep(entry.document, FileRole.PRODUCT, pdf_bytes(), "rechnung.pdf")
    seen = role in {ACCOUNTING, AUDIT} or (role in {UNIT, ORDERING} and unit == OWN)
    client = sign_in(role, units=(OWN,))
    for address in addresses(entry.document):
        answer = client.get(address, follow=True)
        assert answer.status_code == (200 if seen else 404), address


@pytest.mark.parametrize("role", Role)
def test_nobody_acts_on_what_they_do_not_see(role: Role, sign_in: SignIn, enter: Enter, arrive: Arrive) -> None:
    entry, letter = enter(unit=OTHER), arrive(State.NOTED, State.CLEARING, unit=OTHER)
    client = sign_in(role, units=(OWN,))
    for address, seen in (
        (f"/rechnungen/{entry.number}/", role in {ACCOUNTING, AUDIT}),
        (f"/schriftstueck/{letter.id}/", role in {MAILROOM, AUDIT}),
    ):
        answer = client.post(address, {"action": "loeschen", "seen": "1"})
        assert answer.status_code == (409 if seen else 404)


def test_whoever_is_not_logged_in_is_led_to_the_login_from_every_route(
    client: Client, enter: Enter, arrive: Arrive
) -> None:
    everything = ["/", *LISTS.values(), *addresses(enter().document), *addresses(arrive())]
    for address in everything:
        answer = client.get(address)
        assert (answer.status_code, answer["location"]) == (302, f"/anmelden/?next={address}")
    assert client.get("/anmelden/").status_code == 200
    assert client.get("/gesund").json() == {"status": "ok"}


def test_a_person_without_a_role_is_told_whom_to_ask_and_sees_nothing_else(sign_in: SignIn, arrive: Arrive) -> None:
    client = sign_in()
    page = text_of(client.get("/"))
    assert "noch keine Rolle eingerichtet" in page
    assert "IT" in page
    for address in (*LISTS.values(), *addresses(arrive())):
        assert client.get(address).status_code == 404


def test_a_closed_account_is_logged_out(sign_in: SignIn) -> None:
    from django.contrib.auth import get_user_model

    client = sign_in(MAILROOM)
    get_user_model().objects.update(is_active=False)
    assert client.get("/post/").status_code == 302


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (MAILROOM, ["/", "/post/", "/klaerung/", "/einlegen/", "/status/", "/stapel/"]),
        (ACCOUNTING, ["/", "/rechnungen/", "/einlegen/", "/status/"]),
        (UNIT, ["/", "/post/", "/rechnungen/", "/originale/"]),
        (ORDERING, ["/", "/post/", "/rechnungen/"]),
        (AUDIT, ["/", "/post/", "/rechnungen/", "/status/", "/stapel/"]),
        (ARCHIVE, ["/", "/originale/"]),
        (ADMIN, ["/", "/vertretungen/", "/rechnungen/grenzen/", "/status/", "/verfahren/"]),
    ],
)
def test_the_navigation_leads_only_where_the_role_may_go(role: Role, places: list[str], sign_in: SignIn) -> None:
    page = text_of(sign_in(role, units=(OWN,)).get("/"))
    navigation = page.partition('<nav aria-label="Hauptnavigation">')[2].partition("</nav>")[0]
    assert [part.partition('"')[0] for part in navigation.split('href="')[1:]] == places
    assert 'href="/" aria-current="page"' in navigation


@pytest.mark.parametrize(
    ("role", "places"),
    [
        (MAILROOM, list(SCAN_OFFICE)),
        (AUDIT, list(SCAN_OFFICE)),
        (UNIT, []),
    ],
)
def test_the_scan_office_has_a_row_of_its_own_on_its_pages(role: Role, places: list[str], sign_in: SignIn) -> None:
    client = sign_in(role, units=(OWN,))
    row = text_of(client.get("/originale/")).partition('<nav aria-label="Scan-Stelle"')[2].partition("</nav>")[0]
    assert [part.partition('"')[0] for part in row.split('href="')[1:]] == places
    assert ('href="/originale/" aria-current="page"' in row) is bool(places)
    assert 'aria-label="Scan-Stelle"' not in text_of(client.get("/"))


def test_further_representations_of_an_invoice_are_seen_by_who_sees_the_invoice_by_its_number(
    sign_in: SignIn, enter: Enter, arrive: Arrive
) -> None:
    entry = enter()
    other = arrive(State.DUPLICATE, duplicate_of=entry.document)
    assert sign_in(ACCOUNTING).get(f"/schriftstueck/{other.id}/").status_code == 200
    assert sign_in(MAILROOM).get(f"/schriftstueck/{other.id}/").status_code == 404


@pytest.mark.parametrize("role", Role)
def test_files_are_handed_in_only_by_who_may_and_seen_only_by_who_sent_them(role: Role, sign_in: SignIn) -> None:
    client, allowed = sign_in(role, units=(OWN,)), role in EXPECTED["upload"]
    fields = {"form": str(uuid4()), "inbox": "rechnung", "files": SimpleUploadedFile("brief.pdf", pdf_bytes())}
    answer = client.post("/einlegen/", fields)
    assert answer.status_code == (302 if allowed else 404)
    assert Intake.objects.exists() == allowed
    own = answer["location"] if allowed else f"/einlegen/{uuid4()}/"
    assert client.get(own).status_code == (200 if allowed else 404)
    for other in Role:
        assert sign_in(other).get(own).status_code == 404
