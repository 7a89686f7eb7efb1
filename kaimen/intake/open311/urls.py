"""Below /open311/: the kind of answer is part of the address, as the standard has it."""

from django.urls import re_path

from kaimen.intake.open311 import views

KIND = r"\.(?P<kind>json|xml)$"

urlpatterns = [
    re_path(rf"^discovery{KIND}", views.discovery, name="open311_discovery"),
    re_path(rf"^v2/services{KIND}", views.service_list, name="open311_services"),
    re_path(rf"^v2/services/(?P<code>[^/]+){KIND}", views.service_definition, name="open311_service"),
    re_path(rf"^v2/requests{KIND}", views.requests, name="open311_requests"),
    re_path(rf"^v2/requests/(?P<number>[^/]+){KIND}", views.one_request, name="open311_request"),
    re_path(rf"^v2/tokens/(?P<token>[^/]+){KIND}", views.token, name="open311_token"),
]
