"""Answers in the shapes of the interface: HAL, error bodies, success with losses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

__all__ = ["LOGIN_PAGE", "Loss", "MockError", "hal", "href", "login_page", "with_losses"]

_HAL = "application/hal+json"
LOGIN_PAGE = (
    '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Anmelden</title></head>'
    "<body><h1>Anmelden</h1>"
    "<p>Testsystem: Diese Seite steht für die Anmeldeseite des Originals.</p></body></html>"
)


@dataclass(frozen=True, slots=True)
class Loss:
    """One value the server did not take although it answers with success (section 4.4)."""

    code: str
    key: str
    value: str = ""

    def body(self) -> dict[str, object]:
        return {
            "code": f"DmsApp-Mapping-{self.code}",
            "title": "A value was not adopted.",
            "detail": f"{self.code}: {self.key}",
            "hint": "",
            "data": {
                "sourceItemId": self.key,
                "sourceItemValue": self.value,
                "destinationItemId": "",
                "destinationItemValue": "",
            },
        }


class MockError(Exception):
    """An answer that is not a success, with the error body of section 4.4."""

    def __init__(
        self,
        status: int,
        reason: str,
        *,
        code: int | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.code = code
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def response(self, request: Request) -> Response:
        """The error as JSON; severity 1 as in the documented failure, requestId echoed (section 9)."""
        body: dict[str, Any] = {
            "reason": self.reason,
            "severity": 1,
            "requestId": request.headers.get("x-dv-request-id") or str(uuid4()),
        }
        if self.code is not None:
            body["errorCode"] = self.code
        return JSONResponse({**body, **self.extra}, status_code=self.status, headers=self.headers)


def hal(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A HAL document."""
    return JSONResponse(body, status_code=status, headers=headers, media_type=_HAL)


def href(target: str) -> dict[str, object]:
    """A link object; templates are marked (section 1)."""
    return {"href": target, "templated": True} if "{" in target else {"href": target}


def with_losses(losses: Iterable[Loss]) -> dict[str, object]:
    """Body of a successful write: empty, or the list of what was not adopted."""
    details = [loss.body() for loss in losses]
    return {"responseDetails": details} if details else {}


def login_page() -> Response:
    """What a browser would be shown: 200 and HTML instead of JSON (section 0, point 6)."""
    return HTMLResponse(LOGIN_PAGE)
