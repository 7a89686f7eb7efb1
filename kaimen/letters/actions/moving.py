"""The one way in which a letter changes its state: the row, its event and the counts in one transaction."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from kaimen.foundation import audit
from kaimen.foundation.models import Person
from kaimen.letters.enums import LETTER_TRANSITIONS, MAILING_TRANSITIONS, RANKS, SETTLED, MailingState
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Letter, LetterEvent, Mailing, MailingCount

AT_ONCE = 500  # letters in one statement


@transaction.atomic
def move_all(
    *,
    letters: Iterable[Letter],
    verb: str,
    now: datetime,
    by: Person | None = None,
    code: str | Callable[[Letter], str] = "",
    also: Callable[[Letter], dict[str, Any]] | None = None,
    only: dict[str, Any] | None = None,
    **same: Any,
) -> list[Letter]:
    """Move those of `letters` that still are in the state in which they were read and may take `verb`; returns them.

    `same` is set on all that move, `also(letter)` on each; `only` narrows the update (a claim that must still hold).
    All letters are of one mailing. Whoever comes second moves nothing and writes nothing.
    """
    sources, to = LETTER_TRANSITIONS[verb]
    able = sorted((one for one in letters if one.state in sources), key=lambda one: one.pk)
    moved: list[Letter] = []
    for at in range(0, len(able), AT_ONCE):
        moved += _move_some(able[at : at + AT_ONCE], to, now, only or {}, same)
    if not moved:
        return []
    events, places = [], []
    for letter in moved:
        why = code(letter) if callable(code) else code
        was, letter.state = letter.state, to
        left = (letter.channel, was)
        events.append(
            LetterEvent(
                letter=letter, verb=verb, was=was, became=to, round=letter.round, code=why, by=by, at=now
            )
        )
        for name, value in (same | (also(letter) if also else {})).items():
            setattr(letter, name, value)
        places.append((left, (letter.channel, to)))
    LetterEvent.objects.bulk_create(events, batch_size=AT_ONCE)
    if also:
        Letter.objects.bulk_update(moved, sorted({name for one in moved for name in also(one)}), AT_ONCE)
    change: Counter[tuple[str, str]] = Counter()
    for left, reached in places:
        change[left] -= 1
        change[reached] += 1
    add_counts(moved[0].mailing_id, change)
    settle(mailing_id=moved[0].mailing_id, now=now)
    return moved


def _move_some(
    letters: Sequence[Letter], to: str, now: datetime, only: dict[str, Any], same: dict[str, Any]
) -> list[Letter]:
    stamp = secrets.token_urlsafe(15)
    by_state: dict[str, list[int]] = {}
    for letter in letters:
        by_state.setdefault(letter.state, []).append(letter.pk)
    for state, keys in sorted(by_state.items()):
        here = Letter.objects.filter(pk__in=keys, state=state, **only)
        here.update(state=to, rank=RANKS[to], state_at=now, stamp=stamp, **same)
    mine = set(
        Letter.objects.filter(pk__in=[one.pk for one in letters], stamp=stamp).values_list("pk", flat=True)
    )
    return [one for one in letters if one.pk in mine]


def add_counts(mailing_id: int, change: dict[tuple[str, str], int]) -> None:
    """Add to the kept counts; in a fixed order, so that two workers never wait for each other crosswise."""
    for (channel, state), n in sorted(change.items(), key=lambda one: (one[1] < 0, one[0])):
        if n:
            row, _made = MailingCount.objects.get_or_create(
                mailing_id=mailing_id, channel=channel, state=state
            )
            MailingCount.objects.filter(pk=row.pk).update(letters=F("letters") + n)


def recount(mailing: Mailing) -> dict[tuple[str, str], int]:
    """The counts as the letters themselves give them; the kept ones must be the same (a test asks)."""
    rows = mailing.letters.order_by().values_list("channel", "state")
    return dict(Counter(rows.iterator()))


def settle(*, mailing_id: int, now: datetime) -> None:
    """A mailing all of whose letters have arrived is done; one that has a letter back is not."""
    counts = MailingCount.objects.filter(mailing_id=mailing_id)
    open_letters = counts.exclude(state__in=SETTLED).aggregate(n=Sum("letters"))["n"] or 0
    verb = "come_back" if open_letters else "finish"
    sources, to = MAILING_TRANSITIONS[verb]
    if Mailing.objects.filter(pk=mailing_id, state__in=sources).update(
        state=to, moved_at=now, done_at=None if open_letters else now
    ):
        audit.record(verb=f"mailing.{verb}", subject=Mailing.objects.get(pk=mailing_id), by=None)


def move_mailing(*, mailing: Mailing, verb: str, now: datetime, by: Person | None, **changes: Any) -> bool:
    """Move the mailing if it still is in a state that may; False when somebody was quicker. In the caller's transaction."""
    sources, to = MAILING_TRANSITIONS[verb]
    moved = Mailing.objects.filter(pk=mailing.pk, state__in=sources).update(state=to, moved_at=now, **changes)
    if moved:
        mailing.state = MailingState(to)
        audit.record(verb=f"mailing.{verb}", subject=mailing, by=by)
    return bool(moved)


def not_while_read(mailing: Mailing) -> None:
    """NotNow("reading") while a job reads its list: what is changed now would be gone in a moment."""
    if Mailing.objects.filter(pk=mailing.pk, state=MailingState.READING).exists():
        raise NotNow("reading")
