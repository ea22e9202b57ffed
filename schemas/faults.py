"""Named places where a test may let the process die, to prove that nothing is lost there. Off outside tests."""

import os
import signal
from pathlib import Path

__all__ = ["FAULT_POINTS", "fault_point"]

FAULT_POINTS = (
    "claim.after_note",
    "claim.after_rename",
    "intake.after_object",
    "intake.after_commit",
    "enqueue.lost",
    "step.after_lease",
    "step.after_files",
    "step.after_commit",
    "outbound.after_intent",
    "outbound.after_call",
    "finance.before_commit",
    "finance.after_commit",
    "finance.after_files",
    "finance.after_placed",
    "finance.after_marker",
    "finance.after_receipt",
)

_VARIABLE = "POSTEINGANG_FAULT"


def fault_point(name: str) -> None:
    """Kill this process with SIGKILL if `POSTEINGANG_FAULT` has 'name=folder' and the folder still holds a ticket.

    The folder holds one file per allowed death; taking one is atomic, so that several processes share them. Several
    points are separated by commas.
    """
    folders = dict(part.split("=", 1) for part in os.environ.get(_VARIABLE, "").split(",") if part)
    if name not in folders:
        return
    for ticket in Path(folders[name]).glob("ticket*"):
        try:
            ticket.unlink()
        except FileNotFoundError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)
