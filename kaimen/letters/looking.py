"""The look through a mailing before anything is made: how many, by which way, and every letter that would be wrong.

The report is kept with the mailing: numbers and codes, letters by their number, nobody's name.
"""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from kaimen.foundation import sms
from kaimen.letters.enums import NUMBERED_EACH, LetterChannel
from kaimen.letters.heads import number_problems, sender_of
from kaimen.letters.models import Letter, Mailing, Unsubscribed
from kaimen.letters.printer import unprintable
from kaimen.letters.sheets import filled_parts, known_fields, values_of
from kaimen.logic.letters import check_text, fields_in

AT_ONCE = 2000
SHOWN = 200  # of one kind; the rest is counted
KINDS = {
    "empty": "empty_count",
    "glyphs": "glyph_count",
    "no_address": "no_address_count",
    "unsubscribed": "unsubscribed_count",
}
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


def look_through(mailing: Mailing, now: datetime) -> dict[str, Any]:
    """What making it would do, in one go. `blocks`: something must be mended first, or left out."""
    look = Look(mailing, now)
    while look.some():
        pass
    return look.report()


def unsubscribed_digests(mailing: Mailing) -> set[str]:
    """Who wants none of these letters; an official one goes to everybody."""
    if mailing.official:
        return set()
    return set(Unsubscribed.objects.filter(community=mailing.community).values_list("digest", flat=True))


def wants_none(letter: Letter, digests: set[str]) -> bool:
    return bool(digests) and bool(
        digests & {letter.phone_digest, letter.email_digest, letter.recipient} - {""}
    )


class Look:
    """A look through a mailing, some letters at a time. What it has seen is in `so_far`, from which another may go on."""

    def __init__(self, mailing: Mailing, now: datetime, so_far: dict[str, Any] | None = None) -> None:
        self.mailing, self.now, self.day = mailing, now, timezone.localdate(now)
        self.so_far: dict[str, Any] = so_far or {
            "last": 0, "done": 0, "total": 0, "channels": {}, **dict.fromkeys(KINDS.values(), 0),
            **{kind: [] for kind in KINDS},
        }  # fmt: skip
        self._used = {name for part in filled_parts(mailing.kind, mailing.text) for name in fields_in(part)}
        self._none = unsubscribed_digests(mailing)

    @property
    def done(self) -> int:
        return int(self.so_far["done"])

    def some(self) -> bool:
        """Look at the next AT_ONCE letters; False when there are none left."""
        here = self.mailing.letters.filter(seq__gt=self.so_far["last"])
        letters = list(here.order_by("seq")[:AT_ONCE])
        for letter in letters:
            self._at(letter)
        if letters:
            self.so_far["last"] = letters[-1].seq
            self.so_far["done"] += len(letters)
        return bool(letters)

    def report(self) -> dict[str, Any]:
        """Of all that was looked at; `blocks`: something must be mended first, or left out."""
        seen, mailing = self.so_far, self.mailing
        words = wrong_with(mailing.text, known_fields(mailing), mailing.kind) + number_problems(
            mailing, self.now
        )
        signs = unprintable("".join(mailing.text.values()))
        sender = sender_of(mailing.organisation)
        head_signs = unprintable(sender.name + "".join(sender.lines))
        stops = words or signs or head_signs or seen["empty"] or seen["glyphs"] or not seen["total"]
        kinds = {name: seen[name] for name in (*KINDS, *KINDS.values())}
        return kinds | {
            "total": seen["total"],
            "channels": seen["channels"],
            "words": words,
            "signs": signs,
            "head_signs": head_signs,
            "doubles": _doubles(mailing),
            "ways": _ways_shut(seen["channels"]),
            "blocks": bool(stops),
        }

    def _at(self, letter: Letter) -> None:
        if wants_none(letter, self._none):
            self._note("unsubscribed", letter.seq)
            return
        self.so_far["total"] += 1
        channels = self.so_far["channels"]
        channels[letter.channel] = channels.get(letter.channel, 0) + 1
        values = values_of(letter, self.mailing, self.day)
        for name in sorted(self._used):
            if (name in values and not values[name].strip()) or (letter.fields and name not in values):
                self._note("empty", [letter.seq, name])
        if letter.channel == LetterChannel.PRINT and not letter.address:
            self._note("no_address", letter.seq)
        said = "".join(getattr(letter, name) for name in GLYPH_FIELDS)
        if letter.fields:
            said += "".join(json.loads(letter.fields).values())
        if signs := unprintable(said):
            self._note("glyphs", [letter.seq, "".join(signs)])

    def _note(self, kind: str, what: Any) -> None:
        """Of each kind the first SHOWN by number, the rest is counted."""
        self.so_far[KINDS[kind]] += 1
        if len(self.so_far[kind]) < SHOWN:
            self.so_far[kind].append(what)


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
