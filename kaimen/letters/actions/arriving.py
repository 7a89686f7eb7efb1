"""What happens to a letter on its way: it arrives, comes back, is mended and goes again, is read, is answered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from kaimen.foundation import audit
from kaimen.foundation.models import Person
from kaimen.letters import files
from kaimen.letters.enums import OPEN_TO_CHANGE, RECEIVED, LetterState, MailingState, ReturnReason
from kaimen.letters.errors import NotNow
from kaimen.letters.looking import GLYPH_FIELDS
from kaimen.letters.models import Letter, Mailing, Unsubscribed
from kaimen.letters.printer import unprintable
from kaimen.letters.recipients import Recipient, Ways
from kaimen.logic.posting import Scanned, postcode_in

from .moving import add_counts, move_all, move_mailing, not_while_read
from .rows import reach

MENDABLE = ("name", "title", "unit", "phone", "email", "address", "postcode")


@dataclass
class Outcome:
    """What scanned numbers did: `moved` letters, `already` there, `unknown` numbers as read."""

    moved: int = 0
    already: int = 0
    unknown: list[str] = field(default_factory=list)


@transaction.atomic
def take_scans(
    *, mailing: Mailing, codes: Sequence[Scanned], verb: str, by: Person, now: datetime, reason: str = ""
) -> Outcome:
    """`deliver` or `return` every letter whose own or posting number was read; the rest is named."""
    if verb == "return" and reason not in ReturnReason.values:
        raise NotNow("no_reason")
    letters: dict[int, Letter] = {}
    outcome = Outcome()
    by_seq = {
        one.seq: one
        for one in mailing.letters.filter(seq__in=[c.seq for c in codes if c.mailing == mailing.pk])
    }
    posted = [code.code for code in codes if not code.seq]
    by_number = {one.posting_number: one for one in mailing.letters.filter(posting_number__in=posted)}
    for code in codes:
        letter = by_seq.get(code.seq) if code.mailing == mailing.pk else by_number.get(code.code)
        if letter is None:
            outcome.unknown.append(code.code)
        else:
            letters[letter.pk] = letter
    moved = move_all(
        letters=letters.values(), verb=verb, now=now, by=by, code=reason or "scanned", reason=reason
    )
    outcome.moved, outcome.already = len(moved), len(letters) - len(moved)
    if moved:
        audit.record(verb=f"mailing.{verb}", subject=mailing, by=by, letters=len(moved))
    return outcome


@transaction.atomic
def move_letter(*, letter: Letter, verb: str, by: Person | None, now: datetime, reason: str = "") -> None:
    """`send`, `deliver`, `return` or `leave_out` one letter by hand. NotNow: moved, no_reason."""
    not_while_read(letter.mailing)
    if verb == "return" and reason not in ReturnReason.values:
        raise NotNow("no_reason")
    if not move_all(letters=[letter], verb=verb, now=now, by=by, code=reason, reason=reason):
        raise NotNow("moved")


@transaction.atomic
def mend_letter(
    *,
    letter: Letter,
    changes: dict[str, str],
    channel: str,
    by: Person | None,
    now: datetime,
    to_directory: bool,
) -> None:
    """Correct who it goes to and have it made and sent again; by=None is the recipient at the letter's own door.

    Before anything is made only the row changes, and the mailing wants another look. `to_directory` writes a changed
    address into the person's own data too. A letter that is on its way goes out a second time, and the first stays in the
    history with its posting number. A new address that holds its own postcode brings it along. NotNow: reading; glyphs
    (of a letter that would be made at once, `signs` that cannot be printed); arrived (whoever has it needs no second one; what was written
    down by mistake is first returned); moved.
    """
    mailing = letter.mailing
    not_while_read(mailing)
    if letter.state in RECEIVED:
        raise NotNow("arrived")
    said = {name: changes.get(name, getattr(letter, name)) for name in MENDABLE}
    if said["address"] != letter.address and said["postcode"] in ("", letter.postcode):
        said["postcode"] = (
            postcode_in(said["address"]) or said["postcode"]
        )  # the old one led to the old address
    signs = unprintable("".join(said[name] for name in GLYPH_FIELDS))
    if signs and mailing.state not in OPEN_TO_CHANGE:  # a draft is looked through before anything is made
        raise NotNow("glyphs", signs=" ".join(signs))
    fields = {name: said[name] for name in ("name", "title", "unit")}
    fields |= reach(said["phone"], said["email"], said["address"], said["postcode"])
    fields["channel"] = _channel(mailing, letter, said, channel)
    if to_directory and letter.person and said["address"] != letter.address:
        letter.person.address = said["address"]
        letter.person.save(update_fields=["address"])
        audit.record(verb="person.correct", subject=letter.person, by=by, fields=["address"])
    if mailing.state in OPEN_TO_CHANGE:
        _mend_draft(mailing, letter, fields, now)
        return
    old = letter.pdf
    moved = move_all(
        letters=[letter],
        verb="repair",
        now=now,
        by=by,
        code=_how_mended(letter, by),
        round=letter.round + 1,
        batch=None,
        posting_number="",
        attempts=0,
        not_before=None,
        claimed_by="",
        claimed_at=None,
        reason="",
        pdf="",
        also=lambda one: fields,
    )
    if not moved:
        raise NotNow("moved")
    transaction.on_commit(lambda: files.forget([old]))
    audit.record(verb="letter.mend", subject=letter, by=by, fields=sorted(n for n in said if n in changes))
    _make_again(mailing)


@transaction.atomic
def correct_by_reader(*, letter: Letter, changes: dict[str, str], now: datetime) -> None:
    """The receiver, at the letter's own door, says where they can be reached; the letter comes again.

    The directory is not written to: whoever holds the paper may have found it. The sender sees it in the history.
    NotNow("arrived") when they have it already.
    """
    mend_letter(letter=letter, changes=changes, channel="", by=None, now=now, to_directory=False)


def _how_mended(letter: Letter, by: Person | None) -> str:
    """For the history: who mended it, and by which number the post has the copy that left before."""
    who = "by_recipient" if by is None else ""
    return f"{who}:{letter.posting_number}"[:40] if letter.posting_number else who


def _channel(mailing: Mailing, letter: Letter, said: dict[str, str], wanted: str) -> str:
    ways = Ways(mailing)
    one = Recipient(
        name=said["name"],
        phone=said["phone"],
        email=said["email"],
        address=said["address"],
        person=letter.person,
        organisation=letter.organisation,
        channel=wanted or letter.channel,
    )
    return ways.channel_for(one)


def _mend_draft(mailing: Mailing, letter: Letter, fields: dict[str, str], now: datetime) -> None:
    if not move_mailing(mailing=mailing, verb="change", now=now, by=None, report={}):
        raise NotNow("moved")
    Letter.objects.filter(pk=letter.pk).update(**fields)
    if fields["channel"] != letter.channel:
        waiting = LetterState.WAITING
        add_counts(mailing.pk, {(letter.channel, waiting): -1, (fields["channel"], waiting): 1})


def _make_again(mailing: Mailing) -> None:
    from kaimen.letters.jobs import make_slice_of  # the job calls the actions

    if Mailing.objects.filter(pk=mailing.pk).exclude(state=MailingState.STOPPED).exists():
        make_slice_of.enqueue(mailing.pk)


@transaction.atomic
def take_out(*, letter: Letter, by: Person, now: datetime) -> None:
    """No letter for this one: off a draft's list, or left out of a mailing that is under way. NotNow("moved")."""
    mailing = letter.mailing
    not_while_read(mailing)
    if mailing.state not in OPEN_TO_CHANGE:
        move_letter(letter=letter, verb="leave_out", by=by, now=now, reason="by_sender")
        return
    if not move_mailing(mailing=mailing, verb="change", now=now, by=by, report={}):
        raise NotNow("moved")
    if Letter.objects.filter(pk=letter.pk).delete()[0]:
        add_counts(mailing.pk, {(letter.channel, letter.state): -1})
        Mailing.objects.filter(pk=mailing.pk).update(total=mailing.total - 1)


@transaction.atomic
def open_letter(*, letter: Letter, now: datetime) -> None:
    """Its reader has it before them."""
    move_all(letters=[letter], verb="read", now=now, code="opened")


@transaction.atomic
def answer_letter(*, letter: Letter, number: str, now: datetime) -> None:
    """It was answered, and the answer is the case `number`; asked for twice with the same number it counts once."""
    if letter.answered_as != number:
        move_all(letters=[letter], verb="reply", now=now, code=number, answered_as=number)


@transaction.atomic
def close_link(*, letter: Letter, by: Person, now: datetime) -> None:
    """The letter's door is shut: the printed QR code opens nothing any more."""
    if Letter.objects.filter(pk=letter.pk, link_closed_at=None).update(link_closed_at=now):
        audit.record(verb="letter.close_link", subject=letter, by=by)


@transaction.atomic
def unsubscribe(*, letter: Letter, now: datetime) -> None:
    """No more letters to this recipient but official ones; asked for twice it is noted once."""
    for digest in {letter.phone_digest, letter.email_digest, letter.recipient if letter.person_id else ""} - {
        ""
    }:
        Unsubscribed.objects.get_or_create(
            community=letter.mailing.community, digest=digest, defaults={"at": now}
        )
    audit.record(verb="letter.unsubscribe", subject=letter, by=None)
