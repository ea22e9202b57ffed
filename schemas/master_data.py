"""What was read out of one file of master data."""

from dataclasses import dataclass

from schemas.accounting import AccountingObject, Commitment, Creditor, ExemptionCertificate

__all__ = ["Entry", "MasterDataFile"]

Entry = Creditor | AccountingObject | Commitment | ExemptionCertificate


@dataclass(frozen=True, slots=True)
class MasterDataFile:
    """The entries of a file, and what is wrong (German, with lines). With one fault none of the entries counts.

    `rows` of the file, which may be more than entries: a creditor can stand there once for each account.
    """

    entries: tuple[Entry, ...]
    rows: int
    faults: tuple[str, ...]
    hints: tuple[str, ...]
