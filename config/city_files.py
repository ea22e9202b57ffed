"""The city's YAML files as typed values; of a mistake: file, line, what is wrong, what is allowed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from config.german import complaint
from config.released import Released
from schemas.errors import ConfigurationError

__all__ = ["CityFiles"]

Model = TypeVar("Model", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CityFiles:
    """The files of a folder; those that `released` has are taken from there, whatever lies in the folder."""

    def __init__(self, folder: Path, released: Released | None = None) -> None:
        self.folder = folder
        self._released = released

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def text(self, name: str) -> str:
        """What stands in that file; ConfigurationError if it is not there or not readable."""
        if self._released is not None and name in self._released.files:
            return self._released.files[name]
        path = self.folder / name
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise ConfigurationError(f"{name}: Die Datei fehlt in {self.folder}.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path}: Die Datei ist nicht lesbar ({error}).") from None

    def read(self, name: str, model: type[Model]) -> Model:
        """The file as that model; ConfigurationError with file and line for the first mistake in it."""
        text, label = self.text(name), self.label(name)
        try:
            tree, data = _parsed(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            problem = getattr(error, "problem", None) or "kein gültiges YAML"
            raise ConfigurationError(f"{label}, Zeile {line}: kein gültiges YAML ({problem}).") from None
        if duplicate := _duplicate_key(tree):
            key, line = duplicate
            raise ConfigurationError(f"{label}, Zeile {line}: '{key}' steht zweimal.")
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise ConfigurationError(_explain(label, tree, error, model)) from None

    def read_if_there(self, name: str, model: type[Model]) -> Model:
        """The file as that model; what the model says by itself if there is none."""
        return self.read(name, model) if self.has(name) else model()

    def place(self, name: str, where: Sequence[Any]) -> str:
        """'dms.yaml, Zeile 12': where that entry of an already accepted file stands."""
        tree, _ = _parsed(self.text(name))
        return f"{self.label(name)}, Zeile {_line_of(tree, where)}"

    def label(self, name: str) -> str:
        """The file as people know it; of a released version with its number."""
        if self._released is not None and name in self._released.files:
            return f"{name} (Fassung {self._released.number})"
        return name


def _parsed(text: str) -> tuple[yaml.Node | None, Any]:
    """The nodes with their lines, and the values; yaml.YAMLError if it is none. The compiled loader is far faster."""
    loader = _Loader(text)
    try:
        tree = loader.get_single_node()
        return tree, None if tree is None else loader.construct_document(tree)
    finally:
        loader.dispose()


def _explain(label: str, tree: yaml.Node | None, error: ValidationError, model: type[BaseModel]) -> str:
    first = error.errors()[0]
    where = [part for part in first["loc"] if part != "[key]"]
    line = _line_of(tree, where)
    entry = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in where)
    text = complaint(first, allowed=", ".join(_fields_at(model, where[:-1])))
    return f"{label}, Zeile {line}: {entry or 'Datei'}: {text}."


def _fields_at(model: type[BaseModel], where: Sequence[Any]) -> list[str]:
    """Names allowed at that place; follows nested models by annotation."""
    current: type[BaseModel] = model
    for part in where:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(str(part))
        nested = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
        found = next(
            (kind for kind in nested if isinstance(kind, type) and issubclass(kind, BaseModel)),
            None,
        )
        if found is None:
            return []
        current = found
    return list(current.model_fields)


def _line_of(node: yaml.Node | None, where: Sequence[Any]) -> int:
    """1-based line of the deepest node on that path."""
    line = node.start_mark.line + 1 if node else 1
    for part in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            pair = next(
                ((key, value) for key, value in node.value if key.value == str(part)),
                None,
            )
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
    return line


def _duplicate_key(node: yaml.Node | None) -> tuple[str, int] | None:
    """First key that stands twice in one mapping; PyYAML itself would let the last one win silently."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                return key.value, key.start_mark.line + 1
            seen.add(key.value)
            if found := _duplicate_key(value):
                return found
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            if found := _duplicate_key(child):
                return found
    return None
