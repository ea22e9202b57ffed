"""The ways to pay the complete invoice."""

from enum import Enum, auto

__all__ = ["Payment"]


class Payment(Enum):
    TRANSFER = auto()
    CARD = auto()
    DEBIT = auto()
