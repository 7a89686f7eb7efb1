"""The schema as JSON, and the same as a page of ours: nothing is loaded from another host, no script is needed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kaimen.foundation.enums import KeyScope
from kaimen.look.speaking import speaking

Json = dict[str, Any]
_makers: list[Callable[[], Json]] = []
TOLD = {"summary"}


def describe(make: Callable[[], Json]) -> None:
    """Where the schema comes from; it is made when somebody first asks for it."""
    _makers[:] = [make]
    _schema.cache_clear()


@lru_cache(maxsize=1)
def _schema() -> Json:
    return _makers[0]()


@dataclass(frozen=True)
class Parameter:
    name: str
    where: str
    required: bool
    shape: str


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    parameters: list[Parameter]
    sends: str
    gets: str


@require_safe
@speaking
def schema(request: HttpRequest) -> HttpResponse:
    return JsonResponse(_spoken(_schema()), json_dumps_params={"ensure_ascii": False})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    known = _schema()
    groups: dict[str, list[Operation]] = {}
    for path, methods in known["paths"].items():
        for method, one in methods.items():
            (tag,) = one["tags"]
            groups.setdefault(gettext(tag), []).append(_operation(method, path, one))
    shapes = {
        name: [(field, _shape(one), field in shape.get("required", ())) for field, one in fields.items()]
        for name, shape in known["components"]["schemas"].items()
        if (fields := shape.get("properties"))
    }
    return render(request, "web/api.html", {"groups": groups, "shapes": shapes, "scopes": KeyScope})


def _operation(method: str, path: str, one: Json) -> Operation:
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    summary = one["summary"]
    good = next(answer for code, answer in one["responses"].items() if str(code).startswith("2"))
    return Operation(
        method=method.upper(),
        path=path,
        summary=gettext(summary),
        parameters=[
            Parameter(p["name"], p["in"], p.get("required", False), _shape(p["schema"]))
            for p in one["parameters"]
        ],
        sends=_shape(body) if body else "",
        gets=_shape(good.get("content", {}).get("application/json", {}).get("schema", {})),
    )


def _shape(schema: Mapping[str, Any]) -> str:
    """A type in one short line."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if choices := schema.get("anyOf"):
        return " | ".join(_shape(choice) for choice in choices)
    if schema.get("type") == "array":
        return f"[{_shape(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type", ""))


def _spoken(schema: Any) -> Any:
    """The schema with its sentences in the language asked for."""
    if isinstance(schema, Mapping):
        return {
            key: gettext(value) if key in TOLD and isinstance(value, str) else _spoken(value)
            for key, value in schema.items()
        }
    return [_spoken(one) for one in schema] if isinstance(schema, list) else schema
