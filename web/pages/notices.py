"""Notices: what people were told by mail, what reaches nobody, and what the mail server refused."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.settings import load_settings
from records.models import Notice, NoticeMail
from records.notices import standing
from schemas.roles import Person, Role
from web.pages.lists import paged

__all__ = ["notices"]

_MOST = 50


@require_safe
def notices(request: HttpRequest, person: Person) -> HttpResponse:
    """The newest first; mails that did not get through above them."""
    unsent = NoticeMail.objects.filter(sent_at=None).exclude(problem="").select_related("user").order_by("composed_at")
    page = paged(request, Notice.objects.order_by("-created_at", "-id"))
    context = {
        "page": page,
        "rows": [(notice, ", ".join(Role(role).label for role in notice.roles)) for notice in page.object_list],
        "standing": standing(),
        "unsent": unsent[:_MOST],
        "server": load_settings().smtp_host,
    }
    return render(request, "web/notices.html", context)
