"""`python -m workers.training NUMBER`: one training of the learned model, modest, and bounded in time and memory.

It ends with the process that began it. What was killed on the way is told by the next one (records/models_released.py).
"""

import os
import resource
import signal
import sys

from workers.process import prepare_process

prepare_process("training")

from datetime import UTC, datetime  # noqa: E402 - models need a prepared process

import structlog  # noqa: E402

from config.load import city  # noqa: E402
from config.settings import load_settings  # noqa: E402
from config.teaching_config import TrainingRules  # noqa: E402
from records.models_released import Outcome, finish_run  # noqa: E402
from records.objects import ObjectStore  # noqa: E402
from schemas.lifeline import die_with_parent  # noqa: E402
from workers.teaching import train_now  # noqa: E402

_MODEST = 15


def main(number: int) -> None:
    """The training of that number; whatever becomes of it is kept."""
    rules = city()
    _be_modest(rules.teaching.training)
    try:
        train_now(number, rules, ObjectStore(load_settings().objects), datetime.now(UTC))
    except MemoryError:
        finish_run(number, Outcome.FAILED, "Der Speicher reichte nicht.", datetime.now(UTC))
    except ValueError as problem:  # too little to tell apart: learn.train says what
        finish_run(number, Outcome.FAILED, str(problem), datetime.now(UTC))
    except Exception:  # lint: broad - a bug ends this training and is told on the page; the next one may begin
        finish_run(number, Outcome.FAILED, "Unerwarteter Fehler; er steht im Protokoll der IT.", datetime.now(UTC))
        structlog.get_logger().exception("training_failed")
        raise


def _be_modest(rules: TrainingRules) -> None:
    """Last in line for the processor, with a limit on memory and time; the kernel keeps both."""
    die_with_parent()
    os.nice(_MODEST)
    _, hardest = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (rules.memory_mb * 1024 * 1024, hardest))
    signal.alarm(rules.minutes * 60)


main(int(sys.argv[1]))
