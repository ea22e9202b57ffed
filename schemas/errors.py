"""The three kinds of failure. Whoever raises says what is wrong, where, and what to do, in German."""

import errno

__all__ = [
    "BadInput",
    "ConfigurationError",
    "Conflict",
    "NotOffered",
    "PosteingangError",
    "Rejected",
    "Unavailable",
    "UnclearOutcome",
    "os_reason",
]

_OS_REASONS = {
    errno.ENOENT: "gibt es nicht",
    errno.EACCES: "keine Rechte",
    errno.EPERM: "keine Rechte",
    errno.ENOSPC: "kein Platz mehr auf dem Datenträger",
    errno.EDQUOT: "Speicherkontingent erschöpft",
    errno.EROFS: "Dateisystem ist schreibgeschützt",
    errno.ENOTDIR: "ein Teil des Pfads ist kein Ordner",
    errno.EISDIR: "ist ein Ordner",
    errno.EIO: "Lesefehler des Datenträgers",
    errno.ENAMETOOLONG: "Name zu lang",
    errno.ELOOP: "Verweise (Links) führen im Kreis",
}


class PosteingangError(Exception):
    """Base of every expected failure; `sentence` is shown to people as it is."""

    code = "fehler"
    retryable = False

    def __init__(self, sentence: str, *, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}".strip()


class BadInput(PosteingangError):
    """The file or form is wrong. Never retried; the original stays where it can be found."""

    code = "eingabe"


class Conflict(BadInput):
    """Somebody else, or a step, has moved it on since it was shown. Nothing is overwritten."""

    code = "konflikt"


class ConfigurationError(BadInput):
    """The configuration or the machine is not as it must be; nothing starts half-configured."""

    code = "konfiguration"


class Rejected(PosteingangError):
    """A neighbour understood us and said no (wrong category, missing property): a person must decide."""

    code = "abgelehnt"


class NotOffered(Rejected):
    """The target cannot do this at all (Ability); whoever calls looks first."""

    code = "nicht_angeboten"

    def __init__(self, target: str, what: str) -> None:
        super().__init__(f"{target} kann das nicht: {what}.")


class Unavailable(PosteingangError):
    """A neighbour does not answer. Retried with backoff, without end, visible on the status page."""

    code = "nicht_erreichbar"
    retryable = True

    def __init__(self, sentence: str, *, remedy: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence, remedy=remedy)
        self.retry_after = retry_after


class UnclearOutcome(Unavailable):
    """A write was sent and no answer came: it may have happened. Search before any second try."""

    code = "unklar"


def os_reason(error: OSError) -> str:
    """What the operating system objects to, in German where it is a common one."""
    return _OS_REASONS.get(error.errno or 0, error.strerror or type(error).__name__)
