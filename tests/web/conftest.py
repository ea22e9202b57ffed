"""Persons who are logged in, letters and invoices in any state, with their chain and files."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from config.settings import load_settings
from records import audit, register
from records.intake import Arrival, accept
from records.models import Document, DocumentFile, RegisterEntry
from schemas.roles import Person
from schemas.states import FileRole, State
from schemas.validation import InvoiceKind, Verdict
from schemas.values import Assessment, InvoiceFacts
from tests.pipelines.papers import pdf_bytes
from tests.records.persons import make_person
from web.evidence import object_store

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HTML = "<!doctype html><html lang=de><title>Rechnung</title><p>Lesbare Rechnung</p></html>"

SignIn = Callable[..., Client]
Arrive = Callable[..., Document]
Enter = Callable[..., RegisterEntry]
Keep = Callable[..., DocumentFile]
Limit = Callable[[int], None]


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def log_in(person: Person, **options: Any) -> Client:
    """The browser of that person."""
    client = Client(**options)
    client.force_login(get_user_model().objects.get(pk=person.user_id))
    return client


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """The browser of a new person with these roles and units."""
    return lambda *roles, units=(), name="Maria Muster": log_in(make_person(*roles, units=units, name=name))


@pytest.fixture
def arrive(tmp_path: Path, db: None) -> Arrive:
    """A letter that has gone through these states; further columns as given."""

    def make(*states: State, name: str = "brief.pdf", content: bytes | None = None, **columns: Any) -> Document:
        path = tmp_path / f"claimed-{uuid4()}"
        path.write_bytes(pdf_bytes() + path.name.encode() if content is None else content)
        arrival = Arrival(uuid4(), "scan", "Zentrale Scan-Stelle", "Maria Muster", name, NOW, demo=False)
        document = Document.objects.get(id=accept(arrival, path, object_store(), NOW))
        for state in states:
            audit.append(document, state, {"reason": f"Grund für {state}"}, NOW)
        values = {"state": [State.RECEIVED, *states][-1], "state_since": NOW, "reason": "Grund."} | columns
        if states:
            values = {"register_number": f"PE-2026-{document.entry:06d}"} | values
        Document.objects.filter(id=document.id).update(**values)
        document.refresh_from_db()
        return document

    return make


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """A further file of a document."""

    def make(document: Document, role: FileRole, content: bytes, name: str) -> DocumentFile:
        path = tmp_path / f"made-{uuid4()}"
        path.write_bytes(content)
        row = object_store().register(object_store().put(path), NOW)
        return DocumentFile.objects.create(document=document, role=role, content=row, name=name)

    return make


@pytest.fixture
def enter(arrive: Arrive, keep: Keep) -> Enter:
    """An entered and validated invoice with its readable form, in that state and unit; facts as given."""

    def make(
        state: State = State.TO_CERTIFY_FACTUALLY,
        *,
        unit: str | None = "16",
        verdict: Verdict = Verdict.ACCEPT,
        columns: dict[str, Any] | None = None,
        **facts: Any,
    ) -> RegisterEntry:
        way = [State.E_INVOICE, State.ENTERED, State.VALIDATED]
        way += [] if state in way else [state]
        document = arrive(
            *way, name="rechnung.xml", content=f"<Rechnung {uuid4()}/>".encode(), unit=unit, **columns or {}
        )
        values = {
            "syntax": "UBL Invoice",
            "number": "2026-17",
            "issued_on": date(2026, 11, 16),
            "due_on": date(2026, 12, 16),
            "currency": "EUR",
            "gross": Decimal("1190.00"),
            "payable": Decimal("1190.00"),
            "seller_name": "Bürobedarf Schmidt e. K.",
            "identity": uuid4().hex * 2,
        }
        entry = register.enter(document, InvoiceFacts(**values | facts), NOW, 2026)
        register.assess(document, Assessment(verdict, InvoiceKind.E_RECHNUNG, "XRechnung"))
        keep(document, FileRole.RENDERING, HTML.encode(), "rechnung.html")
        entry.refresh_from_db()
        return entry

    return make


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Limit]:
    """Sets the largest file, in MB."""

    def make(megabytes: int) -> None:
        monkeypatch.setenv("POSTEINGANG_UPLOAD_MAX_MB", str(megabytes))
        load_settings.cache_clear()

    yield make
    monkeypatch.undo()
    load_settings.cache_clear()


def text_of(answer: Any) -> str:
    """The page as text, whatever its status."""
    return bytes(answer.content).decode()
