"""Out-tray (Postfach) for units without DMS: one folder a document, complete or not there at all."""

import json
import os
import shutil
from pathlib import Path
from uuid import UUID

from config.dms_config import PropertySource
from dms_connectors.limited import LimitedConnector
from dms_connectors.port import Ability, FiledDocument, FilingRequest, Health, own_properties
from schemas.digest import digest_of_file
from schemas.durable import fsync_folder
from schemas.errors import Rejected, Unavailable, os_reason

__all__ = ["FolderConnector"]

_INDEX = "index.json"
_PENDING = ".in-arbeit-"


class FolderConnector(LimitedConnector):
    """Writes <root>/<unit>/<register number>_<document id>/ with document, companions and index.

    Written under a temporary name, fsynced, renamed: the unit never sees half a document.
    """

    target = "Das Postfach"

    def __init__(self, root: Path) -> None:
        self._root = root

    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.PROOF})

    def store(self, request: FilingRequest) -> str:
        tray = self._root / request.unit.replace("/", "-")
        name = f"{request.register_number}_{request.document_id}"
        pending, final = tray / f"{_PENDING}{name}", tray / name
        if final.exists():
            raise Rejected(f"Im Postfach {request.unit} liegt {name} schon.")
        try:
            if pending.exists():
                shutil.rmtree(pending)  # lint: unlink - half-made by a crash, never shown
            pending.mkdir(parents=True)
            self._write(pending, request)
            pending.rename(final)
            fsync_folder(tray)
        except OSError as error:
            raise Unavailable(
                f"Das Postfach {tray} ist nicht beschreibbar ({os_reason(error)}).",
                remedy="Rechte und freien Platz des Ordners prüfen.",
            ) from error
        return f"{tray.name}/{name}"

    def find(self, document_id: UUID) -> tuple[str, ...]:
        found = self._root.glob(f"*/*_{document_id}")
        return tuple(sorted(f"{path.parent.name}/{path.name}" for path in found if not path.name.startswith(_PENDING)))

    def read_back(self, target_id: str) -> FiledDocument:
        folder = self._root / target_id
        try:
            index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
            digest = digest_of_file(folder / index["file_name"])
        except (OSError, ValueError, KeyError) as error:
            raise Rejected(f"Im Postfach fehlt {target_id} oder ist unvollständig ({error}).") from error
        return FiledDocument(target_id, UUID(index["document_id"]), digest, index)

    def properties(self) -> frozenset[str]:
        return frozenset(source.value for source in PropertySource)

    def health(self) -> Health:
        if not self._root.is_dir() or not os.access(self._root, os.W_OK):
            return Health(False, f"Ordner {self._root} fehlt oder ist nicht beschreibbar")
        return Health(True, f"Ordner {self._root}")

    def close(self) -> None:
        """Nothing to give back."""

    def _write(self, folder: Path, request: FilingRequest) -> None:
        pairs = [(request.content, request.file_name)]
        pairs += [(companion.path, companion.name) for companion in request.companions]
        for source, name in pairs:
            with (
                source.open("rb") as reader,
                (folder / Path(name).name).open("xb") as writer,
            ):
                shutil.copyfileobj(reader, writer)
                writer.flush()
                os.fsync(writer.fileno())
        with (folder / _INDEX).open("x", encoding="utf-8") as writer:
            json.dump(own_properties(request), writer, ensure_ascii=False, indent=1)
            writer.flush()
            os.fsync(writer.fileno())
        fsync_folder(folder)
