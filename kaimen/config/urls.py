"""Every address of the house, room by room."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("kaimen.intake.urls")),
    path("", include("kaimen.cases.urls")),
    path("", include("kaimen.catalogue.urls")),
    path("", include("kaimen.foundation.urls")),
    path("", include("kaimen.look.urls")),
    path("", include("kaimen.web.urls")),
]
