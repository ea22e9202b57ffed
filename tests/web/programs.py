"""Other programs that call the interface with a key."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.test import Client

from config.settings import load_settings
from records.tokens import make
from schemas.roles import Scope

__all__ = ["PDF", "Program", "form_of", "leftovers", "new_program"]

PDF = b"%PDF-1.7\nBrief\n%%EOF\n"
_BOUNDARY = "grenze-7d9"


def form_of(content: bytes, name: str = "brief.pdf", field: str = "file", *, end: bool = True) -> bytes:
    """A multipart body with one file, every byte as given."""
    disposition = f'form-data; name="{field}"; filename="{name}"'
    head = f"--{_BOUNDARY}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/pdf\r\n\r\n"
    return head.encode() + content + (f"\r\n--{_BOUNDARY}--\r\n".encode() if end else b"")


class Program:
    """Calls with its own key; a header given as None is left out."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(enforce_csrf_checks=True)

    def hand_in(self, content: bytes = PDF, name: str = "brief.pdf", key: str | None = None, **headers: Any) -> Any:
        """As a form."""
        return self.post(form_of(content, name), f"multipart/form-data; boundary={_BOUNDARY}", key, **headers)

    def send(
        self, content: bytes = PDF, disposition: str | None = 'attachment; filename="brief.pdf"', **headers: Any
    ) -> Any:
        """The file as the body."""
        return self.post(content, "application/pdf", None, content_disposition=disposition, **headers)

    def post(self, body: bytes, kind: str, key: str | None = None, **headers: Any) -> Any:
        asked = {"idempotency_key": key or f"lauf-{uuid4()}"} | headers
        return self.client.post("/api/v1/documents", body, content_type=kind, headers=self._headers(asked))

    def show(self, document_id: object, **headers: Any) -> Any:
        return self.client.get(f"/api/v1/documents/{document_id}", headers=self._headers(headers))

    def _headers(self, asked: dict[str, Any]) -> dict[str, str]:
        everything = {"authorization": f"Bearer {self.secret}"} | asked
        return {name: value for name, value in everything.items() if value is not None}


def new_program(*scopes: Scope, inbox: str = "rechnung") -> Program:
    """A program with a new key, to hand in and ask unless scopes are named."""
    allowed = scopes or (Scope.WRITE_DOCUMENTS, Scope.READ_DOCUMENTS)
    return Program(make(f"Programm {uuid4()}", inbox, allowed, datetime.now(UTC)))


def leftovers() -> list[Path]:
    """What a request has left in the scratch folder."""
    return list(load_settings().scratch.glob("*")) if load_settings().scratch.exists() else []
