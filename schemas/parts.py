"""Names under which the calls that hand a document over are kept, each once a document."""

__all__ = ["MAIN", "TRAY"]

MAIN = "hauptdokument"
"""The document itself, wherever it was handed over first."""

TRAY = "postfach"
"""The document in an out-tray, after it had lain in the DMS or before it goes there."""
