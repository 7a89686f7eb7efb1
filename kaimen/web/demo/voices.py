"""The older book of the demo: what hundreds of people said in their own words, for the ear to hear.

Put together from hand-written parts (packs/demo/voices.yaml), seeded: every demo says the same. All of it is answered
and closed, so that nobody's desk is full of it.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from kaimen.cases.actions import NewCase, OldCase, keep_older
from kaimen.cases.enums import Channel
from kaimen.cases.models import Case
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person, Place
from kaimen.foundation.permissions import holders

NEWEST = 9  # days ago: the last of them are answered and closed by now
STILL_SAID = 1  # days ago, where more and more people say it: it is seen to rise until yesterday
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁"
CALLED = ["师傅", "大姐", "同学", "小哥", "班长", "阿姨"]


def bring_voices(community: Organisation, pack: dict[str, Any], now: datetime) -> int:
    """Bring the older book once; returns how many needs stand in it."""
    before = Case.objects.filter(
        community=community, channel=Channel.IMPORT, asker_name__startswith="示例职工"
    )
    if before.exists():
        return 0
    book = Book(community, pack, now)
    old = sorted(book.needs(), key=lambda one: one.new.now)
    return len(keep_older(old, now=now))


class Book:
    """Draws who said what, where and when."""

    def __init__(self, community: Organisation, pack: dict[str, Any], now: datetime) -> None:
        self.community, self.pack, self.now = community, pack, now
        self.rng = random.Random(20260701)  # noqa: S311 - a fixed seed: every demo is the same
        services = Service.objects.filter(community=community).select_related("domain")
        self.services = {service.key: service for service in services}
        self.places = {place.key: place for place in Place.objects.filter(community=community)}
        firms = Organisation.objects.filter(community=community, kind=OrganisationKind.ENTERPRISE)
        self.firms = list(firms.order_by("pk"))
        self.owners: list[Person] = [
            role.person
            for role in holders(RoleKind.OFFICER, community)
            if role.organisation_id == community.pk
        ]
        self.people = 0

    def needs(self) -> Iterator[OldCase]:
        for voice in self.pack["voices"]:
            for said in self._sayings(voice):
                yield self._need(voice, said)

    def _sayings(self, voice: dict[str, Any]) -> list[str]:
        """`count` sentences, no two alike, each core at most `each` times."""
        cores = [core for core in voice["says"] for _ in range(voice["each"])]
        self.rng.shuffle(cores)
        said: dict[str, None] = {}
        while cores and len(said) < voice["count"]:
            core = cores.pop()
            starts, ends = self.rng.choice(self.pack["starts"]), self.rng.choice(self.pack["ends"])
            text = f"{starts}{core}{ends}"
            if text in said:
                cores.insert(0, core)
            said[text] = None
        return list(said)

    def _need(self, voice: dict[str, Any], said: str) -> OldCase:
        service = self.services[voice["service"]]
        newest = STILL_SAID if voice.get("rising") else NEWEST
        at = self._moment(newest, bool(voice.get("rising")))
        self.people += 0 if self.people and self.rng.random() < 0.08 else 1  # some speak again
        who = self.people
        answered = at + timedelta(hours=self.rng.randint(2, 40))
        return OldCase(
            new=NewCase(
                community=self.community,
                words=said,
                service=service,
                domain=service.domain,
                owner=self.rng.choice(self.owners),
                routing=[["only_one", {}]],
                channel=Channel.IMPORT,
                now=at,
                by=None,
                asker_name=f"示例职工{SURNAMES[who % len(SURNAMES)]}{CALLED[who % len(CALLED)]}",
                asker_phone=f"1380000{1000 + who:04d}",
                enterprise=self.rng.choice(self.firms) if self.rng.random() < 0.8 else None,
                place=self.places.get(self.rng.choice(voice["places"]) or ""),
            ),
            answer=voice["answer"],
            answered_at=min(answered, self.now - timedelta(days=newest - 1, minutes=30)),
        )

    def _moment(self, newest: int, rising: bool) -> datetime:
        """Some time in the book's days, by day, the last `newest` days ago; more and more often if rising."""
        days = self.pack["days"] - newest
        part = self.rng.random()
        ago = newest + days * ((1 - part ** (1 / 7)) if rising else part)
        day = self.now - timedelta(days=ago)
        return day.replace(
            hour=self.rng.randint(0, 12), minute=self.rng.randint(0, 59), second=0, microsecond=0
        )
