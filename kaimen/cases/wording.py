"""Every code of this room in words, in one place: what the asker reads and what the staff read.

The database keeps codes and parameters (actions/); here they become sentences in the reader's language.
tests/cases/test_pages_wording.py walks every code that the actions write or raise.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kaimen.cases.enums import CaseState, Channel, PromiseKind, Score, Solved, TaskState
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.models import Case
from kaimen.cases.queries import Step
from kaimen.look.templatetags.look import day, moment

# code -> (the asker's words, the staff's words); {who} is the person who did it
TIMELINE: dict[str, tuple[str, str]] = {
    "received": (_("收到，由{owner}管到底"), _("收到（{channel}），归{owner}")),
    "taken": (_("开始办"), _("{who}接手")),
    "handed_over": (_("换人管：以后由{to}管到底"), _("{who}转给{to}")),
    "progress": (_("跟您说一声进展"), _("{who}先回了一句")),
    "asked_more": (_("请您补充"), _("{who}请他补充")),
    "more_given": (_("您补充了"), _("{who}补充")),
    "answered": (_("答复"), _("{who}答复")),
    "closed": (_("办结"), _("办结")),
    "closed_silent": (_("答复后没有再说什么，先办结了"), _("答复后没有回音，自动办结（不算满意）")),
    "reopened": (_("重新办"), _("{who}要求重新办")),
    "note": (_("备注"), _("{who}备注")),
    "service_changed": (_("归到“{to}”"), _("{who}把事项改为“{to}”")),
    "enterprise_set": (_("记下了是{to}的事"), _("{who}记下是{to}的事")),
    "enterprise_cleared": (_("不记在哪家单位名下了"), _("{who}去掉了单位")),
    "retitled": (_("改了标题"), _("{who}把标题改为“{to}”")),
    "link_changed": (_("换了查看链接"), _("{who}换了查看链接")),
    "refusal_proposed": (_("正在核对能不能办"), _("{who}提出办不了：{clause}")),
    "refusal_unsigned": (_("再想办法"), _("{who}没有签字，接着办")),
    "refusal_signed": (_("第二人签了字"), _("{who}签字：办不了")),
    "declined": (_("这件办不了：{clause}"), _("告诉他办不了：{clause}")),
    "appealed": (_("您不服，由上一级来看"), _("{who}不服，等上一级定")),
    "appeal_upheld": (_("上一级说您有理，重新办"), _("{who}：有理，重新办")),
    "appeal_rejected": (_("上一级看过，维持"), _("{who}：维持")),
    "grouped": (_("和一样的事一起办，您的话单独留着"), _("并到“{title}”，原话保留，可撤出")),
    "ungrouped": (_("单独办"), _("从“{title}”撤出，单独办")),
    "task_given": (_("请{organisation}一起办"), _("{who}交办{organisation}：{title}，{due}前回")),
    "task_accepted": (_("{organisation}接了"), _("{organisation}接了：{title}")),
    "task_done": (_("{organisation}回话了"), _("{organisation}已回：{title}")),
    "task_returned": (_("{organisation}说不归他们管，另外找人"), _("{organisation}退回：{title}")),
    "task_cancelled": (_("不用{organisation}办了"), _("取消交办{organisation}：{title}")),
    "task_link_made": (_("请{organisation}看"), _("{who}给{organisation}发了交办链接")),
    "task_link_revoked": (_("收回了给{organisation}的链接"), _("{who}收回给{organisation}的链接")),
    "extension_asked": (_("申请晚几天，还没同意"), _("{who}申请“{kind}”延 {days} 个工作日")),
    "extension_agreed": (_("要晚 {days} 个工作日，新的日子是{due}"), _("{who}同意“{kind}”延 {days} 个工作日，到{due}")),
    "extension_refused": (_("没同意延期，还按原来的日子"), _("{who}不同意“{kind}”延期")),
    "late_supervisor": (_("“{kind}”超时了，已经报给督办"), _("“{kind}”超 {days_late} 个工作日，报给{supervisor}")),
    "late_federation": (_("还没办好，已经报给上一级工会"), _("“{kind}”超 {days_late} 个工作日，再报上一级{supervisor}")),
    "rated": (_("您评了：{score}，{solved}"), _("评价：{score}，{solved}")),
    "call_back_done": (_("给您打了电话"), _("{who}回访")),
    "mended": (_("整改了，您可以再评一次"), _("{who}整改")),
}  # fmt: skip

# actions.NotNow -> why it is not possible and what to do instead
NOT_NOW: dict[str, str] = {
    "no_words": _("还没写内容。写一句再发。"),
    "not_older": _("这不是办完了的老账，装不进来。"),
    "not_from_here": _("现在是“{state}”，这一步做不了。"),
    "closed": _("已经有结果了。要接着办，请先重新办。"),
    "no_enterprise": _("这不是社区里的企业，记不上。"),
    "owner_already": _("本来就是{name}管。"),
    "no_officer": _("{name}在这里不是服务专员，转不了。"),
    "reopened_once": _("您已经要求重新办过一次。还没办好，请打电话给他，由工作人员重开。"),
    "appeal_instead": _("这件是“办不了”。不服可以请上一级来看。"),
    "not_answered": _("还没答复，答复以后再评。"),
    "already_rated": _("已经评过了，谢谢。"),
    "not_mended": _("还在整改，整改好了可以再评一次。"),
    "bad_score": _("请选一个满意程度。"),
    "no_call_due": _("没有等着回访的差评。"),
    "no_mending_due": _("没有等着整改的差评。"),
    "refusal_pending": _("已经有一份“办不了”在等签字。"),
    "refusal_decided": _("已经有人定了。"),
    "another_person": _("自己提的不能自己定，要另一个人。"),
    "nothing_to_appeal": _("没有可以不服的决定。"),
    "appealed_once": _("已经请上一级看过一次。"),
    "too_late_to_appeal": _("签字已经超过 {days} 个工作日，不能再请上一级看；可以重新说一次。"),
    "no_appeal": _("没有等着定的。可能已经有人定了。"),
    "no_cases": _("先选要办的事，并案至少选两件。"),
    "two_communities": _("不是同一个社区的，不能放在一起。"),
    "no_days": _("至少给一个工作日。"),
    "too_late_to_return": _("交办已经超过 {days} 个工作日，不能退了。请打电话给交办的人商量。"),
    "same_case": _("这是同一件。"),
    "joined_already": _("已经在一起了。"),
    "no_group": _("没有并案。"),
    "name_needed": _("这个链接没有写给哪一位，不能申请延期。请打电话给交办的人。"),
    "no_extension_for": _("“{kind}”不能延期。"),
    "promise_over": _("这个时限已经过去了，不用延。"),
    "already_late": _("已经超时，不能再延。到期之前才能申请。"),
    "extension_too_long": _("最多再要 {days} 个工作日。"),
    "extension_once": _("只能申请一次，已经申请过了。"),
    "extension_decided": _("已经有人定了。"),
    "template_wrong": _("大括号里的名字有不对的，改好再存。"),
    "template_name_taken": _("已经有一个叫这个名字的模板了，换一个名字。"),
    "template_moved": _("刚才有人改过这个模板。您写的还在，没有存；看看现在的，再决定。"),
    "task_serves_others": _("交给{organisation}的还为别的事在办，不能从这里停。"),
    "no_view": _("这个视图已经没有了。"),
}  # fmt: skip

ROUTING: dict[str, str] = {
    "responsible_organisation": _("这一项归这一位的单位管"),
    "organisation_above": _("管这一项的单位没人值班，由上一级接"),
    "on_duty": _("今天在岗"),
    "nobody_on_duty": _("服务专员都不在岗，先由督办接"),
    "no_supervisor": _("都不在岗，回来就办"),
    "area": _("管“{area}”这一片"),
    "no_area_match": _("“{area}”没有专人，从所有人里选"),
    "lowest_load": _("手上最少：{load} 件"),
    "first_by_key": _("手上一样多，按顺序轮到"),
    "only_one": _("这一项只有这一位管"),
}

STATE_SAID: dict[str, str] = {
    CaseState.RECEIVED: _("收到了，有人管"),
    CaseState.IN_HAND: _("正在办"),
    CaseState.WAITING: _("等您补充"),
    CaseState.ANSWERED: _("答复了，您看行不行"),
    CaseState.CLOSED: _("办结了"),
    CaseState.REOPENED: _("重新办，接着管"),
    CaseState.DECLINED: _("这件办不了"),
}
STATE_TONE: dict[str, str] = {
    CaseState.RECEIVED: "info",
    CaseState.IN_HAND: "info",
    CaseState.WAITING: "soon",
    CaseState.ANSWERED: "ok",
    CaseState.CLOSED: "ok",
    CaseState.REOPENED: "soon",
    CaseState.DECLINED: "late",
}
_LABELS: dict[str, tuple[Any, ...]] = {
    "score": (Score,),
    "solved": (Solved,),
    "kind": (PromiseKind,),
    "channel": (Channel,),
    "state": (CaseState, TaskState),
}


@dataclass(frozen=True)
class Line:
    """One step of the timeline, ready to print."""

    at: datetime
    said: str
    text: str
    code: str
    staff_only: bool


def lines(steps: Iterable[Step], *, staff: bool) -> list[Line]:
    """The timeline in words, newest first."""
    told = [Line(step.at, said(step, staff=staff), step.text, step.code, step.internal) for step in steps]
    return told[::-1]


def said(step: Step, *, staff: bool) -> str:
    """One step in words; the asker is 您 to themselves and 当事人 to the staff."""
    words = TIMELINE[step.code][1 if staff else 0]
    asker = gettext("当事人") if staff else gettext("您")
    who = asker if step.by_asker else step.actor or gettext("系统")
    return gettext(words).format_map(_spoken(step.params, who))


def not_now(no: NotNow) -> str:
    """Why an action is not possible now, and what to do instead."""
    return gettext(NOT_NOW[no.code]).format_map(_spoken(no.params, ""))


def meanwhile(moved: Moved) -> str:
    """What somebody else did in the meantime, in one sentence for the staff."""
    last = moved.last
    if last is None:
        return gettext("刚才有人先动了这件事。您写的还在下面，看一眼再决定。")
    step = Step(
        last.at,
        last.code,
        last.params,
        "",
        last.actor.name if last.actor else "",
        last.actor is None,
        False,
        None,
    )
    parts = {"when": moment(last.at), "what": said(step, staff=True)}
    return gettext("比您早一步：%(when)s，%(what)s。您写的还在下面，看一眼再决定。") % parts


def state_said(case: Case) -> str:
    """The state as the asker hears it."""
    return gettext(STATE_SAID[case.state])


def tone(case: Case) -> str:
    """Which colour the state has."""
    return STATE_TONE[case.state]


def why_owner(case: Case) -> list[str]:
    """Why this person owns the case, from the codes that routing left."""
    told = [(code, params) for code, params in case.routing if code in ROUTING]
    return [gettext(ROUTING[code]).format_map(_spoken(params, "")) for code, params in told]


def _spoken(params: Mapping[str, Any], who: str) -> dict[str, str]:
    """Parameters as words: codes of our enums become their labels, days are said as days."""
    spoken: dict[str, str] = defaultdict(str)
    for key, value in params.items():
        spoken[key] = _one(key, value)
    spoken["who"] = who
    return spoken


def _one(key: str, value: Any) -> str:
    for labels in _LABELS.get(key, ()):
        if value in labels.values:
            return str(labels(value).label)
    if key == "due" and value:
        return day(date.fromisoformat(value))
    return str(value)
