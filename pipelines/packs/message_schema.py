"""The compiled schema of a message standard out of an installed pack, for whoever writes or reads such messages."""

from functools import lru_cache
from pathlib import Path

from lxml import etree

from pipelines.packs.schemas import compiled, recognised
from pipelines.packs.store import FILES, installed, whole
from schemas.errors import BadInput
from schemas.rule_pack import PackKind

__all__ = ["compiled_pack", "schema_of"]


def schema_of(packs: Path, standard: str, version: str) -> etree.XMLSchema:
    """The schema of e.g. xdomea 3.1.0, made of the files of its pack alone. Not thread-safe, as lxml's schemas are.

    BadInput if no active pack has it, ConfigurationError if the pack is damaged.
    """
    for pack in installed(packs):
        if (pack.kind, pack.standard, pack.version, pack.active) == (PackKind.SCHEMAS, standard, version, True):
            return _kept(packs / pack.name, pack.sha256)
    raise BadInput(
        f"Die Schemas von {standard} {version} sind nicht installiert.",
        remedy="posteingang packs install ZIP installiert sie (docs/regelpakete.md).",
    )


def compiled_pack(folder: Path) -> etree.XMLSchema:
    """The schema of the pack in that folder. ConfigurationError if it is damaged or no schema."""
    whole(folder)
    found = recognised(folder / FILES)
    assert found is not None
    return compiled(folder / FILES, found.files)


@lru_cache(maxsize=4)
def _kept(folder: Path, sha256: str) -> etree.XMLSchema:
    return compiled_pack(folder)
