"""How many open cases each person has, kept by SQLite itself while cases come and go.

Routing asks for it with every need, and to count takes the longer the more are open: with 10,000 of them a millisecond,
while nobody else may write. Triggers count along: whoever changes a case, by whatever way, cannot forget it. On
PostgreSQL two who write for the same officer would wait for each other until the first has committed: there it is
counted when asked (docs/adr/0036).
"""

from typing import Any, Final

from kaimen.cases.enums import OPEN_STATES

TABLE: Final = "cases_opencount"
_OPEN: Final = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))
_MORE: Final = (
    f"INSERT INTO {TABLE} (owner_id, number) VALUES (NEW.owner_id, 1) "  # noqa: S608  # names of ours, no input
    "ON CONFLICT (owner_id) DO UPDATE SET number = number + 1;"
)
_FEWER: Final = f"UPDATE {TABLE} SET number = number - 1 WHERE owner_id = OLD.owner_id;"  # noqa: S608  # the same
_WAS: Final = f"OLD.state IN ({_OPEN})"
_IS: Final = f"NEW.state IN ({_OPEN})"
_OTHER: Final = f"(OLD.owner_id <> NEW.owner_id OR ({_WAS}) <> ({_IS}))"
_TRIGGERS: Final = {
    "comes": f"INSERT ON cases_case WHEN {_IS} BEGIN {_MORE} END",
    "opens": f"UPDATE OF owner_id, state ON cases_case WHEN {_IS} AND {_OTHER} BEGIN {_MORE} END",
    "closes": f"UPDATE OF owner_id, state ON cases_case WHEN {_WAS} AND {_OTHER} BEGIN {_FEWER} END",
    "goes": f"DELETE ON cases_case WHEN {_WAS} BEGIN {_FEWER} END",
}


def count_along(editor: Any) -> None:
    """Count anew and keep counting from now on; for a migration, also after one that has built cases_case anew (SQLite
    drops the triggers of a table with it). Nothing on PostgreSQL."""
    if editor.connection.vendor != "sqlite":
        return
    stop_counting(editor)
    editor.execute(f"CREATE TABLE {TABLE} (owner_id INTEGER PRIMARY KEY, number INTEGER NOT NULL)")
    editor.execute(
        f"INSERT INTO {TABLE} SELECT owner_id, COUNT(*) FROM cases_case WHERE state IN ({_OPEN}) GROUP BY owner_id"  # noqa: S608  # names of ours
    )
    for name, what in _TRIGGERS.items():
        editor.execute(f"CREATE TRIGGER cases_case_{name} AFTER {what}")


def stop_counting(editor: Any) -> None:
    if editor.connection.vendor != "sqlite":
        return
    for name in _TRIGGERS:
        editor.execute(f"DROP TRIGGER IF EXISTS cases_case_{name}")
    editor.execute(f"DROP TABLE IF EXISTS {TABLE}")
