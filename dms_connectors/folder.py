"""Out-tray (Postfach) for units without DMS: one folder a document, complete or not there at all."""

import os
import shutil
from pathlib import Path
from uuid import UUID

from config.dms_config import PropertySource
from dms_connectors.d3ecm.file_names import safe_file_name
from dms_connectors.index_files import CSV_NAME, XML_NAME, csv_index, read_index, xml_index
from dms_connectors.limited import LimitedConnector
from dms_connectors.port import Ability, FiledDocument, FilingRequest, Health
from dms_connectors.receipts import Receipt, Receipts, document_of
from schemas.digest import digest_of_file
from schemas.durable import copy_durably, fsync_folder, write_durably
from schemas.errors import BadInput, Rejected, Unavailable, UnclearOutcome, os_reason
from schemas.values import FileDigest

__all__ = ["FolderConnector"]

_PENDING = ".in-arbeit-"
_LONGEST_NUMBER = 60


class FolderConnector(LimitedConnector):
    """Writes <root>/<unit>/<register number>_<document id>/ with document, companions, index.csv and index.xml.

    Written under a temporary name, fsynced, noted in a receipt, renamed: the unit never sees half a document. What
    the receipt knows and the tray no longer holds was taken by the unit; it is not laid there again.
    """

    target = "Das Postfach"

    def __init__(self, root: Path, receipts: Path) -> None:
        self._root = root
        self._receipts = Receipts(receipts)

    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.PROOF})

    def properties(self) -> frozenset[str]:
        return frozenset(source.value for source in PropertySource)

    def store(self, request: FilingRequest) -> str:
        tray = self._root / safe_file_name(request.unit.replace("/", "-"))
        number = safe_file_name(request.register_number)[:_LONGEST_NUMBER]
        target_id = f"{tray.name}/{number}_{request.document_id}"
        pending, final = self._pending(target_id), self._root / target_id
        self._refuse_link(tray)
        if self.find(request.document_id):
            raise Rejected(f"{request.register_number} liegt schon im Postfach {request.unit}.")
        try:
            self._clear(request.document_id, pending)
            if not tray.is_dir():
                tray.mkdir(parents=True, exist_ok=True)
                fsync_folder(self._root)
            _write(pending, request)
            fsync_folder(tray)
            self._receipts.write(Receipt(request.document_id, target_id))
        except OSError as error:
            if self._receipts.of(request.document_id) is None:
                shutil.rmtree(pending, ignore_errors=True)  # lint: unlink - half-made, never shown
            raise Unavailable(
                f"Das Postfach {tray} ist nicht beschreibbar ({os_reason(error)}).",
                remedy="Rechte und freien Platz des Ordners prüfen.",
            ) from error
        try:
            pending.rename(final)
            fsync_folder(tray)
        except OSError as error:
            raise UnclearOutcome(f"Das Postfach {tray} antwortet nicht ({os_reason(error)}).") from error
        return target_id

    def find(self, document_id: UUID) -> tuple[str, ...]:
        receipt = self._receipts.of(document_id)
        if receipt is not None:
            return () if self._pending(receipt.target_id).exists() else (receipt.target_id,)
        found = self._root.glob(f"*/*_{document_id}")
        return tuple(sorted(f"{path.parent.name}/{path.name}" for path in found if not path.name.startswith(_PENDING)))

    def read_back(self, target_id: str) -> FiledDocument:
        """Without digest once the unit has taken the folder, or something out of it."""
        folder = self._root / target_id
        try:
            index = read_index((folder / XML_NAME).read_bytes())
            return FiledDocument(target_id, index.document_id, digest_of_file(folder / index.file), index.properties)
        except FileNotFoundError:
            document_id = document_of(target_id)
            if document_id is None or self._receipts.of(document_id) is None or self.find(document_id) == ():
                raise Rejected(f"Im Postfach fehlt {target_id}.") from None
            if not folder.parent.is_dir():
                raise Unavailable(f"Den Ordner {folder.parent} gibt es nicht (Freigabe nicht eingehängt?).") from None
            return FiledDocument(target_id, document_id, None)
        except BadInput as error:
            raise Rejected(f"Im Postfach ist {target_id} nicht lesbar ({error}).") from error
        except OSError as error:
            raise Unavailable(f"Das Postfach mit {target_id} ist nicht lesbar ({os_reason(error)}).") from error

    def take_out(self, target_id: str) -> bool:
        """Renamed out of sight first, so that nobody takes half of it; then the receipt goes, then the files.

        Without receipt an earlier try got at least that far.
        """
        document_id = document_of(target_id)
        receipt = self._receipts.of(document_id) if document_id is not None else None
        if document_id is None or (receipt is not None and receipt.target_id != target_id):
            raise Rejected(f"Im Postfach liegt {target_id} nicht als Schriftstück von hier.")
        folder, leaving = self._root / target_id, self._pending(target_id)
        try:
            if not folder.parent.is_dir():
                raise Unavailable(f"Den Ordner {folder.parent} gibt es nicht (Freigabe nicht eingehängt?).")
            if folder.exists() and not leaving.exists():
                folder.rename(leaving)
                fsync_folder(folder.parent)
            whole = _is_whole(leaving) if leaving.exists() else receipt is None
            self._receipts.withdraw(document_id)
            if leaving.exists():
                shutil.rmtree(leaving)  # lint: unlink - a copy for a unit; the evidence lies in the object store
        except OSError as error:
            raise Unavailable(f"Das Postfach mit {target_id} antwortet nicht ({os_reason(error)}).") from error
        return whole

    def download(self, target_id: str, to: Path) -> FileDigest:
        folder = self._root / target_id
        try:
            file = folder / read_index((folder / XML_NAME).read_bytes()).file
        except (BadInput, OSError) as error:
            raise Rejected(f"Im Postfach fehlt {target_id}, oder es ist nicht lesbar ({error}).") from error
        copy_durably(file, to)
        return digest_of_file(to)

    def health(self) -> Health:
        if not self._root.is_dir() or not os.access(self._root, os.W_OK):
            return Health(False, f"Ordner {self._root} fehlt oder ist nicht beschreibbar")
        links = sorted(path.name for path in self._root.iterdir() if path.is_symlink())
        if links:
            return Health(False, f"Ordner {self._root}: {', '.join(links)} ist ein Verweis (Link), kein Ordner")
        return Health(True, f"Ordner {self._root}")

    def close(self) -> None:
        """Nothing to give back."""

    def _clear(self, document_id: UUID, pending: Path) -> None:
        """What a crash left half-made. Its receipt goes first: alone it would say that the unit has taken it."""
        receipt = self._receipts.of(document_id)
        if receipt is not None:
            self._receipts.withdraw(document_id)
        for leftover in {pending, self._pending(receipt.target_id) if receipt is not None else pending}:
            if leftover.exists():
                shutil.rmtree(leftover)  # lint: unlink - half-made by a crash, never shown

    def _pending(self, target_id: str) -> Path:
        tray, _, name = target_id.partition("/")
        return self._root / tray / f"{_PENDING}{name}"

    def _refuse_link(self, tray: Path) -> None:
        """A tray that points elsewhere would carry the mail to whoever laid the link."""
        if tray.is_symlink():
            raise Rejected(
                f"Das Postfach {tray} ist ein Verweis (Link); dorthin wird nichts gelegt.",
                remedy="Bitte durch einen Ordner ersetzen; ein anderes Laufwerk dort einhängen.",
            )


def _is_whole(folder: Path) -> bool:
    """True if the document itself is still in it."""
    try:
        return (folder / read_index((folder / XML_NAME).read_bytes()).file).is_file()
    except (BadInput, FileNotFoundError):
        return False


def _write(folder: Path, request: FilingRequest) -> None:
    """Everything in its folder, each under a name of its own also where upper and lower case are the same."""
    taken = {CSV_NAME, XML_NAME}
    file = _distinct(request.file_name, taken)
    companions = tuple(_distinct(companion.name, taken) for companion in request.companions)
    indexes = {CSV_NAME: csv_index(request, file, companions), XML_NAME: xml_index(request, file, companions)}
    folder.mkdir()
    copy_durably(request.content, folder / file)
    for companion, name in zip(request.companions, companions, strict=True):
        copy_durably(companion.path, folder / name)
    for name, content in indexes.items():
        write_durably(content, folder / name)
    fsync_folder(folder)


def _distinct(name: str, taken: set[str]) -> str:
    """A name every system takes, none of `taken` in whatever case; it is added there."""
    wanted = safe_file_name(name)
    path, found, number = Path(wanted), wanted, 2
    while found.casefold() in taken:
        found, number = f"{path.stem[:_LONGEST_NUMBER]}-{number}{path.suffix}", number + 1
    taken.add(found.casefold())
    return found
