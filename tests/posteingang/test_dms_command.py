"""`dms check` as an operator meets it: every wrong line with what may be meant, and what the exit code says."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import CODE_ROOT
from posteingang.dms import print_dms_check, warn_of_mistakes
from posteingang.status import read_status
from records.dms_status import Finding, findings, keep_findings
from records.models import Outbound
from records.neighbours import note_pause
from schemas.errors import Unavailable
from tests.dms_connectors.serving import KEY, RunningMock, running_mock, unused_address
from tests.posteingang.test_commands import assert_one_sentence, run
from tests.workers.conftest import Configure, MakeDocument, configure, make_document, make_routed
from workers import targets

__all__ = ["configure", "make_document", "make_routed"]
pytestmark = pytest.mark.django_db
WithRules = Callable[[str, str], None]


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMock]:
    with running_mock(tmp_path_factory.mktemp("dms")) as running:
        yield running


@pytest.fixture
def with_rules(mock: RunningMock, configure: Configure, tmp_path: Path) -> Iterator[WithRules]:
    """The shipped city with a pattern in dms.yaml replaced, connected to the stand-in."""

    def make(old: str, new: str) -> None:
        folder = tmp_path / "city"
        shutil.copytree(CODE_ROOT / "config" / "city", folder)
        path = folder / "dms.yaml"
        text = path.read_text(encoding="utf-8")
        assert re.search(old, text)
        path.write_text(re.sub(old, new, text), encoding="utf-8")
        configure(city=folder, dms_url=mock.address, dms_api_key=KEY)

    yield make
    targets.dms().close()


def checked(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, tuple[bool | None, str]]]:
    """Exit code and lines of `dms check --json`."""
    code = print_dms_check(as_json=True)
    out = capsys.readouterr().out
    lines = json.loads(out[out.index("[\n") :])
    return code, {line["what"]: (line["ok"], line["detail"]) for line in lines}


def test_the_shipped_rules_fit_the_stand_in(
    mock: RunningMock, configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(dms_url=mock.address, dms_api_key=KEY)

    code, lines = checked(capsys)

    assert code == 0
    assert {what: line for what, line in lines.items() if line[0] is not True} == {}
    assert lines["Eingang je Einheit"][0] is True
    assert lines["Eingangsknoten 51-POSTEINGANG (Einheit 51)"] == (True, "wird mit dem ersten Schriftstück angelegt")
    targets.dms().close()


@pytest.mark.parametrize(
    ("old", "new", "what", "hint"),
    [
        (r"\bPOSTE\b", "POSTEN", "Kategorie POSTEN", "POSTE (Posteingang)"),
        ('sha256: "7"', "sha256: Sha", "SHA-256 (Sha)", "7 (SHA-256)"),
        ("gruppe-51", "gruppe-551", "Gruppe gruppe-551", "gruppe-51 (Bereich Jugend)"),
        ("POSTE: sehr hoch", "POSTE: normal", "Leserkreis der Kategorie POSTE", "zu weit für: Antrag Wohngeld (hoch)"),
    ],
)
def test_what_is_wrong_is_named_kept_and_makes_exit_code_1(
    with_rules: WithRules, capsys: pytest.CaptureFixture[str], old: str, new: str, what: str, hint: str
) -> None:
    with_rules(old, new)

    code, lines = checked(capsys)

    assert code == 1
    ok, detail = lines[what]
    assert ok is False
    assert hint in detail
    assert what in {line.what for line in findings() if line.ok is False}


def test_what_is_not_declared_is_not_checkable_and_no_fault(
    with_rules: WithRules, capsys: pytest.CaptureFixture[str]
) -> None:
    with_rules("POSTE: sehr hoch, ", "")

    code, lines = checked(capsys)

    assert code == 0
    assert lines["Leserkreis der Kategorie POSTE"][0] is None


def test_the_table_says_it_in_words(with_rules: WithRules, capsys: pytest.CaptureFixture[str]) -> None:
    with_rules(r"\bPOSTE\b", "POSTEN")

    assert print_dms_check(as_json=False) == 1

    shown = capsys.readouterr().out
    assert "falsch" in shown
    assert "Kategorie POSTEN" in shown
    assert "nicht prüfbar." in shown.splitlines()[-1]


def test_at_start_mistakes_are_said_and_the_rest_is_silence(with_rules: WithRules) -> None:
    with_rules('sha256: "7"', "sha256: Sha")
    said: list[str] = []

    warn_of_mistakes(said.append)

    assert said == [line for line in said if line.startswith("DMS-Zuordnung falsch: ")]
    assert any("SHA-256 (Sha): gibt es nicht." in line for line in said)


def test_at_start_a_dms_that_is_down_is_one_line(configure: Configure) -> None:
    configure(dms_url=unused_address(), dms_api_key=KEY)
    said: list[str] = []

    warn_of_mistakes(said.append)

    assert len(said) == 1
    assert "sobald es antwortet" in said[0]


def test_a_dms_that_does_not_answer_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    done = run("dms", "check", POSTEINGANG_VAR=str(tmp_path / "v"), POSTEINGANG_DMS_URL=unused_address())
    assert_one_sentence(done, "nicht erreichbar")


def test_a_wrong_key_is_no_finding_but_an_outage(mock: RunningMock, configure: Configure) -> None:
    configure(dms_url=mock.address, dms_api_key="falsch")
    with pytest.raises(Unavailable, match="API-Schlüssel"):
        print_dms_check(as_json=True)
    targets.dms().close()


def test_status_tells_of_the_dms_what_the_page_tells(make_routed: MakeDocument) -> None:
    now = datetime.now(UTC)
    document = make_routed(state_since=now - timedelta(hours=3))
    Outbound.objects.create(document=document, kind="hauptdokument", intended_at=now, unclear_since=now, calls=1)
    note_pause("DMS", "Das DMS bremst (429).", now + timedelta(minutes=5), now)
    keep_findings((Finding(False, "Kategorie POSTEN", "gibt es nicht."),), now - timedelta(minutes=5))

    told = read_status()["dms"]

    assert (told["adapter"], told["ok"], told["parallel"], told["paused_for"]) == (
        "d3ecm",
        False,
        2,
        "Das DMS bremst (429).",
    )
    assert 290 <= told["paused_seconds"] <= 300
    assert (told["waiting"], told["waiting_oldest_seconds"] // 3600, told["unclear"]) == (1, 3, 1)
    assert told["mapping_checked_seconds"] // 60 == 5
    assert told["mapping"] == [{"ok": False, "what": "Kategorie POSTEN", "detail": "gibt es nicht."}]
