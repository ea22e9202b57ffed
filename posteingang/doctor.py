"""Is this machine fit: each check is ok, or a problem with its remedy."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata

from config.settings import Settings, load_settings
from schemas.errors import PosteingangError, Unavailable

__all__ = ["Check", "print_checks", "run_checks"]

_LEAST_FREE_GB = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: `remedy` says what to do if it is not ok."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def run_checks() -> list[Check]:
    """All checks, none of which raises."""
    settings = load_settings()
    checks: list[tuple[str, Callable[[Settings], Check]]] = [
        ("Python", _python),
        ("Konfiguration", _configuration),
        ("Scanverfahren", _procedure),
        ("Gelerntes Modell", _model),
        ("Tesseract", _tesseract),
        ("JBIG2-Encoder", _jbig2),
        ("Trennblätter", _separators),
        ("Rechnungsprüfung", _invoice_rules),
        ("PDF-Satz", _typesetting),
        ("Siegel", _seal),
        ("Redis", _broker),
        ("Datenbank", _database),
        ("Speicherplatz", _disk),
        ("Uhr", _clock),
        ("E-Mail", _mail),
        ("DMS", _dms),
        ("DMS-Zuordnung", _mapping),
    ]
    found: list[Check] = []
    for name, check in checks:
        try:
            found.append(check(settings))
        except Exception as problem:  # lint: broad - one broken check must not hide the others
            found.append(Check(name, False, f"{type(problem).__name__}: {problem}", "Bitte die IT verständigen."))
    return found


def print_checks(*, as_json: bool) -> bool:
    """Print all checks; True if everything is ok."""
    from dataclasses import asdict

    from posteingang.cli import print_json

    checks = run_checks()
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            print(f"{'ok      ' if check.ok else 'Problem '} {check.name}: {check.detail}")
            if not check.ok:
                print(f"         Abhilfe: {check.remedy}")
    return all(check.ok for check in checks)


def _python(settings: Settings) -> Check:
    packages = ("django", "celery", "ocrmypdf", "pikepdf")
    version = ", ".join(
        [".".join(map(str, sys.version_info[:3])), *(f"{name} {metadata.version(name)}" for name in packages)]
    )
    return Check("Python", sys.version_info >= (3, 11), version, "Python 3.11 oder neuer installieren.")


def _configuration(settings: Settings) -> Check:
    from config.load import read_city
    from config.organisation_config import findings
    from schemas.german_time import day_in_germany

    try:
        found = read_city(settings.city)
    except PosteingangError as problem:
        return Check("Konfiguration", False, str(problem), "Die genannte Datei berichtigen.")
    told = findings(found.organisation, day_in_germany(datetime.now(UTC)))
    units = f"{found.organisation.city}, {len(found.organisation.units)} Einheiten"
    return Check("Konfiguration", True, "; ".join((units, *told)))


def _procedure(settings: Settings) -> Check:
    """Which version is in force, whether the processes have that one, and what waits."""
    from django.db import DatabaseError

    from posteingang.installation import open_records

    try:
        open_records()
    except PosteingangError:
        return Check("Scanverfahren", True, "noch keine Datenbank, also keine Fassung freigegeben")
    from records.procedure import copy_problem, standing, verify

    try:
        broken = next(verify(), None)
    except DatabaseError:
        return Check("Scanverfahren", False, "in der Datenbank nicht lesbar", "./run up einmal starten.")
    if broken:
        return Check("Scanverfahren", False, broken, "Die letzte Sicherung vergleichen (posteingang audit verify).")
    if problem := copy_problem():
        remedy = "./run up neu starten: Die Fassung wird aus der Datenbank neu geschrieben."
        return Check("Scanverfahren", False, problem, remedy)
    return Check("Scanverfahren", True, standing().sentence)


def _model(settings: Settings) -> Check:
    """Which learned model is in use, and whether its file is what was released."""
    from config.live_model import model_problem
    from pipelines.routing.model import model_in_use

    remedy = "Die Datei aus einer Sicherung holen, oder auf der Seite „Gelerntes Modell“ ein anderes freigeben."
    if problem := model_problem(settings.models):
        return Check("Gelerntes Modell", False, f"{problem}; in Gebrauch ist das mitgelieferte", remedy)
    try:
        used = model_in_use()
    except PosteingangError as broken:
        return Check("Gelerntes Modell", False, str(broken), remedy)
    return Check("Gelerntes Modell", True, f"Fassung {used.version}" if used else "keines, nur Regeln")


def _tesseract(settings: Settings) -> Check:
    """The engine comes with the Python packages, its models from the distribution."""
    remedy = "apt-get install tesseract-ocr tesseract-ocr-deu"
    from pipelines.scan.ocr_engine import engine_version, installed_languages

    there = installed_languages()
    said = ", ".join(f"{name} {'da' if name in there else 'fehlt'}" for name in ("deu", "eng", "osd"))
    return Check("Tesseract", {"deu", "osd"} <= there, f"{engine_version()}; Modelle: {said}", remedy)


def _jbig2(settings: Settings) -> Check:
    found = shutil.which("jbig2")
    return Check(
        "JBIG2-Encoder",
        found is None,
        "nicht installiert, wie verlangt" if found is None else f"{found} ist installiert",
        "apt-get remove jbig2enc: Symbol Coding ist ausgeschlossen (TR-03138 A.SC.12).",
    )


def _separators(settings: Settings) -> Check:
    """Patch codes and codes without the city's mark can be printed by anybody, on a letter too."""
    from config.load import read_city

    rules = read_city(settings.city).scan.separators
    open_to_all = [*(f"Patch {name}" for name in rules.patches), *(plain.content for plain in rules.contents)]
    without = "" if rules.mark else "ohne Kennwort (separators.mark in scan.yaml): ein Absender kann sie nachmachen"
    also = f"ohne Kennwort gelten immer: {', '.join(open_to_all)}" if open_to_all else ""
    return Check("Trennblätter", True, "; ".join(filter(None, (without, also))) or "nur mit dem Kennwort der Stadt")


def _invoice_rules(settings: Settings) -> Check:
    from pipelines.invoice.engine import rule_sheet
    from pipelines.invoice.scenarios import SCENARIOS
    from pipelines.packs.store import damaged, installed

    remedy = "Die Installation mit ./run up erneuern."
    try:
        sheets = [rule_sheet(sheet) for scenario in SCENARIOS for sheet in (scenario.schema, *scenario.sheets)]
    except FileNotFoundError as problem:
        return Check("Rechnungsprüfung", False, f"Regeldatei fehlt ({problem})", remedy)
    versions = sorted({f"{sheet.name} {sheet.version}" for sheet in sheets if sheet.name.startswith("EN 16931")})
    packs = [pack.name for pack in installed(settings.packs)]
    if broken := [name for name in packs if damaged(settings.packs / name)]:
        return Check("Rechnungsprüfung", False, f"verändert: {', '.join(broken)}", "Das Regelpaket neu installieren.")
    return Check("Rechnungsprüfung", True, ", ".join([*versions, *packs]))


def _typesetting(settings: Settings) -> Check:
    remedy = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    try:
        import weasyprint
    except OSError as problem:
        return Check("PDF-Satz", False, f"Bibliothek fehlt ({problem})", remedy)
    return Check("PDF-Satz", True, f"WeasyPrint {weasyprint.__version__}")


def _seal(settings: Settings) -> Check:
    """The key opens, and its certificate is still good for a month. No time stamp is asked for: they cost money."""
    from config.load import read_city
    from pipelines.scan.seal import sealing_of

    try:
        sealing = sealing_of(read_city(settings.city).seals)
    except Unavailable as problem:
        return Check("Siegel", False, problem.sentence, problem.remedy)
    stamps = f"Zeitstempel: {sealing.stamp_level}" if sealing.stamper is not None else "ohne Zeitstempel"
    if sealing.signer is None:
        return Check("Siegel", True, f"kein Siegel eingerichtet, {stamps}")
    until: datetime = sealing.signer.signing_cert.not_valid_after
    detail = f"{sealing.level}, {sealing.holder}, gültig bis {until:%d.%m.%Y}, {stamps}"
    good = until - datetime.now(UTC) > timedelta(days=30)
    return Check("Siegel", good, detail, "" if good else "Ein neues Zertifikat beantragen und in seals.yaml eintragen.")


def _broker(settings: Settings) -> Check:
    import redis

    address = f"unix://{settings.redis_socket}" if settings.private_redis else settings.broker_url
    if settings.private_redis and not settings.redis_socket.exists():
        present = shutil.which("redis-server") is not None
        detail = "redis-server ist installiert, der Posteingang läuft gerade nicht" if present else "redis-server fehlt"
        return Check("Redis", present, detail, "apt-get install redis-server")
    try:
        with redis.Redis.from_url(address, socket_timeout=3) as client:
            client.ping()
    except redis.RedisError as problem:
        return Check(
            "Redis",
            False,
            f"antwortet nicht ({type(problem).__name__})",
            "POSTEINGANG_REDIS_URL und den Server prüfen.",
        )
    return Check("Redis", True, "antwortet")


def _database(settings: Settings) -> Check:
    from django.db import DatabaseError

    from posteingang.installation import open_records

    try:
        open_records()
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except PosteingangError as problem:
        return Check("Datenbank", True, f"noch nicht angelegt. {problem}")
    except DatabaseError as problem:
        first = str(problem).splitlines()[0]
        return Check(
            "Datenbank", False, f"antwortet nicht ({first})", "POSTEINGANG_DATABASE_URL und den Server prüfen."
        )
    if missing:
        return Check("Datenbank", False, f"{len(missing)} Aktualisierung(en) fehlen", "./run up einmal starten.")
    return Check("Datenbank", True, f"{connection.vendor}, auf aktuellem Stand")


def _disk(settings: Settings) -> Check:
    place = settings.var if settings.var.exists() else settings.var.parent
    free = shutil.disk_usage(place).free / 1024**3
    return Check(
        "Speicherplatz",
        free >= _LEAST_FREE_GB,
        f"{free:.1f} GB frei in {place}",
        f"Mindestens {_LEAST_FREE_GB} GB freimachen.",
    )


def _clock(settings: Settings) -> Check:
    now = datetime.now(UTC)
    return Check(
        "Uhr", now.year >= 2025, now.isoformat(timespec="seconds"), "Die Systemzeit stellen (systemd-timesyncd)."
    )


def _mail(settings: Settings) -> Check:
    """Connect and log in; nothing is sent."""
    if not settings.smtp_host:
        return Check("E-Mail", True, "kein Mailserver eingerichtet, Hinweise stehen nur auf der Seite")
    from workers.mail_server import try_mail_server

    try:
        return Check("E-Mail", True, try_mail_server(settings))
    except PosteingangError as problem:
        return Check("E-Mail", False, problem.sentence, problem.remedy or "POSTEINGANG_SMTP_* prüfen.")


def _dms(settings: Settings) -> Check:
    from workers.components import port_is_free

    if settings.mock_dms and port_is_free("127.0.0.1", settings.mock_port):
        return Check("DMS", True, "Testsystem, läuft gerade nicht; ./run up startet es (POSTEINGANG_DMS_URL ist leer)")
    from workers.targets import dms

    found = dms().health()
    return Check("DMS", found.ok, found.detail, "POSTEINGANG_DMS_URL und POSTEINGANG_DMS_API_KEY prüfen.")


def _mapping(settings: Settings) -> Check:
    """dms.yaml against the DMS; one that does not answer is said above."""
    from workers.components import port_is_free

    if settings.mock_dms and port_is_free("127.0.0.1", settings.mock_port):
        return Check("DMS-Zuordnung", True, "nicht geprüft: das Testsystem läuft nicht")
    from workers.dms_check import check_dms

    try:
        lines = check_dms(keep=False)
    except Unavailable:
        return Check("DMS-Zuordnung", True, "nicht geprüft: das DMS antwortet nicht")
    wrong = [f"{line.what}: {line.detail}" for line in lines if line.ok is False]
    unknown = sum(line.ok is None for line in lines)
    fine = f"{len(lines) - unknown} Angaben in Ordnung" + (f", {unknown} nicht prüfbar" if unknown else "")
    return Check("DMS-Zuordnung", not wrong, "; ".join(wrong) or fine, "config/city/dms.yaml berichtigen (dms check).")
