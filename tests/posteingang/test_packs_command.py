"""`posteingang packs` and `validate --as-of --varl` as an operator meets them."""

import json
import os
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from lxml import etree

from config.settings import load_settings
from pipelines.packs.store import FILES
from posteingang import installation, packs
from posteingang.doctor import _invoice_rules
from records import register
from records.objects import ObjectStore
from schemas.errors import BadInput
from tests.pipelines.invoices import cii_invoice, ubl_invoice
from tests.pipelines.packs import pack_zip, says, sheet
from tests.posteingang.test_commands import assert_one_sentence, run, run_here

RULES = "resources/ubl/2.1/xsl/rules.xsl"


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, for this process and those it starts."""
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    load_settings.cache_clear()
    yield tmp_path / "var"
    load_settings.cache_clear()


def strict(folder: Path, name: str = "probe", **options: str) -> Path:
    """A pack that rejects every invoice in UBL."""
    return pack_zip(folder, name=name, files={RULES: sheet(says())}, **options)


def sample_invoices(folder: Path) -> Path:
    (folder / "rechnungen" / "cii").mkdir(parents=True)
    (folder / "rechnungen" / "ubl.xml").write_bytes(ubl_invoice())
    (folder / "rechnungen" / "cii" / "ubl.xml").write_bytes(cii_invoice())
    return folder / "rechnungen"


def test_installed_listed_changed_verified_and_removed(tmp_path: Path, var: Path) -> None:
    assert "mitgelieferten Regeln" in run_here("packs", "list").stdout
    done = run_here("packs", "install", str(strict(tmp_path)), "--from", "2026-09-01", "--until", "2026-12-31")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Installiert: probe: Prüfkonfiguration probe 2026-08-31, Stand 31.08.2026, " in done.stdout
    assert "gültig ab 01.09.2026 bis 31.12.2026, Platz 100, installiert " in done.stdout
    assert run_here("packs", "list", "--as-of", "2026-12-31").stdout.startswith("* probe: ")
    assert run_here("packs", "list", "--as-of", "2027-01-01").stdout.startswith("  probe: ")
    changed = run_here("packs", "set", "probe", "--until", "2027-01-31", "--place", "5")
    assert "Geändert: probe: " in changed.stdout
    assert "bis 31.01.2027, Platz 5" in changed.stdout
    assert run_here("packs", "list", "--as-of", "2027-01-01").stdout.startswith("* probe: ")
    assert run_here("packs", "verify").stdout == "probe: unversehrt.\n"
    rules = var / "packs" / "probe" / FILES / RULES
    assert _invoice_rules(load_settings()).detail.endswith(", probe")
    rules.write_bytes(rules.read_bytes() + b" ")
    assert _invoice_rules(load_settings()).detail == "verändert: probe"
    broken = run_here("packs", "verify")
    assert (broken.returncode, broken.stdout) == (1, f"probe: {RULES} ist verändert.\n")
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    assert_one_sentence(run("validate", "--as-of", "2026-11-24", str(tmp_path / "a.xml")), "ist verändert", RULES)
    assert run_here("packs", "remove", "probe", "--force").stdout == "probe entfernt.\n"


def test_what_goes_wrong_is_one_sentence(tmp_path: Path) -> None:
    zipped = strict(tmp_path)
    run_here("packs", "install", str(zipped))
    empty = tmp_path / "leer"
    for arguments, words in {
        ("install", str(zipped)): ("schon installiert, als probe", "packs set probe"),
        ("install", str(tmp_path / "fehlt.zip")): ("gibt es nicht",),
        ("install", str(tmp_path)): ("ist ein Ordner",),
        ("remove", "weg"): ("weg ist nicht installiert", "packs list"),
        ("remove", "probe"): ("wird seit dem", "--force"),
        ("set", "probe"): ("nicht angegeben",),
        ("set", "weg", "--place", "1"): ("weg ist nicht installiert",),
        ("set", "probe", "--until", "2020-01-01"): ("vor dem ersten",),
        ("set", "probe", "--from", "gestern"): ("„gestern“ ist kein Datum", "JJJJ-MM-TT"),
        ("list", "--as-of", "2026-13-01"): ("„2026-13-01“ ist kein Datum",),
        ("compare", "probe", "--month", "2026"): ("„2026“ ist kein Datum", "JJJJ-MM an"),
        ("compare", "weg", str(tmp_path)): ("weg ist nicht installiert",),
        ("compare", "probe", str(empty)): ("kein Ordner",),
        ("compare", "probe", "--against", "weg", str(tmp_path)): ("weg ist nicht installiert",),
        ("compare", "probe", "--month", "2026-10", str(tmp_path)): ("schließen sich aus",),
    }.items():
        assert_one_sentence(run_here("packs", *arguments), *words)


def test_schemas_of_a_standard_are_managed_by_the_same_commands(tmp_path: Path) -> None:
    path = tmp_path / "xdomea-3.1.0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "xdomea.xsd",
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
            'targetNamespace="urn:xoev-de:xdomea:schema:3.1.0"><xs:element name="a"/></xs:schema>',
        )
    done = run_here("packs", "install", str(path), "--from", "2026-01-01")
    assert done.stdout.startswith("Installiert: xdomea-3.1.0: Schemas xdomea 3.1.0, ")
    assert run_here("packs", "list").stdout.startswith("  xdomea-3.1.0: Schemas xdomea 3.1.0, ")
    assert run_here("packs", "verify").stdout == "xdomea-3.1.0: unversehrt.\n"
    assert_one_sentence(run_here("packs", "compare", "xdomea-3.1.0", str(tmp_path)), "prüft keine Rechnungen")
    assert run_here("packs", "remove", "xdomea-3.1.0").stdout == "xdomea-3.1.0 entfernt.\n"


def test_installing_says_what_the_pack_replaces_and_what_judges_beside_it(tmp_path: Path) -> None:
    packs.install_pack(strict(tmp_path, title="XRechnung 3.0.2"))
    packs.install_pack(strict(tmp_path, name="peppol", title="Peppol 3.0"))
    said = packs.install_pack(strict(tmp_path, name="neu", title="XRechnung 3.1.0"), {"valid_from": date(2026, 12, 1)})
    assert said[1:] == ["Daneben prüft peppol (peppol).", "Ab 01.12.2026 an Stelle von probe."]


def test_what_is_no_pack_is_one_sentence(tmp_path: Path, var: Path) -> None:
    (tmp_path / "kein.zip").write_bytes(b"kein Zip")
    assert_one_sentence(run_here("packs", "install", str(tmp_path / "kein.zip")), "kein lesbares Zip", "unverändert")
    broken = pack_zip(tmp_path, files={RULES: "<a/>"})
    done = run_here("packs", "install", str(broken))
    assert done.returncode == 2
    assert "lässt sich nicht übersetzen" in done.stderr
    assert list((var / "packs").iterdir()) == []


def test_invoices_are_judged_as_of_a_day(tmp_path: Path) -> None:
    folder = sample_invoices(tmp_path)
    run_here("packs", "install", str(strict(tmp_path)), "--until", "2026-10-31")
    verdicts = {}
    for day in ("2026-08-30", "2026-08-31", "2026-10-31", "2026-11-01"):
        done = run("validate", "--json", "--as-of", day, str(folder / "ubl.xml"))
        report = json.loads(done.stdout)
        assert report["trace"] is None
        verdicts[day] = (done.returncode, report["scenario"], report["rules"][0]["name"])
    builtin = (0, "EN16931 XRechnung (UBL Invoice)", "UBL Invoice XSD")
    pack = (1, "Probe (UBL Invoice)", "Regelpaket probe")
    assert list(verdicts.values()) == [builtin, pack, pack, builtin]


def test_without_a_day_it_is_today(tmp_path: Path) -> None:
    folder = sample_invoices(tmp_path)
    run_here("packs", "install", str(strict(tmp_path)), "--from", "2020-01-01")
    done = run("validate", str(folder / "ubl.xml"))
    assert done.returncode == 1
    assert "\n  geprüft nach Regelpaket probe (Stand 2026-08-31)\n" in done.stdout
    run_here("packs", "set", "probe", "--inactive")
    assert run("validate", str(folder / "ubl.xml")).returncode == 0


def test_compare_lists_each_verdict_and_rule_that_differs(tmp_path: Path) -> None:
    folder = sample_invoices(tmp_path)
    packs.install_pack(strict(tmp_path), {"active": False})
    mild = pack_zip(tmp_path, name="mild", files={RULES: sheet(says(flag="warning"), says("T-2", "info"))})
    packs.install_pack(mild, {"active": False})
    ubl = folder / "ubl.xml"
    invoices = packs.in_folder(folder)
    assert packs.differences("probe", "builtin", invoices) == [
        f"{ubl}: probe nicht bestanden, builtin formal geprüft",
        f"{ubl}: T-1: probe 1 × Fehler, builtin –",
    ]
    assert packs.differences("mild", "probe", invoices) == [
        f"{ubl}: mild formal geprüft, probe nicht bestanden",
        f"{ubl}: T-1: mild 1 × Warnung, probe 1 × Fehler",
        f"{ubl}: T-2: mild 1 × Hinweis, probe –",
    ]
    assert packs.differences("mild", "mild", invoices) == []
    assert packs.differences("mild", "builtin", {}) == []
    with pytest.raises(BadInput, match="kein Ordner"):
        packs.in_folder(ubl)


def test_compare_says_by_its_exit_code_whether_anything_differs(tmp_path: Path) -> None:
    folder = sample_invoices(tmp_path)
    packs.install_pack(strict(tmp_path))
    done = run_here("packs", "compare", "probe", str(folder))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "2 Datei(en) verglichen, 2 Abweichung(en).")
    assert run_here("packs", "compare", "probe", "--against", "probe", str(folder)).returncode == 0


@pytest.mark.parametrize(
    ("month", "begin", "end"),
    [
        (date(2026, 10, 1), "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00"),
        (date(2026, 12, 31), "2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
    ],
)
def test_the_invoices_of_a_month_are_compared_under_their_numbers(
    month: date, begin: str, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def originals_received(*times: datetime) -> list[tuple[str, str]]:
        asked.extend(time.isoformat() for time in times)
        return [("RE-2026-000007", digest), ("RE-2026-000008", "f" * 64)]

    monkeypatch.setattr(installation, "open_records", load_settings)
    monkeypatch.setattr(register, "originals_received", originals_received)
    store = ObjectStore(load_settings().objects)
    (tmp_path / "a.xml").write_bytes(ubl_invoice())
    digest = store.put(tmp_path / "a.xml").sha256
    packs.install_pack(strict(tmp_path))

    invoices = packs.received_in(month)

    assert asked == [begin, end]
    assert invoices == {store.path(digest): "RE-2026-000007"}, "what was disposed of is not compared"
    assert packs.differences("probe", "builtin", invoices) == [
        "RE-2026-000007: probe nicht bestanden, builtin formal geprüft",
        "RE-2026-000007: T-1: probe 1 × Fehler, builtin –",
    ]


def test_a_month_without_records_is_one_sentence(tmp_path: Path) -> None:
    packs.install_pack(strict(tmp_path))
    assert_one_sentence(run_here("packs", "compare", "probe"), "noch keine Datenbank")


def test_each_file_gets_a_report_in_varl_and_none_replaces_another(tmp_path: Path) -> None:
    folder = sample_invoices(tmp_path)
    (folder / "ubl-report.xml").write_bytes(ubl_invoice())
    files = [folder / "ubl.xml", folder / "cii" / "ubl.xml", folder / "ubl-report.xml"]
    done = run("validate", "--varl", str(folder), *map(str, files))
    assert done.returncode == 0, done.stderr
    assert (folder / "ubl-report.xml").read_bytes() == ubl_invoice()
    made = {path.name for path in folder.glob("*.xml")} - {"ubl.xml", "ubl-report.xml"}
    assert made == {"ubl-report-2.xml", "ubl-report-3.xml", "ubl-report-report.xml"}
    content = (folder / "ubl-report-3.xml").read_bytes()
    assert content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = etree.fromstring(content)
    assert root.findtext(".//{*}scenario/{*}name") == "EN16931 XRechnung (CII)"
    assert root.findtext(".//{*}documentReference") == str(files[1])


def test_a_varl_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    folder = sample_invoices(tmp_path)
    done = run("validate", "--varl", str(folder / "ubl.xml" / "x"), str(folder / "ubl.xml"))
    assert_one_sentence(done, "lässt sich nicht anlegen", os.fspath(folder))
