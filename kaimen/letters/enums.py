"""States of a mailing and of one letter, and the tables of allowed transitions as data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LetterKind(TextChoices):
    PERSONAL = "personal", _("慰问信")
    ANSWER = "answer", _("答复信")
    MOTION = "motion", _("建议、提案")
    NOTICE = "notice", _("通知")
    CERTIFICATE = "certificate", _("证书")
    GOOD_NEWS = "good_news", _("喜报")
    OFFICIAL = "official", _("红头文件")
    REPLY = "reply", _("复函")


NUMBERED = frozenset(
    {LetterKind.OFFICIAL, LetterKind.MOTION, LetterKind.REPLY}
)  # official papers by GB/T 9704-2012: none goes out without its 发文字号
NUMBERED_EACH = frozenset({LetterKind.CERTIFICATE, LetterKind.GOOD_NEWS})  # may bear a number of their own
EDITABLE = NUMBERED | {LetterKind.ANSWER}  # whoever gets one may have to work on in it: also as .docx


class SignatureForm(TextChoices):
    """GB/T 9704-2012, 7.3.5.1 and 7.3.5.2: where name and date stand."""

    SEALED = "sealed", _("盖章，给章留出地方")
    UNSEALED = "unsealed", _("不盖章")


class MailingState(TextChoices):
    DRAFT = "draft", _("在准备")
    READING = "reading", _("在读名单")
    CHECKED = "checked", _("看过了，能做")
    MAKING = "making", _("正在做")
    READY = "ready", _("做好了")
    SENDING = "sending", _("在送")
    DONE = "done", _("都收到了")
    STOPPED = "stopped", _("停了")
    DROPPED = "dropped", _("不写了")


# verb -> (states it may start from, state it leads to)
MAILING_TRANSITIONS: dict[str, tuple[frozenset[MailingState], MailingState]] = {
    "change": (frozenset({MailingState.DRAFT, MailingState.CHECKED}), MailingState.DRAFT),
    "check": (frozenset({MailingState.DRAFT, MailingState.CHECKED}), MailingState.CHECKED),
    "read": (frozenset({MailingState.DRAFT, MailingState.CHECKED}), MailingState.READING),
    "finish_reading": (frozenset({MailingState.READING}), MailingState.DRAFT),
    "make": (frozenset({MailingState.CHECKED}), MailingState.MAKING),
    "finish_making": (frozenset({MailingState.MAKING}), MailingState.READY),
    "send": (frozenset({MailingState.READY}), MailingState.SENDING),
    "finish": (frozenset({MailingState.SENDING}), MailingState.DONE),
    "come_back": (frozenset({MailingState.DONE}), MailingState.SENDING),
    "stop": (
        frozenset({MailingState.MAKING, MailingState.READY, MailingState.SENDING}),
        MailingState.STOPPED,
    ),
    "go_on": (frozenset({MailingState.STOPPED}), MailingState.MAKING),
    "drop": (
        frozenset({MailingState.DRAFT, MailingState.READING, MailingState.CHECKED}),
        MailingState.DROPPED,
    ),
}
OPEN_TO_CHANGE = frozenset({MailingState.DRAFT, MailingState.CHECKED})


class ReadingStep(TextChoices):
    """How far the job is that reads a long list; each is kept, so that the next worker goes on there."""

    COUNT = "count", _("数一数有多少人")
    CLEAR = "clear", _("换掉原来的名单")
    FILL = "fill", _("一个个记下来")
    LOOK = "look", _("看一遍有没有缺的")


class LetterState(TextChoices):
    WAITING = "waiting", _("还没做")
    MADE = "made", _("做好了")
    SENT = "sent", _("送出了")
    BOUNCED = "bounced", _("没送到")
    RETURNED = "returned", _("退回来了")
    DELIVERED = "delivered", _("送到了")
    READ = "read", _("看过了")
    REPLIED = "replied", _("回话了")
    LEFT_OUT = "left_out", _("不送了")


_UNDER_WAY = frozenset({LetterState.MADE, LetterState.SENT})
_BACK = frozenset({LetterState.BOUNCED, LetterState.RETURNED})
_ARRIVED = frozenset({LetterState.DELIVERED, LetterState.READ})

# verb -> (states it may start from, state it leads to)
LETTER_TRANSITIONS: dict[str, tuple[frozenset[LetterState], LetterState]] = {
    "make": (frozenset({LetterState.WAITING}), LetterState.MADE),
    "send": (frozenset({LetterState.MADE}), LetterState.SENT),
    "bounce": (_UNDER_WAY, LetterState.BOUNCED),
    "return": (_UNDER_WAY | {LetterState.DELIVERED}, LetterState.RETURNED),
    "deliver": (_UNDER_WAY | _BACK, LetterState.DELIVERED),
    "read": (_UNDER_WAY | _BACK | {LetterState.DELIVERED}, LetterState.READ),
    "reply": (_UNDER_WAY | _BACK | _ARRIVED | {LetterState.REPLIED}, LetterState.REPLIED),
    "repair": (_UNDER_WAY | _BACK | {LetterState.WAITING, LetterState.LEFT_OUT}, LetterState.WAITING),
    "leave_out": (_UNDER_WAY | _BACK | {LetterState.WAITING}, LetterState.LEFT_OUT),
}
RECEIVED = _ARRIVED | {LetterState.REPLIED}
SETTLED = RECEIVED | {LetterState.LEFT_OUT}
# what is still missing comes first on the sender's page; each state has a rank of its own, so one index serves both
RANKS: dict[str, int] = {
    LetterState.RETURNED: 0,
    LetterState.BOUNCED: 1,
    LetterState.WAITING: 2,
    LetterState.MADE: 3,
    LetterState.SENT: 4,
    LetterState.DELIVERED: 5,
    LetterState.READ: 6,
    LetterState.REPLIED: 7,
    LetterState.LEFT_OUT: 8,
}


class LetterChannel(TextChoices):
    PRINT = "print", _("纸信")
    EMAIL = "email", _("邮件")
    SMS = "sms", _("短信")
    APP = "app", _("站内")
    ROBOT = "robot", _("群机器人")


ELECTRONIC = frozenset(
    {LetterChannel.EMAIL, LetterChannel.SMS, LetterChannel.APP, LetterChannel.ROBOT}
)  # leave by a job; paper leaves by hand


class ReturnReason(TextChoices):
    MOVED = "moved", _("搬走了")
    NO_SUCH_ADDRESS = "no_such_address", _("地址不对")
    UNKNOWN_PERSON = "unknown_person", _("没这个人")
    NOBODY_THERE = "nobody_there", _("没人收")
    REFUSED = "refused", _("拒收")
    OTHER = "other", _("别的原因")


class BatchState(TextChoices):
    MAKING = "making", _("在排印")
    READY = "ready", _("可以打印")
    POSTING = "posting", _("正在记寄出")
    SENT = "sent", _("寄出了")
