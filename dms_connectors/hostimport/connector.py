"""Hands documents to a file import by laying pairs ready. It never says that one has arrived, and neither do we."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.hostimport import pair as pairs
from dms_connectors.hostimport.check import check
from dms_connectors.hostimport.control import change_file, control_file
from dms_connectors.hostimport.pair import Pair
from dms_connectors.hostimport.settings import HostimportSettings
from dms_connectors.limited import LimitedConnector
from dms_connectors.port import (
    Ability,
    CheckResult,
    FiledDocument,
    FilingRequest,
    Health,
    Place,
    Submission,
    SubmissionState,
    Value,
)
from dms_connectors.receipts import Receipt, Receipts, document_of
from schemas.durable import fsync_folder, write_durably
from schemas.errors import NotOffered, Rejected, Unavailable, UnclearOutcome, os_reason

__all__ = ["HostimportConnector"]

_STALE_AFTER = 3600.0
_RETRY = "Ursache beheben, dann „Erneut verarbeiten“; das Dateipaar nicht von Hand zurücklegen."


def _now() -> datetime:
    return datetime.now(UTC)


class HostimportConnector(LimitedConnector):
    """Target ids are base names of pairs. Property keys of dms.yaml are field numbers, categories short names."""

    target = "Der DMS-Import"

    def __init__(
        self, settings: HostimportSettings, rules: DmsMapping, *, clock: Callable[[], datetime] = _now
    ) -> None:
        self._settings = settings
        self._rules = rules
        self._folder = settings.folder
        self._receipts = Receipts(settings.receipts)
        self._clock = clock

    def abilities(self) -> frozenset[Ability]:
        return frozenset() if self._settings.updates is None else frozenset({Ability.CHANGES})

    def properties(self) -> frozenset[str]:
        return frozenset(source.value for source in self._rules.properties)

    def category(self, document_type: str, part: str = "") -> str:
        return self._rules.category_of(document_type, part)

    def store(self, request: FilingRequest) -> str:
        if request.dossier:
            raise NotOffered(self.target, "Schriftstücke in Akten legen")
        if self.find(request.document_id):
            raise Rejected(f"{request.register_number} ist dem DMS-Import schon übergeben.")
        category = self.category(request.document_type, request.part)
        control = control_file(request, category, self._rules, self._settings)
        base = pairs.base_name(request.register_number, request.document_id)
        pair = Pair(self._folder, base, pairs.suffix_of(request.file_name))
        try:
            self._clear(request.document_id)
            pair.prepare(request.content, control)
            self._receipts.write(Receipt(request.document_id, base, category))
        except OSError as error:
            receipt = self._receipts.of(request.document_id)
            if receipt is None or receipt.refused:
                pair.discard()
            raise self._unavailable(error) from error
        try:
            pair.show()
        except OSError as error:
            raise UnclearOutcome(f"{self.target} antwortet nicht ({os_reason(error)}).") from error
        return base

    def find(self, document_id: UUID) -> tuple[str, ...]:
        try:
            receipt = self._receipts.of(document_id)
            if receipt is None:
                return self._seen_without_receipt(document_id)
            if receipt.refused:
                return (receipt.target_id,) if pairs.is_waiting(self._folder, receipt.target_id) else ()
            return () if pairs.is_pending(self._folder, receipt.target_id) else (receipt.target_id,)
        except OSError as error:
            raise self._unavailable(error) from error

    def read_back(self, target_id: str) -> FiledDocument:
        document_id = document_of(target_id)
        if document_id is None or target_id not in self.find(document_id):
            raise Rejected(f"Dem DMS-Import ist {target_id} nicht übergeben.")
        return FiledDocument(target_id, document_id, None)

    def progress(self, target_id: str) -> Submission:
        document_id = document_of(target_id)
        if document_id is None:
            return Submission(SubmissionState.UNKNOWN, "ist kein Dateipaar für den DMS-Import.")
        if not self._folder.is_dir():
            raise Unavailable(f"Den Importordner {self._folder} gibt es nicht (Freigabe nicht eingehängt?).")
        try:
            return self._progress(target_id, document_id)
        except OSError as error:
            raise self._unavailable(error) from error

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        """A .upd file; Unavailable while the document itself still waits to be fetched."""
        updates = self._settings.updates
        if updates is None:
            raise NotOffered(self.target, "Eigenschaften ändern")
        document_id = document_of(target_id)
        receipt = None if document_id is None else self._receipts.of(document_id)
        if receipt is None:
            raise Rejected(f"Dem DMS-Import ist {target_id} nicht übergeben.")
        told = self.progress(target_id)
        if told.state is SubmissionState.WAITING:
            raise Unavailable(f"{target_id}: {told.detail}")
        if told.state is not SubmissionState.TAKEN:
            raise Rejected(f"{target_id}: {told.detail}")
        content = change_file(str(receipt.document_id), receipt.category, values, self._rules, self._settings)
        self._lay(updates / f"{target_id}_{self._clock():%Y%m%dT%H%M%S%f}.upd", content)

    def move(self, target_id: str, to: Place, leaving: str, reason: str) -> None:
        """Within one category only: the import knows no change of it, and no dossiers."""
        if Ability.CHANGES not in self.abilities():
            raise NotOffered(self.target, "Schriftstücke umlegen")
        if to.dossier or leaving:
            raise NotOffered(self.target, "Schriftstücke in Akten legen")
        document_id = document_of(target_id)
        receipt = None if document_id is None else self._receipts.of(document_id)
        if receipt is not None and receipt.category != self.category(to.document_type):
            raise NotOffered(self.target, f"die Kategorie {receipt.category} ändern")
        self.update(target_id, {PropertySource.DOCUMENT_TYPE: to.document_type, PropertySource.UNIT: to.unit}, reason)

    def check(self) -> tuple[CheckResult, ...]:
        health = self.health()
        return (CheckResult(health.ok, self.target, health.detail), *check(self._settings, self._rules))

    def health(self) -> Health:
        """Whether it is writable, what waits and for how long, what was refused; never that something arrived."""
        try:
            return self._health()
        except OSError as error:
            return Health(False, f"Importordner {self._folder}: {os_reason(error)}")

    def close(self) -> None:
        """Nothing to give back."""

    def _progress(self, target_id: str, document_id: UUID) -> Submission:
        receipt = self._receipts.of(document_id)
        settings = self._settings
        refusal = pairs.refusal_of(self._folder, settings.errors, document_id, settings.encoding)
        if refusal is not None:
            kept = receipt or Receipt(document_id, target_id)
            self._note(receipt, replace(kept, refused=True, gone_since=None))
            words = f" Er meldet: {refusal.words}" if refusal.words else ""
            return Submission(SubmissionState.REFUSED, f"vom DMS-Import abgewiesen.{words} {_RETRY}")
        if pairs.is_waiting(self._folder, target_id):
            if receipt is not None:
                self._note(receipt, replace(receipt, refused=False, gone_since=None))
            return Submission(SubmissionState.WAITING, "wartet auf die Abholung durch den DMS-Import.")
        if receipt is None or pairs.is_pending(self._folder, target_id):
            return Submission(
                SubmissionState.UNKNOWN,
                "Es gibt keinen Übergabebeleg. Bitte im DMS nachsehen: liegt es dort, „Abgelegte Fassung anerkennen“, "
                "sonst „Erneut verarbeiten“.",
            )
        if receipt.refused:
            return Submission(SubmissionState.REFUSED, f"wurde vom DMS-Import abgewiesen. {_RETRY}")
        return self._gone(receipt)

    def _gone(self, receipt: Receipt) -> Submission:
        """Between fetching a pair and refusing it, an import may hold it somewhere else for a while."""
        since = receipt.gone_since or self._clock()
        self._note(receipt, replace(receipt, gone_since=since))
        if (self._clock() - since).total_seconds() < self._settings.settle:
            return Submission(SubmissionState.WAITING, "ist abgeholt; auf eine Abweisung wird noch gewartet.")
        return Submission(SubmissionState.TAKEN, "ist abgeholt, ohne Rückmeldung.")

    def _note(self, before: Receipt | None, now: Receipt) -> None:
        if now != before:
            self._receipts.write(now)

    def _seen_without_receipt(self, document_id: UUID) -> tuple[str, ...]:
        """Receipts lost with the disk: what still lies there is ours all the same."""
        controls = [*self._folder.glob(f"*_{document_id}{pairs.CONTROL}")]
        if not controls and self._settings.errors is not None:
            controls = [*self._settings.errors.rglob(f"*_{document_id}{pairs.CONTROL}")]
        return tuple(sorted({path.stem for path in controls}))

    def _clear(self, document_id: UUID) -> None:
        """Put aside what was refused. The receipt of what was never shown goes first: alone it would say 'taken'."""
        receipt = self._receipts.of(document_id)
        if receipt is not None and not receipt.refused:
            self._receipts.withdraw(document_id)
        refusal = pairs.refusal_of(self._folder, self._settings.errors, document_id, self._settings.encoding)
        if refusal is not None:
            pairs.put_aside(refusal, self._clock())

    def _lay(self, path: Path, content: bytes) -> None:
        pending = path.with_name(f"{path.name}{pairs.PENDING}")
        try:
            pending.unlink(missing_ok=True)  # lint: unlink - half-written by a crash
            write_durably(content, pending)
            pending.replace(path)
            fsync_folder(path.parent)
        except OSError as error:
            raise Unavailable(f"{path.parent} ist nicht beschreibbar ({os_reason(error)}).") from error

    def _unavailable(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"Der Importordner {self._folder} ist nicht nutzbar ({os_reason(error)}).",
            remedy="Rechte und freien Platz prüfen.",
        )

    def _health(self) -> Health:
        settings, now = self._settings, self._clock().timestamp()
        for folder in (self._folder, settings.updates):
            if folder is not None and not (folder.is_dir() and os.access(folder, os.W_OK)):
                return Health(False, f"Importordner {folder} fehlt oder ist nicht beschreibbar")
        ages = [now - path.stat().st_mtime for path in pairs.waiting_controls(self._folder)]
        told = [f"Importordner {self._folder}, ohne Rückmeldung des DMS", f"wartend: {len(ages)}"]
        if ages:
            told.append(f"das älteste seit {max(0, int(max(ages) // 60))} Minuten")
        refused = 0
        if settings.errors is None:
            told.append("kein Fehlerordner eingestellt")
        else:
            refused = len(pairs.refused_controls(settings.errors)) if settings.errors.is_dir() else -1
            told.append("Fehlerordner fehlt" if refused < 0 else f"im Fehlerordner: {refused}")
        return Health(not refused and max(ages, default=0.0) < _STALE_AFTER, ", ".join(told))
