"""What the page can say while somebody is still typing: services, answers, the owner, both promises, others."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from kaimen.catalogue import search
from kaimen.catalogue.models import Domain, Service
from kaimen.catalogue.near import nearest
from kaimen.foundation.models import Organisation, Place
from kaimen.foundation.workcalendar import calendar
from kaimen.intake.hearing import Heard, find_services, hear, place_of
from kaimen.intake.owners import Owner, owner_for
from kaimen.intake.together import Together, others_saying
from kaimen.logic.deadlines import Deadline, due
from kaimen.logic.routing import NoOwner
from kaimen.logic.text import clean, is_meaningful

CLOSE = 0.75  # of the first one's rank: it might as well be the other
LIKELY = 0.6  # rank from which an item is asked about though the words do not find it (docs/measurements.md)
ROWS = 3  # found and asked about together: more nobody reads
LISTENED = 2000  # characters, as many as a need may have: what is shown is what will be
DEFAULT_DAYS = (2, 10)  # where no service fits; the same as Service's defaults


@dataclass(frozen=True)
class Suggestion:
    words: str
    services: list[search.Found]
    service: Service | None  # the one that the owner and the promises belong to
    owner: Owner | None
    first_answer: Deadline
    solved: Deadline
    together: list[Together]
    heard: Heard
    domain: Domain | None = None  # answered, of the service, or clear from the words
    answered: Domain | None = None  # by the person, or by the form that they came through
    perhaps: tuple[search.Found, ...] = ()  # asked about, never marked: is it one of these?

    @property
    def chosen_beside(self) -> bool:
        """The service was chosen, and the words alone would not have found it: it is shown all the same."""
        return bool(self.service) and all(found.service != self.service for found in self.services)

    @property
    def question(self) -> tuple[Domain, ...]:
        """One question, only where neither the list nor the words settle it: which of these is it about?"""
        if self.services or self.service or (self.answered and self.answered not in self.heard.question):
            return ()
        return self.heard.question

    @property
    def unclear(self) -> bool:
        """Several items fit about as well: none is picked for the person."""
        return bool(self.services) and self.service is None and not self.heard.about_life

    @property
    def first_due(self) -> date | None:
        return self.first_answer.due

    @property
    def solved_due(self) -> date | None:
        return self.solved.due


def _clear(found: list[search.Found], heard: Heard) -> bool:
    """Is the first one the one? Not for somebody in despair, who needs a person and no item; nor when the next fits
    as well, lies in another domain, and the words leave it open."""
    if heard.about_life:
        return False
    if len(found) < 2 or found[0].service.domain_id == found[1].service.domain_id:
        return True
    return heard.sure or found[1].rank < CLOSE * found[0].rank


def _perhaps(
    community: Organisation,
    said: str,
    heard: Heard,
    found: list[search.Found],
    domain: Domain | None,
    audience: str | None,
) -> list[search.Found]:
    """Items to ask about where it is not clear what it is about: those that the words come near, to fill up the rows."""
    if not heard.ranked or heard.about_life or (heard.sure and not domain) or len(found) >= ROWS:
        return []
    chance = {domain.key: 1.0} if domain else {each.key: share for each, share in heard.ranked}
    known = {one.service.pk for one in found}
    near = nearest(community, said, chance, at_least=LIKELY, audience=audience, limit=ROWS)
    return [one for one in near if one.service.pk not in known][: ROWS - len(found)]


def _beside(perhaps: list[search.Found], chosen: Service | None, picked: bool) -> tuple[search.Found, ...]:
    """What is asked about beside the chosen one: nothing where the choice came from elsewhere, a link or a form."""
    if picked and all(one.service != chosen for one in perhaps):
        return ()
    return tuple(one for one in perhaps if one.service != chosen)


def obvious_service(community: Organisation, words: str, heard: Heard | None = None) -> Service | None:
    """What the page would have marked for these words, for needs that come without it: visits, tables, other systems.

    None where it is not clear: then the domain decides who owns it, and the officer puts it under its item.
    """
    said = clean(words)[:LISTENED]
    heard = heard or hear(community, said, why=False)
    found = find_services(community, said, heard, limit=2, why=False) if said else []
    return found[0].service if found and _clear(found, heard) else None


def suggest(
    *,
    community: Organisation,
    words: str,
    now: datetime,
    service: Service | None = None,
    domain: Domain | None = None,
    place: Place | None = None,
    place_text: str = "",
    audience: str | None = None,
) -> Suggestion | None:
    """Everything the page can say about `words`; None while there is nothing to go by.

    `domain` given: the person answered our question with it, or the form says so.

    `service` given: the person has chosen it; otherwise the best one is taken only when the search is sure.
    """
    said = clean(words)[:LISTENED]
    if not service and not is_meaningful(said):
        return None
    heard = hear(community, said)
    found = find_services(community, said, heard, audience=audience) if said else []
    if domain and not service:
        found.sort(key=lambda one: one.service.domain_id != domain.pk)
    perhaps = _perhaps(community, said, heard, found, domain, audience)
    chosen = service or (found[0].service if found and not domain and _clear(found, heard) else None)
    about = domain or (chosen.domain if chosen else None) or (heard.domain if heard.sure else None)
    first_days = chosen.first_answer_days if chosen else DEFAULT_DAYS[0]
    solve_days = chosen.solve_days if chosen else DEFAULT_DAYS[1]
    today = timezone.localdate(now)
    days = calendar()
    try:
        where = place_of(heard, place, place_text)
        owner = owner_for(community=community, service=chosen, domain=about, place=where, today=today)
    except NoOwner:
        owner = None
    return Suggestion(
        words=said,
        services=found,
        service=chosen,
        owner=owner,
        first_answer=due(today, first_days, days),
        solved=due(today, solve_days, days),
        together=others_saying(community=community, words=said, service=chosen, now=now),
        heard=heard,
        domain=about,
        answered=domain,
        perhaps=_beside(perhaps, chosen, picked=service is not None),
    )
