"""Every write of this room."""

from .gathering import gather_issues
from .hearing import hear_cases, hear_new
from .ordering import (
    lock_issue,
    mark_issue,
    merge_issues,
    move_case,
    rename_issue,
    show_issue,
    split_issue,
    undo,
    unlock_issue,
    unmark_issue,
)

__all__ = [
    "gather_issues",
    "hear_cases",
    "hear_new",
    "lock_issue",
    "mark_issue",
    "merge_issues",
    "move_case",
    "rename_issue",
    "show_issue",
    "split_issue",
    "undo",
    "unlock_issue",
    "unmark_issue",
]
