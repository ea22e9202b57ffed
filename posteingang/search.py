"""`posteingang search reindex`: what it says while it works. Content is not shown here: that is for the page."""

import sys
from time import monotonic

__all__ = ["rebuild_index"]

_EVERY = 2.0


def rebuild_index() -> None:
    """Everything anew from the evidence store; progress goes to stderr."""
    from posteingang.installation import open_records

    settings = open_records()
    from records.objects import ObjectStore
    from records.search import reindex

    said = monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal said
        if done == total or monotonic() - said >= _EVERY:
            said = monotonic()
            print(f"{done} von {total} Schriftstücken", file=sys.stderr, flush=True)

    result = reindex(ObjectStore(settings.objects), progress)
    print(f"Durchsuchbare Schriftstücke: {result.indexed}.")
    if result.missing:
        print(f"Ohne Text im Beleg-Speicher und deshalb nicht im Text zu finden: {result.missing}.")
