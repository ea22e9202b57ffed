"""Names as they stand in the database and on the broker: a change would orphan documents."""

from schemas.states import FileRole, Queue, State


def test_the_names_of_the_states_are_kept() -> None:
    assert {state.value for state in State} == {
        "received",
        "identified",
        "prepared",
        "split",
        "to_cut",
        "recognised",
        "classified",
        "noted",
        "routed",
        "clearing",
        "quarantined",
        "filed",
        "handed_over",
        "submitted",
        "appraised",
        "staged",
        "duplicate",
        "e_invoice",
        "entered",
        "validated",
        "clarification",
        "to_certify_factually",
        "to_certify_arithmetically",
        "to_order",
        "to_release",
        "released",
        "protocolled",
        "rejected",
        "redirected",
        "withdrawn",
        "passed_on",
        "recalled",
        "locked",
        "removal_asked",
        "opening_asked",
        "removing",
        "removed",
    }


def test_the_names_of_the_queues_and_files_are_kept() -> None:
    assert {queue.value for queue in Queue} == {"intake", "ocr", "invoice", "filing"}
    assert {role.value for role in FileRole} == {
        "original",
        "raw_scan",
        "product",
        "text",
        "words",
        "transfer_note",
        "manifest",
        "manifest_seal",
        "manifest_stamp",
        "annex",
        "annex_seal",
        "annex_stamp",
        "invoice_xml",
        "report",
        "rendering",
        "invoice_pdf",
        "report_pdf",
        "protocol",
        "removal_note",
    }
