"""Ready-made answers: what the names in braces stand for in a case, and what may be wrong with a template."""

from collections.abc import Callable
from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kaimen.cases.enums import PromiseKind
from kaimen.cases.models import AnswerTemplate, Case
from kaimen.logic.placeholders import Problem, fill, problems
from kaimen.look.templatetags.look import day

# The names belong to the templates, which are Chinese. Not among them: who asked. An answer reaches its asker anyway,
# and the name of one who wants to stay unknown must not slip into a text.
NAMES: dict[str, Callable[[Case], str]] = {
    "编号": lambda case: case.number,
    "标题": lambda case: case.title,
    "事项": lambda case: str(case.service) if case.service else "",
    "地点": lambda case: str(case.place) if case.place else case.place_text,
    "社区": lambda case: str(case.community),
    "专员": lambda case: case.owner.name,
    "电话": lambda case: case.owner.public_phone,
    "办公时间": lambda case: case.owner.office_hours,
    "办结期限": lambda case: _day(_solved_by(case)),
    "今天": lambda case: _day(timezone.localdate()),
}
SAMPLE: dict[str, str] = {
    "编号": "KM-2026-00418",
    "标题": "三号门晚上没地方停车",
    "事项": "园区停车位增设与管理",
    "地点": "三号门",
    "社区": "示例工业社区",
    "专员": "示例林",
    "电话": "0574-0000 0018",
    "办公时间": "工作日 8:30–17:30",
    "办结期限": "周二 3月17日",
    "今天": "周一 3月2日",
}
PROBLEMS = {
    "unknown": _("没有“{text}”这个空。能用的空写在旁边，照着写。"),
    "nearest": _("没有“{text}”这个空，是不是“{nearest}”？"),
    "empty": _("有一对空的大括号，里面要写名字，比如“编号”。"),
    "unpaired": _("“{text}”这里的大括号少了一半，要成对。"),
}


def text_for(template: AnswerTemplate, case: Case) -> str:
    """The template filled in for `case`; what is not known is left as a visible gap."""
    return fill(template.text, {name: value(case) for name, value in NAMES.items()})


def sample_of(text: str) -> str:
    """`text` as it would read for an invented case."""
    return fill(text, SAMPLE)


def wrong_with(text: str) -> list[str]:
    """Sentences that say what to mend in a template; [] when it can be used."""
    return [_sentence(problem) for problem in problems(text, NAMES)]


def _sentence(problem: Problem) -> str:
    words = PROBLEMS["nearest" if problem.nearest else problem.code]
    return gettext(words).format(text=problem.text, nearest=problem.nearest)


def _solved_by(case: Case) -> date | None:
    due = [promise.due_on for promise in case.promises.all() if promise.kind == PromiseKind.SOLVED]
    return due[-1] if due else None


def _day(on: date | None) -> str:
    with translation.override("zh-hans"):  # the answer is Chinese whatever the officer reads
        return day(on)
