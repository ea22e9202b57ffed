"""Who may sign what after what: the whole table of § 31 (2) and (3) KomHVO NRW."""

from datetime import UTC, date, datetime

import pytest

from config.approval_config import Approval, CertifyingBookkeeper
from pipelines.invoice.duties import Matter, objection
from schemas.roles import SIGNED, Action, Person, Role
from schemas.values import Act

FACTUALLY, ARITHMETICALLY = Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY
ORDER, RELEASE = Action.ORDER_PAYMENT, Action.RELEASE

LAW = Approval()

ADAM = Person(1, "Adam Amt", frozenset({Role.UNIT}), frozenset({"16"}))
EVA = Person(2, "Eva Eins", frozenset({Role.UNIT, Role.ORDERING}), frozenset({"16"}))
KASSE = Person(3, "Karla Kasse", frozenset({Role.ACCOUNTING}))


def act(action: Action, person: Person, sequence: int = 1) -> Act:
    return Act(action, person.user_id, person.name, datetime(2026, 3, 2, tzinfo=UTC), "Worte", "", sequence)


def judged(
    action: Action,
    person: Person,
    acts: tuple[Act, ...],
    seller: str | None,
    *,
    rules: Approval = LAW,
    conflicted: frozenset[int] = frozenset(),
    callers: frozenset[int] = frozenset(),
    chooser: int | None = None,
) -> str | None:
    matter = Matter("16", seller, date(2026, 3, 2), acts, conflicted, callers, chooser)
    found = objection(action, person, matter, rules)
    return None if found is None else found.you


FORBIDDEN_AFTER = {
    (FACTUALLY, ORDER): "sachliche Feststellung",
    (ARITHMETICALLY, ORDER): "rechnerische Feststellung",
    (FACTUALLY, RELEASE): "sachliche Feststellung",
    (ARITHMETICALLY, RELEASE): "rechnerische Feststellung",
    (ORDER, RELEASE): "Auszahlungsanordnung",
}


@pytest.mark.parametrize("wanted", SIGNED)
@pytest.mark.parametrize("done", [*SIGNED, Action.QUERY, Action.ACCEPT, Action.DECIDE, Action.RETRY])
def test_the_same_person_after_an_own_act(done: Action, wanted: Action) -> None:
    sentence = judged(wanted, ADAM, (act(done, ADAM),), "Firma")
    if (done, wanted) in FORBIDDEN_AFTER:
        assert sentence == (
            f"Sie haben diese Rechnung schon unterschrieben ({FORBIDDEN_AFTER[done, wanted]}); "
            "das muss eine andere Person tun (§ 31 Abs. 3 KomHVO NRW)."
        )
    else:
        assert sentence is None


@pytest.mark.parametrize("wanted", SIGNED)
@pytest.mark.parametrize("done", SIGNED)
def test_acts_of_others_hinder_nobody_not_even_of_somebody_of_the_same_name(done: Action, wanted: Action) -> None:
    namesake = Person(9, ADAM.name, ADAM.roles)
    assert judged(wanted, ADAM, (act(done, EVA), act(done, namesake)), "Firma") is None


@pytest.mark.parametrize("wanted", SIGNED)
def test_without_any_act_nothing_is_in_the_way(wanted: Action) -> None:
    assert judged(wanted, ADAM, (), None) is None


def test_both_certifications_may_be_one_person_s_and_then_two_more_are_needed() -> None:
    acts = (act(FACTUALLY, ADAM, 1),)
    assert judged(ARITHMETICALLY, ADAM, acts, "Firma") is None
    acts += (act(ARITHMETICALLY, ADAM, 2),)
    assert judged(ORDER, ADAM, acts, "Firma") is not None
    assert judged(ORDER, EVA, acts, "Firma") is None
    acts += (act(ORDER, EVA, 3),)
    assert judged(RELEASE, EVA, acts, "Firma") is not None
    assert judged(RELEASE, ADAM, acts, "Firma") is not None
    assert judged(RELEASE, KASSE, acts, "Firma") is None


@pytest.mark.parametrize("wanted", SIGNED)
def test_an_earlier_act_among_many_is_found(wanted: Action) -> None:
    acts = (act(FACTUALLY, ADAM, 1), act(ARITHMETICALLY, EVA, 2), act(ORDER, KASSE, 3))
    refused = judged(wanted, ADAM, acts, None) is not None
    assert refused is (wanted in (ORDER, RELEASE))


@pytest.mark.parametrize("roles", [{Role.ACCOUNTING}, {Role.ACCOUNTING, Role.UNIT}])
@pytest.mark.parametrize("wanted", SIGNED)
def test_bookkeeping_does_not_certify_whatever_else_the_person_is(wanted: Action, roles: set[Role]) -> None:
    sentence = judged(wanted, Person(3, "Karla Kasse", frozenset(roles)), (), None)
    if wanted in (FACTUALLY, ARITHMETICALLY):
        assert sentence == "Beschäftigte der Buchhaltung stellen nicht fest (§ 31 Abs. 3 KomHVO NRW)."
    else:
        assert sentence is None


OWN = [
    "Maria Muster",
    "maria MUSTER",
    "Muster, Maria",
    "Dr. Maria Muster",
    "Maria Muster e.K.",
    "Catering Maria Muster GmbH & Co. KG",
]
NOT_OWN = ["Muster GmbH", "Maria GmbH", "Marias Muster", "Mario Muster", "", "Maria-Theresia Musterfrau", "123"]


@pytest.mark.parametrize("wanted", SIGNED)
@pytest.mark.parametrize("name", ["Maria Muster", "Dr. Maria Muster"])
@pytest.mark.parametrize("seller", OWN)
def test_nobody_signs_what_is_in_their_own_name(seller: str, name: str, wanted: Action) -> None:
    sentence = judged(wanted, Person(5, name, frozenset({Role.UNIT})), (), seller)
    assert sentence == "Der Rechnungssteller trägt Ihren Namen; in eigener Sache dürfen Sie nicht unterschreiben."


@pytest.mark.parametrize("wanted", SIGNED)
@pytest.mark.parametrize("seller", NOT_OWN)
def test_a_part_of_a_name_is_no_own_matter(seller: str, wanted: Action) -> None:
    assert judged(wanted, Person(5, "Maria Muster", frozenset({Role.UNIT})), (), seller) is None


@pytest.mark.parametrize(
    ("name", "seller"), [("", ""), ("Müller", "Müller GmbH"), ("Dr. Müller", "Dr. Müller GmbH"), ("7", "7")]
)
def test_a_single_word_is_no_sign(name: str, seller: str) -> None:
    assert judged(ORDER, Person(5, name, frozenset()), (), seller) is None


@pytest.mark.parametrize(
    ("name", "seller"),
    [
        ("Jörg Groß", "JO\u0308RG GROSS"),
        ("Anna von der Heide", "Heide, Anna von der"),
        ("Ana María Ruiz", "Ruiz Ana Mari\u0301a S.L."),
    ],
)
def test_the_same_name_may_be_written_in_several_ways(name: str, seller: str) -> None:
    assert judged(ORDER, Person(5, name, frozenset()), (), seller) is not None


@pytest.mark.parametrize("wanted", SIGNED)
def test_whoever_has_declared_a_conflict_signs_nothing_and_nobody_else_is_kept_from_it(wanted: Action) -> None:
    sentence = judged(wanted, EVA, (), "Firma", conflicted=frozenset({EVA.user_id}))
    assert sentence == "Sie haben sich für befangen erklärt; das muss eine andere Person tun."
    assert judged(wanted, ADAM, (), "Firma", conflicted=frozenset({EVA.user_id})) is None


def exception(**changes: object) -> Approval:
    values: dict[str, object] = {
        "account": "karla",
        "unit": "16",
        "reason": "Zinsabrechnung der Bank",
        "valid_from": date(2026, 3, 2),
        "valid_to": date(2026, 3, 2),
    }
    return Approval(bookkeepers_who_certify=(CertifyingBookkeeper.model_validate(values | changes),))


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, True),
        ({"account": "kurt"}, False),
        ({"unit": "51"}, False),
        ({"valid_from": date(2026, 3, 3), "valid_to": date(2026, 12, 31)}, False),
        ({"valid_from": date(2026, 1, 1), "valid_to": date(2026, 3, 1)}, False),
    ],
)
def test_bookkeeping_certifies_only_where_and_while_only_they_can_judge(
    changes: dict[str, object], allowed: bool
) -> None:
    karla = Person(3, "Karla Kasse", frozenset({Role.ACCOUNTING, Role.UNIT}), frozenset({"16"}), account="karla")
    for wanted in (FACTUALLY, ARITHMETICALLY, Action.CERTIFY_BOTH):
        assert (judged(wanted, karla, (), "Firma", rules=exception(**changes)) is None) is allowed


def test_the_city_may_ask_for_two_certifying_persons() -> None:
    rules = Approval(
        kept_apart={
            ARITHMETICALLY: frozenset({FACTUALLY}),
            ORDER: frozenset({FACTUALLY, ARITHMETICALLY}),
            RELEASE: frozenset({ORDER}),
        }
    )
    acts = (act(FACTUALLY, ADAM),)
    assert judged(ARITHMETICALLY, ADAM, acts, "Firma", rules=rules) is not None
    assert judged(ARITHMETICALLY, EVA, acts, "Firma", rules=rules) is None
    assert judged(RELEASE, ADAM, acts, "Firma", rules=rules) is None, "two persons: one certifies and releases"


@pytest.mark.parametrize("wanted", SIGNED)
def test_whoever_confirmed_a_new_account_does_not_pay_to_it(wanted: Action) -> None:
    both = Person(7, "Kurt Kasse", frozenset({Role.ORDERING}))
    assert (judged(wanted, both, (), None, callers=frozenset({7})) is not None) is (wanted in (ORDER, RELEASE))
    assert judged(wanted, both, (), None, callers=frozenset({8})) is None


@pytest.mark.parametrize("wanted", SIGNED)
def test_whoever_alone_says_who_is_paid_does_not_release(wanted: Action) -> None:
    clerk = Person(7, "Kurt Kasse", frozenset({Role.ORDERING}))
    assert (judged(wanted, clerk, (), None, chooser=7) is not None) is (wanted is RELEASE)
    assert judged(wanted, clerk, (), None, chooser=8) is None
