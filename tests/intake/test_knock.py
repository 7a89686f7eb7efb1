"""Every need comes in once, with one owner, and leaves nothing half done."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kaimen.cases.enums import Channel
from kaimen.cases.models import Case, Promise, TimelineEntry
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Absence, AuditEntry, Consent, Notice, Place
from kaimen.foundation.organisations import add_organisation, give_role
from kaimen.intake.actions import LONGEST, Asker, NotTaken, knock
from kaimen.intake.models import Submission
from kaimen.intake.owners import owner_for
from kaimen.intake.senders import Sender
from kaimen.logic.routing import NoOwner
from tests.cast import World

WORDS = "东门早上没地方停车"


def tell(park: World, key: str = "k", words: str = WORDS, **more: Any) -> Case:
    return knock(
        **{"key": key, "community": park.community, "words": words, "channel": Channel.WEB, "by": None} | more
    )


def test_afterwards_all_of_it_exists(park: World) -> None:
    asker = Asker(name="示例周", phone="13800000001", consented=True)
    case = tell(park, service=park.service, asker=asker)
    assert case.owner in (park.officer, park.colleague)
    assert Promise.objects.filter(case=case).count() == 2
    assert TimelineEntry.objects.filter(case=case).exists()
    assert AuditEntry.objects.filter(subject_kind="cases.case", subject_id=case.pk).exists()
    assert Notice.objects.filter(person=case.owner, code="case_received").exists()
    assert Notice.objects.get(code="received").deliveries.get().address == "13800000001"
    assert Consent.objects.get().reference == case.number
    assert Submission.objects.get().phone_digest not in ("", "13800000001")


def test_the_same_key_again_is_the_same_case_and_changes_nothing(park: World) -> None:
    case = tell(park)
    entries = AuditEntry.objects.count()
    assert tell(park, words="别的话说了又说") == case
    assert Case.objects.get().words == WORDS
    assert AuditEntry.objects.count() == entries


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_is_one_case(park: World) -> None:
    start, got = threading.Barrier(2), []

    def press() -> None:
        start.wait()
        got.append(tell(park).number)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 2 and len(set(got)) == 1
    assert Case.objects.count() == Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "empty"),
        (" \u200b\n", "empty"),
        ("？？？", "nothing_said"),
        ("停" + "车" * LONGEST, "too_long"),
    ],
)
def test_what_cannot_be_taken_leaves_nothing(park: World, words: str, code: str) -> None:
    with pytest.raises(NotTaken) as refused:
        tell(park, words=words)
    assert refused.value.code == code
    assert not Case.objects.exists() and not Submission.objects.exists()


class TestFlood:
    def test_two_hundred_people_behind_one_address_pass_with_confirmed_phones(self, park: World) -> None:
        for n in range(200):
            phone = f"139{n:08}"
            sender = Sender(address_digest="a", device_digest=f"d{n}", phone_digest=phone, confirmed=True)
            tell(park, key=f"k{n}", sender=sender, asker=Asker(phone=phone))
        assert Case.objects.count() == 200
        with pytest.raises(NotTaken) as refused:
            tell(park, key="one more", sender=Sender(address_digest="a", device_digest="new"))
        assert refused.value.code == "ask_phone"

    def test_one_device_does_not_and_staff_always_do(self, park: World) -> None:
        sender = Sender(address_digest="a", device_digest="d")
        now = timezone.now()
        for n in range(8):
            tell(park, key=f"k{n}", sender=sender, now=now)
        with pytest.raises(NotTaken) as refused:
            tell(park, key="k9", sender=sender, now=now)
        assert refused.value.code == "wait"
        assert tell(park, key="k10", sender=sender, by=park.officer, now=now)
        assert tell(park, key="k11", sender=sender, now=now + timedelta(minutes=61))


class TestOwner:
    def choose(self, park: World, **more: Any) -> Any:
        wanted = {"service": None, "domain": None, "place": None} | more
        return owner_for(community=park.community, today=timezone.localdate(), **wanted)

    def test_the_lighter_desk_gets_it_and_says_so(self, park: World) -> None:
        park.case(owner=park.officer)
        chosen = self.choose(park)
        assert chosen.person == park.colleague
        assert ["lowest_load", {"load": 0, "others": 1}] in chosen.reasons

    def test_who_looks_after_the_domain_goes_first_unless_away(self, park: World) -> None:
        give_role(
            person=park.colleague,
            kind=RoleKind.OFFICER,
            organisation=park.community,
            by=None,
            domains=[park.domain.key],
        )
        for _ in range(3):
            park.case(owner=park.colleague)
        chosen = self.choose(park, service=park.service)
        assert chosen.person == park.colleague and chosen.reasons[0][0] == "domain"
        today = timezone.localdate()
        Absence.objects.create(person=park.colleague, first_day=today, last_day=today)
        assert self.choose(park, service=park.service).person == park.officer

    def test_who_looks_after_the_area_goes_first(self, park: World) -> None:
        give_role(
            person=park.colleague,
            kind=RoleKind.OFFICER,
            organisation=park.community,
            by=None,
            areas=["东区"],
        )
        place = Place.objects.create(community=park.community, key="east", name="东门", area="东区")
        park.case(owner=park.colleague)
        assert self.choose(park, place=place).person == park.colleague

    def test_with_every_officer_away_the_less_busy_supervisor_owns_it(self, park: World) -> None:
        today = timezone.localdate()
        for person in (park.officer, park.colleague):
            Absence.objects.create(person=person, first_day=today, last_day=today)
        park.case(owner=park.supervisor)
        chosen = self.choose(park)
        assert chosen.person == park.deputy_supervisor
        assert "nobody_on_duty" in [code for code, _ in chosen.reasons]

    def test_nobody_at_all_is_said_and_leaves_nothing(self, park: World) -> None:
        empty = add_organisation(
            key="new", name="新社区", kind=OrganisationKind.COMMUNITY, parent=None, by=None
        )
        with pytest.raises(NoOwner):
            tell(park, community=empty)
        assert not Case.objects.exists()


class TestJoin:
    def test_both_voices_stay(self, park: World) -> None:
        first = tell(park, key="a", words="宿舍热水十点就停")
        second = tell(park, key="b", words="我们楼热水也早早停了", join=first)
        first, second = park.fresh(first), park.fresh(second)
        assert first.group == second.group is not None
        assert first.number != second.number
        assert [first.words, second.words] == ["宿舍热水十点就停", "我们楼热水也早早停了"]

    def test_a_need_is_not_lost_because_it_cannot_join(self, park: World) -> None:
        away = add_organisation(
            key="away", name="远处", kind=OrganisationKind.COMMUNITY, parent=park.federation, by=None
        )
        other = park.case(community=away)
        case = tell(park, join=other)
        assert park.fresh(case).group is None
