"""The mapping that fits the stand-in's sample repository completely: every value, dossiers, groups."""

from typing import Any

from config.dms_config import DmsMapping

__all__ = ["full_mapping"]

_KEYS = {
    "document_id": "1",
    "register_number": "2",
    "document_type": "3",
    "unit": "4",
    "received_on": "5",
    "file_name": "6",
    "sha256": "7",
    "invoice_register_number": "8",
    "amount": "9",
    "case_reference": "10",
    "part": "11",
    "page_count": "12",
    "document_date": "13",
    "sender": "14",
    "references": "15",
}
_DOSSIERS = {
    "category": "AKTE",
    "reference": "20",
    "title": "21",
    "unit": "4",
    "state": "22",
    "closed": ["geschlossen"],
}


def full_mapping(**changes: Any) -> DmsMapping:
    """Everything mapped, changed as named."""
    values: dict[str, Any] = {
        "repository": "5b1f3c52-6a0e-4c57-9a7c-0d3e3c1f2a10",
        "default_category": "POSTE",
        "categories": {"e_rechnung": "RECH"},
        "properties": _KEYS,
        "dossiers": _DOSSIERS,
        "inboxes": {"51": {"node": "51-POSTEINGANG", "group": "gruppe-51"}},
    }
    return DmsMapping.model_validate(values | changes)
