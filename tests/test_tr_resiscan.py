"""docs/tr-resiscan.md: every requirement once, and everything it names as a proof is there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from config.city_config import IntakePoint, InvoiceRules, Retention
from config.organisation_config import Organisation
from config.procedure_config import Procedure
from config.routing_config import Routing
from config.scan_config import ScanRules
from config.seal_config import Seals
from config.settings import CODE_ROOT

MATRIX = CODE_ROOT / "docs" / "tr-resiscan.md"
MODELS: dict[str, type[BaseModel]] = {
    "procedure.yaml": Procedure,
    "scan.yaml": ScanRules,
    "seals.yaml": Seals,
    "organisation.yaml": Organisation,
    "intake_points.yaml": IntakePoint,
    "routing.yaml": Routing,
    "retention.yaml": Retention,
    "invoices.yaml": InvoiceRules,
}


def counted(prefix: str, last: int) -> list[str]:
    return [f"{prefix}.{number}" for number in range(1, last + 1)]


REQUIREMENTS = [
    *counted("A.G", 2),
    *counted("A.O", 5),
    *counted("A.P", 4),
    *counted("A.T", 4),
    *counted("A.DV", 2),
    *counted("A.SC", 12),
    *counted("A.NB", 4),
    "A.IS.1",
    *counted("A.AM.G", 3),
    *counted("A.AM.IN.H", 7),
    *counted("A.AM.IN.SH", 5),
    *counted("A.AM.VT.H", 3),
    *counted("A.AM.VT.SH", 5),
    "A.AM.VF.H.1",
    "A.AM.VF.SH.1",
    "M.A",
]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the matrix."""

    id: str
    about: str
    kind: str
    software: str
    city: str

    @property
    def named(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.software)


def lines() -> list[Line]:
    rows = re.findall(r"^\| ([AM]\.[\w.]+) \|(.*)\|$", MATRIX.read_text(encoding="utf-8"), re.MULTILINE)
    return [Line(number, *(cell.strip() for cell in rest.split("|"))) for number, rest in rows]


LINES = lines()


def fields(model: Any) -> Iterator[tuple[str, Any]]:
    """Every field of a model and of the models in it, as (name, annotation)."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            yield name, field.annotation
            yield from fields(field.annotation)
    for inner in get_args(model):
        yield from fields(inner)


def test_every_requirement_stands_there_once_in_the_order_of_the_guideline() -> None:
    assert [line.id for line in LINES] == REQUIREMENTS


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.id)
def test_a_line_says_what_its_kind_promises(line: Line) -> None:
    tests = [name for name in line.named if name.startswith("tests/")]
    modules = [name for name in line.named if name.endswith(".py") and name not in tests]
    match line.kind:
        case "Software":
            assert modules
            assert tests
        case "Nachweise":
            assert modules
            assert tests
            assert line.city, "what is supported only leaves something to the city"
        case "organisatorisch" | "nicht vorgesehen":
            assert not line.software
            assert line.city
        case _:
            pytest.fail(f"{line.kind!r} is no kind")
    assert line.about


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.id)
def test_everything_a_line_names_exists(line: Line) -> None:
    for name in line.named:
        if name.endswith(".py"):
            assert (CODE_ROOT / name).is_file(), name
        elif ": " in name:
            file, _, path = name.partition(": ")
            known = {field for field, _ in fields(MODELS[file])}
            assert set(path.split(".")) <= known, name
        else:
            assert name.startswith("posteingang "), f"{name} is checked by nobody"


def test_nothing_calls_itself_certified() -> None:
    text = MATRIX.read_text(encoding="utf-8")
    assert "unterstützt einen Prozess nach BSI TR-03138" in text
    assert not re.search(r"ist (nach \S+ )?zertifiziert", text)
