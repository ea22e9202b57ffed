"""A step that stops in good order before its end, so that others get their turn."""

__all__ = ["Unfinished"]


class Unfinished(Exception):
    """No failure: what is done so far lies in `Work.kept`, and the same step is asked for again behind all others."""
