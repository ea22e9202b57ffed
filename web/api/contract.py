"""What the interface answers, field by field; the OpenAPI document is made from these."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.deadlines import DeadlineState
from schemas.states import Kind, State

__all__ = ["DeadlineAnswer", "DocumentAnswer", "Links", "ProblemDetails", "ValueAnswer"]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Links(_Answer):
    self: str = Field(description="Adresse des Standes dieses Schriftstücks.")


class ValueAnswer(_Answer):
    """Eine erkannte Angabe; `confirmed`: eine Person hat sie bestätigt oder berichtigt."""

    kind: str = Field(description="Was es ist.", examples=["Absender", "Kassenzeichen"])
    value: str
    confidence: float = Field(description="Sicherheit der Erkennung von 0 bis 1; 1 nach der Entscheidung einer Person.")
    page: int = Field(description="Seite, ab 1.")
    confirmed: bool


class DeadlineAnswer(_Answer):
    """Eine Frist. Solange `state` `proposed` ist, ist sie ein Vorschlag."""

    ends_on: date = Field(description="Letzter Tag.")
    warn_on: date = Field(description="Vorfrist.")
    basis: str = Field(description="Woraus sie sich ergibt.")
    state: DeadlineState


class DocumentAnswer(_Answer):
    """Ein eingeliefertes Schriftstück und sein Stand; von seinem Inhalt nur, was das Recht `content:read` erlaubt."""

    id: UUID
    state: State = Field(description="Zustand. Es können neue hinzukommen: bitte nach `kind` entscheiden.")
    label: str = Field(description="Der Zustand in Worten.")
    kind: Kind = Field(
        description="automatic: wird bearbeitet; waiting: wartet auf einen Menschen; "
        "expected: wartet auf die Rückmeldung eines anderen Verfahrens; final: erledigt."
    )
    register_number: str | None = Field(
        description="Eingangsnummer, sobald sie vergeben ist.", examples=["PE-2026-000123"]
    )
    invoice_number: str | None = Field(description="Nummer im Rechnungseingangsbuch.", examples=["RE-2026-000042"])
    reason: str | None = Field(description="Was mit der Datei nicht stimmt (nur in Quarantäne).")
    recognised: tuple[ValueAnswer, ...] | None = Field(
        default=None, description="Erkannte Angaben; fehlt ohne das Recht `content:read`."
    )
    deadlines: tuple[DeadlineAnswer, ...] | None = Field(
        default=None, description="Fristen; fehlt ohne das Recht `content:read`."
    )
    links: Links


class ProblemDetails(_Answer):
    """Was nicht ging (RFC 9457). `code` bleibt gleich, `detail` ist für Menschen."""

    type: str
    title: str
    status: int
    detail: str
    code: str
