"""The rules of replacing scanning (procedure.yaml): profiles, protection needs, samples, when paper may go.

They are what TR-03138 wants changed with care (A.SC.4): a change takes effect when a second person has released it.
Released versions outlive the program that wrote them: an entry added here later needs a default, so that they stay
readable (the same holds for scan_config.py).
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from config.values import Key, Level, Strict, Text, UnitNumber

__all__ = ["LEVELS", "ClassRules", "FullCheck", "Originals", "Procedure", "Protection", "Sample", "ScanProfile"]

_STRICT = "bei Integrität 'sehr hoch' sind {share: 1.0, four_eyes: true} verbindlich (A.AM.IN.SH.1, SH.5)"
LEVELS: tuple[Level, ...] = ("normal", "hoch", "sehr hoch")
ProfileKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
SecurityLevel = Annotated[str, StringConstraints(pattern=r"^P-[1-7]$")]


class Protection(Strict):
    """Schutzbedarf after TR-03138 A.G.2."""

    integrity: Level = "normal"
    confidentiality: Level = "normal"
    availability: Level = "normal"


class ScanProfile(Strict):
    """How a scanner is set (A.SC.6). `dpi` None and `colour` 'keine': nothing is scanned, the mail is electronic."""

    key: ProfileKey
    name: Text
    dpi: int | None = Field(default=None, ge=72, le=1200)
    colour: Literal["schwarzweiß", "graustufen", "farbe", "keine"]
    duplex: bool = False
    compression: Text = "keine"


class Sample(Strict):
    """How much of a lot is looked at (A.SC.8): a share of its documents, and at least so many.

    `four_eyes`: not by whoever scanned them (A.AM.IN.SH.1).
    """

    share: Decimal = Field(gt=0, le=1)
    minimum: int = Field(default=1, ge=1)
    four_eyes: bool = False

    @property
    def is_strict(self) -> bool:
        """True if it is what a very high need of integrity demands (A.AM.IN.SH.1 and SH.5, both binding)."""
        return self.share == 1 and self.four_eyes


class FullCheck(Strict):
    """After so many faults at an intake point within so many days all of its documents are looked at."""

    faults: int = Field(default=2, ge=1)
    days: int = Field(default=30, ge=1)


class ClassRules(Strict):
    """What holds for one document type. Without an entry: protection need normal, paper is never destroyed.

    `sample`: instead of the one of its protection need. `blank_pages` 'drop': the procedure allows leaving them out of
    the product. `raw_scan` 'until_checked': erased when quality assurance is done (A.AM.VT.H.3). `destroy_after_days`:
    how long the paper is kept; None: nobody has decided, so for ever. `closed`: mail that stays closed.
    """

    document_type: Key
    protection: Protection = Protection()
    sample: Sample | None = None
    blank_pages: Literal["mark", "drop"] = "mark"
    raw_scan: Literal["keep", "until_checked"] = "keep"
    destroy_after_days: int | None = Field(default=None, ge=1)
    closed: bool = False

    @model_validator(mode="after")
    def _very_high_need_is_looked_at_whole(self) -> Self:
        if self.sample is not None and self.protection.integrity == "sehr hoch" and not self.sample.is_strict:
            raise ValueError(f"'sample': {_STRICT}")
        return self


class Originals(Strict):
    """Paper. `legal_unit`: the unit whose staff records the release of the legal office.

    `receipt_days`: after so many days a receipt that is not confirmed is overdue. `din_66399`: how finely paper is
    shredded, by its confidentiality.
    """

    legal_unit: UnitNumber | None = None
    receipt_days: int = Field(default=7, ge=1, le=365)
    din_66399: dict[Level, SecurityLevel]

    @field_validator("din_66399")
    @classmethod
    def _every_level_is_shredded(cls, given: dict[Level, SecurityLevel]) -> dict[Level, SecurityLevel]:
        missing = [level for level in LEVELS if level not in given]
        if missing:
            raise ValueError(f"'din_66399' braucht auch: {', '.join(missing)}")
        return given


class Procedure(Strict):
    """All of procedure.yaml."""

    profiles: tuple[ScanProfile, ...] = Field(min_length=1)
    sampling: dict[Level, Sample]
    full_check: FullCheck = FullCheck()
    classes: tuple[ClassRules, ...] = ()
    originals: Originals

    @field_validator("sampling")
    @classmethod
    def _very_high_need_is_looked_at_whole(cls, given: dict[Level, Sample]) -> dict[Level, Sample]:
        if "sehr hoch" in given and not given["sehr hoch"].is_strict:
            raise ValueError(_STRICT)
        return given

    @model_validator(mode="after")
    def _every_level_is_sampled(self) -> Self:
        missing = [level for level in LEVELS if level not in self.sampling]
        if missing:
            raise ValueError(f"'sampling' braucht auch: {', '.join(missing)}")
        return self

    def profile(self, key: str) -> ScanProfile | None:
        return next((profile for profile in self.profiles if profile.key == key), None)

    def rules_for(self, document_type: str) -> ClassRules:
        """Those of a known document type."""
        found = (rules for rules in self.classes if rules.document_type == document_type)
        return next(found, ClassRules(document_type=document_type))

    def sample_for(self, document_type: str | None) -> Sample:
        """The sample of that type; of a document of no known type the strictest."""
        if document_type is None:
            return self.sampling["sehr hoch"]
        rules = self.rules_for(document_type)
        return rules.sample or self.sampling[rules.protection.integrity]
