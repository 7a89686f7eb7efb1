"""Load on order: a community's two years of needs, seeded, so that the same order makes the same load."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from kaimen.cases import figures
from kaimen.cases.actions import NewCase
from kaimen.cases.actions.inventing import invent_cases
from kaimen.cases.enums import Channel
from kaimen.catalogue import queries
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person, Place
from kaimen.foundation.permissions import holders
from kaimen.foundation.rows import insert
from kaimen.intake.invented import Voices
from kaimen.intake.models import Submission
from kaimen.intake.owners import Duty, start_for

AT_ONCE = 1000
YEARS = 2
BY_STAFF = frozenset({Channel.PHONE, Channel.COUNTER, Channel.VISIT})
CHANNELS = (
    [Channel.WEB] * 55
    + [Channel.PHONE] * 20
    + [Channel.FORM] * 10
    + [Channel.COUNTER] * 10
    + [Channel.VISIT] * 5
)


class Maker:
    """Makes cases for one community; call `make` once."""

    def __init__(self, community: Organisation, seed: int, now: datetime) -> None:
        self.community, self.seed, self.now = community, seed, now
        self.voices = Voices(seed)
        self.rng = self.voices.rng
        self.services = {service.key: service for service in queries.published(community)}
        self.places = list(Place.objects.filter(community=community).order_by("pk"))
        of_kind = Organisation.objects.filter(path__startswith=community.path or "-").order_by("pk")
        self.firms = list(of_kind.filter(kind=OrganisationKind.ENTERPRISE))
        self.asked = self.firms or [community]
        self.clerk: Person = holders(RoleKind.OFFICER, community)[0].person

    def make(self, number: int, told: Callable[[int], None]) -> None:
        """`number` cases in the order of their time; afterwards figures and the planner's statistics are up to date."""
        span = timedelta(days=365 * YEARS)
        moments = sorted(self.now - span * self.rng.random() for _ in range(number))
        for start in range(0, number, AT_ONCE):
            self._some(moments[start : start + AT_ONCE], start)
            told(min(number, start + AT_ONCE))
        figures.recompute_all(self.community, self.now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    @transaction.atomic
    def _some(self, moments: list[datetime], first: int) -> None:
        starts = {start_for(self.community, service) for service in self.services.values()} | {self.community}
        duty = Duty(starts, timezone.localdate(moments[0]))
        cases = invent_cases(
            news=[self._need(at, duty) for at in moments], asked=self.asked, rng=self.rng, now=self.now
        )
        insert(
            Submission(key=f"invented-{self.seed}-{first + n}", case=case, at=case.received_at)
            for n, case in enumerate(cases)
        )

    def _need(self, at: datetime, duty: Duty) -> NewCase:
        rng = self.rng
        words, key = self.voices.say()
        service: Service | None = self.services.get(key) if rng.random() < 0.9 else None
        place = rng.choice(self.places) if self.places and rng.random() < 0.4 else None
        start = start_for(self.community, service)
        owner = duty.owner_for(start=start, service=service, domain=None, place=place)
        duty.given(owner.person)
        channel, known = rng.choice(CHANNELS), rng.random() < 0.5
        return NewCase(
            community=self.community,
            words=words,
            service=service,
            domain=service.domain if service else None,
            owner=owner.person,
            routing=owner.reasons,
            channel=channel,
            now=at,
            by=self.clerk if channel in BY_STAFF else None,
            asker_name="示例工友" if known else "",
            asker_phone=f"138{rng.randrange(10**8):08d}" if known else "",
            enterprise=rng.choice(self.firms) if self.firms and rng.random() < 0.5 else None,
            place=place,
            urgent=rng.random() < 0.02,
        )


def fresh_seed() -> int:
    return random.SystemRandom().randrange(10**9)
