"""Training of the learned model: the same lessons give the same model. scikit-learn is needed here alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.routing.features import Features, features
from pipelines.routing.model import NOBODY, Head, Model, version_of
from pipelines.routing.zones import Letter

__all__ = ["Lesson", "train"]

_SEED = 5
_FOLDS = 4
_MOST_KEYS = 40_000
_TEMPERATURES = np.geomspace(0.02, 5.0, 80)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One letter and what it is. `unit` None: none of the units answers for it.

    `source`: who or what it comes from, such as its sender; what only one source says is not learned, and letters of
    one source never judge each other. `weight`: how much it counts; corrections count more.
    """

    letter: Letter
    document_type: str
    unit: str | None
    source: str
    weight: float = 1.0


def train(lessons: Iterable[Lesson]) -> Model:
    """A model of both questions. ValueError if there are fewer than two types, units or `_FOLDS` sources."""
    given = list(lessons)
    seen = [features(lesson.letter) for lesson in given]
    sources = [lesson.source for lesson in given]
    if len(set(sources)) < _FOLDS:
        raise ValueError("Zu wenige Absender für ein Modell.")
    keys = _shared_keys(seen, sources)
    matrix = _matrix(seen, keys)
    weights = np.array([lesson.weight for lesson in given])
    folds = _folds(sources)
    types = _Question(matrix, [lesson.document_type for lesson in given], weights, folds)
    units = _Question(matrix, [lesson.unit or NOBODY for lesson in given], weights, folds)
    strength = np.maximum(types.strength(), units.strength())
    kept = np.sort(np.argsort(-strength, kind="stable")[:_MOST_KEYS])
    first, second = types.head(kept), units.head(kept)
    return Model(keys[kept], first, second, version_of(keys[kept], first, second))


def _shared_keys(seen: Sequence[Features], sources: Sequence[str]) -> NDArray[np.uint32]:
    """What at least two sources say: a name, a file number or a turn of phrase of one alone teaches nothing."""
    first: dict[int, str] = {}
    shared: set[int] = set()
    for (found, _), source in zip(seen, sources, strict=True):
        for key in found.tolist():
            if first.setdefault(key, source) != source:
                shared.add(key)
    return np.array(sorted(shared), dtype=np.uint32)


def _matrix(seen: Sequence[Features], keys: NDArray[np.uint32]):  # type: ignore[no-untyped-def]  # scipy has no types
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped, unused-ignore]

    columns, values, ends = [], [], [0]
    for found, value in seen:
        places = np.searchsorted(keys, found)
        known = (places < len(keys)) & (keys[np.minimum(places, len(keys) - 1)] == found)
        columns.append(places[known])
        values.append(value[known])
        ends.append(ends[-1] + int(known.sum()))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=(len(seen), len(keys)))


def _folds(sources: Sequence[str]) -> NDArray[np.int64]:
    """The fold of each lesson; all of one source in the same."""
    order = np.random.default_rng(_SEED).permutation(len(set(sources)))
    fold = {source: int(at) % _FOLDS for source, at in zip(sorted(set(sources)), order, strict=True)}
    return np.array([fold[source] for source in sources])


class _Question:
    """One head while it is trained: on everything, and on every fold to see what it says of letters it never saw."""

    def __init__(self, matrix, answers: list[str], weights: NDArray[np.float64], folds: NDArray[np.int64]) -> None:  # type: ignore[no-untyped-def]
        self.classes = tuple(sorted(set(answers)))
        if len(self.classes) < 2:
            raise ValueError("Zu wenige verschiedene Antworten für ein Modell.")
        number = {name: at for at, name in enumerate(self.classes)}
        self._truth = np.array([number[answer] for answer in answers])
        unseen = np.full((len(answers), len(self.classes)), -50.0)
        for fold in range(_FOLDS):
            taught, asked = folds != fold, folds == fold
            known, slope, bias = _fitted(matrix[taught], self._truth[taught], weights[taught])
            unseen[np.ix_(asked, known)] = matrix[asked] @ slope.T + bias
        self._temperature = _temperature(unseen, self._truth)
        chances = _softmax(unseen / self._temperature)
        self._heard, self._right = chances.max(axis=1), chances.argmax(axis=1) == self._truth
        _, self._slope, self._bias = _fitted(matrix, self._truth, weights)

    def strength(self) -> NDArray[np.float64]:
        """Of every key: how much it can move an answer."""
        moved: NDArray[np.float64] = np.abs(self._slope).max(axis=0)
        return moved

    def head(self, kept: NDArray[np.int64]) -> Head:
        slope = (self._slope[:, kept] / self._temperature).astype(np.float32)
        scale = np.maximum(np.abs(slope).max(axis=1), 1e-9) / 127
        return Head(
            self.classes,
            np.round(slope.T / scale).astype(np.int8),
            scale.astype(np.float32),
            (self._bias / self._temperature).astype(np.float32),
            self._heard.astype(np.float32),
            self._right,
        )


def _fitted(matrix, truth: NDArray[np.int64], weights: NDArray[np.float64]):  # type: ignore[no-untyped-def]
    """Classes that occur, their weights (classes x keys) and biases: one linear separation for each.

    A rare class counts more, by the root of how rare it is: otherwise every other letter were an 'other letter'.
    """
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped, unused-ignore]

    known, place, count = np.unique(truth, return_inverse=True, return_counts=True)
    rare = np.sqrt(count.max() / count)[place]
    fit = LinearSVC(C=0.1, random_state=_SEED, max_iter=2000).fit(matrix, truth, sample_weight=weights * rare)
    slope, bias = fit.coef_, fit.intercept_
    if len(known) == 2:  # scikit-learn keeps one separation of two classes
        slope, bias = np.vstack([-slope, slope]), np.concatenate([-bias, bias])
    return known, slope, bias


def _temperature(logits: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """What makes probabilities of unseen letters mean what they say: the least negative log likelihood."""
    rows = np.arange(len(truth))
    losses = [-np.log(_softmax(logits / each)[rows, truth] + 1e-12).mean() for each in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return chances
