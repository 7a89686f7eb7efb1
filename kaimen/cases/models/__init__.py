from .case import Case, CaseAttachment, CaseGroup, CaseText, NumberCounter
from .clock import Escalation, Extension, Pause, Promise
from .desk import AnswerTemplate, DueFeed, MonthlyFigures, SavedView
from .outcome import Answer, Rating, Refusal, TimelineEntry
from .task import Task, TaskLink

__all__ = [
    "Answer",
    "AnswerTemplate",
    "Case",
    "CaseAttachment",
    "CaseGroup",
    "CaseText",
    "DueFeed",
    "Escalation",
    "Extension",
    "MonthlyFigures",
    "NumberCounter",
    "Pause",
    "Promise",
    "Rating",
    "Refusal",
    "SavedView",
    "Task",
    "TaskLink",
    "TimelineEntry",
]
