"""Out of the house: one letter over one channel. What goes wrong is a code; nobody's name or address is in it."""

import contextlib
import smtplib
from email.errors import HeaderParseError
from email.headerregistry import Address
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone
from django.utils.translation import gettext as _

from kaimen.foundation import qr, sms
from kaimen.foundation.fields import digest
from kaimen.foundation.models import Notice, Webhook
from kaimen.foundation.robots import post_to_robot
from kaimen.letters import files, links
from kaimen.letters.enums import LetterChannel
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.sheets import values_of
from kaimen.logic.letters import fill
from kaimen.logic.posting import one_line, smtp_verdict

TIMEOUT = 10


class Refused(Exception):
    """It did not go out. `bounce`: it never will like this; otherwise it is tried again. `code` as in the event."""

    def __init__(self, code: str, *, bounce: bool) -> None:
        super().__init__(code)
        self.code = code
        self.bounce = bounce


class Post:
    """One connection to the mail server for a whole slice of letters, opened when the first one needs it."""

    def __init__(self, mailing: Mailing) -> None:
        self.mailing = mailing
        self._mail: Any = None

    def __enter__(self) -> "Post":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, letter: Letter) -> str:
        """Send `letter`; returns a code for its event. Raises Refused."""
        match letter.channel:
            case LetterChannel.EMAIL:
                return self._email(letter)
            case LetterChannel.SMS:
                return self._sms(letter)
            case LetterChannel.APP:
                return _app(letter, self.mailing)
            case LetterChannel.ROBOT:
                return _robot(letter, self.mailing)
        raise Refused("by_hand", bounce=False)

    def _email(self, letter: Letter) -> str:
        if not settings.EMAIL_HOST:
            raise Refused("unavailable", bounce=False)
        try:
            mail = envelope(letter, self.mailing)
            if self._mail is None:
                self._mail = get_connection(timeout=TIMEOUT)
                self._mail.open()
            mail.connection = self._mail
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _answered(*next(iter(error.recipients.values()))) from None
        except smtplib.SMTPResponseException as error:
            self._hang_up()  # after a refusal half-way the server may be in any state
            raise _answered(error.smtp_code, error.smtp_error) from None
        except ValueError:  # an address that is none, or a line break in a header
            raise Refused("address", bounce=True) from None
        except (OSError, smtplib.SMTPException):
            self._hang_up()
            raise Refused("unreachable", bounce=False) from None
        return "accepted"

    def _sms(self, letter: Letter) -> str:
        told = _("【%(house)s】%(name)s，有一封给您的信，点开就能看、能回：%(link)s") % {
            "house": self.mailing.organisation.name,
            "name": letter.name,
            "link": links.url(letter),
        }
        try:
            sms.send(letter.phone, told)
        except sms.NotSent as error:
            raise Refused(f"sms_{error.code}", bounce=False) from None
        return "accepted"

    def _hang_up(self) -> None:
        if self._mail is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._mail.close()
            self._mail = None


def envelope(letter: Letter, mailing: Mailing) -> EmailMessage:
    """The message: subject and reader as headers on one line each, the letter attached, its door as a link.

    Raises ValueError for an address that cannot stand in a header (RFC 5322 section 3.4.1).
    """
    values = values_of(letter, mailing, timezone.localdate(letter.state_at))
    subject = one_line(fill(mailing.text["title"], values) or mailing.name)
    lines = [
        _("%(name)s，您好！") % {"name": letter.name},
        _("有一封给您的信，附在这封邮件里。想回个话、有事要说，点这里，不用登录：")
        + "\n"
        + links.url(letter),
        mailing.text["sender"] or mailing.organisation.name,
    ]
    if not mailing.official:
        lines.append(_("不想再收这样的信：") + qr.absolute(f"{links.path(letter)}/off"))
    try:
        address = Address(addr_spec=one_line(letter.email, 254))
    except (HeaderParseError, IndexError) as error:
        raise ValueError("address") from error
    if address.addr_spec != letter.email or not address.domain:
        raise ValueError("address")
    mail = EmailMessage(subject=subject, body="\n\n".join(lines), to=[address.addr_spec])
    mail.extra_headers["Message-ID"] = message_id(letter)
    if not mailing.official:
        mail.extra_headers["List-Unsubscribe"] = f"<{qr.absolute(links.path(letter))}/off>"
    mail.attach(f"letter-{letter.number}.pdf", files.read(letter.pdf), files.PDF)
    return mail


def message_id(letter: Letter) -> str:
    """The same for every attempt at this letter in this round: a second copy, of a worker that was killed before it could
    write down that the first had left, is shown once (RFC 5322, 3.6.4). Tells nothing about the letter."""
    told = f"{letter.salt} {letter.round}"
    return f"<{digest(told, 'letter-mail')[:40]}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


def _answered(code: int, said: Any) -> Refused:
    """The server's answer; only its number is kept, as its words may name the address."""
    return Refused(f"smtp_{code}", bounce=smtp_verdict(code) == "bounce")


def _app(letter: Letter, mailing: Mailing) -> str:
    if letter.person is None:
        raise Refused("nobody", bounce=True)
    Notice.objects.create(
        person=letter.person, code="letter", link=links.path(letter), params={"title": mailing.name}
    )
    return "notice"


def _robot(letter: Letter, mailing: Mailing) -> str:
    """A group chat has readers we do not know: it hears that a letter is there, not for whom nor what it says."""
    robots = Webhook.objects.filter(organisation=letter.organisation, active=True)
    told = [robot for robot in robots if _posted(robot, letter)]
    if not told:
        raise Refused("robot", bounce=not robots)
    if letter.person is not None:
        _app(letter, mailing)
    return "robot"


def _posted(robot: Webhook, letter: Letter) -> bool:
    words = _("有一封给贵单位工会的信（编号 %(number)s），请登录后在通知里看。") % {"number": letter.number}
    try:
        post_to_robot(robot.url, words)
    except (
        Exception
    ):  # whatever a robot answers, the next one is asked; what it said may hold its secret address
        return False
    return True
