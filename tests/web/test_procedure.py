"""The page of the scanning procedure: propose, release by a second person, read what was."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config.load import city
from config.settings import CODE_ROOT, Settings, load_settings
from records.models import ProcedureVersion
from schemas.roles import Role
from tests.records.persons import make_person
from tests.web.conftest import SignIn, log_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/verfahren/"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An installation of its own with a copy of the shipped rules."""
    shutil.copytree(CODE_ROOT / "config" / "city", tmp_path / "city")
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("POSTEINGANG_CITY", str(tmp_path / "city"))
    load_settings.cache_clear()
    yield load_settings()
    monkeypatch.undo()
    load_settings.cache_clear()


def edit(settings: Settings, old: str, new: str) -> None:
    path = settings.city / "procedure.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def send(client: Client, action: str, **fields: str) -> Any:
    """The form of that action as the page offers it, filled in."""
    page = text_of(client.get(PAGE))
    forms = [form for form in page.split("<form")[1:] if f'name="action" value="{action}"' in form]
    assert len(forms) == 1, f"the page offers {action} {len(forms)} times"
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', forms[0].partition("</form>")[0]))
    return client.post(PAGE, hidden | fields)


@pytest.fixture
def post() -> Client:
    return log_in(make_person(Role.MAILROOM, name="Petra Post"))


@pytest.fixture
def admin() -> Client:
    return log_in(make_person(Role.ADMIN, name="Adam Admin"))


def put_in_force(post: Client, admin: Client, reason: str = "Erste Fassung") -> None:
    assert send(post, "vorschlagen", reason=reason).status_code == 302
    assert send(admin, "freigeben").status_code == 302


def test_a_fresh_installation_says_what_is_missing(post: Client) -> None:
    page = text_of(post.get(PAGE))
    assert "Noch keine Fassung des Scanverfahrens ist freigegeben" in page
    assert "kein Original darf vernichtet werden" in page


def test_one_proposes_the_other_reads_the_difference_and_releases(
    post: Client, admin: Client, settings: Settings
) -> None:
    put_in_force(post, admin)
    assert "Fassung 1 ist in Kraft." in text_of(post.get(PAGE))
    edit(settings, "normal: {share: 0.04", "normal: {share: 0.5")
    page = text_of(post.get(PAGE))
    assert "Änderung wartet auf Vorschlag" in page
    assert "<ins>+  normal: {share: 0.5, minimum: 1}</ins>" in page
    send(post, "vorschlagen", reason="Mehr Stichproben")
    page = text_of(admin.get(PAGE))
    assert "Petra Post" in page
    assert "Mehr Stichproben" in page
    assert "<del>-  normal: {share: 0.04, minimum: 1}</del>" in page
    send(admin, "freigeben")
    assert city().procedure_version == "2"
    page = text_of(admin.get(PAGE))
    assert "Fassung 2 ist in Kraft." in page
    assert "Adam Admin" in page


def test_a_proposal_is_counted_for_whoever_may_release_it(post: Client, admin: Client) -> None:
    send(post, "vorschlagen", reason="Erste Fassung")
    waits = f'href="{PAGE}">Verfahren <span class="count">1<span class="hidden"> offen</span>'
    assert waits in text_of(admin.get("/"))
    assert waits not in text_of(post.get("/"))
    send(admin, "freigeben")
    assert waits not in text_of(admin.get("/"))


def test_who_proposed_is_not_offered_the_release_and_cannot_send_it(post: Client) -> None:
    send(post, "vorschlagen", reason="Erste Fassung")
    page = text_of(post.get(PAGE))
    assert 'value="freigeben"' not in page
    assert "freigeben muss sie eine zweite Person" in page
    version = ProcedureVersion.objects.get()
    answer = post.post(PAGE, {"action": "freigeben", "number": "1", "seen": version.sha256})
    assert answer.status_code == 400
    assert "Wer eine Fassung vorschlägt, gibt sie nicht frei." in text_of(answer)


def test_a_release_upon_something_else_than_was_shown_is_a_conflict(post: Client, admin: Client) -> None:
    send(post, "vorschlagen", reason="Erste Fassung")
    answer = admin.post(PAGE, {"action": "freigeben", "number": "1", "seen": "0" * 64})
    assert answer.status_code == 409
    send(admin, "zurueckziehen", reason="Noch nicht")
    version = ProcedureVersion.objects.get()
    answer = admin.post(PAGE, {"action": "freigeben", "number": "1", "seen": version.sha256})
    assert answer.status_code == 409
    assert "schon entschieden" in text_of(answer)


def test_files_changed_since_they_were_shown_are_not_proposed(post: Client, settings: Settings) -> None:
    seen = re.search(r'name="seen" value="(\w+)"', text_of(post.get(PAGE)))
    assert seen is not None
    edit(settings, "days: 30}", "days: 60}")
    answer = post.post(PAGE, {"action": "vorschlagen", "seen": seen[1], "reason": "Erste Fassung"})
    assert answer.status_code == 409
    assert "inzwischen geändert" in text_of(answer)
    assert "Erste Fassung" in text_of(answer), "what was entered is kept"


def test_a_mistake_in_the_files_is_shown_with_its_line_and_harms_nobody(
    post: Client, admin: Client, settings: Settings
) -> None:
    put_in_force(post, admin)
    edit(settings, "document_type: urkunde", "document_type: urkunden")
    answer = send(post, "vorschlagen", reason="Tippfehler")
    assert answer.status_code == 400
    assert "procedure.yaml, Zeile" in text_of(answer)
    assert ProcedureVersion.objects.count() == 1
    assert city().procedure_version == "1"


def test_old_versions_are_read_and_downloaded_as_they_were(post: Client, admin: Client, settings: Settings) -> None:
    first = (settings.city / "procedure.yaml").read_bytes()
    put_in_force(post, admin)
    edit(settings, "days: 30}", "days: 60}")
    put_in_force(post, admin, "Längerer Zeitraum")
    page = text_of(post.get(f"{PAGE}2/"))
    assert "Geändert gegenüber Fassung 1" in page
    assert "days: 60}" in page
    answer = post.get(f"{PAGE}1/procedure.yaml")
    assert answer.content == first
    assert "procedure-fassung-1.yaml" in answer.headers["Content-Disposition"]
    for address in (f"{PAGE}9/", f"{PAGE}9/procedure.yaml", f"{PAGE}1/seals.yaml"):
        assert post.get(address).status_code == 404


def test_the_audit_reads_everything_and_changes_nothing(post: Client, sign_in: SignIn) -> None:
    send(post, "vorschlagen", reason="Erste Fassung")
    audit = sign_in(Role.AUDIT)
    page = text_of(audit.get(PAGE))
    assert 'name="action"' not in page
    assert audit.get(f"{PAGE}1/").status_code == 200
    version = ProcedureVersion.objects.get()
    answer = audit.post(PAGE, {"action": "freigeben", "number": "1", "seen": version.sha256})
    assert answer.status_code == 400
    assert ProcedureVersion.objects.get().outcome == ""


@pytest.mark.parametrize("role", [Role.UNIT, Role.ARCHIVE, Role.ACCOUNTING])
def test_for_others_no_version_exists(role: Role, post: Client, sign_in: SignIn) -> None:
    send(post, "vorschlagen", reason="Erste Fassung")
    for address in (PAGE, f"{PAGE}1/", f"{PAGE}1/scan.yaml"):
        assert sign_in(role).get(address).status_code == 404


def test_the_status_page_says_what_waits(post: Client, admin: Client, settings: Settings) -> None:
    put_in_force(post, admin)
    edit(settings, "days: 30}", "days: 60}")
    assert "Änderung wartet auf Vorschlag" in text_of(post.get("/status/"))
    send(post, "vorschlagen", reason="Längerer Zeitraum")
    assert "Änderung wartet auf Freigabe: Fassung 2." in text_of(post.get("/status/"))
