"""The master data of the finance system: taken over file by file, as they are now, and as they were."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from records.models import MasterDataImport, MasterKey, MasterRecord
from schemas.accounting import AccountingObject, Commitment, Creditor, ExemptionCertificate, MasterDataKind
from schemas.creditor_keys import compact, name_key, tax_number_key
from schemas.master_data import Entry, MasterDataFile

__all__ = [
    "certificates_of",
    "commitment",
    "creditor_in",
    "imported",
    "newest_imports",
    "present",
    "record_of",
    "search",
    "take_over",
    "unknown",
    "value_in",
]

_VALUES: dict[MasterDataKind, type[Entry]] = {
    MasterDataKind.CREDITORS: Creditor,
    MasterDataKind.COMMITMENTS: Commitment,
    MasterDataKind.EXEMPTIONS: ExemptionCertificate,
}
_AT_ONCE = 500


def take_over(
    kind: MasterDataKind,
    file: MasterDataFile,
    *,
    name: str,
    sha256: str,
    actor: str,
    now: datetime,
    largest_loss: Decimal,
    confirmed: bool = False,
) -> MasterDataImport:
    """All of the file or nothing of it. What it no longer holds ends; earlier versions stay.

    With a fault, or if more than `largest_loss` per cent would end and nobody has `confirmed` it, only the try is kept.
    """
    with transaction.atomic():
        newest = MasterDataImport.objects.filter(kind=kind, generation__isnull=False).order_by("-generation").first()
        if newest is not None and newest.sha256 == sha256:
            return newest
        tried = MasterDataImport(
            kind=kind, file_name=name[:255], sha256=sha256, at=now, actor=actor[:255], rows=file.rows
        )
        tried.complaints = [*file.faults, *(f"Hinweis: {hint}" for hint in file.hints)]
        if not file.faults:
            before = {key: (id, data) for key, id, data in present(kind).values_list("key", "id", "data")}
            gone = len(before.keys() - {entry.number for entry in file.entries})
            if confirmed or gone * 100 <= largest_loss * len(before):
                tried.generation = (newest.generation or 0) + 1 if newest else 1
                _replace(kind, file.entries, before, tried)
                return tried
            tried.awaits = True
            tried.complaints.insert(0, f"{gone} von {len(before)} Einträgen fielen weg; deshalb nicht übernommen.")
        tried.save()
        return tried


def _replace(
    kind: MasterDataKind, entries: tuple[Entry, ...], before: Mapping[str, tuple[int, Any]], at: MasterDataImport
) -> None:
    """What is gone or different ends with this import, what is new or different begins."""
    new = {entry.number: _plain(entry) for entry in entries}
    gone = [key for key in before if key not in new]
    changed = {key for key, data in new.items() if key in before and before[key][1] != data}
    added = [entry for entry in entries if entry.number not in before]
    at.added, at.changed, at.ended = len(added), len(changed), len(gone)
    at.save()
    _end([before[key][0] for key in (*gone, *changed)], at)
    _begin([*added, *(entry for entry in entries if entry.number in changed)], kind, at)
    MasterDataImport.objects.filter(kind=kind, awaits=True).update(awaits=False)


def present(kind: MasterDataKind) -> QuerySet[MasterRecord]:
    """The entries as they are now."""
    return MasterRecord.objects.filter(kind=kind, until__isnull=True)


def imported(kind: MasterDataKind) -> bool:
    """Whether there is anything of that kind now; without it nothing can be checked against it."""
    return present(kind).exists()


def record_of(kind: MasterDataKind, number: str) -> MasterRecord | None:
    """The entry with that number, as it is now."""
    return present(kind).filter(key=number).first()


def unknown(kind: MasterDataKind, number: str, fiscal_year: int) -> str | None:
    """Why a number of a plan cannot be used in that fiscal year (German); None if it can, or no plan is imported."""
    record = record_of(kind, number)
    if record is None:
        return "steht nicht in den Stammdaten" if imported(kind) else None
    value = value_in(record)
    if isinstance(value, AccountingObject) and not value.holds_in(fiscal_year):
        return f"gilt nicht im Haushaltsjahr {fiscal_year}"
    return None


def commitment(number: str) -> Commitment | None:
    """The Mittelbindung with that number, as it is now."""
    record = record_of(MasterDataKind.COMMITMENTS, number)
    value = value_in(record) if record else None
    return value if isinstance(value, Commitment) else None


def certificates_of(creditor: str) -> tuple[ExemptionCertificate, ...]:
    """The exemption certificates (§ 48b EStG) of a creditor, the one that holds longest first."""
    rows = present(MasterDataKind.EXEMPTIONS).filter(keys__kind="creditor", keys__value=creditor)
    found = [value for value in map(value_in, rows) if isinstance(value, ExemptionCertificate)]
    return tuple(sorted(found, key=lambda each: each.valid_to, reverse=True))


def search(kind: MasterDataKind, words: str) -> QuerySet[MasterRecord]:
    """Present entries by number, name, or what they are found by; all of them without words."""
    rows = present(kind)
    if words:
        keys = MasterKey.objects.filter(value__in={compact(words), tax_number_key(words), name_key(words)} - {""})
        rows = rows.filter(Q(key__startswith=words) | Q(name__icontains=words) | Q(id__in=keys.values("record")))
    return rows.select_related("since").order_by("name", "key")


def creditor_in(record: MasterRecord) -> Creditor:
    """The creditor that entry is of."""
    found = value_in(record)
    if not isinstance(found, Creditor):
        raise AssertionError(f"{record.key} is no creditor")
    return found


def value_in(record: MasterRecord) -> Entry:
    """The entry as a value."""
    kind: Any = _VALUES.get(MasterDataKind(record.kind), AccountingObject)
    return kind(**{field.name: _typed(field.type, record.data[field.name]) for field in fields(kind)})  # type: ignore[no-any-return]


def newest_imports() -> list[MasterDataImport]:
    """The generation in force of each kind that was ever imported."""
    highest = MasterDataImport.objects.values("kind").annotate(last=Max("generation")).order_by("kind")
    wanted = Q(pk__in=[])
    for row in highest:
        wanted |= Q(kind=row["kind"], generation=row["last"])
    return list(MasterDataImport.objects.filter(wanted).order_by("kind"))


def _end(ids: list[int], at: MasterDataImport) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        MasterRecord.objects.filter(id__in=ids[start : start + _AT_ONCE]).update(until=at)


def _begin(entries: Sequence[Entry], kind: MasterDataKind, at: MasterDataImport) -> None:
    rows = [
        MasterRecord(kind=kind, key=entry.number, name=_name(entry), data=_plain(entry), since=at) for entry in entries
    ]
    made = MasterRecord.objects.bulk_create(rows, batch_size=_AT_ONCE)
    keys = [
        MasterKey(record=record, kind=key, value=value)
        for record, entry in zip(made, entries, strict=True)
        for key, value in _keys(entry)
    ]
    MasterKey.objects.bulk_create(keys, batch_size=_AT_ONCE)


def _keys(entry: Entry) -> set[tuple[str, str]]:
    """What an entry is found by besides its number."""
    if isinstance(entry, ExemptionCertificate | Commitment):
        return {("creditor", entry.creditor)} if entry.creditor else set()
    if not isinstance(entry, Creditor):
        return set()
    said = [("vat", compact(each)) for each in entry.vat_ids]
    said += [("tax", tax_number_key(each)) for each in entry.tax_numbers]
    said += [("iban", compact(each)) for each in entry.ibans]
    said += [("name", name_key(each)) for each in (entry.name, *entry.former_names)]
    return {(kind, value) for kind, value in said if value}


def _name(entry: Entry) -> str:
    if isinstance(entry, Commitment):
        return entry.text
    return "" if isinstance(entry, ExemptionCertificate) else entry.name


def _plain(entry: Entry) -> dict[str, Any]:
    """As JSON keeps it: amounts and days as text, tuples as lists."""
    return {name: _json(value) for name, value in asdict(entry).items()}


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Decimal | date) else value


def _typed(kind: Any, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if kind is Decimal:
        return Decimal(value)
    return date.fromisoformat(value) if kind is date else value
