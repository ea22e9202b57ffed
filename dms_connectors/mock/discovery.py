"""Identity provider and discovery: everything a client asks before it files."""

import base64
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dms_connectors.mock.answers import MockError, hal, href, login_page
from dms_connectors.mock.config import Category, MockConfig
from dms_connectors.mock.database import Sessions
from dms_connectors.mock.documents import USER, Clock
from dms_connectors.mock.gate import Call, Gate, offered_key

__all__ = ["Discovery"]

_SEARCH = (
    "{?children_of,sourceid,sourceproperties,sourcecategories,sourcepropertysort,ascending,fulltext,page,pagesize}"
)


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
        config = self._config
        properties = [
            {"key": item.key, "type": item.type, "displayName": item.display_name} for item in config.properties
        ]
        categories = [{"key": item.key, "displayName": item.display_name} for item in config.categories]
        return hal(
            {
                "id": config.repository.source,
                "displayName": config.repository.name,
                "categories": categories,
                "properties": properties,
            }
        )

    async def _definitions(self, _: Call) -> Response:
        return hal({"objectDefinitions": [self._definition(item) for item in self._config.categories]})

    def _definition(self, category: Category) -> dict[str, Any]:
        """One category with its properties: the only place that tells what is mandatory (section 6)."""
        fields = [item for item in self._config.properties if item.key in category.properties]
        return {
            "id": category.key,
            "uniqueId": self._unique(category.key),
            "displayName": category.display_name,
            "writeAccess": True,
            "objectType": "DOCUMENT",
            "propertyFields": [
                {
                    "id": item.key,
                    "uniqueId": self._unique(f"{category.key}/{item.key}"),
                    "displayName": item.display_name,
                    "isMandatory": item.key in category.mandatory,
                    "dataType": item.type,
                }
                for item in fields
            ],
        }

    def _unique(self, name: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self._config.repository.path}/objdef/{name}"))


def _seven_digits(moment: datetime) -> str:
    """The spelling of `Expire`: seven fractional digits and Z (section 2)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
