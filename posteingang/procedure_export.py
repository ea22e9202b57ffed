"""What `procedure export` puts together: the rules in force, who may do what, and the software at work."""

import platform
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from config.city_files import CityFiles
from config.released import GOVERNED
from config.settings import CODE_ROOT, load_settings
from pipelines.archive.metadata import software_version
from pipelines.procedure.appendix import PageRight, Surroundings, VersionLine, write_appendix
from posteingang.procedure_invoices import invoice_files
from schemas.errors import BadInput, os_reason

if TYPE_CHECKING:
    from records.models import ProcedureVersion

__all__ = ["export"]

_PACKAGES = (
    *("celery", "Django", "factur-x", "lxml", "ocrmypdf", "pikepdf", "Pillow", "pyhanko", "pypdfium2"),
    *("saxonche", "tesserocr", "weasyprint", "zxing-cpp"),
)


def export(folder: Path, now: datetime) -> tuple[str, ...]:
    """Write the appendix into a new or empty folder; names of its files. BadInput if that is not possible."""
    from records.models import ProcedureVersion
    from records.procedure import in_force, rules_in_force

    rules, version = rules_in_force(), in_force()
    files = CityFiles(load_settings().city)
    around = Surroundings(
        written_at=now,
        in_force=_line(version) if version else None,
        versions=tuple(_line(row) for row in ProcedureVersion.objects.order_by("number")),
        files=version.files if version else {name: files.text(name) for name in GOVERNED},
        pages=tuple(_pages()),
        software=tuple(_software()),
        invoices=invoice_files(files, now),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BadInput(f"{folder} ist nicht leer.", remedy="Bitte einen neuen Ordner nennen.")
        return write_appendix(rules, around, folder)
    except OSError as error:
        raise BadInput(f"{folder} lässt sich nicht schreiben ({os_reason(error)}).") from None


def _line(row: "ProcedureVersion") -> VersionLine:
    return VersionLine(
        number=row.number,
        stage=row.stage,
        sha256=row.sha256,
        reason=row.reason,
        proposed_by=row.proposed_name,
        proposed_at=row.proposed_at,
        decided_by=row.decided_name,
        decided_at=row.decided_at,
    )


def _pages() -> Iterator[PageRight]:
    """Every address for persons with its roles, as web/urls.py declares them."""
    from schemas.roles import Role
    from web.permissions import ROLES
    from web.urls import urlpatterns

    for route in urlpatterns:
        if route.name in ROLES:
            yield PageRight(str(route.pattern), tuple(role.label for role in Role if role in ROLES[route.name]))


def _software() -> Iterator[tuple[str, str]]:
    from pipelines.scan.ocr_engine import engine_version, installed_languages

    yield "Posteingang", _program()
    yield "Python", platform.python_version()
    yield "Texterkennung", f"{engine_version()} ({', '.join(sorted(installed_languages()))})"
    for name in _PACKAGES:
        yield name, metadata.version(name)


def _program() -> str:
    """'0.1.0, Stand 3e20cfd': the version, and where it was fetched with git the commit ('-dirty': altered since)."""
    version = software_version()
    if not (CODE_ROOT / ".git").exists() or shutil.which("git") is None:
        return version
    command = ("git", "-C", str(CODE_ROOT), "describe", "--always", "--dirty")
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return f"{version}, Stand {said}" if said else version
