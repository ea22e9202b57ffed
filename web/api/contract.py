"""What the interface answers, field by field; the OpenAPI document is made from these."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.states import Kind, State

__all__ = ["DocumentAnswer", "Links", "ProblemDetails"]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Links(_Answer):
    self: str = Field(description="Adresse des Standes dieses Schriftstücks.")


class DocumentAnswer(_Answer):
    """Ein eingeliefertes Schriftstück und sein Stand; nichts von seinem Inhalt."""

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
    links: Links


class ProblemDetails(_Answer):
    """Was nicht ging (RFC 9457). `code` bleibt gleich, `detail` ist für Menschen."""

    type: str
    title: str
    status: int
    detail: str
    code: str
