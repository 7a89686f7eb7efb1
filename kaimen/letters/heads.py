"""What an organisation's papers bear at their head, and what is wrong with the 发文字号 of one that is not made yet."""

import logging
from datetime import datetime
from typing import Any

from django.utils import timezone

from kaimen.foundation.models import Organisation
from kaimen.letters.enums import NUMBERED, OPEN_TO_CHANGE
from kaimen.letters.models import IssuedNumber, Letterhead, Mailing
from kaimen.letters.papers import Sender
from kaimen.logic.issuing import IssuingNumber, WrongNumber, counts_itself, read_number, tidy

log = logging.getLogger(__name__)


def head_of(organisation: Organisation) -> Letterhead:
    """Its letterhead; one that is not kept yet when it has none."""
    found = Letterhead.objects.select_related("logo").filter(organisation=organisation).first()
    return found or Letterhead(organisation=organisation)


def sender_of(organisation: Organisation) -> Sender:
    """Its name and mark, and its lines. A mark whose file is gone from the disk keeps no letter from being made."""
    head = head_of(organisation)
    logo = head.logo
    try:
        data = logo.file.read() if logo else None
    except FileNotFoundError:
        log.error("the file of a letterhead's logo is missing")
        data = None
    finally:
        if logo:
            logo.file.close()
    return Sender(
        name=organisation.name, lines=tuple(head.lines.split("\n")) if head.lines else (), logo=data
    )


def code_of(organisation: Organisation) -> str:
    """Its 代字, "" when nobody has written one."""
    return Letterhead.objects.filter(organisation=organisation).values_list("code", flat=True).first() or ""


def number_of(mailing: Mailing, now: datetime) -> IssuingNumber:
    """What the mailing's 发文字号 says today; a counted one has 1. Raises WrongNumber."""
    year = timezone.localdate(now).year
    return read_number(mailing.text.get("number", ""), code=code_of(mailing.organisation), year=year)


def number_on(mailing: Mailing) -> str:
    """The 发文字号 that stands on its papers; "" for a draft, and for papers that have none."""
    drafted = mailing.state in OPEN_TO_CHANGE
    return "" if drafted or mailing.kind not in NUMBERED else str(mailing.text.get("number", ""))


def number_problems(mailing: Mailing, now: datetime) -> list[list[Any]]:
    """[where, code, params] of what keeps an official paper from its number; [] for every other paper."""
    if mailing.kind not in NUMBERED:
        return []
    try:
        number = number_of(mailing, now)
    except WrongNumber as error:
        return [["number", error.code, error.params]]
    if not counts_itself(tidy(mailing.text["number"])) and taken(mailing, number):
        return [["number", "number_taken", {"number": str(number)}]]
    return []


def taken(mailing: Mailing, number: IssuingNumber) -> bool:
    """Did another paper of this organisation go out under `number`?"""
    rows = IssuedNumber.objects.filter(
        organisation=mailing.organisation, code=number.code, year=number.year, serial=number.serial
    )
    return rows.exclude(mailing=mailing.pk).exists()


def issued_by(organisation: Organisation, most: int = 20) -> list[IssuedNumber]:
    """The register, the newest first."""
    return list(
        IssuedNumber.objects.filter(organisation=organisation)
        .select_related("mailing")
        .order_by("-pk")[:most]
    )
