"""The learned model: how alike a letter is to those of each type and unit. Plain arrays in a file, nothing is run.

It is linear: for every key of a letter a weight for every type and unit. Its probabilities are calibrated on letters
it was not trained with (learn.py), and from these it knows how sure it must be to be right as often as demanded.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import structlog
from numpy.typing import NDArray

from config.live_model import SHIPPED, live_model
from config.settings import load_settings
from pipelines.routing.features import features, spoken_words
from pipelines.routing.zones import Letter
from schemas.errors import BadInput

__all__ = ["NOBODY", "Alike", "Head", "Judgement", "Model", "model_in", "model_in_use"]

log = structlog.get_logger()
NOBODY = "KLAERFALL"
"""The unit of what none of the units answers for."""
_STRIKING = 3
_NEVER = 1.01
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Alike:
    """A type or unit with the probability that it is the letter's (0..1), and the words that speak most for it."""

    key: str
    probability: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model says of one letter, likeliest first. Empty: it was not asked, or knows none of the words.

    `alone`: from which probability on the first unit is right as often as demanded. `agreed`: what suffices where the
    rules say the same; two that err independently need only the root of the errors each.
    """

    types: tuple[Alike, ...] = ()
    units: tuple[Alike, ...] = ()
    alone: float = _NEVER
    agreed: float = _NEVER
    version: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One question (type or unit) and its answers. `weights`: keys x classes, times `scale` of the class.

    `heard`, `right`: the probability of the first answer, and whether it was right, of letters it was not trained with.
    """

    classes: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    heard: NDArray[np.float32]
    right: NDArray[np.bool_]

    def threshold(self, precision: float) -> float:
        """The least probability from which on answers are right that often; above 1: never often enough."""
        order = np.argsort(-self.heard, kind="stable")
        wrong = np.cumsum(~self.right[order]) + 1  # one more than seen: few letters prove little
        enough = np.flatnonzero(wrong <= (1 - precision) * (np.arange(len(order)) + 2))
        return float(self.heard[order][enough[-1]]) if len(enough) else _NEVER


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """`keys`: ascending; the rows of the weights of both heads. `version`: from its content."""

    keys: NDArray[np.uint32]
    types: Head
    units: Head
    version: str

    def judge(self, letter: Letter, precision: float = 0.995) -> Judgement:
        """Types and units with their probabilities; never raises, whatever the letter holds."""
        found, values = features(letter)
        places = np.searchsorted(self.keys, found)
        known = np.flatnonzero((places < len(self.keys)) & (self.keys[np.minimum(places, len(self.keys) - 1)] == found))
        if len(known) == 0:
            return Judgement(version=self.version)
        rows, values = places[known], values[known]
        words = spoken_words(letter)
        spoken = {int(row): words[key] for row, key in zip(rows, found[known].tolist(), strict=True) if key in words}
        return Judgement(
            _answers(self.types, rows, values, spoken),
            _answers(self.units, rows, values, spoken),
            _threshold(self.units, precision),
            _threshold(self.units, 1 - (1 - precision) ** 0.5),
            self.version,
        )

    def to_bytes(self) -> bytes:
        """The file; the same model gives the same bytes."""
        header = {
            "format": _FORMAT,
            "version": self.version,
            "types": list(self.types.classes),
            "units": list(self.units.classes),
        }
        out = BytesIO()
        note = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
        arrays: dict[str, Any] = {
            "header": note,
            "keys": self.keys,
            **_arrays(self.types, "t"),
            **_arrays(self.units, "u"),
        }
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()


def version_of(keys: NDArray[np.uint32], types: Head, units: Head) -> str:
    """The first signs of the SHA-256 of everything that decides."""
    digest = sha256(keys.tobytes())
    for head in (types, units):
        digest.update(json.dumps(head.classes).encode())
        for array in _arrays(head, "").values():
            digest.update(array.tobytes())
    return digest.hexdigest()[:16]


def model_in(path: Path) -> Model:
    """The model of a file, read once a process for each state of the file. BadInput if it is none, or was altered."""
    try:
        state = path.stat()
    except OSError:
        raise BadInput(f"Das gelernte Modell {path} fehlt.", remedy="Bitte ein Modell freigeben.") from None
    return _read(path, state.st_mtime_ns, state.st_size)


def model_in_use() -> Model | None:
    """The released model, else the one that comes with the program; None if there is none: then rules decide alone.

    A released one that cannot be read, as from before an update, does not hold up the mail either.
    """
    path = live_model(load_settings().models, SHIPPED)
    try:
        return model_in(path) if path.exists() else None
    except BadInput as problem:
        if path == SHIPPED:
            raise
        log.warning("model_not_usable", code=problem.code)
        return model_in(SHIPPED) if SHIPPED.exists() else None


@lru_cache(maxsize=16)
def _threshold(head: Head, precision: float) -> float:
    return head.threshold(precision)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, _size: int) -> Model:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        header = json.loads(arrays["header"].tobytes())
        types, units = _head(arrays, "t", header["types"]), _head(arrays, "u", header["units"])
        model = Model(arrays["keys"], types, units, header["version"])
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        raise BadInput(f"{path} ist kein gelerntes Modell.", remedy="Bitte ein Modell freigeben.") from None
    if header.get("format") != _FORMAT or version_of(model.keys, types, units) != model.version:
        raise BadInput(f"Das gelernte Modell {path} wurde verändert.", remedy="Bitte ein Modell freigeben.")
    return model


def _arrays(head: Head, prefix: str) -> dict[str, NDArray[Any]]:
    return {f"{prefix}{name}": getattr(head, name) for name in ("weights", "scale", "bias", "heard", "right")}


def _head(arrays: dict[str, NDArray[Any]], prefix: str, classes: list[str]) -> Head:
    weights, scale, bias = (arrays[prefix + name] for name in ("weights", "scale", "bias"))
    if weights.shape != (len(arrays["keys"]), len(classes)) or scale.shape != bias.shape != (len(classes),):
        raise ValueError("shapes")
    return Head(
        tuple(classes),
        weights.astype(np.int8),
        scale.astype(np.float32),
        bias.astype(np.float32),
        arrays[prefix + "heard"].astype(np.float32),
        arrays[prefix + "right"].astype(np.bool_),
    )


def _answers(
    head: Head, rows: NDArray[np.int64], values: NDArray[np.float32], spoken: dict[int, str]
) -> tuple[Alike, ...]:
    weights = head.weights[rows]
    logits = (values @ weights) * head.scale + head.bias
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    order = np.argsort(-chances, kind="stable")
    speaking = weights[:, order[0]] * values
    strongest = [int(at) for at in np.argsort(-speaking, kind="stable") if int(rows[at]) in spoken and speaking[at] > 0]
    words = tuple(spoken[int(rows[at])] for at in strongest[:_STRIKING])
    first = Alike(head.classes[int(order[0])], float(chances[order[0]]), words)
    return first, *(Alike(head.classes[int(at)], float(chances[at])) for at in order[1:])
