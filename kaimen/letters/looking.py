"""The look through a mailing before anything is made: how many, by which way, and every letter that would be wrong.

The report is kept with the mailing: numbers and codes, letters by their number, nobody's name.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from kaimen.foundation import sms
from kaimen.letters.enums import NUMBERED_EACH, LetterChannel
from kaimen.letters.heads import number_problems
from kaimen.letters.models import Letter, Mailing, Unsubscribed
from kaimen.letters.printer import unprintable
from kaimen.letters.sheets import filled_parts, known_fields, values_of
from kaimen.logic.letters import check_text, fields_in

AT_ONCE = 2000
SHOWN = 200  # of one kind; the rest is counted
GLYPH_FIELDS = ("name", "unit", "title", "address")


def wrong_with(text: dict[str, str], known: list[str], kind: str = "") -> list[list[Any]]:
    """[where, code, params] of everything that is wrong with the words; [] when they can be filled.

    The 发文字号 of an official `kind` is looked at by `number_problems`.
    """
    found: list[list[Any]] = []
    for where in ("title", "greeting", "body", "number"):
        if where == "number" and kind not in NUMBERED_EACH:
            continue
        if text.get(where) or where == "body":
            found += [
                [where, problem.code, dict(problem.params)]
                for problem in check_text(text.get(where, ""), set(known))
            ]
    return found


def look_through(
    mailing: Mailing, now: datetime, after_some: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """What making it would do. `blocks`: something must be mended first, or left out.

    `after_some` hears now and then how many letters were looked at; it may write.
    """
    words = wrong_with(mailing.text, known_fields(mailing), mailing.kind) + number_problems(mailing, now)
    used = {name for part in filled_parts(mailing.kind, mailing.text) for name in fields_in(part)}
    look = _Look(mailing, used, timezone.localdate(now))
    last = done = 0
    while some := list(mailing.letters.filter(seq__gt=last).order_by("seq")[:AT_ONCE]):
        for letter in some:
            look.at(letter)
        last, done = some[-1].seq, done + len(some)
        if after_some:
            after_some(done)
    signs = unprintable("".join(mailing.text.values()))
    report = {
        "total": look.total,
        "channels": dict(look.channels),
        "words": words,
        "signs": signs,
        "empty": look.empty[:SHOWN],
        "empty_count": len(look.empty),
        "glyphs": look.glyphs[:SHOWN],
        "glyph_count": len(look.glyphs),
        "no_address": look.no_address[:SHOWN],
        "no_address_count": len(look.no_address),
        "unsubscribed": look.unsubscribed[:SHOWN],
        "unsubscribed_count": len(look.unsubscribed),
        "doubles": _doubles(mailing),
        "ways": _ways_shut(look.channels),
    }
    report["blocks"] = bool(words or signs or look.empty or look.glyphs or not look.total)
    return report


def unsubscribed_digests(mailing: Mailing) -> set[str]:
    """Who wants none of these letters; an official one goes to everybody."""
    if mailing.official:
        return set()
    return set(Unsubscribed.objects.filter(community=mailing.community).values_list("digest", flat=True))


def wants_none(letter: Letter, digests: set[str]) -> bool:
    return bool(digests) and bool(
        digests & {letter.phone_digest, letter.email_digest, letter.recipient} - {""}
    )


class _Look:
    def __init__(self, mailing: Mailing, used: set[str], day: Any) -> None:
        self.mailing, self.used, self.day = mailing, used, day
        self.total = 0
        self.channels: dict[str, int] = defaultdict(int)
        self.empty: list[list[Any]] = []
        self.glyphs: list[list[Any]] = []
        self.no_address: list[int] = []
        self.unsubscribed: list[int] = []
        self._none = unsubscribed_digests(mailing)

    def at(self, letter: Letter) -> None:
        if wants_none(letter, self._none):
            self.unsubscribed.append(letter.seq)
            return
        self.total += 1
        self.channels[letter.channel] += 1
        values = values_of(letter, self.mailing, self.day)
        self.empty += [[letter.seq, n] for n in sorted(self.used) if n in values and not values[n].strip()]
        if letter.fields:
            lacking = sorted(name for name in self.used if name not in values)
            self.empty += [[letter.seq, name] for name in lacking]
        if letter.channel == LetterChannel.PRINT and not letter.address:
            self.no_address.append(letter.seq)
        said = "".join(getattr(letter, name) for name in GLYPH_FIELDS)
        if letter.fields:
            said += "".join(json.loads(letter.fields).values())
        if signs := unprintable(said):
            self.glyphs.append([letter.seq, "".join(signs)])


def _doubles(mailing: Mailing) -> list[list[Any]]:
    """[what they share, their numbers]: two people with one phone or mailbox. They are named, not dropped."""
    found: list[list[Any]] = []
    for what, column in (("phone", "phone_digest"), ("email", "email_digest")):
        alike = (
            mailing.letters.exclude(Q(**{column: ""}))
            .order_by()
            .values(column)
            .annotate(n=Count("pk"))
            .filter(n__gt=1)
            .values_list(column, flat=True)[:SHOWN]
        )
        together: dict[str, list[int]] = defaultdict(list)
        rows = mailing.letters.filter(**{f"{column}__in": list(alike)}).order_by("seq")
        for shared, seq in rows.values_list(column, "seq"):
            together[shared].append(seq)
        found += [[what, numbers[:10]] for numbers in together.values()]
    return found


def _ways_shut(channels: dict[str, int]) -> list[str]:
    """Channels that are wanted here and that this house has no way out for."""
    shut = []
    if channels.get(LetterChannel.EMAIL) and not settings.EMAIL_HOST:
        shut.append(LetterChannel.EMAIL.value)
    if channels.get(LetterChannel.SMS) and not sms.available():
        shut.append(LetterChannel.SMS.value)
    return shut
