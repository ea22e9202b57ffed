"""The register of invoices (legal_entities.yaml): for whom invoices are registered, and what makes them alike."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from config.values import Key, Strict, Text

__all__ = ["Alike", "LegalEntity", "RegisterRules"]

Series = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$")]
_TAKEN = frozenset({"PE", "VL", "LZ", "SV", "FB"})


class LegalEntity(Strict):
    """One Mandant: a legal person with a number series of its own.

    `names`: how else an invoice may call it. `leitweg_ids`: those that are its own; all others are the first one's.
    """

    key: Annotated[Key, StringConstraints(max_length=32)]
    name: Text
    series: Series
    names: tuple[Text, ...] = ()
    vat_id: Text | None = None
    leitweg_ids: tuple[Text, ...] = ()


class Alike(Strict):
    """Likely duplicates: gross and seller agree within so many days; split invoices: a sum above the limit (EUR)."""

    days: int = Field(default=7, ge=0, le=90)
    split_limit: Decimal = Field(default=Decimal(5000), gt=0)


class RegisterRules(Strict):
    """The first legal entity is the one that gets what names none.

    `leading_register`: `own`, or that of the finance system, which is told by files (`drop`).
    """

    legal_entities: tuple[LegalEntity, ...] = Field(
        default=(LegalEntity(key="stadt", name="Stadt", series="RE"),), min_length=1
    )
    leading_register: Literal["own", "drop"] = "own"
    drop_format: Literal["xml", "csv"] = "xml"
    alike: Alike = Alike()

    @model_validator(mode="after")
    def _every_series_is_its_own(self) -> Self:
        for what, values in (
            ("series", [entity.series for entity in self.legal_entities]),
            ("key", [entity.key for entity in self.legal_entities]),
            ("leitweg_ids", [each for entity in self.legal_entities for each in entity.leitweg_ids]),
        ):
            if twice := sorted({each for each in values if values.count(each) > 1}):
                raise ValueError(f"'{what}' ist mehrfach vergeben: {', '.join(twice)}")
        if taken := sorted({entity.series for entity in self.legal_entities} & _TAKEN):
            raise ValueError(f"die Nummernkreise {', '.join(sorted(_TAKEN))} sind vergeben, nicht für {taken[0]} frei")
        return self

    def entity(self, key: str) -> LegalEntity | None:
        return next((entity for entity in self.legal_entities if entity.key == key), None)
