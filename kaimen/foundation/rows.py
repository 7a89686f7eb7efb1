"""Rows by the dozen, quickly: what `bulk_create` does for new rows of one table, without compiling the statement anew.

For the few tables that every need writes to. The columns, and how each value is prepared, are looked up once a model
and kept; what a field does not take as it is goes through its own `get_db_prep_save`. Like `bulk_create` it calls no
`save()`, sends no signals and does not know `auto_now`, and it fills in the keys that the database gives out.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

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
    usual: dict[str, Any]  # of every column, in their order, what stands there unless it is told
    made: tuple[tuple[str, Callable[[], Any]], ...]  # … and those for which each row has its own
    pk: str
    links: dict[
        str, str
    ]  # from the name of a row that is pointed to (`owner`) to its column's attribute (`owner_id`)


@dataclass(frozen=True)
class _Part:
    """Rows of one model that fit into one statement: instances, or only their values, whose keys nobody asks for."""

    plan: _Plan
    rows: list[Any]
    values: list[list[Any]]

    @property
    def key(self) -> str:
        return self.plan.key if self.rows else ""

    @property
    def sql(self) -> str:
        many = len(self.rows) or len(self.values)
        return self.plan.head + ", ".join([self.plan.marks] * many) + (self.plan.tail if self.key else "")


# None: nobody collects, every insert is written at once
_waiting: ContextVar[list[_Part] | None] = ContextVar("waiting", default=None)


def insert(rows: Iterable[Row]) -> list[Row]:
    """Write new rows of one model, all in the caller's transaction, and give them back with their keys.

    Inside `together` they wait: the rows come back at once, their keys with the next `settle`.
    """
    rows = list(rows)
    if rows:
        plan = _plan(type(rows[0]))
        _write_or_wait(
            [_Part(plan, rows[n : n + plan.at_once], []) for n in range(0, len(rows), plan.at_once)]
        )
    return rows


def insert_values(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """The same for rows that nobody looks at once they are written: values by attribute (`case_id`), without the cost
    of an instance; what is not named gets the field's default. TypeError for a name that is no column.
    """
    plan = _plan(model)
    values = [_values(plan, row) for row in rows]
    if values:
        _write_or_wait(
            [_Part(plan, [], values[n : n + plan.at_once]) for n in range(0, len(values), plan.at_once)]
        )


def _values(plan: _Plan, row: Mapping[str, Any]) -> list[Any]:
    values = {**plan.usual, **row}
    if len(values) != len(plan.usual):
        raise TypeError(f"no such columns: {sorted(row.keys() - plan.usual.keys())}")
    for name, make in plan.made:
        if name not in row:
            values[name] = make()
    return list(values.values())


def new(model: type[Row], **values: Any) -> Row:
    """A row not yet written, as `model(**values)` makes it, for a fifth of the cost: it asks nobody's signals, and a
    name that is no field is a TypeError here as well. Rows that it points to are given as such (`owner`)."""
    plan = _plan(model)
    row, state, cached = object.__new__(model), ModelState(), dict[str, Any]()
    kept = {"_state": state, plan.pk: None, **plan.usual}
    for name, value in values.items():
        if link := plan.links.get(name):
            kept[link] = value.pk if value is not None else None
            cached[name] = value
        elif name in kept:
            kept[name] = value
        else:
            raise TypeError(f"no such field: {name}")
    for name, make in plan.made:
        if name not in values:
            kept[name] = make()
    state.__dict__["fields_cache"] = cached
    row.__dict__ |= kept
    return row


def _write_or_wait(parts: "list[_Part]") -> None:
    waiting = _waiting.get()
    if waiting is None:
        _write(parts)
    else:
        waiting += parts


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
    ours: Any = connections[DEFAULT_DB_ALIAS]  # itself: through the proxy every look costs
    ops = ours.ops
    # only PostgreSQL's features know of binding; bound there, statements come one by one
    at_once = ours.vendor == "postgresql" and not ours.features.uses_server_side_binding
    with ours.cursor() as cursor:
        if at_once:
            sql = ";".join(part.sql for part in parts)
            cursor.execute(sql, [value for part in parts for value in _parameters(part, ops)])
        for n, part in enumerate(parts):
            if not at_once:
                cursor.execute(part.sql, _parameters(part, ops))
            elif n:
                cursor.nextset()
            if part.key:
                for row, (key,) in zip(part.rows, cursor.fetchall(), strict=True):
                    setattr(row, part.key, key)
            for row in part.rows:
                row._state.adding, row._state.db = False, ours.alias


def _parameters(part: _Part, ops: Any) -> list[Any]:
    plan, parameters = part.plan, list[Any]()
    for values in part.values or (list(plan.values(row)) for row in part.rows):
        for position, prepare in plan.prepared:
            if values[position] is not None:
                values[position] = prepare(values[position], ops)
        parameters += values
    return parameters


@cache  # one entry for each model written like this: a process has one database
def _plan(model: type[models.Model]) -> _Plan:
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
        usual={field.attname: None if _made(field) else field.get_default() for field in fields},
        made=tuple((field.attname, field.get_default) for field in fields if _made(field)),
        pk=meta.pk.attname,
        links={
            field.name: field.attname
            for field in fields
            if isinstance(field, models.ForeignKey) and field.target_field.primary_key
        },
    )


@lru_cache(maxsize=64)  # the rows of one need, and of those beside it, all tell the same moment
def _moment(value: datetime, ops: Any) -> Any:
    return ops.adapt_datetimefield_value(value)


def _made(field: "models.Field[Any, Any]") -> bool:
    """Each row gets its own default."""
    return field.has_default() and callable(field.default)


def _plain(field: "models.Field[Any, Any]") -> bool:
    if isinstance(field, models.ForeignKey):
        return isinstance(field.target_field, models.BigAutoField)
    return type(field) in PLAIN


def _preparation(field: "models.Field[Any, Any]") -> Callable[[Any, Any], Any]:
    """From the value to what the database takes, given its operations; None is never asked about."""
    if type(field) is models.DateTimeField:
        return _moment
    if type(field) is models.DateField:
        return lambda value, ops: ops.adapt_datefield_value(value)
    if type(field) is models.JSONField:
        encoder = field.encoder
        return lambda value, ops: ops.adapt_json_value(value, encoder)
    return lambda value, _ops: field.get_db_prep_save(value, connection)
