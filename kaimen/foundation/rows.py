"""Rows by the dozen, quickly: what `bulk_create` does for new rows of one table, without compiling the statement anew.

For the few tables that every need writes to. The columns, and how each value is prepared, are looked up once a model
and kept; what a field does not take as it is goes through its own `get_db_prep_save`. Like `bulk_create` it calls no
`save()`, sends no signals and does not know `auto_now`, and it fills in the keys that the database gives out.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)

# Both databases take a str, int or bool as it is; a subclass of one of these fields may not.
PLAIN = frozenset(
    {
        models.CharField,
        models.TextField,
        models.BooleanField,
        models.PositiveSmallIntegerField,
        models.PositiveIntegerField,
        models.BigIntegerField,
        models.FloatField,
    }
)


@dataclass(frozen=True)
class _Plan:
    """How a model's rows go in: a getter of all its values, and for those not plain their position and preparation."""

    values: Callable[[Any], tuple[Any, ...]]
    prepared: tuple[tuple[int, Callable[[Any, Any], Any]], ...]
    head: str
    marks: str
    tail: str
    at_once: int
    key: str  # of the key that comes back, "" when it was given


@dataclass(frozen=True)
class _Part:
    """Rows of one model that fit into one statement."""

    plan: _Plan
    rows: list[Any]

    @property
    def sql(self) -> str:
        return self.plan.head + ", ".join([self.plan.marks] * len(self.rows)) + self.plan.tail


# None: nobody collects, every insert is written at once
_waiting: ContextVar[list[_Part] | None] = ContextVar("waiting", default=None)


def insert(rows: Iterable[Row]) -> list[Row]:
    """Write new rows of one model, all in the caller's transaction, and give them back with their keys.

    Inside `together` they wait: the rows come back at once, their keys with the next `settle`.
    """
    rows = list(rows)
    if rows:
        plan = _plan(type(rows[0]), connection.vendor)
        parts = [_Part(plan, rows[n : n + plan.at_once]) for n in range(0, len(rows), plan.at_once)]
        waiting = _waiting.get()
        if waiting is None:
            _write(parts)
        else:
            waiting += parts
    return rows


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Rows of several models in as few round trips as their keys allow, written at the latest at the end.

    PostgreSQL takes several statements at once; on SQLite, which is no trip away, they follow each other. One inside
    another is part of it.
    """
    if _waiting.get() is not None:
        yield
        return
    outer = _waiting.set([])
    try:
        yield
        settle()
    finally:
        _waiting.reset(outer)


def settle() -> None:
    """Write what waits: afterwards all rows inserted so far have their keys. Outside `together` nothing ever waits."""
    waiting = _waiting.get()
    if waiting:
        _write(waiting)
        waiting.clear()


def _write(parts: "list[_Part]") -> None:
    ops = connection.ops
    features: Any = (
        connection.features
    )  # only PostgreSQL's know of binding; bound there, statements come one by one
    at_once = connection.vendor == "postgresql" and not features.uses_server_side_binding
    with connection.cursor() as cursor:
        if at_once:
            sql = ";".join(part.sql for part in parts)
            cursor.execute(sql, [value for part in parts for value in _parameters(part.plan, part.rows, ops)])
        for n, part in enumerate(parts):
            if not at_once:
                cursor.execute(part.sql, _parameters(part.plan, part.rows, ops))
            elif n:
                cursor.nextset()
            if part.plan.key:
                for row, (key,) in zip(part.rows, cursor.fetchall(), strict=True):
                    setattr(row, part.plan.key, key)
            for row in part.rows:
                row._state.adding, row._state.db = False, connection.alias


def _parameters(plan: _Plan, rows: list[Any], ops: Any) -> list[Any]:
    parameters: list[Any] = []
    for row in rows:
        values = list(plan.values(row))
        for position, prepare in plan.prepared:
            if values[position] is not None:
                values[position] = prepare(values[position], ops)
        parameters += values
    return parameters


@cache  # one entry for each model written like this
def _plan(model: type[models.Model], vendor: str) -> _Plan:
    meta, quote = model._meta, connection.ops.quote_name
    given = not isinstance(meta.pk, models.AutoField)
    fields = [field for field in meta.concrete_fields if given or not field.primary_key]
    prepared = tuple((n, _preparation(field)) for n, field in enumerate(fields) if not _plain(field))
    columns = ", ".join(quote(str(field.column)) for field in fields)
    limit = connection.features.max_query_params or 10_000
    return _Plan(
        values=attrgetter(*(field.attname for field in fields)),
        prepared=prepared,
        head=f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ",  # noqa: S608  # names of ours
        marks=f"({', '.join(['%s'] * len(fields))})",
        tail="" if given else f" RETURNING {quote(str(meta.pk.column))}",
        at_once=max(1, limit // len(fields)),
        key="" if given else meta.pk.attname,
    )


def _plain(field: "models.Field[Any, Any]") -> bool:
    if isinstance(field, models.ForeignKey):
        return isinstance(field.target_field, models.BigAutoField)
    return type(field) in PLAIN


def _preparation(field: "models.Field[Any, Any]") -> Callable[[Any, Any], Any]:
    """From the value to what the database takes, given its operations; None is never asked about."""
    if type(field) is models.DateTimeField:
        return lambda value, ops: ops.adapt_datetimefield_value(value)
    if type(field) is models.DateField:
        return lambda value, ops: ops.adapt_datefield_value(value)
    if type(field) is models.JSONField:
        encoder = field.encoder
        return lambda value, ops: ops.adapt_json_value(value, encoder)
    return lambda value, _ops: field.get_db_prep_save(value, connection)
