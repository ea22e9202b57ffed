"""The identity provider: login, who one is, users and groups (section 2)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dms_connectors.mock.answers import MockError, hal, href, login_page
from dms_connectors.mock.config import Group, MockConfig
from dms_connectors.mock.database import Sessions
from dms_connectors.mock.gate import Call, Gate, knows_key, set_session_cookie
from dms_connectors.mock.values import USER, Clock

__all__ = ["Identity"]

_VALID_SECONDS = 60
_SCIM_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"  # RFC 7644, section 3.4.2


class Identity:
    """Exchanges the key for a session, and names the user and the groups of the configuration."""

    def __init__(self, config: MockConfig, sessions: Sessions, clock: Clock) -> None:
        self._config = config
        self._sessions = sessions
        self._clock = clock

    def routes(self, gate: Gate) -> list[Route]:
        """All routes of this part."""
        base = "/identityprovider"
        return [
            *gate.routes(base, "discover", self._root, public=True),
            *gate.routes(f"{base}/login", "login", self._login, public=True, any_form=True),
            *gate.routes(f"{base}/validate", "discover", self._validate),
            *gate.routes(f"{base}/scim/users", "discover", self._users),
            *gate.routes(f"{base}/scim/users/{{user}}", "discover", self._one_user),
            *gate.routes(f"{base}/scim/groups", "discover", self._groups),
            *gate.routes(f"{base}/scim/groups/{{group}}", "discover", self._one_group),
        ]

    async def _root(self, _: Call) -> Response:
        names = ("login", "validate")
        links = {"self": href("/identityprovider"), **{name: href(f"/identityprovider/{name}") for name in names}}
        return hal({"_links": links})

    async def _login(self, call: Call) -> Response:
        """Exchange the API key for a session; Basic also sets the cookie. A browser sees the login page."""
        if not knows_key(call.request, self._config.api_key):
            wants_page = "text/html" in call.request.headers.get("accept", "")
            if wants_page or self._config.login_failure == "html":
                return login_page()
            raise MockError(401, "Not authenticated.", headers={"WWW-Authenticate": "Bearer"})
        opened = await run_in_threadpool(self._sessions.open, self._clock(), self._config.session_minutes)
        response = JSONResponse({"AuthSessionId": opened.token, "Expire": _seven_digits(opened.expires)})
        if call.request.headers.get("authorization", "").lower().startswith("basic "):
            set_session_cookie(response, opened.token)
        return response

    async def _validate(self, _: Call) -> Response:
        return JSONResponse(self._user(), headers={"Cache-Control": f"max-age={_VALID_SECONDS}"})

    async def _users(self, _: Call) -> Response:
        return _listed([self._user()])

    async def _one_user(self, call: Call) -> Response:
        if call.request.path_params["user"] != USER:
            raise MockError(404, "The user does not exist.")
        return JSONResponse(self._user())

    async def _groups(self, _: Call) -> Response:
        return _listed([_shown(group) for group in self._config.groups])

    async def _one_group(self, call: Call) -> Response:
        wanted = call.request.path_params["group"]
        found = next((group for group in self._config.groups if group.id == wanted), None)
        if found is None:
            raise MockError(404, "The group does not exist.")
        return JSONResponse(_shown(found))

    def _user(self) -> dict[str, Any]:
        """The technical user the API key acts for, in the SCIM form."""
        member = self._config.user_groups
        groups = [{"value": group.id, "display": group.name} for group in self._config.groups if group.id in member]
        return {
            "id": USER,
            "userName": "posteingang",
            "name": {"familyName": "Posteingang", "givenName": "Testsystem"},
            "displayName": "Testsystem Posteingang",
            "emails": [{"value": "posteingang@example.org"}],
            "groups": groups,
            "photos": [],
        }


def _shown(group: Group) -> dict[str, str]:
    return {"id": group.id, "displayName": group.name}


def _listed(resources: Sequence[Mapping[str, Any]]) -> Response:
    count = len(resources)
    counted = {"totalResults": count, "startIndex": 1, "itemsPerPage": count}
    return JSONResponse({"schemas": [_SCIM_LIST], **counted, "Resources": list(resources)})


def _seven_digits(moment: datetime) -> str:
    """The spelling of `Expire`: seven fractional digits and Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
