"""Reference data in memory: organisations, roles, absences, places and services change a few times a day and are read
with every need. What was read is kept in this process for as long as the database says that nothing of it changed.

The database itself renews one stamp with every change to a watched table, by whatever hand it was made (triggers), in
the same transaction. Every use reads the stamp first: that costs a look at one row, and what is kept is never old. Who writes anyway can leave
that to the transaction that writes (`last_look`).
The stamp is drawn by lot, not counted: after a rollback or a restored backup the same count may stand for something else.
"""

import contextlib
import copy
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, models

Kept = TypeVar("Kept")

TABLE = "kaimen_reference"  # a plain table without a model, so that `flush` leaves it alone
EVERY_CHANGE = ("INSERT", "UPDATE", "DELETE")
WATCHED: dict[str, tuple[str, ...]] = {
    "foundation_organisation": EVERY_CHANGE,
    "foundation_place": EVERY_CHANGE,
    "foundation_role": EVERY_CHANGE,
    "foundation_absence": EVERY_CHANGE,
    "foundation_account": ("UPDATE OF is_active",),  # signing in changes the rest of it
    "foundation_person": ("UPDATE",),  # a new person concerns nobody until they get a role
}
MOST = 20_000  # things kept; beyond, all is forgotten and read again

_kept: tuple[str, dict[Hashable, Any]] = ("", {})


class Changed(Exception):
    """What was decided within `last_look` rests on data that is no longer so: decide it again within `one_look`."""


@dataclass(eq=False)
class Look:
    """What is recalled inside is as it was when the database said `stamp`; `sure` once it has said so here."""

    stamp: str = ""
    sure: bool = False


_look: ContextVar[Look | None] = ContextVar("look", default=None)


def recall(key: Hashable, load: Callable[[], Kept]) -> Kept:
    """What `load()` reads, or what it read when the reference data was as it is now.

    `load` reads watched tables only. What comes back is shared by all threads: `own` gives a row to change.
    Raises Changed within a `last_look` that another thread already knows to be old.
    """
    global _kept
    stamp = _stamp()
    held, things = _kept
    if held != stamp and (look := _look.get()) and not look.sure:
        raise Changed
    if held != stamp or len(things) > MOST:
        _kept = stamp, things = stamp, {}
    if key not in things:
        things[key] = load()
    kept: Kept = things[key]
    return kept


@contextlib.contextmanager
def one_look() -> Iterator[Look]:
    """Inside, the stamp is read once: all that is recalled is as it was at that moment. For what reads, asks nobody and
    takes milliseconds; who changes reference data inside would not see it."""
    with _looking(Look()) as look:
        yield look


@contextlib.contextmanager
def last_look() -> Iterator[Look]:
    """Inside, the stamp is not read at all: everything is as it was when this process last read it. Nothing that is
    decided so may count before `still_so` has said yes to the look, in the transaction that writes it down."""
    with _looking(Look(_kept[0])) as look:
        yield look


@contextlib.contextmanager
def _looking(look: Look) -> Iterator[Look]:
    outer = _look.set(look)
    try:
        yield look
    finally:
        _look.reset(outer)


def current_look() -> Look | None:
    """The innermost look that this is done in, to be handed to whoever writes what was decided."""
    return _look.get()


def still_so(look: Look) -> bool:
    """Is everything as it was in `look`? Then it is `sure`. Reads the stamp, once within `one_look`."""
    look.sure = look.sure or look.stamp == _stamp()
    return look.sure


def own(row: Kept) -> Kept:
    """A copy of a kept row, for whoever may change it: what `copy.copy` makes of a row of the database, for a third."""
    if not isinstance(row, models.Model):
        return copy.copy(row)
    twin, state = object.__new__(type(row)), object.__new__(type(row._state))
    state.__dict__ |= {**row._state.__dict__, "fields_cache": dict(row._state.fields_cache)}
    twin.__dict__ |= {**row.__dict__, "_state": state}
    return twin


def _stamp() -> str:
    look = _look.get()
    if look and look.stamp:
        return look.stamp
    stamp = _read_stamp()
    if look:
        look.stamp, look.sure = stamp, True
    return stamp


def _read_stamp() -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT stamp FROM {TABLE}")  # noqa: S608  # a name of ours
        return str(cursor.fetchone()[0])


def install(**_about: Any) -> None:
    """Watch the tables; done after every `migrate`, because SQLite drops triggers when it builds a table anew."""
    with connection.cursor() as cursor:
        for table, verbs in WATCHED.items():
            if table not in connection.introspection.table_names(cursor):
                continue  # its room is not migrated yet
            for statement in (
                _postgresql(table, verbs) if connection.vendor == "postgresql" else _sqlite(table, verbs)
            ):
                cursor.execute(statement)


def _sqlite(table: str, verbs: tuple[str, ...]) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_reference_{verb.lower().replace(' ', '_')} AFTER {verb} ON {table} "  # noqa: S608  # names of ours
        f"BEGIN UPDATE {TABLE} SET stamp = hex(randomblob(16)); END"
        for verb in verbs
    ]


def _postgresql(table: str, verbs: tuple[str, ...]) -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION kaimen_renew_reference() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608  # names of ours
        f"UPDATE {TABLE} SET stamp = gen_random_uuid()::text; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {table}_reference ON {table}",
        f"CREATE TRIGGER {table}_reference AFTER {' OR '.join((*verbs, 'TRUNCATE'))} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kaimen_renew_reference()",
    ]
