"""Every code of this room in words, in one place: what the asker reads and what the staff read.

The database keeps codes and parameters (actions.py); here they become sentences in the reader's language.
tests/cases/test_pages_wording.py walks every code the actions write.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kaimen.cases.enums import CaseState, Channel, PromiseKind, Score, Solved
from kaimen.cases.models import Case, TimelineEntry

# code -> (the asker's words, the staff's words); {who} is the person who did it
TIMELINE: dict[str, tuple[str, str]] = {
    "received": (_("收到"), _("收到，归{owner}")),
    "taken": (_("{who}接手"), _("{who}接手")),
    "handed_over": (_("转给{to}，以后由{to}管到底"), _("{who}转给{to}")),
    "asked_for_more": (_("请您补充"), _("{who}请他补充")),
    "supplied": (_("您补充了"), _("他补充了")),
    "answered": (_("答复"), _("{who}答复")),
    "closed": (_("办结"), _("{who}办结")),
    "reopened": (_("重新办"), _("{who}重新办")),
    "refusal_proposed": (_("正在核对能不能办"), _("{who}提出办不了，等第二人签字")),
    "refused": (_("这件办不了"), _("{who}签字：办不了")),
    "refusal_not_signed": (_("再办一办"), _("{who}没有签字，接着办")),
    "appealed": (_("您不服，上一级来看"), _("他不服，等督办定")),
    "appeal_upheld": (_("上一级说您有理，重新办"), _("{who}：他有理，重新办")),
    "appeal_dismissed": (_("上一级看过，维持原来的答复"), _("{who}：维持")),
    "rated": (_("您评了“{score}”"), _("评价：{score}，{solved}")),
    "called_back": (_("给您打了电话"), _("{who}回访")),
    "mended": (_("整改了，您可以重新评"), _("{who}整改")),
    "noted": (_("备注"), _("{who}备注")),
    "service_changed": (_("归到“{service}”"), _("{who}改为“{service}”")),
    "joined_group": (_("和同样的事一起办，您的话单独保留"), _("{who}并到“{title}”，原话保留")),
    "left_group": (_("单独办"), _("{who}撤出“{title}”")),
    "task_given": (_("请{organisation}一起办"), _("{who}交办{organisation}：{title}")),
    "task_accepted": (_("{organisation}接了"), _("{organisation}接了")),
    "task_done": (_("{organisation}回话了"), _("{organisation}已回")),
    "task_returned": (_("{organisation}说不归他们管，另找人办"), _("{organisation}退回")),
    "task_cancelled": (_("不用{organisation}办了"), _("{who}取消交办{organisation}")),
    "extension_asked": (_("申请晚几天"), _("{who}申请延 {days} 个工作日（{kind}）")),
    "extension_agreed": (_("要晚 {days} 个工作日"), _("{who}同意延 {days} 个工作日（{kind}）")),
    "extension_refused": (_("不许晚，按原来的日子办"), _("{who}不同意延期（{kind}）")),
    "escalated": (_("超时了，已经报给上一级"), _("超时 {days} 个工作日，报给{to}")),
    "closed_silent": (_("您没有再说什么，先办结；没办好可以要求重新办"), _("答复后一直没回音，自动办结")),
    "link_revoked": (_("查看链接换了一个"), _("查看链接换了一个")),
}

# why an action is not possible now (actions.NotNow)
NOT_NOW: dict[str, str] = {}

ROUTING: dict[str, str] = {
    "responsible_organisation": _("这一项归她的单位管"),
    "organisation_above": _("责任单位没有人值班，由上一级接"),
    "on_duty": _("今天在岗"),
    "nobody_on_duty": _("服务专员都不在岗，先由督办接"),
    "no_supervisor": _("都不在岗，回来就办"),
    "area": _("她管“{area}”这一片"),
    "no_area_match": _("“{area}”没有专人，从全体里选"),
    "lowest_load": _("手上最少（{load} 件）"),
    "first_by_key": _("手上一样多，按顺序轮到她"),
    "only_one": _("这一项只有她管"),
}

STATE_SAID: dict[str, str] = {
    CaseState.RECEIVED: _("收到了，马上有人看"),
    CaseState.IN_HAND: _("正在办"),
    CaseState.WAITING: _("等您补充，补了就接着办"),
    CaseState.ANSWERED: _("答复了，您看行不行"),
    CaseState.CLOSED: _("办结了"),
    CaseState.REOPENED: _("重新办，接着管"),
    CaseState.DECLINED: _("这件办不了，原因写在下面"),
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


@dataclass(frozen=True)
class Line:
    """One step of the timeline, ready to print."""

    at: datetime
    said: str
    text: str
    code: str
    staff_only: bool


def lines(entries: Iterable[TimelineEntry], *, staff: bool) -> list[Line]:
    """The timeline in words, newest first."""
    told = [
        Line(entry.at, said(entry, staff=staff), entry.text, entry.code, entry.reader == "staff")
        for entry in entries
    ]
    return told[::-1]


def said(entry: TimelineEntry, *, staff: bool) -> str:
    """One step in words. Staff read names; the asker reads only names that answer to them."""
    asker_words, staff_words = TIMELINE[entry.code]
    who = entry.actor.name if entry.actor else (gettext("本人") if staff else gettext("您"))
    return gettext(staff_words if staff else asker_words).format_map(_spoken(entry.params, who))


def not_now(code: str) -> str:
    """Why an action is not possible now."""
    return gettext(NOT_NOW[code])


def why_owner(case: Case) -> list[str]:
    """Why this person owns the case, from the codes that routing left."""
    return [
        gettext(ROUTING[code]).format_map(_spoken(params, "")) for code, params in case.routing if code in ROUTING
    ]


def _spoken(params: dict[str, Any], who: str) -> dict[str, str]:
    """Parameters as words: codes of our enums become their labels, dates stay short."""
    spoken: dict[str, str] = defaultdict(str)
    spoken.update({key: _one(key, value) for key, value in params.items()})
    spoken["who"] = who
    return spoken


def _one(key: str, value: Any) -> str:
    tables: dict[str, Any] = {"score": Score, "solved": Solved, "kind": PromiseKind, "channel": Channel}
    if key in tables and value in tables[key].values:
        return str(tables[key](value).label)
    if isinstance(value, date):
        return f"{value:%m-%d}"
    return str(value)
