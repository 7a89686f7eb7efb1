"""Codes of letters in words: what is wrong with a text, why a letter did not arrive, what happened to it."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.views.roster import TABLE_WORDS
from kaimen.letters.enums import LetterChannel, LetterState, ReturnReason
from kaimen.letters.errors import NotNow
from kaimen.letters.models import LetterEvent
from kaimen.letters.recipients import MOST

NOT_NOW: dict[str, Any] = {
    "moved": _("刚才有人动过，现在做不了这一步。请看看现在的样子。"),
    "arrived": _(
        "这封信他已经收到了，不用再做。其实没到他手里的，先记“退回来了”，再改地址；想再写一封的，另发一次。"
    ),
    "nobody": _("没有找到收信人。"),
    "too_many": _("一次最多 %(most)s 位收信人，请分成几批。"),
    "no_name_column": _("请选出哪一列写的是姓名。"),
    "reading": _("名单正在读，读完就能改。"),
    "not_checked": _("还有没改好的，先看一遍再做。"),
    "not_made": _("信还没做好，做好了才能送。"),
    "nothing_to_print": _("没有等着打印的纸信。"),
    "printing": _("另一批正在排印，等它排好再来。"),
    "glyphs": _("这些字印不出来，换个写法：%(signs)s"),
    "no_reason": _("请选一个退回的原因。"),
    "template_name_taken": _("已经有一个模板叫这个名字了。"),
    "template_wrong": _("正文还有没配对的括号或星号，改好再存。"),
    "number_wrong": _("发文字号还不对，改好再做。"),
    "number_taken": _("发文字号“%(number)s”已经用过了，一个号只能发一次文。"),
    "code_wrong": _("发文代字只写汉字，比如“灵工”；年份和序号会自己加上。"),
    "template_moved": _("您写的时候，有人先改了这个模板。"),
}
TEXT_PROBLEMS: dict[str, Any] = {
    "blank": _("正文还没写。"),
    "unknown": _("没有“{%(field)s}”这一栏。"),
    "unknown_near": _("没有“{%(field)s}”这一栏，是不是“{%(nearest)s}”？"),
    "empty": _("大括号里面没有名字：{}。"),
    "unpaired": _("“%(around)s”这里少半个大括号。"),
    "half_bold": _("“%(around)s”这里的两个星号没有配对。"),
    "number_missing": _("还没写。比如“{代字}发〔{年}〕{号}号”，号会自己往下编。"),
    "number_no_code": _("本单位的发文代字还没填，请督办或管理员到“信函 → 信头”里写上。"),
    "number_field": _("没有“{%(field)s}”这一栏，能用的是 {代字}、{年}、{号}。"),
    "number_year": _("“%(number)s”里的年份要写全，放在六角括号里，像〔2026〕。"),
    "number_first": _("“%(number)s”不用写“第”字。"),
    "number_noughts": _("“%(number)s”的序号前面不补 0，1 就写 1。"),
    "number_shape": _("“%(number)s”不合规矩，要写成“灵工发〔2026〕3号”这样。"),
    "number_taken": _("“%(number)s”已经用过了，一个号只能发一次文。"),
}
WHERE: dict[str, Any] = {
    "title": _("标题"),
    "greeting": _("称呼"),
    "body": _("正文"),
    "number": _("发文字号"),
}
REASONS: dict[str, Any] = {
    **{reason.value: reason.label for reason in ReturnReason},
    "unsubscribed": _("本人说过不再收"),
    "by_sender": _("发信人决定不送"),
    "cannot_make": _("做不成，有一栏是空的"),
    "unavailable": _("这里没有设好邮件服务器"),
    "unreachable": _("邮件服务器连不上"),
    "address": _("邮箱写得不对"),
    "sms_unavailable": _("这里没有设好短信"),
    "sms_unreachable": _("短信网关连不上"),
    "sms_refused": _("短信网关没收"),
    "nobody": _("没有账号可收"),
    "robot": _("群机器人没收"),
    "smtp": _("对方邮箱退信（%(number)s）"),
    "smtp_later": _("对方邮箱让等等（%(number)s），过一会儿再送"),
}
HAPPENED: dict[str, Any] = {
    "make": _("做好了"),
    "send": _("送出去了"),
    "deliver": _("送到了"),
    "read": _("打开看了"),
    "reply": _("回话了，成了一件事：%(code)s"),
    "bounce": _("没送到：%(why)s"),
    "return": _("退回来了：%(why)s"),
    "repair": _("改了地址，重新做"),
    "leave_out": _("不送了：%(why)s"),
}
WAYS_SHUT: dict[str, Any] = {
    LetterChannel.EMAIL: _("有信要用邮件送，可这里还没设好邮件服务器：先设好，或者改用别的渠道。"),
    LetterChannel.SMS: _("有信要用短信送，可这里还没设好短信：先设好，或者改用别的渠道。"),
}
TONES = {
    LetterState.RETURNED: "late",
    LetterState.BOUNCED: "late",
    LetterState.MADE: "soon",
    LetterState.SENT: "info",
    LetterState.DELIVERED: "ok",
    LetterState.READ: "ok",
    LetterState.REPLIED: "gold",
}


def not_now(error: NotNow) -> str:
    if "why" in error.params:
        return text_problem("number", error.params["why"], error.params)
    return str(NOT_NOW[error.code]) % error.params


def stands_against(error: NotNow) -> list[str]:
    """Everything that keeps one letter from being made: the part or field, and what is wrong with it."""
    report = error.params.get("report")
    if report is None:
        return [not_now(error)]
    return [
        *(text_problem(*problem) for problem in report["words"]),
        *(gettext("“%(name)s”没有填。") % {"name": name} for _seq, name in report["empty"]),
        *(
            gettext("这些字印不出来：%(signs)s") % {"signs": " ".join(signs)}
            for signs in [report["signs"], report["head_signs"], *(signs for _seq, signs in report["glyphs"])]
            if signs
        ),
    ]


def reading_problem(code: str) -> str:
    """Why a long list could not be read, "" when nothing was wrong."""
    return str(TABLE_WORDS.get(code) or NOT_NOW.get(code, "")) % {"most": MOST}


def text_problem(where: str, code: str, params: dict[str, str]) -> str:
    """One thing that is wrong with a text, and in which part of it."""
    key = "unknown_near" if code == "unknown" and params.get("nearest") else code
    return f"{WHERE[where]}：{str(TEXT_PROBLEMS[key]) % params}"


def reason(code: str) -> str:
    """Why a letter did not arrive, "" for no reason given. A server's answer is its number."""
    if code.startswith("smtp_"):
        number = code.removeprefix("smtp_")
        return str(REASONS["smtp" if number.startswith("5") else "smtp_later"]) % {"number": number}
    return str(REASONS.get(code, ""))


def happened(event: LetterEvent) -> str:
    """One line of a letter's history."""
    words = str(HAPPENED[event.verb]) % {"code": event.code, "why": reason(event.code) or gettext("没写原因")}
    if event.verb == "repair":
        who, _colon, number = event.code.partition(":")
        if who == "by_recipient":
            words = gettext("收信人自己改了地址，重新做")
        if number:
            words += gettext("（上一封的邮件号 %(number)s）") % {"number": number}
    return words
