"""Codes of this room as sentences."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kaimen.cases.chips import Chip
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case
from kaimen.foundation.models import Person
from kaimen.hotspots.models import HotIssue, IssueDeed, IssueMembership
from kaimen.hotspots.permissions import can_see_issues

PARTS = {
    "number": _("件数"),
    "people": _("人数"),
    "support": _("我也是"),
    "recency": _("新近"),
    "growth": _("在涨"),
}
COUNTED = {
    "number": _("%(n)s 件"),
    "people": _("%(n)s 人"),
    "support": _("%(n)s 人点了“我也是”"),
    "recency": _("最近一次是 %(n)s 天前"),
    "growth": _("近四周比前四周多 %(n)s 人"),
}
NOTHING = {
    "support": _("还没有人点“我也是”"),
    "recency": _("这一天里还有人说"),
    "growth": _("近四周和前四周一样多"),
}
NOT_NOW = {
    "same_issue": _("就是这一件，不用动。"),
    "two_communities": _("不是同一个社区的，并不到一起。"),
    "issue_gone": _("刚才有人把它并到别处了，看一眼再决定。"),
    "issue_locked": _("它锁着。先解锁，再并。"),
    "no_cases": _("先勾上要分出去的几件。"),
    "all_cases": _("全勾上就没有剩下的了。留几件，或者直接改标题。"),
    "no_text": _("还没写标题。"),
    "locked_already": _("已经锁上了。"),
    "not_locked": _("本来就没锁。"),
    "marked_already": _("已经有人建议过了。"),
    "not_marked": _("没有建议可撤。"),
    "not_undoable": _("这一步撤不了，用相反的一步。"),
    "undone_already": _("已经撤过了。"),
}
DEEDS = {
    "merged": _("把“%(title)s”的 %(cases)s 件并进来"),
    "split": _("分出 %(cases)s 件，成了“%(title)s”"),
    "moved": _("把 %(number)s 挪到这里"),
    "renamed": _("标题从“%(old)s”改成“%(title)s”"),
    "locked": _("锁上"),
    "unlocked": _("解锁"),
    "hidden": _("不再公示"),
    "shown": _("重新公示"),
    "marked": _("建议提为议题"),
    "unmarked": _("撤回建议"),
    "undone": _("撤销了一步"),
}


class _Gaps(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def not_now(no: NotNow) -> str:
    return gettext(str(NOT_NOW[no.code]))


def said(deed: IssueDeed) -> str:
    """One step of an issue's history."""
    return str(DEEDS[deed.deed]) % _Gaps(deed.params)


def title(issue: HotIssue) -> str:
    """What staff read: the title, or what can be said where nobody's words may be shown."""
    return issue.title or public_title(issue)


def public_title(issue: HotIssue) -> str:
    """What everybody may read: an officer's title, or place and service; never what one person wrote."""
    if issue.named_by_id:
        return issue.title
    place = issue.places[0][1] if issue.places and issue.places[0][0] else ""
    matter = issue.matter or (str(issue.domain) if issue.domain else gettext("没归类的事"))
    return f"{place}：{matter}" if place else matter


def parts(issue: HotIssue) -> list[dict[str, Any]]:
    """The sum of the heat, part by part, as it is shown."""
    total = max(sum(points for _code, _count, points in issue.parts), 1e-9)
    shown, before = [], 0.0
    for code, counted, points in issue.parts:
        share = points / total * 100
        part = {"code": code, "name": PARTS[code], "counted": _counted(code, counted)}
        shown.append(part | {"points": points, "from": f"{before:.2f}", "share": f"{share:.2f}"})
        before += share
    return shown


def _counted(code: str, counted: float) -> str:
    if not counted and code in NOTHING:
        return str(NOTHING[code])
    if code == "growth" and counted < 0:
        return gettext("近四周比前四周少 %(n)s 人") % {"n": f"{-counted:g}"}
    return str(COUNTED[code]) % {"n": f"{counted:g}"}


def chip_for(case: Case, person: Person) -> Chip | None:
    """On the desk: how many say the same. One query; nothing while the case is alone."""
    member = IssueMembership.objects.filter(case=case.pk).select_related("issue__community").first()
    if member is None or not can_see_issues(person, member.issue.community):
        return None
    others = member.issue.messages - 1
    if others < 1:
        return None
    words = ngettext("另有 %(n)s 件在说这事", "另有 %(n)s 件在说这事", others) % {"n": others}
    return Chip(words, f"/hot/{member.issue_id}")
