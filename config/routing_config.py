"""Rules of distribution as data: document types, topics of the units, when a decision is sure enough."""

import re
from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from config.values import Key, Strict, Text, UnitNumber
from schemas.recognised import Zone

__all__ = ["Cue", "DocumentType", "Routing", "Topic"]


class Cue(Strict):
    """Something in a letter that speaks for a type or topic; exactly one of `word`, `pattern`, `any`, `all`.

    `word`, `any`, `all`, `none` hold phrases: matched on word borders whatever the case and common OCR confusions, a
    '*' stands for any letters. `pattern` is a regex on the text as read. `near`: the phrases of `all` within so many
    words. `most`: so many different phrases of `any` count, each with the weight. `none`: phrases that silence the cue
    if they stand in the same zones. `zones`: where it counts (empty: everywhere but in address, footer and further
    pages).
    """

    word: Text | None = None
    pattern: Text | None = None
    any: tuple[Text, ...] = ()
    all: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    most: int = Field(default=1, ge=1, le=9)
    near: int | None = Field(default=None, ge=1, le=60)
    zones: tuple[Zone, ...] = ()
    weight: float = Field(default=1.0, gt=0, le=10)

    @model_validator(mode="after")
    def _one_way_to_match(self) -> Self:
        if sum((self.word is not None, self.pattern is not None, bool(self.any), bool(self.all))) != 1:
            raise ValueError("genau eines von 'word', 'pattern', 'any' und 'all' angeben")
        if self.near is not None and not self.all:
            raise ValueError("'near' gehört zu 'all'")
        if self.pattern is not None:
            check_patterns((self.pattern,), "pattern")
        return self


class DocumentType(Strict):
    """One document class (Dokumentart): words that decide, unit. What scanning it demands: procedure.yaml.

    `forms`: titles that stand in the subject or above a form and name the matter. `yields_to`: types that go before if
    they are found as well. `topics_first`: units whose topic goes before `unit`. `unit_by_topic`: without `unit`
    the topic decides. `confidential`: never routed on words
    alone. `examples`: letters that must be told as this type, checked by `posteingang routing test`.
    """

    key: Key
    name: Text
    unit: UnitNumber | None = None
    unit_from_address: bool = True
    original_needed: bool = False
    confidential: bool = False
    forms: tuple[Text, ...] = ()
    cues: tuple[Cue, ...] = ()
    yields_to: tuple[Key, ...] = ()
    topics_first: tuple[UnitNumber, ...] = ()
    unit_by_topic: bool = True
    examples: tuple[Text, ...] = ()


class Topic(Strict):
    """What a unit answers for; without `unit`: a matter none of the units answers for, which a person assigns."""

    name: Text
    unit: UnitNumber | None = None
    confidential: bool = False
    forms: tuple[Text, ...] = ()
    cues: tuple[Cue, ...] = Field(min_length=1)
    examples: tuple[Text, ...] = ()


class Closed(Strict):
    """Marks of mail that stays closed, by kind. `envelope_words`: a sheet with no more words is taken for an envelope.

    `markings` count in address and letterhead and on an envelope anywhere. `addressees` only in the address.
    `name_first`: a person's name above the city's on an envelope means personal mail (the city's own reading).
    `tender_type`: the type of a tender, closed also if only its words tell it; `other_type`: of all other closed mail.
    """

    envelope_words: int = Field(default=60, ge=1)
    tender: tuple[Text, ...] = ()
    personal: tuple[Text, ...] = ()
    election: tuple[Text, ...] = ()
    addressees: tuple[Text, ...] = ()
    name_first: bool = True
    tender_type: Key | None = None
    other_type: Key | None = None


class Routing(Strict):
    """When a decision is sure enough. Scores are sums of weights, confidence is 0..1.

    `address_lines`: how far down a text without boxes the address may stand. `subject_factor`: how much more a cue in
    the subject counts. `topic_score`: what a topic needs. `few_words`: a letter with fewer is not judged by its words.
    `own_reference`: what our own case references (Aktenzeichen) look like, as a regex; empty: none are looked for.
    `unit_reference`: what a reference of ours begins with, the unit in a group `unit`.
    `other_offices`: offices in an address that none of the units is. `original`: cues for papers needed as paper.
    `other_type`: the type of a letter that is none of the others. `confidential_by`: evidence that suffices there.
    `precision`: how often what goes on without a person must be right; how sure the learned model must be follows.
    """

    minimum_score: float = Field(gt=0)
    minimum_confidence: float = Field(gt=0, le=1)
    precision: float = Field(default=0.995, gt=0.5, lt=1)
    address_lines: int = Field(ge=1, le=60)
    subject_factor: float = Field(default=2.0, ge=1, le=5)
    topic_score: float = Field(default=3.0, gt=0)
    few_words: int = Field(default=15, ge=0)
    ignore: tuple[Text, ...] = ()
    own_reference: str = ""
    unit_reference: str = ""
    other_type: Key | None = None
    other_offices: tuple[Text, ...] = ()
    confidential_by: tuple[Literal["sheet", "reference", "address", "form"], ...] = ("sheet", "reference", "address")
    topics: tuple[Topic, ...] = ()
    original: tuple[Cue, ...] = ()
    closed: Closed = Closed()

    @model_validator(mode="after")
    def _patterns_compile(self) -> Self:
        check_patterns(self.ignore, "ignore")
        if self.unit_reference:
            check_patterns((self.unit_reference,), "unit_reference")
            if "unit" not in re.compile(self.unit_reference).groupindex:
                raise ValueError("'unit_reference' braucht eine Gruppe (?P<unit>...)")
        pattern = self.own_reference
        if pattern:
            check_patterns((pattern,), "own_reference")
            if pattern[0] == "^" or pattern[-1] == "$" or re.compile(pattern).fullmatch(""):
                raise ValueError("'own_reference': das ganze Zeichen beschreiben, ohne ^ und $, nie leer")
        return self


def check_patterns(patterns: Iterable[str], name: str) -> None:
    """ValueError (German) for the first that is no regular expression."""
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"'{name}': {pattern!r} ist kein gültiger regulärer Ausdruck: {error}") from None
