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
)

_VARIABLE = "POSTEINGANG_FAULT"


def fault_point(name: str) -> None:
    """Kill this process with SIGKILL if `POSTEINGANG_FAULT` is 'name=folder' and the folder still holds a ticket.

    The folder holds one file per allowed death; taking one is atomic, so that several processes share them.
    """
    setting = os.environ.get(_VARIABLE, "")
    if not setting.startswith(f"{name}="):
        return
    for ticket in Path(setting.partition("=")[2]).glob("ticket-*"):
        try:
            ticket.unlink()
        except FileNotFoundError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)
