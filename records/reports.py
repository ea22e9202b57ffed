"""What a passed lot says of its documents: annexes about quality assurance (aspect e) and agreement (aspect f).

Nothing more is claimed than the check supports: of a document nobody looked at, that the sample has passed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from config.city_config import City
from records import annexes, balance
from records.annexes import Asked, Speaker
from records.lots import OUT, name_of
from records.models import Judgement, Lot, LotDocument
from schemas.annex import AnnexKind
from schemas.quality import Verdict

__all__ = ["report"]

_OF_COMPLETENESS = frozenset({"Blätter", "Bilder", "Seiten", "Schriftstücke"})
"""Lines of the balance that say whether all of the paper is there; the others are about filing."""


def report(lot: Lot, rows: Sequence[LotDocument], city: City, now: datetime) -> None:
    """Ask for the annexes of these documents of a lot that has passed, each said by who looked at it.

    What nobody looked at is said by the person whose judgement let the lot pass.
    """
    judgements = list(Judgement.objects.filter(subject__lot=lot).select_related("user").order_by("at", "number"))
    if not judgements:
        return
    last = {one.subject_id: one for one in judgements}
    complete = _completeness(rows)
    facts = _facts(lot, judgements, city)
    said: dict[Speaker, list[Asked]] = {}
    for row in rows:
        if row.document.state in OUT:
            continue
        own = last.get(row.id)
        by = own or judgements[-1]
        wanted = said.setdefault(Speaker(by.user.get_username(), by.name), [])
        wanted.append(_quality(row, own, facts | complete[row.id]))
        if own is None or own.verdict == Verdict.GOOD:
            wanted.append(_agreement(row, own))
    for speaker, asked in said.items():
        annexes.request_many(asked, speaker, now)


def _facts(lot: Lot, judgements: Sequence[Judgement], city: City) -> dict[str, str]:
    """What is the same for all of them."""
    faulty = {one.subject_id for one in judgements if one.verdict == Verdict.FAULT}
    looked_at = {one.subject_id for one in judgements}
    return {
        "Prüflos": name_of(lot, city),
        "Umfang": f"{lot.documents.count()} Schriftstücke, davon {len(looked_at)} angesehen",
        "Fehler im Prüflos": str(len(faulty)),
        "Startwert der Ziehung": lot.seed,
        "Fassung der Regeln": lot.procedure_version,
    }


def _quality(row: LotDocument, own: Judgement | None, facts: Mapping[str, str]) -> Asked:
    if own is None:
        said = "Das Prüflos hat die Stichprobe bestanden; dieses Schriftstück wurde nicht gezogen und nicht angesehen."
        mode, result = "Stichprobe, nicht gezogen", "bestanden"
    elif own.verdict == Verdict.GOOD:
        said = "Sichtprüfung am Bild, Seite für Seite: vollständig, lesbar, richtig geordnet, Index richtig."
        mode, result = "Sichtprüfung, gezogen", "in Ordnung"
    elif own.verdict == Verdict.EXPLAINED:
        said = f"Sichtprüfung: Fehler, erklärt. {own.reason}"
        mode, result = "Sichtprüfung, gezogen", "Fehler, erklärt"
    else:
        said = f"Sichtprüfung: Fehler. Das Schriftstück wurde neu gescannt. {own.reason}"
        mode, result = "Sichtprüfung, gezogen", "Fehler, ersetzt durch Nachscan"
    return Asked(
        row.document,
        AnnexKind.QUALITY,
        said,
        {"Art der Prüfung": mode, "Regel": row.rule, "Ergebnis": result, **facts},
    )


def _agreement(row: LotDocument, own: Judgement | None) -> Asked:
    if own is None:
        statement = (
            "Bildliche und inhaltliche Übereinstimmung mit dem Papier wird aufgrund der bestandenen Stichprobe des "
            "Prüfloses angenommen; verglichen wurde dieses Schriftstück selbst nicht."
        )
        return Asked(row.document, AnnexKind.AGREEMENT, statement, {"Grundlage": "Stichprobe", "Regel": row.rule})
    statement = "Das Scanprodukt stimmt nach meiner Sichtprüfung bildlich und inhaltlich mit dem Papier überein."
    return Asked(row.document, AnnexKind.AGREEMENT, statement, {"Grundlage": "Sichtprüfung", "Regel": row.rule})


def _completeness(rows: Iterable[LotDocument]) -> dict[int, dict[str, str]]:
    """Subject -> the lines about sheets and images of the batch it came in."""
    batches = {row.id: getattr(row.document.intake, "batch", None) for row in rows}
    known = balance.balances_of({batch for batch in batches.values() if batch is not None})
    return {
        subject: {
            f"Vollständigkeit, {line.name}": f"{line.said} – {'stimmt' if line.holds else 'offen'}"
            for line in (known[batch.pk].lines if batch is not None else ())
            if line.name in _OF_COMPLETENESS
        }
        for subject, batch in batches.items()
    }
