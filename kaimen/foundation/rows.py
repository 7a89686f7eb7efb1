"""Rows by the dozen, quickly: what `bulk_create` does for new rows of one table, without compiling the statement anew.

For the few tables that every need writes to. The columns, and how each value is prepared, are looked up once a model
and kept; what a field does not take as it is goes through its own `get_db_prep_save`. Like `bulk_create` it calls no
`save()`, sends no signals and does not know `auto_now`, and it fills in the keys that the database gives out.
"""

from collections.abc import Callable, Iterable
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


def insert(rows: Iterable[Row]) -> list[Row]:
    """Write new rows of one model, all in the caller's transaction, and give them back with their keys."""
    rows = list(rows)
    if not rows:
        return rows
    ops = connection.ops
    plan = _plan(type(rows[0]), connection.vendor)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), plan.at_once):
            part = rows[start : start + plan.at_once]
            cursor.execute(
                plan.head + ", ".join([plan.marks] * len(part)) + plan.tail, _parameters(plan, part, ops)
            )
            if plan.key:
                for row, (key,) in zip(part, cursor.fetchall(), strict=True):
                    setattr(row, plan.key, key)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


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
