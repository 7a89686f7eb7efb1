"""States of a case and of a task, and the tables of allowed transitions as data."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CaseState(TextChoices):
    RECEIVED = "received", _("收到")
    IN_HAND = "in_hand", _("在办")
    WAITING = "waiting", _("等您补充")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("办结")
    REOPENED = "reopened", _("重新办")
    DECLINED = "declined", _("办不了")


class Wish(TextChoices):
    """What the asker wants, as far as the words tell."""

    CONSULTATION = "consultation", _("咨询")
    COMPLAINT = "complaint", _("投诉")
    SUGGESTION = "suggestion", _("建议")
    REPORT = "report", _("举报")
    HELP = "help", _("求助")


class Alarm(TextChoices):
    """Why a person must look at once; gravest first, as in packs/words/urgent.yaml."""

    SELF_HARM = "self_harm", _("可能想不开")
    INJURY = "injury", _("有人受伤")
    VIOLENCE = "violence", _("打人、威胁")
    DANGER = "danger", _("有危险")
    MINORS = "minors", _("孩子的事")
    WAGES = "wages", _("欠薪")


# verb -> (states it may start from, state it leads to)
CASE_TRANSITIONS: dict[str, tuple[frozenset[CaseState], CaseState]] = {
    "take": (frozenset({CaseState.RECEIVED, CaseState.REOPENED}), CaseState.IN_HAND),
    "ask_for_more": (
        frozenset({CaseState.RECEIVED, CaseState.IN_HAND, CaseState.REOPENED}),
        CaseState.WAITING,
    ),
    "resume": (frozenset({CaseState.WAITING}), CaseState.IN_HAND),
    "answer": (
        frozenset({CaseState.RECEIVED, CaseState.IN_HAND, CaseState.WAITING, CaseState.REOPENED}),
        CaseState.ANSWERED,
    ),
    "close": (frozenset({CaseState.ANSWERED, CaseState.DECLINED}), CaseState.CLOSED),
    "reopen": (frozenset({CaseState.ANSWERED, CaseState.CLOSED, CaseState.DECLINED}), CaseState.REOPENED),
    "decline": (
        frozenset({CaseState.RECEIVED, CaseState.IN_HAND, CaseState.WAITING, CaseState.REOPENED}),
        CaseState.DECLINED,
    ),
}
OPEN_STATES = frozenset({CaseState.RECEIVED, CaseState.IN_HAND, CaseState.WAITING, CaseState.REOPENED})


class TaskState(TextChoices):
    ASKED = "asked", _("已交办")
    ACCEPTED = "accepted", _("已接")
    DONE = "done", _("已回")
    RETURNED = "returned", _("退回")
    CANCELLED = "cancelled", _("取消")


TASK_TRANSITIONS: dict[str, tuple[frozenset[TaskState], TaskState]] = {
    "accept": (frozenset({TaskState.ASKED}), TaskState.ACCEPTED),
    "finish": (frozenset({TaskState.ASKED, TaskState.ACCEPTED}), TaskState.DONE),
    "return": (frozenset({TaskState.ASKED, TaskState.ACCEPTED}), TaskState.RETURNED),
    "cancel": (frozenset({TaskState.ASKED, TaskState.ACCEPTED}), TaskState.CANCELLED),
}
OPEN_TASKS = frozenset({TaskState.ASKED, TaskState.ACCEPTED})


class PromiseKind(TextChoices):
    FIRST_ANSWER = "first_answer", _("最晚答复")
    SOLVED = "solved", _("最晚办结")
    TASK = "task", _("交办时限")
    CALL_BACK = "call_back", _("差评回访")
    MENDING = "mending", _("差评整改")


class Channel(TextChoices):
    WEB = "web", _("手机")
    PHONE = "phone", _("电话")
    COUNTER = "counter", _("前台")
    FORM = "form", _("扫码")
    VISIT = "visit", _("走访")
    IMPORT = "import", _("导入")
    API = "api", _("接口")
    LETTER = "letter", _("回信")


class Score(IntegerChoices):
    """好差评: five levels; the two lowest ask for a call and for mending."""

    VERY_BAD = 1, _("非常不满意")
    BAD = 2, _("不满意")
    FAIR = 3, _("基本满意")
    GOOD = 4, _("满意")
    VERY_GOOD = 5, _("非常满意")


class Solved(TextChoices):
    YES = "yes", _("解决了")
    PARTLY = "partly", _("解决了一部分")
    NO = "no", _("没解决")


class Decision(TextChoices):
    PENDING = "pending", _("等第二人签字")
    AGREED = "agreed", _("同意")
    REFUSED = "refused", _("不同意")


class Reader(TextChoices):
    """Who may see a line of the timeline: everyone incl. the asker, or staff only."""

    ALL = "all", _("都能看")
    STAFF = "staff", _("内部")
