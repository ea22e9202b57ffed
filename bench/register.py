"""The register with 200,000 entries: its pages as the browser asks for them, and its export with its memory."""

import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

__all__ = ["bench_register"]

_ENTRIES = int(os.environ.get("BENCH_ENTRIES", "200000"))
_AT_ONCE = 5_000
_ROUNDS = 5
_START = datetime(2024, 1, 2, 8, tzinfo=UTC)
_UNITS = ("16", "22", "25", "50", "51")
_SELLERS = ("Bau", "Büro", "Druck", "Energie", "Garten", "Holz", "Kälte", "Licht", "Reinigung", "Wasser")
_FORMS = ("GmbH", "e. K.", "AG", "OHG")
_PAGES = {
    "newest": "",
    "oldest": "?ordnung=aelteste",
    "by due day": "?ordnung=faellig",
    "by amount": "?ordnung=betrag",
    "by seller": "?ordnung=steller",
    "state: filed (95 %)": "?zustand=filed",
    "state: to be certified (2 %)": "?zustand=to_certify_factually",
    "state: clarification (0.1 %)": "?zustand=clarification",
    "unit (20 %)": "?einheit=51",
    "unit and state": "?einheit=51&zustand=filed&ordnung=betrag",
    "rejected by the rules": "?pruefung=reject&ordnung=faellig",
    "a month": "?von=2024-05-01&bis=2024-05-31&ordnung=betrag",
    "overdue": "?ueberfaellig=1&ordnung=faellig",
    "possible duplicates": "?hinweis=1",
    "search: a number": "?suche=RE-2024-150000",
    "search: invoice number": "?suche=R-77777",
    "search: an amount": "?suche=1.234,56",
    "search: GmbH (half of all)": "?suche=GmbH",
    "search: nothing found": "?suche=gibtesnicht",
    "search: seller and state": "?suche=wasser&zustand=filed",
}


def bench_register() -> None:
    """Milliseconds of the server for a page (median and worst of five), then seconds and MB for an export."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["POSTEINGANG_VAR"] = str(Path(name) / "var")
        from posteingang.installation import prepare_installation

        prepare_installation("bench")
        began = time.perf_counter()
        _fill()
        print(f"{_ENTRIES} entries in {time.perf_counter() - began:.0f} s")
        print(f"{'page':34} {'median ms':>10} {'worst ms':>9}")
        for client, who in ((_client("accounting"), ""), (_client("unit"), " (a unit)")):
            for label, query in _PAGES.items():
                times = _timed(lambda client=client, query=query: client(query))  # type: ignore[misc]
                print(f"{label + who:34} {statistics.median(times):10.1f} {max(times):9.1f}", flush=True)
        _export(Path(name))


def _client(kind: str) -> Callable[[str], None]:
    """Asks for the page as that person, without the network between."""
    from django.test import RequestFactory

    from schemas.roles import Person, Role
    from web.pages.register import register

    roles, units = (
        (frozenset({Role.ACCOUNTING}), frozenset())
        if kind == "accounting"
        else (
            frozenset({Role.UNIT}),
            frozenset({"51"}),
        )
    )
    person, factory = Person(1, "Maria Muster", roles, frozenset(units)), RequestFactory()

    def ask(query: str) -> None:
        from django.contrib.auth.models import AnonymousUser

        request = factory.get(f"/rechnungen/{query}")
        request.user = AnonymousUser()  # the frame of the page is not measured
        answer = register(request, person)
        assert answer.status_code == 200

    return ask


def _timed(ask: Callable[[], None]) -> list[float]:
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _export(folder: Path) -> None:
    from pipelines.invoice.rebu.document import Header
    from pipelines.invoice.rebu.formats import Format, write
    from records.register_export import exported

    header = Header(date(2024, 1, 1), date(2030, 1, 1), datetime.now(UTC))
    for kind in Format:
        began, target = time.perf_counter(), folder / f"export.{kind.ending}"
        with target.open("wb") as stream, tempfile.TemporaryDirectory(dir=folder) as scratch:
            entries = exported(header.first, header.last)
            trailer = write(kind, entries, stream, header, scratch=Path(scratch), supplier="Stadt")
        seconds, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = target.stat().st_size / 1e6
        print(f"export {kind:5} {trailer.count} entries {seconds:6.0f} s {size:7.1f} MB, process at most {peak:.0f} MB")


def _fill() -> None:
    """Made-up invoices over three years: most are filed, some wait, a few are like another."""
    from django.db import transaction

    from records.models import (
        Document,
        Intake,
        Likeness,
        RegisterEntry,
        RegisterReceived,
        SearchText,
        StoredObject,
    )
    from records.wording import folded

    content = StoredObject.objects.create(sha256="0" * 64, sha512="0" * 128, size=1, stored_at=_START)
    text = _received()
    for numbers in _batches():
        made = [_invoice(number) for number in numbers]
        with transaction.atomic():
            Intake.objects.bulk_create(Intake(content=content, **each["intake"]) for each in made)  # type: ignore[arg-type]
            Document.objects.bulk_create(Document(**each["document"]) for each in made)  # type: ignore[arg-type]
            RegisterEntry.objects.bulk_create(RegisterEntry(**each["entry"]) for each in made)  # type: ignore[arg-type]
            RegisterReceived.objects.bulk_create(
                RegisterReceived(entry_id=number, text=text, sha256="0" * 64) for number in numbers
            )
            SearchText.objects.bulk_create(
                SearchText(document_id=number, text=each["text"], folded=folded(str(each["text"])))
                for number, each in zip(numbers, made, strict=True)
            )
    Likeness.objects.bulk_create(
        Likeness(entry_id=number, other_id=number - 1, kind="same_amount", found_at=_START)
        for number in range(1_000, _ENTRIES, 1_000)
    )


def _batches() -> Iterator[range]:
    for start in range(1, _ENTRIES + 1, _AT_ONCE):
        yield range(start, min(start + _AT_ONCE, _ENTRIES + 1))


def _received() -> str:
    from schemas.rebu import InvoiceSaid, Receipt, Received, VatAmount, canonical

    receipt = Receipt(_START, "rechnung", "E-Mail", "Maria Muster", "rechnung.xml", "0" * 64)
    vat = (VatAmount("S", Decimal(19), Decimal("100.00"), Decimal("19.00")),)
    return canonical(Received(receipt, InvoiceSaid(vat=vat, payment_terms="Zahlbar in 30 Tagen", buyer_name="Stadt")))


def _invoice(number: int) -> dict[str, object]:
    dice = random.Random(number)
    at = _START + timedelta(minutes=number * 7)
    state = "filed" if number % 20 else dice.choice(("to_certify_factually", "to_order", "to_release", "rejected"))
    state = "clarification" if number % 1_000 == 0 else state
    gross = Decimal(dice.randrange(1_000, 2_000_000)) / 100
    seller = f"{dice.choice(_SELLERS)} {dice.randrange(2_000)} {dice.choice(_FORMS)}"
    claim, document = uuid4(), UUID(int=dice.getrandbits(128), version=4)
    entry = f"RE-{at.year}-{number:06d}"
    return {
        "intake": {
            "claim_id": claim,
            "inbox": "rechnung",
            "intake_point": "E-Mail",
            "operator": "Maria Muster",
            "original_name": f"rechnung-{number}.xml",
            "received_at": at,
        },
        "document": {
            "id": document,
            "entry": number,
            "intake_id": claim,
            "register_number": f"PE-{at.year}-{number:06d}",
            "state": state,
            "state_since": at,
            "unit": _UNITS[number % 5],
        },
        "entry": {
            "id": number,
            "number": entry,
            "document_id": document,
            "entered_at": at,
            "received_at": at,
            "syntax": "UBL Invoice",
            "invoice_number": f"R-{number}",
            "issued_on": at.date(),
            "type_code": "380",
            "currency": "EUR",
            "gross": gross,
            "payable": gross,
            "due_on": at.date() + timedelta(days=30) if number % 10 else None,
            "seller_name": seller,
            "seller_key": f"{number % 2000:064d}",
            "account": "DE02120300000000202051",
            "verdict": "reject" if number % 200 == 0 else "accept",
            "kind": "e_rechnung",
        },
        "text": f"Rechnung {entry} R-{number} {seller} {gross:.2f}".replace(".", ","),
    }
