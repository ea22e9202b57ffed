"""What the stand-in repository looks like: key, categories, properties, and how strict it is."""

import json
from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

__all__ = ["Category", "MockConfig", "MockConfigError", "Property", "read_config"]

_SAMPLE = Path(__file__).with_name("sample.yaml")


class MockConfigError(ValueError):
    """The stand-in cannot start; the message is one German sentence."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Category(_Frozen):
    key: str
    name: str
    mandatory: tuple[str, ...] = ()


class Property(_Frozen):
    key: str
    name: str
    type: Literal["text", "number", "date"] = "text"
    length: int = 255

    def fault_of(self, value: str) -> str | None:
        """Why the value cannot be held, or None."""
        if len(value.encode()) > self.length:
            return f"Value of {self.name} is too long (max. {self.length})."
        try:
            if self.type == "date" and value:
                date.fromisoformat(value)
            if self.type == "number" and value:
                float(value)
        except ValueError:
            return f"Value of {self.name} is no {self.type}."
        return None


class MockConfig(_Frozen):
    api_key: str
    repository: str
    name: str
    origin: Literal["strict", "off"] = "strict"
    duplicate_check: bool = False
    session_minutes: int = 60
    categories: tuple[Category, ...]
    properties: tuple[Property, ...]

    def category(self, key: str) -> Category | None:
        return next((category for category in self.categories if category.key == key), None)

    def property(self, key: str) -> Property | None:
        return next((known for known in self.properties if known.key == key), None)


def read_config(path: Path | None) -> MockConfig:
    """The configuration of the file, or the shipped sample; MockConfigError names file and mistake."""
    source = path or _SAMPLE
    try:
        return MockConfig.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except OSError as error:
        raise MockConfigError(f"{source}: nicht lesbar ({error.strerror}).") from None
    except yaml.YAMLError as error:
        raise MockConfigError(f"{source}: kein gültiges YAML ({error}).") from None
    except ValidationError as error:
        first = json.loads(error.json())[0]
        where = ".".join(map(str, first["loc"])) or "Datei"
        raise MockConfigError(f"{source}: {where}: {first['msg']}.") from None
