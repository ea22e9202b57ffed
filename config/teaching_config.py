"""What is learned from decisions (teaching.yaml): when a sender is proposed, when a model is trained and with what."""

from pydantic import Field

from config.values import Strict

__all__ = ["SenderRules", "TeachingRules", "TrainingRules"]


class SenderRules(Strict):
    """`letters`: so many of a sender must have stayed where they went, `share` of them (0..1) with one unit.

    `forget_days`: an organisation that was only noticed and writes no more is forgotten after so many days.
    """

    letters: int = Field(default=5, ge=2, le=1000)
    share: float = Field(default=0.95, gt=0.5, le=1)
    forget_days: int = Field(default=365, ge=1)


class TrainingRules(Strict):
    """`every_days`: 0 means never. `held_back`: share of the decisions (0..1) that judge a model and never teach one.

    `correction`: what a person's correction weighs beside a letter that simply stayed. `letters`: fewer teach nothing.
    `minutes`, `memory_mb`: what one training may take.
    """

    every_days: int = Field(default=7, ge=0, le=366)
    held_back: float = Field(default=0.2, ge=0.05, le=0.5)
    correction: float = Field(default=3.0, ge=1, le=20)
    letters: int = Field(default=300, ge=20)
    most_letters: int = Field(default=20_000, ge=100)
    minutes: int = Field(default=60, ge=1, le=600)
    memory_mb: int = Field(default=2500, ge=500)


class TeachingRules(Strict):
    """`settled_days`: a letter that nobody redirected for so long is taken for rightly routed."""

    settled_days: int = Field(default=14, ge=1, le=365)
    senders: SenderRules = SenderRules()
    training: TrainingRules = TrainingRules()
