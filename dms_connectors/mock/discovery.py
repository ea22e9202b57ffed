"""Identity provider and discovery: everything a client asks before it files."""

import base64
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dms_connectors.mock.answers import MockError, hal, href, login_page
from dms_connectors.mock.config import Category, MockConfig, PropertyField
from dms_connectors.mock.database import Sessions
from dms_connectors.mock.documents import USER, Clock
from dms_connectors.mock.gate import Call, Gate, offered_key
from dms_connectors.mock.search import names_source

__all__ = ["Discovery"]

_SEARCH = (
    "{?children_of,sourceid,sourceproperties,sourcecategories,sourcepropertysort,ascending,fulltext,page,pagesize}"
)
_UNMAPPED_SEARCH = "{?objectdefinitionids,fulltext,properties,propertysort,ascending,showdetails}"


class Discovery:
    """Answers that depend on the configuration only, and the login."""

    def __init__(self, config: MockConfig, sessions: Sessions, clock: Clock) -> None:
        self._config = config
        self._sessions = sessions
        self._clock = clock

    def routes(self, gate: Gate) -> list[Route]:
        """All routes of this part."""
        repository = self._config.repository.path
        return [
            *gate.routes("/identityprovider", "discover", self._identity_provider, public=True),
            *gate.routes("/identityprovider/login", "login", self._login, public=True),
            *gate.routes("/identityprovider/validate", "discover", self._validate),
            *gate.routes("/dms", "discover", self._root),
            *gate.routes("/dms/r", "discover", self._repositories),
            *gate.routes(repository, "discover", self._repository),
            *gate.routes(f"{repository}/source", "discover", self._source),
            *gate.routes(f"{repository}/objdef", "discover", self._definitions),
            *gate.routes(f"{repository}/mappingconfig", "discover", self._mappings),
        ]

    async def _identity_provider(self, _: Call) -> Response:
        links = {
            "self": href("/identityprovider"),
            "login": href("/identityprovider/login"),
            "validate": href("/identityprovider/validate"),
        }
        return hal({"_links": links})

    async def _login(self, call: Call) -> Response:
        """Exchange the API key for a session (section 2); Basic also sets the cookie."""
        if not hmac.compare_digest(offered_key(call.request).encode(), self._config.api_key.encode()):
            if self._config.login_failure == "html":
                return login_page()
            raise MockError(401, "Not authenticated.", headers={"WWW-Authenticate": "Bearer"})
        # Standard base64 on purpose: its "+", "/" and "=" show who forgets to decode the cookie.
        token = base64.b64encode(b"\xfb\xff" + secrets.token_bytes(32)).decode()
        now = self._clock()
        expires = now + timedelta(minutes=self._config.session_minutes)
        await run_in_threadpool(self._sessions.add, token, now, expires)
        response = JSONResponse({"AuthSessionId": token, "Expire": _seven_digits(expires)})
        if call.request.headers.get("authorization", "").lower().startswith("basic "):
            response.set_cookie("AuthSessionId", quote(token, safe=""), httponly=True)
        return response

    async def _validate(self, _: Call) -> Response:
        user = {
            "id": USER,
            "userName": "posteingang",
            "name": {"familyName": "Posteingang", "givenName": "Testsystem"},
            "displayName": "Testsystem Posteingang",
            "emails": [],
            "groups": [],
            "photos": [],
        }
        return JSONResponse(user, headers={"Cache-Control": "max-age=60"})

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


def _seven_digits(moment: datetime) -> str:
    """The spelling of `Expire`: seven fractional digits and Z (section 2)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
