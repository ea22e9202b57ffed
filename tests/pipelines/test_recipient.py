"""For whom an invoice is registered, and when a person must look because it is for somebody else."""

import pytest

from config.register_config import LegalEntity, RegisterRules
from pipelines.invoice.recipient import legal_entity_of
from schemas.invoice import Invoice, Party, Syntax

RULES = RegisterRules(
    legal_entities=(
        LegalEntity(key="stadt", name="Stadt Iserlohn", series="RE", vat_id="DE124527702", names=("Rathaus",)),
        LegalEntity(
            key="sih",
            name="Stadtbetrieb Iserlohn",
            series="SIH",
            vat_id="DE136695976",
            leitweg_ids=("05962024-16001-58",),
        ),
    )
)


def found(leitweg: str | None = None, vat: str | None = None, name: str | None = None) -> tuple[str, str]:
    invoice = Invoice(Syntax.CII, buyer_reference=leitweg, buyer=Party(name=name, vat_id=vat))
    entity, doubt = legal_entity_of(invoice, RULES)
    return entity.key, (doubt or "").partition(":")[0]


@pytest.mark.parametrize(
    ("leitweg", "vat", "name", "entity"),
    [
        ("05962024-16001-58", None, None, "sih"),
        (" 05962024-16001-58 ", "de 136695976", "STADTBETRIEB Iserlohn, Bauhof", "sih"),
        ("05962024-51001-12", None, "Stadt Iserlohn - Bereich 51", "stadt"),
        (None, "DE136695976", None, "sih"),
        (None, None, "Stadtbetrieb Iserlohn", "sih"),
        (None, None, "Rathaus, Zimmer 3", "stadt"),
        (None, None, None, "stadt"),
    ],
)
def test_the_mandant_is_told_by_leitweg_id_then_vat_id_then_name(
    leitweg: str | None, vat: str | None, name: str | None, entity: str
) -> None:
    assert found(leitweg, vat, name) == (entity, "")


@pytest.mark.parametrize(
    ("leitweg", "vat", "name", "entity", "doubt"),
    [
        ("05962024-16001-58", "DE124527702", None, "sih", "Falscher Rechtsträger"),
        ("05962024-16001-58", None, "Stadt Iserlohn", "sih", "Falscher Rechtsträger"),
        (None, "DE999999999", None, "stadt", "Falscher Rechtsträger"),
        ("05962024-51001-12", None, "Stadt Hagen", "stadt", "Unbekannter Rechtsträger"),
    ],
)
def test_a_contradiction_or_an_unknown_recipient_is_said(
    leitweg: str | None, vat: str | None, name: str | None, entity: str, doubt: str
) -> None:
    assert found(leitweg, vat, name) == (entity, doubt)


@pytest.mark.parametrize(
    "entities",
    [
        [{"key": "a", "name": "A", "series": "RE"}, {"key": "b", "name": "B", "series": "RE"}],
        [{"key": "a", "name": "A", "series": "RE"}, {"key": "a", "name": "B", "series": "RB"}],
        [{"key": "a", "name": "A", "series": "PE"}],
        [{"key": "a", "name": "A", "series": "R-E"}],
        [],
    ],
)
def test_two_mandants_never_share_a_number_series(entities: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError, match=r"series|key|Nummernkreise|legal_entities"):
        RegisterRules.model_validate({"legal_entities": entities})
