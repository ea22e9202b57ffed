"""`posteingang routing`: how a decision fell, and whether the rules still do what their own examples say."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.city_config import City
from config.load import city
from config.routing_config import DocumentType, Topic
from pipelines.routing.decide import SenderRegister, hear
from pipelines.routing.model import Alike, Judgement, model_in_use
from pipelines.routing.rows import Row, rows_of_pages, rows_of_text
from pipelines.routing.scores import Score
from pipelines.routing.senders import SenderIndex
from pipelines.routing.understand import letter_from, understand
from pipelines.routing.zones import Letter
from posteingang.recognise import stored, work_of
from schemas.errors import BadInput, ConfigurationError, os_reason
from schemas.recognised import Recognised, Zone
from schemas.senders import NOBODY, KnownSender, Senders
from schemas.states import FileRole, State

__all__ = ["explained", "failing_examples", "routing_app"]

_ZONES = {
    Zone.LETTERHEAD: "Briefkopf",
    Zone.ADDRESS: "Anschrift",
    Zone.INFORMATION: "Bezugszeichen",
    Zone.SUBJECT: "Betreff",
    Zone.BODY: "Text",
    Zone.CLOSING: "Schluss",
    Zone.FOOTER: "Fußzeile",
    Zone.FURTHER: "weitere Seite",
}
_LIKELIEST = 3
routing_app = typer.Typer(help="Verteilung der Post: Regeln erklären und prüfen.", no_args_is_help=True)


@routing_app.command("explain")
def explain_command(
    file: Annotated[Path, typer.Argument(metavar="DATEI", help="Brief als PDF oder als Text (.txt).")],
) -> None:
    """Zeigt jede Regel, die gesprochen hat, und wie die Entscheidung gefallen ist."""
    rules = city()
    rows, sure = _rows_of(file, rules)
    known = SenderIndex(_register())
    for line in explained(letter_from(rows, rules), rules, datetime.now(UTC).date(), sure, known):
        print(line)


@routing_app.command("models")
def models_command() -> None:
    """Nennt das gelernte Modell in Gebrauch und jedes Training: Zahl der Schreiben, Ergebnis, Prüfsumme."""
    from posteingang.installation import open_records

    open_records()
    from records.models import TrainingRun
    from records.models_released import Outcome, live, mark_problem

    used = live()
    name = f"Modell {used.run.number}" if used and used.run else "mitgeliefert"
    model = model_in_use()
    print(f"In Gebrauch: {name}; {f'Fassung {model.version}' if model else 'nur Regeln'}")
    if problem := mark_problem():
        print(f"Problem: {problem}")
    for one in TrainingRun.objects.order_by("-number"):
        result = Outcome(one.outcome).label if one.outcome else "läuft"
        print(f"Modell {one.number}: {result}; {one.lessons} Schreiben; {one.detail} {one.sha256}".rstrip())


@routing_app.command("test")
def test_command() -> None:
    """Prüft die Regeln an ihren eigenen Beispielen. 0: alle erkannt, 1: eines nicht."""
    rules = city()
    failing = failing_examples(rules, datetime.now(UTC).date())
    for line in failing:
        print(line)
    if failing:
        raise typer.Exit(1)
    examples = sum(len(rule.examples) for rule in (*rules.document_types, *rules.routing.topics))
    print(f"Alle {examples} Beispiele werden erkannt.")


@routing_app.command("train")
def train_command(
    out: Annotated[Path, typer.Option("--out", metavar="DATEI", help="Wohin das Modell geschrieben wird (.npz).")],
) -> None:
    """Lernt das mitgelieferte Modell neu, aus den erfundenen Briefen. Dieselben Briefe ergeben dasselbe Modell."""
    from pipelines.routing.learn import train
    from samples.lessons import lessons

    model = train(lessons(city()))
    content = model.to_bytes()
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{out}: nicht geschrieben ({os_reason(error)}).", remedy="Bitte den Pfad prüfen.") from None
    print(f"{out}: Modell {model.version}, {len(content) / 1_000_000:.1f} MB.")
    for name, head in (("Dokumentart", model.types), ("Einheit", model.units)):
        print(f"  {name}: {head.right.mean():.1%} richtig bei Wortlauten, die es nicht kannte.")


def _register() -> Senders:
    """The register of senders; an empty one where there are no records yet."""
    from posteingang.installation import open_records

    try:
        open_records()
    except ConfigurationError:
        return NOBODY
    from records.senders import senders_now

    return senders_now()


def explained(
    letter: Letter, rules: City, day: date, sure: float | None = None, senders: SenderRegister | None = None
) -> Iterator[str]:
    """The letter in its zones, every rule that spoke with its words and weights, the values, the decision."""
    yield "Zonen:"
    for number, (start, line) in enumerate(letter.lines(), 1):
        yield f"  {number:3} {_ZONES[letter.zone_at(start)]:13} {line[:100]}"
    model = model_in_use()
    found = understand(letter, rules, day, sureness=sure, senders=senders, model=model)
    if found.closed is None:
        heard = hear(letter, rules, senders, model)
        for title, scores in (("Dokumentarten:", heard.types), ("Themen:", heard.topics)):
            yield title
            yield from (line for score in scores for line in _spoken(score, rules))
        named = [f"{number} („{words}“)" for number, words in heard.addressed.items()]
        yield f"Anschrift nennt: {', '.join(named) or heard.other_office or 'keine Einheit'}"
        yield f"Unser Zeichen: {heard.reference[1] if heard.reference else 'keines'}"
        yield f"Bekannter Absender: {_sender(heard.sender, rules)}"
        yield from _alike(heard.alike, rules)
    yield from _values(found)
    yield from _decision(found, rules)


def _sender(known: KnownSender | None, rules: City) -> str:
    if known is None:
        return "keiner"
    unit = rules.unit(known.unit or "")
    return f"{known.name} ({f'Einheit {unit.number} {unit.name}' if unit else 'sagt keine Einheit'})"


def _spoken(score: Score, rules: City) -> Iterator[str]:
    by = [kind.name for key in score.silenced_by if (kind := rules.document_type(key))]
    behind = f", tritt zurück hinter {', '.join(by)}" if by else ""
    yield f"  {score.rule.name}: {score.score:g} Punkte{behind}"
    for hit, weight in score.hits:
        yield f"      {weight:4g}  {_ZONES[hit.zone]:13} „{hit.words}“"


def _alike(judged: Judgement, rules: City) -> Iterator[str]:
    """What the learned model says: the likeliest types and units."""
    yield f"Gelerntes Modell {judged.version}:" if judged.version else "Gelerntes Modell: keines"
    for alike in judged.types[:_LIKELIEST]:
        kind = rules.document_type(alike.key)
        yield f"  {alike.probability:4.0%}  {kind.name if kind else alike.key}{_striking(alike)}"
    for alike in judged.units[:_LIKELIEST]:
        unit = rules.unit(alike.key)
        name = f"{unit.number} {unit.name}" if unit else "keine Einheit"
        yield f"  {alike.probability:4.0%}  {name}{_striking(alike)}"
    if judged.units:
        yield f"  Zugeleitet wird allein danach ab {_bar(judged.alone)}, mit den Regeln ab {_bar(judged.agreed)}."


def _striking(alike: Alike) -> str:
    return f" (auffällig: {', '.join(f'„{word}“' for word in alike.words)})" if alike.words else ""


def _bar(probability: float) -> str:
    return "nie" if probability > 1 else f"{probability:.1%}"


def _values(found: Recognised) -> Iterator[str]:
    yield "Erkannt:"
    for value in found.values:
        place = value.place
        yield f"  {value.kind.value}: {value.value} ({value.confidence:.0%}, {_ZONES[place.zone]}, Zeile {place.line})"
    for deadline in found.deadlines:
        yield f"  Frist {deadline.ends_on:%d.%m.%Y}: {deadline.basis}"
    if found.invoice is not None:
        invoice = found.invoice
        for name, read in (
            ("Rechnungsnummer", invoice.number),
            ("Rechnungsdatum", invoice.issued_on),
            ("Bruttobetrag", invoice.gross),
            ("IBAN", invoice.iban),
        ):
            sure = "sicher" if read is not None and read.certain else "Vorschlag"
            yield f"  {name}: {f'{read.value} ({sure})' if read is not None else 'nicht gefunden'}"
    yield f"  Sprache: {found.language or 'unbekannt'}; Original nötig: {'ja' if found.needs_original else 'nein'}"


def _decision(found: Recognised, rules: City) -> Iterator[str]:
    decision = found.decision
    kind, unit = rules.document_type(decision.document_type or ""), rules.unit(decision.unit or "")
    yield "Entscheidung:"
    yield f"  {kind.name if kind else 'keine Dokumentart'}, {f'{unit.number} {unit.name}' if unit else 'keine Einheit'}"
    yield f"  Sicherheit {decision.confidence:.0%}, {'wird zugeleitet' if decision.certain else 'Klärfall'}"
    for reason in (*decision.reasons, *([decision.doubt] if decision.doubt else [])):
        yield f"  - {reason}"


def failing_examples(rules: City, day: date) -> list[str]:
    """A German line for every example of a rule that the rules do not tell as that rule."""
    return [
        f"{rule.name}, Beispiel {number}: erkannt als {got}."
        for rule in (*rules.document_types, *rules.routing.topics)
        for number, example in enumerate(rule.examples, 1)
        if (got := _told(example, rule, rules, day)) != rule.name
    ]


def _told(example: str, rule: DocumentType | Topic, rules: City, day: date) -> str:
    letter = letter_from(rows_of_text(example), rules)
    if isinstance(rule, Topic):
        topics = hear(letter, rules).topics
        return topics[0].rule.name if topics else "kein Thema"
    kind = rules.document_type(understand(letter, rules, day).decision.document_type or "")
    return kind.name if kind else "keine Dokumentart"


def _rows_of(file: Path, rules: City) -> tuple[tuple[Row, ...], float | None]:
    """Rows of a text file, or of a PDF read as in the mailroom, and how sure the text is."""
    try:
        if file.suffix.lower() == ".txt":
            return rows_of_text(file.read_text(encoding="utf-8")), None
        file.stat()
    except (OSError, UnicodeDecodeError) as error:
        what = os_reason(error) if isinstance(error, OSError) else "kein Text in UTF-8"
        raise BadInput(f"{file}: nicht lesbar ({what}).", remedy="Bitte den Pfad prüfen.") from None
    return _read(file, rules)


def _read(file: Path, rules: City) -> tuple[tuple[Row, ...], float | None]:
    from pipelines.intake.identify import identify
    from pipelines.scan.recognise import recognise
    from pipelines.scan.words import read_words, sureness

    with tempfile.TemporaryDirectory() as folder:
        work = work_of(file, Path(folder), datetime.now(UTC))
        for step in (identify, recognise):
            result = step(work, rules)
            if result.state is State.QUARANTINED:
                raise BadInput(f"{file}: {result.reason}")
            work = replace(work, facts=result.facts, files=work.files | stored(result.files))
        pages = read_words(work.file(FileRole.WORDS).path)
        return rows_of_pages(pages), sureness(pages)
