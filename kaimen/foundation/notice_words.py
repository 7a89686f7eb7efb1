"""Notices keep codes and parameters; here they become sentences, in the reader's language, when read or sent."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.models import Notice

# Every case notice carries number and title; what else a sentence may use is given by its sender.
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
    "task_given": _("“%(title)s”交给%(organisation)s去办了，%(owner)s还在盯着。"),
    "task_done": _("%(organisation)s回了“%(title)s”。"),
    "promise_late": _("“%(title)s”超过了答应您的日子，已经报到上一级。"),
    "extension_decided": _("“%(title)s”的期限有变，新的日子和原因写在里面。"),
    "appeal_decided": _("您不服“%(title)s”的意见，有结果了。"),
    "link_changed": _("“%(title)s”的查看链接换了，旧的打不开了。"),
    "case_joined": _("“%(title)s”和别人说的是一回事，并在一起办；您的编号和答复还是您自己的。"),
    "case_left": _("“%(title)s”分开来单独办了。"),
    # to staff
    "case_received": _("新的一件归您：“%(title)s”（%(number)s）。"),
    "case_owned": _("“%(title)s”（%(number)s）由您管到底。"),
    "case_handed_over": _("%(from)s把“%(title)s”（%(number)s）转给了您。"),
    "case_answered": _("%(by)s替您答复了“%(title)s”（%(number)s）。"),
    "case_asked_more": _("“%(title)s”（%(number)s）在等对方补充。"),
    "case_more_given": _("“%(title)s”（%(number)s）补充来了。"),
    "more_given": _("“%(title)s”（%(number)s）补充来了。"),
    "case_reopened": _("“%(title)s”（%(number)s）没解决，要重新办。"),
    "case_escalated": _("“%(title)s”（%(number)s）超时，报到您这里了。"),
    "rated": _("“%(title)s”（%(number)s）收到评价：%(score)s 分。"),
    "rated_bad": _("“%(title)s”（%(number)s）收到差评，1 个工作日内要回访。"),
    "rated_badly": _("“%(title)s”（%(number)s）收到差评，1 个工作日内要回访。"),
    "task_received": _("交办来了：“%(title)s”（%(number)s）。"),
    "task_accepted": _("%(organisation)s接了“%(title)s”（%(number)s）的交办。"),
    "task_returned": _("%(organisation)s退回了“%(title)s”（%(number)s）的交办，看看理由。"),
    "task_cancelled": _("“%(title)s”（%(number)s）的交办取消了。"),
    "promise_soon": _("“%(title)s”（%(number)s）快到期了。"),
    "case_late": _("“%(title)s”（%(number)s）超时了。"),
    "extension_asked": _("“%(title)s”（%(number)s）想延期，请您定。"),
    "case_extension_decided": _("“%(title)s”（%(number)s）的延期有结果了。"),
    "refusal_to_sign": _("“%(title)s”（%(number)s）打算答复办不了，请您第二个签字。"),
    "refusal_signed": _("“%(title)s”（%(number)s）的“办不了”已签字。"),
    "refusal_not_signed": _("“%(title)s”（%(number)s）的“办不了”没有通过，接着办。"),
    "appeal_made": _("有人不服“%(title)s”（%(number)s）的“办不了”，请您复核。"),
    "call_back_due": _("“%(title)s”（%(number)s）的差评今天要回访。"),
    # about the account
    "signin": _("您的账号在一台新设备上登录了。不是您，请马上换密码。"),
    "role_given": _("您有了新的角色：%(role)s（%(organisation)s）。"),
    "role_taken": _("您的角色收回了：%(role)s（%(organisation)s）。"),
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
        known["title"] = known.get("number", "") or translate("您的一件事")
    return str(words) % defaultdict(str, known)


def _shown(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
