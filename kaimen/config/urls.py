"""Every address of the house, room by room."""

from django.urls import include, path

handler400 = "kaimen.look.views.not_understood"
handler500 = "kaimen.look.views.broken"

urlpatterns = [
    path("", include("kaimen.intake.urls")),  # first: the door is what most come for
    path("", include("kaimen.web.operating.urls")),
    path("", include("kaimen.hotspots.urls")),
    path("", include("kaimen.cases.urls")),
    path("", include("kaimen.letters.urls")),
    path("", include("kaimen.catalogue.urls")),
    path("", include("kaimen.foundation.urls")),
    path("", include("kaimen.look.urls")),
    path("", include("kaimen.web.urls")),
]
