"""What a schema allows, and what it forbids, made up by schemathesis and sent through the WSGI application."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from kaimen.config.wsgi import application

load_all_checks()
CHECKED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)
REFUSED = CHECKED + CHECKS.get_by_names(["negative_data_rejection"])
EXAMPLES = 6  # for each address and mode: thousands belong on a night, not into every run


def attack(
    schema: dict[str, Any],
    headers: dict[str, str],
    mode: GenerationMode,
    also: Callable[[Any], None],
    examples: int = EXAMPLES,
) -> dict[str, set[int]]:
    """Every operation with made-up input; the statuses that came back, by operation. Fails on any broken promise."""
    loaded = schemathesis.openapi.from_dict(schema)
    loaded.app = application
    seen: dict[str, set[int]] = {}
    for found in loaded.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
            with one_connection():
                seen[operation.label] = _send(operation, headers, mode, also, examples)
    return seen


@contextmanager
def one_connection() -> Iterator[None]:
    """As Django's test client does: a request must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _send(
    operation: Any, headers: dict[str, str], mode: GenerationMode, also: Callable[[Any], None], examples: int
) -> set[int]:
    statuses: set[int] = set()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        case.headers.update(headers)
        answer = case.call()
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=REFUSED if mode is GenerationMode.NEGATIVE else CHECKED)
        also(answer)

    send()
    return statuses


def _can_be_wrong(operation: Any) -> bool:
    return bool(list(operation.iter_parameters())) or bool(operation.body)
