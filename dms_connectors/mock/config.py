"""What the mock is told: one repository, its categories and properties, how strict it is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

__all__ = ["Category", "Group", "MockConfig", "MockConfigError", "PropertyField", "Repository", "load_config"]

_SAMPLE = Path(__file__).with_name("sample.yaml")

Key = Annotated[str, Field(min_length=1, max_length=64)]
PropertyType = Literal["text", "number", "date", "money", "datetime"]


class MockConfigError(ValueError):
    """The mock cannot start; the message is one German sentence for the operator."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class Repository(_Frozen):
    """The one repository offered under /dms/r (section 1)."""

    id: UUID
    name: str = Field(min_length=1)

    @property
    def path(self) -> str:
        """Address of the repository below the host."""
        return f"/dms/r/{self.id}"

    @property
    def source(self) -> str:
        """Id of the default source, which is also its address (section 6)."""
        return f"{self.path}/source"


class PropertyField(_Frozen):
    """One property of the repository; `values` is its data set, `length` counts bytes of UTF-8."""

    key: Key
    type: PropertyType
    display_name: str = Field(alias="displayName", min_length=1)
    length: int | None = Field(default=None, ge=1)
    multi: bool = False
    values: tuple[str, ...] = ()


class Category(_Frozen):
    """One document type: which properties it has and which of them must carry a value.

    A dossier has no file; `title` names the properties that head it on the page.
    """

    key: Key
    display_name: str = Field(alias="displayName", min_length=1)
    dossier: bool = False
    properties: tuple[Key, ...]
    mandatory: tuple[Key, ...] = ()
    title: tuple[Key, ...] = ()


class Group(_Frozen):
    """A group of the identity provider."""

    id: Key
    name: str = Field(min_length=1)


def _status_word(value: object) -> object:
    """YAML reads a bare 401 as a number."""
    return str(value) if isinstance(value, int) else value


def _origin_word(value: object) -> object:
    """YAML reads a bare `off` as false."""
    return "off" if value is False else value


class MockConfig(_Frozen):
    """Everything the mock can be told."""

    repository: Repository
    api_key: str = Field(default="test-key", min_length=1)
    accept_key_directly: bool = True
    origin: Annotated[Literal["strict", "cookie-only", "off"], BeforeValidator(_origin_word)] = "strict"
    duplicate_check: bool = False
    session_minutes: int = Field(default=30, ge=0)
    login_failure: Annotated[Literal["401", "html"], BeforeValidator(_status_word)] = "401"
    keys: Literal["short", "unique", "both"] = "short"
    value_lists: Literal["refuse", "accept"] = "refuse"
    dates: Literal["iso", "german"] = "iso"
    decimals: Literal["point", "comma"] = "point"
    deletion: Literal["reason", "plain", "none"] = "reason"
    assignees: Literal["any", "known"] = "any"
    properties: tuple[PropertyField, ...]
    categories: tuple[Category, ...]
    groups: tuple[Group, ...] = ()
    user_groups: tuple[Key, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = {item.key for item in self.properties}
        _refuse_doubles("Eigenschaft", (item.key for item in self.properties))
        _refuse_doubles("Kategorie", (item.key for item in self.categories))
        _refuse_doubles("Gruppe", (item.id for item in self.groups))
        if foreign := set(self.user_groups) - {item.id for item in self.groups}:
            raise ValueError(f"user_groups nennt unbekannte Gruppe {min(foreign)}")
        for category in self.categories:
            if strange := {*category.properties, *category.title} - known:
                raise ValueError(f"Kategorie {category.key} nennt unbekannte Eigenschaft {min(strange)}")
            if strange := set(category.mandatory) - set(category.properties):
                raise ValueError(f"Pflichtfeld {min(strange)} gehört nicht zur Kategorie {category.key}")
        return self

    def unique(self, item: PropertyField | Category) -> str:
        """The UUID of a property or category (section 6: the cloud's form of a key), always the same for a key."""
        kind = "property" if isinstance(item, PropertyField) else "category"
        return str(uuid5(NAMESPACE_URL, f"{self.repository.path}/objdef/{kind}/{item.key}"))

    def spellings(self, item: PropertyField | Category) -> tuple[str, ...]:
        """The keys under which a client sees and names the item: one, or both forms side by side (section 6)."""
        forms = {"short": (item.key,), "unique": (self.unique(item),), "both": (item.key, self.unique(item))}
        return forms[self.keys]

    def field(self, key: str) -> PropertyField | None:
        """The property with this key of the configuration."""
        return next((item for item in self.properties if item.key == key), None)

    def category(self, key: str) -> Category | None:
        """The category with this key of the configuration."""
        return next((item for item in self.categories if item.key == key), None)

    def meant_field(self, key: str) -> PropertyField | None:
        """The property a client names so."""
        return next((item for item in self.properties if key in self.spellings(item)), None)

    def meant_category(self, key: str) -> Category | None:
        """The category a client names so."""
        return next((item for item in self.categories if key in self.spellings(item)), None)


def _refuse_doubles(what: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"{what} {key} ist doppelt")
        seen.add(key)


def load_config(path: Path | None) -> MockConfig:
    """Read the configuration, or the shipped sample; raises MockConfigError with one German sentence."""
    chosen = path or _SAMPLE
    try:
        raw = yaml.safe_load(chosen.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "kein UTF-8"
        raise MockConfigError(f"Die Konfiguration {chosen} ist nicht lesbar ({reason}).") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (Zeile {mark.line + 1})" if mark else ""
        raise MockConfigError(f"Die Konfiguration {chosen} ist kein gültiges YAML{where}.") from error
    try:
        return MockConfig.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "Inhalt"
        message = first["msg"].removeprefix("Value error, ")
        raise MockConfigError(f"Die Konfiguration {chosen} ist fehlerhaft: {place}: {message}.") from error
