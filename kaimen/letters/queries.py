"""Reads of mailings and letters: every one by an index and with a limit, however many recipients there are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import scope
from kaimen.letters.enums import RANKS, RECEIVED, LetterState, MailingState
from kaimen.letters.models import Letter, Mailing, MailingCount
from kaimen.letters.permissions import SENDERS
from kaimen.logic.posting import scanned

PAGE = 50
FEW = 500  # found by a piece of a name; where there are more, the first page of them is soon full


@dataclass
class Counts:
    """How a mailing stands, from its few kept rows."""

    by_state: dict[str, int] = field(default_factory=dict)
    by_channel: dict[str, int] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        return self.by_state.get(LetterState.LEFT_OUT, 0)

    @property
    def total(self) -> int:
        """Who is to get a letter: those left out are counted beside it."""
        return sum(self.by_state.values()) - self.left_out

    @property
    def received(self) -> int:
        return sum(n for state, n in self.by_state.items() if state in RECEIVED)

    @property
    def missing(self) -> int:
        return self.total - self.received

    @property
    def back(self) -> int:
        """Bounced or returned: the sender mends the address."""
        return self.by_state.get(LetterState.BOUNCED, 0) + self.by_state.get(LetterState.RETURNED, 0)

    @property
    def made(self) -> int:
        return self.total - self.by_state.get(LetterState.WAITING, 0)


def mailings_of(person: Person, community: Organisation) -> QuerySet[Mailing]:
    """Mailings this person may see, the newest first; those that another room shows are not among them."""
    mine = scope(person, *SENDERS)
    return (
        Mailing.objects.filter(community=community, organisation__in=mine, about="")
        .exclude(state=MailingState.DROPPED)
        .select_related("organisation", "community", "created_by")
        .order_by("-pk")
    )


def counts_of(mailings: list[Mailing]) -> dict[int, Counts]:
    """The kept counts of several mailings in one question."""
    found: dict[int, Counts] = {mailing.pk: Counts() for mailing in mailings}
    for row in MailingCount.objects.filter(mailing__in=mailings):
        counts = found[row.mailing_id]
        counts.by_state[row.state] = counts.by_state.get(row.state, 0) + row.letters
        if row.state != LetterState.LEFT_OUT:
            counts.by_channel[row.channel] = counts.by_channel.get(row.channel, 0) + row.letters
    return found


@dataclass
class Chosen:
    """What the list is narrowed to."""

    state: str = ""
    channel: str = ""
    text: str = ""
    after: str = ""  # rank.seq of the last row of the page before


@dataclass
class Page:
    letters: list[Letter]
    after: str = ""  # where the next page begins, "" when there is none


def page_of(mailing: Mailing, chosen: Chosen) -> Page:
    """One page of letters, what is missing first. By keys, not by counting: the last page costs what the first does."""
    rows = _narrowed(mailing, chosen).defer("fields")
    rank, seq = _key(chosen.after)
    found = list(rows.filter(rank=rank, seq__gt=seq).order_by("seq")[: PAGE + 1]) if chosen.after else []
    if len(found) <= PAGE:
        rest = rows.filter(rank__gt=rank) if chosen.after else rows
        found += rest.order_by("rank", "seq")[: PAGE + 1 - len(found)]
    for letter in found:
        letter.mailing = mailing
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], f"{last.rank}.{last.seq}" if last else "")


def _narrowed(mailing: Mailing, chosen: Chosen) -> QuerySet[Letter]:
    rows = Letter.objects.filter(mailing=mailing)
    if chosen.state in RANKS:
        rows = rows.filter(rank=RANKS[chosen.state])
    if chosen.channel:
        rows = rows.filter(channel=chosen.channel)
    if chosen.text:
        return _searched(mailing, rows, chosen.text.strip())
    return rows


def _searched(mailing: Mailing, rows: QuerySet[Letter], text: str) -> QuerySet[Letter]:
    codes = scanned(text)
    if codes and codes[0].seq:
        return rows.filter(seq=codes[0].seq) if codes[0].mailing == mailing.pk else rows.none()
    named = rows.filter(name=text)
    if named.exists():
        return named
    if codes and rows.filter(posting_number=codes[0].code).exists():
        return rows.filter(posting_number=codes[0].code)
    alike = Q(name__contains=text) | Q(unit__contains=text)
    few = Letter.objects.filter(alike, mailing=mailing).order_by().values_list("pk", flat=True)[: FEW + 1]
    found = list(few)  # by the index alone, which holds both words: a tenth of reading the letters
    return rows.filter(alike) if len(found) > FEW else rows.filter(pk__in=found)


def _key(after: str) -> tuple[int, int]:
    rank, _, seq = after.partition(".")
    return (int(rank), int(seq)) if rank.isdecimal() and seq.isdecimal() and len(seq) < 10 else (-1, 0)


def named(mailing: Mailing, numbers: list[int]) -> dict[int, Letter]:
    """Letters by their number in the mailing, for a report that holds numbers only."""
    found = {letter.seq: letter for letter in mailing.letters.filter(seq__in=numbers).defer("fields")}
    for letter in found.values():
        letter.mailing = mailing
    return found


def rows_for_export(mailing: Mailing, chosen: Chosen) -> Iterator[Letter]:
    """All letters of a choice, in the order of the page, without holding them at once."""
    for letter in _narrowed(mailing, chosen).order_by("rank", "seq").iterator(chunk_size=2000):
        letter.mailing = mailing
        yield letter


def history(letter: Letter) -> list[Any]:
    return list(letter.events.select_related("by").order_by("-pk"))
