"""An official paper gets its 发文字号: written into the register once, when its making begins."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from kaimen.foundation import audit
from kaimen.foundation.models import Organisation, Person
from kaimen.letters.enums import NUMBERED
from kaimen.letters.errors import NotNow
from kaimen.letters.heads import number_of
from kaimen.letters.models import IssuedNumber, Mailing
from kaimen.logic.issuing import IssuingNumber, WrongNumber, counts_itself, tidy

TRIES = 30  # each time somebody else was quicker; so many papers at one moment are more than an office has


@transaction.atomic
def give_number(*, mailing: Mailing, by: Person | None, now: datetime) -> None:
    """Enter an official mailing into the register of its organisation and write the number into its words.

    A counted number is the next after the highest of this 代字 and year, also after those written by hand, so that no
    number is given twice (GB/T 9704-2012, 7.2.5). A mailing that has one keeps it. Other papers have none.
    NotNow("number_wrong") without a number by the standard, ("number_taken") for one that is used.
    """
    if mailing.kind not in NUMBERED or IssuedNumber.objects.filter(mailing=mailing).exists():
        return
    try:
        wanted = number_of(mailing, now)
    except WrongNumber as error:
        raise NotNow("number_wrong") from error
    counted = counts_itself(tidy(mailing.text["number"]))
    for _try in range(TRIES if counted else 1):
        serial = _next(mailing.organisation, wanted) if counted else wanted.serial
        issued = IssuedNumber(
            organisation=mailing.organisation,
            code=wanted.code,
            year=wanted.year,
            serial=serial,
            mailing=mailing,
            at=now,
            by=by,
        )
        if _entered(issued):
            break
    else:
        raise NotNow("number_taken", number=str(issued))
    text = mailing.text | {"number": str(issued)}
    Mailing.objects.filter(pk=mailing.pk).update(text=text)
    mailing.text = text
    audit.record(verb="mailing.number", subject=mailing, by=by, number=str(issued))


def _next(organisation: Organisation, number: IssuingNumber) -> int:
    rows = IssuedNumber.objects.filter(organisation=organisation, code=number.code, year=number.year)
    return int(rows.aggregate(highest=Max("serial"))["highest"] or 0) + 1


def _entered(issued: IssuedNumber) -> bool:
    try:
        with transaction.atomic():
            issued.save(force_insert=True)
    except IntegrityError:
        return False
    return True
