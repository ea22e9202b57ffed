"""Every address of the page."""

from django.contrib.auth import views as auth
from django.urls import path

from web import views

urlpatterns = [
    path("", views.documents, name="documents"),
    path("schriftstueck/<uuid:document_id>/", views.document, name="document"),
    path("anmelden/", auth.LoginView.as_view(template_name="web/login.html"), name="login"),
    path("abmelden/", auth.LogoutView.as_view(), name="logout"),
    path("gesund", views.health, name="health"),
]
handler404 = "web.views.not_found"
