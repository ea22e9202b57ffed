"""The city's rules: read, checked against each other, and once a process for each released version."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, Field

from config.accounting_config import AccountingRules
from config.approval_config import Approval
from config.city_config import (
    City,
    IntakePoint,
    InvoiceRules,
    Retention,
)
from config.city_files import CityFiles
from config.deadlines_config import DeadlineRules
from config.distribution_config import Distribution
from config.dms_config import INVOICE_PAPERS, SCAN_PAPERS, DmsMapping
from config.finance_config import FinanceRules
from config.organisation_config import Organisation, mistakes
from config.procedure_config import Procedure
from config.register_config import RegisterRules
from config.released import NOT_RELEASED, Released, mark, read_released
from config.routing_config import DocumentType, Routing
from config.scan_config import ScanRules
from config.seal_config import Seals
from config.settings import load_settings
from config.teaching_config import TeachingRules
from schemas.errors import ConfigurationError

__all__ = ["city", "invoice_rules", "read_city"]


_UNIT, _TYPE, _PROFILE = "die Organisationseinheit", "die Dokumentart", "das Scanprofil"


class _DocumentTypes(BaseModel):
    model_config = {"extra": "forbid"}
    document_types: tuple[DocumentType, ...]


class _IntakePoints(BaseModel):
    model_config = {"extra": "forbid"}
    intake_points: tuple[IntakePoint, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class _Reference:
    """An entry that names another: which file and place, what it is about, and what of it must exist (German)."""

    file: str
    where: Sequence[str | int]
    subject: str
    what: str
    name: str | None


def city() -> City:
    """The rules in force here; read again when another version of the procedure has been released."""
    settings = load_settings()
    return _rules(settings.city, settings.procedure, mark(settings.procedure))


def invoice_rules(folder: Path) -> InvoiceRules:
    """Those for invoices alone; ConfigurationError with file and line for the first mistake in them."""
    return CityFiles(folder).read("invoices.yaml", InvoiceRules)


def read_city(folder: Path, released: Released | None = None) -> City:
    """All rules of the folder, the governed ones as released if so given.

    ConfigurationError with file and line for the first mistake.
    """
    files = CityFiles(folder, released)
    found = City(
        organisation=files.read("organisation.yaml", Organisation),
        document_types=files.read("document_types.yaml", _DocumentTypes).document_types,
        routing=files.read("routing.yaml", Routing),
        intake_points=files.read("intake_points.yaml", _IntakePoints).intake_points,
        invoices=files.read("invoices.yaml", InvoiceRules),
        dms=files.read("dms.yaml", DmsMapping),
        retention=files.read("retention.yaml", Retention),
        procedure=files.read("procedure.yaml", Procedure),
        seals=files.read("seals.yaml", Seals) if files.has("seals.yaml") else Seals(),
        scan=files.read("scan.yaml", ScanRules),
        invoice_register=(
            files.read("legal_entities.yaml", RegisterRules) if files.has("legal_entities.yaml") else RegisterRules()
        ),
        deadlines=files.read_if_there("deadlines.yaml", DeadlineRules),
        teaching=files.read_if_there("teaching.yaml", TeachingRules),
        distribution=files.read_if_there("distribution.yaml", Distribution),
        accounting=files.read_if_there("accounting.yaml", AccountingRules),
        finance=files.read_if_there("finance.yaml", FinanceRules),
        approval=files.read_if_there("approval.yaml", Approval),
        procedure_version=str(released.number) if released else NOT_RELEASED,
    )
    _check_unique(files, found)
    _check_references(files, found)
    return found


@lru_cache(maxsize=1)
def _rules(folder: Path, released: Path, _mark: tuple[int, int, int] | None) -> City:
    return read_city(folder, read_released(released))


def _check_unique(files: CityFiles, found: City) -> None:
    for where, problem in mistakes(found.organisation):
        raise ConfigurationError(f"{files.place('organisation.yaml', where)}: {problem}")
    for file, root, field, names in (
        ("distribution.yaml", "causes", "key", [cause.key for cause in found.distribution.causes]),
        ("document_types.yaml", "document_types", "key", [kind.key for kind in found.document_types]),
        ("intake_points.yaml", "intake_points", "key", [point.key for point in found.intake_points]),
        ("intake_points.yaml", "intake_points", "inbox", [point.inbox for point in found.intake_points]),
        ("invoices.yaml", "leitweg_ids", "id", [entry.id for entry in found.invoices.leitweg_ids]),
        ("procedure.yaml", "profiles", "key", [profile.key for profile in found.procedure.profiles]),
        ("procedure.yaml", "classes", "document_type", [rules.document_type for rules in found.procedure.classes]),
        ("retention.yaml", "appraisals", "document_type", [e.document_type for e in found.retention.appraisals]),
    ):
        for number, name in enumerate(names):
            if name in names[:number]:
                raise ConfigurationError(f"{files.place(file, [root, number, field])}: {name!r} ist zweimal vergeben.")


def _check_references(files: CityFiles, found: City) -> None:
    units = {unit.number for unit in found.organisation.units}
    types = {kind.key for kind in found.document_types}
    profiles = {profile.key for profile in found.procedure.profiles}
    names = {_UNIT: units, _TYPE: types, _PROFILE: profiles}
    for said in _references(found):
        if said.name is not None and said.name not in names[said.what]:
            raise ConfigurationError(
                f"{files.place(said.file, said.where)}: {said.subject}{said.what} {said.name!r} gibt es nicht. "
                f"Erlaubt: {', '.join(sorted(names[said.what]))}."
            )
    _check_dms(files, found.dms, types, units)


def _references(found: City) -> Iterator[_Reference]:
    """Every place where one entry names another."""
    for at, kind in enumerate(found.document_types):
        where = ("document_types", at, "unit")
        yield _Reference("document_types.yaml", where, f"{kind.key}: ", _UNIT, kind.unit)
        for key in kind.yields_to:
            yield _Reference("document_types.yaml", (*where[:2], "yields_to"), f"{kind.key}: ", _TYPE, key)
        for unit in kind.topics_first:
            yield _Reference("document_types.yaml", (*where[:2], "topics_first"), f"{kind.key}: ", _UNIT, unit)
    yield from _routing_references(found.routing)
    for at, entry in enumerate(found.invoices.leitweg_ids):
        yield _Reference("invoices.yaml", ("leitweg_ids", at, "unit"), f"{entry.id}: ", _UNIT, entry.unit)
    for at, exception in enumerate(found.approval.bookkeepers_who_certify):
        where = ("bookkeepers_who_certify", at, "unit")
        yield _Reference("approval.yaml", where, f"{exception.account}: ", _UNIT, exception.unit)
    yield _Reference("invoices.yaml", ("document_type",), "", _TYPE, found.invoices.document_type)
    for at, appraisal in enumerate(found.retention.appraisals):
        where = ("appraisals", at, "document_type")
        yield _Reference("retention.yaml", where, "", _TYPE, appraisal.document_type)
    for at, rules in enumerate(found.procedure.classes):
        yield _Reference("procedure.yaml", ("classes", at, "document_type"), "", _TYPE, rules.document_type)
    for unit in found.distribution.escalation.unit_days:
        yield _Reference("distribution.yaml", ("escalation", "unit_days", unit), "", _UNIT, unit)
    legal_unit = found.procedure.originals.legal_unit
    yield _Reference("procedure.yaml", ("originals", "legal_unit"), "legal_unit: ", _UNIT, legal_unit)
    escalation_unit = found.deadlines.escalation_unit
    yield _Reference("deadlines.yaml", ("escalation_unit",), "escalation_unit: ", _UNIT, escalation_unit)
    for at, point in enumerate(found.intake_points):
        yield _Reference(
            "intake_points.yaml", ("intake_points", at, "profile"), f"{point.key}: ", _PROFILE, point.profile
        )
    for at, sheet in enumerate(found.scan.separators.contents):
        place = ("separators", "contents", at)
        yield _Reference("scan.yaml", (*place, "unit"), "", _UNIT, sheet.unit)
        yield _Reference("scan.yaml", (*place, "document_type"), "", _TYPE, sheet.document_type)


def _routing_references(routing: Routing) -> Iterator[_Reference]:
    for at, topic in enumerate(routing.topics):
        yield _Reference("routing.yaml", ("topics", at, "unit"), f"{topic.name}: ", _UNIT, topic.unit)
    yield _Reference("routing.yaml", ("other_type",), "other_type: ", _TYPE, routing.other_type)
    yield _Reference("routing.yaml", ("closed", "tender_type"), "tender_type: ", _TYPE, routing.closed.tender_type)
    yield _Reference("routing.yaml", ("closed", "other_type"), "other_type: ", _TYPE, routing.closed.other_type)


def _check_dms(files: CityFiles, dms: DmsMapping, types: set[str], units: set[str]) -> None:
    papers = {*SCAN_PAPERS, *INVOICE_PAPERS}
    for root, what, named, known in (
        ("categories", _TYPE, dms.categories, types),
        ("inboxes", _UNIT, dms.inboxes, units),
        ("papers", "das Papier", dms.papers, papers),
        ("readers", "die Kategorie", dms.readers, set(dms.document_categories)),
    ):
        for name in named:
            if name not in known:
                raise ConfigurationError(
                    f"{files.place('dms.yaml', [root, name])}: {what} {name!r} gibt es nicht. "
                    f"Erlaubt: {', '.join(sorted(known))}."
                )
