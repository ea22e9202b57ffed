"""What a client asks before it files: repositories, links, source, mappings, object definitions."""

from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from dms_connectors.mock.answers import hal, href
from dms_connectors.mock.config import Category, MockConfig, PropertyField
from dms_connectors.mock.gate import Call, Gate
from dms_connectors.mock.search import names_source

__all__ = ["Discovery"]

_SEARCH = (
    "{?children_of,sourceid,sourceproperties,sourcecategories,sourcepropertysort,ascending,fulltext,page,pagesize}"
)
_UNMAPPED_SEARCH = "{?objectdefinitionids,fulltext,properties,propertysort,ascending,showdetails}"


class Discovery:
    """Answers that depend on the configuration only."""

    def __init__(self, config: MockConfig) -> None:
        self._config = config

    def routes(self, gate: Gate) -> list[Route]:
        """All routes of this part."""
        repository = self._config.repository.path
        return [
            *gate.routes("/dms", "discover", self._root),
            *gate.routes("/dms/r", "discover", self._repositories),
            *gate.routes(repository, "discover", self._repository),
            *gate.routes(f"{repository}/source", "discover", self._source),
            *gate.routes(f"{repository}/objdef", "discover", self._definitions),
            *gate.routes(f"{repository}/mappingconfig", "discover", self._mappings),
        ]

    async def _root(self, _: Call) -> Response:
        search = "/dms/s/{?objectdefinitionids,fulltext,properties,showresultlist,repositoryid}"
        links = {
            "self": href("/dms"),
            "repo": href("/dms/r/{repositoryid}"),
            "allrepos": href("/dms/r"),
            "search": href(search),
            "new": href("/dms/new/"),
        }
        return hal({"_links": links})

    async def _repositories(self, _: Call) -> Response:
        return hal({"_links": {"self": href("/dms/r/")}, "repositories": [self._described()]})

    async def _repository(self, _: Call) -> Response:
        return hal(self._described())

    def _described(self) -> dict[str, Any]:
        repository = self._config.repository
        return {
            "_links": {
                "self": href(repository.path),
                "source": href(repository.source),
                "chunkedupload": href(f"{repository.path}/blob/chunk/"),
                "dmsobjectwithmapping": href(f"{repository.path}/o2m/{{dmsobjectid}}{{?sourceid}}"),
                "searchresultwithmapping": href(f"{repository.path}/srm{_SEARCH}"),
                "searchresult": href(f"{repository.path}/sr/{_UNMAPPED_SEARCH}"),
                "mappingconfig": href(f"{repository.path}/mappingconfig{{?sourceid}}"),
                "new": href(f"{repository.path}/new/"),
            },
            "id": str(repository.id),
            "name": repository.name,
            "supportsFulltextSearch": True,
            "serverId": "mock",
            "available": True,
            "isDefault": True,
            "version": "mock",
        }

    async def _source(self, _: Call) -> Response:
        """The default source: every category and property, whatever the rights (section 6)."""
        config = self._config
        properties = [
            {"key": key, "type": item.type, "displayName": item.display_name}
            for item in config.properties
            for key in config.spellings(item)
        ]
        categories = [
            {"key": key, "displayName": item.display_name}
            for item in config.categories
            for key in config.spellings(item)
        ]
        source = {"id": config.repository.source, "displayName": config.repository.name}
        return hal({**source, "categories": categories, "properties": properties})

    async def _definitions(self, _: Call) -> Response:
        return hal({"objectDefinitions": [self._definition(item) for item in self._config.categories]})

    def _definition(self, category: Category) -> dict[str, Any]:
        """One category with its properties: the only place that tells what is mandatory (section 6)."""
        fields = (field for key in category.properties if (field := self._config.field(key)))
        return {
            **self._ids(category),
            "displayName": category.display_name,
            "writeAccess": True,
            "objectType": "FOLDER" if category.dossier else "DOCUMENT",
            "propertyFields": [
                {
                    **self._ids(field),
                    "displayName": field.display_name,
                    "isMandatory": field.key in category.mandatory,
                    "dataType": field.type,
                }
                for field in fields
            ],
        }

    def _ids(self, item: PropertyField | Category) -> dict[str, str]:
        """Older systems have no uniqueId; in the cloud the id is not what documents are filed with."""
        return (
            {"id": item.key}
            if self._config.keys == "short"
            else {"id": item.key, "uniqueId": self._config.unique(item)}
        )

    async def _mappings(self, call: Call) -> Response:
        """The fixed mapping of the default source; other sources have none here (section 6)."""
        query = {name.lower(): value for name, value in reversed(call.request.query_params.multi_items())}
        if not names_source(self._config, query.get("sourceid", self._config.repository.source)):
            return hal({"mappings": []})
        items = [
            {"destination": item.key, "source": key, "type": kind}
            for kind, known in ((0, self._config.properties), (1, self._config.categories))
            for item in known
            for key in self._config.spellings(item)
        ]
        source, name = self._config.repository.source, self._config.repository.name
        address = f"{self._config.repository.path}/mappingconfig?sourceid={quote(source, safe='')}"
        mapping = {"_links": {"self": href(address)}, "name": name, "sourceId": source, "mappingItems": items}
        return hal({"_links": {"self": href(address)}, "mappings": [mapping]})
