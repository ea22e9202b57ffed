"""Quality assurance: what people find in drawn documents, and when a lot has passed (TR-03138 A.SC.8, A.NB.3)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from config.city_config import City
from records import annexes, audit, reports
from records.annexes import Asked, Speaker
from records.decisions import Conflict
from records.lots import OUT, draw_again, hold_lot, move, name_of, sample_of
from records.models import Document, FullCheckOrder, Judgement, Lot, LotDocument
from records.numbers import next_value
from records.operators import objection, username_of
from schemas.annex import AnnexKind
from schemas.errors import BadInput
from schemas.quality import LotState, Verdict
from schemas.roles import Person

__all__ = [
    "Found",
    "demands_four_eyes",
    "is_passed",
    "judge",
    "last_judgements",
    "lift",
    "passed_among",
    "refuse_stale",
    "settle",
    "settle_left",
    "unsettled",
]

_FAULTS = "fehler"
_AFTER_FAULT = "Vollprüfung nach einem Fehler im Prüflos"


@dataclass(frozen=True, slots=True)
class Found:
    """What a person enters about a document: `reason` for a fault and all that follows one; `pages` concerned."""

    verdict: Verdict
    reason: str = ""
    pages: str = ""


def judge(subject_id: int, seen: int, found: Found, person: Person, city: City, now: datetime) -> LotState:
    """Keep what the person found, upon judgement number `seen` (0: none yet); returns where the lot stands then.

    Conflict if somebody else judged meanwhile. BadInput if it may not be judged so, or not by this person.
    """
    with transaction.atomic():
        lot = hold_lot(LotDocument.objects.values_list("lot_id", flat=True).get(id=subject_id))
        Document.objects.filter(in_lot=subject_id).update(reason=F("reason"))  # a link of its chain: one writer
        subject = LotDocument.objects.select_related("document__intake__batch").get(id=subject_id)
        last = subject.judgements.order_by("-number").first()
        refuse_stale(last, seen)
        _refuse_wrong(lot, subject, last, found)
        if found.verdict is not Verdict.FAULT and demands_four_eyes(subject, city):
            _refuse_own(subject, person, city)
        _keep(subject, found, person, (last.number if last else 0) + 1, name_of(lot, city), now)
        if found.verdict is Verdict.FAULT:
            _set_back(lot, now)
        if found.verdict is Verdict.EXPLAINED:
            speaker = Speaker(username_of(person), person.name)
            annexes.request(Asked(subject.document, AnnexKind.CORRECTION, found.reason, _named(found)), speaker, now)
        settle(lot, city, now, [subject])
        if subject.document.replaces_id is not None:
            _settle_replaced(subject.document, city, now)
        if found.verdict is Verdict.FAULT:
            _count_faults(lot, city, now)
        return LotState(Lot.objects.values_list("state", flat=True).get(id=lot.id))


def settle(lot: Lot, city: City, now: datetime, judged: Iterable[LotDocument] = ()) -> None:
    """Let the lot pass if everything in it that was drawn is in order, explained, or replaced by a good rescan.

    Of a lot that has passed already the `judged` documents alone are reported anew. The lot must be held.
    """
    if lot.state == LotState.PASSED:
        reports.report(lot, [one for one in judged if _is_good(last_judgements([one]).get(one.id))], city, now)
        return
    if lot.state == LotState.OPEN or unsettled().filter(lot=lot).exists() or draw_again(lot, city):
        return
    lot.passed_at = now
    move(lot, LotState.PASSED, now)
    reports.report(lot, list(lot.documents.select_related("document__intake__batch")), city, now)


def settle_left(city: City, now: datetime) -> int:
    """Let the lots go on in which nobody has anything left to do: what was left there is closed mail now, or was cut.

    How many that were.
    """
    under_way = Lot.objects.filter(state__in=(LotState.DRAWN, LotState.SET_BACK))
    done = under_way.exclude(id__in=unsettled().order_by().values("lot"))
    for lot_id in (found := list(done.values_list("id", flat=True))):
        with transaction.atomic():
            settle(hold_lot(lot_id), city, now)
    return len(found)


def lift(order_id: int, reason: str, person: Person, now: datetime) -> None:
    """End the full check of an inbox; faults found before do not count any more. Conflict if it is lifted already."""
    if not reason.strip():
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie, warum wieder Stichproben genügen.")
    lifted = FullCheckOrder.objects.filter(id=order_id, lifted_at=None).update(
        lifted_at=now, lifted_by=person.user_id, lifted_name=person.name, lift_reason=reason
    )
    if not lifted:
        raise Conflict("Diese Vollprüfung ist inzwischen aufgehoben.")


def is_passed(document: Document) -> bool:
    """True if quality assurance of this document is done and found nothing: its lot has passed, and it was looked at
    with a good result or not drawn. False with a fault, explained or not: then the paper stays."""
    return document.id in passed_among([document.id])


def passed_among(document_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the documents that are `is_passed`, asked for together."""
    rows = LotDocument.objects.filter(document__in=document_ids, lot__state=LotState.PASSED, drawn__isnull=False)
    judged = last_judgements(found := list(rows))
    return frozenset(row.document_id for row in found if not row.drawn or _is_good(judged.get(row.id)))


def demands_four_eyes(subject: LotDocument, city: City) -> bool:
    """Whether whoever scanned it must not check it: by the rule it was drawn by, or by its type as it is now."""
    return subject.four_eyes or sample_of(subject.document.document_type, city).four_eyes


def unsettled() -> QuerySet[LotDocument]:
    """What a person still has to do: drawn documents nobody has looked at, and faults without explanation or good
    rescan. Closed mail, and what was cut after all, is settled: nobody looks at it."""
    latest = Judgement.objects.filter(subject=OuterRef("pk")).order_by("-number").values("verdict")[:1]
    rows = LotDocument.objects.annotate(last=Subquery(latest))
    rescanned = rows.filter(document__replaces=OuterRef("document"), last=Verdict.GOOD)
    to_do = Q(last=None) | (Q(last=Verdict.FAULT) & ~Exists(rescanned))
    rows = rows.filter(drawn=True, lot__state__in=(LotState.DRAWN, LotState.SET_BACK))
    return rows.filter(to_do).exclude(document__state__in=OUT).order_by("document__entry")


def last_judgements(rows: Iterable[LotDocument]) -> Mapping[int, Judgement]:
    """Subject -> what was found last; nothing for those nobody has looked at."""
    ids = [row.id for row in rows]
    found = Judgement.objects.filter(subject__in=ids).select_related("user").order_by("number")
    return {judgement.subject_id: judgement for judgement in found}


def refuse_stale(last: Judgement | None, seen: int) -> None:
    """Conflict if the last judgement is not number `seen`, which the person had before them."""
    if (last.number if last else 0) == seen:
        return
    what = f"{last.name} hat „{Verdict(last.verdict).label}“ eingetragen" if last else "Es gibt keinen Eintrag mehr"
    why = f" ({last.reason})" if last and last.reason else ""
    raise Conflict(
        f"Dieses Schriftstück wurde inzwischen geprüft: {what}{why}. Ihre Eingabe ist nicht gespeichert.",
        remedy="Bitte prüfen Sie den neuen Stand.",
    )


def _refuse_own(subject: LotDocument, person: Person, city: City) -> None:
    """Whoever scanned it neither says that it is good nor explains a fault; a fault anybody may report."""
    if reason := objection(subject.document, person, city):
        raise BadInput(reason)


def _refuse_wrong(lot: Lot, subject: LotDocument, last: Judgement | None, found: Found) -> None:
    before = Verdict(last.verdict) if last else None
    if lot.state == LotState.OPEN or subject.document.state in OUT:
        raise BadInput("Dieses Schriftstück kann jetzt nicht geprüft werden.")
    if not subject.drawn and found.verdict is not Verdict.FAULT:
        raise BadInput("Dieses Schriftstück wurde nicht gezogen.", remedy="Einen Fehler können Sie dennoch melden.")
    if found.verdict is Verdict.GOOD and before is Verdict.GOOD:
        raise Conflict("Für dieses Schriftstück ist schon „in Ordnung“ eingetragen.")
    if found.verdict is Verdict.EXPLAINED and before is not Verdict.FAULT:
        raise BadInput("Erklärt wird nur ein Fehler, der eingetragen ist.")
    if (found.verdict is not Verdict.GOOD or before is not None) and not found.reason:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte schreiben Sie in einem Satz, was Sie gesehen haben.")


def _keep(subject: LotDocument, found: Found, person: Person, number: int, lot_name: str, now: datetime) -> None:
    Judgement.objects.create(
        subject=subject,
        number=number,
        verdict=found.verdict,
        reason=found.reason,
        pages=found.pages,
        user_id=person.user_id,
        name=person.name,
        at=now,
    )
    pages = f" (Seiten {found.pages})" if found.pages else ""
    payload: dict[str, object] = {
        "actor": person.name,
        "user_id": person.user_id,
        "verdict": found.verdict,
        "reason": found.reason,
        "pages": found.pages,
        "lot": lot_name,
    }
    audit.remark(subject.document, f"Sichtprüfung: {found.verdict.label}{pages}", payload, now)


def _set_back(lot: Lot, now: datetime) -> None:
    """Everything in the lot is looked at."""
    if lot.state == LotState.SET_BACK:
        return
    lot.passed_at = None
    move(lot, LotState.SET_BACK, now)
    lot.documents.filter(drawn=False).update(drawn=True, rule=_AFTER_FAULT)


def _count_faults(lot: Lot, city: City, now: datetime) -> None:
    """Too many faulty documents of one inbox within the days: its next lots are looked at whole.

    Raising the counter makes whoever finds a fault at the same moment wait, and then see this one.
    """
    next_value(_FAULTS)
    rule = city.procedure.full_check
    since = now - timedelta(days=rule.days)
    lifted = FullCheckOrder.objects.filter(inbox=lot.inbox).order_by("-lifted_at").values_list("lifted_at", flat=True)
    since = max([since, *(moment for moment in lifted if moment is not None)])
    faulty = Judgement.objects.filter(verdict=Verdict.FAULT, subject__lot__inbox=lot.inbox, at__gt=since)
    count = faulty.values("subject").distinct().count()
    if count >= rule.faults:
        reason = f"{count} fehlerhafte Schriftstücke in {rule.days} Tagen"
        FullCheckOrder.objects.get_or_create(inbox=lot.inbox, lifted_at=None, defaults={"since": now, "reason": reason})


def _settle_replaced(rescan: Document, city: City, now: datetime) -> None:
    """What was found in a rescan may let the lot of the document pass that it replaces."""
    old = LotDocument.objects.filter(document=rescan.replaces).first()
    if old is not None:
        settle(hold_lot(old.lot_id), city, now)


def _is_good(last: Judgement | None) -> bool:
    return last is not None and last.verdict == Verdict.GOOD


def _named(found: Found) -> dict[str, str]:
    return {"Anlass": "Fehler in der Sichtprüfung, erklärt", "Seiten": found.pages}
