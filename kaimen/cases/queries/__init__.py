"""Every read of cases that joins or decides who sees what; a list's query count does not grow with its rows."""

from kaimen.cases.clocks import explain_promise

from .lists import as_rows, communities_of, desk, is_endless, search, similar_open, to_do, visible_cases
from .one import Step, by_track_token, case_for, open_promises, timeline_of
from .tasks import inbox, task_by_token, task_for
from .watching import Load, Watch, loads, owner_load, watch

__all__ = [
    "Load",
    "Step",
    "Watch",
    "as_rows",
    "by_track_token",
    "case_for",
    "communities_of",
    "desk",
    "explain_promise",
    "inbox",
    "is_endless",
    "loads",
    "open_promises",
    "owner_load",
    "search",
    "similar_open",
    "task_by_token",
    "task_for",
    "timeline_of",
    "to_do",
    "visible_cases",
    "watch",
]
