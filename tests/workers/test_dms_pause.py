"""A pause of the adapter stands on the status page as soon as it begins, and filing runs in parallel as set."""

from datetime import UTC, datetime

import pytest

from config.settings import load_settings
from records.neighbours import seen
from schemas.states import Queue
from tests.dms_connectors.serving import KEY, unused_address
from tests.workers.conftest import Configure, MakeDocument
from workers import targets
from workers.components import components
from workers.step import run_step


@pytest.mark.django_db
def test_a_dms_that_is_left_alone_is_seen_on_the_status_page(configure: Configure, make_routed: MakeDocument) -> None:
    documents = [make_routed(), make_routed()]
    configure(dms_url=unused_address(), dms_api_key=KEY, dms_breaker_failures=2, dms_breaker_seconds=90)
    try:
        for document in documents:
            run_step(document.id, "filing")
    finally:
        targets.dms().close()

    (dms,) = [neighbour for neighbour in seen(datetime.now(UTC)) if neighbour.name == "DMS"]
    assert not dms.ok
    assert dms.pause is not None
    assert "2-mal in Folge ausgefallen" in dms.pause.reason
    assert 0 < (dms.pause.until - datetime.now(UTC)).total_seconds() <= 90


def test_as_many_documents_are_filed_at_once_as_set(configure: Configure) -> None:
    configure(dms_parallel=3)

    (filing,) = [part for part in components(load_settings()) if part.name == f"worker-{Queue.FILING}"]

    assert filing.command[filing.command.index("-c") + 1] == "3"
