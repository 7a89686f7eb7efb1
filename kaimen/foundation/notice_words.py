"""Notices keep codes and parameters; here they become sentences, in the reader's language, when read or sent."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.models import Notice

# Every notice of a case carries number and title, of a task its title; what else a sentence may use is given by its sender.
WORDS: dict[str, Any] = {
    # to who asked
    "received": _("您说的事收到了（%(number)s），由%(owner)s管到底。"),
    "handed_over": _("“%(title)s”换了人管，现在由%(owner)s管到底。"),
    "progress": _("“%(title)s”有进展了，打开看看。"),
    "asked_more": _("“%(title)s”还差一点信息，请您补一句。"),
    "answered": _("“%(title)s”有答复了，去看看说得对不对。"),
    "closed": _("“%(title)s”办结了。没解决，还可以说。"),
    "closed_silent": _("“%(title)s”好些天没听到您的意见，先记为办结。没解决，还可以说。"),
    "declined": _("“%(title)s”办不了。为什么、还能找谁、不服怎么说，都写在里面。"),
    "reopened": _("“%(title)s”重新办了。"),
    "mended": _("您打过低分的“%(title)s”整改好了，请再打一次分。"),
    "appeal_upheld": _("不服“%(title)s”办不了，意见成立，重新办。"),
    "appeal_rejected": _("不服“%(title)s”办不了，复核后维持原来的答复，理由写在里面。"),
    "extension_agreed": _("“%(title)s”要晚些办结，新的日子和原因写在里面。"),
    "link_changed": _("“%(title)s”的查看链接换了，旧的打不开了。"),
    # to who owns it
    "cases_imported": _("导入了 %(count)s 件归您管，都在您的办件里。"),
    "case_received": _("新的一件归您：“%(title)s”（%(number)s）。"),
    "case_handed_over": _("%(from)s把“%(title)s”（%(number)s）转给了您。"),
    "case_answered": _("%(by)s替您答复了“%(title)s”（%(number)s）。"),
    "more_given": _("“%(title)s”（%(number)s）补充来了。"),
    "case_reopened": _("“%(title)s”（%(number)s）没解决，要重新办。"),
    "rated": _("“%(title)s”（%(number)s）收到评价：%(score)s 分。"),
    "rated_bad": _("“%(title)s”（%(number)s）收到差评，1 个工作日内要回访。"),
    "task_done": _("“%(title)s”（%(number)s）：%(organisation)s回了。"),
    "all_tasks_done": _("“%(title)s”（%(number)s）交办的都回了，可以答复了。"),
    "tasks_still_open": _(
        "“%(title)s”（%(number)s）有结果了，交给%(organisations)s的还没回：用不着了就取消，用得着就接着盯。"
    ),
    "task_returned": _("“%(title)s”（%(number)s）：%(organisation)s把交办退回来了，看看理由。"),
    "late": _("“%(title)s”（%(number)s）超时 %(days_late)s 个工作日，已经报到上一级。"),
    "refusal_signed": _("“%(title)s”（%(number)s）的“办不了”，%(by)s签了字。"),
    "refusal_unsigned": _("“%(title)s”（%(number)s）的“办不了”，%(by)s没同意，接着办。"),
    "appealed": _("“%(title)s”（%(number)s）的“办不了”，对方不服，上一级在复核。"),
    # to who decides or handles
    "owner_left": _("%(name)s不在这里办事了，手上还有 %(count)s 件没办完，请转给别人。"),
    "task_given": _("交办来了：“%(title)s”。"),
    "task_late": _(
        "“%(title)s”的交办超时 %(days_late)s 个工作日，已经报给督办。请快回；有难处，打电话给交办的人。"
    ),
    "task_cancelled": _("“%(title)s”的交办取消了，不用办了。"),
    "extension_to_decide": _("%(by)s想把“%(title)s”（%(number)s）延 %(days)s 天，请您定。"),
    "extension_refused": _("“%(title)s”（%(number)s）的延期没同意，按原来的日子办。"),
    "late_supervisor": _("“%(title)s”（%(number)s）超时 %(days_late)s 个工作日，报到您这里了。"),
    "late_federation": _(
        "“%(title)s”（%(number)s）超时 %(days_late)s 个工作日，社区还没办好，报到您这里了。"
    ),
    "refusal_to_sign": _("%(by)s打算答复“%(title)s”（%(number)s）办不了，请您第二个签字。"),
    "appeal_to_decide": _("有人不服“%(title)s”（%(number)s）的“办不了”，请您复核。"),
    "issue_marked": _("%(by)s建议把“%(title)s”提为议题：%(people)s 人在说，请您看看。"),
    "letter": _("有一封给您的信：“%(title)s”。点开就能看、能回。"),
    # about the account
    "role_given": _("您有了新的角色：%(role)s（%(organisation)s）。"),
    "role_taken": _("您的角色收回了：%(role)s（%(organisation)s）。"),
    "face_put_up": _("%(by)s给您换了照片，来办事的人看得到。不要它，在这里去掉。"),
    "face_taken_down": _("%(by)s去掉了您的照片。"),
    "key_made": _("有一把接口钥匙（%(name)s）可以以您的名义办事。不是您知道的，请找管理员收回。"),
    # to a group chat: numbers and dates only
    "group_task_given": _("有一件新的交办，请在 %(due)s 前回，登录后在“交办给我的”里看。"),
    "group_late": _("有 %(count)s 件过了承诺的日子，请登录后到督办台看。"),
}
UNKNOWN = _("有新进展：%(title)s")


def sentence(notice: Notice) -> str:
    """The words of `notice` in the active language."""
    return words_for(notice.code, notice.params)


def words_for(code: str, params: dict[str, Any]) -> str:
    """The sentence of a notice in the active language; a missing parameter leaves a gap, never an error.

    A code without a sentence of its own still says that something moved, and about what.
    """
    words = WORDS.get(code, UNKNOWN)
    known = {key: _shown(value) for key, value in params.items()}
    if not known.get("title"):
        known["title"] = known.get("number", "") or gettext("您的一件事")
    return str(words) % defaultdict(str, known)


def _shown(value: Any) -> str:
    return gettext("、").join(map(str, value)) if isinstance(value, list | tuple) else str(value)
