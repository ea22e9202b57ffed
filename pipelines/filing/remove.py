"""Closed mail opened by mistake: taken back from where it lies, then removed, with a note for the recipient."""

from dataclasses import replace
from html import escape

from config.city_config import City
from config.settings import load_settings
from dms_connectors.port import Ability, Connector
from pipelines.archive.stage import PART as ARCHIVE
from pipelines.filing.redirect import left_in_target
from pipelines.invoice.german import moment
from pipelines.invoice.paper import pdf_of
from schemas.errors import Rejected, Unavailable
from schemas.parts import MAIN, TRAY
from schemas.roles import Action
from schemas.states import FileRole, State
from schemas.values import Act, NewFile, StepResult, Work

__all__ = ["recall", "remove", "stayed_in_dms"]

_EVERYTHING = frozenset(FileRole) - {FileRole.REMOVAL_NOTE}
_REASON = "Verschlossene Post, versehentlich geöffnet oder gescannt"
_STYLE = """
@page { size: A4; margin: 25mm }
body { font-family: "DejaVu Sans", sans-serif; font-size: 11pt; line-height: 1.4 }
h1 { font-size: 16pt; margin: 0 0 8mm }
dt { font-weight: bold }
dd { margin: 0 0 3mm }
"""


def recall(work: Work, city: City, connector: Connector) -> StepResult:
    """Locked; the reason says what was deleted elsewhere, and what a person must still do there (German).

    Without `delivered_as` in the facts nothing of it lies anywhere else any more.
    """
    left, said = _taken_back(work, connector)
    kept = work.facts.delivered_as or (left[0] if left else None)
    facts = replace(work.facts, delivered_as=kept) if left else replace(work.facts, delivered_as=None, dossier=None)
    return StepResult(State.LOCKED, facts, said)


def remove(work: Work, city: City, connector: Connector) -> StepResult:
    """Removed, with every file but a note for the recipient; locked again while the target shows that it has it."""
    left, said = _taken_back(work, connector)
    if left and Ability.PROOF in connector.abilities():
        reason = f"Noch nicht entfernt. {said} Danach bitte die Entfernung noch einmal beantragen."
        return StepResult(State.LOCKED, work.facts, reason)
    asked, confirmed = _last(work, Action.ASK_REMOVAL), _last(work, Action.CONFIRM_REMOVAL)
    reason = f"Entfernt auf Antrag von {asked.name}, bestätigt von {confirmed.name}. {said}".strip()
    path = work.scratch / "hinweis.pdf"
    title = f"{work.register_number or ''} Hinweis an den Empfänger".strip()
    pdf_of(_note(work, city, title, said), path, title=title)
    note = NewFile(FileRole.REMOVAL_NOTE, path, f"{title}.pdf")
    facts = replace(work.facts, delivered_as=work.facts.delivered_as if left else None)
    return StepResult(State.REMOVED, facts, reason, (note,), removed=_EVERYTHING)


def stayed_in_dms(work: Work) -> bool:
    """True for what lies, or may lie, in the DMS although an out-tray has it or is to have it: taken back there."""
    elsewhere = work.facts.delivered_as not in (None, work.arrived.get(TRAY))
    redirected = any(act.action is Action.REDIRECT for act in work.acts)
    connecting = work.tray is not None and TRAY in work.arrived
    return (redirected and elsewhere) or (connecting and (elsewhere or MAIN in work.unclear))


def _taken_back(work: Work, connector: Connector) -> tuple[tuple[str, ...], str]:
    """Ids under which it still lies, or may lie, elsewhere; and what was done and is to be done (German)."""
    _wait_for_calls(work)
    by_hand = _for_people(work)
    known = _known(work, connector)
    if not known and not work.unclear:
        return (), by_hand
    if Ability.PROOF not in connector.abilities():
        if not known:
            return (), by_hand
        told = f"Dem DMS-Import übergeben als {', '.join(known)}: bitte im DMS suchen und mit Begründung löschen."
        return known, f"{told} {by_hand}".strip()
    left, said = _in_target(work, known, connector)
    return left, f"{said} {by_hand}".strip()


def _for_people(work: Work) -> str:
    """What lies where this step does not reach (German)."""
    told = []
    if ARCHIVE in work.arrived or ARCHIVE in work.unclear:
        told.append("Ein Paket liegt zur Übernahme durch das Archiv bereit oder ist übernommen: bitte dort löschen.")
    if (TRAY in work.arrived or TRAY in work.unclear) and stayed_in_dms(work):
        laid = f" als {work.arrived[TRAY]}" if TRAY in work.arrived else ""
        told.append(f"Auch ins Postfach kann es gelegt sein{laid}: bitte dort nachsehen und zurückholen.")
    return " ".join(told)


def _in_target(work: Work, known: tuple[str, ...], connector: Connector) -> tuple[tuple[str, ...], str]:
    """What a target that shows what it holds still has, after deleting what can be deleted there."""
    there, refusal = _shown(work, known, connector), ""
    deleted = there if Ability.DELETION in connector.abilities() else ()
    try:
        for target_id in deleted:
            connector.delete(target_id, _REASON)
    except Rejected as problem:
        refusal = f" {problem}"
    if deleted:
        there = _shown(work, known, connector)
    if there:
        return there, f"Es liegt noch als {', '.join(there)}: bitte dort mit Begründung löschen.{refusal}"
    if deleted:
        return (), f"Gelöscht ist dort: {', '.join(deleted)}."
    where = f" ({', '.join(known)})" if known else ""
    return (), f"Dort, wohin es übergeben wurde, liegt es nicht mehr{where}; was entnommen ist, bitte zurückholen."


def _known(work: Work, connector: Connector) -> tuple[str, ...]:
    """Every id under which the target is known to have had it; after a lost answer also what its receipts say."""
    elsewhere = (ARCHIVE, TRAY) if stayed_in_dms(work) else (ARCHIVE,)
    arrived = (target_id for part, target_id in work.arrived.items() if part not in elsewhere)
    found = left_in_target(work, connector) if work.unclear else ()
    return tuple(dict.fromkeys((*filter(None, (work.facts.delivered_as,)), *arrived, *found)))


def _shown(work: Work, known: tuple[str, ...], connector: Connector) -> tuple[str, ...]:
    """What the target holds of it: found by our ids, or under an id we know while the search is still behind."""
    found = left_in_target(work, connector) if Ability.DELETION in connector.abilities() else ()
    return tuple(dict.fromkeys((*found, *(target_id for target_id in known if _holds(target_id, connector)))))


def _holds(target_id: str, connector: Connector) -> bool:
    try:
        return connector.read_back(target_id).digest is not None
    except Rejected:
        return False


def _wait_for_calls(work: Work) -> None:
    """A call that was under way when the mail was locked may still put it there."""
    wait = load_settings().dms_unclear_wait
    open_calls = [seconds for seconds in work.unclear.values() if seconds < wait]
    if open_calls:
        raise Unavailable("Eine Ablage war noch unterwegs; es wird abgewartet.", retry_after=wait - min(open_calls))


def _last(work: Work, action: Action) -> Act:
    return next(act for act in reversed(work.acts) if act.action is action)


def _note(work: Work, city: City, title: str, said: str) -> str:
    unit = city.unit(work.facts.unit or "")
    asked, confirmed = _last(work, Action.ASK_REMOVAL), _last(work, Action.CONFIRM_REMOVAL)
    lines = (
        ("Eingangsnummer", work.register_number or ""),
        ("Eingegangen", moment(work.scan.received_at)),
        ("Für", f"{unit.number} {unit.name}" if unit else "Empfänger laut Umschlag"),
        ("Entfernung beantragt", f"{asked.name}, {moment(asked.at)}: {asked.reason}"),
        ("Entfernung bestätigt", f"{confirmed.name}, {moment(confirmed.at)}: {confirmed.reason}"),
        ("Entfernt", moment(work.now)),
        ("Was noch zu wissen ist", said or "Es war noch an keine andere Stelle übergeben."),
    )
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in lines)
    return (
        f'<html lang="de"><head><title>{escape(title)}</title><style>{_STYLE}</style></head><body>'
        f"<h1>Hinweis an den Empfänger</h1><p>{escape(city.organisation.city)}, Poststelle</p>"
        "<p>Ihre verschlossene Post wurde in der Poststelle versehentlich geöffnet oder gescannt. Bilder, erkannter "
        "Text und Suche sind hier gelöscht; geblieben sind Eingangsnummer, Zeiten, Prüfsummen und das Protokoll. "
        "Sicherungen enthalten sie, bis sie turnusmäßig überschrieben sind. Das Papier liegt bei, wieder "
        f"verschlossen.</p><dl>{rows}</dl></body></html>"
    )
