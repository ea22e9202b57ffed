"""The mapping against what the server says of itself: every key, what is mandatory, types, groups, the task app."""

from collections.abc import Iterator, Sequence

from config.dms_config import DmsMapping, Dossiers, PropertySource
from dms_connectors.d3ecm.answers import NotFound
from dms_connectors.d3ecm.hal import MissingRelation, names
from dms_connectors.d3ecm.repository import Repository
from dms_connectors.d3ecm.session import Session
from dms_connectors.d3ecm.tasks import Tasks
from dms_connectors.d3ecm.values import DATES, NUMBERS
from dms_connectors.d3ecm.vocabulary import Category, Field, Vocabulary, nearest
from dms_connectors.port import CheckResult
from schemas.errors import Rejected

__all__ = ["Check"]

_TEXT, _DATE, _NUMBER = (
    {"text", "string", "alphanumeric"},
    {"date", "datetime", "timestamp"},
    {"number", "numeric", "money", "integer", "decimal"},
)
_INVOICES_ONLY = frozenset(
    {
        PropertySource.INVOICE_REGISTER_NUMBER,
        PropertySource.AMOUNT,
        PropertySource.DOCUMENT_DATE,
        PropertySource.SENDER,
        PropertySource.REFERENCES,
    }
)
_GROUPS, _USER = "/identityprovider/scim/groups", "/identityprovider/validate"


class Check:
    """One line each; what the server does not tell is None, not guessed."""

    def __init__(self, session: Session, repository: Repository, mapping: DmsMapping, tasks: Tasks) -> None:
        self._session = session
        self._repository = repository
        self._mapping = mapping
        self._tasks = tasks

    def run(self) -> tuple[CheckResult, ...]:
        """Unavailable if the server does not answer."""
        self._repository.forget()
        try:
            search = self._repository.addresses().search
        except NotFound:
            return (self._unknown_repository(),)
        except MissingRelation as missing:
            return (CheckResult(False, "Repository", str(missing)),)
        by_value = "sourceproperties" in names(search)
        words = self._repository.vocabulary()
        return (
            CheckResult(True, "Repository", self._repository.id),
            CheckResult(by_value, "Suche nach Eigenschaften", "angeboten" if by_value else "nicht angeboten"),
            *self._categories(words),
            *self._properties(words),
            *self._dossiers(words),
            *self._groups(),
            self._task_app(),
        )

    def _unknown_repository(self) -> CheckResult:
        listed = self._session.get_json("/dms/r").get("repositories")
        known = [f"{entry.get('id')} ({entry.get('name')})" for entry in listed or () if isinstance(entry, dict)]
        there = f" Vorhanden: {', '.join(known)}." if known else ""
        return CheckResult(False, "Repository", f"{self._repository.id} gibt es nicht.{there}")

    def _categories(self, words: Vocabulary) -> Iterator[CheckResult]:
        for key in self._mapping.document_categories:
            category = words.category(key)
            yield _known(f"Kategorie {key}", key, category, words.categories)
            if category is not None:
                yield self._filled(key, category)

    def _filled(self, key: str, category: Category) -> CheckResult:
        """Mandatory fields nobody fills refuse every document; fields the category lacks lose every value."""
        what = f"Eigenschaften der Kategorie {key}"
        if category.fields is None:
            return CheckResult(None, what, "nicht prüfbar: der Server nennt sie nicht")
        ours = {mapped.lower() for mapped in self._mapping.properties.values()}
        held = frozenset[str]().union(*(field.keys for field in category.fields))
        empty = [_shown(field) for field in category.fields if field.mandatory and not field.keys & ours]
        expected = {
            source: mapped for source, mapped in self._mapping.properties.items() if source not in _INVOICES_ONLY
        }
        lost = [f"{source.label} ({mapped})" for source, mapped in expected.items() if mapped.lower() not in held]
        faults = [f"Pflichtfeld wird nie gefüllt: {', '.join(empty)}"] if empty else []
        faults += [f"nimmt nicht auf: {', '.join(lost)}"] if lost else []
        return CheckResult(not faults, what, "; ".join(faults) or "passen zur Zuordnung")

    def _properties(self, words: Vocabulary) -> Iterator[CheckResult]:
        for source, key in self._mapping.properties.items():
            field = words.field(key)
            what = f"{source.label} ({key})"
            line = _known(what, key, field, words.fields)
            if field is not None and (complaint := _wrong_type(source, field)):
                line = CheckResult(False, what, complaint)
            yield line

    def _dossiers(self, words: Vocabulary) -> Iterator[CheckResult]:
        keys = self._mapping.dossiers
        if keys is None:
            return
        category = words.category(keys.category)
        yield _known(f"Aktenkategorie {keys.category}", keys.category, category, words.categories)
        if category is not None and keys.create:
            yield self._creatable(keys, category)
        named = {"Aktenzeichen": keys.reference, "Aktentitel": keys.title, "Einheit": keys.unit, "Status": keys.state}
        for name, key in named.items():
            if key is not None:
                yield _known(f"{name} der Akte ({key})", key, words.field(key), words.fields)

    def _creatable(self, keys: Dossiers, category: Category) -> CheckResult:
        """A new dossier carries its reference, title and unit; whatever else is mandatory refuses it."""
        what = f"Anlegen von Akten der Kategorie {keys.category}"
        if category.fields is None:
            return CheckResult(None, what, "nicht prüfbar: der Server nennt die Eigenschaften nicht")
        ours = {key.lower() for key in (keys.reference, keys.title, keys.unit) if key is not None}
        empty = [_shown(field) for field in category.fields if field.mandatory and not field.keys & ours]
        return CheckResult(not empty, what, f"Pflichtfeld wird nie gefüllt: {', '.join(empty)}" if empty else "möglich")

    def _groups(self) -> Iterator[CheckResult]:
        """The list of groups is no documented address: without it only the user's own groups are known to exist."""
        wanted = dict.fromkeys(inbox.group for inbox in self._mapping.inboxes.values() if inbox.group is not None)
        if self._mapping.tasks.clearing is not None:
            wanted[self._mapping.tasks.clearing] = None
        everyone = self._listed(_GROUPS, "Resources", "id", "displayName") if wanted else ()
        entries = everyone or (self._listed(_USER, "groups", "value", "display") if wanted else ())
        for group in wanted:
            found = next((entry for entry in entries if group.lower() in entry.keys), None)
            if found is None and not everyone:
                yield CheckResult(None, f"Gruppe {group}", "nicht prüfbar: der Server nennt seine Gruppen nicht")
            else:
                yield _known(f"Gruppe {group}", group, found, entries)

    def _listed(self, path: str, member: str, key: str, name: str) -> tuple[Field, ...]:
        try:
            listed = self._session.get_json(path).get(member)
        except (NotFound, Rejected):
            return ()
        entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        return tuple(
            Field(str(entry.get(key)), frozenset({str(entry.get(key)).lower()}), str(entry.get(name) or ""))
            for entry in entries
        )

    def _task_app(self) -> CheckResult:
        if self._tasks.reachable():
            return CheckResult(True, "Aufgaben (Task App)", "antwortet")
        return CheckResult(None, "Aufgaben (Task App)", "nicht prüfbar: /task antwortet diesem Benutzer nicht")


def _known(what: str, key: str, found: Field | Category | None, entries: Sequence[Field | Category]) -> CheckResult:
    if found is not None:
        return CheckResult(True, what, found.name or "vorhanden")
    if not entries:
        return CheckResult(None, what, "nicht prüfbar: der Server nennt keine")
    near = nearest(key, entries)
    return CheckResult(False, what, f"gibt es nicht. Gemeint sein könnte: {near}." if near else "gibt es nicht.")


def _wrong_type(source: PropertySource, field: Field) -> str:
    """Only for type words we know: their spelling is not documented. Text takes everything."""
    if field.kind in _TEXT or field.kind not in _TEXT | _DATE | _NUMBER:
        return ""
    fits = _DATE if source in DATES else _NUMBER if source in NUMBERS else _TEXT
    return "" if field.kind in fits else f"ist auf dem Server vom Typ {field.kind}, der Wert passt dort nicht hinein."


def _shown(field: Field) -> str:
    return f"{field.name} ({field.key})"
