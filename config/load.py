"""Read the city's YAML and say of a mistake: file, line, what is wrong, what is allowed."""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError

from config.city_config import (
    City,
    IntakePoint,
    InvoiceRules,
    Organisation,
    Retention,
)
from config.dms_config import INVOICE_PAPERS, SCAN_PAPERS, DmsMapping
from config.german import complaint
from config.procedure_config import Procedure
from config.routing_config import DocumentType, Routing
from config.scan_config import ScanRules
from config.seal_config import Seals
from config.settings import load_settings
from schemas.errors import ConfigurationError

__all__ = ["city", "invoice_rules", "read_city"]

Model = TypeVar("Model", bound=BaseModel)


class _DocumentTypes(BaseModel):
    model_config = {"extra": "forbid"}
    document_types: tuple[DocumentType, ...]


class _IntakePoints(BaseModel):
    model_config = {"extra": "forbid"}
    intake_points: tuple[IntakePoint, ...] = Field(min_length=1)


@cache
def city() -> City:
    """The rules of this installation, read once a process."""
    return read_city(load_settings().city)


def invoice_rules(folder: Path) -> InvoiceRules:
    """Those for invoices alone; ConfigurationError with file and line for the first mistake in them."""
    return _read(folder / "invoices.yaml", InvoiceRules)


def read_city(folder: Path) -> City:
    """All rules of the folder; ConfigurationError with file and line for the first mistake."""
    organisation = _read(folder / "organisation.yaml", Organisation)
    types = _read(folder / "document_types.yaml", _DocumentTypes)
    routing = _read(folder / "routing.yaml", Routing)
    points = _read(folder / "intake_points.yaml", _IntakePoints)
    invoices = invoice_rules(folder)
    dms = _read(folder / "dms.yaml", DmsMapping)
    retention = _read(folder / "retention.yaml", Retention)
    procedure = _read(folder / "procedure.yaml", Procedure)
    seals = _read(folder / "seals.yaml", Seals) if (folder / "seals.yaml").exists() else Seals()
    scan = _read(folder / "scan.yaml", ScanRules)
    found = City(
        organisation=organisation,
        document_types=types.document_types,
        routing=routing,
        intake_points=points.intake_points,
        invoices=invoices,
        dms=dms,
        retention=retention,
        procedure=procedure,
        seals=seals,
        scan=scan,
    )
    _check_unique(folder, found)
    _check_references(folder, found)
    return found


def _read(path: Path, model: type[Model]) -> Model:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(f"{path.name}: Die Datei fehlt in {path.parent}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: Die Datei ist nicht lesbar ({error}).") from None
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "kein gültiges YAML"
        raise ConfigurationError(f"{path.name}, Zeile {line}: kein gültiges YAML ({problem}).") from None
    if duplicate := _duplicate_key(tree):
        key, line = duplicate
        raise ConfigurationError(f"{path.name}, Zeile {line}: '{key}' steht zweimal.")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(_explain(path.name, tree, error, model)) from None


def _explain(name: str, tree: yaml.Node | None, error: ValidationError, model: type[BaseModel]) -> str:
    first = error.errors()[0]
    where = [part for part in first["loc"] if part != "[key]"]
    line = _line_of(tree, where)
    label = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in where)
    text = complaint(first, allowed=", ".join(_fields_at(model, where[:-1])))
    return f"{name}, Zeile {line}: {label or 'Datei'}: {text}."


def _fields_at(model: type[BaseModel], where: list[Any]) -> list[str]:
    """Names allowed at that place; follows nested models by annotation."""
    current: type[BaseModel] = model
    for part in where:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(str(part))
        nested = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
        found = next(
            (kind for kind in nested if isinstance(kind, type) and issubclass(kind, BaseModel)),
            None,
        )
        if found is None:
            return []
        current = found
    return list(current.model_fields)


def _line_of(node: yaml.Node | None, where: list[Any]) -> int:
    """1-based line of the deepest node on that path."""
    line = node.start_mark.line + 1 if node else 1
    for part in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            pair = next(
                ((key, value) for key, value in node.value if key.value == str(part)),
                None,
            )
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
    return line


def _duplicate_key(node: yaml.Node | None) -> tuple[str, int] | None:
    """First key that stands twice in one mapping; PyYAML itself would let the last one win silently."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                return key.value, key.start_mark.line + 1
            seen.add(key.value)
            if found := _duplicate_key(value):
                return found
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            if found := _duplicate_key(child):
                return found
    return None


def _check_unique(folder: Path, found: City) -> None:
    for file, root, field, names in (
        ("organisation.yaml", "units", "number", [unit.number for unit in found.organisation.units]),
        ("document_types.yaml", "document_types", "key", [kind.key for kind in found.document_types]),
        ("intake_points.yaml", "intake_points", "key", [point.key for point in found.intake_points]),
        ("intake_points.yaml", "intake_points", "inbox", [point.inbox for point in found.intake_points]),
        ("invoices.yaml", "leitweg_ids", "id", [entry.id for entry in found.invoices.leitweg_ids]),
        ("procedure.yaml", "profiles", "key", [profile.key for profile in found.procedure.profiles]),
        ("procedure.yaml", "classes", "document_type", [rules.document_type for rules in found.procedure.classes]),
        ("retention.yaml", "appraisals", "document_type", [e.document_type for e in found.retention.appraisals]),
    ):
        for place, name in enumerate(names):
            if name in names[:place]:
                line = _line_at(folder / file, [root, place, field])
                raise ConfigurationError(f"{file}, Zeile {line}: {name!r} ist zweimal vergeben.")


def _check_references(folder: Path, found: City) -> None:
    units = {unit.number for unit in found.organisation.units}
    for place, kind in enumerate(found.document_types):
        if kind.unit is not None and kind.unit not in units:
            line = _line_at(folder / "document_types.yaml", ["document_types", place, "unit"])
            raise ConfigurationError(
                f"document_types.yaml, Zeile {line}: {kind.key}: die Organisationseinheit {kind.unit!r} gibt es nicht. "
                f"Erlaubt: {', '.join(sorted(units))}."
            )
    for place, entry in enumerate(found.invoices.leitweg_ids):
        if entry.unit not in units:
            line = _line_at(folder / "invoices.yaml", ["leitweg_ids", place, "unit"])
            raise ConfigurationError(
                f"invoices.yaml, Zeile {line}: {entry.id}: die Organisationseinheit {entry.unit!r} gibt es nicht. "
                f"Erlaubt: {', '.join(sorted(units))}."
            )
    keys = {kind.key for kind in found.document_types}
    if found.invoices.document_type not in keys:
        line = _line_at(folder / "invoices.yaml", ["document_type"])
        raise ConfigurationError(
            f"invoices.yaml, Zeile {line}: die Dokumentart {found.invoices.document_type!r} gibt es nicht. "
            f"Erlaubt: {', '.join(sorted(keys))}."
        )
    for place, appraisal in enumerate(found.retention.appraisals):
        if appraisal.document_type not in keys:
            line = _line_at(folder / "retention.yaml", ["appraisals", place, "document_type"])
            raise ConfigurationError(
                f"retention.yaml, Zeile {line}: die Dokumentart {appraisal.document_type!r} gibt es nicht. "
                f"Erlaubt: {', '.join(sorted(keys))}."
            )
    for place, rules in enumerate(found.procedure.classes):
        if rules.document_type not in keys:
            line = _line_at(folder / "procedure.yaml", ["classes", place, "document_type"])
            raise ConfigurationError(
                f"procedure.yaml, Zeile {line}: die Dokumentart {rules.document_type!r} gibt es nicht. "
                f"Erlaubt: {', '.join(sorted(keys))}."
            )
    profiles = {profile.key for profile in found.procedure.profiles}
    for place, point in enumerate(found.intake_points):
        if point.profile not in profiles:
            line = _line_at(folder / "intake_points.yaml", ["intake_points", place, "profile"])
            raise ConfigurationError(
                f"intake_points.yaml, Zeile {line}: {point.key}: das Scanprofil {point.profile!r} gibt es nicht. "
                f"Erlaubt: {', '.join(sorted(profiles))}."
            )
    for place, sheet in enumerate(found.scan.separators.contents):
        for name, given, known in (("unit", sheet.unit, units), ("document_type", sheet.document_type, keys)):
            if given is not None and given not in known:
                line = _line_at(folder / "scan.yaml", ["separators", "contents", place, name])
                raise ConfigurationError(
                    f"scan.yaml, Zeile {line}: {name}: {given!r} gibt es nicht. Erlaubt: {', '.join(sorted(known))}."
                )
    _check_dms(folder / "dms.yaml", found.dms, keys, units)


def _check_dms(path: Path, dms: DmsMapping, keys: set[str], units: set[str]) -> None:
    papers = {*SCAN_PAPERS, *INVOICE_PAPERS}
    for root, what, named, known in (
        ("categories", "die Dokumentart", dms.categories, keys),
        ("inboxes", "die Organisationseinheit", dms.inboxes, units),
        ("papers", "das Papier", dms.papers, papers),
        ("readers", "die Kategorie", dms.readers, set(dms.document_categories)),
    ):
        for name in named:
            if name not in known:
                raise ConfigurationError(
                    f"{path.name}, Zeile {_line_at(path, [root, name])}: {what} {name!r} gibt es nicht. "
                    f"Erlaubt: {', '.join(sorted(known))}."
                )


def _line_at(path: Path, where: list[Any]) -> int:
    """1-based line of that place in an already accepted file."""
    return _line_of(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), where)
