"""Every write on a case, a task, a refusal, a rating: one verb, one transaction."""

from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.steps import as_seen

from .escalating import ask_extension, decide_extension, escalate_late
from .grouping import join_group, leave_group, merge_cases
from .handling import (
    add_note,
    answer_case,
    ask_for_more,
    change_service,
    close_case,
    hand_over,
    reopen_case,
    retitle_case,
    revoke_link,
    set_enterprise,
    supply_more,
    take_case,
)
from .older import OldCase, keep_older
from .opening import NewCase, open_case, open_cases
from .progress import tell_progress
from .rating import close_silent, note_call_back, note_mended, rate_case
from .refusing import appeal, decide_appeal, propose_refusal, sign_refusal
from .tasks import (
    accept_task,
    cancel_task,
    finish_task,
    give_task,
    make_task_link,
    return_task,
    revoke_task_link,
)

__all__ = [
    "Moved",
    "NewCase",
    "NotNow",
    "OldCase",
    "accept_task",
    "add_note",
    "answer_case",
    "appeal",
    "as_seen",
    "ask_extension",
    "ask_for_more",
    "cancel_task",
    "change_service",
    "close_case",
    "close_silent",
    "decide_appeal",
    "decide_extension",
    "escalate_late",
    "finish_task",
    "give_task",
    "hand_over",
    "join_group",
    "keep_older",
    "leave_group",
    "make_task_link",
    "merge_cases",
    "note_call_back",
    "note_mended",
    "open_case",
    "open_cases",
    "propose_refusal",
    "rate_case",
    "reopen_case",
    "retitle_case",
    "return_task",
    "revoke_link",
    "revoke_task_link",
    "set_enterprise",
    "sign_refusal",
    "supply_more",
    "take_case",
    "tell_progress",
]
