"""Whatever came in, was typed in or went wrong: none of it is in any file of the log folder."""

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from config.settings import CODE_ROOT
from tests.e2e.system import System

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Make = Callable[..., System]
PASSWORD = "ein-langes-kennwort-7"
LETTER = (
    "Stadt Iserlohn\nSteueramt",
    "Hannelore Wippermann-Özdemir\nAm Dröscheder Feld 17\n58642 Iserlohn",
    "Anmeldung meines Hundes zur Hundesteuer",
    "Bitte buchen Sie von DE89 3704 0044 0532 0130 00 ab. Fragen: h.wippermann@example.org, 02371 / 44 55 66.",
    "Steuernummer 328/5432/1098, USt-IdNr. DE298765432. Rasse: Rauhaardackel.",
)
FRAGMENTS = {
    *("Hannelore", "Wippermann", "Özdemir", "Dröscheder", "Rauhaardackel", "h.wippermann", "example.org"),
    *("DE89 3704", "DE893704", "0532 0130", "44 55 66", "328/5432", "298765432", "Steuernummer"),
}
NAMES = ("Hundesteuer Wippermann DE89370400440532013000.pdf", "Kuendigung_Beispielmann.pdf", "RE Muellerskamp.xml")
PERSON = {"anna.sonnenschein", "Sonnenschein", "falsches-kennwort", PASSWORD}


def letter(path: Path, ending: str) -> Path:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.add_font("Brief", fname="/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    pdf.set_font("Brief", size=11)
    pdf.multi_cell(0, 8, "\n\n".join((*LETTER, ending)))
    pdf.output(str(path))
    return path


def words_of_invoice(content: str) -> set[str]:
    """Every text of the XML that has a letter and is long enough to be recognised."""
    return {text for text in re.findall(r">([^<>]{6,})<", content) if re.search("[A-Za-z]", text)}


def browse(system: System) -> None:
    """A wrong password, then a clerk who looks at a document, a file and what does not exist."""
    made = system.run(
        *("users", "add", "anna.sonnenschein", "--name", "Anna Sonnenschein", "--role", "poststelle"),
        *("--role", "rechnungspruefung", "--password-stdin"),
        stdin=f"{PASSWORD}\n",
    )
    assert made.returncode == 0, made.stderr
    (document,) = system.query("SELECT id FROM records_document ORDER BY entry LIMIT 1")
    identity = str(document[0])
    identity = identity if "-" in identity else re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", identity)
    address = f"http://127.0.0.1:{system.web_port}"
    with httpx.Client(base_url=address, follow_redirects=True, timeout=30) as browser:
        for password in ("falsches-kennwort", PASSWORD):
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/anmelden/").text)
            assert token is not None
            form = {"username": "anna.sonnenschein", "password": password, "csrfmiddlewaretoken": token[1], "next": "/"}
            browser.post("/anmelden/", data=form)
        assert "Wippermann" in browser.get(f"/schriftstueck/{identity}/").text
        browser.get(f"/schriftstueck/{identity}/datei/original")
        browser.get(f"/schriftstueck/{quote('Hannelore Wippermann')}/?suche=Rauhaardackel")
        browser.get("/post/", params={"suche": "Hannelore Wippermann"})
        browser.get("/", headers={"Host": "wippermann.example.org"})
        browser.get("/metrics")


def lines_of(system: System, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in system.var.glob(f"log/{name}*") for line in path.read_text().splitlines()]


def test_nothing_of_the_mail_or_of_the_people_is_in_the_logs(make_system: Make, tmp_path: Path) -> None:
    system = make_system(
        TRAILER_GRACE="1", MAX_ATTEMPTS="1", RETRY_LONGEST="1", DMS_BREAKER_SECONDS="0", DMS_UNCLEAR_WAIT="1"
    )
    system.start()
    faults = [{"at": "store", "kind": "status", "status": 503, "count": 1000}]
    httpx.post(f"http://127.0.0.1:{system.mock_port}/_admin/faults", json=faults, timeout=10).raise_for_status()
    inbox = system.var / "inbox" / "scan"
    whole = letter(tmp_path / "brief.pdf", "Mit freundlichen Grüßen").read_bytes()
    (inbox / NAMES[0]).write_bytes(whole)
    (inbox / NAMES[1]).write_bytes(whole[: len(whole) // 2])
    invoice = (CODE_ROOT / "samples" / "rechnung" / "xrechnung_ubl.xml").read_text(encoding="utf-8")
    (system.var / "inbox" / "rechnung" / NAMES[2]).write_text(invoice, encoding="utf-8")

    def put_off() -> bool:
        rows = system.query("SELECT state FROM records_document WHERE deferrals > 0 AND state = 'routed'")
        settled = system.states()
        return bool(rows) and settled.get("quarantined") == 1 and settled.get("to_certify_factually") == 1

    system.until(put_off, "the DMS refuses the letter, the others are where they belong", unwanted=())
    browse(system)
    (product,) = system.query(
        "SELECT content_id FROM records_documentfile f JOIN records_document d ON d.id = f.document_id "
        "WHERE d.state = 'routed' AND f.role = 'product'"
    )
    (object_file,) = (system.var / "objects").rglob(str(product[0]))
    object_file.unlink()
    with sqlite3.connect(system.var / "posteingang.sqlite3", timeout=30) as database:
        database.execute("UPDATE records_document SET state = 'validated' WHERE state = 'quarantined'")
    database.close()
    system.until(lambda: system.states().get("clearing") == 2, "lost evidence and a bug lead to clearing", unwanted=())
    system.stop()

    files = [path for path in (system.var / "log").iterdir() if path.stat().st_size]
    assert all(path.stat().st_mode & 0o777 == 0o640 for path in files)
    told = {path.name: path.read_text(encoding="utf-8") for path in files}
    for fragment in FRAGMENTS | set(NAMES) | PERSON | words_of_invoice(invoice) | {"Beispielmann", "Muellerskamp"}:
        assert [name for name, text in told.items() if fragment.lower() in text.lower()] == [], fragment

    assert "deferred" in {line["event"] for line in lines_of(system, "worker-filing.log")}
    (failed,) = (line for line in lines_of(system, "worker-invoice.log") if line["event"] == "step_failed")
    assert "KeyError" in json.dumps(failed), "what went wrong is told nevertheless"
    assert "step_done" in {line["event"] for line in lines_of(system, "worker-intake.log")}
    requests = [line for line in lines_of(system, "web.log") if line["event"] == "request"]
    assert {"login", "document", "file", "metrics", "unknown"} <= {line["route"] for line in requests}
    assert all(
        line.keys() == {"event", "level", "timestamp", "method", "route", "status", "milliseconds"} for line in requests
    )
