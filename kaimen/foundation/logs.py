"""Log lines that hold no personal data and no secret address, as JSON for machines or plain for people.

Three rules, the same for both forms. Messages of our own loggers are written as they are: they carry codes and ids.
Of every other logger only the pattern of the message is written, without what was filled in (Django fills in the
path, which may be a secret link, and the Referer). Of an exception only its type and where it happened: its message
quotes values ("Key (phone)=(138…) already exists"). A database that is away is the one exception to this: whoever
runs the house must read why, and libpq quotes no rows there.
(Personal Information Protection Law, articles 6 and 51: no more than the purpose needs, and protected.)
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest

from kaimen.look.away import is_away

ROOT = Path(__file__).resolve().parents[2]
OURS = ("kaimen", "django_tasks", "psycopg.pool", "granian")  # their messages hold codes, ids, hosts
FILLED_IN = re.compile(r"%(?:\(\w+\))?[-#0 +]*(?:\d+|\*)?(?:\.\d+)?[srdifgx]")
FRAMES = 12


@dataclass
class Current:
    """The request that this thread is answering."""

    id: str
    request: HttpRequest


current: ContextVar[Current | None] = ContextVar("current_request", default=None)


def route_of(request: HttpRequest) -> str:
    """The name of the address, never the address: in /t/… it is the key to somebody's case."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else "-"


def message_of(record: logging.LogRecord) -> str:
    """What may be written of `record`'s message."""
    if any(record.name == ours or record.name.startswith(f"{ours}.") for ours in OURS):
        return record.getMessage()
    if hasattr(record, "request"):
        return "request refused or failed"  # status, route and logger say the rest
    return FILLED_IN.sub("…", str(record.msg)) if record.args else str(record.msg).splitlines()[0]


def failure_of(error: BaseException | None) -> list[dict[str, Any]]:
    """Types and places of an exception and of what caused it, the outermost first."""
    told: list[dict[str, Any]] = []
    while error is not None and len(told) < 5:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        entry: dict[str, Any] = {
            "type": type(error).__name__,
            "at": [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if is_away(error):
            entry["said"] = str(error).strip().split("\n")[0][:300]
        told.append(entry)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


def _place(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(ROOT / "kaimen"):
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-2:])


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """Everything of `record` that may be kept."""
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": message_of(record),
    }
    now = current.get()
    request = getattr(record, "request", None) or (now.request if now else None)
    if isinstance(request, HttpRequest):
        line |= {"method": method_of(request), "route": route_of(request)}
    if now:
        line["request"] = now.id
    line |= getattr(record, "facts", {})
    if isinstance(status := getattr(record, "status_code", None), int):
        line["status"] = status
    if record.exc_info and record.exc_info[1]:
        line["failure"] = failure_of(record.exc_info[1])
    return line


def method_of(request: HttpRequest) -> str:
    """A method is whatever the client wrote there: only the known ones are repeated."""
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method and request.method in known else "other"


class JsonLines(logging.Formatter):
    """One JSON object per line: what journald, Loki, Elasticsearch and jq read."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(fields(record), ensure_ascii=False, default=str)


class Plain(logging.Formatter):
    """The same facts for reading in a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = fields(record)
        failure = line.pop("failure", [])
        head = f"{line.pop('time')} {line.pop('level').upper()} {line.pop('logger')} {line.pop('message')}"
        rest = " ".join(f"{name}={value}" for name, value in line.items())
        told = [
            f"  {f['type']} {f.get('said', '')}\n" + "\n".join(f"    {at}" for at in f["at"]) for f in failure
        ]
        return "\n".join([f"{head} {rest}".rstrip(), *told])
