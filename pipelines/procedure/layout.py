"""Where the lines of a diagram run: rectangular ways between boxes that stand in columns."""

from dataclasses import dataclass, field

__all__ = ["Box", "Layout", "Point"]

_LANE = 12


@dataclass(frozen=True, slots=True)
class Point:
    """Pixels from the upper left corner."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Box:
    """A drawn element (pixels)."""

    x: int
    y: int
    width: int
    height: int

    @property
    def left(self) -> Point:
        return Point(self.x, self.y + self.height // 2)

    @property
    def right(self) -> Point:
        return Point(self.x + self.width, self.y + self.height // 2)

    @property
    def bottom(self) -> Point:
        return Point(self.x + self.width // 2, self.y + self.height)


@dataclass(slots=True)
class Layout:
    """Boxes by id; each call of `way` that needs a lane of its own gets the next one."""

    boxes: dict[str, Box]
    _lanes: int = field(default=0)
    _turns: dict[int, int] = field(default_factory=dict)
    _drops: dict[int, int] = field(default_factory=dict)

    def way(self, source: str, target: str) -> tuple[Point, ...]:
        """From the right of the source to the left of a target further right; else round below everything."""
        start, end = self.boxes[source], self.boxes[target]
        if start.right.y == end.left.y and 0 < end.x - start.right.x < 400:
            return start.right, end.left
        turn = end.x - 8 - _LANE * self._next(self._turns, end.x, 10)
        if start.right.x + _LANE < turn and end.x - start.right.x < 400:
            return start.right, Point(turn, start.right.y), Point(turn, end.left.y), end.left
        self._lanes += 1
        below = max(box.bottom.y for box in self.boxes.values()) + 40 + _LANE * self._lanes
        drop = start.right.x + 6 + 4 * self._next(self._drops, start.right.x, 9)
        return (
            start.right,
            Point(drop, start.right.y),
            Point(drop, below),
            Point(turn, below),
            Point(turn, end.left.y),
            end.left,
        )

    @staticmethod
    def _next(lanes: dict[int, int], place: int, most: int) -> int:
        """The next lane beside that place; after `most` of them the first is used again."""
        lanes[place] = lanes.get(place, -1) + 1
        return lanes[place] % most
