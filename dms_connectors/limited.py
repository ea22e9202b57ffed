"""What a target cannot do, said once: base of adapters that only take documents."""

from collections.abc import Mapping
from pathlib import Path

from config.dms_config import PropertySource
from dms_connectors.port import (
    Ability,
    CheckResult,
    Dossier,
    DossierRequest,
    FilingRequest,
    Health,
    Place,
    TaskRequest,
    TaskState,
    Value,
)
from schemas.errors import NotOffered
from schemas.values import FileDigest

__all__ = ["LimitedConnector"]


class LimitedConnector:
    """Refuses every ability of the port with NotOffered. An adapter overrides what its target can do."""

    target = "Das Ziel"

    def abilities(self) -> frozenset[Ability]:
        return frozenset()

    def category(self, document_type: str, part: str = "") -> str:
        return ""

    def download(self, target_id: str, to: Path) -> FileDigest:
        raise NotOffered(self.target, "Inhalte herausgeben")

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        raise NotOffered(self.target, "Versionen führen")

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        raise NotOffered(self.target, "Eigenschaften ändern")

    def move(self, target_id: str, to: Place, leaving: str, reason: str) -> None:
        raise NotOffered(self.target, "Schriftstücke umlegen")

    def find_dossiers(self, reference: str) -> tuple[Dossier, ...]:
        raise NotOffered(self.target, "Akten führen")

    def create_dossier(self, request: DossierRequest) -> str:
        raise NotOffered(self.target, "Akten führen")

    def children(self, dossier_id: str) -> tuple[str, ...]:
        raise NotOffered(self.target, "Akten führen")

    def link(self, dossier_id: str, target_id: str) -> None:
        raise NotOffered(self.target, "Akten führen")

    def delete(self, target_id: str, reason: str) -> None:
        raise NotOffered(self.target, "Schriftstücke löschen")

    def create_task(self, request: TaskRequest) -> str:
        raise NotOffered(self.target, "Aufgaben anlegen")

    def task_state(self, task_id: str) -> TaskState:
        raise NotOffered(self.target, "Aufgaben führen")

    def complete_task(self, task_id: str) -> None:
        raise NotOffered(self.target, "Aufgaben führen")

    def check(self) -> tuple[CheckResult, ...]:
        health = self.health()
        return (CheckResult(health.ok, self.target, health.detail),)

    def health(self) -> Health:
        raise NotImplementedError
