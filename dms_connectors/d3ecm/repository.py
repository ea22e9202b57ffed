"""The repository as discovered: its addresses, its words, and how its objects are read and searched."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dms_connectors.d3ecm.answers import NotFound
from dms_connectors.d3ecm.hal import MissingRelation, expand, link, names
from dms_connectors.d3ecm.items import Item
from dms_connectors.d3ecm.session import Session
from dms_connectors.d3ecm.vocabulary import Vocabulary, nearest
from schemas.errors import Rejected, Unavailable

__all__ = ["Addresses", "Repository"]

_CHECK = "Bitte dms.yaml oder das DMS berichtigen ('posteingang dms check') und dann erneut verarbeiten."


@dataclass(frozen=True, slots=True)
class Addresses:
    """Discovered once a process: templates of the repository and the id of its default source."""

    own: str
    source: str
    upload: str
    item: str
    search: str

    def of_new(self) -> str:
        return expand(self.item)

    def of(self, target_id: str) -> str:
        return expand(self.item, dmsobjectid=target_id, sourceid=self.source)


class Repository:
    """Discovery cached per process, renewed after 404. `configured`: the property keys of the mapping."""

    def __init__(self, session: Session, repository_id: str, configured: Iterable[str]) -> None:
        self.id = repository_id
        self._session = session
        self._configured = frozenset(key.lower() for key in configured)
        self._addresses: Addresses | None = None
        self._vocabulary: Vocabulary | None = None
        self._found: dict[str, Item] = {}
        self._altered: set[str] = set()

    def addresses(self) -> Addresses:
        """Where things are; asked by links from /dms on, the one fixed address."""
        if self._addresses is None:
            root = self._session.get_json("/dms")
            own = expand(link(root, "repo"), repositoryid=self.id)
            found = self._session.get_json(own)
            self._addresses = Addresses(
                own=own,
                source=link(found, "source"),
                upload=link(found, "chunkedupload"),
                item=link(found, "dmsobjectwithmapping"),
                search=link(found, "searchresultwithmapping"),
            )
        return self._addresses

    def forget(self) -> None:
        """The next call discovers anew."""
        self._addresses = self._vocabulary = None

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """After a 404 the next try discovers anew: the repository may have moved."""
        try:
            yield
        except NotFound:
            self.forget()
            raise

    def item(self, target_id: str) -> Item:
        """The object with its properties, asked from the server now."""
        with self.renewing():
            return Item.of(self._session.get_json(self.addresses().of(target_id)))

    def item_if_there(self, target_id: str) -> Item | None:
        """None if it is gone. A 404 counts only after the addresses have been discovered anew."""
        for _ in range(2):
            try:
                return self.item(target_id)
            except NotFound:
                self.addresses()
        return None

    def just_found(self, target_id: str) -> Item | None:
        """What the last search showed of the object, once; saves a request when a store is read back.

        Never of an object this process has changed: a search index may lag behind.
        """
        found = self._found.pop(target_id, None)
        return None if target_id in self._altered else found

    def altering(self, target_id: str) -> None:
        """To be said before every change of an object."""
        self._altered.add(target_id)

    def search(self, values: Mapping[str, str], categories: Iterable[str] = (), **parameters: str) -> list[Item]:
        """Every hit of all pages. The server's idea of 'equal' is not known: the caller looks at each hit."""
        places = self.addresses()
        asked = {"sourceid": places.source} | parameters
        if values:
            if "sourceproperties" not in names(places.search):  # left out, the search would show everything there is
                raise MissingRelation("Das DMS bietet die Suche nach Eigenschaften nicht an.")
            asked["sourceproperties"] = _json({key: [value] for key, value in values.items()})
        if chosen := list(categories):
            asked["sourcecategories"] = _json(chosen)
        found = self.pages(expand(places.search, **asked))
        self._found = {item.id: item for item in found} if values else {}
        return found

    def pages(self, path: str) -> list[Item]:
        """The items of a result list, following `next` as given."""
        found: list[Item] = []
        seen: set[str] = set()
        while path:
            if path in seen:
                raise Unavailable("Das DMS führt beim Blättern im Kreis; das Suchergebnis ist nicht verwendbar.")
            seen.add(path)
            with self.renewing():
                answer = self._session.get_json(path)
            found += [Item.of(entry) for entry in answer.get("items") or () if isinstance(entry, dict)]
            path = str(((answer.get("_links") or {}).get("next") or {}).get("href") or "")
        return found

    def vocabulary(self) -> Vocabulary:
        """Categories and properties with all forms of their keys; what the server does not tell is empty."""
        if self._vocabulary is None:
            places = self.addresses()
            self._vocabulary = Vocabulary(self._told(places.source), self._told(f"{places.own.rstrip('/')}/objdef"))
        return self._vocabulary

    def require_field(self, label: str, key: str, category: str = "") -> None:
        """Rejected unless the server has that property, and `category` takes it: d.3ecm drops other values silently.

        Asked of what is cached, so it costs nothing a document. Unavailable if the server tells no properties now.
        """
        words = self.vocabulary()
        if words.field(key) is None:
            self.forget()
            if not words.fields:
                raise Unavailable(
                    f"Das DMS nennt seine Eigenschaften nicht; ob es {label} ({key}) gibt, bleibt offen.",
                    remedy="Rechte des API-Benutzers auf die Quelle des Repositorys prüfen.",
                )
            near = nearest(key, words.fields)
            meant = f" Gemeint sein könnte: {near}." if near else ""
            raise Rejected(f"Die Eigenschaft {key} für {label} gibt es im DMS nicht.{meant}", remedy=_CHECK)
        taker = words.category(category)
        if (
            taker is not None
            and taker.fields is not None
            and not any(key.lower() in each.keys for each in taker.fields)
        ):
            self.forget()
            raise Rejected(f"Die Kategorie {category} nimmt {label} ({key}) nicht auf.", remedy=_CHECK)

    def slots(self, item: Item, key: str) -> tuple[str, ...]:
        """The filled values of a property; repositories may answer with another form of the key (UUID, number)."""
        if key.lower() in item.values:
            return item.values[key.lower()]
        return next((item.values[form] for form in self._forms(item, key) if form in item.values), ())

    def category(self, item: Item, configured: Iterable[str]) -> str:
        """The category in the form of the configuration if it is one of ours, else as the server names it."""
        shown = {key.lower() for key in item.categories}
        ours = dict.fromkeys(configured)
        for key in ours:
            if key.lower() in shown:
                return key
        for key in ours if shown else ():
            if shown & self.vocabulary().forms_of_category(key):
                return key
        return next(iter(item.categories), "")

    def _forms(self, item: Item, key: str) -> frozenset[str]:
        """Asked only if the item shows keys we do not know: in steady state nothing is asked."""
        foreign = [shown for shown in item.values.keys() - self._configured if not shown.startswith("property_")]
        return self.vocabulary().forms_of_field(key) if foreign else frozenset()

    def _told(self, path: str) -> dict[str, Any]:
        try:
            return self._session.get_json(path)
        except (NotFound, Rejected):
            return {}


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
