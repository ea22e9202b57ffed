"""/metrics: numbers a Prometheus can read, for this machine or with the token, at a bounded price."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from config.settings import load_settings
from records import neighbours
from records.models import InboxFile
from schemas.states import State
from schemas.validation import Verdict
from tests.web.conftest import Arrive, Enter, text_of

pytestmark = pytest.mark.django_db

Samples = dict[tuple[str, tuple[str, ...]], float]
TOKEN = "ein-langes-token"


@pytest.fixture
def local() -> Client:
    """As Prometheus on the same machine asks."""
    return Client(HTTP_HOST="127.0.0.1:8800")


@pytest.fixture
def with_token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POSTEINGANG_METRICS_TOKEN", TOKEN)
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def scrape(client: Client) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text_of(answer))
        for sample in family.samples
    }


def test_documents_are_counted_by_state_with_the_age_of_the_oldest(local: Client, arrive: Arrive) -> None:
    now = datetime.now(UTC)
    arrive(State.NOTED, state_since=now - timedelta(hours=1))
    arrive(State.NOTED, state_since=now - timedelta(hours=3))
    arrive(State.FILED, state_since=now - timedelta(days=300))
    found = scrape(local)
    assert found["posteingang_documents", ("automatic", "noted")] == 2
    assert found["posteingang_documents", ("final", "filed")] == 1
    assert found["posteingang_documents", ("waiting", "clearing")] == 0, "a state without documents is zero, not absent"
    assert found["posteingang_oldest_document_seconds", ("automatic", "noted")] == pytest.approx(3 * 3600, abs=60)
    assert ("posteingang_oldest_document_seconds", ("final", "filed")) not in found
    assert (found["posteingang_documents_due", ()], found["posteingang_documents_overdue", ()]) == (2, 2)


def test_what_is_held_up_and_what_waits_in_the_inbox(local: Client, arrive: Arrive) -> None:
    now = datetime.now(UTC)
    arrive(State.ROUTED, last_error="Das DMS antwortet nicht.", next_attempt_at=now + timedelta(hours=1))
    InboxFile.objects.create(
        path="scan/Kündigung Muster.pdf",
        first_seen=now - timedelta(hours=2),
        last_seen=now,
        size=1,
        waiting_for="wächst",
    )
    found = scrape(local)
    assert found["posteingang_held_up_documents", ()] == 1
    assert found["posteingang_documents_deferred", ()] == 1
    assert found["posteingang_inbox_files", ()] == 1
    assert found["posteingang_inbox_oldest_seconds", ()] == pytest.approx(7200, abs=60)


def test_register_entries_by_verdict(local: Client, enter: Enter) -> None:
    enter(verdict=Verdict.ACCEPT)
    enter(verdict=Verdict.ACCEPT)
    enter(verdict=Verdict.REJECT)
    found = scrape(local)
    assert found["posteingang_invoices", (Verdict.ACCEPT,)] == 2
    assert found["posteingang_invoices", (Verdict.REJECT,)] == 1


def test_neighbours_and_disk(local: Client) -> None:
    now = datetime.now(UTC)
    neighbours.note("DMS", False, "antwortet nicht", now - timedelta(seconds=90))
    neighbours.note("Postfächer", True, "beschreibbar", now)
    found = scrape(local)
    assert found["posteingang_neighbour_ok", ("DMS",)] == 0
    assert found["posteingang_neighbour_ok", ("Postfächer",)] == 1
    assert found["posteingang_neighbour_checked_seconds", ("DMS",)] == pytest.approx(90, abs=30)
    assert 0 < found["posteingang_disk_free_bytes", ()] <= found["posteingang_disk_total_bytes", ()]


def test_numbers_only_nothing_of_the_mail(local: Client, enter: Enter, arrive: Arrive) -> None:
    entry = enter(seller_name="Bürobedarf Schmidt e. K.")
    arrive(State.CLEARING, name="Kündigung Muster.pdf", last_error="Fehler bei Maria Muster")
    page = text_of(local.get("/metrics"))
    for word in ("Schmidt", "Muster", "Kündigung", entry.number, str(entry.document_id)):
        assert word not in page


def test_the_price_does_not_grow_with_the_mail(
    local: Client, arrive: Arrive, enter: Enter, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        arrive(State.NOTED)
        enter()
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        scrape(local)


@pytest.mark.parametrize(
    "request_of",
    [
        {"HTTP_HOST": "testserver"},
        {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_HOST": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_HOST": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_HOST": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": ""},
        {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "},
        {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"},
    ],
)
def test_from_elsewhere_and_without_the_token_it_does_not_exist(request_of: dict[str, str]) -> None:
    assert Client(**request_of).get("/metrics").status_code == 404  # type: ignore[arg-type]


@pytest.mark.usefixtures("with_token")
def test_with_the_token_it_exists_from_anywhere() -> None:
    far = {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_PROTO": "https"}
    assert Client(**far).get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}").status_code == 200  # type: ignore[arg-type]
    for wrong in (f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ", "Bearer ümläut"):
        assert Client(**far).get("/metrics", HTTP_AUTHORIZATION=wrong).status_code == 404  # type: ignore[arg-type]


def test_it_is_read_only(local: Client) -> None:
    assert local.post("/metrics").status_code == 405


def test_localhost_by_name_or_ipv6_is_this_machine(settings: object) -> None:
    for host in ("localhost", "localhost:8800", "127.0.0.1", "127.0.0.1:8800"):
        assert Client(HTTP_HOST=host).get("/metrics").status_code == 200
