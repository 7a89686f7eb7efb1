"""Django's SQLite with less around each statement. What it does is the same: a test compares.

How a statement reads once its %s are turned into SQLite's question marks is remembered: Django works that out with every
execution, and a need executes the same dozen statements as the one before. And a statement goes straight to SQLite
unless somebody looks on (wrappers, the log of queries) or something is not as it should be: then it takes Django's way.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from threading import get_ident
from typing import Any

from django.apps import apps
from django.db.backends.sqlite3 import base
from django.db.backends.utils import CursorWrapper

__all__ = ["DatabaseWrapper"]


class _Cursor(base.SQLiteCursorWrapper):
    def execute(self, query: str, params: Any = None) -> Any:
        if params is None or isinstance(params, Mapping):
            return super().execute(query, params)
        return sqlite3.Cursor.execute(self, _with_question_marks(query), params)

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        if param_names is not None:
            return str(super().convert_query(query, param_names=param_names))
        return _with_question_marks(query)


@lru_cache(maxsize=500)  # statements with lists come in many lengths
def _with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class _Wrapper(CursorWrapper):
    def execute(self, sql: Any, params: Any = None) -> Any:
        db = self.db
        if db.execute_wrappers or db.needs_rollback or not apps.ready:
            return super().execute(sql, params)
        return (
            self._told(self.cursor.execute, sql)
            if params is None
            else self._told(self.cursor.execute, sql, params)
        )

    def fetchone(self) -> Any:
        return self._told(self.cursor.fetchone)

    def fetchmany(self, *size: int) -> Any:
        return self._told(self.cursor.fetchmany, *size)

    def fetchall(self) -> Any:
        return self._told(self.cursor.fetchall)

    def _told(self, do: Callable[..., Any], *given: Any) -> Any:
        """What SQLite says, its errors as Django's."""
        try:
            return do(*given)
        except sqlite3.Error:
            with self.db.wrap_database_errors:
                raise


class DatabaseWrapper(base.DatabaseWrapper):
    _thread_ident: int  # Django's, which its types do not name

    def create_cursor(self, name: Any = None) -> _Cursor:
        cursor: _Cursor = self.connection.cursor(factory=_Cursor)
        return cursor

    def make_cursor(self, cursor: Any) -> _Wrapper:
        return _Wrapper(cursor, self)

    def _cursor(self, name: Any = None) -> CursorWrapper:
        here = self._thread_ident == get_ident()
        # a health check has nothing to do here: SQLite has no line that could be dead
        if here and self.connection is not None and not self.queries_logged:
            with self.wrap_database_errors:
                return self.make_cursor(self.create_cursor(name))
        cursor: CursorWrapper = super()._cursor(name)  # type: ignore[misc]  # Django's
        return cursor
