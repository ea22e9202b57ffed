"""For the supervisor and load balancers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse

from records.models import Document

__all__ = ["health"]


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """The page answers and the database can be read."""
    Document.objects.exists()
    return JsonResponse({"status": "ok"})
