"""Is the account of an invoice the creditor's? What is new stops the payment until a second person has called.

Fraud by invoice nearly always is a changed account. The number to call never comes from the invoice itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from config.accounting_config import BankGuard
from records import audit
from records.creditors import choice_of, present_creditor
from records.decisions import conflicted
from records.invoice_basis import CREDIT_NOTES, Basis, basis_of
from records.models import AccountCheck, Act, Document, MasterKey
from records.upon import upon
from schemas.accounting import Creditor
from schemas.creditor_keys import compact
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.roles import SIGNED, Action, Person, Role
from schemas.states import State

__all__ = ["Answer", "JudgedAccount", "Standing", "callers", "confirm", "judge_accounts", "may_confirm"]

_STATES = frozenset(
    {
        State.CLARIFICATION,
        State.TO_CERTIFY_FACTUALLY,
        State.TO_CERTIFY_ARITHMETICALLY,
        State.TO_ORDER,
        State.TO_RELEASE,
    }
)
_SHORTEST = 3


class Standing(StrEnum):
    """How an account stands: the creditor's own, confirmed by a call, to be asked about, or denied by the creditor."""

    KNOWN = "bekannt"
    CONFIRMED = "bestätigt"
    OPEN = "zu klären"
    DENIED = "nicht bestätigt"


@dataclass(frozen=True, slots=True)
class JudgedAccount:
    """One account of the invoice; `reason` says why it stands so (German)."""

    iban: str
    standing: Standing
    reason: str

    @property
    def stops(self) -> bool:
        return self.standing in (Standing.OPEN, Standing.DENIED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of the call: `way` is the number called, or where it is from if the master data have none."""

    iban: str
    confirmed: bool
    way: str
    called_on: date
    spoken_to: str


def judge_accounts(basis: Basis, rules: BankGuard) -> tuple[JudgedAccount, ...]:
    """Every account the invoice wants the money on. Empty: it names none, or the seller collects it."""
    if not rules.enabled or basis.direct_debit:
        return ()
    creditor = present_creditor(basis)
    return tuple(_judged(iban, basis, creditor, rules) for iban in basis.accounts)


def may_confirm(document: Document, person: Person) -> str | None:
    """Why this person must not say what came of the call (German); None if they may."""
    if Role.ACCOUNTING not in person.roles or State(document.state) not in _STATES:
        return "Die Bankverbindung bestätigt die Buchhaltung, solange die Rechnung unterwegs ist."
    if person.user_id in conflicted(document.id):
        return "Sie haben sich für befangen erklärt; das muss eine andere Person tun."
    worked = (*SIGNED, Action.ACCEPT, Action.CONFIRM_DATA)
    signed = Act.objects.filter(document=document, user_id=person.user_id, action__in=worked)
    choice = choice_of(document)
    if signed.exists() or (choice is not None and choice.user_id == person.user_id):
        return "Sie haben diese Rechnung schon bearbeitet; die Bankverbindung muss eine zweite Person bestätigen."
    return None


def callers(document_id: UUID, before: datetime | None = None) -> frozenset[int]:
    """Accounts of those who confirmed an account of the invoice by a call; as known at that moment, if given."""
    calls = AccountCheck.objects.filter(document_id=document_id, confirmed=True)
    if before is not None:
        calls = calls.filter(at__lt=before)
    return frozenset(calls.values_list("user_id", flat=True))


def confirm(document_id: UUID, answer: Answer, person: Person, now: datetime, *, seen: int) -> None:
    """A second person has called and says what came of it. BadInput if they must not, or something is missing."""
    with upon(document_id, seen, _STATES) as held:
        if why := may_confirm(held.document, person):
            raise BadInput(why)
        basis = basis_of(held.document)
        if basis is None or compact(answer.iban) not in basis.accounts:
            raise BadInput("Dieses Konto nennt die Rechnung nicht.")
        creditor = present_creditor(basis)
        way = _way(answer, creditor)
        today = day_in_germany(now)
        received = day_in_germany(held.document.intake.received_at)
        if not received <= answer.called_on <= today:
            raise BadInput("Der Tag des Rückrufs muss zwischen dem Eingang der Rechnung und heute liegen.")
        if len(answer.spoken_to) < _SHORTEST:
            raise BadInput("Mit wem Sie gesprochen haben, fehlt.")
        check = AccountCheck.objects.create(
            document_id=document_id,
            seller=basis.seller,
            iban=compact(answer.iban),
            confirmed=answer.confirmed,
            way=way,
            called_on=answer.called_on,
            spoken_to=answer.spoken_to[:255],
            user_id=person.user_id,
            name=person.name,
            at=now,
        )
        said: dict[str, object] = {
            "actor": person.name,
            "user_id": person.user_id,
            "iban": check.iban,
            "way": way,
            "called_on": check.called_on.isoformat(),
            "spoken_to": check.spoken_to,
            "creditor": creditor.number if creditor else None,
        }
        what = "bestätigt" if answer.confirmed else "nicht bestätigt"
        audit.remark(held.document, f"Bankverbindung durch Rückruf {what}", said, now)


def _judged(iban: str, basis: Basis, creditor: Creditor | None, rules: BankGuard) -> JudgedAccount:
    own = AccountCheck.objects.filter(document=basis.document, iban=iban).order_by("-id").first()
    if own is not None and (not own.confirmed or _called_right(own, creditor)):
        called = f"Rückruf am {own.called_on:%d.%m.%Y} durch {own.name} ({own.spoken_to})."
        return JudgedAccount(iban, Standing.CONFIRMED if own.confirmed else Standing.DENIED, called)
    if creditor is not None and iban in creditor.ibans:
        return JudgedAccount(iban, Standing.KNOWN, f"steht in den Stammdaten des Kreditors {creditor.number}.")
    if owner := _owner(iban):
        first = "" if creditor else " Bitte zuerst den Kreditor bestätigen."
        return JudgedAccount(iban, Standing.OPEN, f"gehört in den Stammdaten zum Kreditor {owner}.{first}")
    known = _known_accounts(basis, with_released=creditor is None)
    if iban in known:
        return JudgedAccount(iban, Standing.KNOWN, "ist bei einer früheren Rechnung bestätigt oder freigegeben worden.")
    foreign = "" if iban.startswith("DE") else " Das Konto ist im Ausland."
    if creditor is not None:
        reason = f"steht nicht in den Stammdaten des Kreditors {creditor.number}.{foreign}"
        return JudgedAccount(iban, Standing.OPEN, reason)
    if known:
        return JudgedAccount(iban, Standing.OPEN, f"ist keines der bisherigen Konten des Rechnungsstellers.{foreign}")
    standing = Standing.OPEN if rules.unknown_seller == "stop" else Standing.KNOWN
    return JudgedAccount(iban, standing, f"ist das erste Konto, das von diesem Rechnungssteller bekannt wird.{foreign}")


def _owner(iban: str) -> str | None:
    """The number of the creditor that has this account in the master data."""
    keys = MasterKey.objects.filter(kind="iban", value=iban, record__until__isnull=True)
    return keys.values_list("record__key", flat=True).first()


def _known_accounts(basis: Basis, *, with_released: bool) -> set[str]:
    """Accounts of this seller that were confirmed by a call and not denied since.

    `with_released`: and those of released invoices that were paid; what only a credit note named was never judged.
    """
    if not basis.seller:
        return set()
    known: set[str] = set()
    if with_released and basis.entry.seller_key is not None:
        released = Act.objects.filter(
            action=Action.RELEASE,
            document__invoice__seller_key=basis.entry.seller_key,
            document__invoice__payable__gt=0,
        ).exclude(document__invoice__type_code__in=CREDIT_NOTES)
        accounts = released.exclude(document=basis.document).values_list("document__invoice__account", flat=True)
        known = {compact(account) for account in accounts if account}
    checks = AccountCheck.objects.filter(seller=basis.seller).exclude(document=basis.document)
    for iban, confirmed in checks.order_by("at", "id").values_list("iban", "confirmed"):
        known = known | {iban} if confirmed else known - {iban}
    return known


def _way(answer: Answer, creditor: Creditor | None) -> str:
    """The number of the master data, which must be the one called; without one, where the number is from."""
    if creditor is not None and creditor.phone:
        if answer.way != creditor.phone:
            raise BadInput(
                "Angerufen wird nur unter der Nummer aus den Stammdaten, nie unter der Nummer auf der Rechnung.",
                remedy=f"Bitte unter {creditor.phone} anrufen.",
            )
        return _master_number(creditor)
    if len(answer.way) < _SHORTEST:
        raise BadInput("Wie Sie den Rechnungssteller erreicht haben, fehlt (Nummer und woher sie stammt).")
    return answer.way[:255]


def _called_right(check: AccountCheck, creditor: Creditor | None) -> bool:
    """The creditor that is confirmed now was called: not under another's number, nor before it was known who it is."""
    return creditor is None or not creditor.phone or check.way == _master_number(creditor)


def _master_number(creditor: Creditor) -> str:
    return f"Rückruf unter der Nummer der Stammdaten: {creditor.phone}"
