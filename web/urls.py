"""Every address of the page, and the roles that may call it."""

from django.contrib.auth import views as auth
from django.urls import path

from schemas.roles import Role
from web.api.routes import api_routes
from web.pages import (
    batches,
    clearing,
    closed,
    document,
    files,
    health,
    invoice,
    lists,
    login,
    metrics,
    paper_invoice,
    procedure,
    quality,
    register,
    register_entry,
    start,
    status,
    upload,
)
from web.pages.accounting_routes import accounting_routes
from web.pages.approval_routes import approval_routes
from web.pages.distribution_routes import distribution_routes
from web.pages.finance_routes import finance_routes
from web.pages.paper_routes import paper_routes
from web.pages.recognised_routes import recognised_routes
from web.pages.rejection_routes import rejection_routes
from web.pages.revision_routes import revision_routes
from web.pages.teaching_routes import teaching_routes
from web.permissions import EVERYBODY, page

INVOICES = frozenset({Role.ACCOUNTING, Role.UNIT, Role.ORDERING, Role.AUDIT})
WHOLE_REGISTER = frozenset({Role.ACCOUNTING, Role.AUDIT})
MAIL = frozenset({Role.MAILROOM, Role.UNIT, Role.ORDERING, Role.AUDIT})
OPERATION = frozenset({Role.MAILROOM, Role.ACCOUNTING, Role.AUDIT, Role.ADMIN})
CONTENT = MAIL | INVOICES
BATCHES = frozenset({Role.MAILROOM, Role.AUDIT})
CLOSED_MAIL = frozenset({Role.MAILROOM, Role.AUDIT})
HANDING_IN = frozenset({Role.MAILROOM, Role.ACCOUNTING})
CHECKING = frozenset({Role.MAILROOM, Role.AUDIT})
PROCEDURE = frozenset({Role.MAILROOM, Role.AUDIT, Role.ADMIN})

urlpatterns = [
    page("", start.start, name="start", roles=EVERYBODY),
    page("post/", lists.post, name="post", roles=MAIL),
    page("klaerung/", clearing.clearing, name="clearing", roles=frozenset({Role.MAILROOM})),
    page("schriftstueck/<uuid:document_id>/", document.document, name="document", roles=CONTENT),
    page("schriftstueck/<uuid:document_id>/datei/<slug:role>", files.download, name="file", roles=CONTENT),
    page(
        "schriftstueck/<uuid:document_id>/datei/<slug:role>/<int:number>",
        files.download,
        name="file_numbered",
        roles=CONTENT,
    ),
    page("schriftstueck/<uuid:document_id>/vermerk/", files.note, name="note", roles=CONTENT),
    page("schriftstueck/<uuid:document_id>/seite/<int:number>.png", files.picture, name="picture", roles=CONTENT),
    page("stapel/", batches.batches, name="batches", roles=BATCHES),
    page("stapel/<uuid:claim_id>/", batches.batch, name="batch", roles=BATCHES),
    page("verschlossen/", closed.closed, name="closed", roles=CLOSED_MAIL),
    page("verschlossen/erfassen/", closed.register_closed, name="register_closed", roles=frozenset({Role.MAILROOM})),
    page("verschlossen/<uuid:document_id>/", closed.closed_document, name="closed_document", roles=CLOSED_MAIL),
    page("verschlossen/<uuid:document_id>/hinweis.pdf", closed.removal_note, name="removal_note", roles=CLOSED_MAIL),
    page("rechnungen/", register.register, name="register", roles=INVOICES),
    page("rechnungen/ausgabe", register.download, name="register_export", roles=WHOLE_REGISTER),
    *approval_routes,
    *finance_routes,
    *rejection_routes,
    *revision_routes,
    page("rechnungen/<slug:number>/", invoice.invoice, name="invoice", roles=INVOICES),
    page(
        "rechnungen/<slug:number>/angaben/",
        paper_invoice.paper_invoice,
        name="paper_invoice",
        roles=frozenset({Role.ACCOUNTING}),
    ),
    page(
        "rechnungen/<slug:number>/berichtigungen/",
        register_entry.corrections,
        name="register_corrections",
        roles=INVOICES,
    ),
    page(
        "rechnungen/<slug:number>/vergleich/<slug:other>/",
        register_entry.compare,
        name="register_compare",
        roles=INVOICES,
    ),
    page("rechnungen/<slug:number>/ansicht", files.readable_invoice, name="readable_invoice", roles=INVOICES),
    page("einlegen/", upload.upload, name="upload", roles=HANDING_IN),
    page("einlegen/<uuid:form_id>/", upload.handed_in, name="handed_in", roles=HANDING_IN),
    page("status/", status.status, name="status", roles=OPERATION),
    page("qualitaet/", quality.quality, name="quality", roles=CHECKING),
    page("qualitaet/<int:lot_id>/", quality.lot, name="quality_lot", roles=CHECKING),
    page("qualitaet/<uuid:document_id>/", quality.check, name="quality_check", roles=CHECKING),
    page("verfahren/", procedure.procedure, name="procedure", roles=PROCEDURE),
    page("verfahren/<int:number>/", procedure.procedure_version, name="procedure_version", roles=PROCEDURE),
    page("verfahren/<int:number>/<str:name>", procedure.procedure_file, name="procedure_file", roles=PROCEDURE),
    path("anmelden/", login.LoginView.as_view(), name="login"),
    path("abmelden/", auth.LogoutView.as_view(), name="logout"),
    path("gesund", health.health, name="health"),
    *distribution_routes,
    *accounting_routes,
    *paper_routes,
    *recognised_routes,
    *teaching_routes,
    *api_routes,
    path("metrics", metrics.metrics, name="metrics"),
]
handler400 = "web.pages.errors.bad_request"
handler404 = "web.pages.errors.not_found"
handler500 = "web.pages.errors.failure"
