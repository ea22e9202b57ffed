"""One complete invoice: what it says, as a value of the model, and three valid XRechnung documents that say it.

Every business term is filled, each with a value of its own. Payment is by transfer, card or direct debit, since one
invoice must not name them together; BT-7 and BT-8 exclude each other too: the credit note has BT-8.
"""

from tests.pipelines.invoices.cii import cii_invoice
from tests.pipelines.invoices.payment import Payment
from tests.pipelines.invoices.said import said
from tests.pipelines.invoices.ubl import ubl_credit_note, ubl_invoice

__all__ = ["Payment", "cii_invoice", "said", "ubl_credit_note", "ubl_invoice"]
