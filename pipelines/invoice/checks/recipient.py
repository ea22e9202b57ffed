"""PE-LEITWEG: is the buyer reference a Leitweg-ID, one of the city, and does the electronic address say the same?"""

from collections.abc import Iterator

from pipelines.invoice.checks.said import Context, hint, shown, warning
from pipelines.invoice.leitweg import leitweg_problem, normalised
from schemas.invoice import Invoice
from schemas.validation import Finding

__all__ = ["check_leitweg"]

_RULE = "PE-LEITWEG"
_LEITWEG_SCHEME = "0204"
_LONGEST = 46


def check_leitweg(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """Form, check digits, land key and owner of BT-10; BT-49 beside it, which several units may share."""
    reference = invoice.buyer_reference
    if reference is None:
        yield hint(
            _RULE, "BT-10", "Die Leitweg-ID (BT-10) fehlt. Bitte die zuständige Einheit anhand des Inhalts festlegen."
        )
        return
    problem = leitweg_problem(reference)
    own = context.expected.leitweg_ids
    if not problem and own and normalised(reference) not in own:
        problem = f"Die Leitweg-ID {normalised(reference)} ist keine der Stadt."
    if problem:
        yield warning(
            _RULE, "BT-10", f"Käuferreferenz (BT-10): {problem} Bitte prüfen, welche Einheit der Stadt gemeint ist."
        )
    yield from _address(invoice, reference)


def _address(invoice: Invoice, reference: str) -> Iterator[Finding]:
    address = invoice.buyer.electronic_address
    if address is None or address.scheme != _LEITWEG_SCHEME or normalised(address.value) == normalised(reference):
        return
    yield hint(
        _RULE,
        "BT-49",
        f"Die elektronische Adresse des Käufers (BT-49) nennt die Leitweg-ID {shown(address.value[:_LONGEST])}, "
        f"die Käuferreferenz (BT-10) aber {shown(reference)}. Mehrere Stellen "
        "können eine Adresse teilen; bitte bei Zweifeln klären, welche gilt.",
    )
