"""Addresses below /api/v1/: what ninja made of the rooms' functions, and our own page about them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from kaimen.look.speaking import speaking
from kaimen.web.api import about, cases, errors, needs, public, tasks


class Readable(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class JsonOnly(Parser):
    """A body says that it is JSON: what a form on somebody else's page could send is not read as if it were."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise errors.NotJson
        return super().parse_body(request)


api = NinjaAPI(
    title="Kaimen 开门",
    version="1",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    renderer=Readable(),
    parser=JsonOnly(),
)
errors.connect(api)
for router in (public.router, needs.router, cases.router, tasks.router):
    api.add_router("", router)


def _kept_by_nobody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return private


def _ours(patterns: list[Any]) -> list[URLPattern]:
    """Without ninja's root, which would lead to a page that loads its script from another host."""
    found = [pattern for pattern in patterns if pattern.name != "api-root"]
    for pattern in found:
        pattern.callback = speaking(_kept_by_nobody(pattern.callback))
    return found


about.describe(lambda: api.get_openapi_schema(path_prefix="/api/v1/"))
urlpatterns = [
    path("openapi.json", about.schema, name="api_schema"),
    path("docs", about.docs, name="api_docs"),
    *_ours(api.urls[0]),
]
